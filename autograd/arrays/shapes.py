"""Arrays in another shape, joined, taken apart, and parts of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.rearrange import rearrangement, scatter
from autograd.errors import NotANumberError
from autograd.rows import Operand

_reshape = array_row(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    [lambda g, y, x, shape: np.reshape(g, np.shape(x))],
    linear="each",
)


@numpy_function(np.reshape)
def reshape(a: Any, shape: Any) -> Any:
    """The same elements, in the same order, in another shape."""
    return _reshape(a, shape=shape)


@numpy_function(np.ravel)
def ravel(a: Any) -> Any:
    """The elements in a row."""
    return _reshape(a, shape=(-1,))


_transpose = array_row(
    "transpose",
    lambda x, axes: np.transpose(x, axes),
    [lambda g, y, x, axes: np.transpose(g, None if axes is None else np.argsort([i % np.ndim(x) for i in axes]))],
    linear="each",
)


@numpy_function(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order, by default in reverse."""
    return _transpose(a, axes=None if axes is None else tuple(axes))


_broadcast_to = array_row(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    [lambda g, y, x, shape: g],  # broadcasting is undone in the backward pass, for every operand of every row
    linear="each",
)


@numpy_function(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """The elements repeated along new and stretched axes."""
    return _broadcast_to(array, shape=shape)


astype = array_row(
    "astype",
    lambda x, dtype: x.astype(dtype),
    [lambda g, y, x, dtype: g],  # so is the type of an operand
    linear="each",
    doc="The elements as float32 or float64.",
)


def _place(v: Any, shape: tuple[int, ...], index: Any) -> Any:
    place = np.zeros(shape, v.dtype)
    place[index] = v
    return place


_getitem = array_row(
    "getitem", lambda x, index: x[index], [lambda g, y, x, index: _put(g, np.shape(x), index)], linear="each"
)
place: ArrayPrimitive = array_row(
    "place", _place, [lambda g, y, v, shape, index: _getitem(g, index=index)], linear="each",
    doc="Zeros of the given shape with v written at the index, which names no element twice.",
)  # fmt: skip


def _put(g: Any, shape: tuple[int, ...], index: Any) -> Any:
    """Return the transpose of indexing: a sum where an element was taken more than once."""
    if _names_elements_once(index):
        return place(g, shape=shape, index=index)
    numbered = np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape)
    return scatter(g, indices=numbered[index], shape=shape)


def _names_elements_once(index: Any) -> bool:
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(part, np.ndarray) and part.dtype.kind != "b" for part in parts)


def getitem(x: Any, index: Any) -> Any:
    """Part of an array, by an index of any kind that NumPy knows."""
    parts = tuple(map(_index, index)) if isinstance(index, tuple) else _index(index)
    return _getitem(x, index=parts)


def _index(part: Any) -> Any:
    if isinstance(part, list | np.ndarray):
        return np.array(part)  # a copy, which nobody else can write to
    if isinstance(part, Operand):
        raise NotANumberError(
            f"an index must be made of integers, slices and masks, not {type(part).__name__}; t.numpy().astype(int) "
            "gives integers"
        )
    return part


rearrangement(np.roll, "a")
rearrangement(np.repeat, "a")
