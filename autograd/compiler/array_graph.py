"""What a function of whole arrays computes: operations on arrays, of which equal ones are one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

__all__ = ["ArrayGraph", "Constant", "Given", "Node", "Operation", "Slot"]

Array = np.ndarray[Any, Any]


class Slot(int):
    """Where an operand belongs in the settings of an operation: its position among the operands."""

    def __repr__(self) -> str:
        return f"<operand {int(self)}>"


@dataclass(frozen=True, slots=True)
class Given:
    """An array that is read at each call.

    Attributes
    ----------
    kind : {"parameter", "argument"}
        Whether it is a captured leaf or an argument.
    index : int
        Which of them.
    shape : tuple of int
        Its shape.
    dtype : dtype
        The type of its elements.
    """

    kind: str
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Constant:
    """An array, or a plain number, that is the same at each call."""

    value: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its elements."""
        return np.result_type(self.value)


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of arrays.

    Attributes
    ----------
    name : str
        What it is called.
    function : callable
        ``function(*operands, **settings)`` returns the result. A ufunc, or what the kernels of the program know, can
        write it to a buffer.
    operands : tuple of int
        The numbers of other nodes.
    settings : mapping
        What is not differentiated; a `Slot` in place of what is computed.
    in_settings : int
        How many operands, the last ones, belong into the settings.
    shape : tuple of int
        The shape of the result.
    dtype : dtype
        The type of its elements.
    """

    name: str
    function: Callable[..., Any]
    operands: tuple[int, ...]
    settings: Mapping[str, Any]
    in_settings: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


Node = Given | Constant | Operation


@final
@dataclass(eq=False)
class ArrayGraph:
    """Nodes, operands before operations.

    Attributes
    ----------
    nodes : list
        They are called by their numbers in it.
    """

    nodes: list[Node] = field(default_factory=list)
    _known: dict[Any, int] = field(default_factory=dict)

    def add(self, node: Node) -> int:
        """Return the number of a node, which is made if there is no equal one."""
        key = _key(node)
        if key is None:
            self.nodes.append(node)
            return len(self.nodes) - 1
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.nodes)
            self.nodes.append(node)
        return number

    def live(self, roots: Iterable[int]) -> list[int]:
        """Return the nodes that the roots are made of, rising."""
        found = set()
        waiting = list(roots)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                node = self.nodes[number]
                if isinstance(node, Operation):
                    waiting.extend(node.operands)
        return sorted(found)


def _key(node: Node) -> Any:
    """Return what equal nodes have in common; None for one that is like no other."""
    if isinstance(node, Given):
        return node
    if isinstance(node, Constant):
        return _key_of(node.value)
    settings = _key_of(dict(node.settings))
    return (
        None if settings is None else (node.function, node.operands, settings, node.in_settings, node.shape, node.dtype)
    )


LARGE = 4096  # elements of a constant that is not looked through for another like it


def _key_of(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return (x.shape, x.dtype.str, x.tobytes()) if x.size <= LARGE else ("array", id(x))
    if isinstance(x, Mapping):
        parts: Sequence[Any] = [_key_of(part) for part in x.values()]
        return None if None in parts else (tuple(x), *parts)
    if isinstance(x, list | tuple):
        parts = [_key_of(part) for part in x]
        return None if None in parts else (type(x), *parts)
    if isinstance(x, slice):
        return ("slice", _key_of(x.start), _key_of(x.stop), _key_of(x.step))
    if isinstance(x, float):
        return x.hex()
    try:
        hash(x)
    except TypeError:
        return None
    return (type(x), x)
