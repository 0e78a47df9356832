"""Rows read on symbols: the text of an expression, for people (formulas on edges) and for Python (source code)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.errors import ArgumentError
from autograd.rows import Operand, Primitive, comparisons

__all__ = ["SETTING", "Symbol", "partial_expressions", "read_partials", "read_value", "to_code", "to_text"]

# Precedence as in Python; a larger number binds tighter.
COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(6)
# In source, names from rows carry a prefix, so that none can be mistaken for a name of the source's own.
FUNCTION, SETTING = "float_", "setting_"
READABLE = 2_000  # a formula of more symbols than that is for nobody

_INFIX = {"add": SUM, "sub": SUM, "mul": PRODUCT, "strong_mul": PRODUCT, "div": PRODUCT, "pow": POWER}


def _precedence(row: Primitive) -> int | None:
    """Return how tightly the row's infix sign binds; None if it is not written between its operands."""
    return COMPARE if row.name in comparisons else _INFIX.get(row.name)


class Symbol(Operand):
    """A name, or a row applied to symbols and numbers."""

    __slots__ = ("operands", "row", "text")

    def __init__(self, text: str, row: Primitive | None = None, operands: tuple[Any, ...] = ()) -> None:
        self.text = text
        self.row = row
        self.operands = operands

    @classmethod
    def apply(cls, row: Primitive, operands: Sequence[Any]) -> Symbol:
        """Write the application down."""
        return cls("", row, tuple(row.flat(operands)))

    def __bool__(self) -> bool:
        raise TypeError("a row is read on symbols, which have no truth: write where(condition, a, b), not if")


def to_text(expression: Any) -> str:
    """Return the expression as a person writes it, such as ``1 - y*y``; a very long one is only ``…``."""
    return _render(expression, None)


def to_code(expression: Any, functions: dict[str, Primitive], *, on_arrays: bool = False) -> str:
    """Return the expression as Python source, and fill ``functions`` with the rows it calls by name.

    The source is for floats; or, ``on_arrays``, for whole arrays, where a choice is a function and a power an operator.
    """
    return _render(expression, functions, on_arrays)


def read_value(row: Primitive, symbols: Sequence[Symbol], settings: Mapping[str, Any]) -> Any:
    """Return the row's value as an expression.

    Raises
    ------
    ArgumentError
        If the row cannot be read on symbols.
    """
    if not row.composed:
        return Symbol("", row.copy_with(settings), tuple(symbols))
    return _read(row, row.array_function, symbols, settings)


def read_partials(row: Primitive, symbols: Sequence[Symbol], settings: Mapping[str, Any]) -> Sequence[Any]:
    """Return the row's partial derivatives as expressions, in which its value is called y.

    Raises
    ------
    ArgumentError
        If they cannot be read on symbols, or there is not one for each operand.
    """
    partials = _read(row, row.partial_function, [Symbol("y"), *symbols], settings)
    if not isinstance(partials, tuple | list) or len(partials) != len(symbols):
        raise ArgumentError(
            f"the partials of the row {row.name!r} must be a tuple with one expression for each of its {len(symbols)} "
            "operands; a tuple of one needs a comma: (2 * x,)"
        )
    return partials


def _read(row: Primitive, function: Any, symbols: Sequence[Symbol], settings: Mapping[str, Any]) -> Any:
    try:
        return function(*symbols, **settings)
    except TypeError as error:
        raise ArgumentError(
            f"value and partials of the row {row.name!r} must be made of operators and functions of autograd, which "
            "can be read on symbols too (a value that is not needs scalar= beside it, as math.sin beside np.sin); "
            f"reading them so failed with: {error}"
        ) from error


def partial_expressions(row: Primitive, output: str, operands: Sequence[str | float]) -> Sequence[Any]:
    """Return the partial derivative by each operand; operands are given by name, constants as numbers."""
    symbols = [Symbol(_atom(x)) if isinstance(x, str) else x for x in operands]
    try:
        return row.partials(Symbol(_atom(output)), *symbols)
    except ArithmeticError:  # numbers alone, such as 1/0: written down, not worked out
        symbols = [x if isinstance(x, Symbol) else Symbol(_atom(_number(x, as_code=False)[0])) for x in symbols]
        return row.partials(Symbol(_atom(output)), *symbols)


