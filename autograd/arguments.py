"""Which arguments of a function it is differentiated by, and what messages call them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from autograd.containers import leaves, places
from autograd.errors import ArgumentError, brief, listed

__all__ = ["Argnums", "Arguments", "name_of", "named", "parameters_of", "positional_names"]

Argnums = int | str | Sequence[int | str]
"""How arguments are named: by position, by name, or several of them."""

KEYS = (int, str, np.integer)

Function = TypeVar("Function", bound=Callable[..., Any])


class Arguments:
    """Some arguments of a function, by number or by name.

    Parameters
    ----------
    f : callable
        The function.
    argnums : int, str, or sequence of them
        A number counts positional arguments from 0; a name is that of a parameter, however it is given.

    Attributes
    ----------
    several : bool
        Whether they were named in a sequence, so that a tuple belongs to them.
    """

    def __init__(self, f: Callable[..., Any], argnums: Argnums) -> None:
        if not callable(f):
            raise ArgumentError(f"{brief(f)} is no function; write grad(f)(x), where f is one")
        self.f = f
        self.several = isinstance(argnums, Iterable) and not isinstance(argnums, KEYS)
        self.which: list[Any] = list(argnums) if self.several else [argnums]  # type: ignore[arg-type]
        for key in self.which:
            if not isinstance(key, KEYS) or isinstance(key, bool):
                raise ArgumentError(
                    f"argnums must say which arguments of {name_of(f)}, by numbers from 0 or by names, not "
                    f"{brief(argnums)}"
                )
        self._ensure_each_once(self.which)
        self.by_name = any(isinstance(key, str) for key in self.which)

    def _ensure_each_once(self, keys: Sequence[Any]) -> None:
        if len(set(keys)) < len(keys):
            raise ArgumentError(f"an argument of {name_of(self.f)} is named twice in argnums={tuple(self.which)}")
        if not keys:
            raise ArgumentError(f"name at least one argument of {name_of(self.f)} to differentiate by")

    def find(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        """Return for each of them its position among ``args`` or its key in ``kwargs``, and what it is.

        Raises
        ------
        ArgumentError
            If one of them was not given, or is named twice.
        """
        for i in self.which:
            if not isinstance(i, str) and not 0 <= i < len(args):
                raise ArgumentError(
                    f"{name_of(self.f)} cannot be differentiated by its positional argument {i}: {len(args)} were given"
                )
        if not self.by_name:
            return self.which, [args[i] for i in self.which]
        keys = [self._located(key, args, kwargs) if isinstance(key, str) else key for key in self.which]
        self._ensure_each_once(keys)
        defaults = parameters_of(self.f)
        points = [
            args[key] if not isinstance(key, str) else kwargs[key] if key in kwargs else defaults[key].default
            for key in keys
        ]
        return keys, points

    def _located(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int | str:
        if name in kwargs:
            return name
        parameters = parameters_of(self.f)
        if name in parameters:
            parameter = parameters[name]
            position = list(parameters).index(name)
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD) and position < len(args):
                return position
            if parameter.kind is not parameter.POSITIONAL_ONLY and parameter.default is not parameter.empty:
                return name
        known = ", ".join({**parameters, **kwargs}) or "none"
        raise ArgumentError(
            f"{name_of(self.f)} cannot be differentiated by its argument {name!r}: it was not given, and its "
            f"parameters are: {known}"
        )

    def label(self, key: int | str) -> str:
        """Return what messages call an argument as a whole."""
        return f"argument {key!r}" if isinstance(key, str) else f"argument {key}"

    def labels(self, key: int | str, point: Any) -> list[str]:
        """Return what messages call each leaf of an argument: such as ``params['w'][2]``."""
        if not isinstance(point, list | tuple | dict):
            return [self.label(key)]
        names = positional_names(self.f)
        known = isinstance(key, str) or key < len(names)
        name = (key if isinstance(key, str) else names[key]) if known else self.label(key)
        return list(places(point, name))

    def unreached(self, keys: Sequence[Any], points: Sequence[Any], is_reached: Sequence[bool]) -> str:
        """Return a list, in words, of the leaves that are not reached; an argument of which none is, as a whole."""
        named, start = [], 0
        for key, point in zip(keys, points, strict=True):
            reached = is_reached[start : start + len(leaves(point))]
            start += len(reached)
            if reached and not any(reached):
                named.append(f"its {self.label(key)}")
            else:
                named += [label for label, found in zip(self.labels(key, point), reached, strict=True) if not found]
        return listed(named)


def parameters_of(f: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function by name; none where it does not tell."""
    try:
        return inspect.signature(f).parameters
    except ValueError:  # some functions written in C do not tell
        return {}


def positional_names(f: Callable[..., Any]) -> list[str]:
    """Return the names of the parameters that can be given by position."""
    return [name for name, p in parameters_of(f).items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def name_of(f: Callable[..., Any]) -> str:
    """Return what messages call a function."""
    return getattr(f, "__name__", None) or repr(f)


def named(kind: str, f: Callable[..., Any], derivative: Function) -> Function:
    """Return the derivative, which takes what ``f`` takes, with a name that says so and the signature of ``f``."""
    derivative.__name__ = f"{kind}({name_of(f)})"
    derivative.__wrapped__ = f  # type: ignore[attr-defined]  # where inspect.signature looks
    return derivative
