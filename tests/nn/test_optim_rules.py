"""Every optimizer against its formula written out for one number, as PyTorch states it."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, Tensor, Value
from nn import SGD, Adagrad, Adam, AdamW, RMSprop

START = [1.0, -2.0, 0.5]


def gradient(step):
    return [3.0 - step, 0.25 * step, -1.5 / (1 + step)]


def steps_of(make, count=6):
    """The numbers after each step of an optimizer that trains a Value and a Tensor."""
    value, tensor = Value(START[0]), Tensor([START[1:]])
    optimizer = make([value, tensor])
    seen = []
    for k in range(count):
        first, *rest = gradient(k)
        value.grad, tensor.grad = first, [rest]
        value.reached = tensor.reached = 1
        optimizer.step()
        seen.append([value.data, *tensor.data[0]])
    return seen


def by_hand(formula, count=6):
    """The numbers that a formula p, g, memory, step -> p gives, for one number after the other."""
    columns = []
    for i, p in enumerate(START):
        memory, column = {}, []
        for k in range(count):
            p = formula(p, gradient(k)[i], memory, k)
            column.append(p)
        columns.append(column)
    return np.transpose(columns)


def sgd(p, g, memory, k):
    g += 0.3 * p
    memory["v"] = 0.9 * memory.get("v", 0.0) + g
    return p - 0.1 * (g + 0.9 * memory["v"])


def moments(g, memory, k):
    memory["m"] = 0.8 * memory.get("m", 0.0) + 0.2 * g
    memory["v"] = 0.9 * memory.get("v", 0.0) + 0.1 * g * g
    return (memory["m"] / (1 - 0.8 ** (k + 1))) / (math.sqrt(memory["v"] / (1 - 0.9 ** (k + 1))) + 1e-3)


def adam(p, g, memory, k):
    return p - 0.1 * moments(g + 0.3 * p, memory, k)


def adamw(p, g, memory, k):
    return p * (1 - 0.1 * 0.3) - 0.1 * moments(g, memory, k)


def rmsprop(p, g, memory, k):
    memory["v"] = 0.8 * memory.get("v", 0.0) + 0.2 * g * g
    return p - 0.1 * g / (math.sqrt(memory["v"]) + 1e-3)


def centered_rmsprop(p, g, memory, k):
    g += 0.3 * p
    memory["v"] = 0.8 * memory.get("v", 0.0) + 0.2 * g * g
    memory["m"] = 0.8 * memory.get("m", 0.0) + 0.2 * g
    memory["b"] = 0.5 * memory.get("b", 0.0) + g / (math.sqrt(memory["v"] - memory["m"] ** 2) + 1e-3)
    return p - 0.1 * memory["b"]


def adagrad(p, g, memory, k):
    g += 0.3 * p
    memory["s"] = memory.get("s", 0.2) + g * g
    return p - 0.1 / (1 + 0.5 * k) * g / (math.sqrt(memory["s"]) + 1e-3)


BETAS = {"betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.3}


@pytest.mark.parametrize(
    ("make", "settings", "formula"),
    [
        (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.3}, sgd),
        (Adam, BETAS, adam),
        (AdamW, BETAS, adamw),
        (RMSprop, {"alpha": 0.8, "eps": 1e-3}, rmsprop),
        (
            RMSprop,
            {"alpha": 0.8, "eps": 1e-3, "momentum": 0.5, "centered": True, "weight_decay": 0.3},
            centered_rmsprop,
        ),
        (Adagrad, {"decay": 0.5, "eps": 1e-3, "weight_decay": 0.3, "initial_accumulator_value": 0.2}, adagrad),
    ],
    ids=lambda x: x.__name__ if callable(x) else "",
)
def test_steps_are_those_of_the_formula(make, settings, formula):
    found = steps_of(lambda parameters: make(parameters, lr=0.1, **settings))
    np.testing.assert_allclose(found, by_hand(formula), rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (SGD, {"lr": 0.01, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}),
        (Adam, {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}),
        (AdamW, {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}),
        (RMSprop, {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False}),
        (Adagrad, {"lr": 0.01, "weight_decay": 0.0, "eps": 1e-10}),
    ],
)
def test_the_defaults_are_those_of_pytorch(make, settings):
    (group,) = make([Value(1.0)]).param_groups
    assert {name: x for name, x in group.items() if name != "params"} == {"decay": 0.0, **settings}


def test_weights_without_a_gradient_shrink_by_the_learning_rate_times_the_decay():
    for make, expected in [(SGD, 1 - 0.5 * 0.1), (AdamW, 1 - 0.5 * 0.1)]:
        p = Value(1.0)
        p.reached = 1
        make([p], lr=0.5, weight_decay=0.1).step()
        assert p.data == pytest.approx(expected, rel=1e-15)


def test_a_decoupled_decay_does_not_depend_on_the_size_of_the_gradient():
    shrunk = []
    for g in (1e-3, 1e3):
        p = Value(10.0)
        p.grad = g
        AdamW([p], lr=0.1, weight_decay=0.5, eps=1e-12).step()
        shrunk.append(p.data)
    assert shrunk == pytest.approx([10.0 - 0.5 - 0.1] * 2)


def test_centered_rmsprop_stays_finite_where_rounding_makes_the_variance_negative():
    p = Value(0.0)
    rmsprop = RMSprop([p], lr=1e-9, alpha=0.5, centered=True)
    for _ in range(200):
        p.grad = 0.1
        rmsprop.step()
    assert math.isfinite(p.data)


@pytest.mark.parametrize("make", [SGD, Adam, AdamW, RMSprop, Adagrad])
def test_float32_tensors_of_any_shape_keep_their_type(make):
    leaves = [Tensor(np.full(shape, 1.0, np.float32)) for shape in [(), (3,), (2, 0), (2, 1, 2)]]
    for leaf in leaves:
        leaf.grad = np.ones(leaf.shape)
        leaf.reached = 1
    make(leaves, lr=0.5).step()
    assert all(leaf.dtype == np.float32 for leaf in leaves)
    assert all((leaf.data < 1.0).all() for leaf in leaves)


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (SGD, {"weight_decay": -0.1}, "weight_decay must not be negative, not -0.1"),
        (SGD, {"nesterov": "no", "momentum": 0.9}, "nesterov must be True or False, not 'no'"),
        (AdamW, {"weight_decay": math.nan}, "weight_decay must be a finite number"),
        (RMSprop, {"alpha": 1.0}, "alpha must be at least 0 and less than 1"),
        (RMSprop, {"momentum": 1.0}, "momentum must be at least 0"),
        (RMSprop, {"eps": 0.0}, "eps must be positive"),
        (RMSprop, {"centered": 1}, "centered must be True or False, not 1"),
        (Adagrad, {"initial_accumulator_value": -1.0}, "initial_accumulator_value must not be negative"),
        (Adagrad, {"lr": -1.0}, "lr must be positive"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(make, settings, message):
    with pytest.raises(ArgumentError, match=message):
        make([Value(1.0)], **settings)
