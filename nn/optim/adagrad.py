"""Adagrad: the gradient divided by the root of the sum of all its squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from autograd import sqrt
from nn.checks import not_negative, positive
from nn.optim.elementwise import ElementwiseOptimizer, Parameters, Rate
from nn.optim.groups import Check
from nn.optim.weight_decay import weight_decay_of, with_penalty

__all__ = ["Adagrad"]


@final
class Adagrad(ElementwiseOptimizer):
    """Adagrad: s <- s + g**2; p <- p - lr g / (sqrt(s) + eps).

    Parameters that seldom have a gradient keep large steps (Duchi, Hazan and Singer 2011, Adaptive subgradient methods
    for online learning and stochastic optimization, section 1.1).

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params`` and such
        settings as are its own.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    weight_decay : float, optional
        How much of the parameter is added to its gradient.
    initial_accumulator_value : float, optional
        Where the sum s starts.
    eps : float, optional
        Keeps the step finite where no gradient has been.
    decay : float, optional
        How fast the learning rate decays, PyTorch's ``lr_decay``: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` or ``eps`` is not positive,
        or a decay or ``initial_accumulator_value`` is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import Adagrad
    >>> x = Value(3.0)
    >>> adagrad = Adagrad([x], lr=0.5)
    >>> (x * x).backward()
    >>> adagrad.step()
    >>> round(x.data, 6)
    2.5
    """

    state = ("square_sum",)
    settings: ClassVar[Mapping[str, Check]] = {"weight_decay": not_negative, "eps": positive}

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.01,
        *,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay, weight_decay=weight_decay, eps=eps)
        self.states["square_sum"] += not_negative(initial_accumulator_value, "initial_accumulator_value")

    @staticmethod
    def rule(p: Any, g: Any, square_sum: Any, lr: Any, eps: Any, weight_decay: Any = None) -> Any:
        """Return the parameter and the sum of the squares of its gradients after a step."""
        g = with_penalty(g, p, weight_decay)
        square_sum = square_sum + g * g
        return p - lr * g / (sqrt(square_sum) + eps), square_sum

    def coefficients_of(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the learning rate, eps, and any weight decay."""
        return self.lr_of(group), group["eps"], *weight_decay_of(group, self.param_groups)
