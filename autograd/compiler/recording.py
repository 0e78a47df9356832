"""Recording: a function run on traced Values, and how it is made sure that the recording holds for other numbers.

The function is run again with all numbers nudged: a constant that moves had been read from a leaf, or drawn at random.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real
from operator import attrgetter
from typing import Any

import numpy as np

from autograd.arguments import name_of
from autograd.compiler.arguments import Array, Batch
from autograd.compiler.choices import AmbiguousError, merged
from autograd.compiler.freezing import FAR_OFF, PARAMETERS_LOCK, decides, draws, nudge, random_states
from autograd.compiler.sample_lists import nested
from autograd.compiler.scalars import Argument, Constant, Head, Parameter, Scalars
from autograd.containers import leaves, places
from autograd.errors import ArgumentError, SizeError, TracingError, brief, listed
from autograd.graph import next_stamp, set_recording
from autograd.tensor import Tensor
from autograd.tracing import trace
from autograd.value import Value

__all__ = ["Recording", "record", "results"]


MOST_CHOICES = 1000  # values that an integer argument may take
DRAWN = 6  # recordings for integers at random
TRIED_CHOICES = 256  # beyond the largest that was seen

SEVERAL = re.compile(
    r"'(Value|int)' object (is not (subscriptable|iterable)|has no attribute '(shape|ndim|size|sum|mean|T)')"
    r"|non-iterable (Value|int) object|object of type '(Value|int)' has no len|one flat sequence .* not (Value\(|\d)"
)
"""What Python and the rows over sequences say of a number that is taken for a list or an array."""

Integers = Mapping[int, Array]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded function.

    Attributes
    ----------
    program : Scalars
        What it computes of one sample.
    roots : list of int
        The nodes of its results.
    result : Any
        What the function returned, for its form.
    values : dict of list
        For each integer argument, by its position among the arrays, the values that were recorded, rising.
    """

    program: Scalars
    roots: list[int]
    result: Any
    values: dict[int, list[int]]


def record(
    f: Callable[..., Any], batch: Batch, parameters: dict[Value, Parameter], known_values: Mapping[int, set[int]]
) -> Recording:
    """Record ``f`` for arguments such as those of ``batch``.

    Parameters
    ----------
    f : callable
        The function of one sample.
    batch : Batch
        The first arguments it is called with.
    parameters : dict of Value to Parameter
        The captured leaves met so far; new ones are put behind them, in the order in which they were made.
    known_values : mapping of set
        For each integer argument the values to record beside those in ``batch``.

    Raises
    ------
    TracingError
        If a number would be frozen into the program.
    ArgumentError
        If ``f`` does not return numbers, or an integer argument takes too many values.
    SizeError
        If ``f`` takes a single number for several.
    """
    with PARAMETERS_LOCK:
        return _Recorder(f, batch, parameters).run(known_values)


