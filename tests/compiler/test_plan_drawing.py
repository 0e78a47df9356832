"""A drawn plan: a box for each step, an arrow from each thing it reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import ArgumentError, Value, compile
from autograd.drawing import Diagram

X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
Y = np.array([1.0, 0.0, 2.0])


def network() -> Any:
    model = nn.MLP(2, [3, 1], "relu", seed=0)
    return compile(lambda x, y: nn.half_squared_error(model(x), y), backend="numpy")


def arrows(diagram: Diagram) -> set[tuple[str, str]]:
    """From what to what, by names; of a step that which it writes."""
    names = {node.id: node.name.split(" ")[0] for node in diagram.nodes}
    return {(names[edge.tail], names[edge.head]) for edge in diagram.edges}


def of_kind(diagram: Diagram, kind: str) -> list[str]:
    return [node.name for node in diagram.nodes if node.kind == kind]


def test_each_step_is_a_box_with_formula_shapes_and_operations() -> None:
    step = network()
    step(X, Y)
    diagram = step.plan.draw()
    boxes = [(node.name, node.data) for node in diagram.nodes if node.kind == "step"]
    assert boxes == [
        ("v1 = layers[0].neurons[*].w @ x + layers[0].neurons[*].b", "3x2 @ 2xn, 12n flops"),
        ("v2 = relu(v1)", "3xn, 3n flops"),
        ("v3 = layers[1].neurons[0].w @ v2 + layers[1].neurons[0].b", "1x3 @ 3xn, 6n flops"),
        ("v4 = v3 - y", "1xn, 1n flops"),
        ("v5 = square(v4)", "1xn, 1n flops"),
        ("out = 0.5*v5", "1xn, 1n flops"),
    ]
    assert repr(diagram) == '<Diagram: 6 steps, 12 edges; .save("graph.svg") writes it>'


def test_arrows_come_from_what_a_step_reads() -> None:
    step = network()
    step(X, Y)
    assert arrows(step.plan.draw()) == {
        ("layers[0].neurons[*].w", "v1"),
        ("x", "v1"),
        ("layers[0].neurons[*].b", "v1"),
        ("v1", "v2"),
        ("layers[1].neurons[0].w", "v3"),
        ("v2", "v3"),
        ("layers[1].neurons[0].b", "v3"),
        ("v3", "v4"),
        ("y", "v4"),
        ("v4", "v5"),
        ("v5", "out"),
        ("out", "out"),
    }


def test_steps_of_the_gradient_look_different() -> None:
    step = network()
    step.value_and_grad(X, Y)
    diagram = step.plan.draw()
    assert all(name.startswith("∂") for name in of_kind(diagram, "gradient step"))
    assert not any(name.startswith("∂") for name in of_kind(diagram, "step"))
    assert len(of_kind(diagram, "gradient step")) == 8
    assert of_kind(diagram, "result") == ["value", "gradient"]


def test_what_was_computed_long_before_is_named_again_instead_of_a_long_arrow() -> None:
    def f(x: Any) -> Any:
        first = y = autograd.sin(x)
        for _ in range(6):
            y = autograd.cos(y)
        return first * y

    step = compile(f, backend="numpy")
    step([1.0])
    assert of_kind(step.plan.draw(), "reference") == ["v1"]


def test_a_step_that_adds_needs_what_stands_there() -> None:
    w = Value(2.0, name="w")
    step = compile(lambda x: autograd.sin(w * x) + autograd.cos(w + x), backend="numpy")
    step.grad([1.0])
    names = [name for name in of_kind(step.plan.draw(), "gradient step") if name.startswith("∂w")]
    assert [name.split(" ")[1] for name in names] == ["=", "+="]
    assert ("∂w", "∂w") in arrows(step.plan.draw())


def test_a_large_plan_shows_its_last_steps_and_folds_the_others() -> None:
    def f(x: Any) -> Any:
        for _ in range(30):
            x = autograd.sin(x)
        return x

    step = compile(f, backend="numpy")
    step([1.0])
    diagram = step.plan.draw(max_steps=5)
    assert of_kind(diagram, "folded") == ["… 25 more steps"]
    assert of_kind(diagram, "step")[0] == "v26 = sin(v25)"
    assert len(of_kind(diagram, "step")) == 5


def test_no_box_stands_alone() -> None:
    step = compile(lambda x: sum(element**2 for element in x), backend="numpy")  # sum starts with a constant 0
    step(X)
    diagram = step.plan.draw()
    assert {node.id for node in diagram.nodes} == {end for edge in diagram.edges for end in (edge.tail, edge.head)}


@pytest.mark.parametrize(
    ("options", "message"),
    [({"direction": "up"}, "direction must be one of"), ({"max_steps": 0}, "max_steps must be a whole number")],
)
def test_an_option_that_makes_no_sense_is_refused(options: Any, message: str) -> None:
    step = network()
    step(X, Y)
    with pytest.raises(ArgumentError, match=message):
        step.plan.draw(**options)


def test_the_same_program_makes_the_same_picture() -> None:
    pictures = []
    for _ in range(2):
        step = network()
        step.value_and_grad(X, Y)
        pictures.append(step.plan.draw().to_string())
    assert pictures[0] == pictures[1]


def test_formulas_stand_in_the_svg_uncut() -> None:
    step = network()
    step.value_and_grad(X, Y)
    svg = step.plan.draw().to_string("svg")
    for text in ("v1 = layers[0].neurons[*].w @ x + layers[0].neurons[*].b", "∂v1 = ∂v2*where(v1 &lt;= 0, 0, 1)"):
        assert text in svg.replace("&#45;", "-")
