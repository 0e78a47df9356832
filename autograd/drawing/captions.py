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
    """Return formula and number, one of them or none; a formula that says the number already stands alone."""
    said = edge.local_gradient
    if edge.formula and edge.number is not None:  # the shape of a Jacobian is no value of the formula
        said = "" if edge.formula.endswith(f" = {said}") else f"= {said}"
    return [_fitted(line) for line in (edge.formula, said) if line]


def group_title(group: Group) -> str:
    """Return kind and name."""
    return _fitted(f"{group.kind} {group.name}")


def _fitted(text: str) -> str:
    return shorten(one_line(text[:10_000]), LONGEST, keep_end=LONGEST // 4)
