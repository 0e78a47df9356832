import numpy as np
import pytest

from autograd import ArgumentError, Tensor, Value
from nn import MLP, Module, binary_cross_entropy, l1_penalty, l2_penalty

BY_HAND = {l1_penalty: lambda w: 0.3 * np.abs(w).sum(), l2_penalty: lambda w: 0.15 * (w**2).sum()}
SLOPES = {l1_penalty: lambda w: 0.3 * np.sign(w), l2_penalty: lambda w: 0.3 * w}
each_penalty = pytest.mark.parametrize("penalty", BY_HAND, ids=lambda penalty: penalty.__name__)


class Affine(Module):
    """Tensors, one of them a bias."""

    def __init__(self, weight, bias):
        self.weight = Tensor(weight)
        self.bias = Tensor(bias)

    def forward(self, x):
        return x @ self.weight.T + self.bias

    def named_parameters(self):
        return iter([("layers[0].weight", self.weight), ("layers[0].bias", self.bias)])


def weights_and_biases(model):
    places = list(model.named_parameters())
    return [p for place, p in places if "w[" in place], [p for place, p in places if place.endswith(".b")]


@each_penalty
def test_the_biases_of_a_network_of_values_are_left_out(penalty):
    model = MLP(2, [3, 1], seed=0)
    weights, biases = weights_and_biases(model)
    for bias in biases:
        bias.data = 100.0
    numbers = np.array([w.data for w in weights])
    found = penalty(model, 0.3)
    found.backward()
    assert found.data == pytest.approx(BY_HAND[penalty](numbers), rel=1e-14)
    np.testing.assert_allclose([w.grad for w in weights], SLOPES[penalty](numbers), rtol=1e-14)
    assert [b.grad for b in biases] == [0.0] * 4


@each_penalty
def test_the_biases_of_a_network_of_tensors_are_left_out(penalty):
    model = Affine([[1.0, -2.0], [0.0, 0.5]], [100.0, 100.0])
    found = penalty(model, 0.3)
    found.backward()
    assert found.item() == pytest.approx(BY_HAND[penalty](model.weight.numpy()), rel=1e-14)
    np.testing.assert_allclose(model.weight.grad, SLOPES[penalty](model.weight.numpy()), rtol=1e-14)
    assert model.bias.grad is None


@each_penalty
def test_a_bias_is_told_by_its_attribute(penalty):
    class Odd(Module):
        def __init__(self):
            self.b = [Value(10.0), Value(10.0)]
            self.bias = {"b": Value(10.0)}
            self.blob = Value(1.0)
            self.table = {"b": Value(2.0)}

        def forward(self):
            return None

    assert penalty(Odd(), 0.3).data == pytest.approx(BY_HAND[penalty](np.array([1.0, 2.0])))


@each_penalty
def test_all_parameters_of_a_list_count(penalty):
    model = MLP(2, [3, 1], seed=0)
    numbers = np.array([p.data for p in model.parameters()])
    assert penalty(model.parameters(), 0.3).data == pytest.approx(BY_HAND[penalty](numbers))
    assert penalty(iter(model.parameters()), 0.3).data == pytest.approx(BY_HAND[penalty](numbers))


@each_penalty
def test_values_and_tensors_may_stand_together(penalty):
    value, first, second = Value(-2.0), Tensor([[1.0, 3.0]]), Tensor([4.0])
    found = penalty([value, first, second], 0.3)
    found.backward()
    assert found.item() == pytest.approx(BY_HAND[penalty](np.array([-2.0, 1.0, 3.0, 4.0])))
    assert value.grad == pytest.approx(SLOPES[penalty](-2.0))


@each_penalty
def test_a_penalty_of_float32_is_float32(penalty):
    assert penalty([Tensor([1.0, -2.0], dtype=np.float32)], 0.3).dtype == np.float32


@each_penalty
def test_a_model_of_biases_alone_costs_nothing(penalty):
    model = Affine([[1.0]], [1.0])
    model.named_parameters = lambda: iter([("bias", model.bias)])
    assert penalty(model, 0.3) == 0.0


