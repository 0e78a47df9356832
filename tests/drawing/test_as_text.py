"""Diagrams as text: trees for a terminal."""

from __future__ import annotations

import textwrap

import autograd
from autograd import Tensor, Value, draw, relu, scope
from autograd.drawing import Diagram
from autograd.drawing.diagram import Edge, Node
from tests.drawing import awkward


def text(diagram: Diagram) -> str:
    return diagram.to_string("txt")


def expected(tree: str) -> str:
    return textwrap.dedent(tree).lstrip("\n")


def test_a_value_used_twice_is_drawn_once_and_referred_to() -> None:
    x = Value(2.0, name="x")
    v = x * x
    assert text(draw(v + v)) == expected("""
                         operation  data  grad  local gradient
        v2               +             8     –
        ├─ v1            *             4     –  ∂v2/∂v1 = 1
        │  ├─ x                        2     –  ∂v1/∂x = x = 2
        │  └─ x (above)                         ∂v1/∂x = x = 2
        └─ v1 (above)                           ∂v2/∂v1 = 1
        """)


def test_what_is_not_drawn_leaves_no_column() -> None:
    x = Value(2.0, name="x")
    assert text(draw(x * 3, numbers=False, formulas=False)) == expected("""
              operation
        v1    *
        ├─ x
        └─ 3
        """)


def test_a_lone_leaf_is_a_tree_too() -> None:
    assert text(draw(Value(2.0, name="x"), numbers=False)) == "x\n"


def test_an_empty_diagram_is_no_text() -> None:
    assert text(Diagram((), ())) == ""


def test_each_result_has_a_tree() -> None:
    x = Value(2.0, name="x")
    assert text(draw([x * 2, x + 1], numbers=False, formulas=False)) == expected("""
                      operation
        v1            *
        ├─ x
        └─ 2
        v2            +
        ├─ x (above)
        └─ 1
        """)


def test_frames_are_named_where_they_begin() -> None:
    x = Value(2.0, name="x")
    y = scope("bump")(lambda x: (-x).exp())(x) + 1
    assert text(draw(y, numbers=False, formulas=False)) == expected("""
                    operation  in
        v3          +
        ├─ v2       exp        bump
        │  └─ v1    -
        │     └─ x
        └─ 1
        """)


def test_what_else_is_known_of_a_value_stands_behind_it() -> None:
    dead = text(draw(relu(Value(-1.0, name="x"))))
    assert dead.splitlines()[1].endswith("dead")
    array = text(draw(Tensor([[1.0, 2.0], [3.0, 6.0]], name="x")))
    assert "2×2 float64" in array
    assert "min 1, mean 3, max 6" in array


def test_a_compiled_program_is_a_tree_too() -> None:
    w = Value(2.0, name="w")
    step = autograd.compile(lambda x: (w * x) ** 2)
    step([1.0, 2.0])
    assert text(step.plan.draw()) == expected("""
                                      data
        out
        └─ out = square(v1)  1xn, 1n flops
           └─ v1 = w*x       1xn, 1n flops
              ├─ w
              └─ x
        """)


def test_what_is_too_deep_is_continued_in_a_tree_of_its_own() -> None:
    x = Value(1.0, name="x")
    for _ in range(30):
        x = -x
    lines = text(draw(x, numbers=False, formulas=False)).splitlines()
    continued = [line.split()[1] for line in lines if "(continued below)" in line]
    assert len(continued) == 2
    assert [line.split()[0] for line in lines[1:] if line[0] not in "├└│ "] == ["v30", *continued]
    assert max(map(len, lines)) < 80


def test_a_graph_of_many_paths_is_as_long_as_it_has_nodes() -> None:
    x = Value(1.0, name="x")
    for _ in range(60):
        x = x + x
    assert len(text(draw(x)).splitlines()) < 200


def test_columns_stay_in_line_beside_wide_and_combining_characters() -> None:
    total = Value(1.0, name="日本🎉") * Value(2.0, name="e\u0301")
    assert text(draw(total, formulas=False)) == expected("""
                   operation  data  grad  local gradient
        v1         *             2     –
        ├─ 日本🎉                1     –  2
        └─ e\u0301                     2     –  1
        """)


def test_no_name_breaks_a_line_or_makes_it_endless() -> None:
    diagram = awkward.picture()
    lines = text(diagram).splitlines()
    assert max(map(len, lines)) < 400
    for name in awkward.NAMES:
        assert any(" ".join(name.split())[:20] in line for line in lines)


def test_nothing_moves_the_cursor_of_a_terminal() -> None:
    diagram = Diagram((Node("a", "leaf", "red \x1b[31m \x9b2J \u202eback"),), ())
    assert text(diagram) == "red �[31m �2J �back\n"


def test_arrows_in_a_circle_as_around_a_folded_group_are_no_endless_loop() -> None:
    nodes = tuple(Node(name, "value", name) for name in "abc")
    assert text(Diagram(nodes, (Edge("a", "b"), Edge("b", "a")))) == "c\na\n└─ b\n   └─ a (above)\n"
