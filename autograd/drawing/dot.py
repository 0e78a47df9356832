"""A Diagram in DOT, the language of Graphviz. How a picture looks is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import graphviz

from autograd.drawing.diagram import Diagram, Edge, Kind, Node

__all__ = ["to_dot"]

FONT = "Helvetica,Arial,sans-serif"
INK = "#222222"
FAINT = "#666666"  # dark enough to be read on every fill

# Hues from the palette of Okabe and Ito, which colour-blind people can tell apart; the shapes differ too.
LOOKS: dict[Kind, dict[str, str]] = {
    "leaf": {"shape": "box", "style": "rounded,filled", "fillcolor": "#E1EFFA", "color": "#0072B2"},
    "value": {"shape": "box", "style": "filled", "fillcolor": "#F6F6F6", "color": "#8C8C8C"},
    "result": {"shape": "box", "style": "filled", "fillcolor": "#FDE9D9", "color": "#D55E00", "peripheries": "2"},
    "operation": {"shape": "ellipse", "style": "filled", "fillcolor": "#FFF6CC", "color": "#9A7D00"},
    "constant": {"shape": "plaintext"},
    "reference": {"shape": "box", "style": "rounded,dotted", "color": INK},
    "folded": {"shape": "box", "style": "dashed", "color": FAINT},
    "step": {"shape": "box", "style": "filled,bold", "fillcolor": "#E2F3EC", "color": "#009E73"},
    "gradient step": {"shape": "note", "style": "filled", "fillcolor": "#F8E6F0", "color": "#CC79A7"},
}
SIZES: dict[Kind, dict[str, str]] = {
    "operation": {"width": "0.42", "height": "0.42", "margin": "0.06,0.02"},
    "constant": {"width": "0.2", "height": "0.2", "margin": "0.04,0.02"},
}


def to_dot(diagram: Diagram) -> str:
    """Return the diagram as DOT."""
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": diagram.direction,
            "bgcolor": "white",
            "pad": "0.2",
            "nodesep": "0.25",
            "ranksep": "0.35",
        },
        node_attr={"fontname": FONT, "fontsize": "12", "fontcolor": INK, "margin": "0.1,0.06", "height": "0.3"},
        edge_attr={"fontname": FONT, "fontsize": "10", "fontcolor": INK, "color": FAINT, "arrowsize": "0.6"},
    )
    for node in diagram.nodes:
        graph.node(node.id, _node_label(node), **LOOKS[node.kind], **SIZES.get(node.kind, {}))
    for edge in diagram.edges:
        graph.edge(edge.tail, edge.head, _edge_label(edge))
    source: str = graph.source
    return source


def _node_label(node: Node) -> str:
    if node.kind in ("step", "gradient step"):
        lines = [f"<b>{_text(line)}</b>" for line in node.name.split("\n")]
        return _table(f'<tr><td align="left">{line}</td></tr>' for line in (*lines, _faint(node.data)))
    name = _text(node.name)
    if node.kind not in ("leaf", "value", "result"):
        return f"<{name}>"
    rows = [f'<tr><td colspan="2"><b>{name}</b></td></tr>']
    for quantity, number in (("data", node.data), ("grad", node.grad)):
        if number:
            rows.append(
                f'<tr><td align="left"><font color="{FAINT}">{quantity}&#160;</font></td>'
                f'<td align="right">{_text(number)}</td></tr>'
            )
    return _table(rows)


def _table(rows: Iterable[str]) -> str:
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>>'


def _faint(text: str) -> str:
    return f'<font color="{FAINT}">{_text(text)}</font>'


def _edge_label(edge: Edge) -> str | None:
    """Write formula and number one above the other; a formula that says the number already stands alone."""
    lines = [_text(edge.formula)] if edge.formula else []
    if edge.local_gradient and not edge.formula.endswith(f" = {edge.local_gradient}"):
        lines.append(f"<b>{_text(('= ' if edge.formula else '') + edge.local_gradient)}</b>")
    if not lines:
        return None
    return f'<<table border="0" cellborder="0" cellpadding="4"><tr><td>{"<br/>".join(lines)}</td></tr></table>>'


def _text(text: str) -> str:
    return escape(text).replace("\\", "\\\\")  # a backslash is an escape to Graphviz even in HTML