def _atom(name: str) -> str:
    """Names such as ``layers[0].w[1]`` and arrays stand as they are; one with spaces or signs needs parentheses."""
    return _wrap(name, not re.fullmatch(r"[\w.'…\[\]]+|\[[-+.,\w ]+\]|array\([\d×]+\)", name))


ONES = ("1", "1.0")  # for people, and in code

Text = tuple[str, int]  # a text, and how tightly its outermost operation binds


def _render(expression: Any, functions: dict[str, Primitive] | None, on_arrays: bool = False) -> str:
    """Write operands before operations, without recursion: a product of 10,000 factors is deep."""
    written: dict[int, Text] = {}
    expanded: dict[int, tuple[Any, ...]] = {}
    stack = [expression]
    as_code = functions is not None
    while stack:
        if not as_code and len(written) > READABLE:
            return "…"
        current = stack[-1]
        operands = current.operands if isinstance(current, Symbol) else ()
        if as_code and isinstance(current, Symbol) and current.row is not None and current.row.composed:
            if id(current) not in expanded:  # such a row is no function of its own in code
                expanded[id(current)] = (current.row.array_function(*operands, **current.row.settings),)
            operands = expanded[id(current)]
        missing = [x for x in operands if id(x) not in written]
        if missing:
            stack.extend(missing)
        else:
            written[id(current)] = _write(current, [written[id(x)] for x in operands], functions, on_arrays)
            stack.pop()
    return written[id(expression)][0]


def _write(expression: Any, parts: list[Text], functions: dict[str, Primitive] | None, on_arrays: bool) -> Text:
    as_code = functions is not None
    on_floats = as_code and not on_arrays
    if not isinstance(expression, Symbol):
        return _number(expression, as_code)
    row = expression.row
    if row is None:
        return expression.text, ATOM
    if as_code and row.composed:
        return parts[0]
    if on_floats and row.name == "where":
        condition, a, b = (text for text, _ in parts)
        return f"({a} if {condition} else {b})", ATOM
    is_called = (as_code and row.name == "strong_mul") or (on_floats and row.name == "pow")
    if _precedence(row) is not None and not is_called:
        return (None if on_floats else _without_ones(row, parts)) or _infix(row, parts)
    if row.name == "neg":
        text, binding = parts[0]
        return f"-{_wrap(text, binding < UNARY)}", UNARY
    arguments = [text for text, _ in parts]
    if functions is not None:
        name = f"{FUNCTION}{row.name}"
        while functions.setdefault(name, row) is not row:  # another row of this name, such as one defined again
            name += "_"
        settings = row.settings.items()
    else:
        name = row.name
        settings = {key: v for key, v in row.settings.items() if v != row.base.settings[key]}.items()
    arguments += [f"{key}={v.text if isinstance(v, Symbol) else _number(v, as_code)[0]}" for key, v in settings]
    return f"{name}({', '.join(arguments)})", ATOM


def _infix(row: Primitive, parts: list[Text]) -> Text:
    (left, left_binding), (right, right_binding) = parts
    binding = _precedence(row)
    assert binding is not None
    if binding == POWER:  # groups from the right
        text = f"{_wrap(left, left_binding <= POWER)}**{_wrap(right, right_binding < POWER)}"
    else:
        sign = row.symbol if binding == PRODUCT else f" {row.symbol} "
        text = f"{_wrap(left, left_binding < binding)}{sign}{_wrap(right, right_binding <= binding)}"
    return text, binding


def _without_ones(row: Primitive, parts: list[Text]) -> Text | None:
    """Return the other operand where the first or second is a 1 that changes nothing."""
    if _precedence(row) not in (PRODUCT, POWER):
        return None
    (left, _), (right, _) = parts
    if right in ONES:
        return parts[0]
    return parts[1] if left in ONES and row.name in ("mul", "strong_mul") else None


def _wrap(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _number(x: Any, as_code: bool) -> Text:
    value = float(x)
    text = str(int(value)) if value.is_integer() and -1e15 < value < 1e15 and not as_code else repr(value)
    return text, UNARY if text.startswith("-") else ATOM
