"""Many elements of an array to one: sums, means, extremes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function

Axis = int | tuple[int, ...] | None


def expanded(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """Return ``g``, the result of a reduction of ``x``, with the reduced axes as axes of length one."""
    if keepdims or np.ndim(x) == 0:
        return g
    if axis is None:
        return np.reshape(g, (1,) * np.ndim(x))
    return np.expand_dims(g, axis)


_sum = array_row(
    "sum",
    lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    [lambda g, y, x, axis, keepdims: np.broadcast_to(expanded(g, x, axis, keepdims), np.shape(x))],
    linear="each",
    symbol="Σ",
)


@numpy_function(np.sum)
def sum(a: Any, axis: Axis = None, keepdims: bool = False, where: Any = True) -> Any:
    """The sum of the elements along ``axis``, of all by default."""
    if where is not True:
        a = np.where(where, a, 0.0)
    return _sum(a, axis=axis, keepdims=keepdims)
