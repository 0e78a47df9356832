"""Classification: losses of a score for each class, and the class that is true."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import SizeError, logsumexp, max, one_hot, relu, strong_mul, sum
from autograd import cross_entropy as cross_entropy_of_arrays
from nn.checks import class_index, numbers
from nn.losses.reduction import Reduction, array_of, batch_of, is_batch, only_for_a_batch, reduced
from nn.losses.targets import (
    all_signs,
    as_class,
    as_class_indices,
    as_classes,
    batch_beside,
    ensure_order,
    is_single,
    sample_beside,
)

__all__ = ["cross_entropy", "hinge", "nll"]


def cross_entropy(logits: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the cross-entropy of the softmax of the logits, -Σ t log softmax(z): one number a sample.

    Computed without overflow. Its derivative by the logits is softmax(z) - t (Bishop 2006, Pattern Recognition and
    Machine Learning, equations 4.108 and 4.109). A class of probability 0 adds nothing, even if its logit is -inf.

    Parameters
    ----------
    logits : sequence of Values or numbers of shape (classes,), or batch of shape (samples, classes)
        A score for each class, before the softmax. A batch is a Tensor, or an array of two axes.
    targets : int, or sequence of shape (classes,); in a batch of shape (samples,) or (samples, classes)
        The index of the true class, or the probability of each class, one-hot for example. Probabilities that are
        Values or Tensors are differentiated too, and not looked at.
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
    ArgumentError
        If a target is no class index, or probabilities do not sum to 1; if a weight is negative, there is no such
        reduction, or either is given for one sample.
    SizeError
        If there is no target for each sample, or no probability for each class.
    NotANumberError
        If an element is neither a number nor on the graph.

    Examples
    --------
    >>> from autograd import Tensor, Value
    >>> from nn import cross_entropy
    >>> logits = [Value(0.0), Value(0.0)]
    >>> loss = cross_entropy(logits, 1)
    >>> loss.backward()
    >>> round(loss.data, 4), logits[0].grad, logits[1].grad
    (0.6931, 0.5, -0.5)
    >>> cross_entropy(Tensor([[0.0, 0.0], [1e4, 0.0]]), [1, 1], reduction="none").numpy()
    array([6.93147181e-01, 1.00000000e+04])
    """
    ensure_order("cross_entropy", logits, targets)
    if is_batch(logits):
        z = _batch("cross_entropy", "logits", logits)
        losses = cross_entropy_of_arrays(z, as_classes("cross_entropy", targets, z), "none")
        return reduced("cross_entropy", losses, weights, reduction)
    only_for_a_batch("cross_entropy", weights, reduction)
    scores = _sample("cross_entropy", "logits", logits)
    # log softmax(z) is z - logsumexp(z), whose second part is the same for each class, and the t sum to 1
    return logsumexp(scores) - _of_the_true_class("cross_entropy", scores, targets)


