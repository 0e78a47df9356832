"""Where Graphviz puts things: nodes in frames, arrows from node to node."""

from __future__ import annotations

import math

import pytest

from autograd import Value, draw, scope
from autograd.drawing.diagram import Diagram, Direction, Group, Node
from autograd.drawing.layout import Box, Layout, lay_out


def layout(direction: Direction = "LR") -> Layout:
    y = scope("bump")(lambda x: (-x).exp())(Value(1.0, name="x"))
    return lay_out(draw(y, direction=direction))


def distance(box: Box, x: float, y: float) -> float:
    """How far a point is from the edge of a box."""
    beyond = abs(x - box.x) - box.width / 2, abs(y - box.y) - box.height / 2
    return abs(max(beyond)) if max(beyond) < 0 or min(beyond) < 0 else math.hypot(*beyond)


def test_a_picture_flows_where_it_is_told_to() -> None:
    across, down = layout(), layout("TB")
    assert across.nodes["value1"].x < across.nodes["operation2"].x < across.nodes["value2"].x
    assert down.nodes["value1"].y > down.nodes["operation2"].y > down.nodes["value2"].y


def test_what_is_in_a_frame_lies_in_it_and_what_is_not_beside_it() -> None:
    found = layout()
    frame = found.groups["group1"]
    for id in ("operation2", "value2", "operation3", "value3"):
        assert abs(found.nodes[id].x - frame.x) < frame.width / 2
    assert abs(found.nodes["value1"].x - frame.x) > frame.width / 2


def test_everything_lies_in_the_whole() -> None:
    found = layout()
    for box in (*found.nodes.values(), *found.groups.values()):
        assert abs(box.x - found.whole.x) + box.width / 2 <= found.whole.width / 2 + 1
        assert abs(box.y - found.whole.y) + box.height / 2 <= found.whole.height / 2 + 1


def test_an_arrow_goes_from_its_operand_to_its_operation() -> None:
    found = layout()
    first = found.edges[0]
    assert len(first.points) % 3 == 1  # Bézier curves, end to end
    assert first.tip is not None
    assert first.label is not None
    assert distance(found.nodes["value1"], *first.points[0]) == pytest.approx(0.0, abs=2.0)
    assert math.dist(first.tip, (found.nodes["operation2"].x, found.nodes["operation2"].y)) < 20


def test_a_frame_around_nothing_has_no_place() -> None:
    diagram = Diagram((Node("a", "leaf", "a"),), (), groups=(Group("g", "nothing"),))
    assert lay_out(diagram).groups == {}
    assert "nothing" not in diagram.to_string("tex")
