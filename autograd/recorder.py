"""Recorders: for each row, a specialised function that computes and records a node, made from the row's own text.

As ``namedtuple`` writes its classes, so this writes one Python function for each row: value and partials inlined as
float arithmetic, one branch for each combination of variables and constants. Reading the row generically gives the
same numbers and takes five to ten times as long.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

from autograd.graph import next_stamp, recording
from autograd.rows import PLAIN_NUMBERS, Primitive
from autograd.symbols import SETTING, Symbol, read_partials, read_value, to_code

__all__ = ["recorder", "source"]


def recorder(row: Primitive, value_type: type, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that applies ``row`` to Values and plain numbers, or to groups of them, and records the node.

    Parameters
    ----------
    row : Primitive
        The row.
    value_type : type
        The class of its nodes.
    otherwise : callable
        Called with the row and the operands, or groups, when the function is not made for one of them.
    """
    code, functions = _code(row.base)
    namespace: dict[str, Any] = {
        **{name: used.scalar_function for name, used in functions.items()},
        **{SETTING + key: value for key, value in row.settings.items()},
        "inf": math.inf,
        "nan": math.nan,
        "Value": value_type,
        "new": object.__new__,
        "next_stamp": next_stamp,
        "recording": recording,
        "row": row,
        "ieee": functools.partial(_ieee, row, value_type),
        "PLAIN_NUMBERS": PLAIN_NUMBERS,
        "FLOATS": {float},
        "otherwise": otherwise,
    }
    if row.groups is not None:
        namespace |= {"value_of": row.groups.value, "partials_of": row.groups.partials}
    exec(code, namespace)
    function: Callable[..., Any] = namespace[f"record_{row.name}"]
    return function


def _ieee(row: Primitive, value_type: type, operands: Sequence[Any]) -> tuple[float, tuple[float, ...]]:
    are_variables = [x.__class__ is value_type for x in operands]
    numbers = [x._primal if is_variable else x for x, is_variable in zip(operands, are_variables, strict=True)]
    y, partials = row.evaluate_ieee(numbers)
    return y, tuple(itertools.compress(partials, are_variables)) if recording() else ()


@functools.lru_cache(maxsize=1024)
def _code(row: Primitive) -> tuple[CodeType, dict[str, Primitive]]:
    """Compile the source of a row's recorder. It is made once, also for rows with other settings."""
    functions: dict[str, Primitive] = {}
    return compile(source(row, functions), f"<recorder of {row.name}>", "exec"), functions


def source(row: Primitive, functions: dict[str, Primitive] | None = None) -> str:
    """Return the text of the row's recorder, and fill ``functions`` with the rows it calls by name.

    Raises
    ------
    ArgumentError
        If an expression of the row cannot be read on symbols, or there is not one partial for each operand.
    """
    functions = {} if functions is None else functions
    branches = _branches(row, functions) if row.groups is None else _group_branches(row, row.groups.count)
    return "\n".join([*branches, *_MAKE_NODE])


_RECORD = (
    "        node.op = row",
    "        node.inputs = inputs",
    "        node.parents = parents",
    "        node.partials = partials",
)
_MAKE_NODE = (
    "    node = new(Value)",
    "    node._primal = y",
    "    node._grad = node._name = None",
    "    node.reached = 0",
    "    node.stamp = next_stamp()",
    "    if note is True:",
    *_RECORD,
    "    elif note:",
    *_RECORD,
    "        note(node)",
    "    else:",
    "        node.op = None",
    "        node.inputs = node.parents = node.partials = ()",
    "    return node",
)


def _kinds(count: int) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Yield each way in which some of the operands are Values, all of them first, behind ``if`` or ``elif``."""
    words = itertools.chain(["if"], itertools.repeat("elif"))
    return zip(words, (kinds for kinds in itertools.product((True, False), repeat=count) if any(kinds)), strict=False)


def _branches(row: Primitive, functions: dict[str, Primitive]) -> Iterator[str]:
    """Yield the source of a row of fixed arity, its value and partials written out."""
    arity = row.arity or 0
    operands = [f"x{i}" for i in range(arity)]
    numbers = [f"n{i}" for i in range(arity)]
    value, partials = _texts(row, numbers, functions)
    yield f"def record_{row.name}({', '.join(operands)}):"
    for word, kinds in _kinds(arity):
        tests = [
            f"{x}.__class__ is Value" if kind else f"{x}.__class__ in PLAIN_NUMBERS"
            for x, kind in zip(operands, kinds, strict=True)
        ]
        yield f"    {word} {' and '.join(tests)}:"
        yield "        note = recording()"
        yield "        try:"
        for x, number, kind in zip(operands, numbers, kinds, strict=True):
            yield f"            {number} = {x}._primal" if kind else f"            {number} = float({x})"
        yield f"            y = {value}"
        yield f"            partials = {_tuple(partials, kinds)} if note else ()"
        yield from _ending(operands, kinds)
    yield "    else:"
    yield f"        return otherwise(row, {', '.join(operands)})"


def _group_branches(row: Primitive, count: int) -> Iterator[str]:
    """Yield the source of a row whose operands come in groups, each of them all Values or all floats."""
    groups = [f"g{i}" for i in range(count)]
    yield f"def record_{row.name}({', '.join(groups)}):"
    for i in range(count):
        yield f"    p{i} = [x._primal for x in g{i} if x.__class__ is Value]"
    for word, kinds in _kinds(count):
        tests = [
            f"len(p{i}) == len(g{i})" if kind else f"not p{i} and set(map(type, g{i})) == FLOATS"
            for i, kind in enumerate(kinds)
        ]
        numbers = [f"p{i}" if kind else f"g{i}" for i, kind in enumerate(kinds)]
        variables = " or ".join(itertools.compress((f"p{i}" for i in range(count)), kinds))  # an empty group has none
        yield f"    {word} {' and '.join(tests)} and ({variables}):"
        yield "        note = recording()"
        yield "        try:"
        yield f"            y = value_of({', '.join(numbers)})"
        yield "            partials = ()"
        yield "            if note:"
        yield f"                {''.join(f'q{i}, ' for i in range(count))}= partials_of(y, {', '.join(numbers)})"
        yield f"                partials = {_tuple([f'*q{i}' for i in range(count)], kinds)}"
        yield from _ending([f"*{group}" for group in groups], kinds)
    yield "    else:"
    yield f"        return otherwise(row, {', '.join(groups)})"


def _ending(operands: Sequence[str], kinds: Sequence[bool]) -> Iterator[str]:
    everything = _tuple(operands, [True] * len(operands))
    yield "        except (ArithmeticError, ValueError):"
    yield f"            y, partials = ieee({everything})"
    if all(kinds):
        yield f"        inputs = parents = {everything}"
    else:
        yield f"        inputs = {everything}"
        yield f"        parents = {_tuple(operands, kinds)}"


def _tuple(texts: Sequence[str], kept: Sequence[bool]) -> str:
    return f"({''.join(f'{text}, ' for text in itertools.compress(texts, kept))})"


def _texts(row: Primitive, numbers: list[str], functions: dict[str, Primitive]) -> tuple[str, list[str]]:
    """Return the row's value and partials as source text."""
    symbols = [Symbol(number) for number in numbers]
    settings = {key: Symbol(SETTING + key) for key in row.settings}
    value, partials = read_value(row, symbols, settings), read_partials(row, symbols, settings)
    return to_code(value, functions), [to_code(p, functions) for p in partials]
