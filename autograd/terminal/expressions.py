"""From text to a function: an arithmetic expression, read by Python's parser and never evaluated by it."""

from __future__ import annotations

import ast
import difflib
import math
import re
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from autograd.drawing.text import columns, shorten
from autograd.errors import ArgumentError, AutogradError, brief
from autograd.names import one_line
from autograd.rows import Primitive, registry

__all__ = ["CONSTANTS", "Expression", "functions"]

ELSEWHERE = {"ln": "log", "max": "maximum", "min": "minimum"}  # names from mathematics and Python, and ours
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}

ALLOWED = "numbers, names, + - * / // % **, parentheses and functions such as sin(x)"
SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.USub: "neg",
    ast.UAdd: "positive",
}
REFUSED: Mapping[type[ast.AST], str] = {
    ast.BitXor: "the sign ^: a power is written x**2",
    ast.Compare: "a comparison: heaviside, maximum, minimum and where(step(x), a, b) choose without one",
    ast.IfExp: "an if: heaviside, maximum, minimum and where(step(x), a, b) choose without one",
    ast.BoolOp: "and, or: heaviside, maximum, minimum and where(step(x), a, b) choose without them",
    ast.Tuple: "a comma: the decimal sign is a point",
    ast.Attribute: "a dot behind a name: functions stand alone, as in sin(x)",
    ast.NamedExpr: "the sign :=",
    ast.Subscript: "an index",
    ast.Starred: "a star before an operand",
    ast.Lambda: "a lambda",
}
SHOWN = 72  # characters of an expression around the place of an error


def functions() -> dict[str, Primitive]:
    """Return what an expression may call: the rows of the table that take one operand or a few, under every name."""
    rows = [row for row in registry.values() if row.arity is not None]
    return {name: row for row in rows for name in (row.name, *row.aliases)}


class _Call(NamedTuple):
    """A row that takes its operands, and its settings behind them, from the stack."""

    row: Primitive
    operands: int
    settings: tuple[str, ...]
    where: ast.expr


