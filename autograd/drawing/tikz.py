"""A Diagram as a LaTeX document: TikZ shapes, at the places where Graphviz puts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    fills,
    scale_of,
)
from autograd.drawing.captions import edge_lines, group_title, node_lines
from autograd.drawing.diagram import Diagram, Node
from autograd.drawing.latex import FALLBACK, to_latex
from autograd.drawing.layout import Curve, Layout, Point, lay_out
from autograd.numbers import outline

__all__ = ["to_tikz"]

LARGEST = 12_000.0  # points; TeX knows no length of more than 16,383
MARGIN = 12.0
PLAIN = ("operation", "constant", "reference", "folded")  # whose name is not bold
SHAPES = {"box": "rectangle", "box3d": "rectangle", "note": "rectangle", "ellipse": "ellipse", "plaintext": "rectangle"}
LINES = {"rounded": "rounded corners=5pt", "dotted": "dotted", "dashed": "dashed", "bold": "line width=1.2pt"}

# The page is as large as the picture: with primitives of TeX, for the class that does this is not always installed.
DOCUMENT = r"""\documentclass{article}
\usepackage{iftex}
\usepackage{textcomp}
\usepackage{tikz}
\usetikzlibrary{shapes.geometric}
\pagestyle{empty}
%(fallback)s
%(colours)s
\newsavebox\drawn
\begin{document}
\sbox\drawn{%%
\begin{tikzpicture}[x=1bp, y=1bp, >=latex,
  every node/.style={scale=%(scale)s, text=%(ink)s},
  caption/.style={align=center, inner sep=1pt, outer sep=0pt, font=\sffamily\fontsize{8}{9.5}\selectfont},
  shape of node/.style={caption, font=\sffamily\fontsize{9}{11}\selectfont}]
%(picture)s
\end{tikzpicture}}
\ifLuaTeX \let\pdfpagewidth\pagewidth \let\pdfpageheight\pageheight \fi
\pdfpagewidth=\wd\drawn
\pdfpageheight=\dimexpr\ht\drawn+\dp\drawn\relax
\hoffset=-1in
\voffset=-1in
\shipout\box\drawn
\end{document}
"""


def to_tikz(diagram: Diagram) -> str:
    """Return the diagram as a LaTeX document that pdflatex, lualatex and xelatex turn into a PDF of its size.

    The ``tikzpicture`` in it can be put into another document, with what the preamble defines.

    Raises
    ------
    MissingExtraError
        If no Graphviz is installed, which says where everything goes.
    DrawingError
        If it fails.
    """
    picture = _Picture(diagram, lay_out(diagram))
    ink, lines = picture.colour(INK), "\n".join(picture.lines())
    colours = "\n".join(f"\\definecolor{{{name}}}{{HTML}}{{{name[1:]}}}" for name in sorted(picture.colours))
    return DOCUMENT % {
        "fallback": FALLBACK,
        "colours": colours,
        "scale": f"{picture.scale:.4g}",
        "ink": ink,
        "picture": lines,
    }


class _Picture:
    """Lines of TikZ, and the colours that they use."""

    def __init__(self, diagram: Diagram, layout: Layout) -> None:
        self.diagram = diagram
        self.layout = layout
        self.scale = min(1.0, LARGEST / max(layout.whole.width, layout.whole.height, 1.0))
        self.fills = fills(diagram)
        self.colours: set[str] = set()

    def colour(self, light: str) -> str:
        """Return the name of a colour, which is noted to be defined."""
        name = f"c{(DARK[light] if self.diagram.theme == 'dark' else light)[1:].upper()}"
        self.colours.add(name)
        return name

    def lines(self) -> Iterator[str]:
        """Yield the background, then frames, arrows and nodes, each upon the other."""
        whole, margin = self.layout.whole, MARGIN / self.scale
        corners = (-margin, -margin), (whole.width + margin, whole.height + margin)
        yield rf"\fill[{self.colour(BACKGROUND)}] {self._place(corners[0])} rectangle {self._place(corners[1])};"
        for group in self.diagram.groups:
            box = self.layout.groups.get(group.id)
            if box is None:
                continue
            below = self._place((box.x - box.width / 2, box.y - box.height / 2))
            above = self._place((box.x + box.width / 2, box.y + box.height / 2))
            yield rf"\draw[rounded corners=5pt, {self.colour(FRAME)}] {below} rectangle {above};"
            yield self._caption(box.title, [group_title(group)], FAINT)
        for edge, curve in zip(self.diagram.edges, self.layout.edges, strict=True):
            colour, width = (HIGHLIGHT, ", line width=2pt") if edge.highlight else (FAINT, "")
            yield rf"\draw[->, {self.colour(colour)}{width}] {self._way(curve)};"
            if curve.label is not None:
                yield self._caption(curve.label, edge_lines(edge), HIGHLIGHT if edge.highlight else INK)
        for node in self.diagram.nodes:
            yield self._node(node)
        if scale := scale_of(self.diagram):
            yield self._legend(*scale)

    def _node(self, node: Node) -> str:
        box = self.layout.nodes[node.id]
        first, *others = node_lines(node)
        style = ", ".join(["shape of node", *self._look(node)])
        size = f"minimum width={box.width:.2f}bp, minimum height={box.height:.2f}bp"
        name = to_latex(first) if node.kind in PLAIN else rf"\textbf{{{to_latex(first)}}}"
        return rf"\node[{style}, {size}] at {self._place((box.x, box.y))} {{{_lines([name, *map(to_latex, others)])}}};"

    def _look(self, node: Node) -> Iterator[str]:
        look = LOOKS[node.kind]
        yield SHAPES[look["shape"]]
        if look["shape"] != "plaintext":
            colour = ALERT if "non-finite" in node.marks else HIGHLIGHT if node.highlight else look["color"]
            yield f"draw={self.colour(colour)}"
            yield from (LINES[style] for style in look["style"].split(",") if style in LINES)
        if fill := self.fills.get(node.id, look.get("fillcolor")):
            yield f"fill={self.colour(fill)}"
        if node.state == "unreachable":
            yield LINES["dashed"]
        if "non-finite" in node.marks or node.highlight:
            yield "line width=2pt"
        if look.get("peripheries") == "2":
            yield f"double={self.colour(BACKGROUND)}, double distance=1.5pt"

    def _legend(self, smallest: float, largest: float) -> str:
        bars = "".join(rf"{{\color{{{self.colour(colour)}}}\rule{{22bp}}{{6bp}}}}" for colour in SCALE)
        ends = to_latex(outline(smallest)), to_latex(outline(largest))
        text = rf"size of grad (log) {ends[0]} {bars} {ends[1]}"
        return rf"\node[caption, text={self.colour(FAINT)}] at {self._place(self.layout.whole.title)} {{{text}}};"

    def _caption(self, place: Point, lines: Sequence[str], colour: str) -> str:
        text = _lines([to_latex(line) for line in lines])
        return rf"\node[caption, text={self.colour(colour)}] at {self._place(place)} {{{text}}};"

    def _way(self, curve: Curve) -> str:
        first, *others = map(self._place, curve.points)
        parts = [first]
        for one, two, end in zip(others[::3], others[1::3], others[2::3], strict=True):
            parts.append(f".. controls {one} and {two} .. {end}")
        if curve.tip is not None:
            parts.append(f"-- {self._place(curve.tip)}")
        return " ".join(parts)

    def _place(self, point: Point) -> str:
        return f"({point[0] * self.scale:.2f}, {point[1] * self.scale:.2f})"


def _lines(lines: Sequence[str]) -> str:
    """Join lines; the braces keep a bracket that one begins with from being taken for an option of the line before."""
    return r"\\".join(f"{{{line}}}" for line in lines)
