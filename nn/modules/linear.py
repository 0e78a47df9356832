"""Linear and Embedding: weights that are multiplied, and weights that are looked up."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from autograd import ArgumentError, SizeError, Tensor
from nn.checks import generator, positive_int, signals
from nn.init import Initialiser, normal, uniform
from nn.module import Module, title

__all__ = ["Embedding", "Linear"]

Seed = int | np.random.Generator | None


@final
class Linear(Module):
    """A weighted sum of the inputs for each output, plus a bias: x Wᵀ + b.

    Parameters
    ----------
    nin, nout : int
        How many inputs and outputs it has.
    bias : bool, optional
        Whether there is a bias.
    weight_init, bias_init : callable, optional
        How they start, such as ``nn.init.he()``; without one, uniform in ±1/sqrt(nin), as in PyTorch.
    seed : int, numpy.random.Generator or None, optional
        Where they are drawn from.

    Attributes
    ----------
    weight : Tensor of shape (nout, nin)
    bias : Tensor of shape (nout,), or None

    Raises
    ------
    ArgumentError
        If a size is not a positive int, or the seed is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Linear
    >>> layer = Linear(4, 3, seed=0)
    >>> layer
    Linear(4, 3)
    >>> layer(np.ones((10, 4))).shape
    (10, 3)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        bias: bool = True,
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin, self.nout = positive_int(nin, "nin"), positive_int(nout, "nout")
        rng = generator(seed)
        limit = 1.0 / math.sqrt(self.nin)
        self.weight = Tensor((weight_init or uniform(-limit, limit))((self.nout, self.nin), rng))
        self.bias = Tensor((bias_init or uniform(-limit, limit))((self.nout,), rng)) if bias else None

    def forward(self, x: Any) -> Tensor:
        """Return the outputs.

        Parameters
        ----------
        x : array or Tensor of shape (..., nin)

        Returns
        -------
        Tensor of shape (..., nout)

        Raises
        ------
        SizeError
            If the last axis is not ``nin`` long.
        """
        inputs: Any = signals(x, f"the inputs of {title(self)}")
        if not inputs.ndim or inputs.shape[-1] != self.nin:
            raise SizeError(f"{title(self)} takes {self.nin} inputs on the last axis, not the shape {inputs.shape}")
        y: Tensor = inputs @ self.weight.T
        return y if self.bias is None else y + self.bias

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"nin": self.nin, "nout": self.nout, "bias": self.bias is not None}

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"{self.nin}, {self.nout}" + (", bias=False" if self.bias is None else "")


@final
class Embedding(Module):
    """A table with a row of numbers for each of some things, such as words.

    Parameters
    ----------
    count : int
        How many things there are.
    size : int
        How many numbers stand for each.
    weight_init : callable, optional
        How they start; without one, normal with mean 0 and standard deviation 1, as in PyTorch.
    seed : int, numpy.random.Generator or None, optional
        Where they are drawn from.

    Attributes
    ----------
    weight : Tensor of shape (count, size)

    Raises
    ------
    ArgumentError
        If a size is not a positive int, or the seed is unknown.

    Examples
    --------
    >>> from nn import Embedding
    >>> Embedding(27, 8, seed=0)([[0, 4], [26, 1]]).shape
    (2, 2, 8)
    """

    def __init__(self, count: int, size: int, *, weight_init: Initialiser | None = None, seed: Seed = None) -> None:
        self.count, self.size = positive_int(count, "count"), positive_int(size, "size")
        self.weight = Tensor((weight_init or normal())((self.count, self.size), generator(seed)))

    def forward(self, indices: Any) -> Tensor:
        """Return the rows of these things.

        Parameters
        ----------
        indices : array-like of int, of shape (...)
            From 0 to count - 1.

        Returns
        -------
        Tensor of shape (..., size)

        Raises
        ------
        ArgumentError
            If an index is not an integer, or out of range.
        """
        places = np.asarray(indices)
        if places.dtype.kind not in "iu":
            raise ArgumentError(f"{title(self)} takes integers, not an array of {places.dtype}")
        if places.size and not 0 <= places.min() <= places.max() < self.count:
            raise ArgumentError(
                f"{title(self)} takes integers from 0 to {self.count - 1}, not from {places.min()} to {places.max()}"
            )
        rows: Tensor = self.weight[places]
        return rows

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"count": self.count, "size": self.size}

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"{self.count}, {self.size}"
