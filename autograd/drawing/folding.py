"""Folding groups of a Diagram: each becomes one node."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from autograd.drawing.captions import group_title
from autograd.drawing.diagram import Diagram, Edge, Group, Node
from autograd.errors import ArgumentError, brief

__all__ = ["Edges", "fold", "folded_node"]


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
    edges = Edges()
    for edge in diagram.edges:
        tail, head = place[edge.tail], place[edge.head]
        if (tail, head) == (edge.tail, edge.head):
            edges.append(edge)
        elif tail != head:
            edges.bundle(tail, head, edge.highlight)
    left = tuple(group for group in diagram.groups if not seen[group.id])
    return dataclasses.replace(diagram, nodes=tuple(nodes.values()), edges=tuple(edges), groups=left)


class Edges(list[Edge]):
    """Edges as they come together; of several between the same two, from or to what is folded, one is enough."""

    def __init__(self) -> None:
        super().__init__()
        self._bundles: dict[tuple[str, str], int] = {}  # where each stands

    def bundle(self, tail: str, head: str, stands_out: bool) -> None:
        """Add an arrow without a formula, or let the one that is there stand out."""
        index = self._bundles.setdefault((tail, head), len(self))
        if index == len(self):
            self.append(Edge(tail, head, highlight=stands_out))
        elif stands_out:
            self[index] = Edge(tail, head, highlight=True)


def folded_node(group: Group, highlight: bool = False) -> Node:
    """Return the node that stands for a folded group."""
    return Node(group.id, "group", group_title(group), details=group.details, group=group.parent, highlight=highlight)


def _outermost(group: Group, groups: dict[str, Group], closed: Collection[str]) -> str:
    """Return the id of the outermost folded group around a group, itself included; empty if there is none."""
    found = ""
    around: Group | None = group
    while around is not None:
        if around.id in closed:
            found = around.id
        around = groups.get(around.parent)
    return found