class Expression:
    """A function made from text such as ``sin(x)*x**2``. Its numbers are floats, so no power of integers can hang.

    Parameters
    ----------
    text : str
        Python arithmetic of numbers, names, the constants pi, e, inf and nan, and calls of the table's functions.

    Attributes
    ----------
    text : str
        In one line.
    variables : tuple of str
        The names of its arguments, in the order they are mentioned.

    Raises
    ------
    ArgumentError
        If the text is anything else; the message shows the place.

    Examples
    --------
    >>> f = Expression("sin(x)*y + 2**3")
    >>> f.variables, f(0.0, 5.0)
    (('x', 'y'), 8.0)
    >>> from autograd import grad
    >>> grad(f)(0.0, 5.0)
    5.0
    """

    def __init__(self, text: str) -> None:
        self.text = self.__name__ = self.__qualname__ = one_line(text)
        self.functions = functions()
        steps = []
        waiting = [self._parsed()]
        while waiting:  # the last operand first
            node = waiting.pop()
            step, operands = self._step(node)
            steps.append(step)
            waiting.extend(operands)
        self.steps = steps[::-1]  # now each stands behind its operands
        self.variables = tuple(dict.fromkeys(step for step in self.steps if isinstance(step, str)))

    def __call__(self, *numbers: Any) -> Any:
        """Return the value for a number, or a Value, for each of the variables.

        Raises
        ------
        ArgumentError
            If a function refuses what it is called with; the message shows the place.
        """
        named = dict(zip(self.variables, numbers, strict=True))
        stack: list[Any] = []
        for step in self.steps:
            if isinstance(step, _Call):
                taken = len(stack) - step.operands - len(step.settings)
                operands = stack[taken : taken + step.operands]
                settings = dict(zip(step.settings, stack[taken + step.operands :], strict=True))
                del stack[taken:]
                try:
                    stack.append(step.row(*operands, **settings))
                except (AutogradError, TypeError) as error:
                    raise self._refusal(str(error), step.where) from error
            else:
                stack.append(named[step] if isinstance(step, str) else step)
        return stack.pop()

    def _parsed(self) -> ast.expr:
        if not self.text:
            raise ArgumentError('there is no expression; give one such as "sin(x)*x**2"; --help says more')
        if "#" in self.text:
            place = self.text.index("#")
            raise ArgumentError(f"a comment has no place here\n{_pointed(self.text, place, place + 1)}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Python's parser, about numbers that run into names
                return ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise self._no_expression(error) from None
        except (RecursionError, MemoryError):
            raise ArgumentError(
                "the expression is nested too deeply for Python's parser; make it shorter, or write it as a program "
                "with autograd.Value, where depth has no limit"
            ) from None

    def _no_expression(self, error: SyntaxError) -> ArgumentError:
        if "too many nested" in error.msg:
            return ArgumentError(f"the expression is nested too deeply: {error.msg}; make it shorter")
        if re.search("(?<!=)=(?!=)", self.text):
            cure = 'the expression comes first and each variable stands apart, as in "x**2" x=1.5'
        else:
            cure = "a product needs its sign, as in 2*x, and a function its parentheses, as in sin(x)"
        start = min(max((error.offset or 1) - 1, 0), len(self.text))
        said = shorten(error.msg.partition(". ")[0], SHOWN)
        return ArgumentError(f"this is no expression ({said}); {cure}\n{_pointed(self.text, start, start + 1)}")

    def _step(self, node: ast.expr) -> tuple[float | str | _Call, list[ast.expr]]:
        """Return what a node of the syntax tree does, and its operands."""
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._number(number, node), []
            case ast.Constant(value=value):
                raise self._refusal(f"{brief(value)} is no real number", node)
            case ast.Name(id=name):
                return self._name(name, node), []
            case ast.UnaryOp(op=op, operand=operand) if type(op) in SIGNS:
                return _Call(registry[SIGNS[type(op)]], 1, (), node), [operand]
            case ast.BinOp(op=op, left=left, right=right) if type(op) in SIGNS:
                return _Call(registry[SIGNS[type(op)]], 2, (), node), [left, right]
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node)
            case ast.Call(func=ast.Attribute() as function):
                raise self._refused(ast.Attribute, function)
            case ast.Call(func=function):
                raise self._refusal("this is no function; a product needs its sign, as in 2*(x + 1)", function)
            case ast.BinOp(op=op) | ast.UnaryOp(op=op):
                raise self._refused(type(op), node)
        raise self._refused(type(node), node)

    def _number(self, number: float, where: ast.expr) -> float:
        try:
            return float(number)
        except OverflowError:
            raise self._refusal("this whole number is too large for a float64", where) from None

    def _name(self, name: str, where: ast.expr) -> float | str:
        if name in self.functions:
            raise self._refusal(f"{name} is a function; call it, as in {name}(x)", where)
        return CONSTANTS.get(name, name)

    def _call(self, name: str, call: ast.Call) -> tuple[_Call, list[ast.expr]]:
        if name not in self.functions:
            raise self._refusal(f"there is no function {name}{_similar(name, self.functions)}", call.func)
        settings = []
        for keyword in call.keywords:
            if keyword.arg is None:
                raise self._refused(ast.Starred, call)
            settings.append(keyword.arg)
        operands = [*call.args, *(keyword.value for keyword in call.keywords)]
        return _Call(self.functions[name], len(call.args), tuple(settings), call), operands

    def _refused(self, kind: type[ast.AST], where: ast.expr) -> ArgumentError:
        """Refuse a piece of Python that is no arithmetic."""
        what = REFUSED.get(kind, f"what Python's grammar calls {kind.__name__}")
        return self._refusal(f"there is no place here for {what}. An expression is made of {ALLOWED}", where)

    def _refusal(self, message: str, where: ast.expr) -> ArgumentError:
        encoded = self.text.encode()  # Python's parser counts bytes
        start = len(encoded[: where.col_offset].decode())
        end = len(encoded[: where.end_col_offset].decode())
        return ArgumentError(f"{message}\n{_pointed(self.text, start, end)}")


def _similar(name: str, known: Mapping[str, Any]) -> str:
    close = [ELSEWHERE[name]] if name in ELSEWHERE else difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; a product needs its sign, as in x*(y + 1)"


def _pointed(text: str, start: int, end: int) -> str:
    """Return the text around a place, with carets under it."""
    first = max(start - SHOWN // 2, 0)
    before = ("…" if first else "") + text[first:start]
    shown = text[start : min(end, first + SHOWN)]
    after = text[start + len(shown) : first + SHOWN]
    after += "…" if first + SHOWN < len(text) else ""
    return f"  {before}{shown}{after}\n  {' ' * columns(before)}{'^' * max(columns(shown), 1)}"
