"""Regression: losses of the difference between outputs and targets."""

from __future__ import annotations

from typing import Any

from autograd import abs, minimum, square
from nn.checks import positive
from nn.losses.pairs import of_pairs
from nn.losses.reduction import Reduction

__all__ = ["half_squared_error", "huber", "l1", "mse"]


def mse(outputs: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the mean of the squared differences, (o - t)².

    The mean over the numbers within a sample, then over the samples: over all elements of a batch, as in PyTorch.

    Parameters
    ----------
    outputs : Value, number or sequence of them of shape (n,), or batch of shape (samples, ...)
        What the model gives. A batch is a Tensor, or an array of two axes or more;
        a list, or a plain array of one axis, is one sample.
    targets : of the same shape
        What it should give; Values and Tensors are differentiated too. In a batch, (n,) and (n, 1) mean the same.
    weights : array or Tensor of shape (samples,), optional
        How much each sample of a batch counts.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of a batch; the mean is Σ w l / Σ w.

    Returns
    -------
    Value, Tensor, number or array
        One number; with reduction "none" the loss of each sample, of shape (samples,). A plain number or array if
        nothing given is on the graph.

    Raises
    ------
    SizeError
        If there is not one target an output, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If a weight is negative, there is no such reduction, or either is given for one sample.

    Examples
    --------
    >>> from autograd import Tensor
    >>> from nn import mse
    >>> outputs = Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> loss = mse(outputs, [[1.0, 0.0], [3.0, 0.0]])
    >>> loss.backward()
    >>> loss.item(), outputs.grad[:, 1]
    (5.0, array([1., 2.]))
    >>> mse([1.0, 2.0], [1.0, 0.0])
    2.0
    """
    return of_pairs("mse", _squared, outputs, targets, weights, reduction, within="mean")


def half_squared_error(outputs: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return half the sum of the squared differences, 1/2 Σ (o - t)²: one number a sample.

    The half makes its derivative by an output the error itself, o - t (Bishop 2006, Pattern Recognition and Machine
    Learning, equation 5.11). The sum is over the numbers within a sample, the reduction over the samples. So n outputs
    in a plain array of one axis, as an MLP gives for a batch, are one sample and are added up; ``outputs[:, None]``
    makes n samples of them, over which the mean is taken.

    Parameters
    ----------
    outputs : Value, number or sequence of them of shape (n,), or batch of shape (samples, ...)
        What the model gives. A batch is a Tensor, or an array of two axes or more;
        a list, or a plain array of one axis, is one sample.
    targets : of the same shape
        What it should give; Values and Tensors are differentiated too. In a batch, (n,) and (n, 1) mean the same.
    weights : array or Tensor of shape (samples,), optional
        How much each sample of a batch counts.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of a batch; the mean is Σ w l / Σ w.

    Returns
    -------
    Value, Tensor, number or array
        One number; with reduction "none" the loss of each sample, of shape (samples,). A plain number or array if
        nothing given is on the graph.

    Raises
    ------
    SizeError
        If there is not one target an output, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If a weight is negative, there is no such reduction, or either is given for one sample.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import half_squared_error
    >>> output = Value(3.0)
    >>> loss = half_squared_error(output, 1.0)
    >>> loss.backward()
    >>> loss.data, output.grad
    (2.0, 2.0)

    >>> import numpy as np
    >>> outputs, targets = np.array([3.0, 3.0]), np.array([1.0, 1.0])
    >>> half_squared_error(outputs, targets), float(half_squared_error(outputs[:, None], targets))
    (4.0, 2.0)
    """
    return 0.5 * of_pairs("half_squared_error", _squared, outputs, targets, weights, reduction, within="sum")


def l1(outputs: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the mean of the absolute differences, abs(o - t).

    The mean over the numbers within a sample, then over the samples: over all elements of a batch, as in PyTorch. Its
    derivative where an output equals its target is 0.

    Parameters
    ----------
    outputs : Value, number or sequence of them of shape (n,), or batch of shape (samples, ...)
        What the model gives. A batch is a Tensor, or an array of two axes or more;
        a list, or a plain array of one axis, is one sample.
    targets : of the same shape
        What it should give; Values and Tensors are differentiated too. In a batch, (n,) and (n, 1) mean the same.
    weights : array or Tensor of shape (samples,), optional
        How much each sample of a batch counts.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of a batch; the mean is Σ w l / Σ w.

    Returns
    -------
    Value, Tensor, number or array
        One number; with reduction "none" the loss of each sample, of shape (samples,). A plain number or array if
        nothing given is on the graph.

    Raises
    ------
    SizeError
        If there is not one target an output, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If a weight is negative, there is no such reduction, or either is given for one sample.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import l1
    >>> float(l1(np.array([[1.0], [5.0]]), np.array([2.0, 2.0])))
    2.0
    """
    return of_pairs("l1", lambda o, t: abs(o - t), outputs, targets, weights, reduction, within="mean")


def huber(outputs: Any, targets: Any, *, delta: float = 1.0, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the mean of Huber's loss: squared near the target, linear far from it.

    d²/2 where abs(d) <= delta, else delta (abs(d) - delta/2), with d = o - t (Huber 1964, Robust estimation of a
    location parameter). The mean over the numbers within a sample, then over the samples: over all elements of a batch,
    as in PyTorch.

    Parameters
    ----------
    outputs : Value, number or sequence of them of shape (n,), or batch of shape (samples, ...)
        What the model gives. A batch is a Tensor, or an array of two axes or more;
        a list, or a plain array of one axis, is one sample.
    targets : of the same shape
        What it should give; Values and Tensors are differentiated too. In a batch, (n,) and (n, 1) mean the same.
    delta : float, optional
        Where it turns from square to line.
    weights : array or Tensor of shape (samples,), optional
        How much each sample of a batch counts.
    reduction : {"mean", "sum", "none"}, optional
        What becomes of the losses of a batch; the mean is Σ w l / Σ w.

    Returns
    -------
    Value, Tensor, number or array
        One number; with reduction "none" the loss of each sample, of shape (samples,). A plain number or array if
        nothing given is on the graph.

    Raises
    ------
    SizeError
        If there is not one target an output, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If ``delta`` is not positive, a weight is negative, there is no such reduction, or either is given for one
        sample.

    Examples
    --------
    >>> from nn import huber
    >>> huber(0.5, 0.0), huber(3.0, 0.0), huber(3.0, 0.0, delta=2.0)
    (0.125, 2.5, 4.0)
    """
    bound = positive(delta, "the delta of huber")

    def formula(o: Any, t: Any) -> Any:
        distance = abs(o - t)
        near = minimum(distance, bound)
        return near * (distance - 0.5 * near)  # both branches in one, of which neither overflows

    return of_pairs("huber", formula, outputs, targets, weights, reduction, within="mean")


def _squared(o: Any, t: Any) -> Any:
    return square(o - t)
