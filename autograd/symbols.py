"""Rows read on symbols: the text of an expression, for people (formulas on edges) and for Python (source code)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograd.primitives import Operand, Primitive, comparisons

__all__ = ["Symbol", "partial_formulas", "to_code", "to_text"]

# Precedence as in Python; a larger number binds tighter.
COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)
INFIX = {
    "add": SUM, "sub": SUM, "mul": PRODUCT, "strong_mul": PRODUCT, "div": PRODUCT, "pow": POWER,
    **dict.fromkeys(comparisons, COMPARE),
}  # fmt: skip


class Symbol(Operand):
    """A name, or a row applied to symbols and numbers."""

    __slots__ = ("operands", "row", "text")

    def __init__(self, text: str, row: Primitive | None = None, operands: tuple[Any, ...] = ()) -> None:
        self.text = text
        self.row = row
        self.operands = operands

    @classmethod
    def apply(cls, row: Primitive, operands: tuple[Any, ...]) -> Symbol:
        return cls("", row, operands)

    def __bool__(self) -> bool:
        raise TypeError("a partial is read on symbols, which have no truth: write where(condition, a, b), not if")


def to_text(expression: Any) -> str:
    """Return the expression as a person writes it, such as ``1 - y*y``."""
    return _render(expression, as_code=False)[0]


def to_code(expression: Any) -> str:
    """Return the expression as Python source whose functions take and return floats."""
    return _render(expression, as_code=True)[0]


def partial_formulas(row: Primitive, output: str, operands: Sequence[str | float]) -> list[str]:
    """Return the text of the partial derivative by each operand; operands are given by name, constants as numbers."""
    symbols = [Symbol(_atom(x)) if isinstance(x, str) else x for x in operands]
    return [to_text(p) for p in row.partials(Symbol(_atom(output)), *symbols)]


def _atom(name: str) -> str:
    """Names such as ``layers[0].w[1]`` stand as they are; one with spaces or signs in it needs parentheses."""
    return _wrap(name, not re.fullmatch(r"[\w.'\[\]]+", name))


def _render(expression: Any, as_code: bool) -> tuple[str, int]:
    """Return the text and how tightly its outermost operation binds."""
    if not isinstance(expression, Symbol):
        return _number(expression, as_code)
    row, operands = expression.row, expression.operands
    if row is None:
        return expression.text, ATOM
    if as_code and row.composed:
        return _render(row.array_function(*operands, **row.settings), as_code)
    parts = [_render(operand, as_code) for operand in operands]
    if row.name == "where" and as_code:
        condition, a, b = (text for text, _ in parts)
        return f"({a} if {condition} else {b})", ATOM
    if row.name in INFIX and not (as_code and row.name in ("pow", "strong_mul")):
        return _infix(row, parts) if as_code else _without_ones(row, parts) or _infix(row, parts)
    if row.name == "neg":
        text, binding = parts[0]
        return f"-{_wrap(text, binding < UNARY)}", UNARY
    arguments = [text for text, _ in parts]
    if not as_code:
        usual = row.base.settings
        arguments += [f"{key}={_number(v, as_code)[0]}" for key, v in row.settings.items() if v != usual[key]]
    return f"{row.name}({', '.join(arguments)})", ATOM


def _infix(row: Primitive, parts: list[tuple[str, int]]) -> tuple[str, int]:
    (left, left_binding), (right, right_binding) = parts
    binding = INFIX[row.name]
    if binding == POWER:  # groups from the right
        text = f"{_wrap(left, left_binding <= POWER)}**{_wrap(right, right_binding < POWER)}"
    else:
        sign = row.symbol if binding == PRODUCT else f" {row.symbol} "
        text = f"{_wrap(left, left_binding < binding)}{sign}{_wrap(right, right_binding <= binding)}"
    return text, binding


def _without_ones(row: Primitive, parts: list[tuple[str, int]]) -> tuple[str, int] | None:
    """Return the other operand where the first or second is a 1 that changes nothing."""
    if INFIX[row.name] not in (PRODUCT, POWER):
        return None
    if parts[1][0] == "1":
        return parts[0]
    return parts[1] if parts[0][0] == "1" and row.name in ("mul", "strong_mul") else None


def _wrap(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _number(x: Any, as_code: bool) -> tuple[str, int]:
    value = float(x)
    text = str(int(value)) if value.is_integer() and -1e15 < value < 1e15 and not as_code else repr(value)
    return text, UNARY if text.startswith("-") else ATOM
