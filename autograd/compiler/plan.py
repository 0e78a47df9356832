"""The plan: a short list of array operations over slots, which executors run.

A slot holds one number of the program, for every sample if it depends on an argument. Slots lie in spaces, a row each:
``batch`` has the numbers that differ from sample to sample and ``shared`` those that do not, parameters and constants
first; each argument and each derivative has a space of its own. A step reads and writes rows by index tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograd.drawing import Diagram

__all__ = [
    "Fill",
    "Index",
    "Lookup",
    "Map",
    "MatMul",
    "Outer",
    "Plan",
    "Reduce",
    "Ref",
    "Scatter",
    "Space",
    "Step",
    "Write",
    "is_batched",
]

Index = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, slots=True)
class Space:
    """Rows of numbers.

    Attributes
    ----------
    rows : int
        How many there are.
    batched : bool
        Whether each row has a number for every sample, or one for all.
    is_input : bool
        Whether the caller fills it. Of ``shared``, the caller fills the parameters and the plan the rest.
    is_integer : bool
        Whether the numbers are class labels or other places in a table.
    is_weight : bool
        Whether each number says how much its sample counts; samples that only fill up a vector count 0.
    """

    rows: int
    batched: bool
    is_input: bool = False
    is_integer: bool = False
    is_weight: bool = False


@dataclass(frozen=True, eq=False)
class Ref:
    """Rows of a space, in the shape in which a step takes them.

    Attributes
    ----------
    space : str
        The name of the space.
    index : ndarray of int
        The row of each element.
    """

    space: str
    index: Index

    @property
    def shape(self) -> tuple[int, ...]:
        """How many elements there are along each axis."""
        return tuple(self.index.shape)

    @property
    def size(self) -> int:
        """How many elements there are."""
        return self.index.size

    @cached_property
    def affine(self) -> tuple[int, tuple[int, ...]] | None:
        """The first row and the step along each axis, if that is all there is to the index; else None."""
        index = self.index
        if index.size == 0:
            return None
        steps = []
        for axis, count in enumerate(index.shape):
            step = 0
            if count > 1:
                before = (slice(None),) * axis
                differences = index[(*before, slice(1, None))] - index[(*before, slice(None, -1))]
                step = int(differences.flat[0])
                if (differences != step).any():
                    return None
            steps.append(step)
        return int(index.flat[0]), tuple(steps)

    @cached_property
    def is_unique(self) -> bool:
        """Whether no row occurs twice."""
        return len(np.unique(self.index)) == self.index.size

    @property
    def flat(self) -> Ref:
        """The same elements one behind the other."""
        return Ref(self.space, self.index.ravel())

    def overlaps(self, other: Ref) -> bool:
        """Tell whether a row is in both."""
        if self.space != other.space or self._first > other._last or other._first > self._last:
            return False
        return bool(np.isin(self.index, other.index).any())

    @cached_property
    def _first(self) -> int:
        return int(self.index.min(initial=np.iinfo(np.intp).max))

    @cached_property
    def _last(self) -> int:
        return int(self.index.max(initial=-1))

    def reshape(self, *shape: int) -> Ref:
        """Return the same elements in another shape."""
        return Ref(self.space, self.index.reshape(shape))

    @property
    def T(self) -> Ref:  # NumPy's name
        """The same elements with the axes reversed."""
        return Ref(self.space, self.index.T)


@dataclass(frozen=True, eq=False, slots=True)
class Write:
    """One result of a `Map`.

    Attributes
    ----------
    expression : Symbol or float
        What is computed, of the operands ``x0``, ``x1``, ...
    target : Ref
        Where it goes; a flat one.
    adds : bool
        Whether it is added to what stands there. A row that occurs twice then gains twice.
    """

    expression: Any
    target: Ref
    adds: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Map:
    """Elementwise expressions of the same operands.

    A result that is one for all samples, of operands that are not, is summed over the samples.

    Attributes
    ----------
    operands : tuple of Ref
        All flat, of one size, or of size 1.
    writes : tuple of Write
        The results.
    """

    operands: tuple[Ref, ...]
    writes: tuple[Write, ...]

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return self.operands

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return tuple(write.target for write in self.writes)


@dataclass(frozen=True, eq=False, slots=True)
class MatMul:
    """``out[t, j] = sum over i of weights[j, i] * inputs[t, i]``, plus ``bias[t, j]``; for every sample.

    Attributes
    ----------
    weights : Ref of shape (outputs, inputs)
        One for all samples.
    inputs : Ref of shape (places, inputs)
        What the weights are applied to, at each of the places that share them.
    out : Ref of shape (places, outputs)
        Where the result goes; no row occurs twice.
    bias : Ref of shape (places, outputs), optional
        One for all samples, or not.
    adds : bool
        Whether the result is added to what stands there.
    """

    weights: Ref
    inputs: Ref
    out: Ref
    bias: Ref | None = None
    adds: bool = False

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return (self.weights, self.inputs) if self.bias is None else (self.weights, self.inputs, self.bias)

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.out,)


@dataclass(frozen=True, eq=False, slots=True)
class Outer:
    """``out[j, i] = sum over places t and samples of left[t, j] * right[t, i]``: what a `MatMul` gives its weights.

    Attributes
    ----------
    left, right : Ref of shape (places, rows) and (places, columns)
        At least one has a number for every sample.
    out : Ref of shape (rows, columns)
        One for all samples.
    adds : bool
        Whether the result is added to what stands there.
    """

    left: Ref
    right: Ref
    out: Ref
    adds: bool = False

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return self.left, self.right

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.out,)


@dataclass(frozen=True, eq=False, slots=True)
class Reduce:
    """The sum, or the largest or smallest, of each run of operands.

    Attributes
    ----------
    kind : {"add", "maximum", "minimum"}
        What is made of a run.
    operand : Ref
        All runs one behind the other, flat.
    starts : ndarray of int
        Where each run begins; no run is empty.
    out : Ref
        One row for each run, flat.
    """

    kind: str
    operand: Ref
    starts: Index
    out: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return (self.operand,)

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.out,)

    @property
    def counts(self) -> Index:
        """How long each run is."""
        return np.diff(self.starts, append=self.operand.size)


@dataclass(frozen=True, eq=False, slots=True)
class Lookup:
    """``out[e] = table[labels[e], e]``: what an integer argument picks, for every sample.

    Attributes
    ----------
    table : Ref of shape (choices, elements)
        What there is to pick from.
    labels : Ref
        Rows of an integer space, flat; the numbers there are from 0 to choices - 1.
    out : Ref
        Where it goes, flat.
    """

    table: Ref
    labels: Ref
    out: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return self.table, self.labels

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.out,)


@dataclass(frozen=True, eq=False, slots=True)
class Scatter:
    """``table[labels[e], e] += operand[e]``: the derivative of a `Lookup`, added to what stands there.

    A table that is one for all samples gains from all of them.

    Attributes
    ----------
    operand : Ref
        Flat.
    labels : Ref
        As in `Lookup`.
    table : Ref of shape (choices, elements)
        A row that occurs twice gains twice.
    """

    operand: Ref
    labels: Ref
    table: Ref

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        return self.operand, self.labels

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.table,)


@dataclass(frozen=True, eq=False, slots=True)
class Fill:
    """Set rows to numbers: constants, and zeros for what is added to later.

    Attributes
    ----------
    target : Ref
        Flat.
    numbers : ndarray of float
        One for each row.
    """

    target: Ref
    numbers: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads: nothing."""
        return ()

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (self.target,)


