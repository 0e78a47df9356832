"""Elementwise rows as code on whole arrays: the value, and the pullback by each operand.

What `recorder` does for floats, this does for arrays, from the same text of the row: operators are inlined, and only
the partial that is asked for is computed. Array rows bring their code with them.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd.primitives import pow, strong_mul
from autograd.rows import Primitive
from autograd.symbols import Symbol, read_partials, read_value, to_code

__all__ = ["ArrayCode", "array_code", "pullback"]

Code = Callable[..., Any]


class ArrayCode(NamedTuple):
    """Functions made from an elementwise row.

    Attributes
    ----------
    value : callable or None
        ``value(*operands)``, of NumPy's functions alone, so it needs no user's context; None if the row has other code.
    pullbacks : tuple of callables
        For each operand, `pullback` on plain arrays.
    """

    value: Code | None
    pullbacks: tuple[Code, ...]


def array_code(row: Primitive) -> ArrayCode:
    """Return the code of an elementwise row, which is made once."""
    if row.array_code is None:
        row.array_code = ArrayCode(_value(row), tuple(pullback(row, i) for i in range(row.arity or 0)))
    code: ArrayCode = row.array_code
    return code


def _value(row: Primitive) -> Code | None:
    if row.base is pow:
        return operator.pow  # which has a short way for squares and square roots
    if isinstance(row.array_function, np.ufunc):
        return row.array_function
    if not row.composed:
        return None
    return _compiled(row, read_value(row, _symbols(row), row.settings), "", recorded=False)


@functools.lru_cache(maxsize=4096)
def pullback(row: Primitive, position: int, recorded: bool = False, strong: bool = False) -> Code:
    """Return ``f(g, y, *operands)``: ``g`` times the partial derivative by the operand at ``position``.

    Parameters
    ----------
    row : Primitive
        An elementwise row.
    position : int
        Which operand, counted from 0.
    recorded : bool, optional
        For Variables, instead of plain arrays.
    strong : bool, optional
        Count zero times a partial that is not finite as zero.
    """
    partial = read_partials(row, _symbols(row), row.settings)[position]
    g = Symbol("g")
    if strong:
        product: Any = strong_mul(g, partial)
    elif isinstance(partial, Symbol):
        product = g * partial
    else:  # a number; the usual ones cost nothing
        product = g if partial == 1 else -g if partial == -1 else g * partial
    return _compiled(row, product, "g, y, ", recorded)


def _symbols(row: Primitive) -> list[Symbol]:
    assert row.arity is not None
    return [Symbol(f"x{i}") for i in range(row.arity)]


def _compiled(row: Primitive, expression: Any, parameters: str, recorded: bool) -> Code:
    functions: dict[str, Primitive] = {}
    text = to_code(expression, functions, on_arrays=True)
    namespace: dict[str, Any] = {
        **{name: used if recorded else used.array_function for name, used in functions.items()},
        "inf": math.inf,
        "nan": math.nan,
    }
    if not parameters and text.isidentifier():  # the value is an operand: a new array all the same
        text = f"+{text}"
    operands = ", ".join(f"x{i}" for i in range(row.arity or 0))
    code: Code = eval(
        compile(f"lambda {parameters}{operands}: {text}", f"<array code of {row.name}>", "eval"), namespace
    )
    return code
