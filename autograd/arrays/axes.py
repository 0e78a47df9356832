"""Axes in another order, and elements in another order along them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function
from autograd.settings import static

__all__ = ["transpose"]

_transpose = array_row(
    "transpose",
    lambda x, axes: np.transpose(x, axes),
    [lambda g, y, x, axes: np.transpose(g, None if axes is None else np.argsort([i % np.ndim(x) for i in axes]))],
    linear="each",
)


@numpy_function(np.transpose)  # np.permute_dims is the same function
def transpose(a: Any, axes: Any = None) -> Any:
    """Return the array with its axes in another order, by default in reverse."""
    return _transpose(a, axes=None if axes is None else tuple(axes))


def _as_by(function: Callable[..., Any], a: Any, *arguments: Any) -> Any:
    """Return ``a`` with its axes in the order that ``function`` gives them; axes of length 0, 1, 2, ... show it."""
    return _transpose(a, axes=function(np.empty(range(np.ndim(a))), *arguments).shape)


@numpy_function(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """Return the array with its last two axes exchanged."""
    return _as_by(np.matrix_transpose, x)


@numpy_function(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """Return the array with two axes exchanged."""
    return _as_by(np.swapaxes, a, axis1, axis2)


@numpy_function(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Return the array with some axes moved to other places, the others left in order."""
    return _as_by(np.moveaxis, a, source, destination)


@numpy_function(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """Return the array with one axis moved, until it lies before another."""
    return _as_by(np.rollaxis, a, axis, start)


_flip = array_row(
    "flip",
    lambda m, axis: np.flip(m, axis),
    [lambda g, y, m, axis: np.flip(g, axis)],
    linear="each",
)


@numpy_function(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """Return the elements in reverse order along ``axis``, along all axes by default."""
    return _flip(m, axis=axis)


@numpy_function(np.flipud)
def flipud(m: Any) -> Any:
    """Return the rows in reverse order."""
    return flip(m, 0)


@numpy_function(np.fliplr)
def fliplr(m: Any) -> Any:
    """Return the columns in reverse order."""
    return flip(m, 1)


_rot90 = array_row(
    "rot90",
    lambda m, k, axes: np.rot90(m, k, axes),
    [lambda g, y, m, k, axes: np.rot90(g, -k, axes)],
    linear="each",
)


@numpy_function(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Return the array with the plane of two axes turned by ``k`` right angles."""
    return _rot90(m, k=k, axes=tuple(axes))


_roll = array_row(
    "roll",
    lambda a, shift, axis: np.roll(a, shift, axis),
    [lambda g, y, a, shift, axis: np.roll(g, np.negative(shift), axis)],
    linear="each",
)


@numpy_function(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Return the elements moved along ``axis``; those pushed out at one end come in at the other."""
    return _roll(a, shift=static("roll", "shift", shift), axis=static("roll", "axis", axis))
