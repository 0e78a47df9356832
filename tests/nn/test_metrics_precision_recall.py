import itertools
import warnings

import numpy as np
import pytest
import sklearn.metrics

import nn
from autograd import ArgumentError
from nn import UndefinedMetricWarning

METRICS = ["precision_score", "recall_score", "f1_score"]
RNG = np.random.default_rng(0)
MULTICLASS = [
    (RNG.integers(0, 4, 30), RNG.integers(0, 4, 30)),
    (RNG.choice(["ant", "bee", "cow"], 20), RNG.choice(["ant", "bee", "cow"], 20)),
    ([0, 0, 1, 1], [0, 0, 2, 2]),  # 1 is never predicted, 2 never true
]
BINARY = [([0, 1, 1, 0, 1], [0, 1, 0, 1, 1]), ([0, 0], [0, 0]), ([1, 1], [0, 0]), ([-1, 1, 1], [1, 1, -1])]

each_metric = pytest.mark.parametrize("metric", METRICS)


def both(metric, *arguments, **settings):
    """What the two libraries say, with the warnings of neither."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(nn, metric)(*arguments, **settings), getattr(sklearn.metrics, metric)(*arguments, **settings)


@each_metric
@pytest.mark.parametrize(("true", "predicted"), MULTICLASS)
@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("zero_division", ["warn", 0, 1, np.nan])
def test_averages_are_scikit_learns(metric, true, predicted, average, zero_division):
    ours, theirs = both(metric, true, predicted, average=average, zero_division=zero_division)
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)


@each_metric
@pytest.mark.parametrize(("true", "predicted"), BINARY)
@pytest.mark.parametrize("zero_division", ["warn", 0, 1, np.nan])
def test_of_two_classes_the_positive_one_is_judged(metric, true, predicted, zero_division):
    ours, theirs = both(metric, true, predicted, zero_division=zero_division)
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)


@each_metric
def test_the_positive_class_can_be_chosen(metric):
    ours, theirs = both(metric, ["no", "yes", "no"], ["no", "no", "yes"], pos_label="no")
    assert ours == theirs == 0.5


@each_metric
@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("labels", [None, [2, 0], [0, 1, 2, 3, 9], [9]])
def test_weights_and_chosen_labels_are_scikit_learns(metric, average, labels):
    true, predicted = MULTICLASS[0]
    weights = np.linspace(0.0, 2.0, len(true))
    for zero_division in (0, np.nan):
        settings = {"average": average, "labels": labels, "sample_weight": weights, "zero_division": zero_division}
        ours, theirs = both(metric, true, predicted, **settings)
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)


def test_they_are_by_hand_what_their_formulas_say():
    true, predicted = [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 1, 0]  # tp 3, fn 1, fp 1
    assert [getattr(nn, metric)(true, predicted) for metric in METRICS] == [3 / 4, 3 / 4, 6 / 8]


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("precision_score", "precision_score counts as 0 for class 'b', of which none is predicted; zero_division=0"),
        ("recall_score", "recall_score counts as 0 for class 'c', of which none is true; zero_division=0, 1 or nan ch"),
    ],
)
def test_a_class_without_a_score_is_named_in_a_warning(metric, message):
    with pytest.warns(UndefinedMetricWarning, match=message) as caught:
        getattr(nn, metric)(["a", "b"], ["a", "c"], average="macro")
    assert caught[0].filename == __file__


@each_metric
@pytest.mark.parametrize("zero_division", [0, 1, np.nan])
def test_a_chosen_value_needs_no_warning(metric, zero_division):
    getattr(nn, metric)(["a", "b"], ["a", "c"], average="macro", zero_division=zero_division)


@each_metric
@pytest.mark.parametrize(
    ("true", "predicted", "settings", "message"),
    [
        (
            [0, 1, 2],
            [0, 1, 2],
            {},
            "average='binary' judges one of two classes, but there are 3: choose average='macro'",
        ),
        ([0, 2], [0, 2], {}, r"pos_label must be one of the two labels \[0, 2\], not 1"),
        (["a"], ["a"], {}, "pos_label holds numbers, but y_true text"),
        ([0, 1], [0, 1], {"average": "samples"}, "average must be one of 'binary', 'macro', 'micro', 'weighted', None"),
        ([0, 1], [0, 1], {"zero_division": 0.5}, "zero_division must be 'warn', 0, 1 or nan, not 0.5"),
        ([0, 1], [0, 1], {"average": "macro", "labels": ["a"]}, "labels holds text, but y_true numbers"),
    ],
)
def test_settings_that_do_not_fit_are_refused(metric, true, predicted, settings, message):
    with pytest.raises(ArgumentError, match=message):
        getattr(nn, metric)(true, predicted, **settings)


@each_metric
def test_many_classes_without_a_score_are_counted(metric):
    with pytest.warns(UndefinedMetricWarning, match="class 1, class 2, class 3, class 4, class 5 and 94 more"):
        getattr(nn, metric)([0], [0], labels=range(100), average=None)


@each_metric
def test_the_order_of_samples_does_not_matter(metric):
    pairs = [(0, 0), (1, 0), (1, 1)]
    scores = {getattr(nn, metric)(*zip(*order, strict=True)) for order in itertools.permutations(pairs)}
    assert len(scores) == 1
