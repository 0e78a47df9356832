"""Recorders: for each row, a specialised function that computes and records a node, made from the row's own text.

As ``namedtuple`` writes its classes, so this writes one Python function for each row: value and partials inlined as
float arithmetic, one branch for each combination of variables and constants. Reading the row generically gives the
same numbers and takes five to ten times as long.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from autograd.errors import ArgumentError
from autograd.graph import next_stamp, recording
from autograd.rows import PLAIN_NUMBERS, Primitive, registry
from autograd.symbols import Symbol, precedence, to_code

__all__ = ["recorder"]


def recorder(row: Primitive, value_type: type, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of Values and plain numbers that applies ``row`` and records the node.

    Parameters
    ----------
    row : Primitive
        A row of fixed arity.
    value_type : type
        The class of its nodes.
    otherwise : callable
        Called with the row and the operands when one of them is of some other type.
    """
    namespace = {
        **_float_functions(),
        row.name: row.scalar_function,
        **row.settings,
        "Value": value_type,
        "new": object.__new__,
        "next_stamp": next_stamp,
        "recording": recording,
        "row": row,
        "ieee": functools.partial(_ieee, row),
        "PLAIN_NUMBERS": PLAIN_NUMBERS,
        "otherwise": otherwise,
    }
    exec(_code(row.base), namespace)
    function: Callable[..., Any] = namespace[f"record_{row.name}"]
    return function


def _float_functions() -> dict[str, Any]:
    """Return what a row's text may call, on floats: these raise where IEEE has an answer, and `_ieee` steps in."""
    basic = {name: row.scalar_function for name, row in registry.items() if not row.composed}
    return {**basic, "inf": math.inf, "nan": math.nan}


def _ieee(row: Primitive, are_variables: tuple[bool, ...], *operands: Any) -> tuple[float, tuple[float, ...]]:
    numbers = [x._primal if is_variable else x for x, is_variable in zip(operands, are_variables, strict=True)]
    y, partials = row.evaluate_ieee(numbers)
    return y, tuple(itertools.compress(partials, are_variables)) if recording() else ()


@functools.lru_cache(maxsize=1024)
def _code(row: Primitive) -> CodeType:
    """Compile the source of a row's recorder. It is made once, also for rows with other settings."""
    try:
        source = "\n".join(_source(row))
    except TypeError as error:
        raise ArgumentError(
            f"the expressions of the row {row.name!r} must be made of operators and functions of autograd, which can "
            f"be read on symbols too; reading them so failed with: {error}"
        ) from error
    return compile(source, f"<recorder of {row.name}>", "exec")


def _source(row: Primitive) -> Iterator[str]:
    arity = row.arity or 0
    operands = [f"x{i}" for i in range(arity)]
    numbers = [f"n{i}" for i in range(arity)]
    value, partials = _texts(row, numbers)
    yield f"def record_{row.name}({', '.join(operands)}):"
    word = "if"
    for kinds in itertools.product((True, False), repeat=arity):
        if not any(kinds):
            continue
        tests = [
            f"{x}.__class__ is Value" if kind else f"{x}.__class__ in PLAIN_NUMBERS"
            for x, kind in zip(operands, kinds, strict=True)
        ]
        parents = "".join(f"{x}, " for x in itertools.compress(operands, kinds))
        wanted = "".join(f"{text}, " for text in itertools.compress(partials, kinds))
        yield f"    {word} {' and '.join(tests)}:"
        yield "        try:"
        for x, number, kind in zip(operands, numbers, kinds, strict=True):
            yield f"            {number} = {x}._primal" if kind else f"            {number} = float({x})"
        yield f"            y = {value}"
        yield f"            partials = ({wanted}) if recording() else ()"
        yield "        except (ArithmeticError, ValueError):"
        yield f"            y, partials = ieee({kinds}, {', '.join(operands)})"
        if all(kinds):
            yield f"        inputs = parents = ({parents})"
        else:
            yield f"        inputs = ({', '.join(operands)})"
            yield f"        parents = ({parents})"
        word = "elif"
    yield "    else:"
    yield f"        return otherwise(row, {', '.join(operands)})"
    yield from (
        "    node = new(Value)",
        "    node._primal = y",
        "    node._grad = node._name = None",
        "    node.reached = 0",
        "    node.stamp = next_stamp()",
        "    if partials:",
        "        node.op = row",
        "        node.inputs = inputs",
        "        node.parents = parents",
        "        node.partials = partials",
        "    else:",
        "        node.op = None",
        "        node.inputs = node.parents = node.partials = ()",
        "    return node",
    )


def _texts(row: Primitive, numbers: list[str]) -> tuple[str, list[str]]:
    """Return the row's value and partials as source text."""
    symbols = [Symbol(number) for number in numbers]
    settings = {key: Symbol(key) for key in row.settings}
    if row.composed:
        value = to_code(row.array_function(*symbols, **settings))
    elif precedence(row) is not None or row.name == "neg":
        value = to_code(Symbol("", row, tuple(symbols)))
    else:
        value = f"{row.name}({', '.join([*numbers, *settings])})"
    return value, [to_code(p) for p in row.partial_function(Symbol("y"), *symbols, **settings)]