class _Recorder:
    def __init__(self, f: Callable[..., Any], batch: Batch, parameters: dict[Value, Parameter]) -> None:
        self.f = f
        self.batch = batch
        self.name = name_of(f)
        self.names = batch.names(f)
        self.program = Scalars(i for i, part in enumerate(batch.parts) if not part.batched)
        self.parameters = parameters
        self.result: Any = None
        self.reads: dict[Value, str] = {}

    def run(self, known_values: Mapping[int, set[int]]) -> Recording:
        count = len(self.parameters)
        integers = {i: self._sample(i) for i, part in enumerate(self.batch.parts) if part.is_integer}
        generators = random_states()
        roots = self._roots(integers)
        if generators != random_states():
            raise TracingError(draws(self.name))
        with nudged({**self.parameters, **self.reads}):
            again = self._roots(integers, nudge)
        if again != roots:
            self._refuse_to_freeze(integers, roots, again)
        self._ensure_reads_decide_nothing(integers, roots)
        values: dict[int, list[int]] = {}
        if integers:
            runs: list[tuple[Integers, list[int]]] = [(integers, roots)]
            for i in integers:
                values[i] = self._values(i, known_values.get(i, set()), runs)
            self._run_for_each_value(values, runs)
            runs += [(chosen, self._roots(chosen)) for chosen in drawn(integers, values)]
            if any(found != roots for _, found in runs):
                roots = self._merged(runs, values)
            self._put_in_order(count)
        return Recording(self.program, roots, self.result, values)

    def _ensure_reads_decide_nothing(self, integers: Integers, roots: Sequence[int]) -> None:
        """Refuse a branch on the number of a captured leaf: a nudge does not turn it, but quite other numbers may."""
        for change in FAR_OFF if self.reads else ():
            with nudged(self.reads, change):
                try:
                    again = self._roots(integers)
                except Exception:  # an assertion, perhaps; it depends on the number as well
                    again = []
            if again != roots:
                raise TracingError(decides(self.name, *next(iter(self.reads.items()))))

    def _sample(self, i: int) -> Array:
        x = self.batch.arrays[i]
        return x[0] if self.batch.parts[i].batched else x

    def _roots(self, integers: Integers, change: Callable[[Array], Array] = np.positive) -> list[int]:
        """Run the function once, with the arguments changed, and return the nodes of its results."""
        start = next_stamp()
        arguments: dict[Value, Argument] = {}
        samples = []
        for i, (part, name) in enumerate(zip(self.batch.parts, self.names, strict=True)):
            if part.is_integer:
                samples.append(nested(np.ravel(integers[i]).tolist(), part.shape, name))
            else:
                made = [Value(x) for x in change(np.ravel(self._sample(i))).tolist()]
                arguments |= {value: Argument(i, element) for element, value in enumerate(made)}
                samples.append(nested(made, part.shape, name))
        with trace(arguments) as tracing, set_recording(True):
            try:
                result = self.batch.call(self.f, samples)
            except (TypeError, AttributeError) as error:
                self._ensure_batches(error)
                raise
        self.reads |= tracing.reads  # type: ignore[arg-type]
        found = results(self.name, result)
        if self.result is None:
            self.result = result
        elif list(places(result)) != list(places(self.result)):
            raise TracingError(f"{self.name} returned results of another form when it was recorded again")

        def heads_of(leaves: list[Value]) -> Mapping[Value, Head]:
            captured = [leaf for leaf in leaves if leaf not in arguments and leaf.is_older_than(start)]
            for leaf in sorted(captured, key=attrgetter("birth")):
                self.parameters.setdefault(leaf, Parameter(len(self.parameters)))
            heads: dict[Value, Head] = {leaf: Constant(leaf._primal.hex()) for leaf in leaves}  # made by the function
            return heads | {leaf: self.parameters[leaf] for leaf in captured} | arguments

        return self.program.record(found, heads_of)

    def _ensure_batches(self, error: Exception) -> None:
        """Say that samples go along axis 0 where a function has failed for taking a single number for several."""
        numbers = [name for name, part in zip(self.names, self.batch.parts, strict=True) if not part.shape]
        if numbers and SEVERAL.search(str(error)):
            each = "is a single one" if len(numbers) == 1 else "are single ones"
            raise SizeError(
                f"{self.name} takes a number for several ({error}), and in each sample {listed(numbers)} {each}: "
                f"samples go along axis 0 of every argument, so that one sample alone is given as [{numbers[0]}]"
            ) from error

    def _values(self, i: int, known: set[int], runs: list[tuple[Integers, list[int]]]) -> list[int]:
        """Return the values to record of an integer argument: those it may take later are found out by trying."""
        seen = {int(x) for x in np.unique(self.batch.arrays[i])} | known
        if len(seen) > MOST_CHOICES:
            raise ArgumentError(
                f"argument {i} of {self.name} is made of integers of more than {MOST_CHOICES} values; integers pick "
                "from lists and tables, and the function is recorded for each. If they are numbers, give them as floats"
            )
        if min(seen) < 0:
            return sorted(seen)
        integers, roots = runs[0]
        values = list(range(max(seen) + 1))
        for value in range(len(values), len(values) + TRIED_CHOICES):
            chosen = {**integers, i: np.full_like(integers[i], value)}
            try:
                found = self._roots(chosen)
            except Exception:  # whatever it is, the function does not take this value
                break
            if found == roots or self._is_number(roots, found):
                break
            values.append(value)
            runs.append((chosen, found))
        return values if len(values) <= MOST_CHOICES else sorted(seen)

    def _run_for_each_value(self, values: dict[int, list[int]], runs: list[tuple[Integers, list[int]]]) -> None:
        """Record the function such that each integer takes each of its values; drop values that it does not take."""
        integers, _ = runs[0]
        try:
            made = []
            for turn in range(max(map(len, values.values()))):
                chosen = {i: np.full_like(x, values[i][turn % len(values[i])]) for i, x in integers.items()}
                made.append((chosen, self._roots(chosen)))
        except Exception:  # one value after another will tell which
            made = []
            for i, x in integers.items():
                for value in list(values[i]):
                    chosen = {**integers, i: np.full_like(x, value)}
                    try:
                        made.append((chosen, self._roots(chosen)))
                    except Exception:
                        if value in self.batch.arrays[i]:
                            raise
                        values[i].remove(value)
        runs += made

    def _merged(self, runs: list[tuple[Integers, list[int]]], values: dict[int, list[int]]) -> list[int]:
        """Make one program of all recordings; record for more integers until it is certain which of them picks."""
        told_apart: set[int] = set()
        while True:
            try:
                return merged(self.program, runs, values, self.name)
            except AmbiguousError as error:
                integers = runs[0][0]
                turn = next((t for t in self._turns(runs, error.numbers, values) if t not in told_apart), None)
                if turn is None:
                    raise TracingError(str(error)) from None
                told_apart.add(turn)
                runs += [(chosen, self._roots(chosen)) for chosen in telling_apart(integers, values, turn)]

    def _turns(
        self, runs: list[tuple[Integers, list[int]]], numbers: Sequence[int], values: dict[int, list[int]]
    ) -> Iterator[int]:
        """Yield places of values for which a node is another one than for those of the first run."""
        for (chosen, _), number in zip(runs, numbers, strict=False):
            if number != numbers[0]:
                for i, x in chosen.items():
                    if x.size and (x == x.flat[0]).all():
                        yield values[i].index(int(x.flat[0]))

    def _put_in_order(self, count: int) -> None:
        """Sort the leaves behind the first ``count``, which were met in the order in which integers picked them."""
        met = list(self.parameters)[count:]
        met.sort(key=attrgetter("birth"))
        heads = {self.parameters[leaf]: Parameter(count + i) for i, leaf in enumerate(met)}
        self.program.nodes = [
            (heads.get(head, head) if isinstance(head, Parameter) else head, operands)
            for head, operands in self.program.nodes
        ]
        placed = {leaf: heads[self.parameters.pop(leaf)] for leaf in met}
        self.parameters.update(sorted(placed.items(), key=lambda item: item[1].position))

    def _is_number(self, roots: Sequence[int], other: Sequence[int]) -> bool:
        """Tell whether recordings differ in a plain number: then any integer will do, and not all need be tried."""
        a, b = first_difference(self.program, roots, other)
        return isinstance(self.program.nodes[a][0], Constant) and isinstance(self.program.nodes[b][0], Constant)

    def _refuse_to_freeze(self, integers: Integers, roots: Sequence[int], again: Sequence[int]) -> None:
        a, b = (self.program.nodes[x][0] for x in first_difference(self.program, roots, again))
        moved = f" ({a.number!r}, then {b.number!r})" if isinstance(a, Constant) and isinstance(b, Constant) else ""
        if self._roots(integers) != roots or not self.reads:
            raise TracingError(
                f"{self.name} does not compute the same each time{moved}: does it draw random numbers, keep a state, "
                "or compute under no_grad()? A compiled function has such numbers frozen into it; make them arguments"
            )
        leaf, line = next(iter(self.reads.items()))
        raise TracingError(
            f"{self.name} reads the number of {leaf.name or repr(leaf)} ({line}) and computes with it{moved}, so that "
            "it would be frozen into the compiled program. Use the Value itself, or give the number as an argument"
        )


