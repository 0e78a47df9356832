import numpy as np
import pytest
import sklearn.metrics

from autograd import ArgumentError, SizeError, Tensor, Value
from nn import UndefinedMetricWarning, accuracy, confusion_matrix, top_k_accuracy_score

LABELS = [
    ([0, 1, 2, 2, 1], [0, 2, 2, 2, 1]),
    (np.array([3, 7]), (7, 7)),
    (["cat", "dog", "dog"], ["dog", "dog", "owl"]),
    ([True, False, True], [True, True, True]),
    ([-1.0, 1.0, 1.0], [1, 1, -1]),
]
SCORES = np.array([[0.5, 0.2, 0.3], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8], [0.7, 0.2, 0.1]])


@pytest.mark.parametrize(("true", "predicted"), LABELS)
def test_accuracy_is_scikit_learns(true, predicted):
    assert accuracy(true, predicted) == sklearn.metrics.accuracy_score(true, predicted)


@pytest.mark.parametrize(("true", "predicted"), LABELS)
def test_weighted_accuracy_is_scikit_learns(true, predicted):
    weights = np.arange(1.0, len(true) + 1)
    assert accuracy(true, predicted, sample_weight=weights) == pytest.approx(
        sklearn.metrics.accuracy_score(true, predicted, sample_weight=weights)
    )


@pytest.mark.parametrize(("true", "predicted"), LABELS)
@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
@pytest.mark.parametrize("weights", [None, np.array([1, 2, 3, 4, 5]), np.array([0.5, 0.0, 2.0, 1.0, 0.25])])
def test_the_confusion_matrix_is_scikit_learns(true, predicted, normalize, weights):
    settings = {"normalize": normalize, "sample_weight": None if weights is None else weights[: len(true)]}
    ours, theirs = (f(true, predicted, **settings) for f in (confusion_matrix, sklearn.metrics.confusion_matrix))
    np.testing.assert_allclose(ours, theirs, rtol=1e-15)
    assert ours.dtype == theirs.dtype


def test_rows_are_true_classes_and_columns_predicted_ones():
    assert confusion_matrix([0, 0, 1], [1, 1, 1]).tolist() == [[0, 2], [0, 1]]


@pytest.mark.parametrize("labels", [[2, 0], [0, 1, 2, 3], [1]])
def test_labels_choose_and_order_the_classes_of_a_confusion_matrix(labels):
    true, predicted = [0, 1, 2, 2, 1], [0, 2, 2, 0, 1]
    np.testing.assert_array_equal(
        confusion_matrix(true, predicted, labels=labels),
        [
            [sum(pair == (row, column) for pair in zip(true, predicted, strict=True)) for column in labels]
            for row in labels
        ],
    )


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("settings", [{}, {"normalize": False}, {"sample_weight": [1.0, 2.0, 0.5, 0.0]}])
def test_top_k_accuracy_is_scikit_learns_with_ties_too(k, settings):
    ours = top_k_accuracy_score([0, 2, 1, 1], SCORES, k=k, **settings)
    assert ours == sklearn.metrics.top_k_accuracy_score([0, 2, 1, 1], SCORES, k=k, **settings)


def test_labels_name_the_columns_where_a_class_does_not_occur():
    true = ["b", "a", "a", "b"]
    settings = {"k": 1, "labels": ["a", "b", "c"]}
    ours = top_k_accuracy_score(true, SCORES, **settings)
    assert ours == sklearn.metrics.top_k_accuracy_score(true, SCORES, **settings) == 0.0
    with pytest.raises(SizeError, match=r"y_true holds 2 classes, but y_score has 3 columns; give all of them, as lab"):
        top_k_accuracy_score(true, SCORES)


def test_scores_may_be_a_tensor_or_lists_of_values():
    of_tensor = top_k_accuracy_score([0, 1, 2, 0], Tensor(SCORES), k=1)
    of_values = top_k_accuracy_score([0, 1, 2, 0], [[Value(score) for score in row] for row in SCORES.tolist()], k=1)
    assert of_tensor == of_values == 1.0


