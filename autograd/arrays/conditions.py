"""Functions without a derivative (isnan, argmax, all), recorded: a compiled function computes them at each call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.array_rows import ArrayPrimitive
from autograd.rows import Operand
from autograd.tracing import Trace

__all__ = ["PlainRow", "recorded_plain"]


class PlainRow(ArrayPrimitive):
    """A row whose result has no derivative. Its settings are the arguments of the call, with slots for operands."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function.__name__, self._apply, [_zero])
        self.function = function

    def _apply(self, *operands: Any, args: Any, kwargs: Any) -> Any:
        return np.asarray(self.function(*_filled(args, operands), **_filled(kwargs, operands)))


class _Slot(int):
    """Where an operand belongs in the arguments of a call: its position among the operands."""

    def __repr__(self) -> str:
        return f"<operand {int(self)}>"


def _zero(g: Any, y: Any, *operands: Any, args: Any, kwargs: Any) -> Any:
    return np.zeros(np.shape(operands[0]))


def recorded_plain(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], of_numbers: Any, trace: Trace
) -> Any:
    """Apply NumPy's ``function`` to Tensors while a function is recorded for the compiler.

    Parameters
    ----------
    function : callable
        One without a derivative.
    args, kwargs : sequence and mapping
        Its arguments.
    of_numbers : object
        What it returns for the numbers.
    trace : Trace
        Of the function that is recorded.

    Raises
    ------
    TracingError
        If the result is no array, or one whose shape differs from call to call.
    """
    operands: list[Any] = []
    settings = {"args": _with_slots(tuple(args), operands), "kwargs": _with_slots(dict(kwargs), operands)}
    if function in _OF_ANY_SHAPE or not isinstance(of_numbers, np.ndarray | np.generic | bool):
        trace.refuse(operands[0], f"np.{function.__name__}")
    return PlainRow(function)(*operands, **settings)


_OF_ANY_SHAPE = (np.argwhere, np.flatnonzero, np.nonzero)


def _with_slots(x: Any, operands: list[Any]) -> Any:
    if isinstance(x, dict):
        return {key: _with_slots(part, operands) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(_with_slots(part, operands) for part in x)
    if isinstance(x, Operand):
        operands.append(x)
        return _Slot(len(operands) - 1)
    return x


def _filled(x: Any, operands: Sequence[Any]) -> Any:
    if isinstance(x, dict):
        return {key: _filled(part, operands) for key, part in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(_filled(part, operands) for part in x)
    return operands[x] if isinstance(x, _Slot) else x
