import math

import numpy as np
import pytest
import sklearn.metrics

from autograd import ArgumentError, SizeError, Tensor, Value
from nn import UndefinedMetricWarning, r2_score

RNG = np.random.default_rng(0)
TRUE = RNG.normal(size=(12, 3))
PREDICTED = TRUE + 0.3 * RNG.normal(size=(12, 3))
MULTIOUTPUT = ["uniform_average", "variance_weighted", "raw_values", [0.2, 0.3, 0.5]]


@pytest.mark.parametrize("sample_weight", [None, np.linspace(0.0, 1.0, 12)])
def test_it_is_scikit_learns(sample_weight):
    ours = r2_score(TRUE[:, 0], PREDICTED[:, 0], sample_weight=sample_weight)
    theirs = sklearn.metrics.r2_score(TRUE[:, 0], PREDICTED[:, 0], sample_weight=sample_weight)
    assert ours == pytest.approx(theirs, rel=1e-14)


@pytest.mark.parametrize("sample_weight", [None, np.linspace(0.0, 1.0, 12)])
@pytest.mark.parametrize("multioutput", MULTIOUTPUT)
@pytest.mark.parametrize("constant", [False, True])
def test_of_several_outputs_it_is_scikit_learns(sample_weight, multioutput, constant):
    true = TRUE * [1.0, 1.0, 0.0 if constant else 1.0]
    settings = {"sample_weight": sample_weight, "multioutput": multioutput}
    theirs = sklearn.metrics.r2_score(true, PREDICTED, **settings)
    np.testing.assert_allclose(r2_score(true, PREDICTED, **settings), theirs, rtol=1e-14)


def test_the_mean_of_the_targets_scores_zero():
    assert r2_score([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) == 0.0


@pytest.mark.parametrize(("predicted", "score", "unforced"), [(0.1, 1.0, math.nan), (0.2, 0.0, -math.inf)])
def test_a_constant_target_scores_one_where_it_is_met_and_else_zero(predicted, score, unforced):
    true = [0.1] * 3  # their mean is not 0.1 in floating point
    assert r2_score(true, [predicted] * 3) == score
    np.testing.assert_equal(r2_score(true, [predicted] * 3, force_finite=False), unforced)


def test_a_column_of_outputs_is_compared_with_a_row_of_targets():
    assert r2_score([1.0, 2.0], [[1.0], [2.0]]) == 1.0


def test_predictions_may_be_tensors_or_values():
    assert r2_score([1.0, 2.0], Tensor([1.0, 2.0])) == r2_score([1.0, 2.0], [Value(1.0), 2.0]) == 1.0


def test_one_sample_has_none():
    with pytest.warns(UndefinedMetricWarning, match="r2_score is undefined for fewer than two samples"):
        assert math.isnan(r2_score([1.0], [1.0]))


@pytest.mark.parametrize(
    ("true", "predicted", "settings", "error", "message"),
    [
        ([1.0, 2.0], [1.0], {}, SizeError, r"must be of one shape, but are \(n, outputs\) \(2, 1\), \(1, 1\)"),
        ([], [], {}, SizeError, r"y_true must be of shape \(n,\) or \(n, outputs\), not empty, but has shape \(0,\)"),
        (1.0, 1.0, {}, SizeError, r"y_true must be of shape"),
        ([1.0, 2.0], [1.0, np.nan], {}, ArgumentError, "y_pred must be finite numbers"),
        (["a", "b"], [1.0, 2.0], {}, ArgumentError, "y_true must be finite numbers"),
        ([1.0, 2.0], [1.0, 2.0], {"multioutput": "mean"}, ArgumentError, "multioutput must be one of 'raw_values', "),
        ([1.0, 2.0], [1.0, 2.0], {"multioutput": [1.0, 2.0]}, SizeError, "a weight for each of 1 outputs"),
    ],
)
def test_what_cannot_be_compared_is_refused(true, predicted, settings, error, message):
    with pytest.raises(error, match=message):
        r2_score(true, predicted, **settings)


def test_labels_of_text_are_sent_to_accuracy() -> None:
    with pytest.raises(ArgumentError, match=r"not text; nn\.accuracy compares labels"):
        r2_score(["a", "b"], [1.0, 2.0])
