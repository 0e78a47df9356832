"""Activations as modules, for a `Sequential`."""

from __future__ import annotations

from typing import Any, final

import autograd
from nn.checks import integer, real
from nn.module import Module

__all__ = ["ELU", "GELU", "LeakyReLU", "LogSoftmax", "ReLU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh"]


@final
class ReLU(Module):
    """x where it is positive, else 0 (Nair and Hinton 2010, Rectified Linear Units).

    Examples
    --------
    >>> from nn import ReLU
    >>> ReLU()([-1.0, 2.0])
    array([0., 2.])
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.relu` takes."""
        return autograd.relu(x)


@final
class LeakyReLU(Module):
    """x where it is positive, else slope x (Maas, Hannun and Ng 2013, Rectifier Nonlinearities).

    Parameters
    ----------
    slope : float, optional
        Of the left side.

    Raises
    ------
    ArgumentError
        If it is no finite number.

    Examples
    --------
    >>> from nn import LeakyReLU
    >>> LeakyReLU(0.1)([-1.0, 2.0])
    array([-0.1,  2. ])
    """

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = real(slope, "slope")

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.leaky_relu` takes."""
        return autograd.leaky_relu(x, slope=self.slope)

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"slope": self.slope}

    def extra_repr(self) -> str:
        """Return the slope."""
        return f"{self.slope}"


@final
class ELU(Module):
    """x where it is positive, else alpha (exp(x) - 1) (Clevert, Unterthiner and Hochreiter 2016).

    Parameters
    ----------
    alpha : float, optional
        Where it goes to far on the left, with the sign turned.

    Raises
    ------
    ArgumentError
        If it is no finite number.

    Examples
    --------
    >>> from nn import ELU
    >>> ELU()(0.5)
    0.5
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = real(alpha, "alpha")

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.elu` takes."""
        return autograd.elu(x, alpha=self.alpha)

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"alpha": self.alpha}

    def extra_repr(self) -> str:
        """Return the alpha."""
        return f"{self.alpha}"


@final
class GELU(Module):
    """x times the normal distribution function of x (Hendrycks and Gimpel 2016), exact.

    Examples
    --------
    >>> from nn import GELU
    >>> GELU()(0.0)
    0.0
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.gelu` takes."""
        return autograd.gelu(x)


@final
class SiLU(Module):
    """x sigmoid(x), also known as swish.

    Examples
    --------
    >>> from nn import SiLU
    >>> SiLU()(0.0)
    0.0
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.silu` takes."""
        return autograd.silu(x)


@final
class Softplus(Module):
    """log(1 + exp(x)), a smooth rectifier.

    Examples
    --------
    >>> from nn import Softplus
    >>> round(Softplus()(0.0), 4)
    0.6931
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.softplus` takes."""
        return autograd.softplus(x)


@final
class Sigmoid(Module):
    """1 / (1 + exp(-x)).

    Examples
    --------
    >>> from nn import Sigmoid
    >>> Sigmoid()(0.0)
    0.5
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.sigmoid` takes."""
        return autograd.sigmoid(x)


@final
class Tanh(Module):
    """The hyperbolic tangent.

    Examples
    --------
    >>> from nn import Tanh
    >>> Tanh()(0.0)
    0.0
    """

    def forward(self, x: Any) -> Any:
        """Return the function of each number, of any kind that `autograd.tanh` takes."""
        return autograd.tanh(x)


class _AlongAxis(Module):
    """What works on numbers that belong together along an axis."""

    def __init__(self, axis: int = -1) -> None:
        self.axis = integer(axis, "axis")

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"axis": self.axis}

    def extra_repr(self) -> str:
        """Return the axis."""
        return f"axis={self.axis}"


@final
class Softmax(_AlongAxis):
    """exp(x) divided by its sum: positive numbers whose sum is 1.

    Parameters
    ----------
    axis : int, optional
        Along which the numbers belong together.

    Raises
    ------
    ArgumentError
        If it is no int.

    Examples
    --------
    >>> from nn import Softmax
    >>> Softmax()([0.0, 0.0])
    array([0.5, 0.5])
    """

    def forward(self, x: Any) -> Any:
        """Return the function of an array or a Tensor, of the same shape."""
        return autograd.softmax(x, self.axis)


@final
class LogSoftmax(_AlongAxis):
    """The logarithm of softmax, which keeps its digits far below the largest.

    Parameters
    ----------
    axis : int, optional
        Along which the numbers belong together.

    Raises
    ------
    ArgumentError
        If it is no int.

    Examples
    --------
    >>> from nn import LogSoftmax
    >>> LogSoftmax()([0.0, 0.0]).round(4)
    array([-0.6931, -0.6931])
    """

    def forward(self, x: Any) -> Any:
        """Return the function of an array or a Tensor, of the same shape."""
        return autograd.log_softmax(x, self.axis)
