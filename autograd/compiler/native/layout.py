"""What a plan becomes before there is code: kinds of steps, whole numbers and tables.

All rows of all spaces lie in one array of doubles, those for every sample as runs of ``stride`` numbers. A kind is all
that decides the code of a step but its numbers: sizes, and where its rows stand. Numbers are written into the code of a
small plan; a large one reads them, so that its code does not grow with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiler.native.formulas import read
from autograd.compiler.native.fusing import Finished, NativeStep, fused
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter

__all__ = ["Kind", "Layout", "Lowered", "Pattern"]

Kind = tuple[Any, ...]
INLINED_STEPS = (
    30  # of a plan whose numbers are written into its code: a little faster, but each step takes 20 ms to compile
)
CACHE_BYTES = 512 * 1024
LONGEST_RUN = 264  # an odd number of cache lines, so that rows do not fall on each other in the cache


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the rows of a ref are found.

    Attributes
    ----------
    batched : bool
        Whether there is a number for each sample.
    integer : bool
        Whether the numbers are whole.
    steps : tuple of (int or None), or None
        From element to element, along each axis, as far as it is 0 or 1; else None, and it is one of the numbers of the
        step. All is None if the rows stand in a table.
    axes : int
        How many axes there are.
    """

    batched: bool
    integer: bool
    steps: tuple[int | None, ...] | None
    axes: int


@dataclass(frozen=True, slots=True)
class Lowered:
    """A step as a kind and its numbers."""

    kind: Kind
    numbers: tuple[int, ...]


