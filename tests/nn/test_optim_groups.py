"""Groups of parameters with settings of their own, also where steps are compiled."""

import numpy as np
import pytest

from autograd import ArgumentError, DisconnectedWarning, Tensor, Value, compile
from nn import MLP, SGD, Adagrad, Adam, AdamW, ElementwiseOptimizer, RMSprop, StepLR, half_squared_error

GROUPS = [
    (SGD, {"momentum": 0.5}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.2}),
    (Adam, {}, {"betas": (0.5, 0.6), "weight_decay": 0.2}),
    (AdamW, {}, {"eps": 0.1, "weight_decay": 0.0}),
    (RMSprop, {}, {"centered": True, "momentum": 0.5}),
    (Adagrad, {}, {"weight_decay": 0.2, "decay": 0.5}),
]
each_optimizer = pytest.mark.parametrize(("make", "settings", "own"), GROUPS, ids=[g[0].__name__ for g in GROUPS])


def stepped(optimizers, leaves, count=4):
    for k in range(count):
        for i, leaf in enumerate(leaves):
            leaf.grad = np.full(np.shape(leaf.data), 1.0 + i - 0.3 * k) if isinstance(leaf, Tensor) else 1.5 + i - k
        for optimizer in optimizers:
            optimizer.step()
    return [np.array(leaf.data) for leaf in leaves]


def leaves():
    return [Value(1.0), Tensor([[1.0, 2.0], [3.0, 4.0]]), Value(-2.0), Tensor([0.5])]


@each_optimizer
def test_two_groups_step_as_two_optimizers_would_bit_for_bit(make, settings, own):
    together, apart = leaves(), leaves()
    one = make([{"params": together[:2]}, {"params": together[2:], "lr": 0.5, **own}], lr=0.1, **settings)
    two = [make(apart[:2], lr=0.1, **settings), make(apart[2:], lr=0.5, **{**settings, **own})]
    for a, b in zip(stepped([one], together), stepped(two, apart), strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_parameter_may_stand_alone_and_a_group_may_be_empty():
    a, b = Tensor([1.0]), Value(1.0)
    sgd = SGD([{"params": a}, {"params": []}, {"params": b, "lr": 0.5}], lr=0.1)
    a.grad, b.grad = [1.0], 1.0
    sgd.step()
    assert (a.data.tolist(), b.data) == ([0.9], 0.5)


def test_each_group_has_a_learning_rate_that_may_be_a_function_and_is_scheduled():
    a, b = Value(1.0), Value(1.0)
    sgd = SGD([{"params": [a]}, {"params": [b], "lr": lambda step: 0.4 / (1 + step)}], lr=0.1)
    StepLR(1, gamma=0.5).apply(sgd, epoch=1)
    for _ in range(2):
        a.grad = b.grad = 1.0
        sgd.step()
    assert (a.data, b.data) == pytest.approx((1 - 0.05 - 0.05, 1 - 0.2 - 0.1))
    assert sgd.lr == 0.05
    assert [sgd.lr_of(group) for group in sgd.param_groups] == pytest.approx([0.05, 0.4 / 3 / 2])


def test_a_setting_given_anew_counts_from_the_next_step_on():
    a = Value(1.0)
    sgd = SGD([a], lr=0.5)
    a.grad = 1.0
    sgd.step()
    sgd.param_groups[0]["lr"] = 0.25
    sgd.step()
    assert a.data == 0.25


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lr", -1.0, r"groups\[1\]: lr must be positive"),
        ("momentum", 2.0, r"groups\[1\]: momentum must be at least 0"),
        ("momentun", 0.9, r"groups\[1\]: 'momentun' is no setting that can be given; those: lr, decay, momentum"),
        ("params", [], r"groups\[1\]: 'params' is no setting"),
    ],
)
def test_a_setting_given_anew_is_checked_as_at_first(name, value, message):
    sgd = SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)]}])
    before = dict(sgd.param_groups[1])
    with pytest.raises(ArgumentError, match=message):
        sgd.param_groups[1][name] = value
    assert dict(sgd.param_groups[1]) == before


def test_a_setting_cannot_be_taken_away():
    with pytest.raises(ArgumentError, match="lr cannot be taken away"):
        del SGD([Value(1.0)]).param_groups[0]["lr"]


def test_the_repr_of_a_group_shows_its_settings():
    (group,) = SGD([Value(1.0)]).param_groups
    assert repr(group) == "Group(1 parameters, lr=0.01, decay=0.0, momentum=0.0, nesterov=False, weight_decay=0.0)"


