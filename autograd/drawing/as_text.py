"""A Diagram as text for a terminal: a tree from each result down to what it is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from autograd.drawing.captions import edge_lines, group_title
from autograd.drawing.diagram import Diagram, Edge, Node
from autograd.drawing.text import columns
from autograd.names import one_line

__all__ = ["to_text"]

DEEPEST = 12  # what is deeper than this is continued in a tree of its own, so that lines stay on the screen
WIDEST = 48  # of a name or number
COLUMNS = ("", "operation", "data", "grad", "local gradient", "more", "in")
RIGHT_ALIGNED = ("data", "grad")


def to_text(diagram: Diagram) -> str:
    """Return the diagram as a tree: under each value its operands, each with its local gradient.

    A node that is used again is only referred to, so the text is as long as the diagram, however many paths it has.

    Examples
    --------
    >>> from autograd import Value, exp
    >>> x = Value(0.0, name="x")
    >>> y = x * exp(x)
    >>> y.backward()
    >>> print(to_text(y.draw()))
                     operation  data  grad  local gradient
    v2               *             0     1
    ├─ x                           0     1  ∂v2/∂x = v1 = 1
    └─ v1            exp           1     0  ∂v2/∂v1 = x = 0
       └─ x (above)                         ∂v1/∂x = v1 = 1
    <BLANKLINE>
    """
    tree = _Tree(diagram)
    tree.draw_all()
    return _table(tree.rows)


class _Visit(NamedTuple):
    """A node that is to be drawn: what stands before it on its line and on those below, and the edge to it."""

    node: Node
    first: str = ""
    rest: str = ""
    edge: Edge | None = None
    around: str = ""  # the group of the node above
    depth: int = 0


class _Tree:
    """Lines as they come together."""

    def __init__(self, diagram: Diagram) -> None:
        self.nodes = {node.id: node for node in diagram.nodes}
        self.into: dict[str, list[Edge]] = {node.id: [] for node in diagram.nodes}
        for edge in diagram.edges:
            self.into[edge.head].append(edge)
        self.groups = {"": "", **{group.id: _fitted(group_title(group)) for group in diagram.groups}}
        self.tails = {edge.tail for edge in diagram.edges}
        self.rows: list[Sequence[str]] = []
        self.met: set[str] = set()
        self.continued: list[Node] = []

    def draw_all(self) -> None:
        """Draw a tree for each result, and for whatever no result is made of."""
        last = [node for node in self.nodes.values() if node.id not in self.tails]
        results = [node for node in self.nodes.values() if node.root]
        for node in (*last, *results, *self.nodes.values()):
            if node.id not in self.met:
                self._draw(node)

    def _draw(self, root: Node) -> None:
        """Draw one tree, and behind it those that continue what was too deep."""
        roots = [root]
        while roots:
            waiting = [_Visit(root) for root in reversed(roots)]
            while waiting:
                waiting.extend(reversed(self._line(waiting.pop())))
            roots, self.continued = self.continued, []

    def _line(self, visit: _Visit) -> list[_Visit]:
        """Write the line of a node, and return what stands below it."""
        node, edge = visit.node, visit.edge
        operation, operands = self._operands(node)
        remark = ""
        if visit.depth and node.id in self.met:
            remark = " (above)"
        elif visit.depth == DEEPEST and operands:
            remark = " (continued below)"
            self.continued.append(node)
        elif node.kind == "reference":
            remark = " (elsewhere)"
        self.met.add(node.id)
        more = (*node.details, *node.marks)
        group = "" if node.group == visit.around else self.groups[node.group]
        gradient = "" if edge is None else _fitted(" ".join(edge_lines(edge)), 2 * WIDEST)
        cells = [operation, _fitted(node.data), _fitted(node.grad), gradient, _fitted("; ".join(more)), group]
        if remark == " (above)":
            cells = ["", "", "", gradient, "", ""]
        self.rows.append((f"{visit.first}{_fitted(node.name)}{remark}", *cells))
        if remark:
            return []
        below = []
        for count, operand in enumerate(operands, 1):
            branch, trunk = ("└─ ", "   ") if count == len(operands) else ("├─ ", "│  ")
            below.append(
                _Visit(
                    self.nodes[operand.tail],
                    visit.rest + branch,
                    visit.rest + trunk,
                    operand,
                    node.group,
                    visit.depth + 1,
                )
            )
        return below

    def _operands(self, node: Node) -> tuple[str, list[Edge]]:
        """Return the operation that made a value, and the edges from its operands."""
        edges = self.into[node.id]
        if len(edges) == 1 and (operation := self.nodes[edges[0].tail]).kind == "operation":
            self.met.add(operation.id)
            return _fitted(operation.name), self.into[operation.id]
        return "", edges


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines, with columns that are as wide as they need; an empty column is left out."""
    used = [i for i in range(len(rows[0])) if i == 0 or any(row[i] for row in rows)] if rows else []
    lines = [COLUMNS, *rows] if len(used) > 1 else rows
    widths = [max(columns(line[i]) for line in lines) for i in used]
    return "".join(
        "  ".join(_aligned(line[i], width, COLUMNS[i]) for i, width in zip(used, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def _aligned(text: str, width: int, column: str) -> str:
    space = " " * (width - columns(text))
    return space + text if column in RIGHT_ALIGNED else text + space


def _fitted(text: str, width: int = WIDEST) -> str:
    """Return the text in one line, without what would move a terminal's cursor, and cut to a width."""
    text = "".join(_visible(character) for character in one_line(text[: 8 * width]))
    if columns(text) <= width:
        return text
    while columns(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _visible(character: str) -> str:
    """Return the character; � for a control, and for one that turns the direction of writing."""
    turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return "�" if turns or unicodedata.category(character) == "Cc" else character
