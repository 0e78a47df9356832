"""Tracing: while a function is recorded for the compiler, its Values do not give away their numbers.

A number that Python has seen would be frozen into the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.errors import TracingError, brief, user_line

if TYPE_CHECKING:
    from autograd.variable import Variable

__all__ = ["Trace", "derived", "numbers_of", "trace", "tracing"]


class Trace:
    """What is known of a function while it is recorded.

    Attributes
    ----------
    reads : dict of Variable to str
        The captured leaves whose numbers were read, and the user's line. That does no harm if nothing is made of them.
    derived : list
        Plain arrays that were computed outside of the recorded operations, each with the function and its arguments.
    """

    def __init__(self, arguments: Iterable[Variable]) -> None:
        self.arguments = frozenset(arguments)
        self.reads: dict[Variable, str] = {}
        self.derived: list[tuple[Any, Callable[..., Any], tuple[Any, ...]]] = []

    def read(self, x: Variable, how: str) -> None:
        """Refuse to read a number that differs from call to call, and note that of a captured leaf.

        Raises
        ------
        TracingError
            If ``x`` is an argument, or made by an operation.
        """
        if x.op is None and x not in self.arguments:
            if x not in self.reads:
                self.reads[x] = user_line()
            return
        self.refuse(x, how)

    def refuse(self, x: Variable, how: str) -> NoReturn:
        """Refuse what depends on a number in another way than by recorded operations.

        Raises
        ------
        TracingError
            Always.
        """
        what = f"the result of {x.op!r}" if x.op is not None else "an argument" if x in self.arguments else brief(x)
        raise TracingError(
            f"{how} reads the number of {what} of a function that is being compiled; it differs from call to call "
            f"({user_line()}). Use where(condition, a, b), maximum, minimum or another function of autograd, or name "
            "the argument in static= to have the function recorded for each of its values"
        )

    def write(self, x: Variable) -> None:
        """Refuse to give a leaf another number: a program would not do it when it runs.

        Raises
        ------
        TracingError
            Always.
        """
        raise TracingError(
            f"{brief(x)} is given a number within a function that is being compiled ({user_line()}), which would "
            "happen while it is recorded, and never again. Do it outside, or return the number"
        )

    def branch(self, x: Variable) -> None:
        """Refuse to branch on a number.

        Raises
        ------
        TracingError
            Always.
        """
        what = brief(x) if x.op is None else f"the result of {x.op!r}"
        raise TracingError(
            f"bool() of {what} in a function that is being compiled, as in if, while, and, or, min and max of "
            f"Python: which way it goes differs from call to call ({user_line()}). Use where(condition, a, b), "
            "maximum, minimum, autograd.max or autograd.min, or name the argument in static= to have the function "
            "recorded for each of its values"
        )


def derived(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return ``function`` of the numbers of arguments, a plain array: an order of elements, a row for each index.

    While a function is recorded for the compiler, it is noted how the array was made, to be made anew at each call.
    """
    trace = tracing()
    if trace is None:
        return function(*arguments)
    found = function(*(getattr(x, "_primal", x) for x in arguments))
    found.flags.writeable = False  # so that nobody makes another array of it in place
    trace.derived.append((found, function, arguments))
    return found


def numbers_of(x: Any, how: str) -> Any:
    """Return the numbers of a Variable, on which a choice depends that has no derivative, and anything else as it is.

    Raises
    ------
    TracingError
        If ``x`` is a Variable and a function is being recorded for the compiler: the choice would be frozen.
    """
    if not hasattr(x, "_primal"):
        return x
    trace = tracing()
    if trace is not None:
        trace.refuse(x, how)
    return x._primal


_tracing: ContextVar[Trace | None] = ContextVar("tracing", default=None)

tracing = _tracing.get
"""``tracing()`` is the `Trace` of the function that is being recorded, in this thread and async task, or None."""


@contextmanager
def trace(arguments: Iterable[Any]) -> Iterator[Trace]:
    """Record a function of these arguments for the compiler."""
    current = Trace(arguments)
    token = _tracing.set(current)
    try:
        yield current
    finally:
        _tracing.reset(token)
