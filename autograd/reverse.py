"""Reverse mode: one walk from the result to the leaves gives the derivative by all of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

from autograd.errors import (
    ArgumentError,
    DisconnectedWarning,
    NonFiniteWarning,
    NotANumberError,
    NotAScalarError,
    SizeError,
    brief,
    warn,
)
from autograd.graph import ensure_unchanged, inside_transform, recording, set_recording
from autograd.primitives import strong_mul
from autograd.value import as_value, number
from autograd.variable import Variable, warn_of_limits

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


def adjoints(seeds: Mapping[Variable, Any], *, create_graph: bool = False, since: int = -1) -> Adjoints:
    """Return the adjoint (the derivative of the result by it) of every node the roots depend on.

    Pure: no node is touched. By the chain rule, the adjoint of a node is the sum over its uses of the adjoint of the
    result of that use times the local gradient there.

    Parameters
    ----------
    seeds : mapping of Variable to number or Value
        The roots, each with its own adjoint.
    create_graph : bool, optional
        Read the rows again on Variables, so that adjoints are recorded expressions.
    since : int, optional
        Nodes no younger than this stamp get an adjoint but are not entered.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    so_far = dict(seeds)
    operations: list[Variable] = []
    of_operations: list[Any] = []
    leaves: list[Variable] = []
    waiting: dict[int, Variable] = {}
    order: list[int] = []  # a heap of falling stamps: a node is younger than its parents, so newest first is in order

    def meet(node: Variable) -> None:
        if node.op is None:
            leaves.append(node)
        elif node.stamp > since:
            waiting[-node.stamp] = node
            heappush(order, -node.stamp)

    for root in seeds:
        meet(root)
    while order:
        node = waiting.pop(heappop(order))
        adjoint = so_far.pop(node)  # all uses are younger, so it is complete
        operations.append(node)
        of_operations.append(adjoint)
        if create_graph or adjoint - adjoint != 0:
            for parent, contribution in _contributions(node, adjoint, create_graph):
                if parent in so_far:
                    so_far[parent] = so_far[parent] + contribution
                else:
                    so_far[parent] = contribution
                    meet(parent)
        elif adjoint == 0:  # zero times anything is zero, inf and nan included
            for parent in node.parents:
                if parent not in so_far:
                    so_far[parent] = 0.0
                    meet(parent)
        else:  # the usual case, written out for speed: finite and not zero, so no product is zero times inf
            for parent, partial in zip(node.parents, node.partials):  # noqa: B905
                if parent in so_far:
                    so_far[parent] += adjoint * partial
                else:
                    so_far[parent] = adjoint * partial
                    meet(parent)
    ensure_unchanged(operations, leaves)
    return Adjoints(operations, of_operations, so_far)


def _contributions(node: Variable, adjoint: Any, create_graph: bool) -> list[tuple[Variable, Any]]:
    """Return each parent with what its adjoint gains from this node's: adjoint times local gradient, zeros strong."""
    partials = local_partials(node) if create_graph else node.partials
    warn_of_limits(node, [(number(adjoint, "an adjoint"), number(partial, "a partial")) for partial in partials])
    return [(parent, strong_mul(adjoint, partial)) for parent, partial in zip(node.parents, partials, strict=True)]


def local_partials(node: Variable) -> tuple[Any, ...]:
    """Return the node's local gradients, one a parent, as recorded expressions in its operands."""
    assert node.op is not None
    try:
        partials = node.op.partials(node, *node.inputs)
    except ArithmeticError:  # Python's own floats raise in 1/0; a Value gives inf
        partials = node.op.partials(node, *(as_value(x) for x in node.inputs))
    return tuple(itertools.compress(partials, (isinstance(x, Variable) for x in node.inputs)))


