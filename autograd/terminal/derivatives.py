"""All derivatives of a number by several variables, up to an order."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.graph import set_recording
from autograd.numbers import number
from autograd.reverse import adjoints
from autograd.value import Value

__all__ = ["count_derivatives", "derivative_name", "derivatives"]

Index = tuple[int, ...]
"""Which variables it is by, in rising order: (0, 0, 1) is ∂³/∂x²∂y."""


def count_derivatives(variables: int, order: int) -> int:
    """Return how many derivatives there are of the orders from 1 on."""
    return math.comb(variables + order, order) - 1


def derivatives(root: Value, variables: Sequence[Value], order: int) -> dict[Index, float]:
    """Return every derivative of the orders from 1 on, mixed ones once.

    Each is differentiated in reverse mode, by all variables at one go, to give those of the next order.

    Examples
    --------
    >>> x, y = Value(2.0), Value(3.0)
    >>> derivatives(x**2 * y, (x, y), 2)
    {(0,): 12.0, (1,): 4.0, (0, 0): 6.0, (0, 1): 4.0, (1, 1): 0.0}
    """
    found: dict[Index, float] = {}
    latest: dict[Index, float | Value] = {(): root}
    for count in range(1, order + 1):
        following: dict[Index, float | Value] = {}
        for index, derivative in latest.items():
            by = _gradient(derivative, create_graph=count < order)
            first = index[-1] if index else 0
            following.update({(*index, i): by.get(variables[i], 0.0) for i in range(first, len(variables))})
        found.update({index: number(derivative, "a derivative") for index, derivative in following.items()})
        latest = following
    return found


def _gradient(root: float | Value, create_graph: bool) -> dict[Value, float | Value]:
    if not isinstance(root, Value):
        return {}  # a constant
    with set_recording(create_graph):
        return adjoints({root: 1.0}, create_graph=create_graph).of_leaves  # type: ignore[return-value]


def derivative_name(function: str, variables: Sequence[str], index: Index) -> str:
    """Return such as ``∂³f/∂x²∂y``."""
    below = "".join(f"∂{variables[i]}{_superscript(index.count(i))}" for i in dict.fromkeys(index))
    return f"∂{_superscript(len(index))}{function}/{below}"


def _superscript(count: int) -> str:
    return "" if count == 1 else "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(count))
