"""Scopes: which call of which module, or of which function, made a node; pictures draw a frame around it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

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
    name : str
        What pictures call it, such as ``layers[0].neurons[2]``; may be empty.
    kind : str, optional
        What it is, such as ``Neuron``.
    owner : object, optional
        What was called. Its ``parameters()``, if it has such a method, are drawn inside the frame.

    Attributes
    ----------
    start, end : int
        The stamps before the first and behind the last of its nodes.

    Examples
    --------
    >>> from autograd import Scope, Value, draw
    >>> x = Value(0.5, name="x")
    >>> call = Scope("bump")
    >>> y = call.close((-x * x).exp())
    >>> [group.name for group in draw(y).groups]
    ['bump']
    """

    __slots__ = ("end", "kind", "name", "owner", "start")

    def __init__(self, name: str, kind: str = "", owner: Any = None) -> None:
        self.name = name
        self.kind = kind
        self.owner = owner
        self.start = self.end = next_stamp()

    def close(self, outputs: Any) -> Any:
        """End the scope, and return its outputs: a Variable, or a list, tuple or dict of them; others are let be."""
        self.end = next_stamp()
        self._mark(outputs)
        return outputs

    def _mark(self, outputs: Any) -> None:
        if isinstance(outputs, Variable):
            if outputs.op is not None and outputs.stamp > self.start:  # not merely passed through
                outputs.scopes = (self, *getattr(outputs, "scopes", ()))
        elif isinstance(outputs, list | tuple | dict):
            parts: Iterable[Any] = outputs.values() if isinstance(outputs, dict) else outputs
            for part in parts:
                self._mark(part)

    def __repr__(self) -> str:
        return f"<scope {' '.join(part for part in (self.kind, self.name) if part)}>"


def scope(name: str) -> Callable[[Function], Function]:
    """Return a decorator: what a call of the function records gets a frame of its own in pictures.

    Parameters
    ----------
    name : str
        What pictures call it.

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

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return Scope(name).close(function(*args, **kwargs))

        return call  # type: ignore[return-value]

    return decorate
