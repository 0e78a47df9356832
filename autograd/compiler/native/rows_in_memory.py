"""Functions for steps while they are written: their numbers, and the rows they read and write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.compiler.native.layout import Layout, Lowered, Pattern
from autograd.compiler.native.text import Function, Module, Vector

__all__ = ["Rows", "StepWriter"]

PARAMETERS = (
    "ptr noalias %memory, ptr noalias readonly %table, ptr noalias readonly %constants, ptr noalias readonly %numbers, "
    "i64 %lanes, i1 %is_first"
)
"""What each step is given: the rows, tables and constants, its numbers, how many samples there are (a multiple of the
width), and whether they are the first."""


class StepWriter:
    """A function for a step, while it is written."""

    def __init__(self, module: Module, name: str, step: Lowered, layout: Layout) -> None:
        self.function = Function(module, name, PARAMETERS)
        self.layout = layout
        self.width = layout.width
        self._numbers = enumerate(step.numbers)

    def number(self) -> str:
        """Return the next number of the step, in the order in which `Layout` lists them."""
        place, value = next(self._numbers)
        return str(value) if self.layout.inlined else self.function.read("%numbers", str(place))

    def vector(self, width: int = 0) -> Vector:
        """Return arithmetic on ``width`` doubles, or on as many as the machine takes."""
        return Vector(self.function, width or self.width)

    def samples(self, sizes: Sequence[int] = (1,)) -> Iterator[tuple[str, int]]:
        """Go through the samples, by so many vectors at a time as long as there is room."""
        f = self.function
        lane = "0"
        for size in sizes:
            step = size * self.width
            end = "%lanes"
            if size > 1:
                end = f.let(f"sub i64 %lanes, {f.let(f'urem i64 %lanes, {step}')}")
            with f.loop(lane, end, step) as i:
                yield i, size
            lane = end

    def lookup(self, place: str) -> str:
        """Return an entry of the tables."""
        address = self.function.at("%table", place, "i32")
        return self.function.let(f"sext i32 {self.function.let(f'load i32, ptr {address}')} to i64")

    def put_sum(self, v: Vector, total: str, address: str, adds: bool) -> None:
        """Write sums over samples: the first of them set it, unless it adds to what stands there, the others add."""
        before = v.load(address)
        if not adds:
            before = self.function.let(f"select i1 %is_first, {v.type} {v.number(0.0)}, {v.type} {before}")
        v.store(v.add(before, total), address)


class Rows:
    """The rows of a ref, in code: where an element stands, what is read there and what is written."""

    def __init__(self, writer: StepWriter, pattern: Pattern) -> None:
        self.writer = writer
        self.function = writer.function
        self.batched = pattern.batched
        self.integer = pattern.integer
        self.is_table = pattern.steps is None
        self.known = pattern.steps or (None,) * pattern.axes
        self.start = writer.number()
        stride = writer.layout.stride if pattern.batched else 1
        self.steps: list[str] = []
        for axis, step in enumerate(self.known):
            if step is not None:
                self.steps.append(str(step * stride))
            elif self.is_table and axis == pattern.axes - 1:
                self.steps.append("1")
            else:
                self.steps.append(writer.number())

    def is_run(self, axis: int) -> bool:
        """Tell whether elements stand one behind the other along an axis."""
        return self.known[axis] == 1 and not self.batched

    def place(self, *element: str) -> str:
        """Return where an element stands in memory."""
        f = self.function
        place = self.start
        for i, step in zip(element, self.steps, strict=True):
            place = f.add(place, f.mul(i, step))
        return self.writer.lookup(place) if self.is_table else place

    def address(self, place: str, lane: str = "0") -> str:
        """Return the address of what stands at a place, for a sample if there is one for each."""
        return self.function.at("%memory", self.function.add(place, lane) if self.batched else place)

    def load(self, v: Vector, place: str, lane: str = "0") -> str:
        """Return what stands at a place for as many samples as the vector has lanes."""
        if not self.batched and v.width > 1:
            return v.splat(self.load(Vector(self.function, 1), place))
        address = self.address(place, lane)
        if self.integer:
            whole = self.function.let(f"load {v.of('i64')}, ptr {address}, align 8")
            return v.cast("sitofp", whole, "i64", "double")
        return v.load(address, 8 * v.width)

    def store(self, v: Vector, x: str, place: str, lane: str = "0") -> None:
        """Write at a place for as many samples as the vector has lanes."""
        v.store(x, self.address(place, lane), 8 * v.width)

    def elements(self, v: Vector, first: str, axis: int, *others: str) -> str:
        """Return as many elements as the vector has lanes, from ``first`` on along an axis; ``others`` is the other."""
        f = self.function

        def at(i: str) -> str:
            return self.place(*others[:axis], i, *others[axis:])

        if self.integer or v.width == 1 or not (self.known[axis] == 0 or self.is_run(axis)):
            one = Vector(f, 1)
            return v.join([self.load(one, at(f.add(first, str(k)))) for k in range(v.width)])
        return v.load(self.address(at(first))) if self.is_run(axis) else self.load(v, at("0"))

    def put_elements(self, v: Vector, x: str, adds: bool, first: str, axis: int, *others: str) -> None:
        """Set or add as many elements as the vector has lanes; in order, for a row may occur twice."""
        f = self.function
        if self.is_run(axis) or v.width == 1:
            address = self.address(self.place(*others[:axis], first, *others[axis:]))
            v.store(v.add(v.load(address), x) if adds else x, address)
            return
        one = Vector(f, 1)
        for k, lane in enumerate(v.lanes(x)):
            self.put_elements(one, lane, adds, f.add(first, str(k)), axis, *others)
