"""Larger arrays: elements repeated, or others put around them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.array_rows import array_row, register_array_row
from autograd.arrays.dispatch import numpy_function, numpy_functions
from autograd.arrays.rearrange import Rearrangement, rearrangement
from autograd.errors import UnsupportedFunctionError
from autograd.settings import static

rearrangement(np.resize, "a")

_repeat = rearrangement(np.repeat, "a")


@numpy_function(np.repeat)
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return each element several times, along ``axis`` or all in a row."""
    if not isinstance(repeats, int):
        return _repeat.call(a, repeats, axis)
    if axis is None:
        a, axis = np.ravel(a), 0
    shape = list(np.shape(a))
    axis = normalize_axis_index(axis, len(shape))
    each = np.broadcast_to(np.expand_dims(a, axis + 1), [*shape[: axis + 1], repeats, *shape[axis + 1 :]])
    shape[axis] *= repeats
    return np.reshape(each, shape)


@numpy_function(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """Return the whole array repeated along each axis."""
    counts = [int(n) for n in np.atleast_1d(static("tile", "reps", reps))]
    shape = (1,) * (len(counts) - np.ndim(A)) + np.shape(A)
    counts = [1] * (len(shape) - len(counts)) + counts
    each = list(zip(counts, shape, strict=True))
    apart = np.reshape(A, [n for _, length in each for n in (1, length)])
    repeated = np.broadcast_to(apart, [n for pair in each for n in pair])
    return np.reshape(repeated, [count * length for count, length in each])


def surround(array: Any, pad_width: Any, mode: Any, constant_values: Any = None) -> Any:
    """Return ``array`` with elements around it, its own or constants."""
    options = {} if constant_values is None else {"constant_values": constant_values}
    return np.pad(array, pad_width, mode, **options)


_surround = register_array_row(Rearrangement(surround, ("array", "constant_values")))

_pad_zeros = array_row(
    "pad_zeros",
    lambda array, pad_width: np.pad(array, pad_width),
    [lambda g, y, array, pad_width: g[_within(np.shape(array), pad_width)]],
    linear="each",
)


def _within(shape: tuple[int, ...], pad_width: Any) -> tuple[slice, ...]:
    """Return where an array of that shape lies within the padded one."""
    widths = np.broadcast_to(pad_width, (len(shape), 2))
    return tuple(slice(before, before + length) for (before, _), length in zip(widths, shape, strict=True))


def pad(array: Any, pad_width: Any, mode: Any = "constant", *, reflect_type: str = "even", **options: Any) -> Any:
    """Return the array with others around it: constants, or its own elements as ``mode`` says."""
    if mode not in _PADDINGS:
        raise UnsupportedFunctionError(
            f"pad of a Tensor takes no mode={mode!r}, only {', '.join(_PADDINGS)}; compute what goes around and join "
            "it by np.concatenate"
        )
    if reflect_type != "even":
        raise UnsupportedFunctionError(
            f"pad of a Tensor takes no reflect_type={reflect_type!r}; subtract what mode='reflect' puts around it from "
            "twice what mode='edge' does"
        )
    if mode == "constant" and not options and not isinstance(pad_width, dict):
        return _pad_zeros(array, pad_width=static("pad", "pad_width", pad_width))
    return _surround.call(array, pad_width, mode, **options)


_PADDINGS = ("constant", "edge", "reflect", "symmetric", "wrap")
numpy_functions[np.pad] = pad  # which looks at the mode before it refuses what belongs to others
