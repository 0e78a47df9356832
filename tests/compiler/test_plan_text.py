"""A printed plan: what was written in single numbers is read as matrix products, with shapes and costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import TracingError, TracingWarning, Value, compile
from autograd.compiler.costs import Cost, cost_of
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Space, Step, Write
from autograd.errors import ArgumentError
from autograd.symbols import Symbol

X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
Y = np.array([1.0, 0.0, 2.0])


def network() -> tuple[Any, Any]:
    model = nn.MLP(2, [3, 1], "relu", seed=0)

    def loss(x: Any, y: Any) -> Value:
        return nn.half_squared_error(model(x), y)

    return model, compile(loss, backend="numpy")


FORWARD = """\
plan of loss: 24 scalar operations for each of n samples, in 6 steps

                                                              shapes     flops  bytes
1  v1 = layers[0].neurons[*].w @ x + layers[0].neurons[*].b   3x2 @ 2xn    12n    40n  + 72
2  v2 = relu(v1)                                              3xn           3n    48n
3  v3 = layers[1].neurons[0].w @ v2 + layers[1].neurons[0].b  1x3 @ 3xn     6n    32n  + 32
4  v4 = v3 - y                                                1xn           1n    24n
5  v5 = square(v4)                                            1xn           1n    16n
6  out = 0.5*v5                                               1xn           1n    16n

   all                                                                     24n   176n + 104

returns out, 1xn"""

GRADIENT = """\
plan of loss: 63 scalar operations for each of n samples, in 15 steps

                                                               shapes     flops  bytes

    forward                                                                 24n   176n + 104
 1  v1 = layers[0].neurons[*].w @ x + layers[0].neurons[*].b   3x2 @ 2xn    12n    40n  + 72
 2  v2 = relu(v1)                                              3xn           3n    48n
 3  v3 = layers[1].neurons[0].w @ v2 + layers[1].neurons[0].b  1x3 @ 3xn     6n    32n  + 32
 4  v4 = v3 - y                                                1xn           1n    24n
 5  v5 = square(v4)                                            1xn           1n    16n
 6  v6 = 0.5*v5                                                1xn           1n    16n

    gradient                                                                37n   248n + 128
 7  ∂v5 = weights*0.5                                          1xn           1n    16n
 8  ∂v4 = ∂v5*(2*v4)                                           1xn           2n    24n
 9  ∂layers[1].neurons[0].b = sum(∂v4, over n)                 1xn -> 1      1n     8n   + 8
10  ∂v2 = layers[1].neurons[0].w @ ∂v4                         3x1 @ 1xn     3n    32n  + 24
11  ∂layers[1].neurons[0].w = ∂v4 @ v2.T                       1xn @ nx3     6n    32n  + 24
12  ∂v1 = ∂v2*where(v1 <= 0, 0, 1)                             3xn           9n    72n
13  ∂layers[0].neurons[*].b = sum(∂v1, over n)                 3xn -> 3      3n    24n  + 24
14  ∂layers[0].neurons[*].w = ∂v1 @ x.T                        3xn @ nx2    12n    40n  + 48

    result                                                                   2n    16n   + 8
15  value = sum(weights*v6, over n)                            1xn -> 1      2n    16n   + 8

    all                                                                     63n   440n + 240

