"""What a picture tells of gradients: their state, their size, what is wrong with them; and that formulas are true."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Diagram, Value, draw
from autograd.drawing import Node
from autograd.drawing.appearance import SCALE
from tests.samples import ELEMENTWISE_ROWS

SEEDS = range(200)


def node_of(diagram: Diagram, name: str) -> Node:
    (found,) = (node for node in diagram.nodes if node.name == name)
    return found


def fill_of(diagram: Diagram, id: str) -> str:
    (line,) = (line for line in diagram.to_string("dot").splitlines() if f" id={id} " in line)
    return line.partition('fillcolor="')[2].partition('"')[0]


def random_graph(seed: int) -> Value:
    """A few dozen operations of the table on a few leaves, every value with a name that can be read as Python."""
    pick = random.Random(seed)
    values = [Value(pick.uniform(-2, 2), name=f"x{i}") for i in range(3)]
    while len(values) < 25:
        row = pick.choice(ELEMENTWISE_ROWS)
        operands: list[Any] = [pick.choice(values) for _ in range(row.arity or 1)]
        if len(operands) > 1 and pick.random() < 0.2:
            operands[pick.randrange(len(operands))] = round(pick.uniform(0.5, 3), 2)
        y = row(*operands)
        if isinstance(y, Value) and 1e-3 < abs(y.data) < 1e3 and all(abs(partial) < 1e3 for partial in y.partials):
            y.name = f"n{len(values)}"
            values.append(y)
    root: Value = autograd.sum(values)
    root.name = "root"
    return root


def values_of(root: Value) -> list[Value]:
    found, waiting = {root}, [root]
    while waiting:
        new = [x for x in waiting.pop().parents if x not in found]
        found.update(new)
        waiting += new
    return list(found)


# The state of a gradient


def test_before_backward_no_gradient_is_computed() -> None:
    a = Value(2.0, name="a")
    assert {node.state for node in draw(a * a).nodes if node.kind != "operation"} == {"not computed"}


def test_after_backward_it_is() -> None:
    a = Value(2.0, name="a")
    y = a * a
    y.backward()
    assert (node_of(draw(y), "a").state, node_of(draw(y), "a").grad) == ("computed", "4")


def test_a_gradient_of_zero_is_told_apart() -> None:
    a, b = Value(0.0, name="a"), Value(3.0, name="b")
    y = a * b
    y.backward()
    assert (node_of(draw(y), "b").state, node_of(draw(y), "b").grad) == ("zero", "0")


def test_passes_that_were_added_up_are_counted() -> None:
    a = Value(2.0, name="a")
    y = 3 * a
    for _ in range(3):
        y.backward()
    node = node_of(draw(y), "a")
    assert (node.state, node.passes, node.grad) == ("accumulated", 3, "9 (3 passes)")


def test_what_the_differentiated_result_does_not_depend_on_is_told_apart() -> None:
    a, b, c = (Value(number, name=name) for number, name in ((2.0, "a"), (3.0, "b"), (4.0, "c")))
    loss, other = a * b, b * c
    loss.backward()
    diagram = draw([loss, other])
    assert node_of(diagram, "c").state == "unreachable"
    assert node_of(diagram, "c").grad == "no path to it"
    assert "dashed" in next(line for line in diagram.to_string().splitlines() if "<b>c</b>" in line)


def test_a_parameter_among_the_roots_shows_that_nothing_leads_to_it() -> None:
    a, forgotten = Value(2.0, name="a"), Value(5.0, name="forgotten")
    loss = a * a
    loss.backward()
    assert node_of(draw([loss, forgotten]), "forgotten").state == "unreachable"


def test_a_gradient_set_to_zero_again_was_not_computed() -> None:
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    loss, other = a * b, b * 2
    loss.backward()
    a.grad = 0.0
    assert node_of(draw([loss, other]), "a").state == "not computed"


def test_gradients_can_be_left_out() -> None:
    a = Value(2.0, name="a")
    y = a * a
    y.backward()
    diagram = draw(y, backward=False)
    assert {(node.grad, node.state, node.adjoint, node.size) for node in diagram.nodes} == {("", "", None, None)}
    assert {(edge.formula, edge.local_gradient) for edge in diagram.edges} == {("", "")}
    assert node_of(diagram, "a").data == "2"


# The pass of the picture


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_a_picture_knows_the_adjoints_before_backward_is_called(seed: int) -> None:
    y = random_graph(seed)
    before = draw(y)
    y.backward()
    adjoints = {node.name: node.adjoint for node in before.nodes if node.number is not None}
    assert adjoints == {value.name: value.grad for value in values_of(y)}


def test_contributions_of_all_uses_sum_to_the_adjoint() -> None:
    a = Value(3.0, name="a")
    y = a * a + autograd.sin(a)
    diagram = draw(y)
    id = node_of(diagram, "a").id
    uses = [edge.contribution for edge in diagram.edges if edge.tail == id]
    assert uses == pytest.approx([3.0, 3.0, math.cos(3.0)])
    assert sum(x for x in uses if x is not None) == node_of(diagram, "a").adjoint


def test_of_several_results_the_adjoints_are_those_of_their_sum() -> None:
    a = Value(3.0, name="a")
    assert node_of(draw([a * 2, a * 5]), "a").adjoint == 7.0


def test_drawing_leaves_gradients_alone() -> None:
    a = Value(3.0)
    draw(a * a)
    assert (a.grad, a.reached) == (0.0, 0)


def test_drawing_what_is_not_finite_does_not_warn() -> None:
    x = Value(0.0, name="x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert node_of(draw(x * autograd.log(x)), "x").adjoint is not None


# Marks


def test_a_rectifier_that_lets_nothing_through_is_marked() -> None:
    assert node_of(draw(autograd.relu(Value(-1.0))), "v2").marks == ("dead",)
    assert node_of(draw(autograd.relu(Value(1.0))), "v2").marks == ()


@pytest.mark.parametrize("function", [autograd.tanh, autograd.sigmoid])
def test_a_saturated_function_is_marked(function: Any) -> None:
    assert node_of(draw(function(Value(6.0))), "v2").marks == ("saturated",)
    assert node_of(draw(function(Value(1.0))), "v2").marks == ()


def test_a_steep_sigmoid_is_measured_by_its_own_slope() -> None:
    assert node_of(draw(autograd.sigmoid(Value(1.0), slope=6.0)), "v2").marks == ("saturated",)


def test_an_array_is_marked_when_all_of_it_is_dead_and_counts_are_shown() -> None:
    most = node_of(draw(autograd.relu(autograd.Tensor([-1.0, -1.0, 2.0]))), "v2")
    whole = node_of(draw(autograd.relu(autograd.Tensor([-1.0, -1.0, -2.0]))), "v2")
    assert (most.marks, most.details) == ((), ("3 float64", "2 of 3 dead"))
    assert (whole.marks, whole.details) == (("dead",), ("3 float64", "3 of 3 dead"))


def test_numbers_that_are_not_finite_are_marked() -> None:
    x = Value(0.0, name="x")
    y = autograd.log(x)
    y.name = "y"
    with pytest.warns(autograd.NonFiniteWarning):
        y.backward()
    assert node_of(draw(y), "y").marks == ("non-finite",)
    assert node_of(draw(y), "x").marks == ("non-finite",)  # its gradient is inf


# Colours


def test_the_larger_the_gradient_the_further_the_colour_on_a_logarithmic_scale() -> None:
    leaves = [Value(1.0) for _ in range(6)]
    y = autograd.sum([leaf * 10.0**power for power, leaf in enumerate(leaves)])
    y.backward()
    diagram = draw(y)
    found = [fill_of(diagram, node.id) for node in diagram.nodes if node.kind == "leaf"]
    assert found == list(SCALE)


def test_gradients_that_are_nearly_the_same_have_nearly_the_same_colour() -> None:
    a, b = Value(1.0, name="a"), Value(1.1, name="b")
    y = a * b
    y.backward()
    diagram = draw(y)
    assert fill_of(diagram, node_of(diagram, "a").id) == fill_of(diagram, node_of(diagram, "b").id)


def test_what_is_rounding_alone_does_not_stretch_the_scale() -> None:
    leaves = [Value(1.0) for _ in range(3)]
    y = autograd.sum([leaf * factor for leaf, factor in zip(leaves, (1e-17, 1e-4, 1.0), strict=True)])
    y.backward()
    diagram = draw(y)
    noise, small, large = (fill_of(diagram, node.id) for node in diagram.nodes if node.kind == "leaf")
    assert (noise, large) == (SCALE[0], SCALE[-1])
    assert small in SCALE[2:4]


def test_the_scale_is_explained_below_the_picture() -> None:
    a = Value(0.001, name="a")
    y = a * a
    assert "size of grad" not in draw(y).to_string()
    y.backward()
    assert "size of grad (log) 0.002" in draw(y).to_string()


# Highlights and names


def test_what_is_highlighted_stands_out_with_the_arrows_between() -> None:
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    y = a * b
    y.name = "y"
    diagram = draw(y, highlight=[a, y])
    assert [node.name for node in diagram.nodes if node.highlight] == ["a", "*", "y"]
    assert [edge.highlight for edge in diagram.edges] == [True, False, True]


def test_along_a_path_only_its_own_arrows_stand_out() -> None:
    x = Value(1.5, name="x")
    y = autograd.sin(x) * x
    for path, arrows in zip(autograd.explain(x, of=y).paths, ([3, 4], [0, 1, 2, 4]), strict=True):
        found = [i for i, edge in enumerate(draw(y, highlight=path).edges) if edge.highlight]
        assert found == arrows, path.nodes


def test_names_may_come_from_the_users_own_variables() -> None:
    p, q = Value(2.0), Value(3.0, name="kept")
    r = p * q
    diagram = draw(r, names=locals())
    assert [node.name for node in diagram.nodes] == ["p", "kept", "*", "r"]
    assert diagram.edges[0].formula == "∂r/∂p = kept"


def test_what_is_not_in_the_graph_cannot_be_highlighted() -> None:
    with pytest.raises(autograd.ArgumentError, match=r"highlight has Value\(2.0, name='other'.*not in the graph"):
        draw(Value(1.0) * 2, highlight=[Value(2.0, name="other")])


def test_names_that_would_read_the_same_are_numbered() -> None:
    a, b = (Value(x, name=f"transformer.encoder.layers[{i}].attention.weight") for i, x in enumerate((2.0, 3.0)))
    diagram = draw(a * b * a)
    names = [node.name for node in diagram.nodes if node.kind == "leaf"]
    assert len(set(names)) == 2
    assert names[1].endswith(" (2)")
    assert len({edge.formula.partition(" = ")[0] for edge in diagram.edges if edge.formula}) == 4


def test_a_leaf_among_the_results_has_their_double_frame() -> None:
    a = Value(2.0, name="a")
    diagram = draw([a, a * 3])
    assert [node.root for node in diagram.nodes] == [True, False, False, True]
    assert diagram.to_string("dot").count("peripheries=2") == 2


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"formulas": "no"}, "formulas must be True or False, not 'no'"),
        ({"max_nodes": True}, "max_nodes must be a whole number"),
        ({"names": ["a"]}, "names must map names to Values or Tensors, as locals"),
        ({"names": {1: Value(1.0)}}, "names must map"),
        ({"highlight": Value(1.0)}, "highlight must be a list of Values or Tensors, or a path"),
        ({"highlight": [1.0]}, "highlight must be Values or Tensors, not float"),
        ({"theme": "blue"}, "theme must be one of auto, light, dark, not 'blue'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option: dict[str, Any], message: str) -> None:
    with pytest.raises(autograd.ArgumentError, match=message):
        draw(Value(1.0), **option)


# Formulas


def evaluated(formula: str, numbers: dict[str, Any]) -> float:
    """The right side of a formula, with the table's functions on plain numbers."""
    functions = {name: getattr(autograd, name) for name in autograd.registry} | {"nan": math.nan, "inf": math.inf}
    with np.errstate(all="ignore"):
        text = formula.partition(" = ")[2].replace("·", "*")  # the strong product: as any other where all is finite
        return float(eval(text, {"__builtins__": {}}, functions | numbers))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_formula_evaluated_is_the_number_on_its_edge(seed: int) -> None:
    root = random_graph(seed)
    diagram = draw(root)
    numbers = {node.name: np.float64(node.number) for node in diagram.nodes if node.number is not None}
    formulas = [edge.formula for value in sorted(values_of(root), key=lambda v: v.stamp) for edge in value.edges]
    drawn = [edge for edge in diagram.edges if edge.formula]
    assert len(drawn) == len(formulas)
    for edge, formula in zip(drawn, formulas, strict=True):
        assert formula.startswith(edge.formula.removesuffix("…"))  # a long one is cut in the picture
        assert evaluated(formula, numbers) == pytest.approx(edge.number, rel=1e-9, abs=1e-12, nan_ok=True)
