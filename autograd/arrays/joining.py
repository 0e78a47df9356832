"""Arrays joined, and taken apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.rearrange import rearrangement
from autograd.errors import UnsupportedFunctionError
from autograd.rows import Operand
from autograd.settings import holds_operand, static


def _at(axis: int, i: Any) -> tuple[Any, ...]:
    """Return the index that is ``i`` along ``axis``, and everything along those before and behind."""
    return (*(slice(None),) * axis, i)


_concatenate = array_row(
    "concatenate",
    lambda *arrays, axis, bounds: np.concatenate(arrays, axis),
    lambda g, y, *arrays, position, axis, bounds: g[_at(axis, slice(*bounds[position : position + 2]))],
    linear="together",
)


@numpy_function(np.concatenate)  # np.concat is the same function
def concatenate(arrays: Any, axis: int | None = 0) -> Any:
    """Return the arrays one behind the other along ``axis``, or flattened where it is None."""
    operands = list(arrays)
    if axis is None:
        operands, axis = [np.ravel(x) for x in operands], 0
    shapes = [np.shape(x) for x in operands]
    axis = normalize_axis_index(axis, len(shapes[0]) if shapes else 1)
    lengths = (sum(shape[axis : axis + 1]) for shape in shapes)  # where an axis is missing, NumPy says so
    return _concatenate(*operands, axis=axis, bounds=tuple(itertools.accumulate(lengths, initial=0)))


_stack = array_row(
    "stack",
    lambda *arrays, axis: np.stack(arrays, axis),
    lambda g, y, *arrays, position, axis: g[_at(axis, position)],
    linear="together",
)


@numpy_function(np.stack)
def stack(arrays: Any, axis: int = 0) -> Any:
    """Return the arrays one behind the other along a new axis; of Values, a Tensor.

    Parameters
    ----------
    arrays : sequence of arrays, Tensors, Values or numbers, or sequences of them
        All of one shape; a number has no axes.
    axis : int, optional
        Which axis of the result is the new one.

    Returns
    -------
    Tensor or ndarray
        With one axis more; a Tensor if one of the arrays is on the graph.

    Raises
    ------
    ValueError
        If the shapes differ, there is nothing to stack, or no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Value, stack
    >>> a, b = Value(1.0), Value(2.0)
    >>> t = stack([a, b])
    >>> np.sum(t * t).backward()
    >>> a.grad, b.grad
    (2.0, 4.0)
    """
    operands = [stack(x) if isinstance(x, list | tuple) and holds_operand(x) else x for x in arrays]
    ndim = np.ndim(operands[0]) if operands else 0
    return _stack(*operands, axis=normalize_axis_index(axis, ndim + 1))


@numpy_function(np.vstack)
def vstack(tup: Any) -> Any:
    """Return the arrays below each other."""
    return concatenate([np.atleast_2d(x) for x in tup], 0)


@numpy_function(np.hstack)
def hstack(tup: Any) -> Any:
    """Return the arrays side by side."""
    arrays = [np.atleast_1d(x) for x in tup]
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1)


@numpy_function(np.dstack)
def dstack(tup: Any) -> Any:
    """Return the arrays behind each other along the third axis."""
    return concatenate([np.atleast_3d(x) for x in tup], 2)


@numpy_function(np.column_stack)
def column_stack(tup: Any) -> Any:
    """Return the arrays side by side, those of one axis as columns."""
    return concatenate([x if np.ndim(x) > 1 else np.reshape(x, (-1, 1)) for x in tup], 1)


@numpy_function(np.append)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """Return ``arr`` with ``values`` behind it along ``axis``, or both flattened."""
    return concatenate([arr, values], axis)


rearrangement(np.block, "arrays")
rearrangement(np.delete, "arr")

_insert = rearrangement(np.insert, "arr", "values")


@numpy_function(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Return ``arr`` with ``values`` before its elements that ``obj`` names."""
    if not isinstance(arr, Operand) and np.asarray(arr).dtype.kind != "f":
        raise UnsupportedFunctionError(
            "insert of a Tensor into an array of integers would cut off what is behind the point, and there is no "
            "derivative of that; use arr.astype(float)"
        )
    return _insert.call(arr, obj, values, axis)


def _split(function: Callable[..., Any], ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    """Return the parts between the bounds at which NumPy's ``function`` cuts one axis."""
    axis = normalize_axis_index(axis, np.ndim(ary))
    cuts = static(function.__name__, "indices_or_sections", indices_or_sections)
    pieces = function(np.arange(np.shape(ary)[axis]), cuts)
    return [ary[_at(axis, slice(piece[0], piece[-1] + 1) if piece.size else slice(0, 0))] for piece in pieces]


@numpy_function(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return parts along ``axis``: as many of one length, or those between given bounds."""
    return _split(np.split, ary, indices_or_sections, axis)


@numpy_function(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return parts along ``axis``: as many of nearly one length, or those between given bounds."""
    return _split(np.array_split, ary, indices_or_sections, axis)


@numpy_function(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Return parts that lie side by side."""
    return split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


@numpy_function(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Return parts of a matrix, or of an array of more axes, that lie below each other."""
    if np.ndim(ary) < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


@numpy_function(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    """Return parts along the third axis."""
    return split(ary, indices_or_sections, 2)


def unstack(x: Any, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the arrays that stack would join into this one."""
    axis = normalize_axis_index(axis, np.ndim(x))
    return tuple(x[_at(axis, i)] for i in range(np.shape(x)[axis]))


if hasattr(np, "unstack"):  # since NumPy 2.1
    numpy_function(np.unstack)(unstack)
