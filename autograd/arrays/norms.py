"""Norms of vectors and of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.reductions import Axis, expanded

__all__: list[str] = []


def _p_norm_transpose(g: Any, y: Any, x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    """At the zero vector the derivatives of any order are 0, for the first the mean of all slopes there."""
    g, y = expanded(g, x, axis, keepdims), expanded(y, x, axis, keepdims)
    length = np.where(y == 0, np.inf, y)
    return x * (g / length) if p == 2 else g * np.sign(x) * np.abs(x / length) ** (p - 1)


_p_norm = array_row(
    "norm",
    lambda x, p, axis, keepdims: np.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=p),
    [_p_norm_transpose],
    doc="The sum of |x|**p, to the power 1/p.",
)


def _of_vectors(x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    if p == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    if p == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if p == 0:  # how many are not zero
        return np.sum(np.abs(np.sign(x)), axis=axis, keepdims=keepdims)
    if p == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    return _p_norm(x, p=p, axis=axis, keepdims=keepdims)


def _of_matrices(x: Any, p: Any) -> Any:
    """Return the norm of each matrix of a stack."""
    if p in (None, "fro", "f"):
        return _p_norm(x, p=2, axis=(-2, -1), keepdims=False)
    if p in ("nuc", 2, -2):
        values = np.abs(np.linalg.svdvals(x))  # none is negative; abs makes the derivative 0 at a value of 0
        return np.sum(values, axis=-1) if p == "nuc" else np.max(values, axis=-1) if p == 2 else np.min(values, axis=-1)
    if p in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(x), axis=-2 if abs(p) == 1 else -1)
        return np.max(sums, axis=-1) if p > 0 else np.min(sums, axis=-1)
    raise ValueError(f"{p!r} is no norm of a matrix; there are 'fro', 'nuc', 1, -1, 2, -2, inf and -inf")


@numpy_function(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of order ``ord`` of a vector, a matrix, or stacks of them; without order and axis, of all elements.

    Its derivative is 0 at the zero vector; where several elements are the largest, they share it equally.
    """
    if axis is None:
        if ord is None:
            return _p_norm(x, p=2, axis=None, keepdims=keepdims)
        axis = tuple(range(np.ndim(x)))
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    if len(axes) == 1:
        if isinstance(ord, str):
            raise ValueError(f"{ord!r} is no norm of a vector")
        return _of_vectors(x, 2 if ord is None else ord, axes[0], keepdims)
    if len(axes) != 2:
        raise ValueError(f"a norm of order {ord!r} is of one axis or two, not of {len(axes)}")
    found = _of_matrices(np.moveaxis(x, axes, (-2, -1)), ord)
    return np.expand_dims(found, axes) if keepdims else found


@numpy_function(np.linalg.vector_norm)
def vector_norm(x: Any, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:
    """The norm of the vectors along ``axis``, of all elements by default."""
    return _of_vectors(x, ord, axis, keepdims)


@numpy_function(np.linalg.matrix_norm)
def matrix_norm(x: Any, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The norm of the matrices in the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)
