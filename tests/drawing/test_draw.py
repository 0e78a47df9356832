"""Pictures: what is drawn, what is folded, how it is written, and that it comes out the same every time."""

from __future__ import annotations

import os
import stat
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

import autograd
from autograd import ArgumentError, AutogradError, DrawingError, GraphChangedError, MissingExtraError, Value
from autograd.drawing import Diagram, draw
from autograd.drawing.appearance import LOOKS
from autograd.drawing.render import render

SVG = "{http://www.w3.org/2000/svg}"
AWKWARD_NAMES = (
    '"quoted"',
    "<b>",
    "a<b>c",
    "{x|y}",
    "back\\",
    "\\N\\G\\n",
    "&amp; &lt; &#65;",
    "]]> <!-- -->",
    "it's 100%",
    "∂ü日本🎉",
    "e\u0301",
)
UNKNOWN_ENDINGS = ("graph.jpg", "graph", "graph.svg.bak")


def leaves(**numbers: float) -> tuple[Value, ...]:
    return tuple(Value(number, name=name) for name, number in numbers.items())


def named(name: str, value: Value) -> Value:
    value.name = name
    return value


def neuron() -> Value:
    a, b, x = leaves(a=2.0, b=-3.0, x=0.5)
    out = named("out", autograd.tanh(a * x + b))
    out.backward()
    return out


def chain(length: int) -> Value:
    value = Value(1.0)
    for _ in range(length):
        value = -value
    return value


def kinds(diagram: Diagram) -> list[str]:
    return [node.kind for node in diagram.nodes]


def names(diagram: Diagram, *wanted: str) -> list[str]:
    return [node.name for node in diagram.nodes if node.kind in wanted]


def arrows(diagram: Diagram) -> list[tuple[str, str]]:
    """The edges, by what stands on the nodes at both ends."""
    name = {node.id: node.name for node in diagram.nodes}
    return [(name[edge.tail], name[edge.head]) for edge in diagram.edges]


def formulas(diagram: Diagram) -> list[str]:
    return [edge.formula for edge in diagram.edges if edge.formula]


def svg_texts(diagram: Diagram) -> list[str]:
    root = ElementTree.fromstring(diagram.to_string("svg"))
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


@pytest.fixture
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the program dot nor pygraphviz."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture
def fake_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Put a program called dot on PATH, which runs the given lines of shell."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "dot"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


# What is drawn


def test_every_value_shows_its_name_number_and_gradient() -> None:
    a, b = leaves(a=2.0, b=-3.0)
    c = named("c", a * b)
    c.backward()
    shown = [(node.name, node.data, node.grad) for node in draw(c).nodes if node.kind != "operation"]
    assert shown == [("a", "2", "-3"), ("b", "-3", "2"), ("c", "-6", "1")]


def test_leaves_values_results_operations_and_constants_are_told_apart() -> None:
    (a,) = leaves(a=2.0)
    diagram = draw(autograd.exp(a * 3.0))
    assert kinds(diagram) == ["leaf", "constant", "operation", "value", "operation", "result"]


def test_an_operation_stands_between_its_operands_and_its_result() -> None:
    a, b = leaves(a=2.0, b=-3.0)
    assert arrows(draw(named("c", a * b))) == [("a", "*"), ("b", "*"), ("*", "c")]


def test_an_operation_shows_its_unusual_settings() -> None:
    (a,) = leaves(a=2.0)
    assert names(draw(autograd.leaky_relu(a, slope=0.2)), "operation") == ["leaky_relu(slope=0.2)"]


def test_each_operand_edge_carries_formula_and_number_of_its_local_gradient() -> None:
    a, b = leaves(a=2.0, b=-3.0)
    diagram = draw(named("c", a * b))
    assert [(edge.formula, edge.local_gradient) for edge in diagram.edges] == [
        ("∂c/∂a = b", "-3"),
        ("∂c/∂b = a", "2"),
        ("", ""),
    ]


def test_a_value_used_twice_has_two_edges() -> None:
    (a,) = leaves(a=3.0)
    assert arrows(draw(named("c", a * a))) == [("a", "*"), ("a", "*"), ("*", "c")]


def test_a_constant_has_an_edge_without_gradient() -> None:
    (a,) = leaves(a=3.0)
    diagram = draw(a**2)
    constant = next(node for node in diagram.nodes if node.kind == "constant")
    (edge,) = [edge for edge in diagram.edges if edge.tail == constant.id]
    assert (constant.name, edge.formula, edge.local_gradient) == ("2", "", "")


def test_a_constant_first_operand_leaves_the_gradients_with_their_operands() -> None:
    (a,) = leaves(a=4.0)
    diagram = draw(named("c", 2 / a))
    assert [(edge.formula, edge.local_gradient) for edge in diagram.edges][1] == ("∂c/∂a = -c/a", "-0.125")


