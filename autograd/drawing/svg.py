"""A Diagram as SVG: Graphviz's layout, with thumbnails, words for screen readers, and colours for the dark."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from autograd.drawing.appearance import DARK
from autograd.drawing.captions import edge_lines, group_title, node_lines
from autograd.drawing.diagram import Diagram
from autograd.drawing.dot import PICTURE, to_dot
from autograd.drawing.heat import heat_map
from autograd.drawing.render import render

__all__ = ["SVG", "colours_in_the_dark", "svg_element", "to_svg"]

PAINTED = ("fill", "stroke")
SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def to_svg(diagram: Diagram) -> str:
    """Return the diagram as SVG.

    Nodes, edges and frames have their ids: those of the nodes and groups, and edge1, edge2, ... in order.
    """
    root = svg_element(diagram)
    if diagram.theme == "auto":
        style = ElementTree.Element(f"{SVG}style")
        style.text = colours_in_the_dark()
        root.insert(0, style)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return f"{text.decode()}\n"


def svg_element(diagram: Diagram) -> ElementTree.Element:
    """Return the diagram as the outermost element of an SVG, without rules for the dark."""
    root = ElementTree.fromstring(render(to_dot(diagram, thumbnails=True), "svg"))
    words = {node.id: ", ".join(node_lines(node)) for node in diagram.nodes}
    words |= {f"edge{number}": " ".join(edge_lines(edge)) for number, edge in enumerate(diagram.edges, 1)}
    words |= {group.id: group_title(group) for group in diagram.groups} | {"graph0": repr(diagram)}
    pictures = {node.id: heat_map(node.thumbnail) for node in diagram.nodes if node.thumbnail}
    for element in root.iter(f"{SVG}g"):
        id = element.get("id", "")
        title = element.find(f"{SVG}title")  # Graphviz's own words, its ids; of the whole some versions have none
        if title is not None:
            element.remove(title)
        if words.get(id):
            title = ElementTree.Element(f"{SVG}title")
            title.text = words[id]
            element.insert(0, title)
        if id in pictures:
            _put_in(element, pictures[id])
    root.set("class", "glassgrad")
    root.set("role", "img")
    return root


def colours_in_the_dark() -> str:
    """Return the rules that give each colour its dark one where the reader's browser prefers that."""
    rules = [f'.glassgrad [{part}="{light}"]{{{part}:{dark}}}' for light, dark in DARK.items() for part in PAINTED]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _put_in(node: ElementTree.Element, picture: str) -> None:
    """Put a heat map in the room that was left for it."""
    for polygon in node.iter(f"{SVG}polygon"):
        if polygon.get("fill") == PICTURE:
            corners = [tuple(map(float, point.split(","))) for point in polygon.get("points", "").split()]
            left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
            right, bottom = (max(corner[axis] for corner in corners) for axis in (0, 1))
            polygon.tag = f"{SVG}image"
            polygon.attrib = {
                "x": f"{left:g}",
                "y": f"{top:g}",
                "width": f"{right - left:g}",
                "height": f"{bottom - top:g}",
                "preserveAspectRatio": "none",
                "style": "image-rendering:pixelated",
                "href": picture,
            }
