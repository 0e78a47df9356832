"""Means, variances, quantiles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.operands import as_array
from autograd.arrays.reductions import SUM, Axis, expanded, in_one_axis
from autograd.settings import own, static
from autograd.tracing import numbers_of, tracing

_mean = array_row(
    "mean",
    lambda x, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims),
    [lambda g, y, x, axis, keepdims: SUM.of_array(g / _count(x, axis, keepdims, True), y, x, axis, keepdims)],
    linear="each",
)


def _count(x: Any, axis: Axis, keepdims: bool, where: Any) -> Any:
    """Return how many elements are reduced to one: a number, or where some are left out, an array."""
    if where is not True:
        return np.sum(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=keepdims)
    if axis is None or np.ndim(x) == 0:
        return np.size(x)
    return math.prod([np.shape(x)[i] for i in normalize_axis_tuple(axis, np.ndim(x))])


@numpy_function(np.mean)
def mean(a: Any, axis: Axis = None, keepdims: bool = False, where: Any = True) -> Any:
    """The mean of the elements along ``axis``, of all by default."""
    if where is True:
        return _mean(a, axis=axis, keepdims=keepdims)
    count = _count(a, axis, keepdims, where).astype(np.result_type(a))
    return np.sum(a, axis=axis, keepdims=keepdims, where=where) / count


@numpy_function(np.nanmean)
def nanmean(a: Any, axis: Axis = None, keepdims: bool = False, where: Any = True) -> Any:
    """The mean of the elements that are not nan."""
    return mean(a, axis, keepdims, ~np.isnan(a) & where)


def _deviations(g: Any, x: Any, axis: Axis, ddof: float, keepdims: bool, where: Any) -> Any:
    """Return ``g`` times the derivative of half the variance: the deviations from the mean, over degrees of freedom."""
    freedom = np.maximum(_count(x, axis, keepdims, where) - ddof, 0).astype(g.dtype)
    deviations = x - np.mean(x, axis=axis, keepdims=True, where=where)
    g = expanded(g / freedom, x, axis, keepdims)
    return g * deviations if where is True else np.where(where, g * deviations, 0.0)


def _spread(name: str, function: Callable[..., Any], transpose: Callable[..., Any]) -> ArrayPrimitive:
    """Add a row for the variance or its root; ``transpose(g, y)`` is the derivative by half the variance."""
    return array_row(
        name,
        lambda x, axis, ddof, keepdims, where: function(x, axis=axis, ddof=ddof, keepdims=keepdims, where=where),
        [lambda g, y, x, **settings: _deviations(transpose(g, y), x, **settings)],
    )


_var = _spread("var", np.var, lambda g, y: 2 * g)
_std = _spread("std", np.std, lambda g, y: np.where(y == 0, 0.0, g / np.where(y == 0, 1.0, y)))


def _apply_spread(
    row: ArrayPrimitive, a: Any, axis: Axis, ddof: float, keepdims: bool, where: Any, correction: float | None
) -> Any:
    if correction is not None:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    return row(a, axis=axis, ddof=ddof, keepdims=keepdims, where=where if where is True else own(np.asarray(where)))


@numpy_function(np.var)
def var(
    a: Any,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    correction: float | None = None,
) -> Any:
    """The variance of the elements along ``axis``, of all by default."""
    return _apply_spread(_var, a, axis, ddof, keepdims, where, correction)


@numpy_function(np.std)
def std(
    a: Any,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    correction: float | None = None,
) -> Any:
    """The standard deviation; where it is zero, its derivative is 0."""
    return _apply_spread(_std, a, axis, ddof, keepdims, where, correction)


@numpy_function(np.nanvar)
def nanvar(
    a: Any,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    correction: float | None = None,
) -> Any:
    """The variance of the elements that are not nan."""
    return var(a, axis, ddof, keepdims, ~np.isnan(a) & where, correction)


@numpy_function(np.nanstd)
def nanstd(
    a: Any,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    correction: float | None = None,
) -> Any:
    """The standard deviation of the elements that are not nan."""
    return std(a, axis, ddof, keepdims, ~np.isnan(a) & where, correction)


@numpy_function(np.average)
def average(a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, keepdims: bool = False) -> Any:
    """The mean of the elements along ``axis``, each with its weight."""
    if weights is None:
        y: Any = np.mean(a, axis=axis, keepdims=keepdims)
        total: Any = np.full((), _count(a, axis, keepdims, True), y.dtype)
    else:
        weights = _weights(a, axis, weights)
        total = np.sum(weights, axis=axis, keepdims=keepdims)
        if tracing() is None and np.any(total == 0):  # compiled, it is not finite, and the eager engine then asks
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        y = np.sum(np.multiply(a, weights), axis=axis, keepdims=keepdims) / total
    return (y, np.broadcast_to(total, np.shape(y))) if returned else y


def _weights(a: Any, axis: Axis, weights: Any) -> Any:
    """Return weights that belong to some axes only in a shape that meets those of ``a``."""
    weights = as_array(weights, "the weights of average")
    shape = np.shape(a)
    if weights.shape == shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = normalize_axis_tuple(axis, len(shape))
    if weights.shape != tuple(shape[i] for i in axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    in_order = np.transpose(weights, np.argsort(axes))
    return np.reshape(in_order, tuple(n if i in axes else 1 for i, n in enumerate(shape)))


def _quantile(numpys: Callable[..., Any], a: Any, q: Any, axis: Axis, method: str, keepdims: bool) -> Any:
    """Return quantiles: where they lie among the elements in order of size, ``numpys`` function of places tells."""
    q = np.asarray(static(numpys.__name__, "q", q))
    ordered = np.sort(in_one_axis(a, axis), axis=-1)
    kept, n = np.shape(ordered)[:-1], np.shape(ordered)[-1]
    places = np.where(_missing(numpys, ordered), np.nan, np.arange(n, dtype=np.float64))
    place = np.asarray(numpys(places, np.ravel(q), axis=-1, method=method))  # the quantiles in front, nan if none
    there_is_none = np.isnan(place)
    place = np.where(there_is_none, 0.0, place)
    below = np.floor(place).astype(int)
    fraction = (place - below).astype(ordered.dtype)
    y = _at(ordered, below)
    if fraction.any():
        y = y * (1 - fraction) + _at(ordered, np.ceil(place).astype(int)) * fraction
    if tracing() is not None:  # compiled, the places are those without nan
        y = np.where(np.any(np.isnan(ordered), axis=-1), np.nan, y)
    elif there_is_none.any():
        y = np.where(there_is_none, np.nan, y)
    y = np.reshape(y, q.shape + kept)
    if not keepdims:
        return y
    axes = range(np.ndim(a)) if axis is None else normalize_axis_tuple(axis, np.ndim(a))
    return np.expand_dims(y, tuple(i + q.ndim for i in axes))


def _missing(numpys: Callable[..., Any], ordered: Any) -> Any:
    """Tell where there is nan; not while a function is recorded for the compiler, when nobody knows."""
    if tracing() is None:
        return np.isnan(ordered)
    if numpys in (np.nanquantile, np.nanpercentile):
        numbers_of(ordered, "np.nanquantile or a kin of it")
    return np.zeros(np.shape(ordered), bool)


def _at(ordered: Any, places: Any) -> Any:
    """Return the elements at ``places`` along the last axis, several for each row: the first axis counts them."""
    return np.moveaxis(np.take_along_axis(ordered, np.moveaxis(places, 0, -1), axis=-1), -1, 0)


@numpy_function(np.quantile)
def quantile(
    a: Any, q: Any, axis: Axis = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
) -> Any:
    """The quantiles of the elements along ``axis``; of equal elements, the derivative is that of the first."""
    return _quantile(np.quantile, a, q, axis, method, keepdims)


@numpy_function(np.nanquantile)
def nanquantile(
    a: Any, q: Any, axis: Axis = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
) -> Any:
    """The quantiles of the elements that are not nan."""
    return _quantile(np.nanquantile, a, q, axis, method, keepdims)


@numpy_function(np.percentile)
def percentile(
    a: Any, q: Any, axis: Axis = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
) -> Any:
    """The percentiles of the elements along ``axis``."""
    return _quantile(np.percentile, a, q, axis, method, keepdims)


@numpy_function(np.nanpercentile)
def nanpercentile(
    a: Any, q: Any, axis: Axis = None, overwrite_input: bool = False, method: str = "linear", keepdims: bool = False
) -> Any:
    """The percentiles of the elements that are not nan."""
    return _quantile(np.nanpercentile, a, q, axis, method, keepdims)


@numpy_function(np.median)
def median(a: Any, axis: Axis = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The element in the middle, or the mean of the two there."""
    return quantile(a, 0.5, axis, keepdims=keepdims)


@numpy_function(np.nanmedian)
def nanmedian(a: Any, axis: Axis = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The median of the elements that are not nan."""
    return nanquantile(a, 0.5, axis, keepdims=keepdims)
