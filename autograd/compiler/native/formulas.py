"""Expressions as short programs: each term once, its operands before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.compiler.native.rows import CONDITIONS, ROWS, power
from autograd.compiler.native.text import Vector
from autograd.errors import AutogradError
from autograd.symbols import Symbol

__all__ = ["Formulas", "UnreadableRowError", "emit", "read"]

Term = tuple[Any, ...]
Formulas = tuple[tuple[Term, ...], tuple[int, ...]]
"""Terms, and which of them are the values. A term is an operand ``("x", 2)``, a number ``("number", "0x1.8p+1")`` or a
row applied to terms ``("add", 0, 1)``."""


class UnreadableRowError(AutogradError):
    """A row whose value is a function of Python that is no expression of autograd's own rows."""


def read(expressions: Sequence[Any]) -> Formulas:
    """Return the terms of expressions; equal ones once.

    Raises
    ------
    UnreadableRowError
        If a row cannot be made code.
    """
    terms: dict[Term, int] = {}
    places: dict[int, int] = {}  # of the terms of symbols, by the symbols' ids
    expanded: dict[int, tuple[Any, ...]] = {}  # which also keeps what is made here, so that no id comes twice
    stack = list(expressions)
    while stack:
        current = stack[-1]
        if id(current) in places:
            stack.pop()
            continue
        if not isinstance(current, Symbol):
            term: Term = ("number", float(current).hex())
        elif current.row is None:
            term = ("x", int(current.text[1:]))
        else:
            if id(current) not in expanded:
                expanded[id(current)] = _operands(current)
            operands = expanded[id(current)]
            if missing := [x for x in operands if id(x) not in places]:
                stack.extend(missing)
                continue
            if current.row.composed:
                places[id(current)] = places[id(operands[0])]
                continue
            term = (current.row.name, *(places[id(x)] for x in operands))
        places[id(current)] = terms.setdefault(term, len(terms))
    return tuple(terms), tuple(places[id(expression)] for expression in expressions)


def _operands(symbol: Symbol) -> tuple[Any, ...]:
    """Return the operands; of a row made of others, the expression it stands for."""
    row = symbol.row
    assert row is not None
    if not row.composed:
        if row.name not in ROWS and row.name not in CONDITIONS:
            raise UnreadableRowError(f"the value of the row {row.name!r} is a function that is no expression of rows")
        return symbol.operands
    try:
        return (row.array_function(*symbol.operands, **row.settings),)
    except (TypeError, ValueError, AttributeError) as error:
        raise UnreadableRowError(
            f"the value of the row {row.name!r} cannot be read as an expression: {error}"
        ) from error


def emit(v: Vector, formulas: Formulas, operands: Sequence[str]) -> list[str]:
    """Write code for formulas and return their values."""
    terms, chosen = formulas
    values: list[str] = []

    def number(i: int) -> str:
        return v.cast("uitofp", values[i], "i1", "double") if terms[i][0] in CONDITIONS else values[i]

    for name, *parts in terms:
        if name == "x":
            value = operands[parts[0]]
        elif name == "number":
            value = v.number(float.fromhex(parts[0]))
        elif name in CONDITIONS:
            value = v.compare(CONDITIONS[name], *map(number, parts))
        elif name == "where":
            condition, a, b = parts
            is_truth = terms[condition][0] in CONDITIONS
            truth = values[condition] if is_truth else v.compare("une", values[condition], v.number(0.0))
            value = v.select(truth, number(a), number(b))
        elif name == "pow" and terms[parts[1]][0] == "number":
            value = power(v, [number(i) for i in parts], float.fromhex(terms[parts[1]][1]))
        else:
            value = ROWS[name](v, *map(number, parts))
        values.append(value)
    return [number(i) for i in chosen]
