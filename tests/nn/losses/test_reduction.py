import numpy as np
import pytest

import nn
from autograd import ArgumentError, NotANumberError, SizeError, Tensor, check_grads
from tests.nn.losses.cases import CASES, each_case

WEIGHTS = np.array([2.0, 0.0, 1.0, 3.0, 1.0, 0.0])
REPEATED = np.repeat(np.arange(6), WEIGHTS.astype(int))


@each_case
def test_the_mean_and_the_sum_are_those_of_the_losses_of_the_samples(case):
    losses = case.loss(case.outputs, case.targets, reduction="none")
    assert losses.shape == (6,)
    assert case.loss(Tensor(case.outputs), case.targets).item() == pytest.approx(losses.mean(), rel=1e-14)
    assert case.loss(Tensor(case.outputs), case.targets, reduction="sum").item() == pytest.approx(losses.sum())


@each_case
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_weight_counts_a_sample_as_often_as_it_says(case, reduction):
    weighted, repeated = Tensor(case.outputs), Tensor(case.outputs)
    loss = case.loss(weighted, case.targets, weights=WEIGHTS, reduction=reduction)
    other = case.loss(repeated[REPEATED], case.targets[REPEATED], reduction=reduction)
    assert loss.item() == pytest.approx(other.item(), rel=1e-14)
    loss.backward()
    other.backward()
    np.testing.assert_allclose(weighted.grad, repeated.grad, rtol=1e-13, atol=1e-16)


def test_each_loss_is_multiplied_by_its_weight_where_nothing_is_reduced():
    found = nn.mse(np.array([[1.0], [2.0]]), [0.0, 0.0], weights=[3, 0.5], reduction="none")
    assert found.tolist() == [3.0, 2.0]


def test_a_sample_of_weight_zero_adds_nothing_even_if_its_loss_is_infinite():
    outputs = Tensor([[1.0], [np.inf]])
    loss = nn.mse(outputs, [0.0, 0.0], weights=[1.0, 0.0])
    loss.backward()
    assert loss.item() == 1.0
    assert outputs.grad.tolist() == [[2.0], [0.0]]


def test_weights_may_be_differentiated():
    losses = np.array([[1.0], [2.0]])
    check_grads(lambda w: nn.l1(losses, [0.0, 0.0], weights=w), order=2)(np.array([1.0, 3.0]))


@each_case
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_float32_stays_float32(case, reduction):
    outputs = Tensor(case.outputs, dtype=np.float32)
    loss = case.loss(outputs, case.targets, weights=WEIGHTS, reduction=reduction)
    assert loss.dtype == np.float32
    np.sum(loss).backward()
    assert outputs.grad.dtype == np.float32
    assert case.loss(outputs.numpy(), case.targets, reduction=reduction).dtype == np.float32


@each_case
def test_one_sample_takes_no_reduction_and_no_weights(case):
    x, t = case.outputs[0].tolist(), case.targets[0].tolist()
    with pytest.raises(ArgumentError, match=f"{case.name} was given reduction='sum', which is for a batch"):
        case.loss(x, t, reduction="sum")
    with pytest.raises(ArgumentError, match=f"{case.name} was given weights, which is for a batch"):
        case.loss(x, t, weights=[1.0])


@pytest.mark.parametrize("reduction", ["average", None, np.array(["mean", "sum"])])
def test_there_are_three_reductions(reduction):
    with pytest.raises(ArgumentError, match="the reduction of mse must be 'mean', 'sum' or 'none', not"):
        nn.mse(np.zeros((2, 1)), [0.0, 1.0], reduction=reduction)


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1.0], SizeError, r"must have the shape \(2,\), one a sample, not \(1,\)"),
        ([[1.0], [2.0]], SizeError, r"must have the shape \(2,\), one a sample, not \(2, 1\)"),
        ([1.0, -1.0], ArgumentError, "must be finite and not negative, not -1.0"),
        ([np.nan, 1.0], ArgumentError, "must be finite and not negative, not nan"),
        ([0.0, 0.0], ArgumentError, "are all 0, and there is no mean of nothing"),
        (["a", "b"], NotANumberError, "must be a Tensor or an array of real numbers, not list"),
    ],
)
def test_weights_are_one_a_sample_and_not_negative(weights, error, message):
    with pytest.raises(error, match=f"the weights of mse {message}"):
        nn.mse(np.zeros((2, 1)), [0.0, 1.0], weights=weights)


def test_every_loss_is_among_the_cases():
    losses = {name for name in nn.losses.__all__ if not name.endswith("penalty")}
    assert {case.name for case in CASES} == losses
