"""Losses of one sample. The loss of a batch is their mean."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from autograd import ArgumentError, NotANumberError, SizeError, Value, dot, logsumexp, max, relu, square, sum
from nn.checks import class_index, numbers

__all__ = ["cross_entropy", "half_squared_error", "hinge"]


def half_squared_error(outputs: Any, targets: Any) -> Any:
    """Return half the sum of squared differences, 1/2 Σ (o - t)².

    The half makes its derivative by an output the error itself, o - t (Bishop 2006, Pattern Recognition and Machine
    Learning, equation 5.11).

    Parameters
    ----------
    outputs : Value, number, or sequence of them, of shape (n,)
        What the model gives.
    targets : number or Value, or sequence of them, of shape (n,)
        What it should give.

    Returns
    -------
    Value
        A float if there is no Value among the arguments.

    Raises
    ------
    SizeError
        If there are not as many targets as outputs, or none.
    NotANumberError
        If an element is neither a number nor a Value.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import half_squared_error
    >>> output = Value(3.0)
    >>> loss = half_squared_error(output, 1.0)
    >>> loss.backward()
    >>> loss.data, output.grad
    (2.0, 2.0)
    """
    o = numbers([outputs] if _is_single(outputs) else outputs, "outputs")
    t = numbers([targets] if _is_single(targets) else targets, "targets")
    if len(o) != len(t) or not o:
        raise SizeError(f"half_squared_error needs one target an output, but got {len(o)} outputs, {len(t)} targets")
    return 0.5 * sum([square(a - b) for a, b in zip(o, t, strict=True)])


def cross_entropy(logits: Any, target: Any) -> Any:
    """Return the cross-entropy of the softmax of the logits, -Σ t log softmax(z).

    Computed as log Σ exp(z) - Σ t z, which does not overflow. Its derivative by the logits is softmax(z) - t (Bishop
    2006, Pattern Recognition and Machine Learning, equations 4.108 and 4.109).

    Parameters
    ----------
    logits : sequence of Values or numbers, of shape (classes,)
        A score for each class, before the softmax.
    target : int, or sequence of numbers of shape (classes,)
        The index of the true class, or the probability of each class (one-hot, for example).

    Returns
    -------
    Value
        A float if the logits are plain numbers.

    Raises
    ------
    ArgumentError
        If the target is no class index, or is negative somewhere or does not sum to 1.
    SizeError
        If there are not as many probabilities as logits, or no logits.
    NotANumberError
        If an element is not a number.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import cross_entropy
    >>> logits = [Value(0.0), Value(0.0)]
    >>> loss = cross_entropy(logits, 1)
    >>> loss.backward()
    >>> round(loss.data, 4), logits[0].grad, logits[1].grad
    (0.6931, 0.5, -0.5)
    """
    z = numbers(logits, "logits")
    if not z:
        raise SizeError("cross_entropy needs a logit for each class, but got none")
    if isinstance(target, list | tuple | np.ndarray):
        probabilities = _probabilities(target, len(z))
        possible = [(p, a) for p, a in zip(probabilities, z, strict=True) if p != 0]  # 0 * -inf is nan
        return logsumexp(z) - dot(*zip(*possible, strict=True))
    return logsumexp(z) - z[class_index(target, len(z), "the target of cross_entropy")]


def hinge(score: Any, target: Any) -> Any:
    """Return by how much the true class falls short of a margin of 1.

    For two classes max(0, 1 - t s) (Cortes and Vapnik 1995, Support-vector networks); for more
    max(0, 1 + max_{j ≠ t} s_j - s_t) (Crammer and Singer 2001, On the algorithmic implementation of multiclass
    kernel-based vector machines).

    Parameters
    ----------
    score : Value or number, or sequence of them of shape (classes,)
        One score whose sign is the class, or one for each of at least two classes.
    target : int
        -1 or +1 for one score, else the index of the true class.

    Returns
    -------
    Value
        A float if the scores are plain numbers.

    Raises
    ------
    ArgumentError
        If the target is not -1 or +1, or no class index.
    SizeError
        If there are fewer than two scores in a sequence.
    NotANumberError
        If a score is neither a number nor a Value.

    Examples
    --------
    >>> from nn import hinge
    >>> hinge(0.25, -1), hinge([2.0, 0.5, 1.5], 0)
    (1.25, 0.5)
    """
    if _is_single(score):
        if isinstance(target, list | tuple | np.ndarray) or target not in (-1, 1):
            raise ArgumentError(f"the target of hinge for a single score must be -1 or +1, not {target!r}")
        return relu(1.0 - target * score)
    scores = numbers(score, "score")
    if len(scores) < 2:
        raise SizeError(f"hinge needs a score for each of at least two classes, but got {len(scores)}")
    true = class_index(target, len(scores), "the target of hinge")
    return relu(1.0 + max(scores[:true] + scores[true + 1 :]) - scores[true])


def _is_single(x: Any) -> bool:
    return isinstance(x, Value | Real | np.bool_)


def _probabilities(target: Any, classes: int) -> list[float]:
    probabilities = numbers(target, "target")
    if len(probabilities) != classes:
        raise SizeError(f"cross_entropy needs one probability a logit, but got {classes} logits, {len(probabilities)}")
    if any(isinstance(p, Value) for p in probabilities):
        raise NotANumberError("the target of cross_entropy must be plain numbers, not Values: it is not differentiated")
    if any(not p >= 0 for p in probabilities) or not math.isclose(math.fsum(probabilities), 1.0, abs_tol=1e-6):
        raise ArgumentError(f"the target of cross_entropy must be probabilities that sum to 1, not {probabilities!r}")
    return probabilities
