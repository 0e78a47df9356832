"""Losses: how wrong the outputs are, as one number to make small.

Each takes one sample, written in Values and numbers, or a batch of samples, in Tensors and arrays.
"""

from nn.losses.classification import cross_entropy, hinge, nll
from nn.losses.penalties import l1_penalty, l2_penalty
from nn.losses.probabilities import binary_cross_entropy, kl_div
from nn.losses.regression import half_squared_error, huber, l1, mse

__all__ = [
    "binary_cross_entropy",
    "cross_entropy",
    "half_squared_error",
    "hinge",
    "huber",
    "kl_div",
    "l1",
    "l1_penalty",
    "l2_penalty",
    "mse",
    "nll",
]