def nll(log_probabilities: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return the negative log-likelihood, -Σ t l: one number a sample.

    `cross_entropy` of logits is the negative log-likelihood of ``autograd.log_softmax(logits)``. A class of
    probability 0 adds nothing, even if its log probability is -inf.

    Parameters
    ----------
    log_probabilities : sequence of Values or numbers of shape (classes,), or batch of shape (samples, classes)
        The logarithm of the probability that the model gives each class. A batch is a Tensor, or an array of two axes.
    targets : int, or sequence of shape (classes,); in a batch of shape (samples,) or (samples, classes)
        The index of the true class, or the probability of each class, one-hot for example. Probabilities that are
        Values or Tensors are differentiated too, and not looked at.
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
    ArgumentError
        If a target is no class index, or probabilities do not sum to 1; if a weight is negative, there is no such
        reduction, or either is given for one sample.
    SizeError
        If there is no target for each sample, or no probability for each class.
    NotANumberError
        If an element is neither a number nor on the graph.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import nll
    >>> log_probabilities = np.log([[0.5, 0.5], [0.25, 0.75]])
    >>> nll(log_probabilities, [0, 1], reduction="none").round(4)
    array([0.6931, 0.2877])
    """
    ensure_order("nll", log_probabilities, targets)
    if is_batch(log_probabilities):
        logs = _batch("nll", "log_probabilities", log_probabilities)
        chosen = _of_the_true_classes(logs, as_classes("nll", targets, logs))
        return reduced("nll", -chosen, weights, reduction)
    only_for_a_batch("nll", weights, reduction)
    return -_of_the_true_class("nll", _sample("nll", "log_probabilities", log_probabilities), targets)


def hinge(scores: Any, targets: Any, *, weights: Any = None, reduction: Reduction = "mean") -> Any:
    """Return by how much the true class falls short of a margin of 1: one number a sample.

    For two classes max(0, 1 - t s) (Cortes and Vapnik 1995, Support-vector networks); for more
    max(0, 1 + max_{j ≠ t} s_j - s_t) (Crammer and Singer 2001, On the algorithmic implementation of multiclass
    kernel-based vector machines). At the margin its derivative is 0.

    Parameters
    ----------
    scores : Value, number or sequence of them of shape (classes,), or batch of shape (samples,) or (samples, classes)
        One score whose sign is the class, or one for each of at least two classes. A batch is a Tensor, or an array of
        two axes, of which the second may be 1.
    targets : int; in a batch of shape (samples,)
        -1 or +1 for one score, else the index of the true class. Signs that are Values or Tensors are not looked at.
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
    ArgumentError
        If a target is not -1 or +1, or no class index; if a weight is negative, there is no such reduction, or
        either is given for one sample.
    SizeError
        If there are fewer than two scores in a sequence, or no target for each sample.
    NotANumberError
        If a score is neither a number nor on the graph.

    Examples
    --------
    >>> from nn import hinge
    >>> hinge(0.25, -1), hinge([2.0, 0.5, 1.5], 0)
    (1.25, 0.5)
    """
    if is_batch(scores):
        return reduced("hinge", _hinges(scores, targets), weights, reduction)
    only_for_a_batch("hinge", weights, reduction)
    if is_single(scores):
        signs = sample_beside("hinge", [scores], targets)
        all_signs("hinge", signs)
        return relu(1.0 - signs[0] * scores)
    found = numbers(scores, "the scores of hinge")
    if len(found) < 2:
        raise SizeError(f"hinge needs a score for each of at least two classes, but got {len(found)}")
    true = class_index(targets, len(found), "the targets of hinge")
    return relu(1.0 + (max(found[:true] + found[true + 1 :]) - found[true]))


def _hinges(scores: Any, targets: Any) -> Any:
    """Return the hinge of each sample of a batch."""
    s = batch_of(scores, "the scores of hinge")
    if s.ndim == 1 or s.shape[1:] == (1,):
        s = s.reshape(-1)
        given = array_of(targets, "the targets of hinge")
        signs = batch_beside("hinge", s, given)
        all_signs("hinge", given)
        return relu(1.0 - signs * s)
    s = _batch("hinge", "scores", s)
    given = array_of(targets, "the targets of hinge")
    is_true = _rows(as_class_indices("hinge", given, s), s)
    true = _of_the_true_classes(s, is_true)
    # The true class itself comes to 1 + 0 - 1, which is 0 and what relu has anyway, so max need not leave it out.
    return relu(np.max(1.0 + (s - true.reshape(-1, 1)) - is_true, axis=1))


def _sample(name: str, called: str, scores: Any) -> list[Any]:
    found = numbers(scores, f"the {called} of {name}")
    if not found:
        raise SizeError(f"{name} needs {called} with a number for each class, but got none")
    return found


def _batch(name: str, called: str, scores: Any) -> Any:
    what = f"the {called} of {name}"
    found = batch_of(scores, what)
    if found.ndim != 2:
        cure = "reshape(1, -1) makes a batch of one sample" if found.ndim == 1 else "reshape(-1, classes) makes it so"
        raise SizeError(f"{what} must have the shape (samples, classes), not {found.shape}; {cure}")
    return found


def _of_the_true_class(name: str, scores: list[Any], targets: Any) -> Any:
    """Return the score of the true class of one sample, or that of each class by its probability."""
    target = as_class(name, targets, len(scores))
    if isinstance(target, int):
        return scores[target]
    return sum([strong_mul(p, score) for p, score in zip(target, scores, strict=True)])  # 0 * -inf is nan


def _of_the_true_classes(scores: Any, targets: Any) -> Any:
    """Return the same for each sample of a batch."""
    return np.sum(strong_mul(_rows(targets, scores), scores), axis=1)


def _rows(targets: Any, scores: Any) -> Any:
    """Return one-hot rows for class indices, in the type of the scores, and probabilities as they are."""
    return one_hot(targets, scores.shape[1]).astype(scores.dtype) if targets.ndim == 1 else targets
