"""SVG and DOT: ids and words for each part, colours for light and dark, and nothing that does not parse."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import autograd
from autograd import Diagram, Value, draw
from autograd.drawing.appearance import DARK, LOOKS
from autograd.drawing.diagram import Theme
from autograd.drawing.formats import formats
from autograd.drawing.render import render

SVG = "{http://www.w3.org/2000/svg}"
COLOUR = re.compile("#[0-9a-f]{6}")


def picture(theme: Theme = "auto") -> Diagram:
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")

    @autograd.scope("part")
    def part(x: Value) -> Value:
        return autograd.relu(x * b)

    y = part(a) + autograd.log(Value(0.0))
    with pytest.warns(autograd.NonFiniteWarning):
        y.backward()
    return draw(y, theme=theme, highlight=[a])


def groups(diagram: Diagram) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(diagram.to_string("svg"))
    return {element.get("id", ""): element for element in root.iter(f"{SVG}g")}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_nodes_edges_and_frames_have_their_ids_in_the_svg() -> None:
    diagram = picture()
    found = groups(diagram)
    wanted = {node.id for node in diagram.nodes} | {group.id for group in diagram.groups}
    assert wanted | {f"edge{number}" for number in range(1, len(diagram.edges) + 1)} <= found.keys()


def test_each_part_says_in_words_what_it_shows() -> None:
    diagram = picture()
    titles = {id: element.findtext(f"{SVG}title") for id, element in groups(diagram).items()}
    assert titles["value1"] == "a, data 2, grad 0"
    assert titles["edge1"] == "∂v1/∂a = b = -3"
    assert titles["group1"] == "part"
    assert "" not in [titles[node.id] for node in diagram.nodes]


def test_a_node_stands_within_its_frame() -> None:
    dot = picture().to_string("dot")
    inside = dot.partition("subgraph cluster_group1")[2].partition("\n\t}")[0]
    assert "relu" in inside
    assert "log" not in inside


def test_every_colour_of_a_picture_has_one_for_the_dark() -> None:
    assert set(COLOUR.findall(picture().to_string("dot"))) <= DARK.keys()
    assert {look[key] for look in LOOKS.values() for key in ("fillcolor", "color") if key in look} <= DARK.keys()


def test_the_readers_browser_chooses_unless_told_otherwise() -> None:
    assert "@media (prefers-color-scheme:dark)" in picture().to_string("svg")
    assert "prefers-color-scheme" not in picture("light").to_string("svg")
    assert "prefers-color-scheme" not in picture("dark").to_string("svg")


def test_a_dark_picture_has_only_dark_colours() -> None:
    found = set(COLOUR.findall(picture("dark").to_string("dot")))
    assert found <= set(DARK.values())


@pytest.mark.parametrize("ink", ["#222222", "#666666"])
def test_text_can_be_read_on_every_fill_in_light_and_dark(ink: str) -> None:
    fills = [look["fillcolor"] for look in LOOKS.values() if "fillcolor" in look]
    assert min(contrast(ink, fill) for fill in fills) >= 4.5
    assert min(contrast(DARK[ink], DARK[fill]) for fill in fills) >= 4.5


@pytest.mark.parametrize("ending", formats)
def test_the_same_program_gives_the_same_bytes_at_any_time(ending: str, tmp_path: Path) -> None:
    first = picture().save(tmp_path / f"first.{ending}").read_bytes()
    if ending == "pdf":
        time.sleep(1.1)  # a PDF has the second of its making
    assert picture().save(tmp_path / f"second.{ending}").read_bytes() == first


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_dot_goes_through_graphviz_and_svg_through_a_parser_of_xml(theme: Theme) -> None:
    diagram = picture(theme)
    assert b"digraph" in render(diagram.to_string("dot"), "dot")
    assert ElementTree.fromstring(diagram.to_string("svg")).tag == f"{SVG}svg"
