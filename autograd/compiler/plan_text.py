"""A plan as text: a line for each step, with its formula, shapes and costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from itertools import groupby
from operator import add

from autograd.compiler.costs import Cost, cost_of
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Step, Write
from autograd.compiler.plan_names import ADJOINT, TANGENT, Names, derivative
from autograd.numbers import counted
from autograd.symbols import to_text

__all__ = ["PlanText"]

FIRST, LAST = 30, 20  # steps shown of a long plan
WIDTH = 76  # of a formula
NUMBERS = 4  # constants shown of many

FORWARD, GRADIENT, RESULT, UPDATE = "forward", "gradient", "result", "update"


class PlanText:
    """The steps of a plan as a person reads them. Steps count from 1; behind them come the updates.

    Attributes
    ----------
    plan : Plan
        What is described.
    steps : list of Step
        All steps, and the updates.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.steps: list[Step] = [*plan.steps, *plan.updates]

    @cached_property
    def names(self) -> Names:
        """What rows are called."""
        return Names(self.plan)

    @cached_property
    def costs(self) -> list[Cost]:
        """What each step costs."""
        return [cost_of(step, self.plan.spaces) for step in self.steps]

    @cached_property
    def parts(self) -> list[str]:
        """What each step is part of: the forward pass, the gradient, the result that comes behind it, or the update."""
        parts, current = [], FORWARD
        for step in self.plan.steps:
            if not isinstance(step, Fill):
                is_gradient = ADJOINT in derivative(step.targets[0].space)[0]
                current = GRADIENT if is_gradient else RESULT if current != FORWARD else FORWARD
            parts.append(current)
        return parts + [UPDATE] * len(self.plan.updates)

    @property
    def heading(self) -> str:
        """One line: how many scalar operations became how many steps."""
        cost = reduce(add, self.costs, Cost())
        batched = any(map(self.plan.is_batched, self.steps))
        counts = [f"{counted(cost.flops, 'scalar operation')} for each of n samples"] if batched else []
        if cost.flops_once or not batched:
            counts.append(f"{cost.flops_once:,} once" if batched else counted(cost.flops_once, "scalar operation"))
        return f"plan{self._of()}: {' and '.join(counts)}, in {counted(len(self.steps), 'step')}"

    def short(self) -> str:
        """Return what the plan's repr is."""
        return f"<Plan{self._of()}: {counted(len(self.steps), 'step')}; print(plan) and plan.draw() show them>"

    def _of(self) -> str:
        return "" if self.plan.name in ("", "<lambda>") else f" of {self.plan.name}"

    def full(self, everything: bool) -> str:
        """Return the whole text, of a long plan the beginning and the end unless ``everything`` is asked for."""
        count = len(self.steps)
        shown = range(1, count + 1)
        is_long = not everything and count > FIRST + LAST + 1
        shown_numbers = [*shown[:FIRST], *shown[count - LAST :]] if is_long else [*shown]
        is_shown = set(shown_numbers).__contains__
        rows: list[tuple[str, ...]] = [("", "", "shapes", "flops", "bytes", "")]
        has_parts = len(set(self.parts)) > 1
        for part, group in groupby(shown, key=lambda number: self.parts[number - 1]):
            numbers = list(group)
            visible = list(filter(is_shown, numbers))
            if has_parts and visible:
                rows += [(), ("", part, "", *self._sums(numbers))]
            for number in visible:
                if is_long and number == shown_numbers[FIRST]:
                    rows.append(("", f"… {count - FIRST - LAST:,} more steps; to_string(full=True) has all", *[""] * 4))
                rows += self._rows(number, everything)
        rows += [(), ("", "all", "", *self._sums(shown))]
        return "\n".join([self.heading, "", *aligned(rows), "", *self._returns()])

    def _sums(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return _costs(reduce(add, (self.costs[number - 1] for number in numbers), Cost()))

    def _rows(self, number: int, everything: bool) -> list[tuple[str, ...]]:
        formulas = [x if everything or len(x) <= WIDTH else f"{x[: WIDTH - 1]}…" for x in self.formulas(number)]
        first = (f"{number:,}", formulas[0], self.shapes(number), *_costs(self.costs[number - 1]))
        return [first, *(("", formula, "", "", "", "") for formula in formulas[1:])]

    def _returns(self) -> list[str]:
        """Say what the results are, and what the marks mean."""
        lines = []
        for name, ref in self.plan.outputs.items():
            text = self.names.text(ref)
            lines.append(f"returns {name}" + (f" = {text}" if text != name else "") + f", {self._shape(ref)}")
        marks = {mark for name in self.plan.spaces for mark in derivative(name)[0]}
        if ADJOINT in marks:
            lines.append(f"{ADJOINT}v is the derivative of the result by v")
        if TANGENT in marks:
            lines.append(f"{TANGENT}v is the derivative of v along the direction")
        if any(space.is_weight for space in self.plan.spaces.values()):
            lines.append("weights say how much each sample counts")
        return lines

    # A step ---------------------------------------------------------------------------------------------------------

    def formulas(self, number: int) -> list[str]:
        """Return the formula of a step; that of a `Map` with several results has several lines."""
        step, text = self.steps[number - 1], self.names.text
        if isinstance(step, Map):
            operands = [text(ref) for ref in step.operands]
            return [self._written(step, write, operands) for write in step.writes]
        return [f"{self._target(step.targets[0])} {self._right_side(step)}"]

    def _target(self, ref: Ref) -> str:
        return self.names.text(ref, with_numbers=False)

    def _written(self, step: Map, write: Write, operands: Sequence[str]) -> str:
        formula = re.sub(r"\bx(\d+)\b", lambda found: operands[int(found[1])], to_text(write.expression))
        if self._sums_over_samples(step, write):
            formula = f"sum({formula}, over n)"
        return f"{self._target(write.target)} {'+=' if write.adds else '='} {formula}"

    def _sums_over_samples(self, step: Map, write: Write) -> bool:
        return self.plan.is_batched(step) and not self.plan.spaces[write.target.space].batched

    def _right_side(self, step: Step) -> str:
        text = self.names.text
        if isinstance(step, MatMul):
            bias = f" + {text(step.bias)}" if step.bias else ""
            transposed = ".T" if _is_transposed(step.weights) else ""
            return f"{'+=' if step.adds else '='} {text(step.weights)}{transposed} @ {text(step.inputs)}{bias}"
        if isinstance(step, Outer):
            return f"{'+=' if step.adds else '='} {text(step.left)} @ {text(step.right)}.T"
        if isinstance(step, Reduce):
            low, high = step.counts.min(), step.counts.max()
            each = f", each {low}" + (f" to {high}" if high > low else "") if step.out.size > 1 else ""
            name = {"add": "sum", "maximum": "max", "minimum": "min"}[step.kind]
            return f"= {name}({text(step.operand) if each else self.names.listed(step.operand)}{each})"
        if isinstance(step, Lookup):
            return f"= {text(step.table)}[{text(step.labels)}]"
        if isinstance(step, Scatter):
            return f"at [{text(step.labels)}] += {text(step.operand)}"
        assert isinstance(step, Fill)
        numbers = [to_text(x) for x in step.numbers[: NUMBERS + 1]]
        if len(set(step.numbers.tolist())) == 1:
            numbers = numbers[:1]
        return f"= {', '.join(numbers[:NUMBERS])}{', …' if len(numbers) > NUMBERS else ''}"

    def flops(self, number: int) -> str:
        """Return how many operations a step does, such as ``128n``; nothing if it does none."""
        return _costs(self.costs[number - 1])[0]

    def shapes(self, number: int) -> str:
        """Return the shapes of a step's operands and results, ``n`` for the samples."""
        step = self.steps[number - 1]
        if isinstance(step, MatMul):
            return f"{self._shape(step.weights)} @ {self._columns(step.inputs)}"
        if isinstance(step, Outer):
            rows, columns = step.out.shape
            between = self._columns(step.left).partition("x")[2], self._columns(step.right).partition("x")[2]
            return f"{rows}x{between[0]} @ {between[1]}x{columns}"
        if isinstance(step, Reduce):
            return f"{self._shape(step.operand)} -> {self._shape(step.out)}"
        if isinstance(step, Lookup):
            return f"{self._shape(step.table)} -> {self._shape(step.out)}"
        if isinstance(step, Scatter):
            return f"{self._shape(step.operand)} -> {self._shape(step.table)}"
        if isinstance(step, Map) and self._sums_over_samples(step, step.writes[0]):
            return f"{step.writes[0].target.size}xn -> {self._shape(step.writes[0].target)}"
        return self._shape(step.targets[0])

    def _shape(self, ref: Ref) -> str:
        return "x".join([*map(str, ref.shape), *(["n"] if self.plan.spaces[ref.space].batched else [])])

    def _columns(self, ref: Ref) -> str:
        """Return the shape of what a matrix is multiplied with: a column for each place and sample."""
        places, rows = ref.shape
        batched = self.plan.spaces[ref.space].batched
        return f"{rows}x{'' if batched and places == 1 else places}{'n' if batched else ''}"


def _is_transposed(ref: Ref) -> bool:
    """Tell whether columns of a matrix lie together, not rows."""
    rows, columns = ref.shape
    return rows > 1 and columns > 1 and bool(ref.index[1, 0] - ref.index[0, 0] < ref.index[0, 1] - ref.index[0, 0])


def _costs(cost: Cost) -> tuple[str, str, str]:
    flops = _joined(cost.flops, cost.flops_once)
    return "".join(flops), *_joined(cost.bytes, cost.bytes_once)


def _joined(each: int, once: int) -> tuple[str, str]:
    """Return such as ``160n`` and `` + 640``, so that sums can be aligned."""
    return f"{each:,}n" if each else "", (" + " if each else "") + f"{once:,}" if once else ""


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines in which columns stand below each other: formulas and shapes to the left, numbers to the right."""
    full = [row for row in rows if row]
    widths = [max(len(row[column]) for row in full) for column in range(6)]
    lines = []
    for row in rows:
        if not row:
            lines.append("")
            continue
        number, formula, shapes, flops, each, once = (
            cell.ljust(width) if column in (1, 2) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(f"{number}  {formula}  {shapes}  {flops}  {each}{once}".rstrip())
    return lines
