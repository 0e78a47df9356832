"""Expressions of plans: their derivatives, and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.compiler.plan import Map, Ref, Write
from autograd.primitives import strong_mul
from autograd.symbols import Symbol

__all__ = ["Known", "as_map", "is_zero", "partials_of", "product", "substituted"]


Known = dict[tuple[int, ...], tuple[Sequence[Any], Sequence[int], Sequence[Any]]]
"""For the ids of expressions: they themselves, which operands they use, and they with these alone."""


def as_map(operands: Sequence[Ref], writes: Sequence[tuple[Any, Ref, bool]], known: Known | None = None) -> Map:
    """Return the step that writes expressions, and whether it adds them, with those operands that they use.

    Expressions that are ``known`` from an earlier call become the same ones again, which saves work behind.
    """
    expressions = [e for e, _, _ in writes]
    key = tuple(map(id, expressions))
    found = None if known is None else known.get(key)
    if found is None:
        used: Sequence[int] = sorted({int(name[1:]) for e in expressions for name in _leaf_names(e)})
        terms = {f"x{place}": Symbol(f"x{i}") for i, place in enumerate(used)}
        found = expressions, used, [substituted(e, terms) for e in expressions]
        if known is not None:
            known[key] = found
    _, used, compact = found
    return Map(
        tuple([operands[place] for place in used]),
        tuple([Write(e, target, adds) for e, (_, target, adds) in zip(compact, writes, strict=True)]),
    )


def product(g: Any, partial: Any, strong: bool) -> Any:
    """Return a derivative times a partial derivative, where zero times inf is zero if ``strong``."""
    if isinstance(partial, Symbol):
        return strong_mul(g, partial) if strong else g * partial
    return 0.0 if partial == 0 else g if partial == 1 else -g if partial == -1 else g * partial


def partials_of(
    expression: Any, operands: Sequence[Symbol], y: Symbol | None = None, *, strong: bool = False
) -> list[Any]:
    """Return the partial derivative of an expression by each operand, by the chain rule.

    ``y`` stands for the value of the expression, where that is at hand; with ``strong``, zero times inf is zero.
    """
    adjoints: dict[int, Any] = {id(expression): 1.0}
    found: dict[str, Any] = {}
    for node in reversed(_in_order(expression)):
        adjoint = adjoints.get(id(node), 0.0)
        if node.row is None:
            found[node.text] = _plus(found.get(node.text, 0.0), adjoint)
            continue
        partials = node.row.partials(y if y is not None and node is expression else node, *node.operands)
        for x, partial in zip(node.operands, partials, strict=True):
            if isinstance(x, Symbol):
                adjoints[id(x)] = _plus(adjoints.get(id(x), 0.0), _product(adjoint, partial, strong))
    return [found.get(x.text, 0.0) for x in operands]


def _plus(a: Any, b: Any) -> Any:
    return b if is_zero(a) else a if is_zero(b) else a + b


def _product(a: Any, b: Any, strong: bool) -> Any:
    if is_zero(a) or is_zero(b):
        return 0.0
    if _is_one(a) or _is_one(b):
        return b if _is_one(a) else a
    return strong_mul(a, b) if strong else a * b


def is_zero(x: Any) -> bool:
    """Tell a partial derivative that is zero everywhere."""
    return not isinstance(x, Symbol) and x == 0


def _is_one(x: Any) -> bool:
    return not isinstance(x, Symbol) and x == 1


def _in_order(expression: Any) -> list[Symbol]:
    """Return the symbols in an expression, each once, behind those that it is made of."""
    order: list[Symbol] = []
    seen: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(expression, False)]
    while waiting:
        node, is_done = waiting.pop()
        if is_done:
            order.append(node)
        elif isinstance(node, Symbol) and id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((x, False) for x in node.operands)
    return order


def _leaf_names(expression: Any) -> set[str]:
    """Return the names of the operands that an expression uses."""
    return {node.text for node in _in_order(expression) if node.row is None}


def substituted(expression: Any, terms: Mapping[str, Any]) -> Any:
    """Return the expression with a term in place of each leaf, by the leaf's name."""
    made: dict[int, Any] = {}
    for node in _in_order(expression):
        operands = tuple(made.get(id(x), x) for x in node.operands)  # a plain number is not among those made
        made[id(node)] = terms[node.text] if node.row is None else Symbol("", node.row, operands)
    return made.get(id(expression), expression)
