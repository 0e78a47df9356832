"""Parts of an array, by an index of any kind that NumPy knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.rearrange import scatter
from autograd.errors import NotANumberError, brief
from autograd.settings import holds_operand
from autograd.tracing import tracing

__all__ = ["getitem", "part", "place"]


def _place(v: Any, shape: tuple[int, ...], index: Any) -> Any:
    whole = np.zeros(shape, np.result_type(v))  # v may be a float, for an element
    whole[index] = v
    return whole


part = array_row(
    "part",
    lambda x, index: x[index],
    [lambda g, y, x, index: place(g, shape=np.shape(x), index=index)],
    linear="each",
    doc="The elements at an index that names none of them twice.",
)
place: ArrayPrimitive = array_row(
    "place",
    _place,
    [lambda g, y, v, shape, index: part(g, index=index)],
    linear="each",
    doc="The transpose of part: zeros of the given shape, with v written at the index.",
)


def _add_to(total: Any, g: Any, index: Any) -> None:
    total[index] += g


part.add_to = _add_to


def _numbers(shape: tuple[int, ...], index: Any) -> Any:
    """Return the numbers, counted from 1, of the elements at ``index``."""
    return np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape)[index]


_getitem = array_row(
    "getitem",
    lambda x, index: x[index],
    [lambda g, y, x, index: scatter(g, indices=_numbers(np.shape(x), index), shape=np.shape(x))],
    linear="each",
    doc="The elements at an index that may name some of them several times.",
)


def getitem(x: Any, index: Any) -> Any:
    """Return part of an array, by an index of any kind that NumPy knows."""
    if not isinstance(index, tuple):
        index = (index,)
    index = tuple([_component(i) for i in index])
    names_once = not any(isinstance(i, np.ndarray) and i.dtype.kind != "b" for i in index)
    return (part if names_once else _getitem)(x, index=index)


def _component(i: Any) -> Any:
    """Return one component of an index as the graph may keep it: an array as a copy that nobody else can write to."""
    if i is None or i is Ellipsis or isinstance(i, int | slice | np.integer | np.bool_):
        return i
    if holds_operand(i):
        trace = tracing()
        if trace is not None:
            trace.refuse(i, "an index made of it")
        raise NotANumberError(
            f"an index must be made of integers, slices and masks, not of Tensors: {brief(i)}; t.numpy().astype(int) "
            "gives integers"
        )
    array = np.array(i)
    return array.astype(int) if array.size == 0 and not isinstance(i, np.ndarray) else array  # [] is no float array
