"""Rearrangements: every element of the result is an element of an operand, or a constant.

Roll, repeat, pad, diagonal, sort: there are many, and one rule holds for all of them. NumPy's own function, applied to
the indices of the elements in place of the elements, tells which went where; so none of them states a derivative.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row, register_array_row
from autograd.arrays.dispatch import numpy_functions, own, refuse_argument

__all__ = ["gather", "rearrangement", "scatter"]


def _gather(x: Any, indices: Any) -> Any:
    return np.concatenate([np.zeros(1, np.asarray(x).dtype), np.ravel(x)])[indices]


def _scatter(x: Any, indices: Any, shape: tuple[int, ...]) -> Any:
    size = int(np.prod(shape))
    sums = np.bincount(np.ravel(indices), weights=np.ravel(x), minlength=size + 1)
    return sums[1:].reshape(shape).astype(x.dtype, copy=False)


gather = array_row(
    "gather",
    _gather,
    [lambda g, y, x, indices: scatter(g, indices=indices, shape=np.shape(x))],
    linear="each",
    doc="The elements at ``indices`` of x, flattened and counted from 1; 0 is no element, and gives 0.",
)
scatter: ArrayPrimitive = array_row(
    "scatter",
    _scatter,
    [lambda g, y, x, indices, shape: gather(g, indices=indices)],
    linear="each",
    doc="The transpose of gather: zeros of the given shape, to which each element of x is added where its index says.",
)


class _Slot:
    """Where an operand belongs in the arguments of a call."""

    def __init__(self, position: int) -> None:
        self.position = position


class Rearrangement(ArrayPrimitive):
    """A row that moves, repeats or drops elements.

    Attributes
    ----------
    function : callable
        NumPy's function.
    moved : tuple of str
        Its parameters that hold what is moved: an array, or nested lists of arrays.
    choice : callable, optional
        ``choice(numbered, operand, **arguments)`` returns what the function does with ``numbered``, where that depends
        on the elements of the operand itself, as in a sort.
    """

    def __init__(
        self, function: Callable[..., Any], moved: tuple[str, ...], choice: Callable[..., Any] | None = None
    ) -> None:
        super().__init__(function.__name__, self._value, self._transpose, doc=inspect.getdoc(function) or "")
        self.function = function
        self.moved = moved
        self.choice = choice
        self.signature = inspect.signature(function)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the function to arguments as NumPy takes them."""
        bound = self.signature.bind(*args, **kwargs)
        operands: list[Any] = []
        arguments = {}
        for name, x in bound.arguments.items():
            if name == "kwargs":  # those without a name in the signature
                arguments.update(
                    {key: _with_slots(y, operands) if key in self.moved else own(y) for key, y in x.items()}
                )
            elif name in ("out", "dtype"):
                refuse_argument(self.function, name, x)
            else:
                arguments[name] = _with_slots(x, operands) if name in self.moved else own(x)
        return self(*operands, arguments=arguments)

    def _apply(self, operands: Sequence[Any], arguments: dict[str, Any]) -> Any:
        filled = {name: _filled(x, operands) if name in self.moved else x for name, x in arguments.items()}
        by_position = [
            filled.pop(name)
            for name, p in self.signature.parameters.items()
            if p.kind is p.POSITIONAL_ONLY and name in filled
        ]
        return self.function(*by_position, **filled)

    def _value(self, *operands: Any, arguments: dict[str, Any]) -> Any:
        return self._apply(operands, arguments)

    def _indices(self, operands: Sequence[Any], arguments: dict[str, Any]) -> Any:
        """Return the index of each element of the result among all operands, counted from 1; 0 is none of them."""
        ends = np.cumsum([np.size(x) for x in operands])
        numbered = [
            np.arange(end - np.size(x) + 1, end + 1).reshape(np.shape(x)) for x, end in zip(operands, ends, strict=True)
        ]
        if self.choice is None:
            return np.asarray(self._apply(numbered, arguments))
        others = {name: x for name, x in arguments.items() if name not in self.moved}
        return self.choice(numbered[0], _array(operands[0]), **others)

    def _transpose(self, g: Any, y: Any, *operands: Any, position: int, arguments: dict[str, Any]) -> Any:
        before = sum(np.size(x) for x in operands[:position])
        shape = np.shape(operands[position])
        own_indices = self._indices(operands, arguments) - before
        own_indices[(own_indices < 0) | (own_indices > np.prod(shape))] = 0
        return scatter(g, indices=own_indices, shape=shape)

    def tangent(self, tangents: Sequence[Any], operands: Sequence[Any], settings: Any) -> Any:
        """Return the tangents, moved as the operands were."""
        moving = [np.zeros(np.size(x)) if t is None else np.ravel(t) for x, t in zip(operands, tangents, strict=True)]
        return gather(np.concatenate(moving), indices=self._indices(operands, **settings))


def _array(x: Any) -> Any:
    return getattr(x, "_primal", x)


def _with_slots(x: Any, operands: list[Any]) -> Any:
    """Return ``x`` with a slot in place of each array or number, which goes to the operands."""
    if isinstance(x, list | tuple):
        return [_with_slots(element, operands) for element in x]
    operands.append(x)
    return _Slot(len(operands) - 1)


def _filled(x: Any, operands: Sequence[Any]) -> Any:
    return operands[x.position] if isinstance(x, _Slot) else [_filled(element, operands) for element in x]


def rearrangement(function: Callable[..., Any], *moved: str, choice: Callable[..., Any] | None = None) -> Rearrangement:
    """Add NumPy's ``function``, which moves the elements of its parameters ``moved``, and return its row."""
    row = register_array_row(Rearrangement(function, moved, choice))
    numpy_functions[function] = row.call
    return row
