"""The steps of a picture: what each says, and that they add up to the gradients."""

from __future__ import annotations

import random

import pytest

import autograd
from autograd import Diagram, Tensor, Value, scope
from autograd.drawing.steps import Step, note_of_grad, steps_of
from tests.drawing.test_draw import leaves, named


def formulas(diagram: Diagram, phase: str) -> list[str]:
    return [step.formula for step in steps_of(diagram) if step.phase == phase]


def at_the_end(steps: tuple[Step, ...]) -> dict[str, str]:
    return {id: text for step in steps for id, text in step.gradients}


def random_graph(seed: int) -> Value:
    choose = random.Random(seed)
    values = [Value(choose.uniform(0.5, 2.0)) for _ in range(3)]
    for _ in range(12):
        a, b = choose.choices(values[-6:], k=2)
        values.append(choose.choice([a * b, a - b, autograd.tanh(a) / (1 + b * b)]))
    return values[-1]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (lambda a, b: a + b, "y = a + b = 2 + -3 = -1"),
        (lambda a, b: b**2, "y = b ** 2 = (-3) ** 2 = 9"),
        (lambda a, b: -b, "y = -b = -(-3) = 3"),
        (lambda a, b: 1 / a, "y = 1 / a = 1 / 2 = 0.5"),
        (lambda a, b: autograd.relu(b), "y = relu(b) = relu(-3) = 0"),
        (lambda a, b: autograd.maximum(a, b), "y = maximum(a, b) = maximum(2, -3) = 2"),
        (lambda a, b: autograd.sum([a, b, a]), "y = a + b + a = 2 + -3 + 2 = 1"),
        (lambda a, b: autograd.dot([a, b], [b, a]), "y = a·b + b·a = 2·-3 + -3·2 = -12"),
    ],
)
def test_an_operation_is_written_with_names_and_with_numbers(expression: object, wanted: str) -> None:
    y = named("y", expression(*leaves(a=2.0, b=-3.0)))  # type: ignore[operator]
    assert formulas(y.draw(), "forward")[-1] == wanted


def test_of_many_operands_a_few_are_written() -> None:
    total = named("y", autograd.sum([Value(float(i), name=f"x{i}") for i in range(20)]))
    given, result = formulas(total.draw(), "forward")
    assert given == "x0 = 0,  x1 = 1,  … 17 more …,  x19 = 19"
    assert result == "y = x0 + x1 + x2 + x3 + … 15 more … + x19 = 0 + 1 + 2 + 3 + … 15 more … + 19 = 190"


def test_a_product_with_itself_adds_twice() -> None:
    (a,) = leaves(a=3.0)
    steps = steps_of(named("y", a * a).draw())
    assert [step.formula for step in steps[-2:]] == ["∂y/∂a += ∂y/∂y · ∂y/∂a = 1 · 3 = 3"] * 2
    assert [step.notes[-1] for step in steps[-2:]] == [
        "Use 1 of 2 of a: so far ∂y/∂a = 3.",
        "All 2 uses of a are counted: ∂y/∂a = 6.",
    ]
    assert [step.gradients for step in steps[-2:]] == [(("value1", "3 + …"),), (("value1", "6"),)]


@pytest.mark.parametrize("seed", range(40))
def test_the_sums_come_to_the_gradients(seed: int) -> None:
    root = random_graph(seed)
    shown = at_the_end(steps_of(root.draw(max_nodes=100)))
    root.backward()
    held = {node.id: node.grad for node in root.draw(max_nodes=100).nodes if node.kind in ("leaf", "value", "result")}
    assert shown == held


def test_several_results_are_differentiated_as_their_sum() -> None:
    a, b = leaves(a=2.0, b=5.0)
    diagram = autograd.draw([named("y", a * b), named("z", a + 1)])
    assert formulas(diagram, "backward") == [
        "∂(y + z)/∂y = 1",
        "∂(y + z)/∂z = 1",
        "∂(y + z)/∂a += ∂(y + z)/∂z · ∂z/∂a = 1 · 1 = 1",
        "∂(y + z)/∂a += ∂(y + z)/∂y · ∂y/∂a = 1 · 5 = 5",
        "∂(y + z)/∂b += ∂(y + z)/∂y · ∂y/∂b = 1 · 2 = 2",
    ]
    assert at_the_end(steps_of(diagram))["value1"] == "6"


def test_a_value_that_stands_elsewhere_gets_what_its_reference_adds() -> None:
    (a,) = leaves(a=2.0)
    x = a
    for _ in range(12):
        x = -x
    diagram = named("y", x * a).draw()
    assert [node.stands_for for node in diagram.nodes if node.kind == "reference"] == ["value1"]
    assert at_the_end(steps_of(diagram))["value1"] == "4"


def test_a_group_folded_when_drawn_is_one_step_and_the_sums_are_right_behind_it() -> None:
    @scope("cube")
    def cube(x: Value) -> Value:
        return x * x * x

    (a,) = leaves(a=2.0)
    diagram = named("y", cube(a) + a).draw(fold=True)
    steps = steps_of(diagram)
    assert [step.formula for step in steps if step.phase == "backward"][-1] == "Back through cube"
    assert [dict(step.gradients).get("value1", "") for step in steps][-2:] == ["1 + …", "13"]


def test_without_gradients_there_is_only_the_forward_pass() -> None:
    a, b = leaves(a=2.0, b=3.0)
    assert formulas((a * b).draw(backward=False), "backward") == []


def test_without_numbers_formulas_stand_alone() -> None:
    a, b = leaves(a=2.0, b=3.0)
    diagram = named("y", a * b).draw(numbers=False)
    assert formulas(diagram, "forward") == ["a,  b", "y = a * b"]
    assert formulas(diagram, "backward")[-1] == "∂y/∂b += ∂y/∂y · ∂y/∂b"


def test_of_tensors_a_step_tells_shapes_and_the_gradient_that_is_held() -> None:
    w = Tensor([1.0, 2.0], name="w")
    y = named("y", (w * w).sum())
    y.backward()
    last = steps_of(y.draw())[-1]
    assert last.formula == "∂y/∂w += ∂y/∂v1 · ∂v1/∂w"
    assert last.notes[-1] == "All 2 uses of w are counted: ∂y/∂w = [2, 4] (w.grad when this was drawn)."


def test_the_ledger_tells_why_grad_is_something_else() -> None:
    (a,) = leaves(a=3.0)
    y = named("y", a * a)

    def note() -> str:
        return note_of_grad(y.draw().nodes[0], "y")

    assert note() == "a.grad was not computed yet when this was drawn: backward() of y gives 6."
    y.backward()
    assert note() == ""
    y.backward()
    assert note() == "a.grad is 12 (2 passes): each backward pass added to it; one pass from y gives 6."
    a.grad = 1.0
    assert "a.grad is 1" in note()
