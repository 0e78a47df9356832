"""The words of a Diagram, line by line, for the formats that write plain text into their shapes."""

from __future__ import annotations

from autograd.drawing.diagram import Edge, Group, Node
from autograd.drawing.text import shorten
from autograd.names import one_line

__all__ = ["edge_lines", "group_title", "node_lines"]

LONGEST = 80  # characters in a line


def node_lines(node: Node) -> list[str]:
    """Return what stands in a node; what is shown of it in bold comes first, and there is at least one line."""
    names = node.name.split("\n") if node.kind in ("step", "gradient step") else [node.name]
    values = ("leaf", "value", "result")
    data = f"data {node.data}" if node.data and node.kind in values else node.data
    grad = f"grad {node.grad}" if node.grad else ""
    return [*map(_fitted, names), *(_fitted(line) for line in (data, grad, *node.details, *node.marks) if line)]


def edge_lines(edge: Edge) -> list[str]:
    """Return formula and number; a formula that says the number already stands alone."""
    is_said = edge.formula.endswith(f" = {edge.local_gradient}")
    number = "" if is_said or not edge.local_gradient else edge.local_gradient
    return [_fitted(line) for line in (edge.formula, f"= {number}" if number and edge.formula else number) if line]


def group_title(group: Group) -> str:
    """Return kind and name."""
    return _fitted(f"{group.kind} {group.name}")


def _fitted(text: str) -> str:
    return shorten(one_line(text[:10_000]), LONGEST, keep_end=LONGEST // 4)
