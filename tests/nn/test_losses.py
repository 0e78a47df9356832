import math

import numpy as np
import pytest
from sklearn.metrics import hinge_loss, log_loss

from autograd import ArgumentError, NotANumberError, SizeError, Value, gradcheck
from nn import MLP, cross_entropy, half_squared_error, hinge

SCORES = [0.3, -1.2, 2.0, 0.7]


def values(numbers):
    return [Value(x) for x in numbers]


def softmax(z):
    e = np.exp(np.array(z) - max(z))
    return e / e.sum()


def test_half_squared_error_is_half_the_sum_of_squares():
    assert half_squared_error(values([1.0, 2.0]), [3.0, 1.0]).data == 0.5 * (4.0 + 1.0)


def test_the_derivative_of_half_squared_error_is_the_error():
    outputs = values([1.0, 2.0])
    half_squared_error(outputs, np.array([3.0, 1.0])).backward()
    assert [o.grad for o in outputs] == [-2.0, 1.0]


def test_half_squared_error_takes_the_value_of_a_model_with_one_output():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    assert half_squared_error(y, 0.5).data == pytest.approx(0.5 * (y.data - 0.5) ** 2)


def test_targets_of_half_squared_error_may_be_values():
    target = Value(1.0)
    half_squared_error([3.0], [target]).backward()
    assert target.grad == -2.0


@pytest.mark.parametrize(("outputs", "targets"), [([1.0], [1.0, 2.0]), ([1.0, 2.0], 1.0), ([], [])])
def test_half_squared_error_needs_one_target_an_output(outputs, targets):
    with pytest.raises(SizeError, match="half_squared_error needs one target an output"):
        half_squared_error(outputs, targets)


@pytest.mark.parametrize("target", range(4))
def test_cross_entropy_is_minus_the_log_of_the_true_classes_probability(target):
    found = cross_entropy(values(SCORES), target).data
    assert found == pytest.approx(log_loss([target], [softmax(SCORES)], labels=range(4)), rel=1e-12)


@pytest.mark.parametrize("target", [2, np.int64(2), [0, 0, 1, 0], np.array([0.1, 0.2, 0.3, 0.4])])
def test_the_derivative_of_cross_entropy_is_softmax_minus_target(target):
    logits = values(SCORES)
    cross_entropy(logits, target).backward()
    probabilities = np.eye(4)[target] if isinstance(target, int | np.integer) else np.array(target)
    np.testing.assert_allclose([z.grad for z in logits], softmax(SCORES) - probabilities, rtol=0, atol=1e-15)


def test_cross_entropy_of_probabilities_is_minus_the_sum_of_t_log_softmax():
    t = np.array([0.1, 0.2, 0.3, 0.4])
    assert cross_entropy(SCORES, t) == pytest.approx(-(t * np.log(softmax(SCORES))).sum(), rel=1e-14)


def test_cross_entropy_does_not_overflow():
    logits = values([1010.0, 1000.0, 990.0])
    loss = cross_entropy(logits, 0)
    loss.backward()
    expected = [9.99954600e-01 - 1, 4.53978686e-05, 2.06106005e-09]  # seeds.md 004
    assert loss.data == pytest.approx(-math.log(9.99954600e-01), rel=1e-5)
    assert [z.grad for z in logits] == pytest.approx(expected, rel=1e-5)


def test_a_class_of_probability_zero_may_have_logit_minus_infinity():
    assert cross_entropy([0.0, -math.inf], [1.0, 0.0]) == 0.0


@pytest.mark.parametrize("target", [-1, 4, 1.0, True, "2", None])
def test_cross_entropy_refuses_what_is_no_class_index(target):
    with pytest.raises(ArgumentError, match="the target of cross_entropy must be a class index, an int from 0 to 3"):
        cross_entropy(SCORES, target)


@pytest.mark.parametrize("target", [[0.5, 0.6, 0.0, 0.0], [1.5, -0.5, 0.0, 0.0], [math.nan, 1.0, 0.0, 0.0], [0] * 4])
def test_cross_entropy_refuses_what_are_no_probabilities(target):
    with pytest.raises(ArgumentError, match="must be probabilities that sum to 1"):
        cross_entropy(SCORES, target)


def test_cross_entropy_refuses_another_number_of_probabilities():
    with pytest.raises(SizeError, match="one probability a logit, but got 4 logits, 2"):
        cross_entropy(SCORES, [0.5, 0.5])


def test_cross_entropy_refuses_no_logits():
    with pytest.raises(SizeError, match="a logit for each class, but got none"):
        cross_entropy([], 0)


def test_cross_entropy_refuses_probabilities_that_are_values():
    with pytest.raises(NotANumberError, match="must be plain numbers, not Values"):
        cross_entropy(SCORES, values([1.0, 0.0, 0.0, 0.0]))


def test_cross_entropy_refuses_a_single_score():
    with pytest.raises(NotANumberError, match="logits must be a list, a tuple or an array of numbers, not Value"):
        cross_entropy(Value(1.0), 0)


def test_hinge_of_one_score_is_scikit_learns():
    scores, targets = [-2.0, 0.3, 1.7, -2.0, 0.3, 1.7], [-1, -1, -1, 1, 1, 1]
    ours = [hinge(Value(s), t).data for s, t in zip(scores, targets, strict=True)]
    assert np.mean(ours) == pytest.approx(hinge_loss(targets, scores), rel=1e-15)


@pytest.mark.parametrize("target", range(4))
def test_hinge_of_many_scores_is_scikit_learns(target):
    assert hinge(values(SCORES), target).data == pytest.approx(hinge_loss([target], [SCORES], labels=range(4)))


def test_the_derivative_of_hinge_is_minus_one_for_the_true_class_and_one_for_its_nearest_rival():
    scores = values(SCORES)
    hinge(scores, 0).backward()
    assert [s.grad for s in scores] == [-1.0, 0.0, 1.0, 0.0]


def test_hinge_is_zero_with_margin_to_spare():
    assert hinge(1.5, 1) == 0.0
    assert hinge([3.0, 1.0], 0) == 0.0


@pytest.mark.parametrize("target", [0, 2, "1", None, [1]])
def test_hinge_of_one_score_needs_a_sign_as_target(target):
    with pytest.raises(ArgumentError, match=r"must be -1 or \+1"):
        hinge(0.5, target)


@pytest.mark.parametrize("target", [-1, 4, 0.0])
def test_hinge_of_many_scores_needs_a_class_index_as_target(target):
    with pytest.raises(ArgumentError, match="the target of hinge must be a class index"):
        hinge(SCORES, target)


def test_hinge_needs_two_classes():
    with pytest.raises(SizeError, match="at least two classes, but got 1"):
        hinge([1.0], 0)


@pytest.mark.parametrize("loss", [half_squared_error, cross_entropy, hinge])
def test_a_loss_refuses_what_is_no_number(loss):
    with pytest.raises(NotANumberError, match="element 1 is str: 'x'"):
        loss([1.0, "x"], [1.0, 0.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda *z: half_squared_error(z, [1.0, 0.0, -1.0]),
        lambda *z: cross_entropy(z, 1),
        lambda *z: cross_entropy(z, [0.2, 0.3, 0.5]),
        lambda *z: hinge(z, 1),
    ],
)
def test_each_loss_passes_the_gradient_check(f):
    gradcheck(f, 0.3, -0.8, 1.1, order=1)
