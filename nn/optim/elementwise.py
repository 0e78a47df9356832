"""Optimizers given by a formula for one number, which is read on all of them at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from autograd import ArgumentError, Tensor, Value
from nn.checks import not_negative, positive
from nn.optim.optimizer import Optimizer, flat

__all__ = ["ElementwiseOptimizer"]


class ElementwiseOptimizer(Optimizer):
    """Base of the optimizers that change each number by a formula in its own gradient.

    A subclass states the formula as `rule`, the names of what it remembers from step to step as `state`, and the
    numbers that are one for all parameters as `coefficients`. The rule is an ordinary expression, made of operators and
    functions of ``autograd`` without ``if``, so that it can be read on numbers, on arrays and on symbols.

    The learning rate of the next step is lr / (1 + decay k) after k steps, decay with inverse time (Bottou 2012,
    Stochastic Gradient Descent Tricks, section 5.2).

    Parameters
    ----------
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.
    lr : float or callable
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    decay : float, optional
        How fast it decays; 0 keeps it.

    Attributes
    ----------
    state : tuple of str
        The names of the numbers kept for each parameter, which start at zero.
    states : dict of ndarray of shape (numbers of all parameters,)
        These numbers by name, in the order of the parameters and of the elements of each.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` is not positive, or
        ``decay`` is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Tensor, sign
    >>> from nn import ElementwiseOptimizer
    >>> class SignDescent(ElementwiseOptimizer):
    ...     @staticmethod
    ...     def rule(p, g, lr):
    ...         return (p - lr * sign(g),)
    >>> x = Tensor([2.0, -4.0])
    >>> (x @ x).backward()
    >>> SignDescent([x], lr=0.5).step()
    >>> x.data
    array([ 1.5, -3.5])
    """

    state: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, parameters: Iterable[Value | Tensor], lr: float | Callable[[int], float], *, decay: float = 0.0
    ) -> None:
        super().__init__(parameters)
        self.rate = lr if callable(lr) else positive(lr, "lr")
        self.decay = not_negative(decay, "decay")
        self.states = {name: np.zeros_like(self._numbers()) for name in self.state}

    @staticmethod
    @abstractmethod
    def rule(p: Any, g: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return the new number, and the new states behind it.

        Parameters
        ----------
        p : number, array or symbol
            The parameter.
        g
            Its gradient.
        *args
            The states, in the order of ``state``, then what `coefficients` returns.
        **kwargs
            Not used; written for type checkers, which then let a subclass name its own.

        Returns
        -------
        tuple
            The new parameter, and each new state.
        """

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        rate = not_negative(self.rate(self.steps), f"lr({self.steps})") if callable(self.rate) else self.rate
        return rate / (1.0 + self.decay * self.steps)

    def coefficients(self) -> tuple[float, ...]:
        """Return the plain numbers that the rule takes in the next step, behind the states: the learning rate alone."""
        return (self.lr,)

    def update(self, gradients: Sequence[Any]) -> None:
        """Read the rule on all numbers at once, then give the parameters the new ones."""
        old = self._numbers()
        with np.errstate(all="ignore"):
            made = self.rule(old, flat(gradients), *self.states.values(), *self.coefficients())
            if not isinstance(made, tuple) or [np.shape(x) for x in made] != [old.shape] * (1 + len(self.state)):
                raise ArgumentError(
                    f"the rule of {type(self).__name__} must return a tuple of {', '.join(('p', *self.state))}, each "
                    "of the shape of p; a tuple of one needs a comma: (p - lr * g,)"
                )
            new, *states = made
            self.states = dict(zip(self.state, states, strict=True))
            self._write(new)

    def _numbers(self) -> np.ndarray:
        return flat([p.data if isinstance(p, Value) else p.numpy() for p in self.parameters])

    def _write(self, numbers: np.ndarray) -> None:
        start = 0
        for parameter in self.parameters:
            if isinstance(parameter, Value):
                parameter.data = numbers.item(start)
                start += 1
            else:
                parameter.data[...] = numbers[start : start + parameter.size].reshape(parameter.shape)
                start += parameter.size
