"""Optimizers: they change parameters by their gradients."""

from __future__ import annotations

import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, final

from autograd import ArgumentError, DisconnectedWarning, NonFiniteGradientError, NotALeafError, Value
from nn.checks import real

__all__ = ["SGD", "Optimizer"]


class Optimizer(ABC):
    """Base of the optimizers. A subclass says how one step changes the parameters.

    Parameters
    ----------
    parameters : iterable of Value
        The leaves to train, such as ``model.parameters()``.

    Attributes
    ----------
    parameters : list of Value
    steps : int
        How many steps have been made.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is not a Value, or one is given twice.
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

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = _leaves(parameters)
        self.steps = 0

    @abstractmethod
    def update(self, gradients: Sequence[float]) -> None:
        """Change the parameters, given the gradient of each, all finite."""

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
        gradients = [float(p.grad) for p in self.parameters]
        bad = [i for i, gradient in enumerate(gradients) if not math.isfinite(gradient)]
        if bad:
            raise NonFiniteGradientError(
                f"no step was made, because the gradient of {self._names(bad)} is not finite. A smaller learning rate "
                "or smaller inputs may help; call zero_grad() before the next backward()"
            )
        unreached = [i for i, p in enumerate(self.parameters) if p.reached == 0 and gradients[i] == 0]
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


@final
class SGD(Optimizer):
    """Gradient descent, p <- p - lr grad, with a learning rate that decays with inverse time.

    After k steps the learning rate is lr / (1 + decay k) (Bottou 2012, Stochastic Gradient Descent Tricks, section
    5.2). It is stochastic when the gradients come from a sample or a small batch (Robbins and Monro 1951).

    Parameters
    ----------
    parameters : iterable of Value
        The leaves to train, such as ``model.parameters()``.
    lr : float, optional
        The learning rate of the first step.
    decay : float, optional
        How fast it decays; 0 keeps it.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is not a Value or given twice, ``lr`` is not positive, or ``decay`` is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import SGD
    >>> x = Value(3.0)
    >>> sgd = SGD([x], lr=0.25, decay=1.0)
    >>> (x * x).backward()
    >>> sgd.step()
    >>> x.data, sgd.lr
    (1.5, 0.125)
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 0.01, *, decay: float = 0.0) -> None:
        super().__init__(parameters)
        self.initial_lr = real(lr, "lr")
        self.decay = real(decay, "decay")
        if self.initial_lr <= 0:
            raise ArgumentError(f"lr must be positive, not {lr!r}")
        if self.decay < 0:
            raise ArgumentError(f"decay must not be negative, not {decay!r}")

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        return self.initial_lr / (1.0 + self.decay * self.steps)

    def update(self, gradients: Sequence[float]) -> None:
        """Go down the gradient by the learning rate."""
        lr = self.lr
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.data = parameter.data - lr * gradient


def _leaves(parameters: Any) -> list[Value]:
    """Return the parameters as a list, or refuse the first that cannot be trained."""
    if not isinstance(parameters, Iterable):
        raise ArgumentError(
            f"parameters must be Values in a list, such as model.parameters(), not {type(parameters).__name__}"
        )
    leaves = list(parameters)
    if not leaves:
        raise ArgumentError("there is no parameter to train; was parameters an iterator that had been used up?")
    first: dict[int, int] = {}
    for i, parameter in enumerate(leaves):
        if not isinstance(parameter, Value):
            raise ArgumentError(f"parameter {i} must be a Value, not {type(parameter).__name__}: {parameter!r}")
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


def _called(parameter: Value, position: int) -> str:
    return parameter.name or f"parameter {position} ({parameter!r})"
