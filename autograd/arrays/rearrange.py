"""Rearrangements: every element of the result is an element of an operand.

Repeat, insert, choose, pad: there are many, and one rule holds for all of them. NumPy's own function, applied to the
numbers of the elements in place of the elements, tells which went where; so none of them states a derivative.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive, array_row, register_array_row
from autograd.arrays.dispatch import numpy_functions, refuse_argument
from autograd.settings import static

__all__ = ["Rearrangement", "gather", "rearrangement", "scatter"]


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


class _Slot(int):
    """Where an operand belongs in the arguments of a call: its position among the operands."""

    def __repr__(self) -> str:
        return f"<operand {int(self)}>"


class Rearrangement(ArrayPrimitive):
    """A row that moves, repeats or drops elements. It is linear in all its operands together.

    Its settings are the arguments of the call, with a slot in place of each operand.

    Attributes
    ----------
    function : callable
        NumPy's function, or one of ours. It looks at shapes and at static arguments, never at the elements it moves.
    moved : tuple of str
        Its parameters that hold what is moved: an array, or nested lists of arrays.
    """

    def __init__(self, function: Callable[..., Any], moved: tuple[str, ...]) -> None:
        doc = inspect.getdoc(function) or ""
        super().__init__(function.__name__, self._apply, self._transpose, linear="together", doc=doc)
        self.function = function
        self.moved = moved
        self.signature = inspect.signature(function)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the function to arguments as NumPy takes them."""
        operands: list[Any] = []
        settings = {}
        for name, x in self.signature.bind(*args, **kwargs).arguments.items():
            if name == "out":
                refuse_argument(self.function, name, x)
            else:
                settings[name] = _with_slots(x, operands) if name in self.moved else static(self.name, name, x)
        return self(*operands, **settings)

    def _apply(self, *operands: Any, **settings: Any) -> Any:
        filled = {name: _filled(x, operands) if name in self.moved else x for name, x in settings.items()}
        bound = inspect.BoundArguments(self.signature, filled)
        return self.function(*bound.args, **bound.kwargs)

    def _transpose(self, g: Any, y: Any, *operands: Any, position: int, **settings: Any) -> Any:
        shape, size = np.shape(operands[position]), np.size(operands[position])
        numbers = [np.broadcast_to(0, np.shape(x)) for x in operands]  # 0: an element of another operand
        numbers[position] = np.arange(1, size + 1).reshape(shape)
        return scatter(g, indices=self._apply(*numbers, **settings), shape=shape)


def _with_slots(x: Any, operands: list[Any]) -> Any:
    """Return ``x`` with a slot in place of each array or number, which goes to the operands."""
    if isinstance(x, list | tuple):
        return type(x)(_with_slots(element, operands) for element in x)
    operands.append(x)
    return _Slot(len(operands) - 1)


def _filled(x: Any, operands: Sequence[Any]) -> Any:
    return operands[x] if isinstance(x, _Slot) else type(x)(_filled(element, operands) for element in x)


def rearrangement(function: Callable[..., Any], *moved: str) -> Rearrangement:
    """Add NumPy's ``function``, which moves the elements of its parameters ``moved``, and return its row."""
    row = register_array_row(Rearrangement(function, moved))
    numpy_functions[function] = row.call
    return row
