"""The same elements in another shape, or of another type."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function
from autograd.errors import UnsupportedFunctionError
from autograd.rows import Operand
from autograd.settings import static

__all__ = ["astype", "reshape"]

_reshape = array_row(
    "reshape",
    lambda x, shape, order="C": np.reshape(x, shape, order),
    [lambda g, y, x, shape, order="C": np.reshape(g, np.shape(x), order)],
    linear="each",
)


@numpy_function(np.reshape)
def reshape(a: Any, shape: Any = None, order: str = "C", newshape: Any = None) -> Any:
    """Return the same elements, in the same order, in another shape."""
    shape = static("reshape", "shape", newshape if shape is None else shape)  # NumPy 2.0 calls it newshape
    return _reshape(a, shape=shape) if order == "C" else _reshape(a, shape=shape, order=_order(a, order))


def _order(a: Any, order: str) -> str:
    """Return the order in which elements are counted, where "A" leaves it to how they lie in memory."""
    if order in ("K", "k"):
        raise UnsupportedFunctionError(
            "ravel of a Tensor takes no order='K': how the elements lie in memory is not fixed; use 'C' or 'F'"
        )
    if order in ("A", "a"):
        return "F" if np.isfortran(getattr(a, "_primal", a)) else "C"
    return order


@numpy_function(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """Return the elements in a row."""
    return reshape(a, -1, order)


_squeeze = array_row(
    "squeeze",
    lambda x, axis: np.squeeze(x, axis),
    [lambda g, y, x, axis: np.reshape(g, np.shape(x))],
    linear="each",
)


@numpy_function(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """Return the array without its axes of length one, or without those given."""
    return _squeeze(a, axis=axis)


_expand_dims = array_row(
    "expand_dims",
    lambda x, axis: np.expand_dims(x, axis),
    [lambda g, y, x, axis: np.reshape(g, np.shape(x))],
    linear="each",
)


@numpy_function(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """Return the array with new axes of length one."""
    return _expand_dims(a, axis=tuple(axis) if isinstance(axis, list) else axis)


def _at_least(function: Any, arrays: tuple[Any, ...]) -> Any:
    """Return the arrays with as many axes as NumPy's ``function`` gives them: one array, or a tuple of them."""
    found = tuple(_reshape(x, shape=function(np.broadcast_to(0, np.shape(x))).shape) for x in arrays)
    return found[0] if len(found) == 1 else found


@numpy_function(np.atleast_1d)
def atleast_1d(*arys: Any) -> Any:
    """Return arrays with one axis at least."""
    return _at_least(np.atleast_1d, arys)


@numpy_function(np.atleast_2d)
def atleast_2d(*arys: Any) -> Any:
    """Return arrays with two axes at least; new ones come first."""
    return _at_least(np.atleast_2d, arys)


@numpy_function(np.atleast_3d)
def atleast_3d(*arys: Any) -> Any:
    """Return arrays with three axes at least; one of them comes first."""
    return _at_least(np.atleast_3d, arys)


_broadcast_to = array_row(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    [lambda g, y, x, shape: g],  # broadcasting is undone in the backward pass, for every operand of every row
    linear="each",
)


@numpy_function(np.broadcast_to)
def broadcast_to(array: Any, shape: Any) -> Any:
    """Return the elements repeated along new and stretched axes."""
    return _broadcast_to(array, shape=static("broadcast_to", "shape", shape))


@numpy_function(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """Return the arrays, each repeated to the shape of all of them together."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(x, shape) for x in args)


@numpy_function(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Return the coordinates of the points of a grid, given those along each axis."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    axes = list(range(len(xi)))
    if indexing == "xy":
        axes[:2] = axes[1::-1]
    grid = tuple(
        np.reshape(x, [-1 if i == axis else 1 for i in range(len(xi))]) for x, axis in zip(xi, axes, strict=True)
    )
    return grid if sparse else broadcast_arrays(*grid)


@numpy_function(np.copy)
def copy(a: Any) -> Any:
    """Return the same elements as a new node."""
    return np.positive(a)


astype = array_row(
    "astype",
    lambda x, dtype: x.astype(dtype),
    [lambda g, y, x, dtype: g],  # so is the type of an operand
    linear="each",
    doc="The elements as float32 or float64.",
)


def cast(x: Any, dtype: Any, copy: bool = True) -> Any:
    """Return the elements of ``x`` as float32 or float64, in a new node.

    Parameters
    ----------
    x : Tensor or ndarray
        Of any shape.
    dtype : numpy.dtype or what stands for one
        float32 or float64.
    copy : bool, optional
        Unused: a node is a new one.

    Raises
    ------
    UnsupportedFunctionError
        If ``dtype`` is another one, for which there is no derivative.
    """
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise UnsupportedFunctionError(
            f"astype of a Tensor takes float32 and float64, not {kind.name}, of which there is no derivative; "
            f"t.numpy().astype({kind.name!r}) is a plain array"
        )
    return astype(x, dtype=kind)


if hasattr(np, "astype"):  # since NumPy 2.1
    numpy_function(np.astype)(cast)


@numpy_function(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """Return a plain array filled with a number, or a Tensor broadcast to the shape of another."""
    shape = np.shape(a) if shape is None else shape
    dtype = np.result_type(a) if dtype is None else dtype
    if isinstance(fill_value, Operand):
        return cast(broadcast_to(fill_value, shape), dtype)
    return np.full(shape, fill_value, dtype)
