"""What the steps of a plan cost: floating-point operations, and bytes read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiler.plan import Lookup, Map, MatMul, Outer, Reduce, Ref, Scatter, Space, Step
from autograd.symbols import Symbol

__all__ = ["Cost", "cost_of"]

BYTES = 8  # of a float64, and of an int64


@dataclass(frozen=True, slots=True)
class Cost:
    """What is done for each sample, and what is done once for all of them.

    Attributes
    ----------
    flops, flops_once : int
        Floating-point operations. A multiplication and an addition are two, any elementwise function is one.
    bytes, bytes_once : int
        What is read and written; a row that a step reads several times counts once.
    """

    flops: int = 0
    flops_once: int = 0
    bytes: int = 0
    bytes_once: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.flops + other.flops,
            self.flops_once + other.flops_once,
            self.bytes + other.bytes,
            self.bytes_once + other.bytes_once,
        )


def cost_of(step: Step, spaces: Mapping[str, Space]) -> Cost:
    """Return what a step costs.

    Examples
    --------
    >>> from autograd.compiler.plan import MatMul, Ref, Space
    >>> spaces = {"shared": Space(6, batched=False), "batch": Space(5, batched=True)}
    >>> weights, inputs = Ref("shared", np.arange(6).reshape(2, 3)), Ref("batch", np.arange(3).reshape(1, 3))
    >>> cost_of(MatMul(weights, inputs, Ref("batch", np.array([[3, 4]]))), spaces)
    Cost(flops=10, flops_once=0, bytes=40, bytes_once=48)
    """
    moved = _moved(step)
    batched = any(spaces[ref.space].batched for ref, _ in moved)
    picks = isinstance(step, Lookup | Scatter)  # from another place of the table for each sample
    bytes, bytes_once = 0, 0
    for ref, rows in moved:
        if spaces[ref.space].batched or (picks and batched):
            bytes += BYTES * rows
        else:
            bytes_once += BYTES * rows
    flops = _flops(step, spaces, batched)
    return Cost(flops, 0, bytes, bytes_once) if batched else Cost(0, flops, bytes, bytes_once)


def _moved(step: Step) -> list[tuple[Ref, int]]:
    """Return what a step reads and writes, and how many rows of it."""
    if isinstance(step, Lookup):
        return [(step.labels, step.labels.size), (step.table, step.out.size), (step.out, step.out.size)]
    if isinstance(step, Scatter):
        return [(step.labels, step.labels.size), (step.operand, step.operand.size), (step.table, 2 * step.operand.size)]
    moved = [(ref, _rows(ref)) for ref in (*step.reads, *step.targets)]
    if isinstance(step, Map):
        return moved + [(write.target, _rows(write.target)) for write in step.writes if write.adds]
    return moved + ([(step.out, _rows(step.out))] if isinstance(step, MatMul | Outer) and step.adds else [])


def _rows(ref: Ref) -> int:
    return len(np.unique(ref.index))


def _flops(step: Step, spaces: Mapping[str, Space], batched: bool) -> int:
    if isinstance(step, Map):
        return sum(
            write.target.size
            * (_operations(write.expression) + (write.adds or batched > spaces[write.target.space].batched))
            for write in step.writes
        )
    if isinstance(step, MatMul):
        places, outputs = step.out.shape
        inputs = step.weights.shape[1]
        return places * outputs * (2 * inputs - 1 + (step.bias is not None) + step.adds)
    if isinstance(step, Outer):  # the sum over the samples adds all products
        places = step.left.shape[0]
        return step.out.size * (2 * places - 1 + (batched or step.adds))
    if isinstance(step, Reduce):
        return step.operand.size - step.out.size
    return step.operand.size if isinstance(step, Scatter) else 0


def _operations(expression: Any) -> int:
    """Return how many operations an expression is made of; what is used twice is worked out once."""
    waiting, seen = [expression], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol) and node.row is not None and id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node.operands)
    return len(seen)
