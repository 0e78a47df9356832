"""Forward mode: one walk from the leaves to the results gives their derivative in one direction."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.array_code import pullback
from autograd.arrays.shapes import astype
from autograd.errors import UnsupportedFunctionError
from autograd.graph import operations, set_recording
from autograd.numbers import number
from autograd.primitives import strong_mul
from autograd.reverse import adjoints, arrays_of, elementwise_partial, fitted, is_finite, local_partials, transpose_of
from autograd.rows import Primitive
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable, primal, warn_of_limits

__all__ = ["tangents"]


def tangents(
    roots: Iterable[Variable],
    directions: Mapping[Variable, Any],
    *,
    create_graph: bool = False,
    since: int = -1,
    warns: bool = True,
) -> dict[Variable, Any]:
    """Return the tangent of every node that depends on the variables given a direction.

    Parameters
    ----------
    roots : iterable of Variable
        The results.
    directions : mapping of Variable to number, array or Variable
        The tangents of the variables to differentiate by.
    create_graph : bool, optional
        Read the rows again on Variables, so that tangents are recorded expressions.
    since : int, optional
        Nodes no younger than this stamp are not entered.
    warns : bool, optional
        Warn where a zero meets what is not finite, and their product may hide a limit.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    UnsupportedFunctionError
        If a user's array row takes numbers out of the graph.
    """
    tangent = dict(directions)
    with np.errstate(all="ignore"):
        for node in reversed(operations(roots, since)):
            if any(parent in tangent for parent in node.parents):
                along = _along_array if node.__class__ is Tensor else _along_number
                tangent[node] = along(node, tangent, create_graph, warns)
    return tangent


def _along_number(node: Any, tangent: Mapping[Variable, Any], create_graph: bool, warns: bool) -> Any:
    """Return the tangent of a Value: the sum of its local gradients times the tangents of its parents, zeros strong."""
    multiply = strong_mul if create_graph else strong_mul.scalar_function
    partials = local_partials(node) if create_graph else node.partials
    factors = [(p, tangent[parent]) for parent, p in zip(node.parents, partials, strict=True) if parent in tangent]
    if warns:
        warn_of_limits(node, [(number(p, "a partial"), number(t, "a tangent")) for p, t in factors])
    return sum(itertools.starmap(multiply, factors), 0.0)


def _along_array(node: Any, tangent: Mapping[Variable, Any], create_graph: bool, warns: bool) -> Any:
    """Return the tangent of a Tensor, by what its row says."""
    row = node.op
    y, operands = (node, node.inputs) if create_graph else (node._primal, arrays_of(node.inputs))
    moving = [tangent.get(x) if isinstance(x, Variable) else None for x in node.inputs]
    if row.__class__ is Primitive:
        found = _elementwise(row, moving, y, operands, create_graph, strong=False)
        if not is_finite(found):
            if warns:
                factors = [(elementwise_partial(node, i), primal(t)) for i, t in enumerate(moving) if t is not None]
                warn_of_limits(node, factors)
            found = _elementwise(row, moving, y, operands, create_graph, strong=True)
    else:
        found = row.tangent(moving, operands, node.settings)
        if found is NotImplemented:
            found = _transposed_twice(node, moving, y, operands, create_graph)
    if np.shape(found) != node.shape or found.__class__ is float or found.__class__ is Value:
        found = np.broadcast_to(found, node.shape)
    return found if found.dtype == node.dtype else astype(found, dtype=node.dtype)


def _elementwise(row: Primitive, moving: Any, y: Any, operands: Any, create_graph: bool, strong: bool) -> Any:
    """Return the sum of partials times tangents: a product for each element, as in reverse mode."""
    terms = [pullback(row, i, create_graph, strong)(t, y, *operands) for i, t in enumerate(moving) if t is not None]
    return functools.reduce(operator.add, terms)


def _transposed_twice(node: Any, moving: Sequence[Any], y: Any, operands: Sequence[Any], create_graph: bool) -> Any:
    """Return the tangent by the row's transpose alone: it is linear in the adjoint, and its own transpose is wanted."""
    still = np.zeros(node.shape, node.dtype)
    seeds: dict[Variable, Any] = {}
    with set_recording(True):
        g = Tensor(still)
        for position, t in enumerate(moving):
            if t is not None:
                pulled = transpose_of(node.op, position)(g, y, *operands, **node.settings)
                if isinstance(pulled, Variable):
                    pulled = fitted(pulled, node.inputs[position])
                    seeds[pulled] = seeds[pulled] + t if pulled in seeds else t
    found = adjoints(seeds, create_graph=create_graph, since=g.stamp).of_leaves
    if g not in found:
        _ensure_zero(node, moving, y, operands)
    return found.get(g, still)


def _ensure_zero(node: Any, moving: Sequence[Any], y: Any, operands: Sequence[Any]) -> None:
    """Refuse transposes that do not depend on the adjoint, unless they are zero."""
    one = np.ones(node.shape, node.dtype)
    for position, t in enumerate(moving):
        if t is not None and np.any(primal(transpose_of(node.op, position)(one, y, *operands, **node.settings))):
            raise UnsupportedFunctionError(
                f"the transpose of the row {node.op.name!r} for operand {position} takes numbers out of the graph, so "
                "forward mode and higher derivatives would miss them; write it in functions of NumPy and operators, "
                "without .data and .numpy()"
            )
