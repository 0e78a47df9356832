"""Classification: probabilities from scores, and the loss of them."""

from __future__ import annotations

import operator
from typing import Any, Literal

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.operands import as_array
from autograd.errors import ArgumentError, SizeError, brief
from autograd.primitives import strong_mul
from autograd.settings import holds_operand, static
from autograd.tracing import derived

__all__ = ["cross_entropy", "log_softmax", "one_hot", "softmax"]


def _below_the_largest(x: Any, axis: int) -> Any:
    """Return x minus the largest along ``axis``, so that no exponential overflows."""
    return x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)


def _softmax_value(x: Any, axis: int) -> Any:
    powers = np.exp(_below_the_largest(x, axis))
    powers /= np.sum(powers, axis=axis, keepdims=True)
    return powers


def _log_softmax_value(x: Any, axis: int) -> Any:
    below = _below_the_largest(x, axis)
    below -= np.log(np.sum(np.exp(below), axis=axis, keepdims=True))
    return below


_softmax = array_row(
    "softmax",
    _softmax_value,
    [lambda g, y, x, axis: y * (g - np.sum(g * y, axis=axis, keepdims=True))],
    doc="exp(x) divided by its sum along an axis, without overflow.",
)
_log_softmax = array_row(
    "log_softmax",
    _log_softmax_value,
    [lambda g, y, x, axis: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)],
    doc="The logarithm of softmax, without overflow.",
)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) divided by its sum along ``axis``: positive numbers whose sum is 1.

    The largest element is taken out first, so nothing overflows. The derivative of y_i by x_j is y_i (δ_ij - y_j)
    (Bishop 2006, Pattern Recognition and Machine Learning, equation 4.106). Where all elements are -inf, it is nan.

    Parameters
    ----------
    x : array or Tensor of any shape, or sequence of Values
        The scores.
    axis : int, optional
        The axis along which the sum is 1.

    Returns
    -------
    array or Tensor of the same shape
        The probabilities.

    Raises
    ------
    SizeError
        If x has no such axis.
    NotANumberError
        If x is not made of real numbers.

    Examples
    --------
    >>> from autograd import Tensor, softmax
    >>> x = Tensor([1000.0, 1000.0])
    >>> y = softmax(x)
    >>> y.numpy()
    array([0.5, 0.5])
    >>> y[0].backward()
    >>> x.grad
    array([ 0.25, -0.25])
    """
    return _along("softmax", _softmax, x, axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return the logarithm of softmax, x - log Σ exp(x) along ``axis``.

    The largest element is taken out first: nothing overflows, and what is far below it keeps its digits. The
    derivative of y_i by x_j is δ_ij - exp(y_j).

    Parameters
    ----------
    x : array or Tensor of any shape, or sequence of Values
        The scores.
    axis : int, optional
        The axis along which the probabilities add up to 1.

    Returns
    -------
    array or Tensor of the same shape
        The logarithms of the probabilities.

    Raises
    ------
    SizeError
        If x has no such axis.
    NotANumberError
        If x is not made of real numbers.

    Examples
    --------
    >>> from autograd import Tensor, log_softmax
    >>> x = Tensor([0.0, -1000.0])
    >>> y = log_softmax(x)
    >>> y.numpy()
    array([    0., -1000.])
    >>> y[1].backward()
    >>> x.grad
    array([-1.,  1.])
    """
    return _along("log_softmax", _log_softmax, x, axis)


def _along(function: str, row: Any, x: Any, axis: int) -> Any:
    x = as_array(x, f"the x of {function}")
    axis = _axis_of(function, "x", x, axis)
    with np.errstate(all="ignore"):
        return row(x, axis=axis)


def _axis_of(function: str, name: str, x: Any, axis: int) -> int:
    """Return the axis counted from the front, or refuse it."""
    shape, axis = np.shape(x), operator.index(axis)
    if not shape:
        raise SizeError(f"{function} takes an array of one axis at least, and {name} is one number")
    if not -len(shape) <= axis < len(shape):
        raise SizeError(f"{function} has no axis {axis} in {name} of shape {shape}")
    return axis % len(shape)


