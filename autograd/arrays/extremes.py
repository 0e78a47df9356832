"""The largest and the smallest of many elements. Elements that tie share the derivative equally."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.reductions import EXTREME, Axis, only


def _extreme(name: str, value: Callable[..., Any]) -> ArrayPrimitive:
    return array_row(name, lambda x, axis, keepdims: value(x, axis=axis, keepdims=keepdims), [EXTREME.of_array])


_max = _extreme("max", np.max)
_min = _extreme("min", np.min)
_nanmax = _extreme("nanmax", np.fmax.reduce)
_nanmin = _extreme("nanmin", np.fmin.reduce)


def _applied(row: ArrayPrimitive, of_two: Any, a: Any, axis: Axis, keepdims: bool, initial: Any, where: Any) -> Any:
    """Apply ``row``; an initial value is one more element, and stands for those that ``where`` leaves out."""
    if initial is None:
        if where is not True:
            raise ValueError(f"{row.name} with a where needs an initial value, for where nothing is left")
        return row(a, axis=axis, keepdims=keepdims)
    if np.size(a) == 0:
        return np.sum(a, axis=axis, keepdims=keepdims) + initial
    return of_two(row(only(where, a, initial), axis=axis, keepdims=keepdims), initial)


@numpy_function(np.max, np.amax)
def max(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The largest of the elements along ``axis``; a tie shares its derivative equally."""
    return _applied(_max, np.maximum, a, axis, keepdims, initial, where)


@numpy_function(np.min, np.amin)
def min(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The smallest of the elements along ``axis``; a tie shares its derivative equally."""
    return _applied(_min, np.minimum, a, axis, keepdims, initial, where)


@numpy_function(np.nanmax)
def nanmax(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The largest of the elements that are not nan."""
    where = where if initial is None else ~np.isnan(a) & where
    return _applied(_nanmax, np.maximum, a, axis, keepdims, initial, where)


@numpy_function(np.nanmin)
def nanmin(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The smallest of the elements that are not nan."""
    where = where if initial is None else ~np.isnan(a) & where
    return _applied(_nanmin, np.minimum, a, axis, keepdims, initial, where)


@numpy_function(np.ptp)
def ptp(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest of the elements less the smallest."""
    return max(a, axis, keepdims) - min(a, axis, keepdims)
