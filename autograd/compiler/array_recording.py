"""Recording a function of whole arrays, and making sure that the recording holds for other numbers.

It is run a second time with all numbers nudged and all integers changed: a constant that moves had been read from a
leaf, drawn at random, or computed from integers in another way than by recorded operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np

from autograd.compiler.array_arguments import WholeArrays
from autograd.compiler.array_gradient import gradients
from autograd.compiler.array_graph import ArrayGraph
from autograd.compiler.array_lowering import Lowering, MovedError, Run
from autograd.compiler.freezing import FAR_OFF, PARAMETERS_LOCK, decides, draws, nudge, random_states
from autograd.containers import leaves, places
from autograd.errors import ArgumentError, NotAScalarError, TracingError, brief
from autograd.graph import next_stamp, operations, set_recording
from autograd.numbers import as_float
from autograd.tensor import Tensor
from autograd.tracing import trace
from autograd.value import Value

__all__ = ["ArrayRecording", "record_arrays"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ArrayRecording:
    """A recorded function of whole arrays.

    Attributes
    ----------
    graph : ArrayGraph
        What it computes.
    roots : list of int
        The nodes of its results, and behind them those of the gradients.
    result : object
        What the function returned, for its form.
    wanted : list of Tensor or int
        By what it was differentiated: parameters, and floating arguments by their places.
    """

    graph: ArrayGraph
    roots: list[int]
    result: Any
    wanted: list[Any]


def record_arrays(
    f: Callable[..., Any],
    name: str,
    arguments: WholeArrays,
    parameters: dict[Tensor, int],
    by: tuple[int, ...] | Literal[False] | None,
) -> ArrayRecording:
    """Record ``f``, and its gradient.

    Parameters
    ----------
    f : callable
        A function of Tensors.
    name : str
        What messages call it.
    arguments : WholeArrays
        Of the call.
    parameters : dict of Tensor to int
        The captured leaves met so far; new ones are put behind them.
    by : tuple of int, None or False
        By which arrays to differentiate; None for the parameters, False for no gradient.

    Raises
    ------
    TracingError
        If a number would be frozen into the program.
    ArgumentError
        If it does not return Tensors.
    NotAScalarError
        If a gradient is asked of more than one number.
    """
    with PARAMETERS_LOCK:
        return _Recorder(f, name, arguments, parameters).run(by)


@final
class _Recorder:
    def __init__(self, f: Callable[..., Any], name: str, arguments: WholeArrays, parameters: dict[Tensor, int]) -> None:
        self.f = f
        self.name = name
        self.arguments = arguments
        self.parameters = parameters
        self.reads: dict[Any, str] = {}

    def run(self, by: tuple[int, ...] | Literal[False] | None) -> ArrayRecording:
        arrays = self.arguments.arrays
        generators = random_states()
        first, result = self._run(arrays)
        if generators != random_states():
            raise TracingError(draws(self.name))
        captured = _captured(result, first)
        second, other = self._run_again(captured)
        try:
            recording = self._lowered(first, result, second, other, by)
        except MovedError as moved:
            raise self._explained(moved, first, result) from None
        self._ensure_reads_decide_nothing(first, result)
        return recording

    def _lowered(
        self, first: Run, result: Any, second: Run, other: Any, by: tuple[int, ...] | Literal[False] | None
    ) -> ArrayRecording:
        if list(places(result)) != list(places(other)):
            raise MovedError(f"{self.name} returned results of another form when it was recorded again")
        lowering = Lowering(self.name, first, second, self.parameters)
        found, others = self._numbers(result), self._numbers(other)
        roots = lowering.lower(found, others)
        if by is False:
            return ArrayRecording(lowering.graph, roots, result, [])
        y = self._one_number(result)
        wanted: list[Any] = list(_captured(result, first)) if by is None else [_at(first.arguments, i) for i in by]
        if isinstance(y, Tensor):
            here = self._gradients(y, wanted, first, lowering)
            with nudged(wanted if by is None else []):
                again = wanted if by is None else [_at(second.arguments, i) for i in by or ()]
                there = self._gradients(self._one_number(other), again, second, lowering)
        else:
            here = there = [np.zeros(x.shape, x.dtype) for x in wanted]
        roots += lowering.lower(here, there)
        return ArrayRecording(lowering.graph, roots, result, wanted if by is None else list(by or ()))

    def _gradients(self, y: Any, wanted: Sequence[Tensor], run: Run, lowering: Lowering) -> list[Any]:
        with trace(run.arguments):
            found = gradients(y, wanted, lowering.moving)
        return [np.zeros(x.shape, x.dtype) if g is None else g for g, x in zip(found, wanted, strict=True)]

    def _run(self, arrays: Sequence[Array]) -> tuple[Run, Any]:
        """Run the function once."""
        start = next_stamp()
        elements: list[Any] = []
        arguments: dict[Tensor, int] = {}
        integers: dict[int, Array] = {}
        for place, x in enumerate(arrays):
            if x.dtype.kind == "f":
                leaf = Tensor(x)
                arguments[leaf] = place
                elements.append(leaf)
            else:
                given = x.copy()
                given.flags.writeable = False
                integers[place] = given
                elements.append(given)
        with trace(arguments) as tracing, set_recording(True), np.errstate(all="ignore"):
            result = self.arguments.call(self.f, elements)
        self.reads |= tracing.reads
        return Run(arguments, integers, tracing.derived, start), result

    def _run_again(self, captured: Sequence[Tensor]) -> tuple[Run, Any]:
        """Run the function with other numbers: with the first other integers that it takes."""
        refusal: Exception | None = None
        for integers in _other_integers([x for x in self.arguments.arrays if x.dtype.kind != "f"]):
            following = iter(integers)
            arrays = [nudge(x) if x.dtype.kind == "f" else next(following) for x in self.arguments.arrays]
            with nudged([*self.parameters, *captured, *(x for x in self.reads if isinstance(x, Tensor))]):
                try:
                    return self._run(arrays)
                except TracingError:
                    raise
                except Exception as error:
                    refusal = error
        assert refusal is not None, "there is always a change to try"
        if not any(x.dtype.kind != "f" for x in self.arguments.arrays):
            raise refusal
        raise TracingError(
            f"{self.name} takes no other integers than those given, so that it cannot be found out what it does with "
            f"them, and they would be frozen into the compiled program: {refusal}. Give them as floats, or name the "
            "argument in static="
        ) from refusal

    def _ensure_reads_decide_nothing(self, first: Run, result: Any) -> None:
        """Refuse a branch on the numbers of a captured leaf: a nudge does not turn it, but quite other ones may."""
        read = [x for x in self.reads if isinstance(x, Tensor)]
        for change in FAR_OFF if read else ():
            with nudged(read, change):
                try:
                    again, other = self._run(self.arguments.arrays)
                    Lowering(self.name, first, again, dict(self.parameters)).lower(
                        self._numbers(result), self._numbers(other)
                    )
                except Exception:  # an assertion, perhaps; it depends on the numbers as well
                    raise TracingError(decides(self.name, read[0], self.reads[read[0]])) from None

    def _numbers(self, result: Any) -> list[Any]:
        found = leaves(result)
        for x in found:
            if not isinstance(x, Tensor | np.ndarray) and as_float(x) is None:
                raise ArgumentError(
                    f"{self.name} must return Tensors, in lists, tuples and dicts if there are several, to be compiled "
                    f"for whole arrays, not {type(x).__name__}: {brief(x)}"
                )
            if isinstance(x, Value):
                raise ArgumentError(f"{self.name} returns a Value; compiled for whole arrays, it must return Tensors")
        return [x if isinstance(x, Tensor | np.ndarray) else float(x) for x in found]

    def _one_number(self, result: Any) -> Any:
        if isinstance(result, Tensor) and result.size == 1 and result.dtype.kind == "f":
            return result
        if as_float(result) is not None:
            return result
        what = f"a Tensor of shape {result.shape}" if isinstance(result, Tensor) else brief(result)
        raise NotAScalarError(
            f"a gradient is of one number, but {self.name} returns {what}; return a loss, such as the mean"
        )

    def _explained(self, moved: MovedError, first: Run, result: Any) -> TracingError:
        """Find out why a number moved."""
        again, other = self._run(self.arguments.arrays)
        try:
            Lowering(self.name, first, again, dict(self.parameters)).lower(self._numbers(result), self._numbers(other))
        except MovedError:
            return TracingError(
                f"{moved}, with the same arguments: does it draw random numbers, or keep a state? A compiled function "
                "has what it draws frozen into it; give it as an argument"
            )
        if self.reads:
            leaf, line = next(iter(self.reads.items()))
            return TracingError(
                f"{moved}. It reads the numbers of {leaf.name or brief(leaf)} ({line}), which would be frozen into the "
                "compiled program. Use the Tensor itself, or give the numbers as an argument"
            )
        return TracingError(
            f"{moved}. It was computed from the numbers of an argument outside of the recorded operations, and would "
            "be frozen into the compiled program; an array of integers may be used as it is, reshaped, or in one_hot. "
            "Give what is computed from it as an argument of its own, or name the argument in static="
        )


def _captured(result: Any, run: Run) -> list[Tensor]:
    """Return the leaves from outside, in the order in which the function uses them."""
    found: dict[Any, None] = {}
    roots = [x for x in leaves(result) if isinstance(x, Tensor)]
    for node in reversed(operations(roots)):
        found.update((x, None) for x in node.parents if x.op is None)
    found.update((x, None) for x in roots if x.op is None)
    return [x for x in found if isinstance(x, Tensor) and x not in run.arguments and x.is_older_than(run.start)]


def _at(arguments: Mapping[Tensor, int], place: int) -> Tensor:
    return next(x for x, other in arguments.items() if other == place)


@contextmanager
def nudged(parameters: Sequence[Tensor], change: Callable[[Any], Any] = nudge) -> Iterator[None]:
    """Give leaves other numbers for a while, unnoticed by the graphs they are in."""
    chosen = list(dict.fromkeys(parameters))
    before = [(leaf._primal, leaf._kept) for leaf in chosen]
    try:
        for leaf in chosen:
            leaf._primal = change(leaf._primal)
            leaf._kept = None
        yield
    finally:
        for leaf, (primal, kept) in zip(chosen, before, strict=True):
            leaf._primal, leaf._kept = primal, kept


def _other_integers(given: Sequence[Array]) -> Iterator[list[Array]]:
    """Yield other integers, the most telling first; nothing but an empty list if none are given."""
    if not given:
        yield []
        return
    rng = np.random.default_rng(0)
    for _ in range(3):
        yield [_drawn(rng, x) for x in given]
    for step in (1, -1):
        yield [~x if x.dtype == bool else x + x.dtype.type(step) for x in given]


def _drawn(rng: np.random.Generator, x: Array) -> Array:
    """Return integers among those of ``x``, but not the largest if there are others, so that no count is kept."""
    if x.size == 0:
        return x.copy()
    if x.dtype == bool:
        return np.asarray(rng.random(x.shape) < 0.5)
    known = np.unique(x)
    if len(known) == 1:
        return x + 1 if known[0] <= 0 else x - 1
    drawn: Array = rng.choice(known[:-1], x.shape).astype(x.dtype)
    return drawn if not np.array_equal(drawn, x) else np.full_like(x, known[-1])
