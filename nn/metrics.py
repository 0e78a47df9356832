"""Metrics: how good predictions are, as numbers a person reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import SizeError

__all__ = ["accuracy", "confusion_matrix"]


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the part of the predictions that are right.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        The true labels and the predicted ones, of any kind.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    SizeError
        If the two differ in size, are empty, or are not one-dimensional.

    Examples
    --------
    >>> from nn import accuracy
    >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
    0.75
    """
    true, predicted = _labels(y_true, y_pred)
    return float(np.mean(true == predicted))


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike) -> NDArray[np.int64]:
    """Count how often each true class is predicted as each class.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        The true labels and the predicted ones, of any kind that can be sorted.

    Returns
    -------
    ndarray of shape (classes, classes)
        Rows are true classes, columns predicted ones, both in the sorted order of all labels that occur.

    Raises
    ------
    SizeError
        If the two differ in size, are empty, or are not one-dimensional.

    Examples
    --------
    >>> from nn import confusion_matrix
    >>> confusion_matrix(["cat", "cat", "dog"], ["cat", "dog", "dog"])
    array([[1, 1],
           [0, 1]])
    """
    true, predicted = _labels(y_true, y_pred)
    classes, positions = np.unique(np.concatenate([true, predicted]), return_inverse=True)
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (positions[: len(true)], positions[len(true) :]), 1)
    return counts


def _labels(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    true, predicted = np.asarray(y_true), np.asarray(y_pred)
    for name, labels in (("y_true", true), ("y_pred", predicted)):
        if labels.ndim != 1 or not labels.size:
            raise SizeError(
                f"{name} must be labels in one dimension, at least one, not an array of shape {labels.shape}"
            )
    if len(true) != len(predicted):
        raise SizeError(f"y_true and y_pred must be of one size, but have {len(true)} and {len(predicted)} labels")
    return true, predicted
