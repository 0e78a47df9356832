"""SGD: down the gradient, with or without momentum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, final

from autograd import ArgumentError, Tensor, Value
from nn.checks import fraction
from nn.optim.elementwise import ElementwiseOptimizer

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
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    momentum : float, optional
        How much of the velocity is kept from step to step: at least 0 and less than 1.
    nesterov : bool, optional
        Whether to look ahead; this needs momentum.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` is not positive,
        ``momentum`` is out of range, ``nesterov`` is asked for without momentum, or ``decay`` is negative.
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

    state = ("velocity",)

    def __init__(
        self,
        parameters: Iterable[Value | Tensor],
        lr: float | Callable[[int], float] = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay)
        self.momentum = fraction(momentum, "momentum")
        self.nesterov = bool(nesterov)
        if self.nesterov and self.momentum == 0:
            raise ArgumentError("nesterov=True looks ahead along the momentum, so it needs one, such as momentum=0.9")

    @staticmethod
    def rule(p: Any, g: Any, velocity: Any, lr: Any, momentum: Any, by_gradient: Any, by_velocity: Any) -> Any:
        """Return the parameter and its velocity after a step."""
        velocity = momentum * velocity + g
        return p - lr * (by_gradient * g + by_velocity * velocity), velocity

    def coefficients(self) -> tuple[float, ...]:
        """Return the learning rate, the momentum, and how much gradient and velocity there is in a step."""
        return self.lr, self.momentum, *((1.0, self.momentum) if self.nesterov else (0.0, 1.0))
