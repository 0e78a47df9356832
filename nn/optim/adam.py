"""Adam and AdamW: steps of a size that does not depend on the scale of the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, final

from autograd import ArgumentError, sqrt
from nn.checks import fraction, not_negative, positive
from nn.optim.elementwise import ElementwiseOptimizer, Parameters, Rate
from nn.optim.groups import Check
from nn.optim.weight_decay import weight_decay_of, with_penalty

__all__ = ["Adam", "AdamW"]


def _betas(x: Any, what: str) -> tuple[float, float]:
    if not isinstance(x, list | tuple) or len(x) != 2:
        raise ArgumentError(f"{what} must be two numbers, such as (0.9, 0.999), not {x!r}")
    return fraction(x[0], f"{what}[0]"), fraction(x[1], f"{what}[1]")


class _Moments(ElementwiseOptimizer):
    """What the two share: running means of the gradient and of its square."""

    state = ("first_moment", "second_moment")
    settings: ClassVar[Mapping[str, Check]] = {"betas": _betas, "eps": positive, "weight_decay": not_negative}

    def coefficients_of(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the learning rate, betas, what the moments of this step are divided by, eps, and any decay."""
        beta1, beta2 = group["betas"]
        t = self.steps + 1
        decay = weight_decay_of(group, self.param_groups)
        return self.lr_of(group), beta1, beta2, 1 - beta1**t, 1 - beta2**t, group["eps"], *decay


@final
class Adam(_Moments):
    """Adam: running means of the gradient m and of its square v set the step, lr m / (sqrt(v) + eps).

    The means start at zero, so at step t they are divided by 1 - beta**t (Kingma and Ba 2015, Adam: A method for
    stochastic optimization, algorithm 1).

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params`` and such
        settings as are its own.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    betas : pair of float, optional
        How much of each running mean is kept from step to step: at least 0 and less than 1.
    eps : float, optional
        Keeps the step finite where no gradient has been.
    weight_decay : float, optional
        How much of the parameter is added to its gradient, and so goes into the means; `AdamW` keeps the two apart.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` or ``eps`` is not positive,
        ``betas`` are not two numbers in their range, or a decay is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import Adam
    >>> x = Value(3.0)
    >>> adam = Adam([x], lr=0.25)
    >>> (x * x).backward()
    >>> adam.step()
    >>> round(x.data, 6)
    2.75
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.001,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay, betas=betas, eps=eps, weight_decay=weight_decay)

    @staticmethod
    def rule(
        p: Any,
        g: Any,
        first_moment: Any,
        second_moment: Any,
        lr: Any,
        beta1: Any,
        beta2: Any,
        correction1: Any,
        correction2: Any,
        eps: Any,
        weight_decay: Any = None,
    ) -> Any:
        """Return the parameter and its two moments after a step."""
        g = with_penalty(g, p, weight_decay)
        first_moment = beta1 * first_moment + (1 - beta1) * g
        second_moment = beta2 * second_moment + (1 - beta2) * (g * g)
        step = lr * (first_moment / correction1) / (sqrt(second_moment / correction2) + eps)
        return p - step, first_moment, second_moment


@final
class AdamW(_Moments):
    """Adam with a weight decay of its own: p <- (1 - lr weight_decay) p, beside the step of `Adam`.

    A decay that goes through the gradient, as in `Adam`, is divided by the mean of its squares, and so hardly shrinks
    the weights with large gradients; this one shrinks all alike (Loshchilov and Hutter 2019, Decoupled weight decay
    regularization, algorithm 2).

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params`` and such
        settings as are its own.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    betas : pair of float, optional
        How much of each running mean is kept from step to step: at least 0 and less than 1.
    eps : float, optional
        Keeps the step finite where no gradient has been.
    weight_decay : float, optional
        By how much of itself a parameter shrinks in a step, in units of the learning rate.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` or ``eps`` is not positive,
        ``betas`` are not two numbers in their range, or a decay is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import AdamW
    >>> x = Value(3.0)
    >>> adamw = AdamW([x], lr=0.25, weight_decay=0.5)
    >>> (x * x).backward()
    >>> adamw.step()
    >>> round(x.data, 6)  # 3 - 0.25 * 0.5 * 3 - 0.25
    2.375
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: Rate = 0.001,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay, betas=betas, eps=eps, weight_decay=weight_decay)

    @staticmethod
    def rule(
        p: Any,
        g: Any,
        first_moment: Any,
        second_moment: Any,
        lr: Any,
        beta1: Any,
        beta2: Any,
        correction1: Any,
        correction2: Any,
        eps: Any,
        weight_decay: Any = None,
    ) -> Any:
        """Return the parameter and its two moments after a step."""
        shrunk = p if weight_decay is None else p - lr * weight_decay * p
        return Adam.rule(shrunk, g, first_moment, second_moment, lr, beta1, beta2, correction1, correction2, eps)
