"""What the targets of a loss must be: numbers beside the outputs, class indices, or probabilities."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from autograd import ArgumentError, SizeError, Tensor, Value
from nn.checks import class_index, numbers
from nn.losses.reduction import array_of

__all__ = [
    "all_signs",
    "all_sum_to_one",
    "all_within",
    "as_class",
    "as_class_indices",
    "as_classes",
    "batch_beside",
    "ensure_order",
    "is_single",
    "sample_beside",
    "sample_of",
]

ROUNDING = 1e-5
"""How far from 1 the sum of probabilities may be: a softmax in float32 is about that exact."""


def is_single(x: Any) -> bool:
    """Tell whether x is one number or Value."""
    return isinstance(x, Value | Real | np.bool_)


def sample_of(x: Any, what: str) -> list[Any]:
    """Return one number, or a sequence of them, as a list that is not empty, or refuse it as ``what``."""
    found = [x] if is_single(x) else numbers(x, what)
    if not found:
        raise SizeError(f"{what} are empty; there must be at least one number")
    return found


def sample_beside(name: str, outputs: list[Any], targets: Any) -> list[Any]:
    """Return the targets of one sample: a number for each output."""
    if getattr(targets, "ndim", 0) > 1:
        n, shape = len(outputs), targets.shape
        cure = ": give targets[:, 0], or outputs[:, None] for a batch" if shape == (n, 1) else ""
        raise SizeError(
            f"{name} was given {n} outputs with a single axis, which are one sample, but targets of shape {shape}{cure}"
        )
    found = sample_of(targets, f"the targets of {name}")
    if len(found) != len(outputs):
        raise SizeError(f"{name} needs one target an output, but got {len(outputs)} outputs, {len(found)} targets")
    return found


def batch_beside(name: str, outputs: Any, targets: Any) -> Any:
    """Return the targets of a batch, an array or a Tensor, in the shape and type of the outputs.

    Where there is one number a sample, (n,) and (n, 1) mean the same, and are not broadcast to (n, n).
    """
    shape, given = outputs.shape, targets.shape
    if given != shape and {given, shape} != {shape[:1], (*shape[:1], 1)}:
        cure = f"; autograd.one_hot(targets, {shape[-1]}) makes rows of class indices" if given == shape[:1] else ""
        raise SizeError(f"{name} needs targets in the shape of its first argument, {shape}, not {given}{cure}")
    return targets.reshape(shape).astype(outputs.dtype)


def all_within(name: str, targets: Any, low: float, high: float) -> None:
    """Refuse numbers outside of a range, in a list or an array.

    Those on the graph are not looked at: they may be the compiler's, who does not give them away.
    """
    if isinstance(targets, Tensor):
        return
    if isinstance(targets, list):
        targets = np.array([t for t in targets if not isinstance(t, Value)], np.float64)
    bad = targets[~((targets >= low) & (targets <= high))]
    if bad.size:
        raise ArgumentError(f"the targets of {name} must be from {low:g} to {high:g}, not {bad[0].item()!r}")


def all_signs(name: str, targets: Any) -> None:
    """Refuse what is not -1 or +1, in a list or an array; as in `all_within`, if it is known."""
    if isinstance(targets, Tensor) or is_trial(targets):
        return
    if isinstance(targets, list):
        targets = np.array([t for t in targets if not isinstance(t, Value)], np.float64)
    bad = targets[np.abs(targets) != 1]
    if bad.size:
        raise ArgumentError(f"the targets of {name} for a single score must be -1 or +1, not {bad[0].item()!r}")


def all_sum_to_one(name: str, targets: Any) -> None:
    """Refuse what are no probabilities, in one sample or in each row; as in `all_within`, if they are known."""
    if isinstance(targets, Tensor) or is_trial(targets):
        return
    if isinstance(targets, list) and any(isinstance(t, Value) for t in targets):
        return
    rows = np.atleast_2d(targets)
    bad = ~((rows >= 0).all(axis=-1) & (np.abs(rows.sum(axis=-1, dtype=np.float64) - 1.0) <= ROUNDING))
    if bad.any():
        cure = "; give floats where the loss is compiled, which tries other integers" if rows.dtype.kind in "iu" else ""
        raise ArgumentError(
            f"the targets of {name} must be probabilities that sum to 1, not {rows[bad][0].tolist()}{cure}"
        )


def is_trial(targets: Any) -> bool:
    """Tell whether this is an array of integers that are all 0.

    Where they may only be 0 and 1, or -1 and 1, that is what the compiler tries in place of a batch, to see what
    depends on it; it takes the integers that it was given for constants if all others are refused.
    """
    return isinstance(targets, np.ndarray) and targets.dtype.kind in "iu" and not targets.any()


def ensure_order(name: str, scores: Any, targets: Any) -> None:
    """Refuse scores for one sample beside targets for a batch: most often the two are swapped."""
    if getattr(targets, "ndim", 0) > 1 and np.ndim(scores) == 1:
        raise SizeError(
            f"{name} takes the outputs first, {name}(outputs, targets), but its first argument has one axis, and the "
            f"second the shape {targets.shape}: are they swapped?"
        )


def as_class(name: str, target: Any, classes: int) -> int | list[Any]:
    """Return the target of one sample: a class index, or a list with the probability of each class."""
    what = f"the targets of {name}"
    if not isinstance(target, list | tuple | np.ndarray):
        return class_index(target, classes, what)
    probabilities = numbers(target, what)
    if len(probabilities) != classes:
        raise SizeError(f"{name} needs one probability a class, but got {classes} classes, {len(probabilities)}")
    all_sum_to_one(name, probabilities)
    return probabilities


def as_class_indices(name: str, targets: Any, scores: Any) -> Any:
    """Return the targets of a batch, an array or a Tensor, if they are class indices."""
    samples, classes = scores.shape
    what = f"the targets of {name}"
    if isinstance(targets, Tensor):
        raise ArgumentError(
            f"{what} are floats, a Tensor of shape {targets.shape}, but class indices are an array of integers: "
            "targets.astype(int) makes one (nn.fit compiles a loss, which then meets arrays of floats as Tensors)"
        )
    if targets.shape != (samples,):
        raise SizeError(f"{what} must have the shape {(samples,)}, a class index a sample, not {targets.shape}")
    allowed = f"class indices, integers from 0 to {classes - 1}"
    if targets.dtype.kind not in "iu":
        raise ArgumentError(f"{what} must be {allowed}, not {targets.dtype.name}; targets.astype(int) makes integers")
    outside = targets[(targets < 0) | (targets >= classes)]
    if outside.size:
        cure = f": the model has {classes} outputs, and needs one for each class" if outside[0] >= classes else ""
        raise ArgumentError(f"{what} must be {allowed}, not {outside[0]}{cure}")
    return targets


def as_classes(name: str, targets: Any, scores: Any) -> Any:
    """Return the targets of a batch: class indices, or rows with the probability of each class."""
    given = array_of(targets, f"the targets of {name}")
    if given.ndim == 1:
        return as_class_indices(name, given, scores)
    if given.shape != scores.shape:
        raise SizeError(
            f"{name} takes targets of shape {scores.shape[:1]}, class indices, or {scores.shape}, probabilities; not "
            f"{given.shape}"
        )
    rows = batch_beside(name, scores, given)
    all_sum_to_one(name, given)
    return rows
