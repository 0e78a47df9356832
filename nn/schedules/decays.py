"""Learning rates that fall as the epochs pass, by a formula known beforehand."""

from __future__ import annotations

import math
from typing import Any, final

from autograd import ArgumentError
from nn.checks import not_negative, positive, positive_int, real
from nn.schedules.schedule import Schedule

__all__ = ["CosineLR", "ExponentialLR", "InverseTimeLR", "StepLR", "share"]


@final
class StepLR(Schedule):
    """Times gamma after every ``step_size`` epochs: gamma ** (epoch // step_size).

    Parameters
    ----------
    step_size : int
        How many epochs the learning rate stays the same.
    gamma : float, optional
        By what it is multiplied then; above 0.

    Raises
    ------
    ArgumentError
        If ``step_size`` is not a positive int, or ``gamma`` not positive.

    Examples
    --------
    >>> from nn import StepLR
    >>> [StepLR(2, gamma=0.5)(epoch) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    remembered = ("step_size", "gamma")

    def __init__(self, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = positive_int(step_size, "step_size")
        self.gamma = positive(gamma, "gamma")

    def __call__(self, epoch: int) -> float:
        """Return gamma ** (epoch // step_size)."""
        return float(self.gamma ** (epoch // self.step_size))

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return the settings, or refuse them."""
        return StepLR(saved["step_size"], saved["gamma"]).state_dict()


@final
class ExponentialLR(Schedule):
    """Times gamma after every epoch: gamma ** epoch.

    Parameters
    ----------
    gamma : float
        Above 0.

    Raises
    ------
    ArgumentError
        If ``gamma`` is not positive.

    Examples
    --------
    >>> from nn import ExponentialLR
    >>> [ExponentialLR(0.5)(epoch) for epoch in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    remembered = ("gamma",)

    def __init__(self, gamma: float) -> None:
        self.gamma = positive(gamma, "gamma")

    def __call__(self, epoch: int) -> float:
        """Return gamma ** epoch."""
        return float(self.gamma**epoch)

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return the settings, or refuse them."""
        return ExponentialLR(saved["gamma"]).state_dict()


@final
class InverseTimeLR(Schedule):
    """Divided by what grows with the epochs: 1 / (1 + rate epoch).

    The sum of all learning rates is infinite and that of their squares is not, which is what Robbins and Monro (1951, A
    stochastic approximation method) ask for. An optimizer's ``decay`` does the same from step to step.

    Parameters
    ----------
    rate : float
        How fast it falls: after 1 / rate epochs it is half. 0 keeps it.

    Raises
    ------
    ArgumentError
        If ``rate`` is negative.

    Examples
    --------
    >>> from nn import InverseTimeLR
    >>> [InverseTimeLR(0.5)(epoch) for epoch in (0, 2, 6)]
    [1.0, 0.5, 0.25]
    """

    remembered = ("rate",)

    def __init__(self, rate: float) -> None:
        self.rate = not_negative(rate, "rate")

    def __call__(self, epoch: int) -> float:
        """Return 1 / (1 + rate epoch)."""
        return 1.0 / (1.0 + self.rate * epoch)

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return the settings, or refuse them."""
        return InverseTimeLR(saved["rate"]).state_dict()


@final
class CosineLR(Schedule):
    """Down half a wave of the cosine: m + (1 - m) (1 + cos(pi epoch / epochs)) / 2, with m the least factor.

    It is from Loshchilov and Hutter (2017, SGDR: Stochastic gradient descent with warm restarts, equation 5), here
    without restarts: from epoch ``epochs`` on it stays at the least factor, where PyTorch's would rise again.

    Parameters
    ----------
    epochs : int
        How many epochs it takes down, PyTorch's ``T_max``.
    min_factor : float, optional
        Where it ends, as a part of the learning rate: from 0 to 1.

    Raises
    ------
    ArgumentError
        If ``epochs`` is not a positive int, or ``min_factor`` out of range.

    Examples
    --------
    >>> from nn import CosineLR
    >>> [round(CosineLR(4)(epoch), 3) for epoch in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    remembered = ("epochs", "min_factor")

    def __init__(self, epochs: int, min_factor: float = 0.0) -> None:
        self.epochs = positive_int(epochs, "epochs")
        self.min_factor = share(min_factor, "min_factor")

    def __call__(self, epoch: int) -> float:
        """Return m + (1 - m) (1 + cos(pi epoch / epochs)) / 2, and m behind the last epoch."""
        if epoch >= self.epochs:
            return self.min_factor
        return self.min_factor + (1.0 - self.min_factor) * (1.0 + math.cos(math.pi * epoch / self.epochs)) / 2.0

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return the settings, or refuse them."""
        return CosineLR(saved["epochs"], saved["min_factor"]).state_dict()


def share(x: Any, what: str) -> float:
    """Return ``x`` as a float from 0 to 1, or refuse it as ``what``."""
    plain = real(x, what)
    if not 0 <= plain <= 1:
        raise ArgumentError(f"{what} must be from 0 to 1, not {x!r}")
    return plain
