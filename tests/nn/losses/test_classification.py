import math

import numpy as np
import pytest
import scipy.special
from sklearn.metrics import hinge_loss, log_loss

from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value, gradcheck
from nn import cross_entropy, hinge, nll
from tests.nn.losses.cases import HOT, INDICES, SOFT
from tests.nn.losses.cases import SCORES as BATCH

SCORES = [0.3, -1.2, 2.0, 0.7]
each_of_indices = pytest.mark.parametrize("loss", [cross_entropy, nll, hinge])


def values(numbers):
    return [Value(x) for x in numbers]


def softmax(z):
    e = np.exp(np.array(z) - max(z))
    return e / e.sum()


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


@pytest.mark.parametrize("targets", [[1, 0], np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])])
def test_logits_of_ten_thousand_do_not_overflow(targets):
    for dtype in (np.float64, np.float32):
        logits = Tensor([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]], dtype=dtype)
        losses = cross_entropy(logits, targets, reduction="none")
        assert losses.numpy().tolist() == [2e4, 0.0]
        np.sum(losses).backward()
        assert logits.grad.tolist() == [[1.0, -1.0, 0.0], [0.0, 0.0, 0.0]]


def test_a_small_loss_beside_large_logits_keeps_its_digits():
    logits = np.array([[1e4, 1e4 - 20.0]])
    assert cross_entropy(logits, [0]) == pytest.approx(math.log1p(math.exp(-20.0)), rel=1e-6)


@pytest.mark.parametrize("targets", [INDICES, INDICES.tolist(), HOT, HOT.astype(int), SOFT])
def test_the_gradient_of_a_batch_is_softmax_minus_target_by_its_size(targets):
    logits = Tensor(BATCH)
    cross_entropy(logits, targets).backward()
    rows = HOT if np.ndim(targets) == 1 else np.asarray(targets)
    np.testing.assert_allclose(logits.grad, (scipy.special.softmax(BATCH, axis=1) - rows) / 6, rtol=0, atol=1e-16)


def test_cross_entropy_of_a_batch_is_scikit_learns():
    probabilities = scipy.special.softmax(BATCH, axis=1)
    expected = log_loss(INDICES, probabilities, sample_weight=[1, 2, 3, 4, 5, 6])
    assert cross_entropy(BATCH, INDICES, weights=[1, 2, 3, 4, 5, 6]) == pytest.approx(expected, rel=1e-14)
    assert cross_entropy(BATCH, HOT) == pytest.approx(log_loss(INDICES, probabilities), rel=1e-14)


@pytest.mark.parametrize("targets", [INDICES, SOFT])
def test_cross_entropy_is_the_negative_log_likelihood_of_the_log_softmax(targets):
    logs = BATCH - scipy.special.logsumexp(BATCH, axis=1, keepdims=True)
    assert nll(logs, targets) == pytest.approx(cross_entropy(BATCH, targets), rel=1e-14)
    assert nll(logs[0], targets[0]) == pytest.approx(cross_entropy(BATCH[0], targets[0]), rel=1e-14)


def test_the_derivative_of_nll_is_minus_the_target():
    logs = Tensor(BATCH)
    nll(logs, SOFT, reduction="sum").backward()
    np.testing.assert_array_equal(logs.grad, -SOFT)


@pytest.mark.parametrize("loss", [cross_entropy, nll])
def test_probabilities_may_be_differentiated_and_are_then_not_looked_at(loss):
    target = [Value(0.5), Value(0.7)]
    loss([0.0, -1.0], target).backward()
    assert target[1].grad - target[0].grad == pytest.approx(1.0)
    targets = Tensor([[0.5, 0.7]])
    loss(np.array([[0.0, -1.0]]), targets).backward()
    assert targets.grad[0, 1] - targets.grad[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("loss", [cross_entropy, nll])
def test_a_class_of_probability_zero_may_have_the_score_minus_infinity(loss):
    batch = Tensor([[0.0, -math.inf]])
    found = loss(batch, [[1.0, 0.0]])
    found.backward()
    assert loss([0.0, -math.inf], [1.0, 0.0]) == found.item() == 0.0
    assert np.isfinite(batch.grad).all()


@each_of_indices
@pytest.mark.parametrize("target", [-1, 4, 1.0, True, "2", None])
def test_one_sample_takes_a_class_index(loss, target):
    with pytest.raises(
        ArgumentError, match=f"the targets of {loss.__name__} must be a class index, an int from 0 to 3"
    ):
        loss(SCORES, target)


@each_of_indices
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([0, 1, 2, 3, 0, 0], "integers from 0 to 2, not 3"),
        ([0, 1, 2, -1, 0, 0], "integers from 0 to 2, not -1"),
        ([0.0, 1.0, 2.0, 0.0, 0.0, 0.0], r"integers from 0 to 2, not float64; targets.astype\(int\) makes integers"),
        ([True] * 6, "not bool"),
    ],
)
def test_a_batch_takes_class_indices(loss, targets, message):
    with pytest.raises(ArgumentError, match=f"the targets of {loss.__name__} must be class indices, .*{message}"):
        loss(Tensor(BATCH), targets)


