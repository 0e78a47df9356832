"""Dropout: in training, signals are left out at random."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from nn.checks import fraction, generator, signals
from nn.module import Module, title

__all__ = ["Dropout"]


@final
class Dropout(Module):
    """In training each number is 0 with probability p, and the others are divided by 1 - p; else nothing happens.

    From Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, Dropout: a simple way to prevent neural
    networks from overfitting; the division in training is PyTorch's.

    Parameters
    ----------
    p : float, optional
        The probability, at least 0 and less than 1.
    seed : int, numpy.random.Generator or None, optional
        Where it is drawn from, call after call.

    Raises
    ------
    ArgumentError
        If ``p`` is out of range, or the seed is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Dropout
    >>> Dropout(0.5, seed=0)(np.ones(6))
    array([2., 0., 0., 0., 2., 2.])
    """

    recordable: ClassVar[bool] = False

    def __init__(self, p: float = 0.5, *, seed: int | np.random.Generator | None = None) -> None:
        self.p = fraction(p, "p")
        self.rng = generator(seed)

    def forward(self, x: Any) -> Any:
        """Return the numbers that are left, as an array or a Tensor, whichever was given.

        Parameters
        ----------
        x : array or Tensor of any shape
        """
        inputs = signals(x, f"the inputs of {title(self)}")
        if not self.training or self.p == 0:
            return inputs
        scale = np.asarray((self.rng.random(inputs.shape) >= self.p) / (1.0 - self.p), inputs.dtype)
        return inputs * scale

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"p": self.p}

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"{self.p}"
