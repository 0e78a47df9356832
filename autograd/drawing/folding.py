"""Folding groups of a Diagram: each becomes one node."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from autograd.drawing.diagram import Diagram, Edge, Group, Node
from autograd.errors import ArgumentError, brief

__all__ = ["fold", "folded_node"]


def fold(diagram: Diagram, closed: Collection[str]) -> Diagram:
    """Return the diagram with some of its groups folded: each is one node, which has the group's id.

    Parameters
    ----------
    diagram : Diagram
        With groups.
    closed : collection of str
        Ids of groups. One inside another one that is folded is not seen.

    Returns
    -------
    Diagram
        Arrows between two nodes that were several are one, without formula; what is inside is gone.

    Raises
    ------
    ArgumentError
        If there is no group of an id.

    Examples
    --------
    >>> import autograd
    >>> from autograd.drawing import fold
    >>> bump = autograd.scope("bump")(lambda x: autograd.exp(-x * x))
    >>> diagram = autograd.draw(bump(autograd.Value(0.5, name="x")))
    >>> len(diagram.nodes), len(fold(diagram, [diagram.groups[0].id]).nodes)
    (7, 2)
    """
    groups = {group.id: group for group in diagram.groups}
    for id in closed:
        if id not in groups:
            raise ArgumentError(f"there is no group {brief(id)} to fold; the groups: {', '.join(groups) or 'none'}")
    seen = {group.id: _outermost(group, groups, closed) for group in diagram.groups}
    place = {node.id: seen.get(node.group, "") or node.id for node in diagram.nodes}
    nodes: dict[str, Node] = {}
    for node in diagram.nodes:
        id = place[node.id]
        if id == node.id:
            nodes[id] = node
        else:  # it stands where the last of what is in it stood: behind all that it needs
            before = nodes.pop(id, None)
            nodes[id] = folded_node(groups[id], node.highlight or (before is not None and before.highlight))
    edges: list[Edge] = []
    bundles: dict[tuple[str, str], int] = {}
    for edge in diagram.edges:
        tail, head = place[edge.tail], place[edge.head]
        if (tail, head) == (edge.tail, edge.head):
            edges.append(edge)
        elif tail != head and (tail, head) not in bundles:
            bundles[tail, head] = len(edges)
            edges.append(Edge(tail, head, highlight=edge.highlight))
        elif tail != head and edge.highlight:
            edges[bundles[tail, head]] = Edge(tail, head, highlight=True)
    left = tuple(group for group in diagram.groups if not seen[group.id])
    return dataclasses.replace(diagram, nodes=tuple(nodes.values()), edges=tuple(edges), groups=left)


def folded_node(group: Group, highlight: bool = False) -> Node:
    """Return the node that stands for a folded group."""
    name = f"{group.kind} {group.name}".strip()
    return Node(group.id, "group", name, details=group.details, group=group.parent, highlight=highlight)


def _outermost(group: Group, groups: dict[str, Group], closed: Collection[str]) -> str:
    """Return the id of the outermost folded group around a group, itself included; empty if there is none."""
    found = ""
    around: Group | None = group
    while around is not None:
        if around.id in closed:
            found = around.id
        around = groups.get(around.parent)
    return found
