"""Interpolation in a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.arrays.dispatch import numpy_function
from autograd.errors import ArgumentError, SizeError
from autograd.rows import Operand
from autograd.tracing import numbers_of


@numpy_function(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None) -> Any:
    """Return the lines between the points (xp, fp), at x.

    At a point, the derivative by x is that of what lies to its right.
    """
    x, xp, fp = _as_arrays(x, xp, fp)
    if period is not None:
        x, xp, fp = _one_period(x, xp, fp, period)
        left = right = None
    if np.ndim(xp) != 1 or np.size(xp) == 0 or np.shape(xp) != np.shape(fp):
        raise SizeError(
            f"xp and fp must be of one axis, of one length and not empty, not {np.shape(xp)} and {np.shape(fp)}"
        )
    x_plain, xp_plain = numbers_of(x, "np.interp"), numbers_of(xp, "np.interp")
    before = np.clip(np.searchsorted(xp_plain, x_plain, side="right") - 1, 0, max(len(xp) - 2, 0))
    behind = np.minimum(before + 1, len(xp) - 1)
    width = xp[behind] - xp[before]
    slope = (fp[behind] - fp[before]) / np.where(width == 0, 1.0, width)
    inside = fp[before] + slope * (x - xp[before])
    beyond = np.where(x == xp[-1], fp[-1], fp[-1] if right is None else right)
    return np.where(x < xp[0], fp[0] if left is None else left, np.where(x >= xp[-1], beyond, inside))


def _as_arrays(*operands: Any) -> list[Any]:
    """Return the operands, those that are not differentiated as arrays of the same type."""
    differentiated: list[Any] = [x for x in operands if isinstance(x, Operand)]
    dtype = np.result_type(*differentiated or [float])
    return [x if isinstance(x, Operand) else np.asarray(x, dtype) for x in operands]


def _one_period(x: Any, xp: Any, fp: Any, period: float) -> tuple[Any, Any, Any]:
    """Return x and the points within one period, in order, with a point more at either end."""
    if period == 0:
        raise ArgumentError("period must be a non-zero value")
    x, xp = _wrapped(x, abs(period)), _wrapped(xp, abs(period))
    order = np.argsort(xp)
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - abs(period), xp, xp[:1] + abs(period)])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]])


def _wrapped(x: Any, period: float) -> Any:
    """Return x modulo ``period``, with derivative 1."""
    number = numbers_of(x, "np.interp with a period")
    return x + (np.mod(number, period) - number)
