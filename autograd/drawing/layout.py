"""Where Graphviz puts the parts of a Diagram, as numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autograd.drawing.diagram import Diagram
from autograd.drawing.dot import to_dot
from autograd.drawing.render import render

__all__ = ["Box", "Curve", "Layout", "lay_out"]

INCH = 72  # points

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """The place of a node or frame, in points, upward from below; and where a frame has its title."""

    x: float
    y: float
    width: float
    height: float
    title: Point = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """The way of an arrow: the points of Bézier curves one behind the other, the tip of its head, and its label."""

    points: tuple[Point, ...]
    tip: Point | None
    label: Point | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Nodes and frames by their ids, edges in their order, and the whole, whose title is the legend.

    A frame around nothing has no place.
    """

    nodes: dict[str, Box]
    groups: dict[str, Box]
    edges: tuple[Curve, ...]
    whole: Box


def lay_out(diagram: Diagram) -> Layout:
    """Ask Graphviz where everything goes.

    Raises
    ------
    MissingExtraError
        If no Graphviz is installed.
    DrawingError
        If it fails.
    """
    found = json.loads(render(to_dot(diagram), "json0"))
    objects = {thing["id"]: thing for thing in found.get("objects", ()) if "id" in thing}
    edges = {thing["id"]: thing for thing in found.get("edges", ())}
    return Layout(
        {node.id: _of_node(objects[node.id]) for node in diagram.nodes},
        {group.id: _of_frame(objects[group.id]) for group in diagram.groups if "bb" in objects.get(group.id, ())},
        tuple(_of_edge(edges[f"edge{number}"]) for number in range(1, len(diagram.edges) + 1)),
        _of_frame(found),
    )


def _of_node(node: Any) -> Box:
    return Box(*_point(node["pos"]), float(node["width"]) * INCH, float(node["height"]) * INCH)


def _of_frame(frame: Any) -> Box:
    left, bottom, right, top = map(float, frame["bb"].split(","))
    title = _point(frame["lp"]) if "lp" in frame else (0.0, 0.0)
    return Box((left + right) / 2, (bottom + top) / 2, right - left, top - bottom, title)


def _of_edge(edge: Any) -> Curve:
    tip, points = None, []
    for text in edge["pos"].split(";")[0].split():
        if text.startswith("e,"):
            tip = _point(text[2:])
        elif not text.startswith("s,"):
            points.append(_point(text))
    return Curve(tuple(points), tip, _point(edge["lp"]) if "lp" in edge else None)


def _point(text: str) -> Point:
    x, y = map(float, text.split(",")[:2])
    return x, y
