"""Arguments of a compiled function: arrays with the samples on axis 0, taken apart into samples and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

import numpy as np
from numpy import ndarray

from autograd.arguments import positional_names
from autograd.compiler.plan import Space
from autograd.containers import like
from autograd.errors import ArgumentError, NotANumberError, SizeError, brief
from autograd.numbers import OTHER_ALGEBRAS
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["BY_ARGUMENT", "Batch", "Part", "hashable", "taken_apart"]

Array = np.ndarray[Any, Any]

FLOAT = np.dtype(np.float64)

BY_ARGUMENT = "By an argument, a compiled f is differentiated by f.grad(x, argnums=0), not by autograd.grad(f)(x)."
"""What a compiled function says that was given a Variable, as `grad` and its kin give one."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one array among the arguments is like; programs are recorded for each such structure.

    Attributes
    ----------
    shape : tuple of int
        The shape of one sample.
    is_integer : bool
        Whether it is made of integers, which pick from lists and tables.
    batched : bool
        Whether it has an axis for the samples; a single number has none.
    """

    shape: tuple[int, ...]
    is_integer: bool
    batched: bool

    @property
    def size(self) -> int:
        """How many numbers a sample has."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def space(self) -> Space:
        """The space of its numbers."""
        return Space(self.size, self.batched, is_input=True, is_integer=self.is_integer)


class Batch:
    """The arguments of one call.

    Attributes
    ----------
    args, kwargs : tuple and mapping
        The arguments as given.
    arrays : sequence of ndarray
        All arrays in them, float64 or int64.
    static : tuple
        What is handed on as it is, with its position or name.
    samples : int
        How many samples there are; 1 if no array has an axis for them.
    structure : hashable
        What decides which program is recorded.
    """

    __slots__ = ("args", "arrays", "kwargs", "samples", "static", "structure")

    def __init__(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        arrays: Sequence[Array],
        static: tuple[tuple[Any, Any], ...],
        samples: int,
        structure: Any,
    ) -> None:
        self.args = args
        self.kwargs = kwargs
        self.arrays = arrays
        self.static = static
        self.samples = samples
        self.structure = structure

    @property
    def parts(self) -> tuple[Part, ...]:
        """What each of the arrays is like."""
        return tuple(Part(x.shape[1:], x.dtype.kind == "i", x.ndim > 0) for x in self.arrays)

    def place_of(self, key: int | str) -> int:
        """Return the place, among the arrays, of the argument at a position or of a name."""
        given: dict[Any, Any] = {**dict(enumerate(self.args)), **self.kwargs}
        static = dict(self.static)
        if key not in given:
            raise ArgumentError(f"argument {key!r} was not given, and cannot be differentiated by")
        if key in static or isinstance(given[key], tuple | dict):
            raise ArgumentError(f"argument {key!r} is no array, and cannot be differentiated by")
        before = list(given)[: list(given).index(key)]
        return sum(len(list(_arrays_in(given[other]))) for other in before if other not in static)

    def names(self, f: Callable[..., Any]) -> list[str]:
        """Return what each array is called by the signature of ``f``, such as ``x`` and ``pair[1]``."""
        known = positional_names(f)
        static = dict(self.static)
        given: dict[Any, Any] = {**dict(enumerate(self.args)), **self.kwargs}
        return [
            f"{key if isinstance(key, str) else known[key] if key < len(known) else f'args[{key}]'}{place}"
            for key, x in given.items()
            if key not in static
            for place, _ in _arrays_in(x)
        ]

    def call(self, f: Callable[..., Any], samples: Sequence[Any]) -> Any:
        """Call a function with these samples in place of the arrays."""
        following = iter(samples)
        static = dict(self.static)
        args = [static[i] if i in static else _filled(x, following) for i, x in enumerate(self.args)]
        kwargs = {key: static[key] if key in static else _filled(x, following) for key, x in self.kwargs.items()}
        return f(*args, **kwargs)


