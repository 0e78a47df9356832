"""Elements chosen: taken by index, by condition, in order of size, on diagonals and in triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.arrays.dispatch import numpy_function
from autograd.arrays.indexing import part, place
from autograd.arrays.rearrange import rearrangement
from autograd.tracing import derived

rearrangement(np.choose, "choices")
rearrangement(np.compress, "a")
rearrangement(np.extract, "arr")
rearrangement(np.select, "choicelist", "default")
rearrangement(np.take, "a")
rearrangement(np.take_along_axis, "arr")


@numpy_function(np.sort)
def sort(a: Any, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Any:
    """Return the elements in order of size; equal ones stay in the order they have, whatever the ``kind``."""
    return _ordered(a, axis, lambda x, axis: np.argsort(x, axis, kind="stable"))


@numpy_function(np.partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect") -> Any:
    """Return the elements with the ``kth`` smallest in its place, smaller ones before it and larger ones behind."""
    return _ordered(a, axis, lambda x, axis: np.argpartition(x, kth, axis, kind))


def _ordered(a: Any, axis: int | None, order: Any) -> Any:
    """Return the elements along ``axis`` in the order that a function finds for them."""
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = normalize_axis_index(axis, np.ndim(a))
    index = list(np.indices(np.shape(a), sparse=True))
    index[axis] = derived(order, a, axis)
    return part(a, index=tuple(index))


def _on_diagonal(shape: tuple[int, ...], offset: int) -> tuple[Any, Any]:
    """Return the two indices of each element on a diagonal of a matrix."""
    rows, columns = shape
    start = max(-offset, 0)
    i = np.arange(start, max(start, min(rows, columns - offset)))
    return i, i + offset


@numpy_function(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of the matrices in two axes, as the last axis."""
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    return part(a, index=(..., *_on_diagonal(np.shape(a)[-2:], offset)))


@numpy_function(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """Return the diagonal of a matrix, or the matrix that has ``v`` on its diagonal and zeros elsewhere."""
    if np.ndim(v) == 2:
        return np.diagonal(v, k)
    if np.ndim(v) != 1:
        raise ValueError("Input must be 1- or 2-d.")
    n = len(v) + abs(k)
    return place(v, shape=(n, n), index=_on_diagonal((n, n), k))


@numpy_function(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """Return the matrix with the elements of ``v`` on its diagonal."""
    return np.diag(np.ravel(v), k)


@numpy_function(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum along a diagonal."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@numpy_function(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """Return the elements on and below the ``k``-th diagonal, and zeros above."""
    return np.where(_below(m, k), m, 0.0)


@numpy_function(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """Return the elements on and above the ``k``-th diagonal, and zeros below."""
    return np.where(_below(m, k - 1), 0.0, m)


def _below(m: Any, k: int) -> Any:
    """Return a mask of the elements on and below the ``k``-th diagonal."""
    rows, columns = np.shape(m)[-2:] if np.ndim(m) > 1 else 2 * np.shape(m)
    return np.tri(rows, columns, k, dtype=bool)
