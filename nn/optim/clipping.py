"""Gradient clipping: gradients that are too long are shortened before a step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import NonFiniteGradientError, Tensor, Value
from nn.checks import positive
from nn.norms import euclidean_norm
from nn.optim.leaves import ensure_finite, flat, gradient_of, leaves_of

__all__ = ["clip_grad_norm", "clip_grad_value"]

CURE = "Look for its cause; clipping would only hide it. Call zero_grad() before the next backward()"


def clip_grad_norm(parameters: Value | Tensor | Iterable[Value | Tensor], max_norm: float) -> float:
    """Shorten the gradient of all parameters together to a norm of at most ``max_norm``; its direction stays.

    As in PyTorch, a longer one is multiplied by max_norm / (norm + 1e-6) (Pascanu, Mikolov and Bengio 2013, On the
    difficulty of training recurrent neural networks, algorithm 1).

    Parameters
    ----------
    parameters : Value, Tensor or iterable of them
        Leaves whose ``.grad`` a backward pass has found; those without one stay without.
    max_norm : float
        Above 0.

    Returns
    -------
    float
        The Euclidean norm before.

    Raises
    ------
    ArgumentError
        If ``max_norm`` is not positive, or the parameters are no such leaves.
    NonFiniteGradientError
        If a gradient, or the norm, is inf or nan; the parameters are named, and no gradient is changed.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import clip_grad_norm
    >>> a, b = Value(1.0), Value(1.0)
    >>> (3 * a + 4 * b).backward()
    >>> clip_grad_norm([a, b], 1.0)
    5.0
    >>> round(a.grad, 6), round(b.grad, 6)
    (0.6, 0.8)
    """
    longest = positive(max_norm, "max_norm")
    leaves, gradients = _reached(parameters)
    norm = euclidean_norm(flat(gradients))
    if norm == np.inf:
        raise NonFiniteGradientError(f"nothing was clipped, because the norm of the gradients is too large. {CURE}")
    if norm + 1e-6 > longest:
        for leaf, gradient in zip(leaves, gradients, strict=True):
            leaf.grad = gradient * (longest / (norm + 1e-6))
    return norm


def clip_grad_value(parameters: Value | Tensor | Iterable[Value | Tensor], clip_value: float) -> None:
    """Clip every number of every gradient to the range from ``-clip_value`` to ``clip_value``.

    Parameters
    ----------
    parameters : Value, Tensor or iterable of them
        Leaves whose ``.grad`` a backward pass has found; those without one stay without.
    clip_value : float
        Above 0.

    Raises
    ------
    ArgumentError
        If ``clip_value`` is not positive, or the parameters are no such leaves.
    NonFiniteGradientError
        If a gradient is inf or nan; the parameters are named, and no gradient is changed.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import clip_grad_value
    >>> a, b = Value(1.0), Value(1.0)
    >>> (3 * a - 0.5 * b).backward()
    >>> clip_grad_value([a, b], 1.0)
    >>> a.grad, b.grad
    (1.0, -0.5)
    """
    largest = positive(clip_value, "clip_value")
    for leaf, gradient in zip(*_reached(parameters), strict=True):
        clipped = np.clip(gradient, -largest, largest)
        leaf.grad = float(clipped) if isinstance(leaf, Value) else clipped


def _reached(parameters: Any) -> tuple[list[Value | Tensor], list[Any]]:
    """Return the leaves that have a gradient, and it, which is finite."""
    leaves = leaves_of([parameters] if isinstance(parameters, Value | Tensor) else parameters)
    gradients = [gradient_of(p) for p in leaves]
    ensure_finite(leaves, gradients, "nothing was clipped", CURE)
    reached = [(p, g) for p, g in zip(leaves, gradients, strict=True) if np.any(g)]
    return [p for p, _ in reached], [g for _, g in reached]
