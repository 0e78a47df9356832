"""The plan: neurons become matmuls, long sums one step, and nothing recurses."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.compiler.plan import MatMul, Plan, Reduce

W = [[Value(i - 2.0 * j + 0.5) for j in range(3)] for i in range(2)]
B = [Value(10.0), Value(-20.0)]
X = np.arange(12.0).reshape(4, 3)
LAYER = X @ np.array([[w.data for w in row] for row in W]).T + np.array([b.data for b in B])


def compiled(f: Callable[..., Any], *batch: Any) -> ag.Compiled:
    step = ag.compile(f, backend="numpy")
    step(*batch)
    return step


def matmuls(plan: Plan) -> list[tuple[int, int, int]]:
    """The places, outputs and inputs of each."""
    return [(len(s.inputs.index), *s.weights.shape) for s in plan.steps if isinstance(s, MatMul)]  # type: ignore[misc]


def kinds(plan: Plan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


NEURONS: dict[str, Callable[..., Any]] = {
    "sum(w * x) + b": lambda w, x, b: sum(a * c for a, c in zip(w, x, strict=True)) + b,
    "b + sum(x * w)": lambda w, x, b: b + sum(c * a for a, c in zip(w, x, strict=True)),
    "now w * x, now x * w": lambda w, x, b: w[0] * x[0] + x[1] * w[1] + w[2] * x[2] + b,
    "nested to the right": lambda w, x, b: w[0] * x[0] + (w[1] * x[1] + (w[2] * x[2] + b)),
    "nested both ways": lambda w, x, b: (w[0] * x[0] + b) + (w[1] * x[1] + w[2] * x[2]),
    "autograd.sum": lambda w, x, b: ag.sum([a * c for a, c in zip(w, x, strict=True)]) + b,
    "dot(w, x) + b": lambda w, x, b: ag.dot(w, x) + b,
    "dot(x, w, b)": lambda w, x, b: ag.dot(x, w, b),
    "np.dot": lambda w, x, b: np.dot(w, x) + b,
}


@pytest.mark.parametrize("name", NEURONS)
def test_neurons_become_a_matmul_however_they_are_written(name: str) -> None:
    step = compiled(lambda x: [NEURONS[name](w, x, b) for w, b in zip(W, B, strict=True)], X)
    assert matmuls(step.plan) == [(1, 2, 3)]
    np.testing.assert_allclose(step(X), LAYER, rtol=1e-15)


def test_a_single_neuron_is_a_matmul() -> None:
    assert matmuls(compiled(lambda x: ag.dot(W[0], x, B[0]), X).plan) == [(1, 1, 3)]


def test_a_perceptron_has_two_steps_a_layer() -> None:
    model = nn.MLP(4, [16, 16, 3], seed=0)
    plan = compiled(model, np.ones((5, 4))).plan
    assert [kind for kind in kinds(plan) if kind != "Fill"] == ["MatMul", "Map", "MatMul", "Map", "MatMul"]
    assert matmuls(plan) == [(1, 16, 4), (1, 16, 16), (1, 3, 16)]


def test_a_loss_adds_a_handful_of_steps() -> None:
    model = nn.MLP(4, [16, 16, 3], seed=0)
    squared = compiled(lambda x, y: nn.half_squared_error(model(x), y), np.ones((5, 4)), np.ones((5, 3))).plan
    assert len(squared.steps) <= 10
    entropy = compiled(lambda x, y: nn.cross_entropy(model(x), y), np.ones((5, 4)), np.arange(5) % 3).plan
    assert len(entropy.steps) <= 24
    assert Counter(kinds(entropy))["Lookup"] == 1


def test_a_convolution_is_one_matmul_with_several_places() -> None:
    kernels = [[Value(float(i * j)) for i in range(3)] for j in range(4)]
    x = np.random.default_rng(0).normal(size=(5, 8))
    step = compiled(lambda x: [[ag.dot(k, x[i : i + 3]) for k in kernels] for i in range(6)], x)
    assert matmuls(step.plan) == [(6, 4, 3)]
    windows = np.lib.stride_tricks.sliding_window_view(x, 3, axis=1)
    np.testing.assert_allclose(step(x), windows @ np.array([[w.data for w in k] for k in kernels]).T, rtol=1e-14)


def test_one_kernel_of_a_convolution_is_one_matmul_too() -> None:
    kernel = [Value(1.0), Value(2.0), Value(3.0)]
    assert matmuls(compiled(lambda x: [ag.dot(kernel, x[i : i + 3]) for i in range(6)], np.ones((2, 8))).plan) == [
        (6, 1, 3)
    ]


def test_a_layer_applied_along_a_sequence_is_one_matmul() -> None:
    layer = nn.Layer(2, 3, "tanh", seed=0)
    step = compiled(lambda x: [layer(t) for t in x], np.ones((4, 5, 2)))
    assert matmuls(step.plan) == [(5, 3, 2)]
    assert Counter(kinds(step.plan))["Map"] == 1


def test_shared_weights_gain_from_all_their_places(backend: str) -> None:
    weights = [[Value(0.3 * i - 0.2 * j) for i in range(3)] for j in range(2)]
    flat = [w for row in weights for w in row]

    def f(w: Sequence[Any], x: Sequence[Any]) -> Any:
        return ag.sum([ag.tanh(ag.dot(w[3 * j : 3 * j + 3], x[i : i + 3])) for i in range(4) for j in range(2)])

    x = np.random.default_rng(1).normal(size=(7, 6))
    step = ag.compile(lambda x: f(flat, x), backend=backend)
    expected = np.mean([ag.grad(f)([w.data for w in flat], sample) for sample in x.tolist()], axis=0)
    np.testing.assert_allclose(step.grad(x), expected, rtol=1e-12)
    assert matmuls(step.plan) == [(4, 2, 3)]


def test_a_bias_may_differ_from_sample_to_sample() -> None:
    step = compiled(lambda x: [ag.dot(w, x) + x[0] for w in W], X)
    assert matmuls(step.plan) == [(1, 2, 3)]
    np.testing.assert_allclose(step(X), LAYER - [b.data for b in B] + X[:, :1], rtol=1e-15)


def test_products_of_arguments_are_no_matmul() -> None:
    step = compiled(lambda x: ag.dot(x, x), X)
    assert matmuls(step.plan) == []
    np.testing.assert_array_equal(step(X), (X * X).sum(1))


def test_the_gradient_of_a_matmul_is_two_products_of_matrices() -> None:
    model = nn.MLP(4, [16, 3], seed=0)
    step = ag.compile(lambda x, y: nn.half_squared_error(model(x), y), backend="numpy")
    step.value_and_grad(np.ones((5, 4)), np.ones((5, 3)))
    counts = Counter(kinds(step._latest.plan_of(("gradient", None))))  # type: ignore[union-attr]
    assert (counts["MatMul"], counts["Outer"]) == (3, 2)


# Equal computations -------------------------------------------------------------------------------------------------


def test_equal_computations_are_done_once() -> None:
    plan = compiled(lambda x: [ag.sin(x) + ag.sin(x), ag.sin(x * 1.0), ag.sin(+x)], X[:, 0]).plan
    assert kinds(plan) == ["Map", "Map"]
    assert plan.spaces["batch"].rows == 2


def test_what_no_result_needs_is_not_in_the_plan() -> None:
    def f(x: Any) -> Any:
        ag.exp(ag.tanh(x)) * x
        return x * x

    assert len(compiled(f, X[:, 0]).plan.steps) == 1


def test_what_does_not_depend_on_the_sample_is_done_before_the_samples() -> None:
    plan = compiled(lambda x: x * ag.exp(W[0][0] * W[0][1]), X[:, 0]).plan
    assert [plan.is_batched(step) for step in plan.steps] == [False, False, True]


def test_equal_steps_at_one_depth_are_one_step() -> None:
    plan = compiled(lambda x: [ag.sin(a) for a in x] + [ag.sin(a * 2.0) for a in x], X).plan
    assert kinds(plan).count("Map") == 3


def test_minus_zero_and_nan_are_constants_of_their_own() -> None:
    y = compiled(lambda x: [ag.copysign(x, -0.0), ag.copysign(x, 0.0), x + float("nan")], X[1:, 0])(X[1:, 0])
    np.testing.assert_array_equal(y, np.stack([-X[1:, 0], X[1:, 0], np.full(3, np.nan)], 1))


# An operand that several elements of a step share --------------------------------------------------------------------


def test_an_operand_of_several_elements_gains_from_all_of_them(backend: str) -> None:
    def f(x: Any) -> Any:
        return ag.tanh(x * x + 1.0) * ag.tanh(x * x + 2.0)

    assert ag.compile(f, backend=backend).grad([0.3], argnums=0) == pytest.approx([ag.grad(f)(0.3)], rel=1e-12)


# Long sums and deep graphs ------------------------------------------------------------------------------------------


def halves(xs: Sequence[Any]) -> Any:
    """The sum of neighbours, and of their sums, until one is left."""
    while len(xs) > 1:
        xs = [functools.reduce(operator.add, xs[i : i + 2]) for i in range(0, len(xs), 2)]
    return xs[0]


NESTINGS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "left": lambda xs: functools.reduce(operator.add, xs),
    "right": lambda xs: functools.reduce(lambda a, b: b + a, reversed(xs)),
    "balanced": halves,
    "sums of sums": lambda xs: ag.sum([ag.sum(list(xs[i : i + 100])) for i in range(0, len(xs), 100)]),
}


@pytest.mark.parametrize("nesting", NESTINGS)
def test_a_long_chain_of_additions_is_one_step(nesting: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 10_000))
    step = compiled(NESTINGS[nesting], x)
    assert [type(s) for s in step.plan.steps] == [Reduce]
    np.testing.assert_allclose(step(x), x.sum(1), atol=1e-11)
    np.testing.assert_array_equal(step.grad(x, argnums=0), np.full((2, 10_000), 0.5))


@pytest.mark.parametrize("nesting", NESTINGS)
def test_a_long_chain_of_products_is_one_matmul(nesting: str) -> None:
    weights = [Value(1.0 / (1.0 + i)) for i in range(10_000)]
    x = np.random.default_rng(0).normal(size=(2, 10_000))
    step = compiled(lambda x: NESTINGS[nesting]([w * a for w, a in zip(weights, x, strict=True)]), x)
    assert matmuls(step.plan) == [(1, 1, 10_000)]
    np.testing.assert_allclose(step(x), x @ [w.data for w in weights], rtol=1e-12)


def check_chain(length: int, backend: str) -> None:
    def chain(x: Any) -> Any:
        for i in range(length):
            x = ag.sin(x) if i % 2 else x * 1.5
        return x

    step = ag.compile(chain, backend=backend)
    y = np.array([0.5, -0.25])
    slope = np.ones(2)
    for i in range(length):
        slope = slope * (np.cos(y) if i % 2 else 1.5)
        y = np.sin(y) if i % 2 else y * 1.5
    np.testing.assert_allclose(step([0.5, -0.25]), y, rtol=1e-9)
    np.testing.assert_allclose(step.grad([0.5, -0.25], argnums=0) * 2.0, slope, rtol=1e-9, atol=1e-300)


def test_a_deep_graph_needs_no_recursion(backend: str) -> None:
    check_chain(3_000, backend)


@pytest.mark.slow
def test_a_very_deep_graph_needs_no_recursion(backend: str) -> None:
    check_chain(100_000, backend)
