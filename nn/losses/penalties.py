"""Penalties: what large weights cost, to be added to a loss. Biases are left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import ArgumentError, Tensor, Value, abs, dot, square, sum
from nn.checks import not_negative
from nn.module import Module

__all__ = ["l1_penalty", "l2_penalty"]

BIASES = ("b", "bias")
"""The attributes that hold biases."""


def l1_penalty(parameters: Module | Iterable[Value | Tensor], strength: float) -> Any:
    """Return the sum of the absolute weights: strength · Σ abs(w).

    It drives weights to exactly 0 (Tibshirani 1996, Regression shrinkage and selection via the lasso). Its derivative
    by a weight that is 0 is 0.

    Parameters
    ----------
    parameters : Module, or iterable of Value and Tensor
        A model, of which the biases are left out: the parameters held by an attribute ``b`` or ``bias``. Or the
        parameters themselves, all of which count.
    strength : float
        The factor, not negative.

    Returns
    -------
    Value, Tensor or float
        A Value if all parameters are Values; 0.0 if a model has nothing but biases.

    Raises
    ------
    ArgumentError
        If the strength is negative, there is no parameter, or one is neither a Value nor a Tensor.

    Examples
    --------
    >>> from autograd import Tensor
    >>> from nn import l1_penalty
    >>> w = Tensor([[1.0, -2.0]])
    >>> penalty = l1_penalty([w], 0.5)
    >>> penalty.backward()
    >>> penalty.item(), w.grad
    (1.5, array([[ 0.5, -0.5]]))
    """
    factor = not_negative(strength, "the strength of l1_penalty")
    values, tensors = _weights("l1_penalty", parameters)
    return factor * _total(sum([abs(w) for w in values]), [np.sum(abs(w)) for w in tensors])


def l2_penalty(parameters: Module | Iterable[Value | Tensor], strength: float) -> Any:
    """Return half the sum of the squared weights: strength / 2 · Σ w².

    The half makes its derivative by a weight strength · w, as in Bishop 2006, Pattern Recognition and Machine Learning,
    equation 5.112.

    Parameters
    ----------
    parameters : Module, or iterable of Value and Tensor
        As in `l1_penalty`.
    strength : float
        The factor, not negative.

    Returns
    -------
    Value, Tensor or float
        A Value if all parameters are Values; 0.0 if a model has nothing but biases.

    Raises
    ------
    ArgumentError
        If the strength is negative, there is no parameter, or one is neither a Value nor a Tensor.

    Examples
    --------
    >>> from nn import MLP, l2_penalty
    >>> model = MLP(1, [1], seed=0)
    >>> neuron = model.layers[0].neurons[0]
    >>> neuron.w[0].data, neuron.b.data = 3.0, 5.0
    >>> penalty = l2_penalty(model, 0.1)
    >>> penalty.backward()
    >>> round(penalty.data, 12), round(neuron.w[0].grad, 12), neuron.b.grad
    (0.45, 0.3, 0.0)
    """
    factor = not_negative(strength, "the strength of l2_penalty")
    values, tensors = _weights("l2_penalty", parameters)
    return 0.5 * factor * _total(dot(values, values), [np.sum(square(w)) for w in tensors])


def _total(of_values: Any, of_tensors: list[Any]) -> Any:
    total: Any = 0.0
    for part in (of_values, *of_tensors):  # one for each array; all Values are one part
        total = part if isinstance(total, float) else total + part
    return total


def _weights(name: str, parameters: Any) -> tuple[list[Value], list[Tensor]]:
    """Return what is penalised: the Values, and the Tensors."""
    if isinstance(parameters, Module):
        given = list(parameters.named_parameters())
        kept: list[Any] = [parameter for place, parameter in given if _attribute(place) not in BIASES]
    elif isinstance(parameters, Iterable) and not isinstance(parameters, Value | Tensor):
        kept = given = list(parameters)
    else:
        raise ArgumentError(f"{name} takes a module or its parameters in a list, not {type(parameters).__name__}")
    if not given:
        raise ArgumentError(f"{name} was given no parameter; was it an iterator that had been used up?")
    for i, parameter in enumerate(kept):
        if not isinstance(parameter, Value | Tensor):
            raise ArgumentError(f"parameter {i} of {name} must be a Value or a Tensor, not {type(parameter).__name__}")
    values = [parameter for parameter in kept if isinstance(parameter, Value)]
    return values, [parameter for parameter in kept if isinstance(parameter, Tensor)]


def _attribute(place: str) -> str:
    """Return the attribute that holds a parameter: ``bias`` of ``layers[0].bias`` and of ``layers[0].bias[2]``."""
    return place.rpartition(".")[2].partition("[")[0]
