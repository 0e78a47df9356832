"""Forward mode: one walk from the leaves to the results gives their derivative in one direction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from autograd.graph import operations
from autograd.primitives import strong_mul
from autograd.reverse import local_partials
from autograd.value import number
from autograd.variable import Variable, warn_of_limits

__all__ = ["tangents"]


def tangents(
    roots: Iterable[Variable], directions: Mapping[Variable, Any], *, create_graph: bool = False, since: int = -1
) -> dict[Variable, Any]:
    """Return the tangent of every node that depends on the variables given a direction.

    Parameters
    ----------
    roots : iterable of Variable
        The results.
    directions : mapping of Variable to number
        The tangents of the variables to differentiate by.
    create_graph : bool, optional
        Read the rows again on Variables, so that tangents are recorded expressions.
    since : int, optional
        Nodes no younger than this stamp are not entered.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    tangent = dict(directions)
    multiply = strong_mul if create_graph else strong_mul.scalar_function
    for node in reversed(operations(roots, since)):
        if any(parent in tangent for parent in node.parents):
            partials = local_partials(node) if create_graph else node.partials
            factors = [
                (p, tangent[parent]) for parent, p in zip(node.parents, partials, strict=True) if parent in tangent
            ]
            warn_of_limits(node, [(number(p, "a partial"), number(t, "a tangent")) for p, t in factors])
            tangent[node] = sum(itertools.starmap(multiply, factors), 0.0)
    return tangent