def backward(outputs: Any, seeds: Sequence[Any] | None = None, *, create_graph: bool = False) -> None:
    """Find the derivative of several outputs together by everything they were made from; see `Value.backward`.

    Parameters
    ----------
    outputs : Value, or sequence of Values
        The results.
    seeds : sequence of numbers, optional
        The derivative of the final result by each output, one for each; may be left out for a single output.
    create_graph : bool, optional
        Record the derivatives too.

    Raises
    ------
    NotAScalarError
        If there are several outputs and no seeds: a gradient is of one number.
    NotANumberError
        If an output is not a Value, or a seed is not a number.
    SizeError
        If there are not as many seeds as outputs.

    Examples
    --------
    >>> from autograd import Value, backward
    >>> x = Value(3.0)
    >>> backward([x * x, 2 * x], seeds=[1.0, 10.0])
    >>> x.grad
    26.0
    """
    if not isinstance(outputs, Variable | list | tuple):
        raise NotANumberError(f"backward starts from Values, not from {type(outputs).__name__}: {brief(outputs)}")
    roots = [outputs] if isinstance(outputs, Variable) else list(outputs)
    if not roots:
        raise ArgumentError("backward from an empty list: give it at least one Value")
    if seeds is None:
        if len(roots) != 1:
            raise NotAScalarError(
                f"backward from {len(roots)} outputs needs seeds, one for each: the derivative of the final result by "
                "it. To differentiate their sum, give seeds=[1, 1, ...] or call backward on the sum."
            )
        seeds = [1.0]
    if not isinstance(seeds, list | tuple):
        raise ArgumentError(f"seeds must be a list with a number for each output, not {brief(seeds)}")
    if len(seeds) != len(roots):
        raise SizeError(f"backward needs a seed for each output, but got {len(roots)} outputs and {len(seeds)} seeds")
    adjoint: dict[Variable, Any] = {}
    for root, seed in zip(roots, seeds, strict=True):
        if not isinstance(root, Variable):
            raise NotANumberError(f"backward starts from Values, not from {type(root).__name__}: {brief(root)}")
        if root.is_leaf:
            warn(
                f"backward starts from {root!r}, which is a leaf: nothing was recorded that it was made from. Was it "
                "computed under no_grad()?",
                DisconnectedWarning,
            )
        if isinstance(seed, Variable) and not create_graph:
            raise NotANumberError("a seed that is a Value needs create_graph=True; without it, give float(seed)")
        if not isinstance(seed, Variable):
            seed = number(seed, "the seed of backward")
        adjoint[root] = adjoint[root] + seed if root in adjoint else seed
    with set_recording(create_graph or recording()):
        found = adjoints(adjoint, create_graph=create_graph)
        if not create_graph and not inside_transform().isdisjoint([*found.operations, *found.of_leaves]):
            warn(
                "backward() inside grad or jvp gives gradients as plain numbers, which the outer derivative does not "
                "see; use grad inside, or backward(create_graph=True)",
                DisconnectedWarning,
            )
        _write(found, create_graph)


def _write(found: Adjoints, create_graph: bool) -> None:
    if create_graph:
        found = Adjoints(
            found.operations,
            [as_value(adjoint) for adjoint in found.of_operations],
            {leaf: as_value(adjoint) for leaf, adjoint in found.of_leaves.items()},
        )
    for node, adjoint in zip(found.operations, found.of_operations):  # noqa: B905  # of one length by construction
        node._grad = adjoint
        node.reached = 1
    non_finite = []
    for leaf, adjoint in found.of_leaves.items():
        leaf._grad = adjoint if leaf._grad is None else leaf._grad + adjoint
        leaf.reached += 1
        if not math.isfinite(number(adjoint, "an adjoint")):
            non_finite.append(leaf)
    if non_finite:
        names = ", ".join(node.name or f"Value({node._primal!r})" for node in non_finite[:5])
        more = f" and {len(non_finite) - 5} more" if len(non_finite) > 5 else ""
        warn(
            f"the gradient of {names}{more} is not finite; look at v.edges from the result down for the first local "
            "gradient that is inf or nan",
            NonFiniteWarning,
        )
