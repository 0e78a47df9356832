"""Windows that slide over an array, and their transpose, which adds windows back to where they were taken from."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.lib.stride_tricks import sliding_window_view

from autograd.array_rows import ArrayPrimitive, array_row
from autograd.arrays.dispatch import numpy_function

__all__ = ["add_windows", "windows"]

Numbers = tuple[int, ...]


def _windows_value(x: Any, window: Numbers, axis: Numbers, step: Numbers, gap: Numbers) -> Any:
    extent = tuple((length - 1) * apart + 1 if length else 0 for length, apart in zip(window, gap, strict=True))
    every = sliding_window_view(x, extent, axis)
    return every[tuple(slice(None, None, n) for n in (*step, *gap))]


def _add_windows_value(g: Any, shape: Numbers, axis: Numbers, step: Numbers, gap: Numbers) -> Any:
    """Add one element of all windows at a time: as many additions of arrays as a window has elements."""
    total = np.zeros(shape, g.dtype)
    counts, window = g.shape[: len(shape)], g.shape[len(shape) :]
    if g.size == 0:
        return total
    for place in itertools.product(*map(range, window)):
        start = [0] * len(shape)
        for i, k, apart in zip(axis, place, gap, strict=True):
            start[i] += k * apart
        stop = [a + n * (count - 1) + 1 for a, n, count in zip(start, step, counts, strict=True)]
        total[tuple(map(slice, start, stop, step))] += g[(..., *place)]
    return total


windows = array_row(
    "windows",
    _windows_value,
    [
        lambda g, y, x, window, axis, step, gap: add_windows(g, shape=np.shape(x), axis=axis, step=step, gap=gap)
    ],
    linear="each",
    doc="""windows(x, window, axis, step, gap)

Every window of a given shape along the axes ``axis``, as a view: first the axes of x, which count the windows, then
those within a window. Each axis of x has its step from a window to the next, each of a window the gap between its
elements.""",
)  # fmt: skip
add_windows: ArrayPrimitive = array_row(
    "add_windows",
    _add_windows_value,
    [
        lambda g, y, x, shape, axis, step, gap: windows(
            g, window=np.shape(x)[len(shape) :], axis=axis, step=step, gap=gap
        )
    ],
    linear="each",
    doc="The transpose of windows: an array of the given shape, to which each window is added where it was.",
)


@numpy_function(sliding_window_view)
def sliding_windows(x: Any, window_shape: Any, axis: Any = None) -> Any:
    """Return every window of a given shape; the axes within a window come last."""
    window = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    axes = tuple(range(np.ndim(x))) if axis is None else normalize_axis_tuple(axis, np.ndim(x), allow_duplicate=True)
    sliding_window_view(np.broadcast_to(0, np.shape(x)), window, axis)  # refuses what does not fit, in NumPy's words
    return windows(x, window=window, axis=axes, step=(1,) * np.ndim(x), gap=(1,) * len(window))
