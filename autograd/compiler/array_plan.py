"""The plan of a function of whole arrays: its calls, in order, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from autograd.compiler.array_graph import Constant, Given, Node, Operation

if TYPE_CHECKING:
    from autograd.compiler.array_program import ArrayProgram

__all__ = ["ArrayPlan", "Call", "Whole"]


@dataclass(frozen=True, slots=True)
class Whole:
    """An array that a call reads or writes.

    Attributes
    ----------
    name : str
        What it is called: a parameter's or argument's name, a number, or a letter with a number.
    shape : tuple of int
        Its shape.
    dtype : dtype
        The type of its elements.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation on whole arrays.

    Attributes
    ----------
    label : str
        The operation.
    reads : tuple of Whole
        Its operands.
    target : Whole
        Its result.
    is_view : bool
        Whether it moves nothing: the result lies where the operand does.
    """

    label: str
    reads: tuple[Whole, ...]
    target: Whole
    is_view: bool

    @property
    def targets(self) -> tuple[Whole, ...]:
        """What it writes."""
        return (self.target,)

    @property
    def flops(self) -> int:
        """How many multiplications and additions it takes, as far as that is known."""
        if self.is_view:
            return 0
        if self.label == "matmul":
            return 2 * self.target.size * self.reads[0].shape[-1]
        return max(x.size for x in (*self.reads, self.target))

    @property
    def bytes(self) -> int:
        """How many bytes it reads and writes."""
        return 0 if self.is_view else sum(x.size * x.dtype.itemsize for x in (*self.reads, self.target))

    def __str__(self) -> str:
        operands = ", ".join(x.name for x in self.reads)
        return f"{self.target.name}{list(self.target.shape)} = {self.label}({operands}){' (view)' * self.is_view}"


@final
class ArrayPlan:
    """Calls in order.

    Attributes
    ----------
    steps : list of Call
        What is done.
    outputs : list of Whole
        What the caller gets.
    """

    def __init__(self, program: ArrayProgram, names: Sequence[str | None]) -> None:
        from autograd.compiler.array_program import is_view  # which looks down on plans

        graph = program.graph
        wholes: dict[int, Whole] = {}
        self.steps: list[Call] = []
        for number in program.live:
            node = graph.nodes[number]
            wholes[number] = Whole(_name(node, len(self.steps), names), node.shape, node.dtype)
            if isinstance(node, Operation):
                reads = tuple(wholes[x] for x in node.operands)
                self.steps.append(Call(node.name, reads, wholes[number], is_view(graph, node)))
        self.outputs = [wholes[root] for root in program.roots]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.steps)

    def __str__(self) -> str:
        lines = [str(step) for step in self.steps]
        return "\n".join([*lines, f"return {', '.join(x.name for x in self.outputs)}"])


def _name(node: Node, steps: int, names: Sequence[str | None]) -> str:
    if isinstance(node, Constant):
        return f"{node.value:g}" if isinstance(node.value, float) else f"constant{list(node.shape)}"
    if isinstance(node, Given):
        if node.kind == "parameter":
            return names[node.index] or f"parameter {node.index}"
        return f"argument {node.index}"
    return f"t{steps}"
