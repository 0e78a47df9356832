"""The player's file: what it holds, how large it is, and how its layouts are chosen."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from importlib import resources
from typing import Any

import pytest

import autograd
from autograd import Diagram, Value, scope
from autograd.drawing.cuts import cuts, prepared
from autograd.drawing.diagram import Group
from tests.drawing.test_draw import AWKWARD_NAMES, leaves, named


def nested(*parents: str) -> list[Group]:
    """Groups 1, 2, ... with these parents."""
    return [Group(str(number), f"g{number}", parent=parent) for number, parent in enumerate(parents, 1)]


def grouped(groups: int) -> Diagram:
    """Two operations in each of several groups one behind the other."""
    (x,) = leaves(x=2.0)

    @scope("part")
    def part(x: Value) -> Value:
        y = -x
        return -y

    for _ in range(groups):
        x = part(x)
    return x.draw()


def data(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def layouts(page: str) -> list[str]:
    return re.findall(r'<template id="layout\d+">(.*?)</template>', page, re.DOTALL)


def test_all_cuts_of_few_groups_are_prepared() -> None:
    assert cuts(nested()) == [()]
    assert set(cuts(nested("", "1", "1"))) == {(), ("2",), ("3",), ("2", "3"), ("1",)}
    assert cuts(nested("", "1", "1"))[0] == ()


def test_of_many_groups_both_states_of_each_are_prepared() -> None:
    groups = nested("", "1", "1", *["2"] * 5, *["3"] * 5)
    found = cuts(groups)
    assert len(found) < 40
    for group in groups:
        assert any(group.id in cut for cut in found)
        assert any(group.id not in cut and group.parent not in cut for cut in found)
    inner = tuple(group.id for group in groups[3:])
    assert inner in found  # a whole depth
    assert inner[1:] in found  # all but one


def test_the_number_of_layouts_is_bounded_by_their_size() -> None:
    chosen = list(prepared(grouped(120)))
    assert chosen[0][0] == ()
    assert sum(len(folded.nodes) + len(folded.edges) for _, folded in chosen) <= 3000


def test_the_file_is_the_same_for_the_same_program() -> None:
    def page() -> str:
        a, b = leaves(a=2.0, b=3.0)
        return named("y", autograd.tanh(a * b) + a).draw().to_string("html")

    assert page() == page()


def test_the_file_needs_nothing_from_elsewhere() -> None:
    page = grouped(3).to_string("html")
    assert re.findall(r"(?:https?:)?//[a-z]", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)) == []
    assert re.findall(r"\b(?:src|import|url)\s*[=(]", page) == []
    assert "default-src 'none'" in page


@pytest.mark.parametrize("name", [*AWKWARD_NAMES, "</script><script>x()</script>", "</template>", "$title"])
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    page = named(name, Value(2.0, name=name) * 3).draw().to_string("html")
    assert page.count("<script") == 2
    assert page.count("<template") == page.count("</template>") == 2  # the manual and one layout
    assert name in {node["name"] for node in data(page)["nodes"]}


def test_each_layout_is_a_picture_of_its_own_with_the_ids_of_the_nodes() -> None:
    page = grouped(2).to_string("html")
    cuts = data(page)["cuts"]
    assert cuts == [[], ["group2"], ["group1"], ["group1", "group2"]]
    for cut, layout in zip(cuts, layouts(page), strict=True):
        ids = {element.get("id") for element in ElementTree.fromstring(layout).iter("g")}
        assert {"value1", *cut} <= ids
        assert ("value2" in ids) == ("group1" not in cut)


def test_the_numbers_of_each_node_are_marked() -> None:
    (a,) = leaves(a=2.5)
    root = ElementTree.fromstring(layouts(named("data ", a * 3).draw().to_string("html"))[0])
    texts = {text.get("class"): text.text for text in root.find(".//g[@id='value1']").iter("text")}  # type: ignore
    assert texts["data"] == "2.5"
    assert texts["grad"] == "3"  # room for what it will be


def test_the_parts_of_the_page_are_in_the_package_and_short_enough_to_read() -> None:
    for part in ("player.js", "player.css", "player.html"):
        text = resources.files("autograd.drawing").joinpath(part).read_text(encoding="utf-8")
        assert 0 < len(text.splitlines()) < 600
        assert max(map(len, text.splitlines())) <= 125
