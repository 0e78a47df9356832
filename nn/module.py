"""Module: something with parameters, which are called by their place in it."""

from __future__ import annotations

import itertools
import reprlib
import textwrap
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Value

__all__ = ["Module", "title"]


class Place(str):
    """A name given by a module. Its own type tells it from a name the user gave, which is never replaced."""

    __slots__ = ()


class _NamedWhenBuilt(ABCMeta):
    # Places are known when the last line of the outermost __init__ has run. Only the call of the class comes after
    # that line; __init_subclass__ could wrap each __init__, but would then name once for every class in the line.
    # An inner module is built, and names, before the outer one, so the outermost place wins. Copying and unpickling
    # do not call the class, so they keep the names.
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        module = super().__call__(*args, **kwargs)
        for place, part in module.named_parts():
            if part.name is None or isinstance(part.name, Place):
                part.name = Place(place)
        return module


class Module(metaclass=_NamedWhenBuilt):
    """Base of everything that has parameters. A subclass sets attributes and says what calling it does.

    Its parameters are the leaf Values found in its attributes, in modules there, and in lists, tuples and dicts of
    these, nested in any way. When the module is built, each is given its place as its name, unless it has one.

    Examples
    --------
    >>> import numpy as np

    from autograd import Value
    >>> from nn import Module
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.start = Value(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.start
    >>> line = Line()
    >>> line(3.0).data
    7.0
    >>> line.parameters()
    [Value(2.0, name='slope', grad=0.0), Value(1.0, name='start', grad=0.0)]
    """

    name: str | None = None
    """Its place in the module it is part of; None for the outermost."""

    @abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs for one sample."""

    def named_parts(self) -> Iterator[tuple[str, Value | Module]]:
        """Yield every parameter and every module inside, each once, with its place.

        Yields
        ------
        place : str
            The Python expression that reaches it from this module, such as ``layers[0].neurons[2].w[1]``.
        part : Value or Module

        Examples
        --------
        >>> from nn import Layer
        >>> [place for place, _ in Layer(1, 2).named_parts()]
        ['neurons[0]', 'neurons[0].w[0]', 'neurons[0].b', 'neurons[1]', 'neurons[1].w[0]', 'neurons[1].b']
        """
        return _walk(self, "", {id(self)})

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield every parameter once, with its place in this module.

        Yields
        ------
        place : str
            As in `named_parts`. It is the place even where the user has given the parameter a name.
        parameter : Value

        Examples
        --------
        >>> from nn import Neuron
        >>> [place for place, _ in Neuron(2).named_parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        return ((place, part) for place, part in self.named_parts() if isinstance(part, Value))

    def parameters(self) -> list[Value]:
        """Return every parameter once.

        Examples
        --------
        >>> from nn import Neuron
        >>> len(Neuron(2).parameters())
        3
        """
        return [parameter for _, parameter in self.named_parameters()]

    @property
    def num_parameters(self) -> int:
        """How many parameters there are, a shared one counted once."""
        return len(self.parameters())

    def zero_grad(self) -> None:
        """Set every parameter's gradient to zero.

        Examples
        --------
        >>> from nn import Neuron
        >>> neuron = Neuron(2)
        >>> neuron([1.0, 2.0]).backward()
        >>> neuron.zero_grad()
        >>> [p.grad for p in neuron.parameters()]
        [0.0, 0.0, 0.0]
        """
        for parameter in self.parameters():
            parameter.grad = 0.0

    def extra_repr(self) -> str:
        """Return what the repr shows beside the modules inside; a subclass may override it."""
        return ""

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        modules = [(place, repr(part)) for place, part in _direct_parts(self) if isinstance(part, Module)]
        lines = [self.extra_repr()] if self.extra_repr() else []
        for (_, text), group in itertools.groupby(modules, key=lambda entry: (_container(entry[0]), entry[1])):
            places = [place for place, _ in group]
            alike = f"{places[0]} to {places[-1]}: {len(places)} x" if len(places) > 1 else f"{places[0]}:"
            lines.append(f"{alike} {text}")
        inside = "\n" + textwrap.indent("\n".join(lines), "  ") + "\n" if modules else "".join(lines)
        return f"{type(self).__name__}({inside})"


def title(module: Module) -> str:
    """Return what an error message calls the module: its kind and, if it is part of another, its place there."""
    return f"{type(module).__name__} {module.name}" if module.name else type(module).__name__


def _walk(module: Module, prefix: str, seen: set[int]) -> Iterator[tuple[str, Value | Module]]:
    for place, part in _direct_parts(module):
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield prefix + place, part
        if isinstance(part, Module):
            yield from _walk(part, f"{prefix}{place}.", seen)


def _direct_parts(module: Module) -> Iterator[tuple[str, Value | Module]]:
    for attribute, thing in vars(module).items():
        yield from _parts_in(thing, attribute)


def _parts_in(thing: Any, place: str) -> Iterator[tuple[str, Value | Module]]:
    if isinstance(thing, Module) or (isinstance(thing, Value) and thing.is_leaf):
        yield place, thing
    elif isinstance(thing, list | tuple) or (isinstance(thing, np.ndarray) and thing.dtype == object and thing.ndim):
        for index, element in enumerate(thing):
            yield from _parts_in(element, f"{place}[{index}]")
    elif isinstance(thing, dict):
        for key, element in thing.items():
            yield from _parts_in(element, f"{place}[{key!r}]")


def _container(place: str) -> str:
    return place.rpartition("[")[0] if place.endswith("]") else place
