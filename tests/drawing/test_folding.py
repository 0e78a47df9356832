"""Groups and folding: frames around calls, and what stands for one that is folded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import ArgumentError, Diagram, Value, draw
from autograd.drawing.folding import fold
from autograd.drawing.formats import formats

RANDOM = np.random.default_rng(0)


class Line:
    """A model without nn: y = slope * x + start, drawn in a frame."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.slope, self.start = Value(2.0, name=f"{name}.slope"), Value(1.0, name=f"{name}.start")

    def parameters(self) -> list[Value]:
        return [self.slope, self.start]

    def __call__(self, x: Value) -> Value:
        call = autograd.Scope(self)
        return call.close(self.slope * x + self.start)  # type: ignore[no-any-return]


def two_lines() -> Value:
    x = Value(3.0, name="x")
    first, second = Line("first"), Line("second")
    y = autograd.tanh(second(first(x)))
    y.name = "y"
    y.backward()
    return y


def names(diagram: Diagram, *kinds: str) -> list[str]:
    return [node.name for node in diagram.nodes if node.kind in kinds]


def arrows(diagram: Diagram) -> list[tuple[str, str]]:
    name = {node.id: node.name for node in diagram.nodes}
    return [(name[edge.tail], name[edge.head]) for edge in diagram.edges]


def deep(calls: int, size: int) -> Value:
    """``calls`` calls one after another, each of ``size`` operations."""

    @autograd.scope("block")
    def block(x: Value) -> Value:
        for _ in range(size):
            x = x * 0.999
        return x

    x = Value(1.0)
    for _ in range(calls):
        x = block(x)
    return x


def test_parameters_stand_in_the_frame_of_the_model_that_owns_them() -> None:
    diagram = draw(two_lines())
    of = {node.name: node.group for node in diagram.nodes}
    first, second = (group.id for group in diagram.groups)
    assert (of["first.slope"], of["first.start"], of["second.slope"]) == (first, first, second)
    assert of["x"] == of["y"] == ""


def test_parameters_that_two_calls_share_stand_outside() -> None:
    line = Line("line")
    diagram = draw(line(line(Value(1.0))))
    assert [node.group for node in diagram.nodes if node.kind == "leaf"] == [""] * 3


def test_a_small_graph_is_not_folded() -> None:
    assert names(draw(two_lines()), "group") == []


def test_all_groups_can_be_folded() -> None:
    diagram = draw(two_lines(), fold=True)
    assert names(diagram, "group") == ["Line first", "Line second"]
    assert diagram.groups == ()


def test_groups_can_be_folded_by_name_and_by_title() -> None:
    assert names(draw(two_lines(), fold=["first"]), "group") == ["Line first"]
    assert names(draw(two_lines(), fold=["Line first"]), "group") == ["Line first"]


def test_a_folded_group_is_one_node_between_its_inputs_and_what_uses_it() -> None:
    assert arrows(draw(two_lines(), fold=True)) == [
        ("x", "Line first"),
        ("Line first", "Line second"),
        ("Line second", "tanh"),
        ("tanh", "y"),
    ]


def test_a_folded_group_shows_counts_and_the_norm_of_its_jacobian() -> None:
    (node,) = (node for node in draw(two_lines(), fold=["first"]).nodes if node.kind == "group")
    assert node.details == ("2 operations, 2 parameters", "Jacobian 1×1, norm 2")


def test_the_norm_of_a_block_is_that_of_its_matrix() -> None:
    matrix = RANDOM.normal(size=(3, 4))

    @autograd.scope("linear")
    def linear(x: list[Value]) -> list[Value]:
        return [autograd.dot(row, x) for row in matrix.tolist()]

    xs = [Value(number) for number in RANDOM.normal(size=4)]
    (node,) = (node for node in draw(linear(xs), fold=True).nodes if node.kind == "group")
    assert node.details[1] == f"Jacobian 3×4, norm {np.linalg.norm(matrix):.4g}"


def test_the_norm_of_a_large_block_is_estimated_and_says_so() -> None:
    @autograd.scope("scale")
    def scale(x: autograd.Tensor) -> autograd.Tensor:
        return x * 3.0

    (node,) = (
        node for node in draw(scale(autograd.Tensor(np.ones((20, 20)))), fold=True).nodes if node.kind == "group"
    )
    assert node.details[1] == "Jacobian 400×400, norm ≈60"  # exact here, for the Jacobian is diagonal: 3 * sqrt(400)


def test_what_a_module_is_given_stands_outside_its_frame_and_is_no_parameter() -> None:
    class Doubling(Line):
        def __call__(self, x: object) -> Value:
            call = autograd.Scope(self)
            return call.close(self.slope * autograd.Tensor(x) + self.start)  # type: ignore[no-any-return]

    y = Doubling("line")([1.0, 2.0])
    (node,) = (node for node in draw(y, fold=True).nodes if node.kind == "group")
    assert node.details == ("2 operations, 2 parameters", "Jacobian 2×2, norm 2.828")
    assert [node.group for node in draw(y).nodes if node.name == "v1"] == [""]


