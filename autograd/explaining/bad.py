"""find_bad: the first number of a graph that is inf or nan, and the first adjoint that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.debugging import made_at
from autograd.explaining.words import call, formula, made_from, one, variable
from autograd.names import names_of
from autograd.numbers import counted, outline
from autograd.reverse import adjoints, contributions, is_finite
from autograd.rows import Primitive
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["BadAdjoint", "BadReport", "BadValue", "find_bad"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BadValue:
    """The first node, in the order of the forward pass, that is inf or nan and makes the result so.

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
    """What `find_bad` found. True if anything is bad; printed, it is a text.

    Attributes
    ----------
    value : BadValue or None
        None if the result is finite.
    adjoint : BadAdjoint or None
        None if every adjoint is finite.
    harmless : int
        How many nodes are inf or nan without making the result so, such as the -inf of a mask before a softmax.
    """

    value: BadValue | None
    adjoint: BadAdjoint | None
    harmless: int

    def __bool__(self) -> bool:
        return self.value is not None or self.adjoint is not None

    def __repr__(self) -> str:
        finite = "the result is finite" if self.harmless else "every value is finite"
        forward = finite if self.value is None else f"forward: {self.value!r}"
        backward = "every adjoint is finite" if self.adjoint is None else f"backward: {self.adjoint!r}"
        lines = [forward, backward]
        if self.harmless:
            others = counted(self.harmless, "value is", "values are")
            lines.append(f"{others} not finite without harm to the result")
        if self and not any(found is not None and found.line for found in (self.value, self.adjoint)):
            lines.append("recorded inside debug(), it would be named with its line")
        return "\n".join(lines)


def find_bad(root: Variable) -> BadReport:
    """Find the first value that is inf or nan, and the first adjoint that is, where the trouble began.

    Values are looked at in the order they were made: of those that are not finite themselves and lead to ``root`` over
    such values alone, the first. Adjoints are looked at from ``root`` back. No ``.grad`` is changed.

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
    recorded inside debug(), it would be named with its line
    """
    variable(root, "find_bad")
    behind = made_from(root)
    names = names_of(behind)
    bad = {node for node in behind if not is_finite(node._primal)}
    guilty = _leading_to(root, bad)
    value = next((_bad_value(node, names) for node in behind if node in guilty), None)
    found = adjoints({root: one(root)}, keep=True)
    of_nodes = {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}
    spoiled = (node for node in reversed(behind) if not is_finite(of_nodes[node]))
    node = next(spoiled, None)
    adjoint = None if node is None else _bad_adjoint(node, behind, of_nodes, names)
    return BadReport(value, adjoint, len(bad) - len(guilty))


def _leading_to(root: Variable, bad: Collection[Variable]) -> set[Variable]:
    """Return the nodes from which bad ones alone lead to the root."""
    found = {root} if root in bad else set()
    waiting = list(found)
    while waiting:
        new = [x for x in waiting.pop().parents if x in bad and x not in found]
        found.update(new)
        waiting += new
    return found


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
