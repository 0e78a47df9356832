"""What the arguments of metrics must be: labels, and weights of samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array

__all__ = ["class_list", "label_array", "label_pair", "positions", "same_kind", "sample_weights"]

KINDS = {**dict.fromkeys("biuf", "numbers"), **dict.fromkeys("UT", "text"), "S": "bytes", "M": "dates"}


def label_pair(y_true: Any, y_pred: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays of labels of one size and kind, or refuse them."""
    true, predicted = label_array(y_true, "y_true"), label_array(y_pred, "y_pred")
    if len(true) != len(predicted):
        raise SizeError(f"y_true and y_pred must be of one size, but have {len(true)} and {len(predicted)} labels")
    same_kind(true, "y_true", predicted, "y_pred")
    return true, predicted


def label_array(y: Any, what: str) -> NDArray[Any]:
    """Return ``y`` as an array of labels, or refuse it as ``what``."""
    labels = plain_array(y, what)
    if labels.ndim != 1 or not labels.size:
        cure = "; of scores take np.argmax(scores, axis=1)" if labels.ndim == 2 else ""
        raise SizeError(
            f"{what} must be labels in one dimension, at least one, not an array of shape {labels.shape}{cure}"
        )
    if labels.dtype.kind == "O" and all(isinstance(label, str) for label in labels):
        labels = labels.astype(str)
    if labels.dtype.kind not in KINDS:
        kinds = ", ".join(sorted({type(label).__name__ for label in labels.tolist()}))
        raise ArgumentError(f"{what} must be labels that are all numbers or all text, but holds {kinds}")
    if labels.dtype.kind == "f":
        odd = labels[~np.isfinite(labels) | (labels != np.trunc(labels))]
        if odd.size:
            raise ArgumentError(
                f"{what} must be labels, but holds {odd[0].item()!r}. Make labels of scores first: "
                "np.argmax(scores, axis=1), or (scores > threshold).astype(int)"
            )
    return labels


def class_list(labels: Any, *arrays: NDArray[Any]) -> NDArray[Any]:
    """Return the classes as they are given in ``labels``, else all that occur, sorted."""
    if labels is None:
        return np.unique(np.concatenate(arrays))
    classes = label_array(labels, "labels")
    same_kind(classes, "labels", arrays[0], "y_true")
    if len(np.unique(classes)) != len(classes):
        raise ArgumentError(f"labels must name each class once, not {classes.tolist()}")
    return classes


def positions(values: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.intp]:
    """Return where each value stands in ``classes``; -1 where it does not."""
    order = np.argsort(classes)
    found = order[np.searchsorted(classes, values, sorter=order).clip(max=len(classes) - 1)]
    return np.where(classes[found] == values, found, -1)


def sample_weights(sample_weight: Any, samples: int) -> NDArray[Any]:
    """Return one weight a sample; ones if there are none."""
    if sample_weight is None:
        return np.ones(samples, np.int64)
    weights = plain_array(sample_weight, "sample_weight")
    if weights.shape != (samples,):
        raise SizeError(f"sample_weight must be one weight for each of {samples} samples, not of shape {weights.shape}")
    if weights.dtype.kind not in "biuf" or not np.all(np.isfinite(weights)) or np.any(weights < 0):
        raise ArgumentError("sample_weight must be finite numbers that are not negative")
    if not np.any(weights):
        raise ArgumentError("sample_weight must not be 0 for every sample")
    return weights.astype(np.float64 if weights.dtype.kind == "f" else np.int64)


def same_kind(first: NDArray[Any], first_name: str, second: NDArray[Any], second_name: str) -> None:
    """Refuse to compare numbers with text."""
    kinds = KINDS[first.dtype.kind], KINDS[second.dtype.kind]
    if kinds[0] != kinds[1]:
        raise ArgumentError(f"{first_name} holds {kinds[0]}, but {second_name} {kinds[1]}: no label could be the same")