@each_penalty
@pytest.mark.parametrize(
    ("parameters", "strength", "message"),
    [
        ([Value(1.0)], -1.0, "the strength of {} must not be negative, not -1.0"),
        ([Value(1.0)], None, "the strength of {} must be a finite number, not NoneType"),
        ([], 1.0, "{} was given no parameter; was it an iterator that had been used up"),
        ([Value(1.0), 2.0], 1.0, "parameter 1 of {} must be a Value or a Tensor, not float"),
        (Value(1.0), 1.0, "{} takes a module or its parameters in a list, not Value"),
        (3, 1.0, "{} takes a module or its parameters in a list, not int"),
    ],
)
def test_a_penalty_takes_parameters_and_a_strength(penalty, parameters, strength, message):
    with pytest.raises(ArgumentError, match=message.format(penalty.__name__)):
        penalty(parameters, strength)


def four_layers(rng):
    """Seeds 002: Theta of the layers 3-4-4-2, the bias column first, with inputs and targets of five samples."""
    thetas = [rng.normal(size=(n, m + 1)) for m, n in ((3, 4), (4, 4), (4, 2))]
    return thetas, rng.normal(size=(5, 3)), rng.integers(0, 2, size=(5, 2)).astype(float)


def gradient_by_hand(thetas, x, y, strength):
    """D of seeds 002, by its own formulas: delta4 = a4 - y, D = 1/m sum a delta + lambda Theta without the biases."""

    def with_bias(a):
        return np.hstack([np.ones((len(a), 1)), a])

    inputs, a = [], x
    for theta in thetas:
        inputs.append(with_bias(a))
        a = 1 / (1 + np.exp(-inputs[-1] @ theta.T))
    delta, found = a - y, []
    for theta, before in zip(reversed(thetas), reversed(inputs), strict=True):
        regularised = np.hstack([np.zeros((len(theta), 1)), strength * theta[:, 1:]])
        found.insert(0, delta.T @ before / len(x) + regularised)
        delta = ((delta @ theta) * before * (1 - before))[:, 1:]
    return found


def test_the_gradient_of_the_regularised_cost_of_tensors_is_that_of_the_four_layer_network():
    thetas, x, y = four_layers(np.random.default_rng(2))
    layers = [Affine(theta[:, 1:], theta[:, 0]) for theta in thetas]
    a = x
    for layer in layers[:-1]:
        a = 1 / (1 + np.exp(-layer(a)))
    logits = layers[-1](a)
    cost = 2 * binary_cross_entropy(logits, y)  # its sum over the two outputs, of which the loss is the mean
    for layer in layers:
        cost = cost + l2_penalty(layer, 0.7)
    cost.backward()
    for layer, by_hand in zip(layers, gradient_by_hand(thetas, x, y, 0.7), strict=True):
        np.testing.assert_allclose(layer.bias.grad, by_hand[:, 0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.weight.grad, by_hand[:, 1:], rtol=0, atol=1e-12)


def test_the_gradient_of_the_regularised_cost_of_values_is_that_of_the_four_layer_network():
    thetas, x, y = four_layers(np.random.default_rng(2))
    model = MLP(3, [4, 4, 2], activation="sigmoid")
    for layer, theta in zip(model.layers, thetas, strict=True):
        for neuron, row in zip(layer.neurons, theta, strict=True):
            for parameter, number in zip([neuron.b, *neuron.w], row, strict=True):
                parameter.data = number
    costs = [2 * binary_cross_entropy(model(sample), target) for sample, target in zip(x, y, strict=True)]
    (sum(costs) / len(x) + l2_penalty(model, 0.7)).backward()
    for layer, by_hand in zip(model.layers, gradient_by_hand(thetas, x, y, 0.7), strict=True):
        found = [[p.grad for p in (neuron.b, *neuron.w)] for neuron in layer.neurons]
        np.testing.assert_allclose(found, by_hand, rtol=0, atol=1e-12)
