"""Cuts: pictures of a Diagram made beforehand, each with other groups folded, trimmed to what differs."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograd.drawing.diagram import Diagram, Group
from autograd.drawing.dot import FONT
from autograd.drawing.folding import fold
from autograd.drawing.steps import VALUES
from autograd.drawing.svg import SVG, svg_element

__all__ = ["Cut", "cut_svg", "cuts", "prepared"]

Cut = tuple[str, ...]  # ids of the folded groups, none inside another

FEW = 24  # cuts up to which all are prepared
LARGEST_SUM = 3000  # nodes and edges in all layouts: about two megabytes, and two seconds of Graphviz
OPEN, FOLDED = "▾ ", "▸ "
SHARED = (("font-family", FONT), ("font-size", "12.00"), ("text-anchor", "start"))  # the page's style gives these
COORDINATES = ("d", "points", "x", "y", "cx", "cy", "rx", "ry")


def cuts(groups: Sequence[Group]) -> list[Cut]:
    """Return ways to fold groups, the one with all of them open first.

    All there are, if they are few. Otherwise all groups of a depth folded; all of them but one; and each group alone.

    Parameters
    ----------
    groups : sequence of Group
        Each before those inside it.

    Examples
    --------
    >>> cuts([Group("layer", "layer"), Group("neuron", "neuron", parent="layer")])
    [(), ('neuron',), ('layer',)]
    """
    inside: dict[str, list[str]] = {"": [], **{group.id: [] for group in groups}}
    for group in groups:
        inside[group.parent].append(group.id)
    counts: dict[str, int] = {}
    for id in reversed(inside):
        counts[id] = math.prod(counts[child] for child in inside[id]) + (id != "")
    found = _all(inside) if counts[""] <= FEW else _some(groups, inside)
    place = {group.id: number for number, group in enumerate(groups)}
    return list(dict.fromkeys(tuple(sorted(cut, key=place.__getitem__)) for cut in found))


def prepared(diagram: Diagram) -> Iterator[tuple[Cut, Diagram]]:
    """Yield cuts with the folded diagram of each, as many as a file may hold; the first has all groups open."""
    total = 0
    for cut in cuts(diagram.groups):
        folded = fold(diagram, cut)
        size = len(folded.nodes) + len(folded.edges)
        if total == 0 or total + size <= LARGEST_SUM:
            total += size
            yield cut, folded


def cut_svg(folded: Diagram, closed: Collection[str], room: Mapping[str, str]) -> str:
    """Return the SVG of a folded diagram: numbers are marked, and what all layouts share is left out.

    Parameters
    ----------
    folded : Diagram
        The result of `fold`.
    closed : collection of str
        The ids of its groups that are folded.
    room : mapping of str to str
        For each node by its id, the longest text that its gradient will show.
    """
    nodes = []
    for node in folded.nodes:
        grad = room.get(node.id, "") or node.grad
        name = f"{FOLDED}{node.name}" if node.id in closed else node.name
        nodes.append(dataclasses.replace(node, name=name, grad=grad, size=None))
    groups = [dataclasses.replace(group, kind=f"{OPEN}{group.kind}".strip()) for group in folded.groups]
    root = svg_element(dataclasses.replace(folded, nodes=tuple(nodes), groups=tuple(groups)))
    elements = {element.get("id"): element for element in root.iter(f"{SVG}g")}
    for node in (node for node in nodes if node.kind in VALUES):
        _mark_numbers(elements[node.id], bool(node.data), bool(node.grad))
    _trim(root)
    return ElementTree.tostring(root, encoding="unicode").replace(f' xmlns="{SVG[1:-1]}"', "", 1)


def _all(inside: dict[str, list[str]]) -> list[Cut]:
    """Return every cut: of each group either it is folded, or any cut of the groups inside it."""
    ways: dict[str, list[Cut]] = {}
    for id in reversed(inside):  # inner ones first
        choices = [ways.pop(child) for child in inside[id]]
        ways[id] = [tuple(itertools.chain(*cut)) for cut in itertools.product(*choices)]
        if id:
            ways[id].append((id,))
    return ways[""]


def _some(groups: Sequence[Group], inside: dict[str, list[str]]) -> list[Cut]:
    found: list[Cut] = [()]
    level = list(inside[""])
    while level:
        found.append(tuple(level))
        level = [child for id in level for child in inside[id]]
    for depth in found[1:]:
        found += [tuple(other for other in depth if other != id) for id in depth]
    return found + [(group.id,) for group in groups]


def _mark_numbers(node: ElementTree.Element, data: bool, grad: bool) -> None:
    """Give the texts of a node's numbers their class: behind the name a word and a number for each."""
    texts = list(node.iter(f"{SVG}text"))
    for index, quantity in enumerate([name for name, there in (("data", data), ("grad", grad)) if there]):
        for text, kind in zip(texts[1 + 2 * index : 3 + 2 * index], (f"{quantity} word", quantity), strict=True):
            text.set("class", kind)


def _trim(root: ElementTree.Element) -> None:
    """Leave out what the page says once for all layouts, and round coordinates to a tenth of a point."""
    for element in root.iter():
        for title in element.findall(f"{SVG}title"):
            element.remove(title)
        for name, usual in SHARED:
            if element.get(name) == usual:
                del element.attrib[name]
        for name in COORDINATES:
            if name in element.attrib:
                element.attrib[name] = re.sub(r"(\.\d)\d+", r"\1", element.attrib[name]).replace(".0", "")
        element.text = (element.text or "").strip() or None if element.tag != f"{SVG}text" else element.text
        element.tail = None
        if element.tag == f"{SVG}image":
            del element.attrib["href"]  # the page holds each picture once
