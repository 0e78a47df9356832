import math

import numpy as np
import pytest
import scipy.special
from sklearn.metrics import log_loss

from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value
from nn import binary_cross_entropy, cross_entropy, kl_div
from tests.nn.losses.cases import LOGS, SCORES, SHARES, SOFT


def test_binary_cross_entropy_is_scikit_learns():
    yes = SHARES[:, 0] > 0.5
    expected = log_loss(yes, scipy.special.expit(SCORES[:, 0]))
    assert binary_cross_entropy(SCORES[:, :1], yes) == pytest.approx(expected, rel=1e-14)


def test_binary_cross_entropy_is_minus_t_log_p_minus_the_rest_times_log_of_the_rest():
    p = scipy.special.expit(SCORES)
    expected = -(SHARES * np.log(p) + (1 - SHARES) * np.log(1 - p))
    np.testing.assert_allclose(binary_cross_entropy(SCORES, SHARES, reduction="none"), expected.mean(axis=1))


def test_binary_cross_entropy_is_the_cross_entropy_of_two_classes():
    z, t = SCORES[:, 0], SHARES[:, 0]
    two = cross_entropy(np.stack([z, np.zeros(6)], axis=1), np.stack([t, 1 - t], axis=1))
    assert binary_cross_entropy(Tensor(z), t).item() == pytest.approx(two, rel=1e-14)


def test_the_derivative_of_binary_cross_entropy_is_sigmoid_minus_target():
    logits = Tensor(SCORES)
    binary_cross_entropy(logits, SHARES).backward()
    np.testing.assert_allclose(logits.grad, (scipy.special.expit(SCORES) - SHARES) / 18, rtol=0, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_logits_of_ten_thousand_do_not_overflow(dtype):
    logits = Tensor([1e4, 1e4, -1e4, -1e4], dtype=dtype)
    losses = binary_cross_entropy(logits, [0, 1, 0, 1], reduction="none")
    assert losses.numpy().tolist() == [1e4, 0.0, 0.0, 1e4]
    np.sum(losses).backward()
    assert logits.grad.tolist() == [1.0, 0.0, 0.0, -1.0]


@pytest.mark.parametrize("target", [-0.1, 1.5, 2, math.nan])
def test_targets_of_binary_cross_entropy_are_from_zero_to_one(target):
    message = "the targets of binary_cross_entropy must be from 0 to 1, not"
    with pytest.raises(ArgumentError, match=message):
        binary_cross_entropy(Value(0.5), target)
    with pytest.raises(ArgumentError, match=message):
        binary_cross_entropy(Tensor([0.5, 0.5]), [0, target])


def test_targets_of_binary_cross_entropy_may_be_differentiated():
    target, targets = Value(0.5), Tensor([0.5])
    binary_cross_entropy(2.0, target).backward()
    binary_cross_entropy(Tensor([2.0]), targets).backward()
    assert target.grad == targets.grad[0] == -2.0


def test_kl_div_is_the_sum_of_scipys_relative_entropies():
    expected = scipy.special.rel_entr(SOFT, np.exp(LOGS)).sum(axis=1)
    np.testing.assert_allclose(kl_div(LOGS, SOFT, reduction="none"), expected, rtol=1e-12)
    assert kl_div(Tensor(LOGS), SOFT).item() == pytest.approx(expected.mean(), rel=1e-12)


def test_kl_div_of_a_distribution_with_itself_is_zero():
    assert kl_div(np.log(SOFT), SOFT) == pytest.approx(0.0, abs=1e-16)


def test_the_derivative_of_kl_div_by_the_log_probabilities_is_minus_the_target():
    logs = Tensor(LOGS)
    kl_div(logs, SOFT, reduction="sum").backward()
    np.testing.assert_array_equal(logs.grad, -SOFT)


def test_kl_div_is_differentiated_by_its_targets_too():
    targets = Tensor(SOFT)
    kl_div(LOGS, targets, reduction="sum").backward()
    np.testing.assert_allclose(targets.grad, np.log(SOFT) + 1 - LOGS, rtol=1e-14)


def test_a_class_of_probability_zero_may_have_log_probability_minus_infinity():
    logs = Tensor([[0.0, -math.inf]])
    loss = kl_div(logs, [[1.0, 0.0]])
    loss.backward()
    assert kl_div([0.0, -math.inf], [1.0, 0.0]) == loss.item() == 0.0
    assert logs.grad.tolist() == [[-1.0, 0.0]]


@pytest.mark.parametrize("target", [[0.5, 0.6], [1.5, -0.5], [0, 0]])
def test_targets_of_kl_div_sum_to_one(target):
    message = "the targets of kl_div must be probabilities that sum to 1, not"
    with pytest.raises(ArgumentError, match=message):
        kl_div([-1.0, -1.0], target)
    with pytest.raises(ArgumentError, match=message):
        kl_div(np.array([[-1.0, -1.0]] * 2), [[0, 1], target])


@pytest.mark.parametrize(
    ("loss", "called"), [(binary_cross_entropy, "logits"), (kl_div, "log_probabilities")], ids=["bce", "kl"]
)
def test_errors_name_the_argument(loss, called):
    with pytest.raises(NotANumberError, match=f"the {called} of {loss.__name__} must be"):
        loss("ab", [0.0, 1.0])
    with pytest.raises(SizeError, match=f"{loss.__name__} needs targets in the shape"):
        loss(Tensor(SCORES), [0.0, 1.0])
