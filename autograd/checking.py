"""Derivatives checked against differences: of a whole function, and of each edge of its graph."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DisconnectedWarning, GradcheckError
from autograd.functional import like, value_and_grad
from autograd.graph import no_grad, operations, transform
from autograd.numbers import number
from autograd.rows import Primitive
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["difference", "gradcheck", "numerical_gradient"]


def numerical_gradient(f: Callable[[Any], Any], x: Any, h: float = 1e-4) -> Any:
    """Return the gradient by central differences, ``(f(x + h) - f(x - h)) / (2 h)`` in each element.

    It needs two evaluations for each element, where a backward pass costs about three for all of them together.

    Parameters
    ----------
    f : callable
        A function of what ``x`` is, returning one number.
    x : number, list or tuple of numbers, or ndarray
        Where.
    h : float, optional
        The step. The error is of order h squared, and of order 1e-16 / h by rounding.

    Returns
    -------
    float, list, tuple or ndarray
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
    with no_grad():
        if isinstance(x, list | tuple):
            numbers = [number(element, f"element {i} of x") for i, element in enumerate(x)]
            return like(x, [_central(_along(lambda p: f(like(x, p)), numbers, i), t, h) for i, t in enumerate(numbers)])
        if isinstance(x, np.ndarray):
            flat = x.astype(np.float64).ravel().tolist()
            slopes = [_central(_along(lambda p: f(np.reshape(p, x.shape)), flat, i), t, h) for i, t in enumerate(flat)]
            return np.reshape(slopes, x.shape)
        return _central(f, number(x, "x"), h)


def _along(f: Callable[[list[float]], Any], point: Sequence[float], i: int) -> Callable[[float], Any]:
    """Return ``f`` as a function of the i-th coordinate alone."""
    return lambda t: f([*point[:i], t, *point[i + 1 :]])


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


def gradcheck(f: Callable[..., Any], *args: Any, order: int = 2, rtol: float = 1e-6) -> None:
    """Check the derivatives of ``f`` at ``args`` against differences, edge by edge and as a whole.

    Every local gradient of the recorded graph is compared with a difference of its own operation, so a wrong rule is
    found by name; then the whole gradient is compared, which also finds a number that left the graph. The check
    repeats on the derivative itself, up to ``order``.

    Parameters
    ----------
    f : callable
        A function of numbers that returns one number.
    *args : numbers
        Where to check.
    order : int, optional
        The highest derivative to check.
    rtol : float, optional
        The relative error allowed, beside the estimated error of the difference.

    Raises
    ------
    GradcheckError
        Naming the operation and the operand whose rule is wrong, or the argument whose derivative is.
    ArgumentError
        If ``order`` is less than 1.

    Examples
    --------
    >>> from autograd import gradcheck, sin
    >>> gradcheck(lambda x, y: x * sin(y), 1.5, 0.5)
    """
    if not isinstance(order, int) or order < 1:
        raise ArgumentError(f"gradcheck needs an order of at least 1, not {order!r}")
    if not rtol > 0:
        raise ArgumentError(f"gradcheck needs a positive rtol, not {rtol!r}")
    points = [number(x, f"argument {i} of gradcheck") for i, x in enumerate(args)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DisconnectedWarning)  # a zero is checked here like any other derivative
        for _ in range(order):
            _check_edges(f, points, rtol)
            _check_whole(f, points, rtol)
            f = _mixed_derivative(f, len(points))


def _check_edges(f: Callable[..., Any], points: Sequence[float], rtol: float) -> None:
    variables = [Value(x) for x in points]
    with transform(variables):
        result = f(*variables)
    for node in operations([result] if isinstance(result, Variable) else []):
        assert node.op is not None
        numbers = [x.data if isinstance(x, Value) else float(x) for x in node.inputs]
        if not math.isfinite(node.op.evaluate(*numbers)):
            continue  # no difference can be had, and no derivative is promised
        for edge in node.edges:
            i = edge.position
            along = _along(partial(_apply, node.op), numbers, i)
            right, expected = _is_right(edge.local_gradient, along, numbers[i], rtol)
            if not right:
                raise GradcheckError(
                    f"the rule of {node.op.name!r} is wrong for operand {i}: it gives {edge.formula} = "
                    f"{edge.local_gradient:.12g}, but a difference gives {expected:.12g}, at operands {numbers}"
                )


def _apply(row: Primitive, operands: Sequence[float]) -> Any:
    return row.evaluate(*operands)


def _check_whole(f: Callable[..., Any], points: Sequence[float], rtol: float) -> None:
    _, gradients = value_and_grad(f, argnums=range(len(points)))(*points)
    for i, found in enumerate(gradients):
        with no_grad():
            right, expected = _is_right(float(found), _along(lambda p: f(*p), points, i), points[i], rtol)
        if not right:
            raise GradcheckError(
                f"the derivative of {getattr(f, '__name__', f)!s} by argument {i} is {float(found):.12g}, but a "
                f"difference gives {expected:.12g}, at {list(points)}; every rule in its graph is right, so a number "
                "left the graph on its way (float(), .data, a function of math), or the function is not smooth here"
            )


def _mixed_derivative(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return a combination of all first derivatives with unequal weights: its gradient checks all second ones."""

    def combination(*xs: Any) -> Any:
        _, gradients = value_and_grad(f, argnums=range(count))(*xs)
        return sum((1.0 + 0.5 * i) * g for i, g in enumerate(gradients))

    combination.__name__ = f"derivative of {getattr(f, '__name__', f)}"
    return combination


def _is_right(found: float, f: Callable[[float], Any], x: float, rtol: float) -> tuple[bool, float]:
    """Tell whether ``found`` may be the derivative of ``f`` at ``x``, and what a difference gives.

    Where the slopes on the two sides differ, or one of them is no number, there is no derivative: every number from
    the one slope to the other is a fair choice.
    """
    expected, error = difference(f, x)
    if abs(found - expected) <= rtol * max(abs(expected), abs(found)) + max(10 * error, 1e-9):
        return True, expected
    h = 1e-7 * max(min(1.0, abs(x)), 1e-3)
    here = _result(f, x)
    low, high = sorted([(here - _result(f, x - h)) / h, (_result(f, x + h) - here) / h])
    if not (math.isfinite(low) and math.isfinite(high)):
        return True, expected
    margin = 1e-4 * max(abs(low), abs(high))
    return high - low > 10 * margin and low - margin <= found <= high + margin, expected
