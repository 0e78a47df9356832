"""compare_order: what a backward pass gives that visits the nodes in a wrong order."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from autograd.explaining.words import call, made_from, one, table, variable
from autograd.names import names_of
from autograd.numbers import outline
from autograd.reverse import adjoints, contributions
from autograd.variable import Variable

__all__ = ["OrderReport", "Visit", "compare_order"]

ORDERS = ("depth first", "breadth first")
FEW_ROWS = 20
FEW_NAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """The first visit of a wrong order that came too early: where its adjoints part from the right ones.

    Attributes
    ----------
    order : str
        "depth first" or "breadth first".
    node : Variable
        The node visited.
    passed_on : float or ndarray
        The adjoint it had then, and passed on to its parents.
    adjoint : float or ndarray
        The right one.
    missing : tuple of Variable
        Its uses that were not visited yet, whose parts came too late.
    reason : str
        This in a sentence.
    """

    order: str
    node: Variable
    passed_on: Any
    adjoint: Any
    missing: tuple[Variable, ...]
    reason: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OrderReport:
    """Right and wrong adjoints, node by node. True if an order went wrong; printed, it is a text.

    Attributes
    ----------
    root : Variable
        Where the passes start.
    nodes : tuple of Variable
        The root and all it was made from, in the right order: the newest first.
    adjoints : dict of str to dict of Variable to float or ndarray
        For "topological" (the right order), "depth first" and "breadth first" the adjoint of each node.
    first_wrong : tuple of Visit
        For each order that goes wrong, where it does first.
    """

    root: Variable
    nodes: tuple[Variable, ...]
    adjoints: Mapping[str, Mapping[Variable, Any]]
    first_wrong: tuple[Visit, ...]
    _names: Mapping[Variable, str] = field(repr=False)
    _is_tree: bool = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.first_wrong)

    def __repr__(self) -> str:
        right = self.adjoints["topological"]
        rows = [("node", "topological", *ORDERS)]
        for node in self.nodes[:FEW_ROWS]:
            name, made = self._names[node], call(node, self._names)
            row = [f"{name} = {made}" if made else name, outline(right[node])]
            for order in ORDERS:
                found = self.adjoints[order][node]
                row.append(outline(found) + ("" if _same(found, right[node]) else "  wrong"))
            rows.append(tuple(row))  # type: ignore[arg-type]
        lines = [f"the derivative of {self._names[self.root]} by each node, visited in three orders:", *table(rows)]
        if len(self.nodes) > FEW_ROWS:
            lines.append(f"  … and {len(self.nodes) - FEW_ROWS:,} more")
        if self._is_tree:
            lines.append("no result is used by two operations, so every order that starts from the root is right")
        elif not self.first_wrong:
            lines.append("both orders happen to visit every node after all of its uses, so they are right here")
        return "\n".join([*lines, *(visit.reason for visit in self.first_wrong)])


def compare_order(root: Variable) -> OrderReport:
    """Show what goes wrong when a backward pass visits the nodes in a wrong order.

    A node passes its adjoint on when it is visited, so by then all its uses must have been: an order in which this
    always holds is topological. Beside it stand two that come to mind first, each visiting every node once, when it is
    met: depth first, as a recursive function does, into the first operand before the second; and breadth first, as a
    queue does, by distance from the root. No ``.grad`` is changed.

    Parameters
    ----------
    root : Value or Tensor
        The result.

    Returns
    -------
    OrderReport
        Plain data, which prints as text, and is True if one of the two goes wrong.

    Raises
    ------
    ArgumentError
        If ``root`` is not a Value or Tensor.
    GraphChangedError
        If a leaf was changed after it was used.

    Examples
    --------
    >>> from autograd import Value, compare_order
    >>> a = Value(3.0, name="a")
    >>> b = a * a
    >>> b.name = "b"
    >>> print(compare_order(b + b.exp()).first_wrong[0].reason)
    depth first visits b before v1, which uses b too: b passes on 1 instead of 8104
    """
    variable(root, "compare_order")
    behind = made_from(root)
    names = names_of(behind)
    found = adjoints({root: one(root)}, keep=True)
    right = {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}
    users: dict[Variable, list[Variable]] = {}
    for node in behind:
        for parent in dict.fromkeys(node.parents):
            users.setdefault(parent, []).append(node)
    results = {"topological": right}
    first_wrong = []
    for order in ORDERS:
        results[order], visit = _naive(order, root, right, users, names)
        if visit is not None:
            first_wrong.append(visit)
    is_tree = all(len(users.get(node, ())) <= 1 for node in behind if node.op is not None)
    nodes = tuple(sorted(behind, key=attrgetter("stamp"), reverse=True))
    return OrderReport(root, nodes, results, tuple(first_wrong), names, is_tree)


def _naive(
    order: str,
    root: Variable,
    right: Mapping[Variable, Any],
    users: Mapping[Variable, list[Variable]],
    names: Mapping[Variable, str],
) -> tuple[dict[Variable, Any], Visit | None]:
    """Return the adjoints of a pass that visits each node once, when it is met, and its first visit too early."""
    so_far: dict[Variable, Any] = {root: one(root)}
    visited: set[Variable] = set()
    waiting = deque([root])
    first: Visit | None = None
    while waiting:
        node = waiting.pop() if order == "depth first" else waiting.popleft()
        if node in visited:
            continue
        visited.add(node)
        adjoint = so_far[node]
        if node.op is None:
            continue
        if first is None and not _same(adjoint, right[node]):
            missing = tuple(user for user in users[node] if user not in visited)
            numbers = f"{outline(adjoint)} instead of {outline(right[node])}"
            reason = f"{order} visits {_sentence(node, missing, names)} passes on {numbers}"
            first = Visit(order, node, adjoint, right[node], missing, reason)
        parts = contributions(node, adjoint)
        for parent, part in zip(node.parents, parts, strict=True):
            so_far[parent] = so_far[parent] + part if parent in so_far else part
        unvisited = [parent for parent in node.parents if parent not in visited]
        waiting.extend(reversed(unvisited) if order == "depth first" else unvisited)
    return so_far, first


def _sentence(node: Variable, missing: tuple[Variable, ...], names: Mapping[Variable, str]) -> str:
    called = [names[user] for user in missing[:FEW_NAMES]]
    if len(missing) > FEW_NAMES:
        called.append(f"{len(missing) - FEW_NAMES:,} more")
    before = called[0] if len(called) == 1 else f"{', '.join(called[:-1])} and {called[-1]}"
    return f"{names[node]} before {before}, which use{'s' * (len(missing) == 1)} {names[node]} too: {names[node]}"


def _same(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=0.0, equal_nan=True))