Step = Map | MatMul | Outer | Reduce | Lookup | Scatter | Fill


def is_batched(step: Step, spaces: Mapping[str, Space]) -> bool:
    """Tell whether a step is done for every sample, by the spaces that it reads and writes."""
    return any(spaces[ref.space].batched for ref in (*step.reads, *step.targets))


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """Array operations over slots, in order.

    Steps that touch no sample stand before all that do, or behind them. ``print(plan)`` shows them.

    Attributes
    ----------
    spaces : dict of Space
        By name. Those that are inputs the caller fills.
    steps : list of Step
        What is done.
    outputs : dict of Ref
        What the caller reads, by name.
    updates : list of Step
        What is done behind all steps, if the numbers of all guards are finite; no sample is touched.
    guards : sequence of Ref
        Derivatives; inf and nan among them mean that the updates, or the results, are not to be used.
    names : mapping of sequence
        For inputs what their first rows are called: names with shapes, whose rows lie one behind the other.
    name : str
        What the function is called that it was made of.
    """

    spaces: dict[str, Space]
    steps: list[Step]
    outputs: dict[str, Ref] = field(default_factory=dict)
    updates: list[Step] = field(default_factory=list)
    guards: Sequence[Ref] = ()
    names: Mapping[str, Sequence[tuple[str, tuple[int, ...]]]] = field(default_factory=dict)
    name: str = ""

    def __repr__(self) -> str:
        from autograd.compiler.plan_text import PlanText  # what describes plans looks down on them

        return PlanText(self).short()

    def __str__(self) -> str:
        return self.to_string()

    def to_string(self, *, full: bool = False) -> str:
        """Return the steps as text: formulas, shapes, and what they cost.

        Parameters
        ----------
        full : bool, optional
            Leave nothing out: of a long plan the steps in the middle, of long formulas the ends.

        Examples
        --------
        >>> import autograd
        >>> w = autograd.Value(2.0, name="w")
        >>> step = autograd.compile(lambda x: (w * x) ** 2)
        >>> step([1.0, 2.0])
        array([ 4., 16.])
        >>> print(step.plan)
        plan: 2 scalar operations for each of n samples, in 2 steps
        <BLANKLINE>
                             shapes  flops  bytes
        1  v1 = w*x          1xn        1n    16n + 8
        2  out = square(v1)  1xn        1n    16n
        <BLANKLINE>
           all                          2n    32n + 8
        <BLANKLINE>
        returns out, 1xn
        """
        from autograd.compiler.plan_text import PlanText

        return PlanText(self).full(full)

    def draw(self, **options: Any) -> Diagram:
        """Draw the steps, and what they read; see ``autograd.drawing.plans.draw_plan`` for the options.

        Returns
        -------
        Diagram
            Shows itself in Jupyter; ``.save("plan.svg")`` writes it, also as png, pdf or dot.
        """
        from autograd.drawing.plans import draw_plan  # drawing looks down on the compiler, not the other way round

        return draw_plan(self, **options)

    def is_batched(self, step: Step) -> bool:
        """Tell whether a step is done for every sample."""
        return is_batched(step, self.spaces)

    @cached_property
    def phases(self) -> tuple[list[Step], list[Step], list[Step]]:
        """The steps before the samples, those for every sample, and those behind them."""
        batched = [self.is_batched(step) for step in self.steps]
        if not any(batched):
            return self.steps, [], []
        first, behind = batched.index(True), len(batched) - batched[::-1].index(True)
        return self.steps[:first], self.steps[first:behind], self.steps[behind:]

    def with_outputs(self, **outputs: Ref) -> Plan:
        """Return this plan with other outputs."""
        return replace(self, outputs=outputs)

    def refs(self) -> Iterator[Ref]:
        """Yield everything that a step reads or writes."""
        for step in self.steps:
            yield from step.reads
            yield from step.targets
