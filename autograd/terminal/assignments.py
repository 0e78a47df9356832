"""The numbers given to variables, from texts such as ``x=1.5``."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Sequence

from autograd.drawing.text import shorten
from autograd.errors import ArgumentError, brief, listed
from autograd.terminal.expressions import CONSTANTS, Expression, functions

__all__ = ["assigned"]

NAME_LIMIT = 40


def assigned(f: Expression, assignments: Sequence[str]) -> dict[str, float]:
    """Return a number for each variable of ``f``, in its order.

    Raises
    ------
    ArgumentError
        If a variable has no number or two, or a number no variable; if a text is not of the form ``x=1.5``, or names
        a function or a constant.

    Examples
    --------
    >>> assigned(Expression("x*y"), ["y=2", "x=pi/4"])
    {'x': 0.7853981633974483, 'y': 2.0}
    """
    given: dict[str, float] = {}
    for assignment in assignments:
        name, number = _read(assignment.strip())
        if name in given:
            raise ArgumentError(f"{name} is given twice; give each variable one value")
        given[name] = number
    if unused := [name for name in given if name not in f.variables]:
        variables = f"the variables are {_listed(f.variables)}" if f.variables else "there is no variable"
        raise ArgumentError(f"{_listed(unused)} does not occur in {brief(f.text)}: {variables}")
    if missing := [name for name in f.variables if name not in given]:
        raise ArgumentError(f"there is no value for {_listed(missing)}; add such as {_listed(missing[:1])}=1.5")
    return {name: given[name] for name in f.variables}


def _listed(names: Sequence[str]) -> str:
    return listed([shorten(name, NAME_LIMIT) for name in names])


def _read(assignment: str) -> tuple[str, float]:
    name, sign, number = assignment.partition("=")
    name = unicodedata.normalize("NFKC", name.strip())  # as Python's parser does with those in the expression
    if not sign:
        raise ArgumentError(
            f"{brief(assignment)} gives no variable a value; write such as x=1.5, and put the whole expression in "
            "quotation marks"
        )
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ArgumentError(f"{brief(name)} in {brief(assignment)} cannot be the name of a variable")
    if name in CONSTANTS or name in functions():
        kind = "constant" if name in CONSTANTS else "function"
        raise ArgumentError(f"{name} is a {kind} here; call the variable something else")
    return name, _number(shorten(name, NAME_LIMIT), number.strip())


def _number(name: str, text: str) -> float:
    """Return the number that a text is, or an expression of numbers and constants."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        constant = Expression(text) if text else None
    except ArgumentError as error:
        raise ArgumentError(f"the value of {name} is no number: {error}") from None
    if constant is None or constant.variables:
        raise ArgumentError(
            f"the value of {name} is no number: {brief(text)}. It must be one, such as {name}=1.5, or made of numbers "
            f"and constants, such as {name}=pi/4"
        )
    return float(constant())
