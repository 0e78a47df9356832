"""One sample or a batch of them; and from the losses of a batch to one number."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value, strong_mul
from nn.checks import flawed

__all__ = ["Reduction", "array_of", "batch_of", "is_batch", "only_for_a_batch", "reduced"]

Reduction = Literal["mean", "sum", "none"]


def is_batch(outputs: Any) -> bool:
    """Tell whether these are outputs for many samples: a Tensor, or an array of two axes or more."""
    return isinstance(outputs, Tensor) or (isinstance(outputs, np.ndarray) and outputs.ndim > 1)


def only_for_a_batch(name: str, weights: Any, reduction: Any) -> None:
    """Refuse settings of a batch for the loss of one sample.

    Raises
    ------
    ArgumentError
        If they are not those that stand there when nothing is given.
    """
    if weights is None and isinstance(reduction, str) and reduction == "mean":
        return
    given = "weights" if weights is not None else f"reduction={reduction!r}"
    raise ArgumentError(
        f"{name} was given {given}, which is for a batch, but its first argument is one sample; a batch is a Tensor, "
        "or an array of two axes, with the samples on axis 0 (of n single numbers, an array of shape (n, 1))"
    )


def batch_of(outputs: Any, what: str) -> Any:
    """Return the outputs of a batch, a Tensor or an array, as floats, or refuse them as ``what``.

    Raises
    ------
    SizeError
        If there is no axis of samples, or nothing along an axis.
    NotANumberError
        If they are not real numbers.
    """
    shape = outputs.shape
    if not shape:
        raise SizeError(f"{what} must have the samples on axis 0, but are one number; reshape(1) makes a batch of it")
    if 0 in shape:
        raise SizeError(f"{what} have the shape {shape}; there must be at least one sample, and an output for each")
    array = array_of(outputs, what)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def array_of(x: Any, what: str) -> Any:
    """Return a Tensor as it is, and all else as an array of real numbers, or refuse ``x`` as ``what``.

    Raises
    ------
    NotANumberError
        If it is not made of real numbers.
    """
    if isinstance(x, Tensor):
        return x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise NotANumberError(f"{what} must be rows of one length, not {x!r}") from error
    if array.dtype.kind not in "biuf":
        name = what.split()[1]  # "the targets of mse"
        reason = flawed(array, what, name, labels=True) if name == "targets" else None
        is_of_values = any(isinstance(element, Value) for element in array.flat)
        cure = "; autograd.stack makes a Tensor of Values" if is_of_values else ""
        raise NotANumberError(
            reason or f"{what} must be a Tensor or an array of real numbers, not {type(x).__name__}{cure}"
        )
    return array


def reduced(name: str, losses: Any, weights: Any, reduction: Any) -> Any:
    """Return the mean of the losses of the samples, their sum, or each; each sample counts as its weight says.

    Parameters
    ----------
    name : str
        What messages call the loss.
    losses : array or Tensor of shape (samples,)
        The loss of each sample.
    weights : array or Tensor of shape (samples,), or None
        How much each counts. A sample of weight 0 adds nothing, even if its loss is inf.
    reduction : {"mean", "sum", "none"}
        The mean is Σ w l / Σ w.

    Raises
    ------
    ArgumentError
        If there is no such reduction, or a weight is negative or not finite, or the mean is over weights that are 0.
    SizeError
        If there is not one weight a sample.
    """
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f"the reduction of {name} must be 'mean', 'sum' or 'none', not {reduction!r}")
    total: Any = np.shape(losses)[0]
    if weights is not None:
        weights = _weights(name, losses, weights, reduction)
        total = np.sum(weights)
        losses = strong_mul(weights, losses)
    if reduction == "none":
        return losses
    return np.sum(losses) / total if reduction == "mean" else np.sum(losses)


def _weights(name: str, losses: Any, weights: Any, reduction: str) -> Any:
    what = f"the weights of {name}"
    weights = array_of(weights, what).astype(losses.dtype)
    if np.shape(weights) != np.shape(losses):
        raise SizeError(f"{what} must have the shape {np.shape(losses)}, one a sample, not {np.shape(weights)}")
    if not isinstance(weights, Tensor):  # whose numbers are not known while a function is recorded
        bad = weights[~(np.isfinite(weights) & (weights >= 0))]
        if bad.size:
            raise ArgumentError(f"{what} must be finite and not negative, not {bad[0]}")
        if reduction == "mean" and not weights.any():
            raise ArgumentError(f"{what} are all 0, and there is no mean of nothing; give one that is positive")
    return weights
