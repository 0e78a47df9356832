"""Optimizers: they change parameters by their gradients."""

from nn.optim.adam import Adam
from nn.optim.elementwise import ElementwiseOptimizer
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "ElementwiseOptimizer", "Optimizer"]