def test_as_many_guesses_as_classes_are_warned_of():
    with pytest.warns(UndefinedMetricWarning, match="every sample counts as right with k=3 guesses among 3 classes"):
        assert top_k_accuracy_score([0, 1, 2, 0], SCORES, k=3) == 1.0


@pytest.mark.parametrize(
    ("true", "scores", "settings", "error", "message"),
    [
        ([0, 1], [0.1, 0.9], {}, SizeError, r"for each of 2 samples, of shape \(2, classes\), not \(2,\)"),
        ([0, 1, 2], SCORES, {}, SizeError, r"of shape \(3, classes\), not \(4, 3\)"),
        ([0, 1, 2, 2], SCORES, {"k": 0}, ArgumentError, "k must be a positive int, not 0"),
        ([0, 1, 2, 2], SCORES * np.nan, {}, ArgumentError, "y_score must be numbers, not nan"),
        ([0, 1, 2, 2], SCORES, {"labels": [2, 1, 0]}, ArgumentError, r"labels must be sorted, not \[2, 1, 0\]"),
        ([0, 1, 2, 2], SCORES, {"labels": [0, 1, 3]}, ArgumentError, "y_true holds 2, which is not in labels"),
        ([0, 1, 1, 0], SCORES, {"labels": [0, 1]}, SizeError, "labels holds 2 classes, but y_score has 3 columns$"),
        ([0, 1, 2, 2], SCORES, {"labels": [0, 1, 1]}, ArgumentError, "labels must name each class once"),
        ([0, 1], [[1.0], [1.0, 2.0]], {}, SizeError, "y_score must be an array, but its rows differ in length"),
    ],
)
def test_scores_that_do_not_match_are_refused(true, scores, settings, error, message):
    with pytest.raises(error, match=message):
        top_k_accuracy_score(true, scores, **settings)


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix])
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([0, 1], [0], "of one size, but have 2 and 1 labels"),
        ([], [], r"y_true must be labels in one dimension, at least one, not an array of shape \(0,\)"),
        ([0], [[0]], r"y_pred must be labels in .* not an array of shape \(1, 1\); of scores take np.argmax\(scores"),
        (1, 1, r"y_true must be labels in one dimension, at least one, not an array of shape \(\)"),
    ],
)
def test_labels_that_do_not_match_are_refused(metric, true, predicted, message):
    with pytest.raises(SizeError, match=message):
        metric(true, predicted)


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix])
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([0, 1], [0.2, 0.9], r"y_pred must be labels, but holds 0.2. Make labels of scores first: np.argmax"),
        ([0, np.nan], [0, 1], "y_true must be labels, but holds nan"),
        ([0, 1], ["0", "1"], "y_true holds numbers, but y_pred text: no label could be the same"),
        ([0, None], [0, 1], "y_true must be labels that are all numbers or all text, but holds NoneType, int"),
    ],
)
def test_what_is_no_label_is_refused(metric, true, predicted, message):
    with pytest.raises(ArgumentError, match=message):
        metric(true, predicted)


def test_text_in_an_array_of_objects_is_text():
    assert accuracy(np.array(["a", "bcd"], dtype=object), ["a", "bcd"]) == 1.0


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix])
@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1.0], SizeError, r"sample_weight must be one weight for each of 2 samples, not of shape \(1,\)"),
        ([1.0, -1.0], ArgumentError, "sample_weight must be finite numbers that are not negative"),
        ([1.0, np.inf], ArgumentError, "sample_weight must be finite numbers that are not negative"),
        ([0, 0], ArgumentError, "sample_weight must not be 0 for every sample"),
    ],
)
def test_weights_that_cannot_be_are_refused(metric, weights, error, message):
    with pytest.raises(error, match=message):
        metric([0, 1], [0, 1], sample_weight=weights)


def test_a_confusion_matrix_of_unknown_settings_is_refused():
    with pytest.raises(ArgumentError, match="normalize must be one of 'true', 'pred', 'all', None, not 'rows'"):
        confusion_matrix([0, 1], [0, 1], normalize="rows")
    with pytest.raises(ArgumentError, match=r"none of the labels \[5\] is in y_true"):
        confusion_matrix([0, 1], [0, 1], labels=[5])
