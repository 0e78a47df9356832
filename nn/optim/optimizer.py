"""Optimizer: a step is made of checked gradients, or not at all."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import (
    ArgumentError,
    DisconnectedWarning,
    NonFiniteGradientError,
    NotALeafError,
    Tensor,
    Value,
)

__all__ = ["Optimizer", "flat"]


class Optimizer(ABC):
    """Base of the optimizers. A subclass says how one step changes the parameters.

    Where each number changes by a formula in its own gradient, derive from `ElementwiseOptimizer` instead.

    Parameters
    ----------
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.

    Attributes
    ----------
    parameters : list of Value and Tensor
    steps : int
        How many steps have been made.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor, or one is given twice.
    NotALeafError
        If one is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import Optimizer
    >>> class SignDescent(Optimizer):
    ...     def update(self, gradients):
    ...         for p, g in zip(self.parameters, gradients, strict=True):
    ...             p.data -= 0.1 if g > 0 else -0.1
    >>> x = Value(2.0)
    >>> (x * x).backward()
    >>> SignDescent([x]).step()
    >>> x.data
    1.9
    """

    def __init__(self, parameters: Iterable[Value | Tensor]) -> None:
        self.parameters = _leaves(parameters)
        self.steps = 0

    @abstractmethod
    def update(self, gradients: Sequence[Any]) -> None:
        """Change the parameters, given the gradient of each, all finite: of a Value a float, of a Tensor an array."""

    def step(self) -> None:
        """Check all gradients, then change the parameters.

        Raises
        ------
        NonFiniteGradientError
            If a gradient is inf or nan; the parameters are named, and none is changed.

        Warns
        -----
        DisconnectedWarning
            If no backward pass has reached a parameter since its gradient was last set to zero; it is named.
        """
        gradients = [_gradient(p) for p in self.parameters]
        if not np.isfinite(flat(gradients)).all():
            bad = [i for i, gradient in enumerate(gradients) if not np.isfinite(gradient).all()]
            raise NonFiniteGradientError(
                f"no step was made, because the gradient of {self._names(bad)} is not finite. A smaller learning rate "
                "or smaller inputs may help; call zero_grad() before the next backward()"
            )
        unreached = [i for i, p in enumerate(self.parameters) if p.reached == 0 and not np.any(gradients[i])]
        if unreached:
            warnings.warn(
                f"no backward pass has reached {self._names(unreached)} since zero_grad(), so its gradient is 0: does "
                "the loss depend on it, and was backward() called?",
                DisconnectedWarning,
                stacklevel=2,
            )
        self.update(gradients)
        self.steps += 1

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def _names(self, positions: Sequence[int]) -> str:
        names = ", ".join(_called(self.parameters[i], i) for i in positions[:5])
        return f"{names} and {len(positions) - 5} more" if len(positions) > 5 else names


def flat(parts: Sequence[Any]) -> np.ndarray:
    """Return numbers and the elements of arrays one behind the other, as float64."""
    if any(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts, axis=None, dtype=np.float64)
    return np.array(parts, np.float64)  # numbers alone: ten times as fast


def _gradient(parameter: Value | Tensor) -> Any:
    gradient = parameter.grad
    if isinstance(gradient, Value | Tensor):  # recorded, by create_graph
        gradient = gradient.data
    if isinstance(parameter, Value):
        return float(gradient)
    return np.zeros(parameter.shape, parameter.dtype) if gradient is None else gradient


def _leaves(parameters: Any) -> list[Value | Tensor]:
    """Return the parameters as a list, or refuse the first that cannot be trained."""
    if not isinstance(parameters, Iterable) or isinstance(parameters, Tensor):
        raise ArgumentError(
            "parameters must be Values and Tensors in a list, such as model.parameters() or [weights], not "
            f"{type(parameters).__name__}"
        )
    leaves = list(parameters)
    if not leaves:
        raise ArgumentError("there is no parameter to train; was parameters an iterator that had been used up?")
    first: dict[int, int] = {}
    for i, parameter in enumerate(leaves):
        if not isinstance(parameter, Value | Tensor):
            raise ArgumentError(
                f"parameter {i} must be a Value or a Tensor, not {type(parameter).__name__}: {parameter!r}"
            )
        if not parameter.is_leaf:
            raise NotALeafError(
                f"{_called(parameter, i)} is the result of {parameter.op!r}; only a leaf can be trained"
            )
        if id(parameter) in first:
            raise ArgumentError(
                f"{_called(parameter, i)} is given twice, at positions {first[id(parameter)]} and {i}, "
                "and would be changed twice a step"
            )
        first[id(parameter)] = i
    return leaves


def _called(parameter: Value | Tensor, position: int) -> str:
    what = repr(parameter) if isinstance(parameter, Value) else f"a Tensor of shape {parameter.shape}"
    return parameter.name or f"parameter {position} ({what})"
