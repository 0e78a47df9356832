"""RMSprop: the gradient divided by the root of the running mean of its square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from autograd import maximum, sqrt
from nn.checks import flag, fraction, not_negative, positive
from nn.optim.elementwise import ElementwiseOptimizer, Parameters, Rate
from nn.optim.groups import Check
from nn.optim.weight_decay import weight_decay_of, with_penalty

__all__ = ["RMSprop"]


@final
class RMSprop(ElementwiseOptimizer):
    """RMSprop: v <- alpha v + (1 - alpha) g**2; p <- p - lr g / (sqrt(v) + eps).

    It is from Tieleman and Hinton (2012, Neural networks for machine learning, lecture 6.5). Centered, v less the
    square of the running mean of g takes the place of v, so that it is the variance (Graves 2013, Generating sequences
    with recurrent neural networks, section 4.2). Momentum keeps a part of the step before. The formulas are PyTorch's.

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params`` and such
        settings as are its own.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    alpha : float, optional
        How much of the running means is kept from step to step: at least 0 and less than 1.
    eps : float, optional
        Keeps the step finite where no gradient has been.
    weight_decay : float, optional
        How much of the parameter is added to its gradient.
    momentum : float, optional
        How much of the step before is added to a step: at least 0 and less than 1.
    centered : bool, optional
        Whether to divide by the deviation of the gradient from its mean.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` or ``eps`` is not positive,
        ``alpha`` or ``momentum`` is out of range, or a decay is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import RMSprop
    >>> x = Value(3.0)
    >>> rmsprop = RMSprop([x], lr=0.25, alpha=0.75)
    >>> (x * x).backward()
    >>> rmsprop.step()
    >>> round(x.data, 6)  # 3 - 0.25 * 6 / sqrt(0.25 * 36)
    2.5
    """

    state = ("square_mean", "mean", "momentum_step")
    settings: ClassVar[Mapping[str, Check]] = {
        "alpha": fraction,
        "eps": positive,
        "weight_decay": not_negative,
        "momentum": fraction,
        "centered": flag,
    }

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        decay: float = 0.0,
    ) -> None:
        super().__init__(
            parameters,
            lr,
            decay=decay,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
        )

    @staticmethod
    def rule(
        p: Any,
        g: Any,
        square_mean: Any,
        mean: Any,
        momentum_step: Any,
        lr: Any,
        alpha: Any,
        eps: Any,
        momentum: Any,
        centered: Any,
        weight_decay: Any = None,
    ) -> Any:
        """Return the parameter, the running means of its gradient, and the step for momentum."""
        g = with_penalty(g, p, weight_decay)
        square_mean = alpha * square_mean + (1 - alpha) * (g * g)
        mean = alpha * mean + (1 - alpha) * g
        variance = maximum(square_mean - centered * (mean * mean), 0.0)  # by rounding it could be a little below
        momentum_step = momentum * momentum_step + g / (sqrt(variance) + eps)
        return p - lr * momentum_step, square_mean, mean, momentum_step

    def coefficients_of(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the learning rate, alpha, eps, the momentum, 1 if the mean is taken off, and any decay."""
        decay = weight_decay_of(group, self.param_groups)
        return self.lr_of(group), group["alpha"], group["eps"], group["momentum"], float(group["centered"]), *decay
