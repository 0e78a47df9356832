"""What optimizers save: a run that is loaded goes on bit for bit, and what does not fit is refused whole."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, AutogradError, SizeError, Tensor, Value
from nn import SGD, Adagrad, Adam, AdamW, ElementwiseOptimizer, Optimizer, RMSprop, StepLR

MAKERS = [
    (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "decay": 0.5}),
    (Adam, {"weight_decay": 0.1}),
    (AdamW, {"betas": (0.5, 0.75)}),
    (RMSprop, {"momentum": 0.5, "centered": True}),
    (Adagrad, {"initial_accumulator_value": 0.5, "decay": 0.25}),
]
each_optimizer = pytest.mark.parametrize(("make", "settings"), MAKERS, ids=[m.__name__ for m, _ in MAKERS])


def leaves():
    rng = np.random.default_rng(0)
    return [Value(0.3), Tensor(rng.normal(size=(2, 2)).astype(np.float32)), Tensor(rng.normal(size=3))]


def run(optimizer, start, stop):
    for k in range(start, stop):
        for i, leaf in enumerate(optimizer.parameters):
            g = math.sin(1.0 + 3 * i + k)
            leaf.grad = g if isinstance(leaf, Value) else np.full(leaf.shape, g)
        optimizer.step()
    return [np.array(leaf.data) for leaf in optimizer.parameters]


def grouped(make, settings, parameters):
    first, *rest = parameters
    return make([{"params": first}, {"params": rest, "lr": 0.3}], lr=0.1, **settings)


@each_optimizer
def test_a_run_saved_by_numpy_and_loaded_goes_on_bit_for_bit(make, settings, tmp_path):
    whole = grouped(make, settings, leaves())
    StepLR(1, gamma=0.7).apply(whole, epoch=1)
    expected = run(whole, 0, 9)

    stopped = grouped(make, settings, leaves())
    StepLR(1, gamma=0.7).apply(stopped, epoch=1)
    run(stopped, 0, 4)
    np.savez(tmp_path / "state.npz", **stopped.state_dict())

    resumed = grouped(make, {}, leaves())
    for new, old in zip(resumed.parameters, stopped.parameters, strict=True):
        new.data = old.data if isinstance(old, Value) else old.data.copy()
    with np.load(tmp_path / "state.npz", allow_pickle=False) as state:
        resumed.load_state_dict(state)
    for a, b in zip(run(resumed, 4, 9), expected, strict=True):
        np.testing.assert_array_equal(a, b)


@each_optimizer
def test_a_saved_state_is_what_the_loaded_optimizer_saves(make, settings):
    one, other = grouped(make, settings, leaves()), grouped(make, {}, leaves())
    run(one, 0, 3)
    other.load_state_dict(one.state_dict())
    for name, x in one.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], x)


def test_a_saved_state_does_not_change_with_the_optimizer():
    sgd = SGD(leaves(), momentum=0.9)
    state = sgd.state_dict()
    sgd.load_state_dict(state)
    run(sgd, 0, 2)
    assert not state["velocity"].any()


def test_a_state_is_plain_numbers_and_arrays():
    state = Adam([Value(1.0), Tensor([1.0, 2.0])]).state_dict()
    assert state["kind"] == "Adam"
    assert (state["steps"], state["lr_factor"]) == (0, 1.0)
    assert state["sizes"].tolist() == [1, 2]
    assert state["groups"].tolist() == [2]
    assert state["betas"].tolist() == [[0.9, 0.999]]
    assert state["first_moment"].tolist() == [0.0, 0.0, 0.0]


def test_a_learning_rate_that_is_a_function_stays():
    made = SGD([Value(1.0)], lr=lambda step: 0.5 / (1 + step))
    run(made, 0, 3)
    again = SGD([Value(1.0)], lr=lambda step: 0.5 / (1 + step))
    again.load_state_dict(made.state_dict())
    assert again.lr == 0.5 / 4


@pytest.mark.parametrize(
    ("here", "saved", "message"),
    [
        (0.1, lambda step: 0.1, "lr is a number here, but was a function when"),
        (lambda step: 0.1, 0.1, "lr is a function here, but was a number when"),
    ],
)
def test_a_learning_rate_that_has_become_another_thing_is_refused(here, saved, message):
    with pytest.raises(ArgumentError, match=message):
        SGD([Value(1.0)], lr=here).load_state_dict(SGD([Value(1.0)], lr=saved).state_dict())


STATE = SGD([Value(1.0), Tensor([1.0, 2.0])], lr=0.5, momentum=0.5).state_dict()


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        (None, ArgumentError, r"the state of SGD must be a dict, as state_dict\(\) returns it, not None"),
        ({}, ArgumentError, "the state is of something without a kind, and cannot be loaded into SGD"),
        ({**STATE, "kind": "Adam"}, ArgumentError, "the state is of Adam, and cannot be loaded into SGD"),
        ({**STATE, "speed": 1.0}, ArgumentError, "the state of SGD has also speed"),
        ({k: x for k, x in STATE.items() if k != "velocity"}, ArgumentError, "the state of SGD lacks velocity"),
        ({**STATE, "velocity": np.zeros(2)}, SizeError, r"velocity in the state of SGD has the shape \(2,\), but here"),
        ({**STATE, "velocity": ["a", "b", "c"]}, ArgumentError, "velocity in the state of SGD must be of type float64"),
        ({**STATE, "sizes": np.array([2, 1])}, SizeError, r"sizes\[0\] in the state of SGD is 2, but here it is 1"),
        ({**STATE, "sizes": np.array([3])}, SizeError, r"sizes in the state of SGD has the shape \(1,\)"),
        ({**STATE, "groups": np.array([3])}, ArgumentError, r"groups of \[3\] parameters, but here they have \[2\]"),
        ({**STATE, "steps": -1}, ArgumentError, "steps in the state must be an int from 0 up"),
        ({**STATE, "steps": 1.5}, ArgumentError, "steps in the state of SGD must be of type int64"),
        ({**STATE, "lr_factor": -1.0}, ArgumentError, "lr_factor in the state must not be negative"),
        ({**STATE, "lr": np.array([-1.0])}, ArgumentError, "lr must be positive, not -1.0"),
        ({**STATE, "momentum": np.array([1.0])}, ArgumentError, "momentum must be at least 0 and less than 1"),
        ({**STATE, "nesterov": np.array([2.0])}, ArgumentError, "nesterov in the state of SGD must be of type bool"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_by_name_and_nothing_is_loaded(state, error, message):
    sgd = SGD([Value(1.0), Tensor([1.0, 2.0])], lr=0.25)
    before = sgd.state_dict()
    if isinstance(state, dict) and "velocity" in state:
        state = {**state, "decay": np.array([0.125])}  # which would be seen
    with pytest.raises(error, match=message):
        sgd.load_state_dict(state)
    for name, x in sgd.state_dict().items():
        np.testing.assert_array_equal(x, before[name])


def test_adam_and_adamw_do_not_take_each_others_states():
    with pytest.raises(AutogradError, match="the state is of Adam, and cannot be loaded into AdamW"):
        AdamW([Value(1.0)]).load_state_dict(Adam([Value(1.0)]).state_dict())


def test_an_optimizer_of_ones_own_saves_its_steps_and_what_it_adds():
    class Averaging(Optimizer):
        def __init__(self, parameters):
            super().__init__(parameters)
            self.average = 0.0

        def update(self, gradients):
            self.average = (self.average + gradients[0]) / 2

        def state_dict(self):
            return {**super().state_dict(), "average": self.average}

        def restore(self, saved):
            super().restore(saved)
            self.average = saved["average"]

    one, other = Averaging([Value(1.0)]), Averaging([Value(1.0)])
    run(one, 0, 2)
    other.load_state_dict(one.state_dict())
    assert (other.steps, other.average) == (2, one.average)


def test_an_elementwise_optimizer_of_ones_own_is_saved_without_further_ado():
    class Sum(ElementwiseOptimizer):
        state = ("total",)

        @staticmethod
        def rule(p, g, total, lr):
            total = total + g
            return p - lr * total, total

    one, other = Sum([Value(1.0)], lr=0.5), Sum([Value(1.0)], lr=0.1)
    run(one, 0, 2)
    other.load_state_dict(one.state_dict())
    assert (other.steps, other.lr, other.states) == (2, 0.5, one.states)
