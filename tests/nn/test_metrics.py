import numpy as np
import pytest
import sklearn.metrics

from autograd import SizeError
from nn import accuracy, confusion_matrix

LABELS = [
    ([0, 1, 2, 2, 1], [0, 2, 2, 2, 1]),
    (np.array([3, 7]), (7, 7)),
    (["cat", "dog", "dog"], ["dog", "dog", "owl"]),
]


@pytest.mark.parametrize(("true", "predicted"), LABELS)
def test_accuracy_is_scikit_learns(true, predicted):
    assert accuracy(true, predicted) == sklearn.metrics.accuracy_score(true, predicted)


@pytest.mark.parametrize(("true", "predicted"), LABELS)
def test_the_confusion_matrix_is_scikit_learns(true, predicted):
    np.testing.assert_array_equal(confusion_matrix(true, predicted), sklearn.metrics.confusion_matrix(true, predicted))


def test_rows_are_true_classes_and_columns_predicted_ones():
    assert confusion_matrix([0, 0, 1], [1, 1, 1]).tolist() == [[0, 2], [0, 1]]


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix])
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([0, 1], [0], "of one size, but have 2 and 1 labels"),
        ([], [], r"y_true must be labels in one dimension, at least one, not an array of shape \(0,\)"),
        ([0], [[0]], r"y_pred must be labels in one dimension, at least one, not an array of shape \(1, 1\)"),
        (1, 1, r"y_true must be labels in one dimension, at least one, not an array of shape \(\)"),
    ],
)
def test_labels_that_do_not_match_are_refused(metric, true, predicted, message):
    with pytest.raises(SizeError, match=message):
        metric(true, predicted)
