"""Modules of Tensors do what their formulas say."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import numpy as np
import pytest
import scipy.signal
import scipy.stats

import autograd
import nn
from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value, check_grads
from nn import (
    MLP,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool2d,
    Module,
    Sequential,
    Tanh,
)

ACTIVATIONS = [nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus, nn.Sigmoid, nn.Tanh]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 4))


def assert_gradients_are_right(module: Module, x: np.ndarray) -> None:
    """By the inputs and by every parameter, against differences."""
    places = [place for place, _ in module.named_parameters()]

    def outputs(x: Any, numbers: list[Any]) -> Any:
        tried = copy.deepcopy(module)
        for place, number in zip(places, numbers, strict=True):
            owner, _, name = place.rpartition(".")
            setattr(eval(f"tried.{owner}") if owner else tried, name, number)
        return np.sum(np.sin(tried.forward(x)))

    check_grads(outputs, modes=["rev"], order=1)(x, [p.numpy().copy() for p in module.parameters()])


def test_linear_is_a_product_with_the_transposed_weights_and_the_bias() -> None:
    layer = Linear(4, 3, seed=0)
    w, b = layer.weight.numpy(), layer.bias.numpy()
    np.testing.assert_allclose(layer(X).numpy(), X @ w.T + b)
    np.testing.assert_allclose(layer(X[0]).numpy(), w @ X[0] + b)
    assert layer(np.ones((2, 5, 4))).shape == (2, 5, 3)
    assert_gradients_are_right(layer, X)


def test_linear_starts_as_in_pytorch_or_as_it_is_told() -> None:
    wide = Linear(100, 200, seed=0)
    for numbers in (wide.weight.numpy(), wide.bias.numpy()):
        assert np.abs(numbers).max() <= 0.1
        assert np.abs(numbers).max() > 0.09
    told = Linear(100, 200, weight_init=nn.init.normal(), bias_init=nn.init.zeros(), seed=0)
    assert scipy.stats.kstest(told.weight.numpy().ravel(), "norm").pvalue > 0.01
    assert not told.bias.numpy().any()
    assert Linear(2, 3, bias=False).num_parameters == 6


def test_the_same_seed_gives_the_same_weights_and_a_generator_goes_on() -> None:
    rng = np.random.default_rng(3)
    first, second = Linear(4, 3, seed=rng), Linear(4, 3, seed=rng)
    np.testing.assert_array_equal(first.weight.numpy(), Linear(4, 3, seed=3).weight.numpy())
    assert (first.weight.numpy() != second.weight.numpy()).all()


def test_inputs_of_another_size_or_kind_are_refused_with_the_place_of_the_layer() -> None:
    model = Sequential(Linear(4, 3), Linear(3, 2))
    with pytest.raises(SizeError, match=r"Linear layers\[0\] takes 4 inputs on the last axis, not the shape \(5, 3\)"):
        model(np.ones((5, 3)))
    with pytest.raises(
        NotANumberError, match=r"the inputs of Linear layers\[0\] must be real numbers, not text such as 'a'"
    ):
        model([["a"] * 4])


def test_a_tuple_of_arrays_is_no_batch() -> None:
    with pytest.raises(ArgumentError, match=r"inputs of Linear must be an array, not a tuple of one; .*\(x,\) ="):
        Linear(4, 3)(nn.datasets.standardize(np.ones((5, 4))))
    with pytest.raises(ArgumentError, match=r"must be an array, not a tuple of 2; np\.stack"):
        Linear(4, 3)((np.ones(4), np.ones(4)))


def test_float32_stays_float32() -> None:
    layer = Linear(4, 3)
    layer.weight, layer.bias = (Tensor(p.numpy().astype(np.float32)) for p in (layer.weight, layer.bias))
    assert layer(X.astype(np.float32)).dtype == np.float32
    assert Dropout(0.5, seed=0)(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_is_the_function_of_its_name(activation: Any) -> None:
    names = {"LeakyReLU": "leaky_relu"}
    function = getattr(autograd, names.get(activation.__name__, activation.__name__.lower()))
    np.testing.assert_array_equal(activation()(X), function(X))
    np.testing.assert_array_equal(activation()(Tensor(X)).numpy(), function(X))
    assert activation().num_parameters == 0


def test_softmax_works_along_an_axis() -> None:
    np.testing.assert_allclose(nn.Softmax()(X).sum(1), 1.0)
    np.testing.assert_allclose(nn.Softmax(axis=0)(X).sum(0), 1.0)
    np.testing.assert_allclose(np.exp(nn.LogSoftmax()(X)), nn.Softmax()(X))
    assert nn.LeakyReLU(0.5)(-2.0) == -1.0
    assert repr(nn.LeakyReLU(0.5)) == "LeakyReLU(0.5)"


def test_help_shows_what_a_module_is_made_with() -> None:
    assert str(inspect.signature(MaxPool2d)) == "(kernel: 'Pair', stride: 'Pair | None' = None) -> 'None'"
    assert list(inspect.signature(Linear).parameters)[:3] == ["nin", "nout", "bias"]


def test_dropout_leaves_out_a_part_and_keeps_the_mean_while_trained() -> None:
    ones = np.ones(10_000)
    kept = Dropout(0.25, seed=0)(ones)
    assert set(kept.tolist()) == {0.0, 1 / 0.75}
    assert scipy.stats.binomtest(int((kept == 0).sum()), len(ones), 0.25).pvalue > 0.01
    np.testing.assert_array_equal(Dropout(0.25, seed=0)(ones), kept)
    np.testing.assert_array_equal(Dropout(0.25, seed=0).eval()(ones), ones)


def test_the_gradient_of_dropout_is_what_was_kept() -> None:
    x = Tensor(np.ones(100))
    y = Dropout(0.5, seed=0)(x)
    np.sum(y).backward()
    np.testing.assert_array_equal(x.grad, y.numpy())


def test_batch_norm_takes_the_statistics_of_the_batch_in_training_and_running_ones_after() -> None:
    norm = BatchNorm1d(4, momentum=0.3)
    norm.weight.data = RNG.normal(size=4)
    norm.bias.data = RNG.normal(size=4)
    w, b = norm.weight.numpy(), norm.bias.numpy()
    expected = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-5) * w + b
    np.testing.assert_allclose(norm(X).numpy(), expected)
    mean, variance = 0.3 * X.mean(0), 0.7 + 0.3 * X.var(0, ddof=1)
    np.testing.assert_allclose(norm.running_mean, mean)
    np.testing.assert_allclose(norm.running_var, variance)
    np.testing.assert_allclose(norm.eval()(X).numpy(), (X - mean) / np.sqrt(variance + 1e-5) * w + b)
    np.testing.assert_allclose(norm.running_mean, mean)
    assert_gradients_are_right(norm.train(), X)
    with pytest.raises(SizeError, match="at least two samples"):
        norm(X[:1])


@pytest.mark.parametrize("shape", [(4,), (5, 4)])
def test_layer_norm_works_on_each_sample(shape: tuple[int, ...]) -> None:
    norm = LayerNorm(shape)
    x = RNG.normal(size=(3, 5, 4))
    axes = tuple(range(-len(shape), 0))
    expected = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-5)
    np.testing.assert_allclose(norm(x).numpy(), expected)
    assert_gradients_are_right(norm, x)
    with pytest.raises(SizeError, match="last axes"):
        norm(np.ones((3, 7)))


def test_embedding_looks_rows_up() -> None:
    table = Embedding(5, 3, seed=0)
    indices = np.array([[0, 4], [4, 2]])
    found = table(indices)
    np.testing.assert_array_equal(found.numpy(), table.weight.numpy()[indices])
    np.sum(found).backward()
    np.testing.assert_array_equal(table.weight.grad, np.array([1, 0, 1, 0, 2])[:, None] * np.ones(3))
    with pytest.raises(ArgumentError, match="integers from 0 to 4, not from 0 to 5"):
        table([0, 5])
    with pytest.raises(ArgumentError, match="takes integers, not an array of float64"):
        table([0.0])


def test_a_convolution_is_the_correlation_of_scipy() -> None:
    layer = Conv2d(2, 3, (3, 2), padding=0, seed=0)
    x = RNG.normal(size=(2, 2, 6, 5))
    w, b = layer.weight.numpy(), layer.bias.numpy()
    for image, filtered in zip(x, layer(x).numpy(), strict=True):
        for f in range(3):
            expected = sum(scipy.signal.correlate2d(image[c], w[f, c], "valid") for c in range(2)) + b[f]
            np.testing.assert_allclose(filtered[f], expected)
    assert_gradients_are_right(Conv2d(1, 2, 2, stride=2, padding=1, seed=0), RNG.normal(size=(2, 1, 4, 4)))
    with pytest.raises(SizeError, match=r"images of the shape \(samples, 2, height, width\), not \(2, 1, 6, 5\)"):
        layer(x[:, :1])


def test_pools_take_windows_and_flatten_makes_one_axis() -> None:
    x = RNG.normal(size=(2, 3, 4, 6))
    windows = x.reshape(2, 3, 2, 2, 3, 2)
    np.testing.assert_array_equal(MaxPool2d(2)(x), windows.max((3, 5)))
    np.testing.assert_allclose(AvgPool2d(2)(x), windows.mean((3, 5)))
    np.testing.assert_array_equal(Flatten()(Tensor(x)).numpy(), x.reshape(2, 72))


def test_sequential_shows_how_a_function_and_a_class_become_a_module() -> None:
    with pytest.raises(ArgumentError, match=r"layer 1 .* not the function tanh: .*nn\.Module, .*return tanh\(x\)`"):
        Sequential(Linear(4, 3), autograd.tanh)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"layer 1 .* not the class Tanh: call it, Tanh\(\)"):
        Sequential(Linear(4, 3), Tanh)  # type: ignore[arg-type]


def test_sequential_calls_one_after_another() -> None:
    first, second = Linear(4, 3, seed=0), Linear(3, 2, seed=1)
    model = Sequential(first, Tanh(), second)
    np.testing.assert_array_equal(model(X).numpy(), second(np.tanh(first(X))).numpy())
    assert len(model) == 3
    assert list(model) == [first, model[1], second]
    with pytest.raises(ArgumentError, match="layer 1 of Sequential must be a Module"):
        Sequential(first, None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="at least one"):
        Sequential()


# State --------------------------------------------------------------------------------------------------------------


def network(seed: int) -> Sequential:
    return Sequential(Linear(4, 3, seed=seed), BatchNorm1d(3), Dropout(0.5), Linear(3, 2, seed=seed))


def test_a_state_is_a_copy_by_place_of_parameters_and_buffers() -> None:
    model = network(0)
    state = model.state_dict()
    assert {place: array.shape for place, array in state.items()} == {
        "layers[0].weight": (3, 4),
        "layers[0].bias": (3,),
        "layers[1].weight": (3,),
        "layers[1].bias": (3,),
        "layers[3].weight": (2, 3),
        "layers[3].bias": (2,),
        "layers[1].running_mean": (3,),
        "layers[1].running_var": (3,),
    }
    state["layers[0].weight"][...] = 7.0
    state["layers[1].running_mean"][...] = 7.0
    assert (model[0].weight.numpy() != 7.0).all()  # type: ignore[attr-defined]
    assert (model.eval()(X).numpy() != 7.0).all()


def test_a_loaded_state_makes_two_models_the_same() -> None:
    model, other = network(0), network(1)
    model(X)
    assert other.load_state_dict(model.state_dict()) == ([], [])
    np.testing.assert_array_equal(other.eval()(X).numpy(), model.eval()(X).numpy())
    scalars, others = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    others.load_state_dict(scalars.state_dict())
    assert others([1.0, 2.0]).data == scalars([1.0, 2.0]).data


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s.pop("layers[0].bias"), ArgumentError, r"missing: layers\[0\].bias"),
        (lambda s: s.update(more=1.0), ArgumentError, "unexpected: more"),
        (lambda s: s.update({"layers[3].bias": np.ones(3)}), SizeError, r"layers\[3\].bias has the shape \(2,\)"),
        (lambda s: s.update({"layers[3].bias": ["a", "b"]}), ArgumentError, "must be real numbers"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change: Any, error: Any, message: str) -> None:
    model, state = network(0), network(1).state_dict()
    before = model.state_dict()
    change(state)
    with pytest.raises(error, match=message):
        model.load_state_dict(state)
    for place, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[place])


def test_a_state_that_need_not_fit_is_loaded_where_it_does() -> None:
    model, state = network(0), network(1).state_dict()
    kept = model.state_dict()["layers[0].bias"]
    del state["layers[0].bias"]
    state["more"] = np.ones(2)
    assert model.load_state_dict(state, strict=False) == (["layers[0].bias"], ["more"])
    np.testing.assert_array_equal(model.state_dict()["layers[0].bias"], kept)
    np.testing.assert_array_equal(model.state_dict()["layers[0].weight"], state["layers[0].weight"])


def test_train_and_eval_reach_every_module() -> None:
    model = network(0)
    assert model.eval() is model
    assert [module.training for module in model.modules()] == [False] * 5
    model.train()
    assert all(module.training for module in model.modules())


def test_gradients_of_tensors_are_forgotten_too() -> None:
    layer = Linear(4, 3)
    np.sum(layer(X)).backward()
    layer.zero_grad()
    assert [p.grad for p in layer.parameters()] == [None, None]


def test_modules_of_tensors_are_copied_and_pickled() -> None:
    model = network(0).eval()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other(X).numpy(), model(X).numpy())
        other[0].weight.data += 1.0
        assert (other(X).numpy() != model(X).numpy()).any()


# Summary ------------------------------------------------------------------------------------------------------------


def test_a_summary_has_a_line_for_each_module_with_its_shape_and_leaves_all_as_it_is() -> None:
    model = network(0)
    before = model.state_dict()
    lines = model.summary(X).splitlines()
    assert lines[0].split() == ["layer", "output", "shape", "parameters"]
    assert [line.split()[0] for line in lines[2:-2]] == ["Sequential", *(f"layers[{i}]:" for i in range(4))]
    assert "(5, 3)" in lines[3]
    assert lines[-1] == f"{model.num_parameters} parameters" == "29 parameters"
    assert model.training
    for place, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[place])


def test_a_summary_puts_neurons_side_by_side_together() -> None:
    text = MLP(2, [3, 1]).summary([Value(1.0), 2.0])
    assert "neurons[0] to neurons[2]: 3 x Neuron" in text
    assert "3 x 3" in text
    assert "(3,)" in text


def test_without_inputs_a_summary_has_no_shapes() -> None:
    assert "(" not in Sequential(Linear(2, 3)).summary()
