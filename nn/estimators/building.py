"""The network that an estimator's settings describe."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nn.checks import positive_int
from nn.init import uniform
from nn.module import Module
from nn.modules import ELU, GELU, LeakyReLU, Linear, ReLU, Sequential, Sigmoid, SiLU, Softplus, Tanh

__all__ = ["ACTIVATIONS", "hidden_sizes", "perceptron"]

ACTIVATIONS: Mapping[str, Callable[[], Module] | None] = {
    "identity": None,
    "logistic": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "elu": ELU,
    "gelu": GELU,
    "leaky_relu": LeakyReLU,
    "silu": SiLU,
    "softplus": Softplus,
}
"""What may stand behind each hidden layer: scikit-learn's four, then more."""


def hidden_sizes(given: Any) -> list[int]:
    """Return the sizes of the hidden layers: of a sequence, which may be empty, or of one layer given as an int."""
    sizes = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    return [positive_int(size, "each size in hidden_layer_sizes") for size in sizes]


def perceptron(sizes: Sequence[int], activation: str, dtype: DTypeLike, rng: np.random.Generator) -> Sequential:
    """Return linear layers with activations between them, started as in scikit-learn.

    Weights and biases are drawn evenly from ±sqrt(6 / (inputs + outputs)), as of Glorot and Bengio 2010, Understanding
    the difficulty of training deep feedforward neural networks, equation 16; with 2 in place of 6 for "logistic".

    Parameters
    ----------
    sizes : sequence of int
        How many inputs there are, neurons in each hidden layer, and outputs.
    activation : str
        One of ``ACTIVATIONS``.
    dtype : dtype
        That of the parameters.
    rng : numpy.random.Generator
        Where they are drawn from.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.estimators.building import perceptron
    >>> perceptron([4, 8, 3], "tanh", np.float32, np.random.default_rng(0)).summary().splitlines()[-1]
    '67 parameters'
    """
    between = ACTIVATIONS[activation]
    layers: list[Module] = []
    for nin, nout in itertools.pairwise(sizes):
        if layers and between is not None:
            layers.append(between())
        limit = math.sqrt((2.0 if activation == "logistic" else 6.0) / (nin + nout))
        start = _drawn_evenly(limit, dtype)
        layers.append(Linear(nin, nout, weight_init=start, bias_init=start, seed=rng))
    return Sequential(*layers)


def _drawn_evenly(limit: float, dtype: DTypeLike) -> Callable[[Sequence[int], np.random.Generator], Any]:
    draw = uniform(-limit, limit)
    return lambda shape, rng: draw(shape, rng).astype(dtype)