@each_of_indices
def test_class_indices_are_no_tensor(loss):
    with pytest.raises(
        ArgumentError, match=f"the targets of {loss.__name__} are floats, .* targets.astype\\(int\\) makes"
    ):
        loss(BATCH, Tensor([0.0, 1.0, 2.0, 0.0, 0.0, 0.0]))


@each_of_indices
def test_a_class_beyond_the_outputs_is_told_how_many_there_are(loss):
    with pytest.raises(ArgumentError, match="not 3: the model has 3 outputs, and needs one for each class"):
        loss(BATCH, [0, 1, 2, 3, 0, 0])
    with pytest.raises(ArgumentError, match="not 4: the model has 4 outputs, and needs one for each class"):
        loss(SCORES, 4)


@each_of_indices
def test_names_and_floats_are_shown_the_way_to_class_indices(loss):
    with pytest.raises(NotANumberError, match=r"not text such as 'a'; `names, targets = np.unique\(targets, return_in"):
        loss(BATCH, list("abcabc"))
    with pytest.raises(ArgumentError, match=r"not the text 'a': `names, targets = np.unique"):
        loss(SCORES, "a")
    with pytest.raises(ArgumentError, match=r"not a float: targets.astype\(int\)"):
        loss(SCORES, 1.0)


@pytest.mark.parametrize("loss", [cross_entropy, nll])
@pytest.mark.parametrize("first", [INDICES, INDICES.tolist(), Tensor([0.0, 1.0])])
@pytest.mark.parametrize("second", [BATCH, Tensor(BATCH)])
def test_targets_before_outputs_are_told_from_outputs_before_targets(loss, first, second):
    with pytest.raises(SizeError, match=rf"{loss.__name__}\(outputs, targets\), .* are they swapped\?"):
        loss(first, second)


@each_of_indices
def test_there_is_a_class_index_for_each_sample(loss):
    with pytest.raises(SizeError, match=r"must have the shape \(6,\), a class index a sample, not \(2,\)"):
        loss(BATCH, [0, 1])


@pytest.mark.parametrize("loss", [cross_entropy, nll])
@pytest.mark.parametrize("targets", [INDICES[:, None], np.ones((6, 4)), np.ones((2, 3)), 1])
def test_a_batch_takes_indices_or_probabilities(loss, targets):
    message = rf"{loss.__name__} takes targets of shape \(6,\), class indices, or \(6, 3\), probabilities; not"
    with pytest.raises(SizeError, match=message):
        loss(BATCH, targets)


@pytest.mark.parametrize("loss", [cross_entropy, nll])
@pytest.mark.parametrize("target", [[0.5, 0.6, 0.0, 0.0], [1.5, -0.5, 0.0, 0.0], [math.nan, 1.0, 0.0, 0.0], [0] * 4])
def test_probabilities_sum_to_one(loss, target):
    message = f"the targets of {loss.__name__} must be probabilities that sum to 1, not"
    with pytest.raises(ArgumentError, match=message):
        loss(SCORES, target)
    with pytest.raises(ArgumentError, match=message):
        loss(np.array([SCORES, SCORES]), [[1, 0, 0, 0], target])


def test_probabilities_in_float32_sum_to_one_within_their_rounding():
    rows = np.full((1, 1000), 0.001, np.float32)
    assert cross_entropy(np.zeros((1, 1000), np.float32), rows) == pytest.approx(math.log(1000), rel=1e-6)


@pytest.mark.parametrize("loss", [cross_entropy, nll])
def test_there_is_a_probability_for_each_class(loss):
    with pytest.raises(SizeError, match="one probability a class, but got 4 classes, 2"):
        loss(SCORES, [0.5, 0.5])


