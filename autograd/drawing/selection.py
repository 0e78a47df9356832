"""What of a graph is drawn, and what is folded away: the newest values, and the first operands of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from autograd.graph import operations
from autograd.value import Value

__all__ = ["count_values", "depths", "newest", "visible_operands"]

# An operation with more operands than anybody can follow shows a few of them.
MANY_OPERANDS = 40
FEW_OPERANDS = 12


def visible_operands(value: Value) -> tuple[Any, ...]:
    """Return the operands that get an arrow of their own, plain numbers included."""
    return value.inputs if len(value.inputs) <= MANY_OPERANDS else value.inputs[:FEW_OPERANDS]


def count_values(roots: Collection[Value]) -> int:
    """Return how many values the roots are made of, themselves included.

    Raises
    ------
    GraphChangedError
        If a leaf was given a new number after it was used.
    """
    found = operations(roots)
    leaves = {root for root in roots if root.is_leaf}
    for operation in found:
        leaves.update([parent for parent in operation.parents if parent.op is None])  # type: ignore[misc]
    return len(found) + len(leaves)


def newest(roots: Collection[Value], limit: int) -> list[Value]:
    """Return the roots and the newest values behind them, in order of creation, at most ``limit`` of them.

    Each is a root or a visible operand of another one returned, so the picture hangs together.
    """
    waiting = [(False, -root.stamp, root) for root in roots]  # False sorts first: a root comes before all others
    heapify(waiting)
    met = set(roots)
    found: list[Value] = []
    while waiting and len(found) < limit:
        *_, value = heappop(waiting)
        found.append(value)
        for operand in visible_operands(value):
            if isinstance(operand, Value) and operand not in met:
                met.add(operand)
                heappush(waiting, (True, -operand.stamp, operand))
    return sorted(found, key=lambda value: value.stamp)


def depths(values: Sequence[Value]) -> dict[Value, int]:
    """Return how many operations stand before each value in a picture; a leaf stands right before its first use."""
    depth: dict[Value, int] = {}
    first_use: dict[Value, int] = {}
    for value in values:
        operands = [x for x in visible_operands(value) if isinstance(x, Value)]
        if not value.is_leaf:
            depth[value] = 1 + max([depth.get(x, 0) for x in operands], default=0)
            for leaf in operands:
                first_use[leaf] = min(first_use.get(leaf, depth[value]), depth[value])
    return {value: depth.get(value, first_use.get(value, 1) - 1) for value in values}
