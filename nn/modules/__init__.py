"""Modules of Tensors: they take whole batches, samples on axis 0."""

from nn.modules.activations import ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh
from nn.modules.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from nn.modules.dropout import Dropout
from nn.modules.linear import Embedding, Linear
from nn.modules.normalization import BatchNorm1d, LayerNorm
from nn.modules.sequential import Sequential

__all__ = [
    "ELU",
    "GELU",
    "AvgPool2d",
    "BatchNorm1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