@contextmanager
def nudged(parameters: Mapping[Value, Any], change: Callable[[float], float] = nudge) -> Iterator[None]:
    """Give leaves other numbers for a while, unnoticed by the graphs they are in."""
    before = [leaf._primal for leaf in parameters]
    try:
        for leaf in parameters:
            leaf._primal = change(leaf._primal)
        yield
    finally:
        for leaf, x in zip(parameters, before, strict=False):
            leaf._primal = x


def results(name: str, result: Any) -> list[Any]:
    """Return the numbers in what a function returned.

    Raises
    ------
    ArgumentError
        If it is not made of Values and plain numbers.
    """
    found = leaves(result)
    if not found:
        raise ArgumentError(f"{name} returned no number, but {brief(result)}, and cannot be compiled")
    for x in found:
        if not isinstance(x, Value | Real | np.bool_):
            hint = "; for Tensors, capture Tensors or give arrays=True" if isinstance(x, Tensor) else ""
            hint = "; .tolist() makes a list of an array" if isinstance(x, np.ndarray) else hint
            raise ArgumentError(
                f"{name} must return Values, in lists, tuples and dicts if there are several, to be compiled, not "
                f"{type(x).__name__}: {brief(x)}{hint}"
            )
    return [x if isinstance(x, Value) else float(x) for x in found]


def telling_apart(integers: Integers, values: Mapping[int, list[int]], turn: int) -> Iterator[Integers]:
    """Yield integers that tell which of them matters: some take their value at ``turn``, the others those of a sample.

    Of any two of them, each takes it once where the other does not: by the digits of their number, in the binary
    system, and by the digits turned round.
    """
    count = sum(x.size for x in integers.values())
    for digit, turned in itertools.product(range(max(count - 1, 1).bit_length()), (0, 1)):
        number = itertools.count()
        yield {
            i: np.array(
                [values[i][turn % len(values[i])] if (next(number) >> digit & 1) != turned else own for own in x.flat],
                x.dtype,
            ).reshape(x.shape)
            for i, x in integers.items()
        }


def drawn(integers: Integers, values: Mapping[int, list[int]]) -> Iterator[Integers]:
    """Yield integers drawn at random, for a test of what has been found out."""
    if sum(x.size for x in integers.values()) > 1:
        rng = np.random.default_rng(0)
        for _ in range(DRAWN):
            yield {i: rng.choice(values[i], x.shape) for i, x in integers.items()}


def first_difference(program: Scalars, roots: Sequence[int], other: Sequence[int]) -> tuple[int, int]:
    """Return the first two nodes, on the way from the roots, at which two recordings differ in more than operands."""
    waiting = [(a, b) for a, b in zip(roots, other, strict=True) if a != b]
    seen = set(waiting)
    while waiting:
        a, b = waiting.pop()
        (head, operands), (other_head, other_operands) = program.nodes[a], program.nodes[b]
        if head != other_head or len(operands) != len(other_operands):
            break
        for pair in zip(operands, other_operands, strict=True):
            if pair[0] != pair[1] and pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return a, b
