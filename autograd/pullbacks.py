"""Pullbacks of elementwise rows on whole arrays: the row's own text, times the adjoint of the result.

What `recorder` does for floats, this does for arrays: only the partial that is asked for is computed, with the
arrays' operators inlined. Array rows state their pullbacks themselves.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from autograd.primitives import strong_mul
from autograd.rows import Primitive
from autograd.symbols import SETTING, Symbol, to_code

__all__ = ["pullback"]

Pullback = Callable[..., Any]


@functools.lru_cache(maxsize=4096)
def pullback(row: Primitive, position: int, recorded: bool = False, strong: bool = False) -> Pullback:
    """Return ``f(g, y, *operands)``: ``g`` times the partial derivative by the operand at ``position``.

    Parameters
    ----------
    row : Primitive
        An elementwise row.
    recorded : bool, optional
        For Variables, instead of plain arrays.
    strong : bool, optional
        Count zero times a partial that is not finite as zero.
    """
    assert row.arity is not None
    functions: dict[str, Primitive] = {}
    operands = [Symbol(f"x{i}") for i in range(row.arity)]
    settings = {key: Symbol(SETTING + key) for key in row.settings}
    partial = row.partial_function(Symbol("y"), *operands, **settings)[position]
    g = Symbol("g")
    if strong:
        product: Any = strong_mul(g, partial)
    elif isinstance(partial, Symbol):
        product = g * partial
    else:  # a number; the usual ones cost nothing
        product = g if partial == 1 else -g if partial == -1 else g * partial
    text = to_code(product, functions, on_arrays=True)
    namespace: dict[str, Any] = {name: used if recorded else used.array_function for name, used in functions.items()}
    namespace |= {"inf": math.inf, "nan": math.nan}
    namespace |= {SETTING + key: value for key, value in row.settings.items()}
    parameters = ", ".join(["g", "y", *(x.text for x in operands)])
    function: Pullback = eval(compile(f"lambda {parameters}: {text}", f"<pullback of {row.name}>", "eval"), namespace)
    return function
