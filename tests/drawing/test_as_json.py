"""Diagrams as JSON: everything is in it, and it loads back."""

from __future__ import annotations

import json
import math
from typing import Any, get_type_hints

import numpy as np

import nn
from autograd import Tensor, Value, draw
from autograd.drawing import Diagram
from autograd.drawing.diagram import Edge, Group, Node
from tests.drawing import awkward


def loaded(text: str) -> Diagram:
    """Read a diagram as the description of the format says."""

    def part(kind: type, fields: dict[str, Any]) -> Any:
        hints = get_type_hints(kind)
        return kind(**{key: _told(x, "float" in str(hints[key])) for key, x in fields.items()})

    found = json.loads(text)
    assert (found["format"], found["version"]) == ("glassgrad diagram", 1)
    return Diagram(
        tuple(part(Node, node) for node in found["nodes"]),
        tuple(part(Edge, edge) for edge in found["edges"]),
        found["direction"],
        tuple(part(Group, group) for group in found["groups"]),
        found["theme"],
    )


def _told(x: Any, is_number: bool) -> Any:
    if isinstance(x, list):
        return tuple(_told(part, is_number) for part in x)
    return float(x) if is_number and isinstance(x, str) else x


def test_a_diagram_loads_back_whole() -> None:
    y = nn.MLP(2, [2, 1])([1.0, 2.0])
    y.backward()
    diagram = draw(y, direction="TB", theme="dark", highlight=[y])
    assert loaded(diagram.to_string("json")) == diagram


def test_the_thumbnail_of_an_array_loads_back() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], name="x")
    diagram = draw((x * x).sum())
    assert loaded(diagram.to_string("json")) == diagram
    assert any(node.thumbnail for node in diagram.nodes)


def test_numbers_that_are_not_finite_are_texts() -> None:
    diagram = draw([Value(math.inf, name="a"), Value(-math.inf, name="b"), Value(math.nan, name="c")])
    text = diagram.to_string("json")
    assert [node["number"] for node in json.loads(text)["nodes"]] == ["inf", "-inf", "nan"]
    np.testing.assert_equal([node.number for node in loaded(text).nodes], [node.number for node in diagram.nodes])


def test_any_text_loads_back() -> None:
    diagram = awkward.picture()
    assert loaded(diagram.to_string("json")) == diagram


def test_half_a_surrogate_pair_loads_back(tmp_path: Any) -> None:
    diagram = Diagram((Node("a", "leaf", "half \ud83c"),), ())
    path = diagram.save(tmp_path / "half.json")
    assert loaded(path.read_text(encoding="utf-8")) == diagram


def test_an_empty_diagram_loads_back() -> None:
    assert loaded(Diagram((), ()).to_string("json")) == Diagram((), ())
