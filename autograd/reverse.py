"""Reverse mode: one walk from the result to the leaves gives the derivative by all of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.errors import NonFiniteWarning, warn
from autograd.graph import Frontier
from autograd.primitives import strong_mul
from autograd.value import as_value
from autograd.variable import Variable

__all__ = ["Adjoints", "adjoints", "backward", "local_partials"]


class Adjoints(NamedTuple):
    """The derivative of a result by every node it depends on.

    Attributes
    ----------
    operations : list of Variable
        The nodes entered, newest first.
    of_operations : list
        Their adjoints, in the same order.
    of_leaves : dict
        The adjoints of the nodes not entered: leaves, and nodes older than the walk goes.
    """

    operations: list[Variable]
    of_operations: list[Any]
    of_leaves: dict[Variable, Any]


def adjoints(root: Variable, seed: Any, *, create_graph: bool = False, since: int = -1) -> Adjoints:
    """Return the adjoint (the derivative of the result by it) of every node the root depends on.

    Pure: no node is touched. By the chain rule, the adjoint of a node is the sum over its uses of the adjoint of the
    result of that use times the local gradient there.

    Parameters
    ----------
    root : Variable
        The result.
    seed : number or Value
        Its own adjoint.
    create_graph : bool, optional
        Read the rows again on Variables, so that adjoints are recorded expressions.
    since : int, optional
        Nodes no younger than this stamp get an adjoint but are not entered.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    operations: list[Variable] = []
    of_operations: list[Any] = []
    waiting = {root: seed}
    frontier = Frontier(since)
    frontier.push(root)
    for node in frontier:
        adjoint = waiting.pop(node)  # all uses are younger, so it is complete
        operations.append(node)
        of_operations.append(adjoint)
        if create_graph:
            _pull_recorded(node, adjoint, waiting, frontier.push)
        else:
            node.pull(adjoint, waiting, frontier.push)
    frontier.ensure_unchanged(operations)
    return Adjoints(operations, of_operations, waiting)


def local_partials(node: Variable) -> tuple[Any, ...]:
    """Return the node's local gradients, one a parent, as recorded expressions in its operands."""
    assert node.op is not None
    partials = node.op.partials(node, *node.inputs)
    return tuple(itertools.compress(partials, (isinstance(x, Variable) for x in node.inputs)))


def _pull_recorded(
    node: Variable, adjoint: Any, waiting: dict[Variable, Any], push: Callable[[Variable], None]
) -> None:
    for parent, partial in zip(node.parents, local_partials(node), strict=True):
        contribution = strong_mul(adjoint, partial)
        if parent in waiting:
            waiting[parent] = waiting[parent] + contribution
        else:
            waiting[parent] = contribution
            push(parent)


def backward(root: Variable, seed: Any, *, create_graph: bool) -> None:
    """Write the adjoints to ``.grad``: added on leaves, set on the nodes between."""
    found = adjoints(root, seed, create_graph=create_graph)
    for node, adjoint in zip(found.operations, found.of_operations, strict=True):
        node._grad = as_value(adjoint) if create_graph else adjoint
        node.reached = 1
    non_finite = []
    for leaf, adjoint in found.of_leaves.items():
        total = adjoint if leaf._grad is None else leaf._grad + adjoint
        leaf._grad = as_value(total) if create_graph else total
        leaf.reached += 1
        if not math.isfinite(adjoint):
            non_finite.append(leaf)
    if non_finite:
        names = ", ".join(node.name or f"Value({node._primal!r})" for node in non_finite[:5])
        more = f" and {len(non_finite) - 5} more" if len(non_finite) > 5 else ""
        warn(
            f"the gradient of {names}{more} is not finite; look at v.edges from the result down for the first local "
            "gradient that is inf or nan",
            NonFiniteWarning,
        )