def test_a_gradient_never_computed_is_not_shown_as_zero() -> None:
    a, b = leaves(a=2.0, b=0.0)
    c = a * b
    assert {node.grad for node in draw(c).nodes if node.kind != "operation"} == {"–"}
    c.backward()
    assert [node.grad for node in draw(c).nodes if node.name == "a"] == ["0"]


def test_a_gradient_set_by_hand_is_shown() -> None:
    (a,) = leaves(a=2.0)
    a.grad = 5.0
    assert draw(a).nodes[0].grad == "5"


def test_a_gradient_that_is_itself_a_value_is_shown_as_its_number() -> None:
    (a,) = leaves(a=2.0)
    c = a**3
    c.backward(create_graph=True)
    assert draw(c).nodes[0].grad == "12"
    a.grad = None  # the two refer to each other


def test_values_without_a_name_are_numbered_in_order_of_creation() -> None:
    (a,) = leaves(a=2.0)
    diagram = draw(autograd.exp(a * Value(4.0)))
    assert names(diagram, "leaf", "value", "result") == ["a", "v1", "v2", "v3"]
    assert formulas(diagram) == ["∂v2/∂a = v1", "∂v2/∂v1 = a", "∂v3/∂v2 = v3"]


def test_a_made_up_name_is_never_one_the_user_gave() -> None:
    v1, v3 = leaves(v1=2.0, v3=4.0)
    assert names(draw((v1 * v3).exp()), "leaf", "value", "result") == ["v1", "v3", "v2", "v4"]


def test_a_made_up_name_is_not_that_of_a_folded_operand_either() -> None:
    (v1,) = leaves(v1=2.0)
    assert formulas(draw(v1.exp(), max_nodes=1)) == []
    assert names(draw(v1.exp(), max_nodes=1), "result") == ["v2"]


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_name_that_cannot_be_seen_counts_as_none(name: str) -> None:
    assert draw(Value(1.0, name=name)).nodes[0].name == "v1"


def test_a_name_is_written_on_one_line() -> None:
    assert draw(Value(1.0, name="a\nb\t c")).nodes[0].name == "a b c"


def test_a_long_name_keeps_both_its_ends() -> None:
    (node,) = draw(Value(1.0, name="model.layers[10].neurons[200].weights[17]")).nodes
    assert node.name == "model.layers[10…200].weights[17]"


def test_a_long_formula_is_cut() -> None:
    x, y = leaves(some_long_name_of_x=2.0, another_long_name_of_y=2.0)
    found = formulas(draw(autograd.gelu(x * y)))
    assert all(len(formula) <= 56 for formula in found)
    assert found[-1].endswith("…")


def test_numbers_have_four_significant_digits() -> None:
    assert [draw(Value(x)).nodes[0].data for x in (1 / 3, 12345.678, 1e-9, -0.0, float("nan"))] == [
        "0.3333",
        "1.235e+04",
        "1e-09",
        "0",
        "nan",
    ]


def test_formulas_can_be_left_out() -> None:
    diagram = draw(neuron(), formulas=False)
    assert formulas(diagram) == []
    assert "0.5" in [edge.local_gradient for edge in diagram.edges]


def test_numbers_can_be_left_out() -> None:
    diagram = draw(neuron(), numbers=False)
    assert {node.data + node.grad for node in diagram.nodes} == {""}
    assert {edge.local_gradient for edge in diagram.edges} == {""}
    assert "∂out/∂v2 = 1 - out*out" in formulas(diagram)


def test_a_value_needed_far_away_is_repeated_there_by_name() -> None:
    (k,) = leaves(k=2.0)
    near = k * k
    for _ in range(8):
        near = -near
    diagram = draw(named("c", near * k))
    (again,) = (node for node in diagram.nodes if node.kind == "reference")
    (edge,) = (edge for edge in diagram.edges if edge.tail == again.id)
    assert (again.name, edge.formula, edge.local_gradient) == ("k", "∂c/∂k = v9", "4")


def test_a_leaf_used_only_late_stands_where_it_is_used() -> None:
    (k,) = leaves(k=2.0)
    assert names(draw(chain(20) * k), "reference") == []


def test_several_results_are_drawn_in_one_picture() -> None:
    a, b = leaves(a=2.0, b=3.0)
    results = [named("p", a * b), named("q", a + b)]
    assert names(draw(results), "result") == ["p", "q"]
    assert draw(tuple(results)) == draw(results)


def test_a_result_that_another_one_is_made_of_is_still_a_result() -> None:
    (a,) = leaves(a=2.0)
    p = named("p", a * a)
    assert names(draw([named("q", -p), p]), "result") == ["p", "q"]


def test_a_lone_leaf_is_a_picture_too() -> None:
    assert kinds(draw(Value(1.0))) == ["leaf"]


