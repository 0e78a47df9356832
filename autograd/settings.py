"""Settings: the arguments of a row that are not differentiated, as a graph may keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd.errors import UnsupportedFunctionError
from autograd.rows import Operand
from autograd.tracing import tracing

__all__ = ["holds_operand", "own", "static"]


def static(function: str, name: str, x: Any) -> Any:
    """Return the argument ``x`` as a setting, which nobody else can write to.

    Raises
    ------
    UnsupportedFunctionError
        If it holds a Tensor or a Value: a setting is not differentiated.
    """
    if holds_operand(x):
        trace = tracing()
        if trace is not None:
            trace.refuse(next(operands_in(x)), f"{function} with it as {name}")
        raise UnsupportedFunctionError(
            f"{function} of a Tensor takes no Tensor as {name}, which is not differentiated; give plain numbers, such "
            "as t.numpy()"
        )
    return own(x)


def holds_operand(x: Any) -> bool:
    """Tell whether x is a Tensor or a Value, or has one within its lists and tuples."""
    return isinstance(x, Operand) or (isinstance(x, list | tuple) and any(map(holds_operand, x)))


def operands_in(x: Any) -> Iterator[Any]:
    """Yield the Tensors and Values in nested lists and tuples."""
    if isinstance(x, Operand):
        yield x
    elif isinstance(x, list | tuple):
        for part in x:
            yield from operands_in(part)


def own(x: Any) -> Any:
    """Return a static argument as the graph may keep it: an array as a copy, which nobody else can write to."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, list | tuple):
        copies: Iterable[Any] = map(own, x)
        return type(x)(*copies) if hasattr(x, "_fields") else type(x)(copies)
    return x