class Layout:
    """Where everything of a plan stands, and its steps lowered.

    Parameters
    ----------
    plan : Plan
        What is to run.
    width : int
        How many doubles the machine works on at once.
    one_sample : bool
        Whether there is only ever one sample; then nothing is batched.
    inlined : bool, optional
        Whether numbers are written into the code; by the size of the plan if not given.
    """

    def __init__(self, plan: Plan, width: int, one_sample: bool, inlined: bool | None = None) -> None:
        self.plan = plan
        self.one_sample = one_sample
        phases = (*fused(plan, one_sample), plan.updates)
        self.inlined = sum(len(steps) for steps in phases) <= INLINED_STEPS if inlined is None else inlined
        self.width = width
        self.lanes = 1 if one_sample else width
        batched = sum(space.rows for space in plan.spaces.values() if space.batched)
        self.stride = 1 if one_sample else _run_length(batched, width)
        self.first: dict[str, int] = {}
        self.size = 0
        for name, space in sorted(plan.spaces.items(), key=lambda item: not item[1].batched):
            self.first[name] = self.size  # those for every sample come first, each run on a boundary of vectors
            self.size += space.rows * self.scale(name)
        if self.size > np.iinfo(np.int32).max:
            raise MemoryError("the numbers of the plan do not fit into 16 GB")
        self.tables: list[Any] = []
        self.table_size = 0
        self.constants: list[Any] = []
        self.constants_size = 0
        self._formulas: dict[tuple[int, ...], Any] = {}
        self.phases = tuple([self._lower(step) for step in steps] for steps in phases)
        self.outputs = [self._output(ref) for ref in plan.outputs.values()]
        self.guards = [self._output(ref) for ref in plan.guards]

    def is_batched(self, space: str) -> bool:
        """Tell whether rows are runs of samples."""
        return self.plan.spaces[space].batched and not self.one_sample

    def scale(self, space: str) -> int:
        """Return how far it is from row to row."""
        return self.stride if self.plan.spaces[space].batched else 1

    def _lower(self, step: NativeStep) -> Lowered:
        numbers: list[int] = []
        kind: Kind
        if isinstance(step, Map):
            kind = ("map", *self._map(step, (), numbers))
            numbers.append(max(ref.size for ref in (*step.operands, *step.targets)))
        elif isinstance(step, MatMul):
            kind = ("matmul", *self._matmul(step, numbers), True, None)
        elif isinstance(step, Finished):
            kind = ("matmul", *self._matmul(step.product, numbers), step.is_kept)
            kind += (self._map(step.then, step.results, numbers),)
        elif isinstance(step, Outer):
            refs = tuple(self._ref(ref, numbers) for ref in (step.left, step.right, step.out))
            numbers += (len(step.left.index), *step.out.shape)
            kind = ("outer", refs, step.adds)
        elif isinstance(step, Reduce):
            refs = tuple(self._ref(ref, numbers) for ref in (step.operand, step.out))
            counts = step.counts
            is_regular = bool((counts == counts[0]).all())
            numbers.append(step.out.size)
            numbers.append(int(counts[0]) if is_regular else self._table([*step.starts, step.operand.size]))
            kind = ("reduce", step.kind, refs, is_regular)
        elif isinstance(step, Lookup | Scatter):
            outer = step.out if isinstance(step, Lookup) else step.operand
            refs = tuple(self._ref(ref, numbers) for ref in (step.table, step.labels.flat, outer))
            numbers.append(step.labels.size)
            kind = ("lookup" if isinstance(step, Lookup) else "scatter", refs)
        else:
            kind = self._fill(step, numbers)
        return Lowered(kind, tuple(numbers))

    def _matmul(self, step: MatMul, numbers: list[int]) -> Kind:
        assert not self.plan.spaces[step.weights.space].batched, "weights are one for all samples"
        refs = tuple(self._ref(ref, numbers) for ref in (*step.reads, step.out))
        numbers += (*step.inputs.shape, step.out.shape[1])
        return refs, step.bias is not None, step.adds

    def _map(self, step: Map, given: Sequence[int], numbers: list[int]) -> Kind:
        """Return the formulas, the operands, None for those that are given in registers, and what is written."""
        alone = all(ref.size == 1 for ref in (*step.operands, *step.targets))
        operands = tuple(None if k in given else self._ref(ref, numbers, alone) for k, ref in enumerate(step.operands))
        writes = tuple((self._ref(write.target, numbers, alone), write.adds) for write in step.writes)
        return self._formula(step), operands, writes

    def _fill(self, step: Fill, numbers: list[int]) -> Kind:
        target = self._ref(step.target, numbers, step.target.size == 1)
        values = np.broadcast_to(np.asarray(step.numbers, np.float64), step.target.shape)
        is_uniform = len(np.unique(values.view(np.int64))) == 1
        numbers += (self._constants(values[:1] if is_uniform else values), step.target.size)
        return ("fill", target, is_uniform)

    def _formula(self, step: Map) -> Any:
        """Return the formulas of a map; many maps share expressions."""
        key = tuple(id(write.expression) for write in step.writes)
        if key not in self._formulas:
            self._formulas[key] = read([write.expression for write in step.writes])
        return self._formulas[key]

    def _ref(self, ref: Ref, numbers: list[int], alone: bool = False) -> Pattern:
        """Return how rows are found; one that is ``alone`` as those are that stand one behind the other."""
        space = self.plan.spaces[ref.space]
        scale = self.scale(ref.space)
        known = None if ref.size == 0 else ref.affine
        batched = self.is_batched(ref.space)
        axes = ref.index.ndim
        if known is not None:
            start, by_row = known
            steps = (1,) if alone else tuple(step if step in (0, 1) else None for step in by_row)
            if self.inlined or None not in steps:
                numbers.append(self.first[ref.space] + start * scale)
                numbers += (step * scale for step, kept in zip(by_row, steps, strict=True) if kept is None)
                return Pattern(batched, space.is_integer, steps, axes)
        numbers.append(self._table(self.first[ref.space] + ref.index.ravel() * scale))
        numbers += (int(np.prod(ref.shape[axis + 1 :])) for axis in range(axes - 1))
        return Pattern(batched, space.is_integer, None, axes)

    def _table(self, entries: Any) -> int:
        self.tables.append(np.asarray(entries, np.int32))
        self.table_size += len(entries)
        return self.table_size - len(entries)

    def _constants(self, values: Any) -> int:
        self.constants.append(values)
        self.constants_size += len(values)
        return self.constants_size - len(values)

    def _output(self, ref: Ref) -> Lowered:
        """Return where rows stand that are read from outside: their start and step, or a table; and how many."""
        batched, scale, first = self.plan.spaces[ref.space].batched, self.scale(ref.space), self.first[ref.space]
        known = ref.flat.affine
        if known is not None:
            start, (step,) = known
            return Lowered(("rows", batched, False), (first + start * scale, step * scale, ref.size))
        return Lowered(("rows", batched, True), (self._table(first + ref.index.ravel() * scale), 0, ref.size))

    @property
    def identity(self) -> str:
        """All that decides the code; of steps whose numbers stand in tables, only their kinds."""
        functions, calls = self.program()
        inputs = [(self.first[name], space) for name, space in self.plan.spaces.items() if space.is_input]
        order = [[function for function, _ in phase] if self.inlined else bool(phase) for phase in calls]
        numbers = (self.inlined, self.width, self.lanes, self.stride)
        return repr((numbers, functions, order, inputs, self.outputs, self.guards))

    def program(self) -> tuple[list[Lowered], list[list[tuple[int, tuple[int, ...]]]]]:
        """Return the functions that the code has, and for each phase which of them it calls with what numbers.

        With inlined numbers a function is for these alone.
        """
        functions: dict[Lowered, int] = {}
        calls: list[list[tuple[int, tuple[int, ...]]]] = []
        for steps in self.phases:
            calls.append([])
            for step in steps:
                own = step if self.inlined else Lowered(step.kind, (0,) * len(step.numbers))
                calls[-1].append((functions.setdefault(own, len(functions)), step.numbers))
        return list(functions), calls


def _run_length(rows: int, width: int) -> int:
    """Return how many samples are worked on at once: as many as the cache holds."""
    fits = CACHE_BYTES // (8 * max(rows, 1))
    vectors = max(1, min(fits, LONGEST_RUN) // width)
    return width * (vectors - (vectors % 2 == 0 and vectors > 1))