def test_a_leaf_changed_after_its_use_is_refused_as_backward_refuses_it() -> None:
    (a,) = leaves(a=2.0)
    c = a * a
    a.data = 3.0
    with pytest.raises(GraphChangedError, match="'a'"):
        draw(c)


def test_values_draw_themselves() -> None:
    c = neuron()
    assert c.draw(direction="TB") == draw(c, direction="TB")


# What is folded


def test_only_the_newest_values_are_drawn_and_the_others_folded_into_one_node() -> None:
    diagram = draw(chain(9), max_nodes=4)
    assert names(diagram, "folded") == ["… 6 more values"]
    assert arrows(diagram)[0] == ("… 6 more values", "-")
    assert len(names(diagram, "value", "result")) == 4


def test_one_folded_value_is_singular() -> None:
    assert names(draw(chain(4), max_nodes=4), "folded") == ["… 1 more value"]


def test_nothing_is_folded_when_all_values_fit() -> None:
    assert names(draw(chain(3), max_nodes=4), "folded") == []


def test_several_folded_operands_of_one_operation_share_one_arrow() -> None:
    a, b = leaves(a=2.0, b=3.0)
    assert arrows(draw(named("c", a * b), max_nodes=1)) == [("… 2 more values", "*"), ("*", "c")]


def test_a_folded_operand_appears_in_formulas_by_its_name() -> None:
    a, b = leaves(a=2.0, b=3.0)
    c = named("c", -b)
    assert formulas(draw(named("d", a * c), max_nodes=2)) == ["∂d/∂c = a"]


def test_a_folded_value_needed_far_away_is_repeated_there_by_name() -> None:
    (k,) = leaves(k=2.0)
    c = k
    for _ in range(12):
        c = c * k
    diagram = draw(c, max_nodes=12)
    assert names(diagram, "folded") == ["… 1 more value"]
    assert set(names(diagram, "reference")) == {"k"}


def test_a_recurrence_of_a_hundred_steps_is_rendered_within_seconds() -> None:
    k, h, x = leaves(k=0.5, h=0.1, x=1.0)
    for _ in range(100):
        x = x + h * (k * x)
    assert "v1" in svg_texts(draw(x))


def test_all_results_are_drawn_before_anything_else() -> None:
    (a,) = leaves(a=2.0)
    p = named("p", a * a)
    q = named("q", chain(5))
    assert names(draw([p, q], max_nodes=3), "result") == ["p", "q"]


def test_a_chain_of_a_million_operations_is_drawn() -> None:
    diagram = draw(chain(1_000_000))
    assert names(diagram, "folded") == ["… 999,701 more values"]
    assert len(names(diagram, "value", "result")) == 300


def test_of_an_operation_with_a_million_operands_a_few_are_drawn() -> None:
    diagram = draw(autograd.sum([Value(1.0) for _ in range(1_000_000)]))
    assert names(diagram, "folded") == ["… 999,988 more operands"]
    assert len(diagram.edges) == 12 + 1 + 1
    assert [edge.local_gradient for edge in diagram.edges[:12]] == ["1"] * 12


def test_an_operation_with_forty_operands_is_drawn_whole() -> None:
    diagram = draw(autograd.sum([Value(1.0) for _ in range(40)]))
    assert names(diagram, "folded") == []
    assert len(formulas(diagram)) == 40


def test_repeated_operands_beyond_the_limit_are_folded_too() -> None:
    diagram = draw(autograd.sum([Value(1.0, name="a")] * 1000))
    assert names(diagram, "folded") == ["… 988 more operands"]


# How it is written


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_any_text_arrives_in_the_svg(name: str) -> None:
    a = Value(2.0, name=name)
    texts = svg_texts(draw(named("c", a.exp())))
    assert name in texts
    assert f"∂c/∂{name} = c" in texts


@pytest.mark.parametrize("name", ["x\x00y", "x\ud800y", "x\ufffey", "x\x1by"])
def test_a_character_that_no_picture_can_hold_is_replaced(name: str) -> None:
    assert "x�y" in svg_texts(draw(Value(2.0, name=name)))


def test_a_name_of_ten_thousand_characters_fits() -> None:
    assert max(len(text) for text in svg_texts(draw(Value(2.0, name="x" * 10_000).exp()))) <= 40


def test_the_operation_symbol_arrives_in_the_svg() -> None:
    a, b = leaves(a=2.0, b=-3.0)
    assert "w·x" in svg_texts(draw(autograd.dot([a], [b])))


