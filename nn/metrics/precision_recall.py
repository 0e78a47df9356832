"""Precision, recall and their harmonic mean: how good a classifier is class by class."""

from __future__ import annotations

import math
import warnings
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError
from nn.metrics.errors import UndefinedMetricWarning
from nn.metrics.labels import class_list, label_array, label_pair, positions, same_kind, sample_weights

__all__ = ["f1_score", "precision_score", "recall_score"]

AVERAGES = ("binary", "macro", "micro", "weighted", None)


def precision_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: str | float = "warn",
) -> float | NDArray[np.float64]:
    """Return the part of the samples predicted as a class that are of it, tp / (tp + fp).

    From van Rijsbergen 1979, Information Retrieval, chapter 7, as are recall and F1.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        The true labels and the predicted ones, all numbers or all text.
    labels : array-like of shape (classes,), optional
        The classes to judge, in this order; by default all that occur, sorted. Unused if ``average`` is "binary".
    pos_label : number or str, optional
        The class to judge if ``average`` is "binary".
    average : {"binary", "macro", "micro", "weighted", None}, optional
        "binary" judges one of two classes. For more there is the mean over the classes ("macro"), that weighted by how
        often each is true ("weighted"), the score of all counts together ("micro"), or the score of each class (None).
    sample_weight : array-like of shape (n,), optional
    zero_division : {"warn", 0, 1, nan}, optional
        What 0 / 0 is; "warn" is 0 with a warning. A class that scores nan is left out of a mean.

    Returns
    -------
    float, or ndarray of shape (classes,) if ``average`` is None

    Raises
    ------
    ArgumentError
        If there are more than two classes for "binary", ``pos_label`` is none of two, or an argument is unknown.
    SizeError
        If the arrays differ in size, are empty, or are not one-dimensional.

    Examples
    --------
    >>> from nn import precision_score
    >>> precision_score([0, 0, 1, 1], [0, 1, 1, 1], average=None)
    array([1.        , 0.66666667])
    """
    counts = _counts(y_true, y_pred, labels, pos_label, average, sample_weight)
    return _score("precision_score", "is predicted", counts.right, counts.predicted, counts, zero_division)


def recall_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: str | float = "warn",
) -> float | NDArray[np.float64]:
    """Return the part of the samples of a class that are predicted as it, tp / (tp + fn).

    Parameters, returns and errors are those of `precision_score`.

    Examples
    --------
    >>> from nn import recall_score
    >>> recall_score([0, 0, 1, 1], [0, 1, 1, 1], average="macro")
    0.75
    """
    counts = _counts(y_true, y_pred, labels, pos_label, average, sample_weight)
    return _score("recall_score", "is true", counts.right, counts.true, counts, zero_division)


def f1_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: ArrayLike | None = None,
    zero_division: str | float = "warn",
) -> float | NDArray[np.float64]:
    """Return the harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn).

    Parameters, returns and errors are those of `precision_score`.

    Examples
    --------
    >>> from nn import f1_score
    >>> f1_score([0, 0, 1, 1], [0, 1, 1, 1])
    0.8
    """
    counts = _counts(y_true, y_pred, labels, pos_label, average, sample_weight)
    either = counts.true + counts.predicted
    return _score("f1_score", "is true or predicted", 2 * counts.right, either, counts, zero_division)


class _Counts(NamedTuple):
    """How often each class is predicted and rightly so, predicted at all, and true."""

    names: list[str]
    average: str | None
    right: NDArray[Any]
    predicted: NDArray[Any]
    true: NDArray[Any]


def _counts(y_true: Any, y_pred: Any, labels: Any, pos_label: Any, average: str | None, weight: Any) -> _Counts:
    if average not in AVERAGES:
        raise ArgumentError(f"average must be one of {', '.join(map(repr, AVERAGES))}, not {average!r}")
    true, predicted = label_pair(y_true, y_pred)
    weights = sample_weights(weight, len(true))
    if average == "binary":
        labels = [_positive(pos_label, np.unique(np.concatenate([true, predicted])))]
    classes = class_list(labels, true, predicted)
    t, p = positions(true, classes), positions(predicted, classes)

    def count(which: NDArray[np.intp], chosen: NDArray[np.bool_]) -> NDArray[Any]:
        return np.bincount(which[chosen], weights[chosen], minlength=len(classes))

    right, predicted_as, truly = count(t, (t == p) & (t >= 0)), count(p, p >= 0), count(t, t >= 0)
    if average == "micro":
        return _Counts(["all classes"], average, *(c.sum(keepdims=True) for c in (right, predicted_as, truly)))
    return _Counts([f"class {label!r}" for label in classes.tolist()], average, right, predicted_as, truly)


def _positive(pos_label: Any, present: NDArray[Any]) -> Any:
    if len(present) > 2:
        raise ArgumentError(
            f"average='binary' judges one of two classes, but there are {len(present)}: choose average='macro', "
            "'micro', 'weighted' or None"
        )
    if len(present) == 2 and pos_label not in present.tolist():
        raise ArgumentError(f"pos_label must be one of the two labels {present.tolist()}, not {pos_label!r}")
    same_kind(label_array([pos_label], "pos_label"), "pos_label", present, "y_true")
    return pos_label


def _score(
    metric: str, when: str, numerator: NDArray[Any], denominator: NDArray[Any], counts: _Counts, zero_division: Any
) -> float | NDArray[np.float64]:
    value = _of_zero_division(zero_division)
    undefined = denominator == 0
    scores = np.where(undefined, value, numerator / np.where(undefined, 1, denominator))
    if zero_division == "warn" and undefined.any():
        names = [name for name, missing in zip(counts.names, undefined, strict=True) if missing]
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        warnings.warn(
            f"{metric} counts as 0 for {shown}, of which none {when}; zero_division=0, 1 or nan chooses in silence",
            UndefinedMetricWarning,
            stacklevel=3,
        )
    return scores if counts.average is None else _mean(scores, counts)


def _of_zero_division(zero_division: Any) -> float:
    if isinstance(zero_division, Real) and (zero_division in (0, 1) or math.isnan(zero_division)):
        return float(zero_division)
    if isinstance(zero_division, str) and zero_division == "warn":
        return 0.0
    raise ArgumentError(f"zero_division must be 'warn', 0, 1 or nan, not {zero_division!r}")


def _mean(scores: NDArray[np.float64], counts: _Counts) -> float:
    defined = ~np.isnan(scores)
    if not defined.any():
        return math.nan
    if counts.average != "weighted":
        return float(np.mean(scores[defined]))
    if not counts.true[defined].any():  # no class that occurs has a score, so there is nothing to weight by
        return float(np.mean(scores))
    return float(np.average(scores[defined], weights=counts.true[defined]))
