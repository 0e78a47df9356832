"""Losses of pairs: a formula of each output and its target, taken together over a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from autograd import sum
from nn.losses.reduction import Reduction, array_of, batch_of, is_batch, only_for_a_batch, reduced
from nn.losses.targets import batch_beside, sample_beside, sample_of

__all__ = ["of_pairs"]

Within = Literal["mean", "sum"]


def of_pairs(
    name: str,
    formula: Callable[[Any, Any], Any],
    outputs: Any,
    targets: Any,
    weights: Any,
    reduction: Reduction,
    *,
    within: Within,
    called: str = "outputs",
    check: Callable[[Any], None] = lambda targets: None,
) -> Any:
    """Return the loss of one sample or of a batch, which adds up a formula.

    Parameters
    ----------
    name : str
        What messages call the loss.
    formula : callable
        The loss of an output and its target. It is read on numbers, on Values, and on arrays and Tensors.
    outputs, targets, weights, reduction
        As the loss was given them.
    within : {"mean", "sum"}
        What becomes of the numbers within a sample.
    called : str, optional
        What the loss calls its first argument.
    check : callable, optional
        Raises if the targets, a list of one sample or the array or Tensor of a batch, are not what they must be.
    """
    what = f"the {called} of {name}"
    if is_batch(outputs):
        o = batch_of(outputs, what)
        given = array_of(targets, f"the targets of {name}")
        t = batch_beside(name, o, given)
        check(given)
        losses = formula(o, t)
        others = tuple(range(1, losses.ndim))
        if others:
            losses = np.mean(losses, axis=others) if within == "mean" else np.sum(losses, axis=others)
        return reduced(name, losses, weights, reduction)
    only_for_a_batch(name, weights, reduction)
    xs = sample_of(outputs, what)
    ts = sample_beside(name, xs, targets)
    check(ts)
    parts = [formula(x, t) for x, t in zip(xs, ts, strict=True)]
    if len(parts) == 1:
        return parts[0]
    return sum(parts) / len(parts) if within == "mean" else sum(parts)
