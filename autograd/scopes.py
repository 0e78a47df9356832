"""Scopes: which call of which module, or of which function, made a node; pictures draw a frame around it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from autograd.errors import ArgumentError, brief
from autograd.graph import next_stamp
from autograd.variable import Variable

__all__ = ["Scope", "scope"]

Function = TypeVar("Function", bound=Callable[..., Any])


class Scope:
    """One call of a module or function: the nodes made from when this was made until it was closed.

    A node carries a stamp, the order of creation, so two stamps say which nodes belong to the call; only its outputs
    remember it.

    Parameters
    ----------
    called : object
        A name; or what was called, which has a ``name``. Its ``parameters()``, if it has such a method, are drawn
        inside the frame. If it has parts ``in_turn``, which made one output each, one after the other, each of them
        gets a frame too.

    Attributes
    ----------
    start, end : int
        Its nodes have stamps between them.

    Examples
    --------
    >>> from autograd import Scope, Value, draw
    >>> x = Value(0.5, name="x")
    >>> call = Scope("bump")
    >>> y = call.close((-x * x).exp())
    >>> [group.name for group in draw(y).groups]
    ['bump']
    """

    __slots__ = ("called", "end", "ends", "start")

    def __init__(self, called: Any) -> None:
        self.called = called
        self.start = next_stamp()

    @property
    def name(self) -> str:
        """What pictures call it, such as ``layers[0].neurons[2]``; may be empty."""
        return self.called if isinstance(self.called, str) else getattr(self.called, "name", None) or ""

    @property
    def kind(self) -> str:
        """What was called, such as ``Neuron``; empty for a mere name."""
        return "" if isinstance(self.called, str) else type(self.called).__name__

    def close(self, outputs: Any) -> Any:
        """End the scope, and return its outputs: a Variable, or a list, tuple or dict of them; others are let be."""
        self.ends: list[int] = []
        self._mark((outputs,))
        self.end = next_stamp()
        return outputs

    def _mark(self, outputs: Iterable[Any]) -> None:
        for output in outputs:
            if isinstance(output, Variable):
                self.ends.append(output.stamp)
                if output.op is not None and output.stamp > self.start:  # not merely passed through
                    output.scopes = (self, *getattr(output, "scopes", ()))
            elif isinstance(output, list | tuple):
                self._mark(output)
            elif isinstance(output, dict):
                self._mark(output.values())

    def in_turn(self) -> Iterator[Scope]:
        """Yield the calls of the parts that made one output each."""
        parts = () if isinstance(self.called, str) else getattr(self.called, "in_turn", ())
        for part, start, end in zip(parts, [self.start, *self.ends], self.ends, strict=False):
            call = Scope(part)
            call.start, call.end, call.ends = start, end, [end]
            yield call

    def __repr__(self) -> str:
        return f"<scope {f'{self.kind} {self.name}'.strip()}>"


def scope(name: str) -> Callable[[Function], Function]:
    """Return a decorator: what a call of the function records gets a frame of its own in pictures.

    Parameters
    ----------
    name : str
        What pictures call it.

    Returns
    -------
    callable
        The decorator; what it returns is called like the function.

    Raises
    ------
    ArgumentError
        If the name is not a string of at least one letter; or, when it decorates, if what it is given does its work
        later than when it is called: a generator function, a coroutine function, a class. Inside these use `Scope`.

    Examples
    --------
    >>> import autograd
    >>> @autograd.scope("bump")
    ... def bump(x):
    ...     return autograd.exp(-x * x)
    >>> y = bump(bump(autograd.Value(0.5)))
    >>> [group.name for group in y.draw().groups]
    ['bump', 'bump (call 2)']
    """
    if not isinstance(name, str) or not name.strip():
        raise ArgumentError(f"a scope needs a name, not {brief(name)}: write @scope('attention')")

    def decorate(function: Function) -> Function:
        later = inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function)
        if later or isinstance(function, type) or inspect.isasyncgenfunction(function):
            raise ArgumentError(
                f"@scope frames what a function records until it returns, and {brief(function)} does its work later; "
                "inside it, write call = Scope(name) and call.close(outputs)"
            )

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return Scope(name).close(function(*args, **kwargs))

        return call  # type: ignore[return-value]

    return decorate
