"""Adam: steps of a size that does not depend on the scale of the gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

from autograd import ArgumentError, Tensor, Value, sqrt
from nn.checks import fraction, positive
from nn.optim.elementwise import ElementwiseOptimizer

__all__ = ["Adam"]


@final
class Adam(ElementwiseOptimizer):
    """Adam: running means of the gradient m and of its square v set the step, lr m / (sqrt(v) + eps).

    The means start at zero, so at step t they are divided by 1 - beta**t (Kingma and Ba 2015, Adam: A method for
    stochastic optimization, algorithm 1).

    Parameters
    ----------
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.
    lr : float or callable, optional
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    betas : pair of float, optional
        How much of each running mean is kept from step to step: at least 0 and less than 1.
    eps : float, optional
        Keeps the step finite where no gradient has been.
    decay : float, optional
        How fast the learning rate decays: it is lr / (1 + decay k) after k steps.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, ``lr`` or ``eps`` is not positive,
        ``betas`` are not two numbers in their range, or ``decay`` is negative.
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

    state = ("first_moment", "second_moment")

    def __init__(
        self,
        parameters: Iterable[Value | Tensor],
        lr: float | Callable[[int], float] = 0.001,
        *,
        betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, decay=decay)
        if not isinstance(betas, list | tuple) or len(betas) != 2:
            raise ArgumentError(f"betas must be two numbers, such as (0.9, 0.999), not {betas!r}")
        self.betas = (fraction(betas[0], "betas[0]"), fraction(betas[1], "betas[1]"))
        self.eps = positive(eps, "eps")

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
    ) -> Any:
        """Return the parameter and its two moments after a step."""
        first_moment = beta1 * first_moment + (1 - beta1) * g
        second_moment = beta2 * second_moment + (1 - beta2) * (g * g)
        step = lr * (first_moment / correction1) / (sqrt(second_moment / correction2) + eps)
        return p - step, first_moment, second_moment

    def coefficients(self) -> tuple[float, ...]:
        """Return the learning rate, the betas, what the moments of this step are divided by, and eps."""
        beta1, beta2 = self.betas
        t = self.steps + 1
        return self.lr, beta1, beta2, 1 - beta1**t, 1 - beta2**t, self.eps
