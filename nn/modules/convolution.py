"""Modules for images, of shape (samples, channels, height, width)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, final

import numpy as np

from autograd import SizeError, Tensor, avg_pool2d, conv2d, max_pool2d
from nn.checks import generator, not_negative_int, positive_int, signals
from nn.init import Initialiser, uniform
from nn.module import Module, title

__all__ = ["AvgPool2d", "Conv2d", "Flatten", "MaxPool2d"]

Pair = int | tuple[int, int]


@final
class Conv2d(Module):
    """Filters moved over images, as `autograd.conv2d`.

    Parameters
    ----------
    channels, filters : int
        How many channels the images have, and how many there are afterwards.
    kernel : int or pair of int
        The height and the width of a filter.
    stride, padding : int or pair of int, optional
        How far it is from place to place, and how many zeros stand around an image.
    bias : bool, optional
        Whether there is a bias.
    weight_init, bias_init : callable, optional
        How they start; without one, uniform in ±1/sqrt(numbers of a filter), as in PyTorch.
    seed : int, numpy.random.Generator or None, optional
        Where they are drawn from.

    Attributes
    ----------
    weight : Tensor of shape (filters, channels, height, width)
    bias : Tensor of shape (filters,), or None

    Raises
    ------
    ArgumentError
        If a size is not a positive int, the padding is negative, or the seed is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Conv2d
    >>> Conv2d(1, 8, 3, padding=1, seed=0)(np.ones((2, 1, 28, 28))).shape
    (2, 8, 28, 28)
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: Pair,
        stride: Pair = 1,
        padding: Pair = 0,
        bias: bool = True,
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.channels, self.filters = positive_int(channels, "channels"), positive_int(filters, "filters")
        self.kernel, self.stride = _pair(kernel, "kernel"), _pair(stride, "stride")
        self.padding = _pair(padding, "padding", not_negative_int)
        rng = generator(seed)
        limit = 1.0 / math.sqrt(self.channels * math.prod(self.kernel))
        shape = (self.filters, self.channels, *self.kernel)
        self.weight = Tensor((weight_init or uniform(-limit, limit))(shape, rng))
        self.bias = Tensor((bias_init or uniform(-limit, limit))((self.filters,), rng)) if bias else None

    def forward(self, x: Any) -> Tensor:
        """Return the filtered images.

        Parameters
        ----------
        x : array or Tensor of shape (samples, channels, height, width)

        Raises
        ------
        SizeError
            If it has another shape.
        """
        images = signals(x, f"the images of {title(self)}")
        if images.ndim != 4 or images.shape[1] != self.channels:
            raise SizeError(
                f"{title(self)} takes images of the shape (samples, {self.channels}, height, width), not {images.shape}"
            )
        y: Tensor = conv2d(images, self.weight, self.bias, self.stride, self.padding)
        return y

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        sizes = {"kernel": self.kernel, "stride": self.stride, "padding": self.padding}
        return {"channels": self.channels, "filters": self.filters, **sizes, "bias": self.bias is not None}

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"{self.channels}, {self.filters}, kernel={self.kernel}, stride={self.stride}, padding={self.padding}"


class _Pool(Module):
    """What pools have in common: the size of the windows, and how far it is from one to the next."""

    def __init__(self, kernel: Pair, stride: Pair | None = None) -> None:
        self.kernel = _pair(kernel, "kernel")
        self.stride = self.kernel if stride is None else _pair(stride, "stride")

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"kernel": self.kernel, "stride": self.stride}

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"{self.kernel}, stride={self.stride}"


@final
class MaxPool2d(_Pool):
    """The largest number of each window, as `autograd.max_pool2d`.

    Parameters
    ----------
    kernel : int or pair of int
        The height and the width of a window.
    stride : int or pair of int, optional
        How far it is from window to window; by default they lie side by side.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import MaxPool2d
    >>> MaxPool2d(2)(np.ones((2, 8, 28, 28))).shape
    (2, 8, 14, 14)
    """

    def forward(self, x: Any) -> Any:
        """Return smaller images.

        Parameters
        ----------
        x : array or Tensor of shape (..., height, width)
        """
        return max_pool2d(x, self.kernel, self.stride)


@final
class AvgPool2d(_Pool):
    """The mean of each window, as `autograd.avg_pool2d`.

    Parameters
    ----------
    kernel : int or pair of int
        The height and the width of a window.
    stride : int or pair of int, optional
        How far it is from window to window; by default they lie side by side.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import AvgPool2d
    >>> AvgPool2d(2)(np.ones((2, 8, 28, 28))).shape
    (2, 8, 14, 14)
    """

    def forward(self, x: Any) -> Any:
        """Return smaller images.

        Parameters
        ----------
        x : array or Tensor of shape (..., height, width)
        """
        return avg_pool2d(x, self.kernel, self.stride)


@final
class Flatten(Module):
    """All axes but the first as one, such as images for a `Linear`.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Flatten
    >>> Flatten()(np.ones((2, 8, 14, 14))).shape
    (2, 1568)
    """

    def forward(self, x: Any) -> Any:
        """Return the same numbers in two axes.

        Parameters
        ----------
        x : array or Tensor of shape (samples, ...)
        """
        return np.reshape(x, (np.shape(x)[0], -1))


def _pair(size: Any, what: str, check: Callable[[Any, str], int] = positive_int) -> tuple[int, int]:
    first, second = size if isinstance(size, list | tuple) and len(size) == 2 else (size, size)
    return check(first, what), check(second, what)
