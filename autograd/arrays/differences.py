"""Differences between neighbours, slopes by differences, and the integral of a sampled function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.arrays.dispatch import numpy_function
from autograd.arrays.operands import as_array
from autograd.arrays.shapes import astype


@numpy_function(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbours along ``axis``, taken ``n`` times."""
    a = as_array(a, "the a of diff")
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if n == 0:
        return a
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, np.ndim(a))
    if prepend is not None or append is not None:
        ends = [() if x is None else (_end(x, np.shape(a), axis),) for x in (prepend, append)]
        a = np.concatenate([*ends[0], a, *ends[1]], axis=axis)
    later = (slice(None),) * axis + (slice(1, None),)
    earlier = (slice(None),) * axis + (slice(None, -1),)
    for _ in range(n):
        a = a[later] - a[earlier]
    return a


def _end(x: Any, shape: tuple[int, ...], axis: int) -> Any:
    """Return what is put at one end of ``axis``; a number there is one layer."""
    return x if np.ndim(x) else np.broadcast_to(x, (*shape[:axis], 1, *shape[axis + 1 :]))


@numpy_function(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours, all elements in a row, between two ends of your own."""
    parts = [to_begin, diff(np.ravel(ary)), to_end]
    return np.concatenate([np.ravel(x) for x in parts if x is not None])


@numpy_function(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slope along each of the axes, by central differences; at the edges by one-sided ones."""
    f = as_array(f, "the f of gradient")
    axes = tuple(range(np.ndim(f))) if axis is None else normalize_axis_tuple(axis, np.ndim(f))
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    slopes = [
        np.moveaxis(_slope(np.moveaxis(f, axis, -1), x, edge_order), -1, axis)
        for x, axis in zip(spacings, axes, strict=True)
    ]
    if np.result_type(f) == np.float32:  # whatever the type of the spacings
        slopes = [astype(slope, dtype=np.dtype(np.float32)) for slope in slopes]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope(f: Any, x: Any, edge_order: int) -> Any:
    """Return the slope of ``f`` along its last axis, where samples are a number ``x`` apart, or lie at the ``x``."""
    n = np.shape(f)[-1]
    if n < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are "
            "required."
        )
    x = as_array(x, "a spacing of gradient")
    if np.ndim(x) == 0:
        widths = left = right = first_width = last_width = x
    elif np.ndim(x) == 1 and len(x) == n:
        widths = diff(x)
        left, right, first_width, last_width = widths[:-1], widths[1:], widths[:1], widths[-1:]
    else:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    slopes = diff(f) / widths
    if np.ndim(x) == 0:
        inner = (f[..., 2:] - f[..., :-2]) / (2.0 * x)
    else:
        inner = (right * slopes[..., :-1] + left * slopes[..., 1:]) / (left + right)
    first, last = slopes[..., :1], slopes[..., -1:]
    if edge_order == 2:  # the slope of the parabola through three points
        bend = (slopes[..., 1:] - slopes[..., :-1]) / (left + right)
        first, last = first - bend[..., :1] * first_width, last + bend[..., -1:] * last_width
    return np.concatenate([first, inner, last], axis=-1)


@numpy_function(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral along ``axis`` by the rule of trapezoids."""
    y = np.moveaxis(as_array(y, "the y of trapezoid"), axis, -1)
    x = x if x is None else as_array(x, "the x of trapezoid")
    widths = dx if x is None else diff(x if x.ndim == 1 else np.moveaxis(x, axis, -1))
    return np.sum(widths * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
