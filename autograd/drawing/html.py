"""A Diagram as one HTML file that plays the forward and the backward pass; it needs no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib import resources
from string import Template
from typing import Any

from autograd.drawing.captions import group_title
from autograd.drawing.cuts import Cut, cut_svg, prepared
from autograd.drawing.diagram import Diagram, Edge, Kind, Mark, Node
from autograd.drawing.heat import heat_map
from autograd.drawing.steps import Step, local_text, note_of_grad, result_name, steps_of
from autograd.drawing.svg import colours_in_the_dark
from autograd.numbers import outline

__all__ = ["to_html"]

KINDS: dict[Kind, str] = {
    "leaf": "a leaf: given, not computed",
    "value": "a computed value",
    "result": "a result",
    "operation": "an operation",
    "constant": "a constant",
    "reference": "a value drawn elsewhere",
    "folded": "not drawn",
    "group": "folded when this was drawn",
    "step": "a step",
    "gradient step": "a step that computes gradients",
}
MARKS: dict[Mark, str] = {
    "dead": "dead: lets no gradient through",
    "saturated": "saturated: lets hardly any gradient through",
    "non-finite": "not finite",
}


def to_html(diagram: Diagram) -> str:
    """Return the diagram as a page that stands alone: skeleton, style, script, layouts, and what they show as JSON.

    The layouts are Graphviz's, one for each of several ways to fold the groups.

    Raises
    ------
    MissingExtraError
        If there is no Graphviz.
    DrawingError
        If Graphviz fails.

    Examples
    --------
    >>> from autograd import Value
    >>> page = (Value(2.0, name="a") * 3).draw().to_string("html")
    >>> page.splitlines()[0], "a = 2" in page
    ('<!DOCTYPE html>', True)
    """
    steps = steps_of(diagram)
    result = result_name(diagram)
    cuts: list[Cut] = []
    templates: list[str] = []
    room = _room(steps)
    for cut, folded in prepared(diagram):
        cuts.append(cut)
        templates.append(f'<template id="layout{len(templates)}">{cut_svg(folded, cut, room)}</template>')
    named = [node for node in diagram.nodes if node.root and node.number is not None]
    data = {
        "title": ",  ".join(f"{node.name} = {node.data}" for node in named) or result,
        "result": result,
        "nodes": [_node(node, result) for node in diagram.nodes],
        "edges": [_edge(edge) for edge in diagram.edges],
        "groups": [
            {"id": group.id, "name": group_title(group), "parent": group.parent, "in": group.details}
            for group in diagram.groups
        ],
        "cuts": cuts,
        "steps": [_step(step) for step in steps],
    }
    script = _part("player.js")
    dark = colours_in_the_dark() if diagram.theme == "auto" else ""
    return Template(_part("player.html")).substitute(
        theme=diagram.theme,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=html.escape(result),
        style=_part("player.css") + dark,
        layouts="\n".join(templates),
        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        script=script,
    )


def _part(name: str) -> str:
    return resources.files("autograd.drawing").joinpath(name).read_text(encoding="utf-8")


def _room(steps: tuple[Step, ...]) -> dict[str, str]:
    """Return the longest text that the gradient of each node will show."""
    longest: dict[str, str] = {}
    for step in steps:
        for id, text in step.gradients:
            longest[id] = max(longest.get(id, ""), text, key=len)
    return longest


def _node(node: Node, result: str) -> dict[str, Any]:
    fields = {
        "id": node.id,
        "kind": node.kind,
        "is": KINDS[node.kind],
        "name": node.name,
        "data": node.data,
        "says": f"{node.name} = {node.data}" if node.number is not None else node.data,
        "in": node.details,
        "marks": [MARKS[mark] for mark in node.marks],
        "group": node.group,
        "for": node.stands_for,
        "root": node.root,
        "adjoint": "" if node.adjoint is None else outline(node.adjoint),
        "exact": _exactly(node.adjoint),
        "grad": node.grad,
        "note": note_of_grad(node, result),
        "picture": heat_map(node.thumbnail) if node.thumbnail else "",
    }
    return _without_empty(fields)


def _exactly(adjoint: float | None) -> str:
    """Return all digits of a number, if its outline does not have them."""
    return repr(adjoint) if adjoint is not None and float(outline(adjoint)) != adjoint == adjoint else ""


def _edge(edge: Edge) -> dict[str, Any]:
    contribution = "" if edge.contribution is None else outline(edge.contribution)
    fields = {"local": local_text(edge), "adds": contribution}
    return {"tail": edge.tail, "head": edge.head, **_without_empty(fields)}


def _step(step: Step) -> dict[str, Any]:
    fields = {
        "place": step.place,
        "notes": step.notes,
        "active": step.active,
        "edges": step.edges,
        "appears": step.appears,
        "gradients": step.gradients,
    }
    return {"phase": step.phase, "formula": step.formula, **_without_empty(fields)}


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}
