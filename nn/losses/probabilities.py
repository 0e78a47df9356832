"""Losses of probabilities: of yes or no, and between two distributions."""

from __future__ import annotations

from typing import Any

from autograd import softplus, strong_mul, xlogy
from nn.losses.pairs import of_pairs
from nn.losses.reduction import Reduction
from nn.losses.targets import all_sum_to_one, all_within

__all__ = ["binary_cross_entropy", "kl_div"]


def binary_cross_entropy(logits: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the cross-entropy of the sigmoid of logits, -t log σ(z) - (1 - t) log(1 - σ(z)).

    Computed as log(1 + exp(z)) - t z, which does not overflow. Its derivative by a logit is σ(z) - t (Bishop 2006,
    Pattern Recognition and Machine Learning, equations 4.90 and 4.91). Where a sample has several logits, each is a
    question of its own, and the mean over them is taken, as in PyTorch.

    Parameters
    ----------
    logits : Value, number or sequence of them of shape (n,), or batch of shape (samples, ...)
        Scores, positive for yes, before the sigmoid. A batch is a Tensor, or an array of two axes or more;
        a list, or a plain array of one axis, is one sample.
    targets : of the same shape
        The probability of yes, from 0 to 1; not looked at where it is a Value or a Tensor. In a batch, (n,) and (n, 1)
        mean the same.
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
        If there is not one target a logit, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If a target is not from 0 to 1, a weight is negative, there is no such reduction, or either is given for one
        sample.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import binary_cross_entropy
    >>> logit = Value(0.0)
    >>> loss = binary_cross_entropy(logit, 1)
    >>> loss.backward()
    >>> round(loss.data, 4), logit.grad
    (0.6931, -0.5)
    """
    name = "binary_cross_entropy"
    return of_pairs(
        name,
        lambda z, t: softplus(z) - t * z,
        logits,
        targets,
        weights,
        reduction,
        within="mean",
        called="logits",
        check=lambda t: all_within(name, t, 0.0, 1.0),
    )


def kl_div(log_probabilities: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the Kullback-Leibler divergence, Σ t (log t - l): one number a sample.

    By how much the distribution with log probabilities l falls short of the targets t (Kullback and Leibler 1951, On
    information and sufficiency). The sum is over the classes, and the mean over the samples is
    PyTorch's "batchmean". A class of probability 0 adds nothing, even if its log probability is -inf.

    Parameters
    ----------
    log_probabilities : sequence of Values or numbers of shape (classes,), or batch of shape (samples, classes)
        What the model gives, such as ``autograd.log_softmax(logits)``. A batch is a Tensor, or an array of two axes.
    targets : of the same shape
        The probability of each class. Values and Tensors are differentiated too, and not looked at.
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
        If there is not one target a class, or nothing at all.
    NotANumberError
        If an element is neither a number nor on the graph.
    ArgumentError
        If the targets do not sum to 1, a weight is negative, there is no such reduction, or either is given for one
        sample.

    Examples
    --------
    >>> import math
    >>> from nn import kl_div
    >>> round(kl_div([math.log(0.5), math.log(0.5)], [0.0, 1.0]), 4)
    0.6931
    """
    return of_pairs(
        "kl_div",
        lambda log_p, t: xlogy(t, t) - strong_mul(t, log_p),
        log_probabilities,
        targets,
        weights,
        reduction,
        within="sum",
        called="log_probabilities",
        check=lambda t: all_sum_to_one("kl_div", t),
    )