returns value, 1
returns gradient = ∂parameters, 13
∂v is the derivative of the result by v
weights say how much each sample counts"""


def test_a_small_network_is_printed_as_matrix_products() -> None:
    _, step = network()
    step(X, Y)
    assert str(step.plan) == FORWARD


def test_the_gradient_is_printed_behind_the_forward_pass() -> None:
    _, step = network()
    step.value_and_grad(X, Y)
    assert str(step.plan) == GRADIENT


def test_the_plan_is_that_of_the_latest_call() -> None:
    _, step = network()
    with pytest.raises(ArgumentError, match="has not been called yet"):
        _ = step.plan
    outputs = []
    for call in (step, step.value_and_grad, step.jacobian, step):
        call(X, Y)
        outputs.append(tuple(step.plan.outputs))
    assert outputs == [("out",), ("value", "gradient"), ("gradient",), ("out",)]


def test_a_function_that_is_not_recorded_has_no_plan() -> None:
    step = compile(lambda x: x if x > 0 else -x, fallback=True)
    with pytest.warns(TracingWarning):
        step([1.0])
    with pytest.raises(TracingError, match="bool"):
        _ = step.plan


def test_training_shows_the_update() -> None:
    model, step = network()
    step.train(X, Y, optimizer=nn.SGD(model.parameters(), 0.1))
    text = str(step.plan)
    assert "    update " in text
    assert "parameters = parameters - " in text


def test_the_repr_is_one_short_line() -> None:
    _, step = network()
    step(X, Y)
    assert repr(step.plan) == "<Plan of loss: 6 steps; print(plan) and plan.draw() show them>"


def test_values_without_a_name_are_called_by_their_place_among_the_parameters() -> None:
    a, b = Value(1.0), Value(2.0)
    step = compile(lambda x: a * x + b, backend="numpy")
    step([1.0])
    assert "parameters[0]*x" in str(step.plan)


def test_parts_of_lists_are_called_as_they_are_reached() -> None:
    w = [[Value(1.0, name=f"w[{i}][{j}]") for j in range(3)] for i in range(4)]

    def f(x: Any) -> Any:
        return [autograd.dot([row[0] for row in w], [x[0], x[1], x[2], x[3]]), autograd.dot(w[1], x[1:])]

    step = compile(f, backend="numpy")
    step(np.ones((2, 4)))
    text = str(step.plan)
    assert "w[*][0] @ x " in text
    assert "w[1] @ x[1:4] " in text


def test_numbers_of_an_argument_in_another_order_are_a_slice_or_a_range() -> None:
    step = compile(lambda x: [-x[0], -x[2], -x[4], -x[6]], backend="numpy")
    step(np.ones((2, 8)))
    assert "out = -x[0:7:2] " in str(step.plan)
    step = compile(lambda x: [-x[0], -x[1], -x[6]], backend="numpy")
    step(np.ones((2, 8)))
    assert "out = -x[0…6] " in str(step.plan)


def test_arguments_are_called_as_in_the_signature() -> None:
    def f(pair: Any, *rest: Any, scale: Any) -> Any:
        return [pair[0] + pair[1], rest[0] * scale]

    step = compile(f, backend="numpy")
    step(([1.0], [2.0]), [3.0], scale=[4.0])
    text = str(step.plan)
    assert "pair[0] + pair[1]" in text
    assert "args[1]*scale" in text


def test_numbers_of_a_name_like_those_of_the_steps_are_told_apart() -> None:
    v1 = Value(2.0, name="v1")
    step = compile(lambda x: (v1 * x) ** 2, backend="numpy")
    step([1.0])
    assert "v_1 = v1*x" in str(step.plan)


def test_a_long_plan_is_shortened_in_the_middle() -> None:
    def f(x: Any) -> Any:
        for _ in range(80):
            x = autograd.sin(x)
        return x

    step = compile(f, backend="numpy")
    step([1.0])
    text = str(step.plan)
    assert "… 30 more steps; to_string(full=True) has all" in text
    assert "v30 = sin(v29)" in text
    assert "v31 = sin(v30)" not in text
    assert "v60 = " not in text
    assert "v61 = sin(v60)" in text
    assert "v31 = sin(v30)" in step.plan.to_string(full=True)


def test_the_end_of_a_long_formula_is_left_out() -> None:
    a = Value(1.0, name="a" * 100)
    step = compile(lambda x: a * x, backend="numpy")
    step([1.0])
    assert f"out = {'a' * 69}…" in str(step.plan)
    assert f"out = {'a' * 100}*x" in step.plan.to_string(full=True)


# Every kind of step, by hand. There are 8 numbers for all samples, 20 for each, and 2 labels.

SPACES = {
    "x0": Space(2, batched=True, is_input=True, is_integer=True),
    "shared": Space(8, batched=False, is_input=True),
    "batch": Space(20, batched=True),
    "d batch": Space(20, batched=True),
    "d shared": Space(8, batched=False),
}
NAMES = {"x0": [("k", (2,))], "shared": [("w", (2, 2)), ("b", (2,))]}


def rows(space: str, *index: int, shape: tuple[int, ...] = (-1,)) -> Ref:
    return Ref(space, np.array(index, np.intp).reshape(shape))


W = rows("shared", 0, 1, 2, 3, shape=(2, 2))
PLACES = rows("batch", 0, 1, 2, 3, 4, 5, shape=(3, 2))
PRODUCTS = rows("batch", 6, 7, 8, 9, 10, 11, shape=(3, 2))
BIASES = rows("shared", 4, 5, 4, 5, 4, 5, shape=(3, 2))

x0, x1 = Symbol("x0"), Symbol("x1")
half = Map((PLACES.flat,), (Write(x0 * 0.5, PLACES.flat),))

STEPS = {
    "a map": (
        Map((rows("batch", 0, 1), rows("shared", 4)), (Write(autograd.tanh(x0 + x1), rows("batch", 12, 13)),)),
        "v1 = tanh(batch[0:2] + b[0])",
        "2xn",
        Cost(flops=4, bytes=32, bytes_once=8),
    ),
    "a map summed over the samples": (
        Map((rows("d batch", 0, 1),), (Write(x0, rows("d shared", 4, 5), adds=True),)),
        "∂b += sum(∂batch[0:2], over n)",
        "2xn -> 2",
        Cost(flops=2, bytes=16, bytes_once=32),
    ),
    "a matmul": (
        MatMul(W, rows("batch", 0, 1, shape=(1, 2)), rows("batch", 6, 7, shape=(1, 2))),
        "v1 = w @ batch[0:2]",
        "2x2 @ 2xn",
        Cost(flops=2 * 3, bytes=32, bytes_once=32),
    ),
    "a matmul at several places": (
        MatMul(W, PLACES, PRODUCTS, BIASES),
        "v1 = w @ batch[0:6] + b",
        "2x2 @ 2x3n",
        Cost(flops=3 * 2 * 4, bytes=12 * 8, bytes_once=6 * 8),
    ),
    "a matmul with the transpose, added": (
        MatMul(W.T, PLACES, PRODUCTS, adds=True),
        "v1 += w.T @ batch[0:6]",
        "2x2 @ 2x3n",
        Cost(flops=3 * 2 * 4, bytes=18 * 8, bytes_once=4 * 8),
    ),
    "an outer product": (
        Outer(Ref("d batch", PLACES.index), PRODUCTS, Ref("d shared", W.index)),
        "∂w = ∂batch[0:6] @ batch[6:12].T",
        "2x3n @ 3nx2",
        Cost(flops=4 * 2 * 3, bytes=12 * 8, bytes_once=4 * 8),
    ),
    "a reduction": (
        Reduce("maximum", rows("batch", 0, 1, 2), np.array([0]), rows("batch", 12)),
        "v1 = max(batch[0:3])",
        "3xn -> 1xn",
        Cost(flops=2, bytes=32),
    ),
    "a ragged reduction": (
        Reduce("add", rows("batch", 0, 1, 2, 3, 4, 5), np.array([0, 1, 3]), rows("batch", 12, 13, 14)),
        "v1 = sum(batch[0:6], each 1 to 3)",
        "6xn -> 3xn",
        Cost(flops=3, bytes=9 * 8),
    ),
    "a lookup": (
        Lookup(rows("batch", 0, 1, 2, 3, 4, 5, shape=(3, 2)), rows("x0", 0, 1), rows("batch", 12, 13)),
        "v1 = batch[0:6][k]",
        "3x2xn -> 2xn",
        Cost(bytes=6 * 8),
    ),
    "a scatter": (
        Scatter(rows("d batch", 12), rows("x0", 1), rows("d batch", 0, 1, 2, shape=(3, 1))),
        "∂batch[0:3] at [k[1]] += ∂batch[12]",
        "1xn -> 3x1xn",
        Cost(flops=1, bytes=4 * 8),
    ),
    "a fill": (Fill(rows("shared", 6, 7), np.array([1.0, -2.5])), "v1 = 1, -2.5", "2", Cost(bytes_once=16)),
    "zeros": (Fill(rows("d batch", 0, 1), np.zeros(2)), "∂batch[0:2] = 0", "2xn", Cost(bytes=16)),
}


@pytest.mark.parametrize(("step", "formula", "shapes", "cost"), STEPS.values(), ids=STEPS)
def test_every_kind_of_step_has_a_line(step: Step, formula: str, shapes: str, cost: Cost) -> None:
    line = str(Plan(SPACES, [step], names=NAMES)).splitlines()[3]
    assert line.split("  ")[1] == formula
    assert line.split("  ", 2)[2].strip().startswith(shapes)


@pytest.mark.parametrize(("step", "formula", "shapes", "cost"), STEPS.values(), ids=STEPS)
def test_costs_are_those_counted_by_hand(step: Step, formula: str, shapes: str, cost: Cost) -> None:
    assert cost_of(step, SPACES) == cost


def test_a_step_with_several_results_has_a_line_for_each() -> None:
    step = Map((rows("batch", 0, 1),), (Write(x0 + 1, rows("batch", 12, 13)), Write(-x0, rows("batch", 14, 15))))
    lines = str(Plan(SPACES, [step])).splitlines()[3:5]
    assert lines[0].startswith("1  v1a = batch[0:2] + 1  ")
    assert lines[1] == "   v1b = -batch[0:2]"


def test_operations_of_an_mlp_are_those_counted_by_hand() -> None:
    """Of a 4-16-16-3 network: two for each weight, one for each rectifier, then 3 differences, squares and sums."""
    model = nn.MLP(4, [16, 16, 3], "relu", seed=0)
    step = compile(lambda x, y: autograd.sum([(a - b) ** 2 for a, b in zip(model(x), y, strict=True)]), backend="numpy")
    step(np.ones((5, 4)), np.ones((5, 3)))
    by_hand = 2 * (4 * 16 + 16 * 16 + 16 * 3) + 2 * 16 + 3 + 3 + 2
    assert by_hand == 776
    assert str(step.plan).startswith("plan: 776 scalar operations for each of n samples, in 8 steps")


def test_a_program_without_samples_counts_all_once() -> None:
    w = Value(3.0, name="w")
    step = compile(lambda x: w * x + 1, backend="numpy")
    step(2.0)
    assert str(step.plan).startswith("plan: 2 scalar operations, in")
