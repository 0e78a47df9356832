"""Elementwise functions that are no ufuncs of NumPy's, and ufuncs that are made of others: where, clip, divmod, ..."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd import primitives
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.shapes import astype

__all__ = ["clip", "float_power"]


@numpy_function(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Return x where the condition is true, else y; without them, where the condition is not zero."""
    if x is None and y is None:
        return np.nonzero(condition)
    return primitives.where(np.not_equal(condition, 0), x, y)  # so that its type has no say in that of the result


@numpy_function(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    """Hold the elements between two bounds, which may be arrays; at a bound the derivative is the element's."""
    low, high = a_min if min is None else min, a_max if max is None else max
    given = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    if all(isinstance(bound, int | float) for bound in given.values()):
        return primitives.clip(a, **given)
    y = a if low is None else np.where((a < low) | np.isnan(low), low, a)
    return y if high is None else np.where((y > high) | np.isnan(high), high, y)


@numpy_function(np.round, np.around)
def round(a: Any, decimals: int = 0) -> Any:
    """Round to so many decimals, an even last digit in a tie; the derivative is zero."""
    scale = 10.0 ** abs(operator.index(decimals))
    if decimals == 0:
        return np.rint(a)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


@numpy_function(np.nan_to_num)
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Put numbers in place of nan, inf and -inf; the derivative there is zero."""
    limits = np.finfo(np.result_type(x))
    posinf, neginf = limits.max if posinf is None else posinf, limits.min if neginf is None else neginf
    return np.where(np.isnan(x), nan, np.where(np.isposinf(x), posinf, np.where(np.isneginf(x), neginf, x)))


@numpy_function(np.float_power)
def float_power(x1: Any, x2: Any) -> Any:
    """Return ``x1`` to the power ``x2``, in float64 whatever they are.

    Parameters
    ----------
    x1, x2 : number, ndarray, Value or Tensor
        Of shapes that can be broadcast together.

    Returns
    -------
    float, ndarray, Value or Tensor
        Of the shape after broadcasting; on the graph if ``x1`` or ``x2`` is.

    Examples
    --------
    >>> from autograd import Tensor, float_power
    >>> float_power(Tensor([2.0, 3.0], dtype="float32"), 2).dtype
    dtype('float64')
    """
    x1, x2 = (astype(x, dtype=np.dtype(np.float64)) if hasattr(x, "dtype") else x for x in (x1, x2))
    return primitives.pow(x1, x2)


@numpy_function(np.real)
def real(val: Any) -> Any:
    """Return the real part: the tensor itself."""
    return val


@numpy_function(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """Return the tensor itself, which is real already."""
    return a


@numpy_function(np.divmod)
def divmod(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return the floored quotient and the remainder."""
    return np.floor_divide(x1, x2), np.mod(x1, x2)


@numpy_function(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """Return the part behind the point, whose derivative is 1, and the one before it."""
    whole = np.trunc(x)
    return x - whole, whole


@numpy_function(np.fix)
def fix(x: Any) -> Any:
    """Round towards zero; the derivative is zero."""
    return np.trunc(x)


numpy_function(np.sinc)(primitives.sinc)