A = Value(1.0, name="a")


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([{"params": [A], "lr": 0.0}], r"groups\[0\]: lr must be positive"),
        ([{"params": [A], "learning_rate": 0.1}], r"groups\[0\]: 'learning_rate' is no setting that can be given"),
        ([{"params": [A]}, {"lr": 0.1}], r"groups\[1\] must be a dict with 'params'"),
        ([{"params": [A]}, Value(1.0)], r"groups\[1\] must be a dict with 'params'"),
        ([{"params": 3.0}], r"groups\[0\]: params must be Values and Tensors in a list, not 3.0"),
        ([{"params": [A]}, {"params": [A]}], "a is given twice, at positions 0 and 1"),
        ([{"params": [A, 2.0]}], "parameter 1 must be a Value or a Tensor"),
        ([{"params": []}], "there is no parameter to train"),
        ([{"params": [A]}, {"params": [Value(1.0)], "nesterov": True}], "needs one, such as momentum"),
    ],
)
def test_groups_that_make_no_sense_are_refused(groups, message):
    with pytest.raises(ArgumentError, match=message):
        SGD(groups)


class Scaled(ElementwiseOptimizer):
    @staticmethod
    def rule(p, g, lr, scale):
        return (p - lr * scale * g,)

    def coefficients(self):
        return self.lr, 2.0


def test_coefficients_stated_for_all_parameters_alike_take_no_groups():
    p = Value(1.0)
    p.grad = 1.0
    Scaled([p], lr=0.25).step()
    assert p.data == 0.5
    with pytest.raises(ArgumentError, match=r"Scaled states coefficients\(\) .* takes no groups"):
        Scaled([{"params": [p]}, {"params": [Value(1.0)]}], lr=0.25)


# Compiled ---------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 2)), RNG.normal(size=(12, 2))


def network(make, settings, own, *, grouped):
    """A network, and its optimizer; with groups, weights and biases have settings of their own."""
    model = MLP(2, [3, 2], activation="tanh", seed=0)
    parameters = model.parameters()
    if not grouped:
        return model, make(parameters, lr=0.05, **settings)
    biases = [p for p in parameters if p.name.endswith("b")]
    weights = [p for p in parameters if not p.name.endswith("b")]
    return model, make([{"params": biases, "lr": 0.1, **own}, {"params": weights}], lr=0.05, **settings)


def eager(make, settings, own, *, grouped):
    model, optimizer = network(make, settings, own, grouped=grouped)
    for _ in range(3):
        optimizer.zero_grad()
        losses = [half_squared_error(model(x), y) for x, y in zip(X, Y, strict=True)]
        (sum(losses[1:], losses[0]) / len(losses)).backward()
        optimizer.step()
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("way", ["train", "update"])
@pytest.mark.parametrize("grouped", [False, True], ids=["one group", "two groups"])
@each_optimizer
def test_compiled_steps_are_those_of_the_engine(make, settings, own, grouped, way, backend):
    if backend == "native":
        pytest.importorskip("llvmlite")
    model, optimizer = network(make, settings, own, grouped=grouped)
    step = compile(lambda x, y: half_squared_error(model(x), y), backend=backend)
    if way == "train":
        step.train(X, Y, optimizer=optimizer, epochs=3)
    else:
        for _ in range(3):
            step.update(optimizer, X, Y)
    assert optimizer.steps == 3
    np.testing.assert_allclose(
        [p.data for p in model.parameters()], eager(make, settings, own, grouped=grouped), rtol=1e-11
    )


def test_a_compiled_training_notices_a_weight_decay_given_later():
    w = Value(1.0)
    step = compile(lambda x: w * x, backend="numpy")
    sgd = SGD([w], lr=0.5)
    step.train([0.0, 0.0], optimizer=sgd)
    assert w.data == 1.0
    sgd.param_groups[0]["weight_decay"] = 0.5
    step.train([0.0, 0.0], optimizer=sgd)
    assert w.data == 0.75


@pytest.mark.parametrize("way", ["train", "update"])
def test_compiled_steps_find_the_numbers_of_a_value_behind_a_tensor(way):
    tensor, value = Tensor([1.0, 2.0, 3.0]), Value(1.0)
    sgd = SGD([{"params": tensor, "lr": 0.1}, {"params": value, "lr": 0.5}], momentum=0.9)
    step = compile(lambda x: value * x, backend="numpy")
    make_step = {"train": lambda: step.train([1.0], optimizer=sgd), "update": lambda: step.update(sgd, [1.0])}
    with pytest.warns(DisconnectedWarning, match="does not depend on"):
        make_step[way]()
    assert value.data == 0.5
    assert sgd.states["velocity"].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_function_of_whole_arrays_is_trained_by_groups():
    w, b = Tensor([1.0, 2.0]), Tensor([0.5])
    step = compile(lambda x: np.sum((x @ w + b) ** 2))
    sgd = SGD([{"params": w}, {"params": b, "lr": 0.0625}], lr=0.125)
    step.update(sgd, np.array([[1.0, 0.0]]))
    assert (w.data.tolist(), b.data.tolist()) == ([1.0 - 0.125 * 3, 2.0], [0.5 - 0.0625 * 3])
