"""Metrics of a classifier as a whole: accuracy, accuracy of the best guesses, the confusion matrix."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array, positive_int
from nn.metrics.errors import UndefinedMetricWarning
from nn.metrics.labels import class_list, label_array, label_pair, positions, sample_weights

__all__ = ["accuracy", "confusion_matrix", "top_k_accuracy_score"]

NORMALIZE = ("true", "pred", "all", None)


def accuracy(y_true: ArrayLike, y_pred: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """Return the part of the predictions that are right.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        The true labels and the predicted ones, all numbers or all text.
    sample_weight : array-like of shape (n,), optional
        How much each sample counts.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    SizeError
        If the arrays differ in size, are empty, or are not one-dimensional.
    ArgumentError
        If labels are scores such as 0.3, or of different kinds, or weights are negative or all 0.

    Examples
    --------
    >>> from nn import accuracy
    >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
    0.75
    """
    true, predicted = label_pair(y_true, y_pred)
    return float(np.average(true == predicted, weights=sample_weights(sample_weight, len(true))))


def top_k_accuracy_score(
    y_true: ArrayLike,
    y_score: Any,
    *,
    k: int = 2,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> float:
    """Return the part of the samples whose true class is among the k that score highest.

    Of equal scores that of the later class counts as the higher, as in scikit-learn.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        The true labels.
    y_score : array-like of shape (n, classes)
        A score of each class for each sample, such as logits. Of a Tensor the numbers are taken.
    k : int, optional
        How many guesses there are.
    normalize : bool, optional
        Whether to return the part of the samples rather than their number.
    sample_weight : array-like of shape (n,), optional
        How much each sample counts.
    labels : array-like of shape (classes,), optional
        The class of each column, sorted; by default the labels that occur, so give it where one may not.

    Returns
    -------
    float

    Raises
    ------
    SizeError
        If there is not one row of scores a sample and one column a class.
    ArgumentError
        If the labels are not sorted or miss a true one, a score is nan, or ``k`` is no positive int.

    Warns
    -----
    UndefinedMetricWarning
        If there are no more classes than guesses.

    Examples
    --------
    >>> from nn import top_k_accuracy_score
    >>> top_k_accuracy_score([0, 1, 2], [[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.6, 0.3, 0.1]], k=2)
    0.6666666666666666
    """
    true, scores, k = label_array(y_true, "y_true"), plain_array(y_score, "y_score"), positive_int(k, "k")
    if scores.ndim != 2 or len(scores) != len(true):
        raise SizeError(
            f"y_score must be a score of each class for each of {len(true)} samples, of shape ({len(true)}, classes), "
            f"not {scores.shape}"
        )
    if scores.dtype.kind not in "biuf" or np.any(np.isnan(scores)):
        raise ArgumentError("y_score must be numbers, not nan")
    classes = class_list(labels, true)
    if len(classes) != scores.shape[1]:
        given = "labels holds" if labels is not None else "y_true holds"
        cure = "" if labels is not None else f"; give all of them, as labels=range({scores.shape[1]})"
        raise SizeError(f"{given} {len(classes)} classes, but y_score has {scores.shape[1]} columns{cure}")
    if np.any(classes[:-1] > classes[1:]):
        raise ArgumentError(f"labels must be sorted, not {classes.tolist()}")
    column = positions(true, classes)
    if np.any(column < 0):
        raise ArgumentError(f"y_true holds {true[column < 0][0].item()!r}, which is not in labels")
    if k >= len(classes):
        warnings.warn(
            f"every sample counts as right with k={k} guesses among {len(classes)} classes",
            UndefinedMetricWarning,
            stacklevel=2,
        )
    guesses = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :k]
    hits = np.any(guesses == column[:, None], axis=1)
    weights = sample_weights(sample_weight, len(true))
    return float(np.average(hits, weights=weights) if normalize else np.sum(weights[hits]))


def confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    normalize: str | None = None,
) -> NDArray[Any]:
    """Count how often each true class is predicted as each class.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        The true labels and the predicted ones, all numbers or all text.
    labels : array-like of shape (classes,), optional
        The classes, in this order; by default all that occur, sorted. Samples of others are left out.
    sample_weight : array-like of shape (n,), optional
        How much each sample counts.
    normalize : {"true", "pred", "all", None}, optional
        Whether to divide by the sum of each row, of each column, or of all. What is divided by 0 is 0.

    Returns
    -------
    ndarray of shape (classes, classes)
        Rows are true classes, columns predicted ones. int64, or float64 if weights are or it is normalised.

    Raises
    ------
    SizeError
        If the arrays differ in size, are empty, or are not one-dimensional.
    ArgumentError
        If labels are scores such as 0.3, of different kinds or given twice, none of ``labels`` is true, weights are
        negative or all 0, or ``normalize`` is unknown.

    Examples
    --------
    >>> from nn import confusion_matrix
    >>> confusion_matrix(["cat", "cat", "dog"], ["cat", "dog", "dog"])
    array([[1, 1],
           [0, 1]])
    """
    true, predicted = label_pair(y_true, y_pred)
    if normalize not in NORMALIZE:
        raise ArgumentError(f"normalize must be one of {', '.join(map(repr, NORMALIZE))}, not {normalize!r}")
    classes, weights = class_list(labels, true, predicted), sample_weights(sample_weight, len(true))
    rows, columns = positions(true, classes), positions(predicted, classes)
    if np.all(rows < 0):
        raise ArgumentError(f"none of the labels {classes.tolist()} is in y_true")
    known = (rows >= 0) & (columns >= 0)
    counts = np.zeros((len(classes), len(classes)), dtype=weights.dtype)
    np.add.at(counts, (rows[known], columns[known]), weights[known])
    if normalize is None:
        return counts
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    sums = counts.sum(axis=axis, keepdims=True)
    return counts / np.where(sums == 0, 1, sums)