def test_a_formula_that_is_a_number_is_not_followed_by_the_same_number() -> None:
    a, b = leaves(a=2.0, b=3.0)
    texts = svg_texts(draw(named("c", a + b)))
    assert "∂c/∂a = 1" in texts
    assert "= 1" not in texts


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_the_picture_flows_where_it_is_told_to(direction: str) -> None:
    assert f"rankdir={direction}" in draw(neuron(), direction=direction).to_string()  # type: ignore[arg-type]


def test_every_kind_of_node_has_colour_and_shape_of_its_own() -> None:
    looks = list(LOOKS.values())
    assert len({(look["shape"], look.get("style"), look.get("peripheries")) for look in looks}) == len(looks)
    assert len({look.get("fillcolor", look.get("color")) for look in looks}) == len(looks)


def test_the_same_program_gives_the_same_dot_and_svg() -> None:
    first, second = draw(neuron()), draw(neuron())
    assert first == second
    assert first.to_string("dot") == second.to_string("dot")
    assert first.to_string("svg") == second.to_string("svg")


def test_an_image_of_pixels_is_no_text() -> None:
    with pytest.raises(ArgumentError, match=r"'dot', 'svg'.*not as 'png'"):
        draw(Value(1.0)).to_string("png")


def test_the_repr_says_how_much_there_is() -> None:
    a, b = leaves(a=2.0, b=-3.0)
    assert repr(draw(a * b)) == '<Diagram: 3 values, 1 operation, 3 edges; .save("graph.svg") writes it>'


def test_a_notebook_shows_the_svg() -> None:
    diagram = draw(neuron())
    shown = diagram._repr_mimebundle_()
    assert shown == {"image/svg+xml": diagram.to_string("svg"), "text/plain": repr(diagram)}


# Saving


@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph"), ("SVG", b"<?xml")],
)
def test_the_ending_says_the_format(tmp_path: Path, ending: str, start: bytes) -> None:
    path = tmp_path / f"graph.{ending}"
    assert draw(neuron()).save(path) == path
    assert path.read_bytes().startswith(start)


def test_a_path_may_be_text(tmp_path: Path) -> None:
    assert draw(neuron()).save(f"{tmp_path}/graph.dot") == tmp_path / "graph.dot"


@pytest.mark.parametrize("name", UNKNOWN_ENDINGS)
def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArgumentError, match=r"\.dot, \.svg, \.png, \.pdf.*" + name):
        draw(neuron()).save(tmp_path / name)


def test_a_missing_folder_is_named_with_the_way_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"no folder '.*pictures'.*mkdir"):
        draw(neuron()).save(tmp_path / "pictures" / "graph.svg")


# With and without Graphviz


@pytest.mark.usefixtures("no_renderer")
def test_without_graphviz_the_error_gives_both_cures(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'glassgrad\[draw\]'; or put Graphviz's program dot"):
        draw(neuron()).save(tmp_path / "graph.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_renderer")
def test_dot_is_written_without_graphviz(tmp_path: Path) -> None:
    assert draw(neuron()).save(tmp_path / "graph.dot").exists()


@pytest.mark.usefixtures("no_renderer")
def test_a_notebook_without_graphviz_shows_the_dot() -> None:
    diagram = draw(neuron())
    assert diagram._repr_mimebundle_() == {"text/plain": diagram.to_string("dot")}


def test_the_program_dot_is_asked_first(fake_dot: Callable[[str], None]) -> None:
    fake_dot('echo "$@"; cat')
    dot = draw(neuron()).to_string("dot")
    assert render(dot, "svg").decode() == f"-Kdot -Tsvg\n{dot}"


def test_a_program_dot_that_fails_is_quoted_and_leaves_the_old_file(
    fake_dot: Callable[[str], None], tmp_path: Path
) -> None:
    fake_dot("cat > /dev/null; echo 'Format: \"png\" not recognized' >&2; exit 1")
    path = tmp_path / "graph.png"
    path.write_text("old")
    with pytest.raises(DrawingError, match='Format: "png" not recognized'):
        draw(neuron()).save(path)
    assert path.read_text() == "old"


# What is refused


@pytest.mark.parametrize("root", [3.0, "c", None, [Value(1.0), 2.0]])
def test_only_values_are_drawn(root: object) -> None:
    with pytest.raises(ArgumentError, match="draw takes a Value or Tensor, or a list of them"):
        draw(root)  # type: ignore[arg-type]


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ArgumentError, match="nothing to draw"):
        draw([])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"direction": "up"}, "direction must be one of LR, TB, RL, BT, not 'up'"),
        ({"direction": ["LR"]}, "direction must be one of"),
        ({"max_nodes": 0}, "max_nodes must be a whole number, 1 or more, not 0"),
        ({"max_nodes": 2.5}, "max_nodes must be a whole number, 1 or more, not 2.5"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option: dict[str, object], message: str) -> None:
    with pytest.raises(AutogradError, match=message):
        draw(Value(1.0), **option)  # type: ignore[arg-type]
