"""Neural networks on the engine, small enough to look into."""

import autograd

if getattr(autograd, "DISTRIBUTION", None) != "glassgrad":
    raise ImportError(
        f"nn belongs to the distribution glassgrad, but the package autograd at {getattr(autograd, '__file__', None)} "
        "comes from another one. The distribution named autograd (HIPS) installs a package of the same name, and the "
        "two overwrite or hide each other. Run `pip uninstall autograd`, then install glassgrad again (from a clone: "
        "`pip install -e .`), and keep the two in separate environments."
    )

from nn import datasets, init
from nn.keeping import ModelFileError, load, save, to_onnx
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, half_squared_error, hinge
from nn.metrics import accuracy, confusion_matrix
from nn.module import Module
from nn.modules import (
    ELU,
    GELU,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from nn.optim import SGD, Adam, ElementwiseOptimizer, Optimizer

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "SGD",
    "Adam",
    "AvgPool2d",
    "BatchNorm1d",
    "Conv2d",
    "Dropout",
    "ElementwiseOptimizer",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "ModelFileError",
    "Module",
    "Neuron",
    "Optimizer",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "accuracy",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "half_squared_error",
    "hinge",
    "init",
    "load",
    "save",
    "to_onnx",
]
