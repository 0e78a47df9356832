"""Grouping: nodes of one depth and one operation become one array operation over slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Plan, Reduce, Ref, Space, Step, Write
from autograd.compiler.scalars import Argument, Choice, Constant, Dot, Parameter, Scalars, Sum
from autograd.primitives import mul, pow
from autograd.rows import Primitive
from autograd.symbols import Symbol

__all__ = ["BATCH", "SHARED", "grouped"]

BATCH, SHARED = "batch", "shared"


def argument_space(position: int) -> str:
    """Return the name of the space of an argument."""
    return f"x{position}"


def grouped(program: Scalars, roots: Sequence[int], parameters: int, arguments: Mapping[int, Space]) -> Plan:
    """Return the plan of a lowered program, with the roots as its output ``out``.

    Parameters
    ----------
    program : Scalars
        A lowered one.
    roots : sequence of int
        What is to be computed.
    parameters : int
        How many parameters there are; they are the first rows of ``shared``.
    arguments : mapping of int to Space
        The space of each argument, by its position.
    """
    return _Grouping(program, roots, parameters, arguments).run()


class _Grouping:
    def __init__(self, program: Scalars, roots: Sequence[int], parameters: int, arguments: Mapping[int, Space]) -> None:
        self.program = program
        self.roots = roots
        self.arguments = arguments
        self.rows = {BATCH: 0, SHARED: parameters}
        self.slots: dict[int, tuple[str, int]] = {}
        self.constants: dict[int, float] = {}  # those that have a slot
        self.copies: dict[tuple[int, str], tuple[str, int]] = {}
        self.expressions: dict[Any, Symbol] = {}
        self.shared_steps: list[Step] = []
        self.batched_steps: list[Step] = []

    def run(self) -> Plan:
        levels = self._levels(self.program.live(self.roots))
        for _, members in sorted(levels.items()):
            for key, numbers in members.items():
                self._emit(key, numbers)
        out = self._gathered(self.roots)
        spaces = {argument_space(position): space for position, space in self.arguments.items()}
        spaces[SHARED] = Space(self.rows[SHARED], batched=False, is_input=True)
        spaces[BATCH] = Space(self.rows[BATCH], batched=True)
        return Plan(spaces, [*self._constants(), *self.shared_steps, *self.batched_steps], {"out": out})

    def _levels(self, live: Iterable[int]) -> dict[int, dict[Hashable, list[int]]]:
        """Give the leaves their slots, and return the other nodes by depth and kind, in order of their making."""
        nodes, batched = self.program.nodes, self.program.batched
        depth: dict[int, int] = {}
        levels: dict[int, dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
        space_of: dict[int, str] = {}
        for number in live:
            head, operands = nodes[number]
            if isinstance(head, Parameter):
                self.slots[number] = (SHARED, head.position)
            elif isinstance(head, Argument):
                self.slots[number] = (argument_space(head.position), head.element)
            elif not isinstance(head, Constant):
                depth[number] = level = 1 + max((depth.get(x, 0) for x in operands), default=0)
                space_of[number] = BATCH if batched[number] else SHARED
                levels[level][self._kind(number, space_of)].append(number)
                continue
            space_of[number] = self.slots[number][0] if number in self.slots else ""
        return levels

    def _constants(self) -> list[Step]:
        """Return the step that sets those constants that are not written into expressions."""
        if not self.constants:
            return []
        rows = np.array([self.slots[number][1] for number in self.constants], np.intp)
        return [Fill(Ref(SHARED, rows), np.array(list(self.constants.values())))]

    def _kind(self, number: int, space_of: Mapping[int, str]) -> Hashable:
        """What nodes must have in common to become one operation."""
        head, operands = self.program.nodes[number]
        space = space_of[number]
        if isinstance(head, Primitive):
            kinds = tuple([space_of[x] for x in operands])
            if head.base is pow and not kinds[1]:
                return head, space, kinds, operands[1]  # another exponent is another operation
            return head, space, kinds
        if isinstance(head, Dot):
            return head, space, len(operands) % 2, self.program.batched[operands[0]]
        if isinstance(head, Choice):
            return type(head), head.label.position, space, len(operands)
        return head, space

    def _emit(self, kind: Any, numbers: list[int]) -> None:
        head, space = self.program.nodes[numbers[0]][0], BATCH if self.program.batched[numbers[0]] else SHARED
        if isinstance(head, Dot):
            self._dots(head, space, numbers)
            return
        start = self._rows(space, len(numbers))
        self.slots |= {number: (space, start + i) for i, number in enumerate(numbers)}
        out = Ref(space, np.arange(start, start + len(numbers)))
        operands = [self.program.nodes[number][1] for number in numbers]
        if isinstance(head, Primitive):
            columns = list(zip(*operands, strict=True))
            self._map(head, columns, out)
        elif isinstance(head, Choice):
            labels = [self._choice(number).label for number in numbers]
            table = self._gathered([x for choices in zip(*operands, strict=True) for x in choices])
            rows = Ref(argument_space(labels[0].position), np.array([label.element for label in labels]))
            self._append(space, Lookup(table.reshape(-1, len(numbers)), rows, out))
        else:
            counts = [len(xs) for xs in operands]
            starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
            kind = "add" if isinstance(head, Sum) else head.kind  # type: ignore[union-attr]
            self._append(space, Reduce(kind, self._gathered([x for xs in operands for x in xs]), starts, out))

    def _choice(self, number: int) -> Choice:
        head = self.program.nodes[number][0]
        assert isinstance(head, Choice)
        return head

    def _map(self, row: Primitive, columns: Sequence[Sequence[int]], out: Ref) -> None:
        """Apply an elementwise row to columns of nodes; a column of one and the same number is written as it is."""
        refs: list[Ref] = []
        parts: list[Any] = []
        for column in columns:
            first = self.program.nodes[column[0]][0]
            is_one = all(x == column[0] for x in column)
            if is_one and isinstance(first, Constant):
                parts.append(first.number)
            else:
                parts.append(f"x{len(refs)}")
                refs.append(self._gathered(column[:1] if is_one else column))
        self._append(out.space, Map(tuple(refs), (Write(self._expression(row, parts), out),)))

    def _expression(self, row: Primitive, parts: Sequence[Any]) -> Symbol:
        """Return a row applied to operands, by their names, and numbers: the same object for the same ones."""
        key = (row, *(part if isinstance(part, str) else float(part).hex() for part in parts))
        if key not in self.expressions:
            operands = tuple(Symbol(part) if isinstance(part, str) else part for part in parts)
            self.expressions[key] = Symbol("", row, operands)
        return self.expressions[key]

    def _append(self, space: str, step: Step) -> None:
        (self.batched_steps if space == BATCH else self.shared_steps).append(step)

    def _rows(self, space: str, count: int) -> int:
        start = self.rows[space]
        self.rows[space] += count
        return start

    def _gathered(self, numbers: Sequence[int]) -> Ref:
        """Return where nodes are; if they lie in several spaces, they are copied into one."""
        for number in numbers:
            head = self.program.nodes[number][0]
            if isinstance(head, Constant) and number not in self.slots:
                self.slots[number] = (SHARED, self._rows(SHARED, 1))
                self.constants[number] = head.number
        slots = [self.slots[number] for number in numbers]
        spaces = {space for space, _ in slots}
        if len(spaces) > 1:
            into = BATCH if any(self.program.batched[number] for number in numbers) else SHARED
            for space in sorted(spaces - {into}):
                self._copy({x for x in numbers if self.slots[x][0] == space and (x, into) not in self.copies}, into)
            slots = [slot if slot[0] == into else self.copies[x, into] for x, slot in zip(numbers, slots, strict=True)]
            spaces = {into}
        (space,) = spaces
        return Ref(space, np.array([row for _, row in slots], np.intp))

    def _copy(self, numbers: set[int], into: str) -> None:
        if numbers:
            members = sorted(numbers)
            start = self._rows(into, len(members))
            out = Ref(into, np.arange(start, start + len(members)))
            self._append(into, Map((self._gathered(members),), (Write(Symbol("x0"), out),)))
            self.copies |= {(number, into): (into, start + i) for i, number in enumerate(members)}

    def _dots(self, head: Dot, space: str, numbers: list[int]) -> None:
        """Find what dots have in common: those of all rows of weights with all rows of inputs are one matmul."""
        weights: dict[int, tuple[int, ...]] = {}
        inputs: dict[int, tuple[int, ...]] = {}
        of_input: dict[tuple[int, ...], dict[tuple[int, ...], int]] = defaultdict(dict)
        alone: list[int] = []
        for number in numbers:
            operands = self.program.nodes[number][1]
            weights[number], inputs[number] = operands[: head.count], operands[head.count : 2 * head.count]
            if of_input[inputs[number]].setdefault(weights[number], number) != number:
                alone.append(number)  # the same dot but for what is added to it
        blocks: dict[tuple[tuple[int, ...], ...], list[tuple[int, ...]]] = defaultdict(list)
        for x, known in of_input.items():
            blocks[tuple(known)].append(x)
        for rows, places in blocks.items():
            members = [[of_input[x][w] for w in rows] for x in places]
            if len(rows) * len(places) == 1 or any(map(self._differs, rows)):
                alone += [number for place in members for number in place]
            else:
                self._matmul(space, rows, places, members)
        if len(alone) == 1 and not self._differs(weights[alone[0]]):
            self._matmul(space, [weights[alone[0]]], [inputs[alone[0]]], [alone])
        elif alone:
            self._products(head, space, alone)

    def _differs(self, numbers: Iterable[int]) -> bool:
        """Tell whether one of these differs from sample to sample: then they are no weights."""
        return any(self.program.batched[number] for number in numbers)

    def _matmul(
        self,
        space: str,
        weights: Sequence[Sequence[int]],
        inputs: Sequence[Sequence[int]],
        members: Sequence[Sequence[int]],
    ) -> None:
        count = len(weights[0])
        starts = [self.program.nodes[number][1][2 * count :] for place in members for number in place]
        w = self._gathered([x for row in weights for x in row]).reshape(len(weights), count)
        x = self._gathered([x for row in inputs for x in row]).reshape(len(inputs), count)
        shape = len(inputs), len(weights)
        bias = self._gathered([start for (start,) in starts]).reshape(*shape) if starts[0] else None
        out = Ref(space, self._rows(space, len(starts)) + np.arange(len(starts)).reshape(shape))
        for number, row in zip((number for place in members for number in place), out.index.ravel(), strict=True):
            self.slots[number] = (space, int(row))
        self._append(space, MatMul(w, x, out, bias))

    def _products(self, head: Dot, space: str, numbers: Sequence[int]) -> None:
        """Dots that share nothing: all products first, then their sums."""
        operands = [self.program.nodes[number][1] for number in numbers]
        pairs = [(xs[i], xs[i + head.count]) for xs in operands for i in range(head.count)]
        products = Ref(space, self._rows(space, len(pairs)) + np.arange(len(pairs)))
        self._map(mul, list(zip(*pairs, strict=True)), products)
        starts = [xs[2 * head.count :] for xs in operands]
        runs = products.index.reshape(len(numbers), head.count)
        if starts[0]:
            start = self._gathered([x for (x,) in starts])
            if start.space != space:
                row = self._rows(space, len(numbers))
                copy = Ref(space, np.arange(row, row + len(numbers)))
                self._append(space, Map((start,), (Write(Symbol("x0"), copy),)))
                start = copy
            runs = np.concatenate([start.index[:, None], runs], axis=1)
        row = self._rows(space, len(numbers))
        out = Ref(space, np.arange(row, row + len(numbers)))
        self.slots |= {number: (space, row + i) for i, number in enumerate(numbers)}
        begins = np.arange(len(numbers)) * runs.shape[1]
        self._append(space, Reduce("add", Ref(space, runs.ravel()), begins, out))
