"""What of a graph is drawn, and what is folded away: the newest values, and the first operands of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from autograd.graph import operations
from autograd.variable import Variable

__all__ = ["count_values", "depths", "newest", "visible_operands"]

# An operation with more operands than anybody can follow shows a few of them.
MANY_OPERANDS = 40
FEW_OPERANDS = 12


def visible_operands(value: Variable) -> tuple[Any, ...]:
    """Return the operands that get an arrow of their own, plain numbers included."""
    return value.inputs if len(value.inputs) <= MANY_OPERANDS else value.inputs[:FEW_OPERANDS]


def count_values(roots: Collection[Variable]) -> int:
    """Return how many values the roots are made of, themselves included.

    Raises
    ------
    GraphChangedError
        If a leaf was given a new number after it was used.
    """
    found = operations(roots)
    leaves = {root for root in roots if root.is_leaf}
    for operation in found:
        leaves.update([parent for parent in operation.parents if parent.op is None])
    return len(found) + len(leaves)


def newest(roots: Collection[Variable], limit: int) -> list[Variable]:
    """Return the roots and the newest values behind them, in order of creation, at most ``limit`` of them.

    Each is a root or a visible operand of another one returned, so the picture hangs together.
    """
    waiting = [(False, -root.stamp, root) for root in roots]  # False sorts first: a root comes before all others
    heapify(waiting)
    met = set(roots)
    found: list[Variable] = []
    while waiting and len(found) < limit:
        *_, value = heappop(waiting)
        found.append(value)
        for operand in visible_operands(value):
            if isinstance(operand, Variable) and operand not in met:
                met.add(operand)
                heappush(waiting, (True, -operand.stamp, operand))
    return sorted(found, key=lambda value: value.stamp)


def depths(drawn: Sequence[Variable]) -> dict[Variable | None, int]:
    """Return how many operations stand before each value in a picture.

    Leaves, and None for all that is folded away, stand right before their first use.
    """
    depth: dict[Variable | None, int] = {}
    first_use: dict[Variable | None, int] = {}
    together = set(drawn)
    for value in drawn:
        if not value.is_leaf:
            operands = [x if x in together else None for x in visible_operands(value) if isinstance(x, Variable)]
            depth[value] = 1 + max([depth.get(x, 0) for x in operands], default=0)
            for operand in operands:
                first_use[operand] = min(first_use.get(operand, depth[value]), depth[value])
    return {source: use - 1 for source, use in first_use.items()} | depth