def one_hot(indices: Any, n: int) -> Any:
    """Return a vector of ``n`` numbers for each index: 1 at the index, 0 elsewhere.

    Parameters
    ----------
    indices : int or array of int, of any shape (...)
        Numbers from 0 to n - 1. They are not differentiated.
    n : int
        How many there are.

    Returns
    -------
    ndarray of shape (..., n)
        Zeros and ones in float64.

    Raises
    ------
    ArgumentError
        If an index is not an integer from 0 to n - 1, or n is no count.
    UnsupportedFunctionError
        If the indices are Tensors or Values.

    Examples
    --------
    >>> from autograd import one_hot
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    if not isinstance(n, int | np.integer) or n < 0:
        raise ArgumentError(f"the n of one_hot is an int of at least 0, not {brief(n)}")
    return derived(lambda given: np.eye(n)[_class_indices("one_hot", "indices", given, n)], indices)


def _class_indices(function: str, name: str, indices: Any, n: int) -> Any:
    """Return indices as an array of integers of its own, or refuse them."""
    array = np.array(static(function, name, indices))
    if array.size == 0 and array.dtype.kind == "f":  # such as [], which has no type of its own
        return array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise ArgumentError(f"the {name} of {function} are integers, not {array.dtype.name}: {brief(indices)}")
    outside = array[(array < 0) | (array >= n)]
    if outside.size:
        raise ArgumentError(f"the {name} of {function} are from 0 to {n - 1}, not {outside.flat[0]}")
    return array


def _classes(targets: Any, n: int) -> Any:
    return _class_indices("cross_entropy", "targets", targets, n)


def cross_entropy(logits: Any, targets: Any, reduction: Literal["mean", "sum", "none"] = "mean", axis: int = -1) -> Any:
    """Return the cross-entropy of the softmax of the logits, -Σ t log softmax(z): a loss for each sample.

    Computed by `log_softmax`, so nothing overflows. Its derivative by the logits is softmax(z) Σt - t (Bishop 2006,
    Pattern Recognition and Machine Learning, equations 4.108 and 4.109). A class of probability 0 adds nothing, even
    where its logit is -inf.

    Parameters
    ----------
    logits : array or Tensor of shape (..., classes), or sequence of Values
        A score for each class, before the softmax; ``axis`` tells which axis holds the classes.
    targets : int or array of int, of shape (...), or array or Tensor of shape (..., classes)
        The index of the true class of each sample, or the probability of each class, which may be differentiated and is
        not checked to sum to 1.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of the samples.
    axis : int, optional
        The axis of the classes.

    Returns
    -------
    array or Tensor
        The mean of the losses, their sum, or each loss, of the shape of the logits without ``axis``. A mean of no
        samples is nan.

    Raises
    ------
    SizeError
        If the shapes do not fit together, or the logits have no such axis.
    ArgumentError
        If a class index is not an integer, or is out of range; or if there is no such reduction.
    UnsupportedFunctionError
        If the class indices are Tensors or Values.
    NotANumberError
        If an operand is not made of real numbers.

    Examples
    --------
    >>> from autograd import Tensor, cross_entropy
    >>> logits = Tensor([[0.0, 0.0], [1000.0, 0.0]])
    >>> loss = cross_entropy(logits, [1, 0])
    >>> round(loss.item(), 4)
    0.3466
    >>> loss.backward()
    >>> logits.grad
    array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]])
    """
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f"the reduction of cross_entropy is 'mean', 'sum' or 'none', not {brief(reduction)}")
    logits = as_array(logits, "the logits of cross_entropy")
    axis = _axis_of("cross_entropy", "logits", logits, axis)
    losses = _losses(log_softmax(logits, axis), targets, axis)
    if reduction == "none":
        return losses
    total = np.sum(losses)
    return total if reduction == "sum" else total / (np.size(losses) or np.nan)  # of none there is no mean


def _losses(log_probabilities: Any, targets: Any, axis: int) -> Any:
    """Return the loss of each sample, given the logarithm of the probability of each class."""
    shape = np.shape(log_probabilities)
    of_samples = shape[:axis] + shape[axis + 1 :]
    given = as_array(targets, "the targets of cross_entropy") if holds_operand(targets) else np.asarray(targets)
    if np.shape(given) == of_samples:
        index = list(np.indices(of_samples, sparse=True))
        index.insert(axis, derived(_classes, targets, shape[axis]))
        return -log_probabilities[tuple(index)]
    if np.shape(given) == shape:
        probabilities = as_array(given, "the targets of cross_entropy")
        return -np.sum(strong_mul(probabilities, log_probabilities), axis=axis)
    raise SizeError(
        f"cross_entropy of logits of shape {shape} takes targets of shape {of_samples}, class indices, or {shape}, "
        f"probabilities; not {np.shape(given)}"
    )
