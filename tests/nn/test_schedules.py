"""Schedules: the factor on the learning rate for each epoch, by the formulas of PyTorch."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, Value
from nn import (
    SGD,
    Adam,
    CosineLR,
    ExponentialLR,
    InverseTimeLR,
    Optimizer,
    ReduceOnPlateau,
    Schedule,
    StepLR,
    WarmupLR,
)


@pytest.mark.parametrize(
    ("schedule", "formula"),
    [
        (StepLR(3), lambda k: 0.1 ** (k // 3)),
        (StepLR(2, gamma=0.5), lambda k: 0.5 ** (k // 2)),
        (ExponentialLR(0.9), lambda k: 0.9**k),
        (InverseTimeLR(0.25), lambda k: 1 / (1 + 0.25 * k)),
        (CosineLR(10), lambda k: (1 + math.cos(math.pi * k / 10)) / 2),
        (CosineLR(10, min_factor=0.2), lambda k: 0.2 + 0.8 * (1 + math.cos(math.pi * k / 10)) / 2),
        (WarmupLR(4, start_factor=0.2), lambda k: 0.2 + 0.8 * min(k, 4) / 4),
        (WarmupLR(), lambda k: 1 / 3 + 2 / 3 * min(k, 5) / 5),
        (WarmupLR(3, 0.1, then=ExponentialLR(0.5)), lambda k: 0.1 + 0.9 * k / 3 if k < 3 else 0.5 ** (k - 3)),
    ],
)
def test_the_factor_is_that_of_the_formula(schedule, formula):
    assert [schedule(k) for k in range(11)] == pytest.approx([formula(k) for k in range(11)], rel=1e-14, abs=1e-16)


def test_the_cosine_stays_at_its_end():
    assert [CosineLR(4, min_factor=0.25)(epoch) for epoch in (4, 5, 8)] == [0.25] * 3


def test_a_schedule_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Schedule()


# On an optimizer --------------------------------------------------------------------------------------------------


def test_the_factor_multiplies_the_learning_rate_of_the_steps_to_come():
    p = Value(1.0)
    sgd = SGD([p], lr=0.5)
    for epoch, lr in enumerate([0.5, 0.25, 0.125]):
        ExponentialLR(0.5).apply(sgd, epoch)
        before, p.grad = p.data, 1.0
        sgd.step()
        assert before - p.data == sgd.lr == lr


def test_the_factor_is_on_top_of_a_function_of_the_steps_and_of_the_decay():
    p = Value(1.0)
    sgd = SGD([p], lr=lambda step: 1.0 - 0.25 * step, decay=1.0)
    StepLR(1, gamma=0.5).apply(sgd, epoch=2)
    p.grad = 1.0
    sgd.step()
    assert sgd.lr == 0.75 * 0.25 / (1 + 1)


def test_applying_a_schedule_again_starts_from_the_learning_rate_itself():
    adam = Adam([Value(1.0)], lr=0.5)
    for epoch in (3, 1, 1):
        ExponentialLR(0.5).apply(adam, epoch)
    assert adam.lr == 0.25


class Fixed(Schedule):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, epoch):
        return self.factor


@pytest.mark.parametrize("factor", [-0.5, math.nan, math.inf, None])
def test_a_factor_that_makes_no_sense_is_refused_by_name(factor):
    sgd = SGD([Value(1.0)], lr=0.5)
    with pytest.raises(ArgumentError, match="the factor of Fixed for epoch 7 must"):
        Fixed(factor).apply(sgd, 7)
    assert sgd.lr == 0.5


@pytest.mark.parametrize("epoch", [-1, 0.5, True, None])
def test_an_epoch_that_is_none_is_refused(epoch):
    with pytest.raises(ArgumentError, match="epoch must be an int from 0 up"):
        Fixed(1.0).apply(SGD([Value(1.0)]), epoch)


def test_an_optimizer_without_a_learning_rate_is_refused():
    class Still(Optimizer):
        def update(self, gradients):
            pass

    with pytest.raises(ArgumentError, match="Fixed needs an optimizer with a learning rate, such as SGD or Adam, not"):
        Fixed(1.0).apply(Still([Value(1.0)]), 0)


# Reduce on plateau ------------------------------------------------------------------------------------------------


def factors(schedule, metrics):
    seen = []
    for epoch, metric in enumerate(metrics):
        schedule.observe(metric)
        seen.append(schedule(epoch + 1))
    return seen


def test_more_bad_epochs_than_patience_reduce_the_learning_rate():
    schedule = ReduceOnPlateau(factor=0.5, patience=2)
    assert factors(schedule, [3, 2, 2, 2, 2, 2, 2, 2, 1]) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_a_better_epoch_starts_the_count_anew():
    assert factors(ReduceOnPlateau(patience=1), [3, 3, 2, 2, 1, 1]) == [1] * 6


def test_nothing_is_counted_while_it_cools_down():
    schedule = ReduceOnPlateau(factor=0.5, patience=0, cooldown=2)
    assert factors(schedule, [1] * 8) == [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]


def test_it_does_not_fall_below_the_least_factor():
    assert factors(ReduceOnPlateau(factor=0.1, patience=0, min_factor=0.05), [1] * 4) == [1, 0.1, 0.05, 0.05]


@pytest.mark.parametrize(
    ("settings", "metric", "is_better"),
    [
        ({"mode": "min", "threshold": 0.1}, 8.9, True),
        ({"mode": "min", "threshold": 0.1}, 9.1, False),
        ({"mode": "max", "threshold": 0.1}, 11.1, True),
        ({"mode": "max", "threshold": 0.1}, 10.9, False),
        ({"mode": "min", "threshold": 0.1, "threshold_mode": "abs"}, 9.8, True),
        ({"mode": "min", "threshold": 0.1, "threshold_mode": "abs"}, 9.95, False),
        ({"mode": "max", "threshold": 0.1, "threshold_mode": "abs"}, 10.2, True),
        ({"mode": "max", "threshold": 0.1, "threshold_mode": "abs"}, 10.05, False),
    ],
)
def test_what_is_better_is_a_matter_of_mode_and_threshold(settings, metric, is_better):
    schedule = ReduceOnPlateau(patience=0, **settings)
    assert factors(schedule, [10.0, metric])[-1] == (1.0 if is_better else 0.1)


@pytest.mark.parametrize("metric", [math.nan, math.inf, "low", None])
def test_a_metric_that_is_no_finite_number_is_refused(metric):
    with pytest.raises(ArgumentError, match="metric must be a finite number"):
        ReduceOnPlateau().observe(metric)


def test_behind_a_warm_up_only_the_epochs_after_it_are_observed():
    schedule = WarmupLR(2, start_factor=0.5, then=ReduceOnPlateau(factor=0.5, patience=1))
    assert factors(schedule, [1.0] * 6) == [0.75, 1.0, 1.0, 1.0, 0.5, 0.5]


# Saved ------------------------------------------------------------------------------------------------------------

PAIRS = [
    (lambda: StepLR(3, 0.5), lambda: StepLR(1)),
    (lambda: ExponentialLR(0.9), lambda: ExponentialLR(0.5)),
    (lambda: InverseTimeLR(0.25), lambda: InverseTimeLR(0.0)),
    (lambda: CosineLR(12, 0.1), lambda: CosineLR(5)),
    (lambda: WarmupLR(3, 0.2), WarmupLR),
    (lambda: ReduceOnPlateau("max", 0.5, 1, cooldown=1, threshold_mode="abs"), ReduceOnPlateau),
    (
        lambda: WarmupLR(2, then=ReduceOnPlateau(factor=0.5, patience=1)),
        lambda: WarmupLR(then=ReduceOnPlateau()),
    ),
]
METRICS = [3.0, 2.0, 2.0, 2.0, 2.5, 2.0, 1.9, 1.9, 1.9, 1.9]


@pytest.mark.parametrize(("make", "make_other"), PAIRS)
def test_a_schedule_saved_by_numpy_and_loaded_goes_on_as_the_other(make, make_other, tmp_path):
    schedule, resumed = make(), make_other()
    factors(schedule, METRICS[:5])
    np.savez(tmp_path / "schedule.npz", **schedule.state_dict())
    with np.load(tmp_path / "schedule.npz", allow_pickle=False) as state:
        resumed.load_state_dict(state)
    assert resumed.state_dict() == schedule.state_dict()
    assert factors(resumed, METRICS[5:]) == factors(schedule, METRICS[5:])


@pytest.mark.parametrize(
    ("schedule", "change", "message"),
    [
        (StepLR(3), {"kind": "ExponentialLR"}, "the state is of ExponentialLR, and cannot be loaded into StepLR"),
        (StepLR(3), {"step_size": 0}, "step_size must be a positive int"),
        (StepLR(3), {"step_size": 5, "gamma": -1.0}, "gamma must be positive"),
        (ExponentialLR(0.5), {"gamma": math.nan}, "gamma must be a finite number"),
        (InverseTimeLR(0.5), {"rate": -1.0}, "rate must not be negative"),
        (CosineLR(5), {"epochs": 7, "min_factor": 2.0}, "min_factor must be from 0 to 1"),
        (CosineLR(5), {"T_max": 5}, "the state of CosineLR has also T_max"),
        (WarmupLR(5), {"epochs": 7, "observed": -1}, "observed in the state must be an int from 0 up"),
        (WarmupLR(5, then=StepLR(2)), {"epochs": 7, "then.gamma": -1.0}, "gamma must be positive"),
        (WarmupLR(5, then=StepLR(2)), {"then.kind": "CosineLR"}, "the state is of CosineLR, and cannot be loaded"),
        (ReduceOnPlateau(), {"mode": "least"}, "mode must be 'min' or 'max', not 'least'"),
        (ReduceOnPlateau(), {"patience": 3, "bad_epochs": -1}, "bad_epochs in the state must be an int from 0 up"),
        (ReduceOnPlateau(), {"current": 1.5}, "current in the state must be from 0 to 1"),
        (ReduceOnPlateau(), {"best": math.nan}, "best in the state must be a number, not nan"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_is_loaded(schedule, change, message):
    before = schedule.state_dict()
    with pytest.raises(ArgumentError, match=message):
        schedule.load_state_dict({**before, **change})
    assert schedule.state_dict() == before


def test_a_schedule_of_ones_own_says_what_it_remembers():
    class Counting(Fixed):
        remembered = ("factor",)

    counting = Counting(1.0)
    counting.load_state_dict(Counting(0.5).state_dict())
    assert counting(0) == 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StepLR(0), "step_size must be a positive int"),
        (lambda: StepLR(1, gamma=0.0), "gamma must be positive"),
        (lambda: ExponentialLR(-1.0), "gamma must be positive"),
        (lambda: InverseTimeLR(-1.0), "rate must not be negative"),
        (lambda: CosineLR(0), "epochs must be a positive int"),
        (lambda: CosineLR(1, min_factor=1.5), "min_factor must be from 0 to 1"),
        (lambda: WarmupLR(0), "epochs must be a positive int"),
        (lambda: WarmupLR(start_factor=-0.1), "start_factor must be from 0 to 1"),
        (lambda: WarmupLR(then=0.5), "then must be a Schedule, such as CosineLR"),
        (lambda: ReduceOnPlateau(mode="best"), "mode must be 'min' or 'max', not 'best'"),
        (lambda: ReduceOnPlateau(factor=1.0), "factor must be at least 0 and less than 1"),
        (lambda: ReduceOnPlateau(patience=-1), "patience must be an int from 0 up"),
        (lambda: ReduceOnPlateau(threshold=-1.0), "threshold must not be negative"),
        (lambda: ReduceOnPlateau(threshold_mode="part"), "threshold_mode must be 'rel' or 'abs'"),
        (lambda: ReduceOnPlateau(cooldown=-1), "cooldown must be an int from 0 up"),
        (lambda: ReduceOnPlateau(min_factor=2.0), "min_factor must be from 0 to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()
