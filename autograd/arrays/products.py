"""Products of arrays: matrices, vectors, and what is made of them. Any contraction of axes stands in einsum.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function

__all__ = ["matmul", "transposed"]


def transposed(x: Any) -> Any:
    """Return every matrix of a stack with rows and columns exchanged: a view, nothing is copied."""
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def _in_one_stack(x: Any) -> Any:
    """Return the rows of all matrices of a stack as those of a single one."""
    return np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _matmul_by_first(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return g[..., None] * b
    if a.ndim == 1:
        return b @ g if b.ndim == 2 else (b @ g[..., None])[..., 0]
    return transposed(b @ transposed(g)) if _lies_transposed(a) else g @ transposed(b)


def _matmul_by_second(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim == 1:
        return np.ravel(g) @ _in_one_stack(a)
    if a.ndim > b.ndim == 2:  # one matrix for a whole stack: the sum over the stack is part of one product
        return _in_one_stack(a).T @ _in_one_stack(g)
    return transposed(transposed(g) @ a) if _lies_transposed(b) else transposed(a) @ g


def _lies_transposed(x: Any) -> bool:
    """Tell whether the columns of a matrix lie in one piece each, and not its rows, as in ``w.T``.

    Its derivative is then computed to lie in the same way: whatever adds the two, such as a step of training, is fast.
    """
    return isinstance(x, np.ndarray) and x.ndim == 2 and x.flags.f_contiguous and not x.flags.c_contiguous


matmul = array_row(
    "matmul",
    np.matmul,
    [_matmul_by_first, _matmul_by_second],
    linear="each",
    symbol="@",
    doc="The matrix product; of stacks of matrices, and of vectors, as NumPy has it.",
)


@numpy_function(np.matmul, np.linalg.matmul)
def _matmul(x1: Any, x2: Any) -> Any:
    """The matrix product."""
    return matmul(x1, x2)


@numpy_function(np.dot)
def dot(a: Any, b: Any) -> Any:
    """The product over the last axis of a and the last but one of b, or the only one."""
    axes_of_a, axes_of_b = np.ndim(a), np.ndim(b)
    if axes_of_a == 0 or axes_of_b == 0:
        return np.multiply(a, b)
    if axes_of_a == 1 or axes_of_b <= 2:
        return matmul(a, b)
    return np.tensordot(a, b, axes=(-1, -2))


@numpy_function(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """The product of two arrays as vectors."""
    return matmul(np.ravel(a), np.ravel(b))


@numpy_function(np.inner)
def inner(a: Any, b: Any) -> Any:
    """The product over the last axis of both."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


@numpy_function(np.outer)
def outer(a: Any, b: Any) -> Any:
    """The product of each element of a with each of b."""
    return np.ravel(a)[:, None] * np.ravel(b)


@numpy_function(np.linalg.outer)
def _outer_of_vectors(x1: Any, x2: Any) -> Any:
    """The product of each element of one vector with each of the other."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(f"np.linalg.outer takes vectors, not arrays of {np.ndim(x1)} and {np.ndim(x2)} axes")
    return outer(x1, x2)


@numpy_function(np.linalg.vecdot, *([np.vecdot] if hasattr(np, "vecdot") else []))
def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """The products of vectors that lie along ``axis``."""
    if axis != -1:
        x1, x2 = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    return np.einsum("...i,...i->...", x1, x2)


def matvec(x1: Any, x2: Any) -> Any:
    """The products of matrices and vectors, in stacks."""
    return matmul(x1, np.expand_dims(x2, -1))[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """The products of vectors and matrices, in stacks."""
    return matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


if hasattr(np, "matvec"):  # since NumPy 2.2
    numpy_function(np.matvec)(matvec)
    numpy_function(np.vecmat)(vecmat)


@numpy_function(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Blocks of b, each times an element of a."""
    ndim = max(np.ndim(a), np.ndim(b))
    shapes = [(1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b)]
    blocks = np.reshape(a, [n for length in shapes[0] for n in (length, 1)])
    within = np.reshape(b, [n for length in shapes[1] for n in (1, length)])
    return np.reshape(blocks * within, [m * n for m, n in zip(*shapes, strict=True)])


_cross = array_row(
    "cross",
    np.cross,
    [lambda g, y, a, b: np.cross(b, g), lambda g, y, a, b: np.cross(g, a)],  # g·(a×b) = a·(b×g) = b·(g×a)
    linear="each",
    symbol="×",
)


@numpy_function(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The cross product of vectors in space, or of the plane."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    y = _cross(_in_space(a), _in_space(b))
    return y[..., 2] if a.shape[-1] == b.shape[-1] == 2 else np.moveaxis(y, -1, axisc)


def _in_space(x: Any) -> Any:
    """Return vectors of the plane as vectors of space; others as they are."""
    return np.concatenate([x, np.zeros((*x.shape[:-1], 1), x.dtype)], axis=-1) if x.shape[-1] == 2 else x


@numpy_function(np.linalg.cross)
def _cross_in_space(x1: Any, x2: Any, axis: int = -1) -> Any:
    """The cross product of vectors in space."""
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ValueError("np.linalg.cross takes vectors of three elements")
    return cross(x1, x2, axis=axis)


# Each is the transpose of the other: y[k] = Σ a[i] v[k-i], wherever both exist, and y[k] = Σ a[k+i] v[i] over all of v.
_convolve: ArrayPrimitive = array_row(
    "convolve",
    np.convolve,
    [lambda g, y, a, v: _correlate(g, v), lambda g, y, a, v: _correlate(g, a)],
    linear="each",
)
_correlate: ArrayPrimitive = array_row(
    "correlate",
    np.correlate,
    [lambda g, y, a, v: _convolve(g, v), lambda g, y, a, v: _correlate(a, g)],
    linear="each",
)


@numpy_function(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two sequences."""
    a, v = _sequences("convolve", a, v, mode)
    if len(a) < len(v):
        a, v = v, a
    if mode == "valid":
        return _correlate(a, v[::-1])
    y = _convolve(a, v)
    start = (len(v) - 1) // 2
    return y[start : start + len(a)] if mode == "same" else y


@numpy_function(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The correlation of two sequences."""
    a, v = _sequences("correlate", a, v, mode)
    if mode != "full" and len(a) < len(v):
        return correlate(v, a, mode)[::-1]
    if mode == "valid":
        return _correlate(a, v)
    y = _convolve(a, v[::-1])
    start = len(v) - 1 - len(v) // 2
    return y[start : start + len(a)] if mode == "same" else y


def _sequences(name: str, a: Any, v: Any, mode: str) -> Sequence[Any]:
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"the mode of {name} is 'full', 'same' or 'valid', not {mode!r}")
    if np.ndim(a) > 1 or np.ndim(v) > 1 or not np.size(a) or not np.size(v):
        raise ValueError(f"{name} takes two sequences, not arrays of shape {np.shape(a)} and {np.shape(v)}")
    return [np.reshape(x, -1) for x in (a, v)]
