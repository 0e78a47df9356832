"""Derivatives by differences, for functions of any kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.containers import leaves, places, rebuild
from autograd.errors import ArgumentError
from autograd.graph import no_grad
from autograd.numbers import number
from autograd.variable import primal

__all__ = ["difference", "numerical_gradient"]


def numerical_gradient(f: Callable[[Any], Any], x: Any, h: float = 1e-4) -> Any:
    """Return the gradient by central differences, ``(f(x + h) - f(x - h)) / (2 h)`` in each element.

    It needs two evaluations for each element, where a backward pass costs about three for all of them together.

    Parameters
    ----------
    f : callable
        A function of what ``x`` is, returning one number.
    x : number, ndarray, or lists, tuples and dicts of them
        Where. Arrays may have any shape.
    h : float, optional
        The step. The error is of order h squared, and of order 1e-16 / h by rounding.

    Returns
    -------
    float, ndarray or container
        In the form of ``x``.

    Raises
    ------
    ArgumentError
        If ``h`` is not positive.
    NotANumberError
        If an element of ``x`` or the result is not a number.

    Examples
    --------
    >>> from autograd import numerical_gradient
    >>> round(numerical_gradient(lambda x: x**3, 2.0), 6)
    12.0
    """
    if not h > 0:
        raise ArgumentError(f"the step h of a difference must be positive, not {h!r}")
    points = [_point(leaf, f"x{place}") for leaf, place in zip(leaves(x), places(x), strict=True)]
    with no_grad():
        return rebuild(x, [_slopes(f, x, points, i, h) for i in range(len(points))])


def _point(x: Any, what: str) -> Any:
    x = primal(x)
    return x.astype(np.float64) if isinstance(x, np.ndarray) and x.dtype.kind in "biuf" else number(x, what)


def _slopes(f: Callable[[Any], Any], form: Any, points: list[Any], i: int, h: float) -> Any:
    """Return the slopes by the elements of the i-th leaf."""

    def at(leaf: Any) -> Any:
        return f(rebuild(form, [*points[:i], leaf, *points[i + 1 :]]))

    x = points[i]
    if not isinstance(x, np.ndarray):
        return _central(at, x, h)

    def along(element: tuple[int, ...]) -> Callable[[float], Any]:
        def moved(t: float) -> Any:
            y = x.copy()
            y[element] = t
            return at(y)

        return moved

    return np.reshape([_central(along(k), float(x[k]), h) for k in np.ndindex(x.shape)], x.shape)


def _central(f: Callable[[float], Any], x: float, h: float) -> float:
    return (_result(f, x + h) - _result(f, x - h)) / (2 * h)


def _result(f: Callable[[float], Any], x: float) -> float:
    return number(f(x), "the result of a function to differentiate")


def difference(f: Callable[[float], Any], x: float) -> tuple[float, float]:
    """Return the derivative of ``f`` at ``x`` and an estimate of its error, by Ridders' method.

    Central differences with shrinking steps, extrapolated to step zero; the entry with the smallest estimated error
    is taken (C. Ridders, Advances in Engineering Software 4, 1982). Few columns, so that steps which reached over a
    kink or out of the domain are forgotten. Without any finite entry the result is nan.
    """
    shrink, steps, columns = 1.6, 40, 6
    h = 0.1 * max(1.0, abs(x))
    previous: list[float] = []
    best, error = math.nan, math.inf
    noise = 1e-16 * abs(_result(f, x))  # by rounding, in each value of f
    for _ in range(steps):
        entries = [_central(f, x, h)]
        factor = shrink * shrink
        for k, coarser in enumerate(previous[: columns - 1]):
            entries.append((factor * entries[k] - coarser) / (factor - 1))
            factor *= shrink * shrink
            doubt = max(abs(entries[-1] - entries[-2]), abs(entries[-1] - coarser)) + noise / h
            if doubt <= error:
                best, error = entries[-1], doubt
        previous = entries if math.isfinite(entries[0]) else []
        h /= shrink
    return best, error