@pytest.mark.parametrize(("loss", "called"), [(cross_entropy, "logits"), (nll, "log_probabilities")])
def test_there_is_a_score_for_each_class(loss, called):
    name = loss.__name__
    with pytest.raises(SizeError, match=f"{name} needs {called} with a number for each class, but got none"):
        loss([], 0)
    with pytest.raises(NotANumberError, match=f"the {called} of {name} must be a list, .* not Value"):
        loss(Value(1.0), 0)
    with pytest.raises(SizeError, match=r"must have the shape \(samples, classes\), not \(3,\); reshape\(1, -1\)"):
        loss(Tensor(BATCH[0]), 0)
    with pytest.raises(SizeError, match=r"must have the shape \(samples, classes\), not \(2, 3, 3\); reshape"):
        loss(Tensor(BATCH.reshape(2, 3, -1)[..., [0, 0, 0]]), 0)


def test_hinge_of_one_score_is_scikit_learns():
    scores, targets = [-2.0, 0.3, 1.7, -2.0, 0.3, 1.7], [-1, -1, -1, 1, 1, 1]
    ours = [hinge(Value(s), t).data for s, t in zip(scores, targets, strict=True)]
    assert np.mean(ours) == pytest.approx(hinge_loss(targets, scores), rel=1e-15)
    for shape in ((6,), (6, 1)):
        batch = Tensor(np.reshape(scores, shape))
        assert hinge(batch, targets).item() == pytest.approx(hinge_loss(targets, scores), rel=1e-15)


@pytest.mark.parametrize("target", range(4))
def test_hinge_of_many_scores_is_scikit_learns(target):
    assert hinge(values(SCORES), target).data == pytest.approx(hinge_loss([target], [SCORES], labels=range(4)))


def test_hinge_of_a_batch_is_scikit_learns():
    assert hinge(3 * BATCH, INDICES) == pytest.approx(hinge_loss(INDICES, 3 * BATCH), rel=1e-14)


@pytest.mark.parametrize("kind", [values, Tensor])
def test_the_derivative_of_hinge_is_minus_one_for_the_true_class_and_one_for_its_nearest_rival(kind):
    scores = kind(SCORES)
    hinge(scores if kind is values else scores.reshape(1, -1), 0 if kind is values else [0]).backward()
    grad = [s.grad for s in scores] if kind is values else scores.grad.tolist()
    assert grad == [-1.0, 0.0, 1.0, 0.0]


def test_the_derivative_of_hinge_at_its_margin_is_zero_in_both_kinds():
    batch, alone = Tensor([[2.0, 1.0]]), values([2.0, 1.0])
    for loss in (hinge(batch, [0]), hinge(alone, 0)):
        loss.backward()
    assert batch.grad[0].tolist() == [s.grad for s in alone] == [0.0, 0.0]


def test_hinge_is_zero_with_margin_to_spare():
    assert hinge(1.5, 1) == 0.0
    assert hinge([3.1, 1.0], 0) == hinge(np.array([[3.1, 1.0]]), [0]) == 0.0


@pytest.mark.parametrize("target", [0, 2, 0.5, [0]])
def test_hinge_of_one_score_needs_a_sign_as_target(target):
    with pytest.raises(ArgumentError, match=r"must be -1 or \+1"):
        hinge(0.5, target)
    with pytest.raises(ArgumentError, match=r"must be -1 or \+1"):
        hinge(Tensor([0.5, 0.5]), [1, np.ravel(target)[0]])


def test_the_sign_of_a_score_may_be_a_list_of_one():
    assert hinge(0.25, [-1.0]) == hinge(np.array([[0.25]]), [[-1.0]]) == 1.25


def test_hinge_needs_two_classes():
    with pytest.raises(SizeError, match="at least two classes, but got 1"):
        hinge([1.0], 0)


@pytest.mark.parametrize("loss", [cross_entropy, nll, hinge])
def test_a_loss_refuses_what_is_no_number(loss):
    with pytest.raises(NotANumberError, match="element 1 is str: 'x'"):
        loss([1.0, "x"], 0)


@pytest.mark.parametrize(
    "f",
    [
        lambda *z: cross_entropy(z, 1),
        lambda *z: cross_entropy(z, [0.2, 0.3, 0.5]),
        lambda *z: nll(z, [0.2, 0.3, 0.5]),
        lambda *z: hinge(z, 1),
    ],
)
def test_each_loss_passes_the_gradient_check(f):
    gradcheck(f, 0.3, -0.8, 1.1, order=1)
