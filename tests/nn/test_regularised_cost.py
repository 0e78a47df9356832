"""Seeds 002: a four-layer network in matrix form. The gradient of its regularised cost is the D of the formulas.

a1 = x, z(l+1) = Theta(l) a(l), a = g(z) with a bias unit in front, h = a4; the cost is the cross-entropy of all
outputs, 1/m sum -y log h - (1 - y) log(1 - h), and lambda / 2 times the squares of Theta without the bias columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

import autograd
import nn

Array = np.ndarray
SIZES, SAMPLES, STRENGTH = (5, 7, 6, 3), 11, 0.3


def g(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def with_bias(a: Array) -> Array:
    return np.vstack([np.ones(a.shape[1]), a])


@pytest.fixture
def thetas() -> list[Array]:
    """Theta(1), Theta(2), Theta(3), the bias column first."""
    rng = np.random.default_rng(2)
    return [rng.normal(0, 0.8, (n, m + 1)) for m, n in itertools.pairwise(SIZES)]


@pytest.fixture
def samples() -> tuple[Array, Array]:
    """Inputs and targets 0 and 1, a row for each sample."""
    rng = np.random.default_rng(3)
    return rng.normal(size=(SAMPLES, SIZES[0])), rng.integers(0, 2, (SAMPLES, SIZES[-1])).astype(float)


def cost_by_hand(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> float:
    a = x.T
    for theta in thetas:
        a = g(theta @ with_bias(a))
    entropy = -np.sum(y.T * np.log(a) + (1 - y.T) * np.log(1 - a)) / len(x)
    return float(entropy + strength / 2 * sum(np.sum(theta[:, 1:] ** 2) for theta in thetas))


def d_by_hand(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> list[Array]:
    """D(1), D(2), D(3), each step as the source writes it; columns are samples."""
    theta1, theta2, theta3 = thetas
    a1 = with_bias(x.T)
    z2 = theta1 @ a1
    a2 = with_bias(g(z2))
    z3 = theta2 @ a2
    a3 = with_bias(g(z3))
    a4 = g(theta3 @ a3)
    delta4 = a4 - y.T
    delta3 = (theta3.T @ delta4)[1:] * g(z3) * (1 - g(z3))
    delta2 = (theta2.T @ delta3)[1:] * g(z2) * (1 - g(z2))
    found = []
    for theta, delta, a in ((theta1, delta2, a1), (theta2, delta3, a2), (theta3, delta4, a3)):
        regular = strength * theta
        regular[:, 0] = 0
        found.append(delta @ a.T / len(x) + regular)
    return found


def of_tensors(thetas: Sequence[Array]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for theta in thetas:
        linear = nn.Linear(theta.shape[1] - 1, theta.shape[0])
        linear.weight.data, linear.bias.data = theta[:, 1:], theta[:, 0]
        layers += [linear, nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


def of_values(thetas: Sequence[Array]) -> nn.MLP:
    model = nn.MLP(SIZES[0], SIZES[1:], activation="sigmoid")
    for layer, theta in zip(model.layers, thetas, strict=True):
        for neuron, row in zip(layer.neurons, theta, strict=True):
            for parameter, number in zip([neuron.b, *neuron.w], row.tolist(), strict=True):
                parameter.data = number
    return model


def entropy(logits: object, targets: object) -> object:
    """The sum over the outputs, of which the loss of the library is the mean."""
    return SIZES[-1] * nn.binary_cross_entropy(logits, targets)


def eager_tensors(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> tuple[float, list[Array]]:
    model = of_tensors(thetas)
    cost = entropy(model(x), y) + nn.l2_penalty(model, strength)
    cost.backward()
    return cost.item(), [np.column_stack([layer.bias.grad, layer.weight.grad]) for layer in model.layers[::2]]


def eager_values(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> tuple[float, list[Array]]:
    model = of_values(thetas)
    costs = [entropy(model(sample), target) for sample, target in zip(x, y, strict=True)]
    cost = autograd.sum(costs) / len(x) + nn.l2_penalty(model, strength)
    cost.backward()
    return cost.data, gradients_of_values(model, [p.grad for p in model.parameters()])


def compiled_tensors(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> tuple[float, list[Array]]:
    model = of_tensors(thetas)
    step = autograd.compile(lambda x, y: entropy(model(x), y) + nn.l2_penalty(model, strength), arrays=True)
    value, gradients = step.value_and_grad(x, y)
    found = {p.name: gradient for p, gradient in zip(step.parameters, gradients, strict=True)}
    places = [f"layers[{i}]" for i in range(0, 2 * len(thetas), 2)]
    return float(value), [np.column_stack([found[f"{place}.bias"], found[f"{place}.weight"]]) for place in places]


def compiled_values(thetas: Sequence[Array], x: Array, y: Array, strength: float) -> tuple[float, list[Array]]:
    """The penalty is that of each sample, so of their mean too."""
    model = of_values(thetas)
    step = autograd.compile(lambda x, y: entropy(model(x), y) + nn.l2_penalty(model, strength))
    value, gradient = step.value_and_grad(x, y)
    found = {p.name: g for p, g in zip(step.parameters, gradient, strict=True)}
    return float(value), gradients_of_values(model, [found[p.name] for p in model.parameters()])


def gradients_of_values(model: nn.MLP, flat: Sequence[float]) -> list[Array]:
    """In the shapes of the Thetas: the parameters of a neuron are its weights and then its bias."""
    found, start = [], 0
    for layer in model.layers:
        block = np.reshape(flat[start : start + layer.num_parameters], (layer.nout, layer.nin + 1))
        found.append(np.roll(block, 1, axis=1))
        start += layer.num_parameters
    return found


@pytest.mark.parametrize("way", [eager_tensors, eager_values, compiled_tensors, compiled_values])
@pytest.mark.parametrize("strength", [0.0, STRENGTH])
def test_cost_and_gradient_are_those_of_the_formulas(
    way: Callable[..., tuple[float, list[Array]]],
    strength: float,
    thetas: list[Array],
    samples: tuple[Array, Array],
) -> None:
    cost, gradients = way(thetas, *samples, strength)
    assert cost == pytest.approx(cost_by_hand(thetas, *samples, strength), abs=1e-12)
    for found, expected in zip(gradients, d_by_hand(thetas, *samples, strength), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_d_has_the_dimensions_of_theta(thetas: list[Array], samples: tuple[Array, Array]) -> None:
    _, gradients = eager_tensors(thetas, *samples, STRENGTH)
    assert [d.shape for d in gradients] == [(7, 6), (6, 8), (3, 7)] == [theta.shape for theta in thetas]


def test_the_bias_column_is_not_regularised(thetas: list[Array], samples: tuple[Array, Array]) -> None:
    _, without = eager_tensors(thetas, *samples, 0.0)
    _, with_penalty = eager_tensors(thetas, *samples, STRENGTH)
    for theta, before, after in zip(thetas, without, with_penalty, strict=True):
        np.testing.assert_array_equal(after[:, 0], before[:, 0])
        np.testing.assert_allclose(after[:, 1:] - before[:, 1:], STRENGTH * theta[:, 1:], rtol=0, atol=1e-15)


def test_d_by_hand_is_the_gradient_by_differences(thetas: list[Array], samples: tuple[Array, Array]) -> None:
    by_differences = autograd.numerical_gradient(lambda t: cost_by_hand(t, *samples, STRENGTH), thetas, h=1e-5)
    for found, expected in zip(d_by_hand(thetas, *samples, STRENGTH), by_differences, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
