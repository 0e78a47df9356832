"""Arguments of a compiled function of whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiler.arguments import BY_ARGUMENT, hashable
from autograd.containers import leaves, like
from autograd.errors import NotANumberError, brief
from autograd.numbers import OTHER_ALGEBRAS
from autograd.variable import Variable

__all__ = ["WholeArrays", "whole_arrays"]

Array = np.ndarray[Any, Any]


@dataclass(slots=True, eq=False)
class WholeArrays:
    """The arguments of one call.

    Attributes
    ----------
    args, kwargs : tuple and dict
        As they were given.
    keys : list
        For each array, the argument it is in: a position or a name.
    arrays : list of ndarray
        The arrays in them: of floats, which are differentiated, and of integers or truths of at least one axis.
    structure : hashable
        What decides which program is recorded: shapes, types, and what else was given.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    keys: list[Any]
    arrays: list[Array]
    structure: Any
    static: frozenset[Any]

    def call(self, f: Callable[..., Any], elements: Sequence[Any]) -> Any:
        """Call a function with ``elements`` in place of the arrays."""
        following = iter(elements)

        def filled(x: Any) -> Any:
            if isinstance(x, dict):
                return {key: filled(part) for key, part in x.items()}
            if isinstance(x, tuple):
                return like(x, [filled(part) for part in x])
            return x if _is_held(x) else next(following)

        args = [x if i in self.static else filled(x) for i, x in enumerate(self.args)]
        kwargs = {key: x if key in self.static else filled(x) for key, x in self.kwargs.items()}
        return f(*args, **kwargs)

    def places_of(self, key: int | str) -> list[int]:
        """Return the places, among the arrays, of those of an argument."""
        return [i for i, other in enumerate(self.keys) if other == key]


def whole_arrays(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], static: frozenset[Any]) -> WholeArrays:
    """Return the arguments of a call as arrays: lists are arrays, tuples and dicts hold several.

    Raises
    ------
    NotANumberError
        If one is not made of real numbers.
    ArgumentError
        If a static one is not hashable.
    """
    if not kwargs and not static and all(map(_is_usual, args)):
        structure: Any = tuple([(x.shape, x.dtype.char) for x in args])
        return WholeArrays(args, kwargs, list(range(len(args))), list(args), structure, static)
    keys: list[Any] = []
    arrays: list[Array] = []
    described: list[Any] = []

    def enter(key: Any, x: Any) -> None:
        if _is_usual(x):
            keys.append(key)
            arrays.append(x)
            described.append((x.shape, x.dtype.char))
        elif isinstance(x, tuple | dict):
            described.append((type(x), tuple(x) if isinstance(x, dict) else len(x)))
            for part in x.values() if isinstance(x, dict) else x:
                enter(key, part)
        elif _is_held(x):
            described.append((type(x), x))
        else:
            enter_array(key, x)

    def enter_array(key: Any, x: Any) -> None:
        if isinstance(x, Variable) or (isinstance(x, list) and any(isinstance(e, Variable) for e in leaves(x))):
            raise NotANumberError(
                f"argument {key!r} of {name} is made of {brief(x)}; a compiled function takes plain arrays. What it "
                f"captures are its parameters. {BY_ARGUMENT}"
            )
        array = np.asarray(x)
        if array.dtype.kind not in "biuf" or isinstance(x, OTHER_ALGEBRAS):
            raise NotANumberError(
                f"argument {key!r} of {name} must be made of real numbers, not {brief(x)}; if it is to be handed on as "
                "it is, name it in static="
            )
        if array.dtype.kind == "f" and array.dtype not in (np.float64, np.float32):
            array = array.astype(np.float64)
        keys.append(key)
        arrays.append(array)
        described.append((array.shape, array.dtype.char))

    for key, x in [*enumerate(args), *kwargs.items()] if kwargs else enumerate(args):
        if key in static:
            described.append((key, type(x), hashable(name, key, x)))
        else:
            enter(key, x)
    structure = (tuple(described), tuple(kwargs), "of several kinds")
    return WholeArrays(args, kwargs, keys, arrays, structure, static)


def _is_usual(x: Any) -> bool:
    return x.__class__ is np.ndarray and x.ndim > 0 and x.dtype.char in "dlfqi?"


def _is_held(x: Any) -> bool:
    """Tell what is handed on as it is, and recorded for each of its values: a count, a choice, a name."""
    return x is None or isinstance(x, str | bool | int | np.integer | np.bool_)
