"""Neural networks on the engine, small enough to look into."""

import autograd

if getattr(autograd, "DISTRIBUTION", None) != "glassgrad":
    raise ImportError(
        f"nn belongs to the distribution glassgrad, but the package autograd at {getattr(autograd, '__file__', None)} "
        "comes from another one. The distribution named autograd (HIPS) installs a package of the same name, and the "
        "two overwrite or hide each other. Run `pip uninstall autograd`, then install glassgrad again (from a clone: "
        "`pip install -e .`), and keep the two in separate environments."
    )

from nn import datasets
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, half_squared_error, hinge
from nn.metrics import accuracy, confusion_matrix
from nn.module import Module
from nn.optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    ElementwiseOptimizer,
    Optimizer,
    RMSprop,
    clip_grad_norm,
    clip_grad_value,
)
from nn.schedules import CosineLR, ExponentialLR, InverseTimeLR, ReduceOnPlateau, Schedule, StepLR, WarmupLR

__all__ = [
    "LBFGS",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineLR",
    "ElementwiseOptimizer",
    "ExponentialLR",
    "InverseTimeLR",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSprop",
    "ReduceOnPlateau",
    "Schedule",
    "StepLR",
    "WarmupLR",
    "accuracy",
    "clip_grad_norm",
    "clip_grad_value",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "half_squared_error",
    "hinge",
]