def _arrays_in(form: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the arrays of an argument with their places in it: a list is an array, tuples and dicts hold several."""
    if isinstance(form, dict):
        for key, part in form.items():
            yield from _arrays_in(part, f"{place}[{key!r}]")
    elif isinstance(form, tuple):
        for i, part in enumerate(form):
            yield from _arrays_in(part, f"{place}[{i}]")
    else:
        yield place, form


def _filled(form: Any, following: Iterator[Any]) -> Any:
    """Return an argument with what follows in place of its arrays."""
    if isinstance(form, dict):
        return {key: _filled(part, following) for key, part in form.items()}
    if isinstance(form, tuple):
        return like(form, [_filled(part, following) for part in form])
    return next(following)


def taken_apart(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], static: frozenset[Any]) -> Batch:
    """Return the arguments of a call as arrays.

    Raises
    ------
    NotANumberError
        If an argument is not made of real numbers.
    SizeError
        If they have not the same number of samples, or none.
    """
    arrays: Sequence[Array] = args
    held: tuple[tuple[Any, Any], ...] = ()
    form: Any = None
    is_usual = not kwargs and not static
    for x in args:
        is_usual = is_usual and x.__class__ is ndarray and x.dtype is FLOAT
    if not is_usual:
        arrays, held, form = _arrays_of(name, args, kwargs, static)
    samples = -1
    samples_like: list[Any] = []
    for x in arrays:
        shape = x.shape
        if shape:
            if shape[0] != samples:
                if samples >= 0 or not shape[0]:
                    _refuse_sizes(name, arrays)
                samples = shape[0]
            samples_like.append(shape[1:] if x.dtype is FLOAT else (shape[1:],))
        else:
            samples_like.append(x.dtype.kind)
    structure = tuple(samples_like)
    return Batch(args, kwargs, arrays, held, abs(samples), structure if form is None else (structure, form))


def _arrays_of(
    name: str, args: Sequence[Any], kwargs: Mapping[str, Any], static: frozenset[Any]
) -> tuple[list[Array], tuple[tuple[Any, Any], ...], Any]:
    """Return the arrays of a call, what is static, and what else decides its structure; None if each is an array."""
    arrays: list[Array] = []
    held: list[tuple[Any, Any]] = []
    is_plain = not kwargs
    for key, x in chain(enumerate(args), kwargs.items()):
        if key in static:
            held.append((key, hashable(name, key, x)))
        else:
            is_plain = is_plain and not isinstance(x, tuple | dict)
            arrays += [_array(name, key, place, part) for place, part in _arrays_in(x)]
    if is_plain and not held:
        return arrays, (), None
    forms = tuple(tuple(place for place, _ in _arrays_in(x)) for x in (*args, *kwargs.values()))
    types = tuple(type(x) for _, x in held)  # 1 and True are equal
    return arrays, tuple(held), (tuple(held), types, tuple(kwargs), forms)


def _refuse_sizes(name: str, arrays: Sequence[Array]) -> NoReturn:
    if any(x.ndim and not len(x) for x in arrays):
        raise SizeError(f"{name} was given a batch without a sample")
    shapes = ", ".join(str(x.shape) for x in arrays)
    raise SizeError(
        f"{name} is compiled for batches, with the samples on axis 0 of every argument, but the arguments have the "
        f"shapes {shapes}"
    )


def hashable(name: str, key: Any, x: Any) -> Any:
    """Return a static argument, by whose value programs are told apart, or refuse it."""
    try:
        hash(x)
    except TypeError:
        raise ArgumentError(
            f"the static argument {key!r} of {name} must be hashable, as numbers, strings and tuples are, not "
            f"{brief(x)}"
        ) from None
    return x


def _array(name: str, key: Any, place: str, x: Any) -> Array:
    if isinstance(x, Variable):
        raise NotANumberError(
            f"argument {key!r}{place} of {name} is a {type(x).__name__}; a compiled function takes plain numbers and "
            f"arrays, with the samples on axis 0. What it captures are its parameters. {BY_ARGUMENT}"
        )
    try:
        array = np.asarray(x)
    except ValueError as error:  # lists of unequal length
        raise SizeError(f"argument {key!r}{place} of {name} is no array: {error}") from None
    if array.dtype.kind == "O" and any(isinstance(element, Value) for element in array.flat):
        raise NotANumberError(f"argument {key!r}{place} of {name} has Values in it; give their numbers")
    if array.dtype.kind not in "biuf" or isinstance(x, OTHER_ALGEBRAS):
        raise NotANumberError(f"argument {key!r}{place} of {name} must be made of real numbers, not {brief(x)}")
    return array.astype(np.int64 if array.dtype.kind in "iu" else np.float64, copy=False)
