"""Running sums and products along an axis, which also give the products that leave one element out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function

__all__ = ["products_of_the_others"]

_cumsum = array_row(
    "cumsum",
    lambda x, axis: np.cumsum(x, axis),
    [lambda g, y, x, axis: np.flip(np.cumsum(np.flip(g, axis), axis), axis)],
    linear="each",
)


def _delayed(x: Any, first: float) -> Any:
    """Return ``x`` one step later along the last axis, behind a ``first`` element."""
    return np.concatenate([np.full_like(x[..., :1], first), x[..., :-1]], axis=-1)


def _reversed(x: Any) -> Any:
    return np.flip(x, -1)


def _products_before(x: Any) -> Any:
    return np.cumprod(_delayed(x, 1.0), axis=-1)


def products_of_the_others(x: Any) -> Any:
    """Return, for each element along the last axis, the product of all others: no division, a zero does no harm."""
    return _products_before(x) * _reversed(_products_before(_reversed(x)))


def _recurrence_value(b: Any, a: Any) -> Any:
    s = np.array(np.moveaxis(b, -1, 0), np.result_type(a, b), order="C")  # each step of all recurrences lies together
    factors = np.ascontiguousarray(np.moveaxis(a, -1, 0))
    for k in range(1, len(s)):
        s[k] += factors[k] * s[k - 1]
    return np.moveaxis(s, 0, -1)


def _recurrence_transposed(g: Any, a: Any) -> Any:
    """The same from the end: t[k] = g[k] + a[k+1] t[k+1]."""
    return _reversed(_recurrence(_reversed(g), _delayed(_reversed(a), 0.0)))


_recurrence: ArrayPrimitive = array_row(
    "recurrence",
    _recurrence_value,
    [
        lambda g, s, b, a: _recurrence_transposed(g, a),
        lambda g, s, b, a: _recurrence_transposed(g, a) * _delayed(s, 0.0),
    ],
    doc="s with s[k] = b[k] + a[k] s[k-1], along the last axis.",
)


def _cumprod_transpose(g: Any, y: Any, x: Any, axis: int) -> Any:
    """The products before an element, times all that it is multiplied by behind; so no zero is divided by."""
    x, g = np.moveaxis(x, axis, -1), np.moveaxis(g, axis, -1)
    return np.moveaxis(_products_before(x) * _recurrence_transposed(g, x), -1, axis)


_cumprod = array_row("cumprod", lambda x, axis: np.cumprod(x, axis), [_cumprod_transpose])


def _along(row: ArrayPrimitive, a: Any, axis: int | None) -> Any:
    """Apply ``row`` along ``axis``; without one, to the elements in a row."""
    return row(np.ravel(a), axis=0) if axis is None or np.ndim(a) == 0 else row(a, axis=axis)


@numpy_function(np.cumsum)
def cumsum(a: Any, axis: int | None = None) -> Any:
    """The sum of each element and those before it."""
    return _along(_cumsum, a, axis)


@numpy_function(np.cumprod)
def cumprod(a: Any, axis: int | None = None) -> Any:
    """The product of each element and those before it; its derivatives hold where elements are zero."""
    return _along(_cumprod, a, axis)


@numpy_function(np.nancumsum)
def nancumsum(a: Any, axis: int | None = None) -> Any:
    """The sum of each element and those before it, where nan counts as 0."""
    return cumsum(np.where(np.isnan(a), 0.0, a), axis)


@numpy_function(np.nancumprod)
def nancumprod(a: Any, axis: int | None = None) -> Any:
    """The product of each element and those before it, where nan counts as 1."""
    return cumprod(np.where(np.isnan(a), 1.0, a), axis)


def _with_initial(running: Callable[..., Any], x: Any, axis: int | None, initial: float | None) -> Any:
    """Return running sums or products along an axis that must be named, behind an ``initial`` one if there is one."""
    if axis is None:
        if np.ndim(x) > 1:
            raise ValueError(f"an array of {np.ndim(x)} axes needs the axis along which to go")
        axis = 0
    y = running(x, axis)
    if initial is None:
        return y
    shape = list(np.shape(y))
    shape[axis] = 1
    return np.concatenate([np.full(shape, initial, y.dtype), y], axis=axis)


if hasattr(np, "cumulative_sum"):  # since NumPy 2.1

    @numpy_function(np.cumulative_sum)
    def cumulative_sum(x: Any, axis: int | None = None, include_initial: bool = False) -> Any:
        """The sum of each element and those before it; with an initial 0 on demand."""
        return _with_initial(cumsum, x, axis, 0.0 if include_initial else None)

    @numpy_function(np.cumulative_prod)
    def cumulative_prod(x: Any, axis: int | None = None, include_initial: bool = False) -> Any:
        """The product of each element and those before it; with an initial 1 on demand."""
        return _with_initial(cumprod, x, axis, 1.0 if include_initial else None)
