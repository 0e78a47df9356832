"""A Diagram in the language of Mermaid, which many places that show Markdown draw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograd.drawing.appearance import ALERT, BACKGROUND, DARK, FAINT, FRAME, HIGHLIGHT, INK, LOOKS, fills, scale_of
from autograd.drawing.captions import edge_lines, group_title, node_lines
from autograd.drawing.diagram import Diagram, Kind
from autograd.numbers import outline

__all__ = ["to_mermaid"]

SHAPES: dict[Kind, tuple[str, str]] = {
    "leaf": ("(", ")"),
    "value": ("[", "]"),
    "result": ("[[", "]]"),
    "operation": ("([", "])"),
    "constant": ("[", "]"),
    "reference": ("(", ")"),
    "folded": ("[", "]"),
    "group": ("{{", "}}"),
    "step": ("[", "]"),
    "gradient step": ("[/", "/]"),
}
DASHES = {"dotted": "2 2", "dashed": "6 3"}
UNSAFE = re.compile(r"[!-&*;-<>-@\[-`{-~:]|^[+-]|-(?=-)|\.(?!\d)")


def to_mermaid(diagram: Diagram) -> str:
    """Return the diagram as a Mermaid flowchart.

    Mermaid draws no more than 500 arrows and 50,000 characters, unless the page that shows it sets its ``maxEdges``
    and ``maxTextSize``.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(2.0, name="a")
    >>> print((-a).draw().to_string("mmd"))
    flowchart LR
    n1("a<br/>data 2<br/>grad –"):::leaf
    n2(["#45;"]):::operation
    n3[["v1<br/>data -2<br/>grad –"]]:::result
    n1 -->|"∂v1/∂a = -1"| n2
    n2 --> n3
    classDef leaf fill:#e1effa,stroke:#0072b2,color:#222222
    classDef operation fill:#fff6cc,stroke:#9a7d00,color:#222222
    classDef result fill:#fde9d9,stroke:#d55e00,color:#222222
    <BLANKLINE>
    """
    text = "\n".join(_lines(diagram)) + "\n"
    return re.sub("#[0-9a-f]{6}", lambda found: DARK[found[0]], text) if diagram.theme == "dark" else text


def _lines(diagram: Diagram) -> Iterator[str]:
    ids = {node.id: f"n{number}" for number, node in enumerate(diagram.nodes, 1)}  # none is a word of the language
    yield f"flowchart {diagram.direction}"
    yield from _frames(diagram, ids)
    for edge in diagram.edges:
        label = _label(edge_lines(edge))
        yield f"{ids[edge.tail]} -->{f'|{label}|' if label else ''} {ids[edge.head]}"
    if words := _legend(diagram):
        yield f"legend[{_label([words])}]:::constant"
    yield from _classes(diagram)
    yield from _styles(diagram, ids)


def _frames(diagram: Diagram, ids: dict[str, str]) -> list[str]:
    """Return the nodes, and the frames with the nodes that are in them."""
    nodes: dict[str, list[str]] = {"": [], **{group.id: [] for group in diagram.groups}}
    for node in diagram.nodes:
        before, behind = SHAPES[node.kind]
        nodes[node.group].append(f"{ids[node.id]}{before}{_label(node_lines(node))}{behind}:::{_class(node.kind)}")
    frames: dict[str, list[str]] = {group: [] for group in nodes}
    for number, group in reversed(list(enumerate(diagram.groups, 1))):  # inner ones are put into outer ones, whole
        start = f"subgraph g{number} [{_label([group_title(group)])}]", f"direction {diagram.direction}"
        frames[group.parent] = [*start, *nodes[group.id], *frames[group.id], "end", *frames[group.parent]]
    return [*nodes[""], *frames[""]]


def _classes(diagram: Diagram) -> Iterator[str]:
    kinds: list[Kind] = [node.kind for node in diagram.nodes]
    if _legend(diagram):
        kinds.append("constant")
    for kind in dict.fromkeys(kinds):
        look = LOOKS[kind]
        line = f"fill:{look.get('fillcolor', BACKGROUND)},stroke:{look.get('color', BACKGROUND)},color:{INK}"
        dashes = [length for name, length in DASHES.items() if name in look.get("style", "")]
        yield f"classDef {_class(kind)} {line}{f',stroke-dasharray:{dashes[0]}' if dashes else ''}"
    if diagram.groups:
        numbers = range(1, len(diagram.groups) + 1)
        yield f"classDef frame fill:none,stroke:{FRAME},color:{FAINT}"
        yield f"class {','.join(f'g{number}' for number in numbers)} frame"


def _styles(diagram: Diagram, ids: dict[str, str]) -> Iterator[str]:
    """Yield how nodes and arrows differ from others of their kind."""
    colours = fills(diagram)
    for node in diagram.nodes:
        style = [f"fill:{colours[node.id]}"] if node.id in colours else []
        if "non-finite" in node.marks or node.highlight:
            style += [f"stroke:{ALERT if 'non-finite' in node.marks else HIGHLIGHT}", "stroke-width:3px"]
        if node.state == "unreachable":
            style.append(f"stroke-dasharray:{DASHES['dashed']}")
        if style:
            yield f"style {ids[node.id]} {','.join(style)}"
    if numbers := [str(number) for number, edge in enumerate(diagram.edges) if edge.highlight]:
        yield f"linkStyle {','.join(numbers)} stroke:{HIGHLIGHT},stroke-width:3px,color:{HIGHLIGHT}"


def _legend(diagram: Diagram) -> str:
    """Return what the colours of gradients say; empty if there is none."""
    scale = scale_of(diagram)
    return "" if scale is None else f"colour: size of grad, {outline(scale[0])} to {outline(scale[1])} (log)"


def _class(kind: Kind) -> str:
    return kind.replace(" ", "-")


def _label(lines: Sequence[str]) -> str:
    """Return lines in quotation marks, or nothing for none; what could have a meaning is written as its number."""
    return '"' + "<br/>".join(map(_text, lines)) + '"' if lines else ""


def _text(line: str) -> str:
    """Write ASCII's signs as numbers, but for a few where they are harmless: not where Markdown begins a list."""
    return UNSAFE.sub(lambda found: f"#{ord(found[0])};", line) or " "