def test_a_block_without_variables_among_its_inputs_has_no_jacobian() -> None:
    line = Line("line")
    (node,) = (node for node in draw(line(3.0), fold=True).nodes if node.kind == "group")  # type: ignore[arg-type]
    assert node.details == ("2 operations, 2 parameters",)


def test_groups_are_folded_as_far_as_the_budget_asks() -> None:
    y = deep(calls=4, size=10)
    assert names(draw(y, max_nodes=25), "group") == ["block (call 3)", "block (call 4)"]
    assert len(names(draw(y, max_nodes=5), "group")) == 4


def test_inner_groups_are_folded_before_outer_ones() -> None:
    @autograd.scope("outer")
    def outer(x: Value) -> Value:
        return autograd.sin(inner(x))

    @autograd.scope("inner")
    def inner(x: Value) -> Value:
        return autograd.exp(autograd.exp(autograd.exp(x)))

    y = outer(Value(0.1))
    assert names(draw(y, max_nodes=4), "group") == ["inner"]
    assert names(draw(y, max_nodes=2), "group") == ["outer"]


def test_where_folding_groups_is_not_enough_the_oldest_are_one_node() -> None:
    diagram = draw(deep(calls=50, size=10), max_nodes=20)
    assert len(names(diagram, "group")) == 20
    assert names(diagram, "folded") == ["… 301 more values"]


def test_an_unfolded_picture_beyond_the_budget_is_refused_with_the_way_out() -> None:
    with pytest.raises(ArgumentError, match=r"401 values, more than max_nodes=300.*fold='auto'.*max_nodes=401"):
        draw(deep(calls=4, size=100), fold=False)
    assert len(names(draw(deep(calls=4, size=100), fold=False, max_nodes=401), "value", "result")) == 400


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("all", "fold must be 'auto', True, False or a list of names of groups, not 'all'"),
        (3, "fold must be 'auto', True, False or a list of names of groups, not 3"),
        (["third"], "no group 'third' to fold; the groups: 'Line first', 'Line second'"),
    ],
)
def test_a_fold_that_makes_no_sense_is_refused(option: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        draw(two_lines(), fold=option)  # type: ignore[arg-type]


def test_a_formula_calls_the_output_of_a_folded_group_by_its_name() -> None:
    x = Value(3.0, name="x")
    line = Line("line")
    y = line(x) * x
    y.name = "y"
    assert "∂y/∂x = line" in [edge.formula for edge in draw(y, fold=True).edges]


def test_a_hundred_thousand_values_are_drawn_folded() -> None:
    assert "… 70,001 more values" in draw(deep(calls=1000, size=100)).to_string("svg")


def test_a_dense_net_is_cut_where_its_arrows_become_too_many_to_lay() -> None:
    layer = [Value(number) for number in RANDOM.normal(size=15)]
    for _ in range(8):
        layer = [autograd.dot(layer, RANDOM.normal(size=15).tolist()) for _ in range(15)]
    diagram = draw(autograd.sum(layer), max_nodes=100)
    assert len(diagram.edges) < 1000
    assert len(names(diagram, "folded")) == 1


def test_a_path_through_a_folded_group_has_no_gap() -> None:
    y = two_lines()
    x = next(value for value in y.parents[0].parents[0].parents if not value.is_leaf).parents[0].parents[1]
    path = autograd.explain(x, of=y).paths[0]
    for diagram in (draw(y, fold=True, highlight=path), fold(draw(y, highlight=path), ["group1", "group2"])):
        assert [node.name for node in diagram.nodes if node.highlight] == [
            "x",
            "Line first",
            "Line second",
            "tanh",
            "y",
        ]
        assert [edge.highlight for edge in diagram.edges] == [True] * 4


# Folding a picture that stands


def test_a_picture_folds_into_the_one_that_was_drawn_folded() -> None:
    y = two_lines()
    opened = draw(y)
    folded = fold(opened, {group.id for group in opened.groups})
    assert arrows(folded) == arrows(draw(y, fold=True))
    assert folded.groups == ()


@pytest.mark.parametrize("ending", formats)
@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("name", ["x\x00y", "a\nb", "x\ud800", "<b>&", "]]> -->"])
def test_a_group_may_have_any_name_folded_or_not(name: str, fold: bool, ending: str, tmp_path: Path) -> None:
    @autograd.scope(name)
    def doubled(x: Value) -> Value:
        return x * 2

    assert draw(doubled(Value(1.0)), fold=fold).save(tmp_path / f"graph.{ending}").stat().st_size


def test_one_group_of_a_picture_can_be_folded() -> None:
    opened = draw(two_lines())
    folded = fold(opened, [opened.groups[0].id])
    assert names(folded, "group") == ["Line first"]
    assert [group.name for group in folded.groups] == ["second"]


def test_nothing_folded_leaves_the_picture_as_it_is() -> None:
    opened = draw(two_lines())
    assert fold(opened, []) == opened


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no group 'group9' to fold; the groups: group1, group2"):
        fold(draw(two_lines()), ["group9"])
