"""Gradients by parameters and arguments, of each sample and weighted; Jacobians; Hessian products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import ArgumentError, SizeError, Value

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(7, 3)), RNG.normal(size=7)
W = [0.5, -1.0, 2.0, 0.25]


def loss(w: Sequence[Any], x: Sequence[Any], y: Any) -> Any:
    return ag.square(ag.tanh(ag.dot(w[:3], x) + w[3]) - y) + w[0] * w[1] * x[0]


def outputs(w: Sequence[Any], x: Sequence[Any]) -> list[Any]:
    hidden = ag.dot(w[:3], x)
    return [ag.sin(hidden) + w[3], hidden * x[0], w[0] * w[3]]


SAMPLES = list(zip(X.tolist(), Y.tolist(), strict=True))
LOSSES = np.array([loss(W, x, y) for x, y in SAMPLES])
GRADIENTS = [np.array([ag.grad(loss, i)(W, x, y) for x, y in SAMPLES]) for i in (0, 1, 2)]
WEIGHTS = RNG.uniform(0.0, 3.0, 7)
WEIGHTS[2] = 0.0


@pytest.fixture
def leaves() -> list[Value]:
    return [Value(x) for x in W]


@pytest.fixture
def step(leaves: list[Value], backend: str) -> ag.Compiled:
    return ag.compile(lambda x, y: loss(leaves, x, y), backend=backend)


def assert_close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_the_value_is_the_mean_and_the_gradient_is_its(step: ag.Compiled) -> None:
    value, gradient = step.value_and_grad(X, Y)
    assert isinstance(value, float)
    assert_close(value, LOSSES.mean())
    assert_close(gradient, GRADIENTS[0].mean(0))
    assert_close(step.grad(X, Y), gradient)


def test_gradients_of_each_sample(step: ag.Compiled) -> None:
    assert_close(step.per_sample_grad(X, Y), GRADIENTS[0])


def test_gradients_of_each_sample_where_weights_are_shared_and_labels_pick(backend: str) -> None:
    model = nn.MLP(3, [5, 4], seed=1)
    labels = np.arange(7) % 4
    step = ag.compile(lambda x, k: nn.cross_entropy(model(x), k), backend=backend)
    found = step.per_sample_grad(X, labels)
    for row, x, k in zip(found, X.tolist(), labels.tolist(), strict=True):
        for p in model.parameters():
            p.grad = 0.0
        nn.cross_entropy(model(x), k).backward()
        assert_close(row, [p.grad for p in step.parameters])


def test_the_gradients_of_each_sample_average_to_the_gradient(step: ag.Compiled) -> None:
    assert_close(step.per_sample_grad(X, Y).mean(0), step.grad(X, Y))


# Weights ------------------------------------------------------------------------------------------------------------


def test_weights_make_a_weighted_mean(step: ag.Compiled) -> None:
    value, gradient = step.value_and_grad(X, Y, weights=WEIGHTS)
    assert_close(value, np.average(LOSSES, weights=WEIGHTS))
    assert_close(gradient, np.average(GRADIENTS[0], axis=0, weights=WEIGHTS))
    assert_close(step.grad(X, Y, argnums=0, weights=WEIGHTS), GRADIENTS[1] * (WEIGHTS / WEIGHTS.sum())[:, None])


def test_only_the_ratios_of_weights_matter(step: ag.Compiled) -> None:
    assert_close(step.grad(X, Y, weights=1000.0 * WEIGHTS), step.grad(X, Y, weights=WEIGHTS))


def test_a_sample_of_weight_zero_does_not_count_even_if_it_is_nan(backend: str) -> None:
    w = Value(2.0)
    step = ag.compile(lambda x: ag.log(x) * w + w / x, backend=backend)
    value, gradient = step.value_and_grad([1.0, np.nan, 0.0, -1.0], weights=[1, 0, 0, 0])
    assert (value, gradient.tolist()) == (2.0, [1.0])


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1.0, 2.0], SizeError, r"each of the 7 samples, not the shape \(2,\)"),
        (np.ones((7, 1)), SizeError, r"each of the 7 samples, not the shape \(7, 1\)"),
        (2.0, SizeError, "each of the 7 samples"),
        ([-1.0] + [1.0] * 6, ArgumentError, "finite and not negative, and at least one positive"),
        ([np.nan] + [1.0] * 6, ArgumentError, "finite and not negative"),
        ([np.inf] + [1.0] * 6, ArgumentError, "finite and not negative"),
        ([0.0] * 7, ArgumentError, "at least one positive"),
    ],
)
def test_bad_weights_are_refused(weights: Any, error: type[Exception], message: str, leaves: list[Value]) -> None:
    step = ag.compile(lambda x, y: loss(leaves, x, y), backend="numpy")
    with pytest.raises(error, match=message):
        step.grad(X, Y, weights=weights)


# By arguments -------------------------------------------------------------------------------------------------------


def test_the_gradient_by_an_argument_has_its_shape(step: ag.Compiled) -> None:
    assert_close(step.grad(X, Y, argnums=0), GRADIENTS[1] / 7)
    assert_close(step.grad(X, Y, argnums="y"), GRADIENTS[2] / 7)


def test_several_arguments_give_a_tuple(step: ag.Compiled) -> None:
    value, (by_y, by_x) = step.value_and_grad(X, Y, argnums=("y", 0))
    assert_close(value, LOSSES.mean())
    assert_close(by_x, GRADIENTS[1] / 7)
    assert_close(by_y, GRADIENTS[2] / 7)
    (by_x,) = step.grad(X, Y, argnums=(0,))
    assert_close(by_x, GRADIENTS[1] / 7)


def test_arguments_given_by_name_are_differentiated_by(step: ag.Compiled) -> None:
    assert_close(step.grad(X, y=Y, argnums="y"), GRADIENTS[2] / 7)
    assert_close(step.grad(y=Y, x=X, argnums="x"), GRADIENTS[1] / 7)


def test_an_argument_of_no_influence_has_the_derivative_zero(backend: str) -> None:
    step = ag.compile(lambda x, y: x * x, backend=backend)
    assert step.grad([1.0, 2.0], [[3.0, 3.0]] * 2, argnums=1).tolist() == [[0.0, 0.0]] * 2


def test_an_argument_that_is_the_same_for_all_samples_gains_from_all(backend: str) -> None:
    step = ag.compile(lambda x, c: ag.sin(c * x), backend=backend)
    found = step.grad(Y, 0.3, argnums=1)
    assert np.shape(found) == ()
    assert_close(found, np.mean(Y * np.cos(0.3 * Y)))


def test_a_static_argument_before_it_is_not_counted(backend: str) -> None:
    step = ag.compile(lambda kind, x, y: x * y * y, static="kind", backend=backend)
    assert_close(step.grad("any", Y, Y, argnums="y"), 2 * Y * Y / 7)
    assert_close(step.grad("any", Y, Y, argnums=1), Y * Y / 7)


@pytest.mark.parametrize(
    ("argnums", "message"),
    [
        (2, "positional argument 2: 2 were given"),
        ("z", "argument 'z': it was not given"),
        ((0, 0), "named twice"),
        ((), "at least one argument"),
        (1, "argument 1 is no array"),
        ("c", "argument 'c' was not given"),
        (1.5, "argnums must say which"),
    ],
)
def test_bad_argnums_are_refused(argnums: Any, message: str) -> None:
    step = ag.compile(lambda x, p, c=1.0: x * p[0] * c, backend="numpy")
    with pytest.raises(ArgumentError, match=message):
        step.grad([1.0], ([1.0], [2.0]), argnums=argnums)


# Jacobians ----------------------------------------------------------------------------------------------------------


def test_the_jacobian_has_a_row_for_each_number(leaves: list[Value], backend: str) -> None:
    step = ag.compile(lambda x: outputs(leaves, x), backend=backend)
    by_parameters = [ag.jacobian(outputs)(W, x) for x in X.tolist()]
    by_argument = [ag.jacobian(outputs, 1)(W, x) for x in X.tolist()]
    assert_close(step.jacobian(X), by_parameters)
    assert_close(step.jacobian(X, argnums=0), by_argument)
    assert step.jacobian(X).shape == (7, 3, 4)


def test_one_number_has_no_axis_for_numbers(step: ag.Compiled) -> None:
    assert_close(step.jacobian(X, Y), GRADIENTS[0])
    by_x, by_y = step.jacobian(X, Y, argnums=(0, 1))
    assert_close(by_x, GRADIENTS[1])
    assert_close(by_y, GRADIENTS[2])


def test_a_sample_of_any_shape_is_the_last_axes(backend: str) -> None:
    x = RNG.normal(size=(4, 2, 3))
    step = ag.compile(lambda x: [ag.sum(row) for row in x] + [x[0][0] * x[1][2]], backend=backend)
    found = step.jacobian(x, argnums=0)
    assert found.shape == (4, 3, 2, 3)
    np.testing.assert_array_equal(found[:, 1, 1], 1.0)
    np.testing.assert_array_equal(found[:, 2, 0, 0], x[:, 1, 2])


def test_without_a_batch_there_is_no_axis_for_samples(backend: str) -> None:
    w = Value(3.0)
    step = ag.compile(lambda x: [w * x, w], backend=backend)
    np.testing.assert_array_equal(step.jacobian(2.0), [[2.0], [1.0]])
    np.testing.assert_array_equal(step.jacobian(2.0, argnums=0), [3.0, 0.0])


def test_the_numbers_of_tuples_and_dicts_stand_one_behind_the_other(leaves: list[Value], backend: str) -> None:
    def g(x: Sequence[Any]) -> Any:
        a, b, c = outputs(leaves, x)
        return {"first": (a, [b]), "second": c}

    step = ag.compile(g, backend=backend)
    assert_close(step.jacobian(X), [ag.jacobian(outputs)(W, x) for x in X.tolist()])


# Hessian products ---------------------------------------------------------------------------------------------------


def test_a_hessian_product_is_that_of_the_mean(step: ag.Compiled) -> None:
    direction = [1.0, -2.0, 0.5, 3.0]
    products = [ag.hvp(loss)(W, x, y, direction) for x, y in SAMPLES]
    step(X, Y)
    assert_close(step.hvp(direction, X, Y), np.mean(products, axis=0))
    assert_close(step.hvp(direction, X, Y, weights=WEIGHTS), np.average(products, axis=0, weights=WEIGHTS))


def test_hessian_products_with_unit_vectors_are_the_hessian(step: ag.Compiled) -> None:
    hessian = np.mean([ag.hessian(loss)(W, x, y) for x, y in SAMPLES], axis=0)
    step(X, Y)
    assert_close([step.hvp(unit, X, Y) for unit in np.eye(4)], hessian)


def test_hessian_products_of_a_network(backend: str) -> None:
    model = nn.MLP(3, [5, 2], "tanh", seed=2)
    step = ag.compile(lambda x, k: nn.cross_entropy(model(x), k), backend=backend)
    labels = np.arange(7) % 2
    step(X, labels)
    direction = RNG.normal(size=len(step.parameters))
    eps = 1e-5
    before = [p.data for p in step.parameters]
    ends = []
    for sign in (1.0, -1.0):
        for p, x, d in zip(step.parameters, before, direction, strict=True):
            p.data = x + sign * eps * d
        ends.append(step.grad(X, labels))
    for p, x in zip(step.parameters, before, strict=True):
        p.data = x
    np.testing.assert_allclose(step.hvp(direction, X, labels), (ends[0] - ends[1]) / (2 * eps), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("direction", [[1.0], [[1.0] * 4], 1.0])
def test_a_direction_has_a_number_for_each_parameter(direction: Any, leaves: list[Value]) -> None:
    step = ag.compile(lambda x, y: loss(leaves, x, y), backend="numpy")
    with pytest.raises(SizeError, match="a number for each of the 4 parameters, not the shape"):
        step.hvp(direction, X, Y)


# Without parameters -------------------------------------------------------------------------------------------------

BY_NO_PARAMETERS: dict[str, Callable[[ag.Compiled], Any]] = {
    "grad": lambda f: f.grad(Y),
    "grad of one number": lambda f: f.grad(1.5),
    "value_and_grad": lambda f: f.value_and_grad(Y, weights=np.ones(7)),
    "per_sample_grad": lambda f: f.per_sample_grad(Y),
    "jacobian": lambda f: f.jacobian(Y),
    "hvp": lambda f: f.hvp([], Y),
    "update": lambda f: f.update(nn.SGD([Value(1.0)], lr=0.1), Y),
    "train": lambda f: f.train(Y, optimizer=nn.SGD([Value(1.0)], lr=0.1)),
}


@pytest.mark.parametrize("name", BY_NO_PARAMETERS)
def test_without_parameters_a_derivative_by_them_is_refused(name: str, backend: str) -> None:
    squared = ag.compile(lambda x: x * x, backend=backend)
    with pytest.raises(
        ArgumentError, match=r"captures no Values to differentiate by; .* \.(grad|jac.*)\(..., argnums=0\)"
    ):
        BY_NO_PARAMETERS[name](squared)


@pytest.mark.parametrize("name", ["grad", "per_sample_grad", "update", "train"])
def test_so_it_is_where_a_fallback_runs(name: str) -> None:
    absolute = ag.compile(lambda x: x if x > 0 else -x, fallback=True)
    with pytest.warns(ag.TracingWarning), pytest.raises(ArgumentError, match="captures no Values"):
        BY_NO_PARAMETERS[name](absolute)


def test_without_parameters_there_are_the_value_and_derivatives_by_arguments(backend: str) -> None:
    squared = ag.compile(lambda x: x * x, backend=backend)
    assert_close(squared(Y), Y * Y)
    assert_close(squared.grad(Y, argnums=0), 2 * Y / 7)
    assert_close(squared.jacobian(Y, argnums=0), 2 * Y)


@pytest.mark.parametrize("derivative", [ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian])
@pytest.mark.parametrize("x", [1.5, Y])
@pytest.mark.parametrize("arrays", [False, True])
def test_a_derivative_of_the_engine_names_that_of_the_compiled_function(derivative: Any, x: Any, arrays: bool) -> None:
    squared = ag.compile(lambda x: x * x, arrays=arrays)
    with pytest.raises(ag.NotANumberError, match=r"f\.grad\(x, argnums=0\), not by autograd\.grad\(f\)\(x\)"):
        derivative(squared)(x)


# Results ------------------------------------------------------------------------------------------------------------


def test_results_are_arrays_of_their_own(step: ag.Compiled) -> None:
    first = step.grad(X, Y), step.per_sample_grad(X, Y), step.jacobian(X, Y, argnums=0), step(X, Y)
    kept = [x.copy() for x in first]
    step.grad(2 * X, Y), step.per_sample_grad(2 * X, Y), step.jacobian(2 * X, Y, argnums=0), step(2 * X, Y)
    for x, before in zip(first, kept, strict=True):
        np.testing.assert_array_equal(x, before)
        x[...] = 0.0
    assert_close(step.grad(X, Y), GRADIENTS[0].mean(0))
