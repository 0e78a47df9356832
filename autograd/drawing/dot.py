"""A Diagram in DOT, the language of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

import graphviz

from autograd.drawing.appearance import (
    ALERT,
    BACKGROUND,
    DARK,
    FAINT,
    FRAME,
    HIGHLIGHT,
    INK,
    LOOKS,
    SCALE,
    SIZES,
    fills,
    scale_of,
)
from autograd.drawing.captions import edge_lines, group_title
from autograd.drawing.diagram import Diagram, Edge, Group, Mark, Node
from autograd.names import one_line
from autograd.numbers import outline

__all__ = ["FONT", "PICTURE", "to_dot"]

FONT = "Helvetica,Arial,sans-serif"
PICTURE = "#010203"  # marks where a thumbnail goes; no look has this colour
THUMBNAIL = 64  # points, the longer side of a thumbnail

MARKS: dict[Mark, tuple[str, str]] = {
    "dead": ("✗ dead", FAINT),
    "saturated": ("≈ saturated", HIGHLIGHT),
    "non-finite": ("⚠ not finite", ALERT),
}


def to_dot(diagram: Diagram, *, thumbnails: bool = False) -> str:
    """Return the diagram as DOT, with room for the thumbnails if they are to be put in."""
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": diagram.direction,
            "bgcolor": BACKGROUND,
            "pad": "0.2",
            "nodesep": "0.25",
            "ranksep": "0.35",
            "fontname": FONT,
            "fontsize": "11",
            "fontcolor": FAINT,
        },
        node_attr={"fontname": FONT, "fontsize": "12", "fontcolor": INK, "margin": "0.1,0.06", "height": "0.3"},
        edge_attr={"fontname": FONT, "fontsize": "10", "fontcolor": INK, "color": FAINT, "arrowsize": "0.6"},
    )
    colours = fills(diagram)
    frames = {"": graph}
    inside: dict[str, list[Group]] = {}
    for group in diagram.groups:
        frames[group.id] = _frame(group)
        inside.setdefault(group.parent, []).append(group)
    for node in diagram.nodes:
        frames[node.group].node(node.id, _node_label(node, thumbnails), **_look(node, colours))
    for group in reversed(diagram.groups):  # inner ones are put into outer ones, whole
        frames[group.parent].subgraph(frames[group.id])
    for number, edge in enumerate(diagram.edges, 1):
        look = {"color": HIGHLIGHT, "fontcolor": HIGHLIGHT, "penwidth": "2.5"} if edge.highlight else {}
        graph.edge(edge.tail, edge.head, _edge_label(edge), id=f"edge{number}", **look)
    scale = scale_of(diagram)
    if scale is not None:
        graph.attr(label=_legend(*scale), labelloc="b", labeljust="l")
    source: str = graph.source
    return _darkened(source) if diagram.theme == "dark" else source


def _darkened(text: str) -> str:
    return re.sub("#[0-9a-f]{6}", lambda found: DARK.get(found[0], found[0]), text)


def _frame(group: Group) -> graphviz.Digraph:
    label = f"<{_faint(group_title(group))}>"
    look = {"label": label, "style": "rounded", "color": FRAME, "labeljust": "l", "labelloc": "t", "margin": "10"}
    return graphviz.Digraph(f"cluster_{group.id}", graph_attr={"id": group.id, **look})


def _look(node: Node, colours: dict[str, str]) -> dict[str, str]:
    look = {"id": node.id, **LOOKS[node.kind], **SIZES.get(node.kind, {})}
    if node.root:
        look["peripheries"] = "2"
    if node.id in colours:
        look["fillcolor"] = colours[node.id]
    if node.state == "unreachable":
        look["style"] += ",dashed"
    if node.highlight:
        look |= {"color": HIGHLIGHT, "penwidth": "2.5"}
    if "non-finite" in node.marks:
        look |= {"color": ALERT, "penwidth": "2.5"}
    return look


def _node_label(node: Node, thumbnails: bool) -> str:
    if node.kind in ("step", "gradient step"):
        lines = [f"<b>{_text(line)}</b>" for line in node.name.split("\n")]
        return _table(f'<tr><td align="left">{line}</td></tr>' for line in (*lines, _faint(node.data)))
    name = _text(node.name)
    if node.kind not in ("leaf", "value", "result", "group") and not node.marks:
        return f"<{name}>"
    rows = [f'<tr><td colspan="2"><b>{name}</b></td></tr>']
    for quantity, number in (("data", node.data), ("grad", node.grad)):
        if number:
            rows.append(
                f'<tr><td align="left"><font color="{FAINT}">{quantity}&#160;</font></td>'
                f'<td align="right">{_text(number)}</td></tr>'
            )
    rows += [f'<tr><td colspan="2">{_faint(line)}</td></tr>' for line in node.details]
    for mark in node.marks:
        words, colour = MARKS[mark]
        rows.append(f'<tr><td colspan="2"><font color="{colour}"><b>{words}</b></font></td></tr>')
    if thumbnails and node.thumbnail:
        rows.append(
            f'<tr><td colspan="2">{_table([_room(len(node.thumbnail[0]), len(node.thumbnail))])[1:-1]}</td></tr>'
        )
    return _table(rows)


def _room(columns: int, rows: int) -> str:
    unit = THUMBNAIL / max(columns, rows)
    width, height = (max(round(unit * length), 8) for length in (columns, rows))
    return f'<tr><td fixedsize="true" width="{width}" height="{height}" bgcolor="{PICTURE}"></td></tr>'


def _table(rows: Iterable[str]) -> str:
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>>'


def _faint(text: str) -> str:
    return f'<font color="{FAINT}">{_text(text)}</font>'


def _edge_label(edge: Edge) -> str | None:
    """Write formula and number one above the other."""
    lines = [_text(line) if line == edge.formula else f"<b>{_text(line)}</b>" for line in edge_lines(edge)]
    if not lines:
        return None
    # The background keeps lines behind the text from crossing it.
    cell = f'<td bgcolor="{BACKGROUND}" cellpadding="1">{"<br/>".join(lines)}</td>'
    return f'<<table border="0" cellborder="0" cellspacing="3"><tr>{cell}</tr></table>>'


def _legend(smallest: float, largest: float) -> str:
    """Write what the colours say: the smallest and the largest gradient, and the steps between."""
    cells = "".join(f'<td fixedsize="true" width="22" height="10" bgcolor="{colour}"></td>' for colour in SCALE)
    ends = [f"<td>{_faint(text)}</td>" for text in (f"size of grad (log) {outline(smallest)}", outline(largest))]
    space = '<tr><td height="8"></td></tr>'  # below what may stand lowest in the picture
    return _table([space, f"<tr>{ends[0]}{cells}{ends[1]}</tr>"])


def _text(text: str) -> str:
    return escape(one_line(text)).replace("\\", "\\\\")  # a backslash is an escape to Graphviz even in HTML
