"""SGD: down the gradient, with or without momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from autograd import ArgumentError
from nn.checks import flag, fraction, not_negative
from nn.optim.elementwise import ElementwiseOptimizer, Parameters, Rate
from nn.optim.groups import Check
from nn.optim.weight_decay import weight_decay_of, with_penalty

__all__ = ["SGD"]


@final
class SGD(ElementwiseOptimizer):
    """Gradient descent, with momentum if wanted: v <- momentum v + g; p <- p - lr v.

    Momentum is Polyak's (1964, Some methods of speeding up the convergence of iteration methods). Nesterov's looks
    ahead, p <- p - lr (g + momentum v) (Sutskever, Martens, Dahl and Hinton 2013, On the importance of initialization
    and momentum in deep learning), with the learning rate outside of v, as in PyTorch. Without momentum v is g. The
    descent is stochastic when the gradients come from a sample or a small batch (Robbins and Monro 1951).

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params`` and such
        settings as are its own.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    momentum : float, optional
        How much of the velocity is kept from step to step: at least 0 and less than 1.
    nesterov : bool, optional
        Whether to look ahead; this needs momentum.
    weight_decay : float, optional
        How much of the parameter is added to its gradient: that of a penalty weight_decay / 2 times its square.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` is not positive,
        ``momentum`` is out of range, ``nesterov`` is asked for without momentum, or a decay is negative.
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

    Weights that decay, and biases that do not:

    >>> w, b = Value(1.0), Value(1.0)
    >>> sgd = SGD([{"params": [w], "weight_decay": 0.5}, {"params": [b]}], lr=0.1)
    >>> (w + b).backward()
    >>> sgd.step()
    >>> w.data, b.data
    (0.85, 0.9)
    """

    state = ("velocity",)
    settings: ClassVar[Mapping[str, Check]] = {"momentum": fraction, "nesterov": flag, "weight_decay": not_negative}

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)
        if any(group["nesterov"] and group["momentum"] == 0 for group in self.param_groups):
            raise ArgumentError("nesterov=True looks ahead along the momentum, so it needs one, such as momentum=0.9")

    @staticmethod
    def rule(
        p: Any,
        g: Any,
        velocity: Any,
        lr: Any,
        momentum: Any,
        by_gradient: Any,
        by_velocity: Any,
        weight_decay: Any = None,
    ) -> Any:
        """Return the parameter and its velocity after a step."""
        g = with_penalty(g, p, weight_decay)
        velocity = momentum * velocity + g
        return p - lr * (by_gradient * g + by_velocity * velocity), velocity

    def coefficients_of(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the learning rate, momentum, how much gradient and velocity there is in a step, and any decay."""
        momentum = group["momentum"]
        by_gradient, by_velocity = (1.0, momentum) if group["nesterov"] else (0.0, 1.0)
        decay = weight_decay_of(group, self.param_groups)
        return self.lr_of(group), momentum, by_gradient, by_velocity, *decay
