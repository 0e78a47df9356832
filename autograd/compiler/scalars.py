"""A recorded program of single numbers, in which equal computations are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.graph import operations_and_leaves
from autograd.primitives import conjugate, div, mul, positive, pow, reciprocal, square
from autograd.rows import Primitive
from autograd.value import Value

__all__ = ["Argument", "Choice", "Constant", "Dot", "Extreme", "Head", "Parameter", "Scalars", "Sum"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A captured leaf, by its place among them."""

    position: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain number, written so that -0.0 and nan are themselves."""

    text: str

    @property
    def number(self) -> float:
        """The number."""
        return float.fromhex(self.text)


@dataclass(frozen=True, slots=True)
class Argument:
    """One number of an argument: of the argument at ``position`` the element ``element``, in row-major order."""

    position: int
    element: int


@dataclass(frozen=True, slots=True)
class Choice:
    """That of the operands which an integer of an argument picks."""

    label: Argument


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the operands."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """The largest or the smallest of the operands, as a number: no derivative flows through it."""

    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The sum of products: as many factors, as many factors for them, and at most one number added."""

    count: int


Head = Parameter | Constant | Argument | Choice | Sum | Extreme | Dot | Primitive
Node = tuple[Head, tuple[int, ...]]


class Scalars:
    """Nodes by number; operands come before what is made of them.

    Attributes
    ----------
    nodes : list of tuple
        What each node is, and the numbers of its operands.
    batched : list of bool
        Whether it depends on an argument that differs from sample to sample.
    unbatched_arguments : set of int
        Positions of the arguments that do not.
    """

    def __init__(self, unbatched_arguments: Iterable[int] = ()) -> None:
        self.nodes: list[Node] = []
        self.batched: list[bool] = []
        self.unbatched_arguments = set(unbatched_arguments)
        self._known: dict[Node, int] = {}
        self._captured: dict[Any, int] = {}  # the numbers of captured leaves

    def add(self, head: Head, operands: tuple[int, ...] = ()) -> int:
        """Return the number of a node, which is made if there is none like it."""
        node = head, operands
        known = self._known.get(node)
        if known is not None:
            return known
        number = self._known[node] = len(self.nodes)
        self.nodes.append(node)
        batched = self.batched
        if isinstance(head, Argument):
            batched.append(head.position not in self.unbatched_arguments)
        elif isinstance(head, Choice) and head.label.position not in self.unbatched_arguments:
            batched.append(True)
        else:
            batched.append(True in [batched[x] for x in operands])
        return number

    def constant(self, x: float) -> int:
        """Return the node of a plain number."""
        return self.add(Constant(float(x).hex()))

    def apply(self, row: Primitive, *operands: int) -> int:
        """Return the node of a row applied to operands; what is known beforehand is worked out."""
        heads = [self.nodes[x][0] for x in operands]
        constants = [head.number for head in heads if isinstance(head, Constant)]
        if len(constants) == len(operands):
            return self.constant(row.evaluate(*constants))
        if row is positive or row is conjugate:
            return operands[0]
        last = heads[-1]
        if isinstance(last, Constant) and row in (pow, mul, div):
            if last.number == 1:
                return operands[0]
            if row is pow and last.number == 2:
                return self.add(square, operands[:1])
            if row is pow and last.number == -1:
                return self.add(reciprocal, operands[:1])
        if row is mul and isinstance(heads[0], Constant) and heads[0].number == 1:
            return operands[1]
        return self.add(row, operands)

    def record(self, roots: Iterable[Any], heads_of: Callable[[list[Any]], Mapping[Value, Head]]) -> list[int]:
        """Take in the graph behind ``roots``, and return their numbers.

        Parameters
        ----------
        roots : iterable of Value or number
            What a function returned.
        heads_of : callable
            Says what leaves stand for that are met for the first time, or are made anew for each recording.
        """
        roots = list(roots)
        found, leaves = operations_and_leaves([root for root in roots if isinstance(root, Value)])
        add, constant = self.add, self.constant
        unknown = [leaf for leaf in leaves if leaf not in self._captured]
        made = {leaf: (head, add(head)) for leaf, head in heads_of(unknown).items()}
        self._captured |= {leaf: number for leaf, (head, number) in made.items() if isinstance(head, Parameter)}
        numbers: dict[Any, int] = self._captured | {leaf: number for leaf, (_, number) in made.items()}
        for node in reversed(found):
            operands = tuple([numbers[x] if x.__class__ is Value else constant(x) for x in node.inputs])
            numbers[node] = add(node.op, operands)
        return [numbers[root] if isinstance(root, Value) else constant(root) for root in roots]

    def live(self, roots: Sequence[int]) -> list[int]:
        """Return the nodes that the roots are made of, operands first."""
        reached = set(roots)
        waiting = list(reached)
        while waiting:
            for x in self.nodes[waiting.pop()][1]:
                if x not in reached:
                    reached.add(x)
                    waiting.append(x)
        return sorted(reached)
