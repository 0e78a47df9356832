"""find_bad: the first number of a graph that is inf or nan, and the first adjoint that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.debugging import made_at
from autograd.explaining.words import call, formula, made_from, one, variable
from autograd.names import names_of
from autograd.numbers import outline
from autograd.reverse import adjoints, contributions, is_finite
from autograd.rows import Primitive
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["BadAdjoint", "BadReport", "BadValue", "find_bad"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BadValue:
    """The first node, in the order of the forward pass, that is inf or nan.

    Attributes
    ----------
    node : Variable
        The node.
    name : str
        What it is called.
    inputs : tuple
        The operands it was made from, constants included; empty for a leaf.
    count : int
        How many of its elements are not finite.
    index : tuple of int
        The first of these; () for one number.
    line : str
        The user's file and line, if it was recorded inside `debug`.
    """

    node: Variable
    name: str
    inputs: tuple[Any, ...]
    count: int
    index: tuple[int, ...]
    line: str
    _text: str

    def __repr__(self) -> str:
        return self._text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BadAdjoint:
    """The first node, in the order of the backward pass, whose adjoint is inf or nan, and the use that brought it.

    Attributes
    ----------
    node : Variable
        The node.
    name : str
        What it is called.
    child : Variable or None
        The use that gave it: the result, whose adjoint is still finite. None if each use gave a finite part, and their
        sum is too large.
    position : int
        Which operand of the child it is, constants included.
    adjoint : float or ndarray
        The adjoint of the node.
    count : int
        How many of its elements are not finite.
    index : tuple of int
        The first of these; () for one number.
    line : str
        The user's file and line of the child, if it was recorded inside `debug`.
    """

    node: Variable
    name: str
    child: Variable | None
    position: int
    adjoint: Any
    count: int
    index: tuple[int, ...]
    line: str
    _text: str

    def __repr__(self) -> str:
        return self._text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BadReport:
    """What `find_bad` found. True if anything is inf or nan; printed, it is a text.

    Attributes
    ----------
    value : BadValue or None
        None if every number of the graph is finite.
    adjoint : BadAdjoint or None
        None if every adjoint is finite.
    """

    value: BadValue | None
    adjoint: BadAdjoint | None

    def __bool__(self) -> bool:
        return self.value is not None or self.adjoint is not None

    def __repr__(self) -> str:
        forward = "every value is finite" if self.value is None else f"forward: {self.value!r}"
        backward = "every adjoint is finite" if self.adjoint is None else f"backward: {self.adjoint!r}"
        return f"{forward}\n{backward}"


def find_bad(root: Variable) -> BadReport:
    """Find the first value that is inf or nan, and the first adjoint that is, where the trouble began.

    Values are looked at in the order they were made, adjoints from ``root`` back. No ``.grad`` is changed.

    Parameters
    ----------
    root : Value or Tensor
        The result.

    Returns
    -------
    BadReport
        Plain data, which prints as text, and is False if all is finite.

    Raises
    ------
    ArgumentError
        If ``root`` is not a Value or Tensor.
    GraphChangedError
        If a leaf was changed after it was used.

    Examples
    --------
    >>> from autograd import Value, find_bad
    >>> x = Value(0.0, name="x")
    >>> print(find_bad(x.sqrt() * 3.0))
    every value is finite
    backward: the adjoint of x is inf: v1 = sqrt(x) brought it, 3 · ∂v1/∂x = 0.5/v1 = inf, at x = 0
    """
    variable(root, "find_bad")
    behind = made_from(root)
    names = names_of(behind)
    value = next((_bad_value(node, names) for node in behind if not is_finite(node._primal)), None)
    found = adjoints({root: one(root)}, keep=True)
    of_nodes = {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}
    spoiled = (node for node in reversed(behind) if not is_finite(of_nodes[node]))
    node = next(spoiled, None)
    return BadReport(value, None if node is None else _bad_adjoint(node, behind, of_nodes, names))


def _elements(x: Any) -> tuple[int, tuple[int, ...], str]:
    """Return how many elements are not finite, the first of them, and both in words."""
    bad = ~np.isfinite(x)
    count = int(np.count_nonzero(bad))
    index = tuple(map(int, np.argwhere(bad)[0]))
    if not index:
        return count, index, outline(x)
    return count, index, f"not finite in {count:,} of {np.size(x):,} elements, first {outline(x[index])} at {index}"


def _numbers(operands: Iterable[Any], names: dict[Variable, str]) -> str:
    """Return such as ``x = 0, y = -1``, each once."""
    variables = dict.fromkeys(x for x in operands if isinstance(x, Variable))
    return ", ".join(f"{names[x]} = {outline(x._primal)}" for x in list(variables)[:6])


def _bad_value(node: Variable, names: dict[Variable, str]) -> BadValue:
    count, index, text = _elements(node._primal)
    line = made_at(node)
    made = "a leaf, given so" if node.op is None else f"made by {call(node, names)} with {_numbers(node.inputs, names)}"
    words = f"{names[node]} is {text}, {made}{line and f' ({line})'}"
    return BadValue(node, names[node], node.inputs, count, index, line, words)


def _bad_adjoint(
    node: Variable, behind: list[Variable], of_nodes: dict[Variable, Any], names: dict[Variable, str]
) -> BadAdjoint:
    count, index, text = _elements(of_nodes[node])
    about = f"the adjoint of {names[node]} is {text}"
    for child in reversed(behind):
        if any(parent is node for parent in child.parents):
            places = (i for i, x in enumerate(child.inputs) if isinstance(x, Variable))
            parts = contributions(child, of_nodes[child])
            for position, part in zip(places, parts, strict=True):
                if child.inputs[position] is node and not is_finite(part):
                    line = made_at(child)
                    local = formula(child, position, names)
                    if isinstance(child, Value) or isinstance(child.op, Primitive):
                        local += f" = {outline(child.local_gradient(position))}"
                    words = (
                        f"{about}: {names[child]} = {call(child, names)} brought it, {outline(of_nodes[child])} · "
                        f"{local}, at {_numbers(child.inputs, names)}{line and f' ({line})'}"
                    )
                    return BadAdjoint(node, names[node], child, position, of_nodes[node], count, index, line, words)
    words = f"{about}: each use gave a finite part, and their sum is too large"
    return BadAdjoint(node, names[node], None, -1, of_nodes[node], count, index, made_at(node), words)
