"""Tracing: while a function is recorded for the compiler, its Values do not give away their numbers.

A number that Python has seen would be frozen into the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from autograd.errors import TracingError, brief, user_line

if TYPE_CHECKING:
    from autograd.variable import Variable

__all__ = ["Trace", "trace", "tracing"]


class Trace:
    """What is known of a function while it is recorded.

    Attributes
    ----------
    reads : dict of Variable to str
        The captured leaves whose numbers were read, and the user's line. That does no harm if nothing is made of them.
    """

    def __init__(self, arguments: Iterable[Variable]) -> None:
        self.arguments = frozenset(arguments)
        self.reads: dict[Variable, str] = {}

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
        what = "an argument" if x.op is None else f"the result of {x.op!r}"
        raise TracingError(
            f"{how} reads the number of {what} of a function that is being compiled; it differs from call to call "
            f"({user_line()}). Use where(condition, a, b), maximum, minimum or another function of autograd, or name "
            "the argument in static= to have the function recorded for each of its values"
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
