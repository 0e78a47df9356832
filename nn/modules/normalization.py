"""BatchNorm1d and LayerNorm: signals brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, final

import numpy as np

from autograd import SizeError, Tensor
from nn.checks import fraction, positive, positive_int, signals
from nn.module import Module, title

__all__ = ["BatchNorm1d", "LayerNorm"]


@final
class BatchNorm1d(Module):
    """Each feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted by what is learned.

    In training the mean and the variance are those of the batch, and running means of them are kept; else the running
    ones are used (Ioffe and Szegedy 2015, Batch Normalization, algorithms 1 and 2). As in PyTorch the running variance
    is of the unbiased one.

    Parameters
    ----------
    size : int
        How many features there are.
    eps : float, optional
        Is added to the variance.
    momentum : float, optional
        How much of the running means is replaced at each step.

    Attributes
    ----------
    weight, bias : Tensor of shape (size,)
        What features are multiplied by, and what is added.
    running_mean, running_var : ndarray of shape (size,)

    Raises
    ------
    ArgumentError
        If ``size`` is not a positive int, ``eps`` not positive, or ``momentum`` out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import BatchNorm1d
    >>> norm = BatchNorm1d(1)
    >>> norm(np.array([[1.0], [3.0]])).numpy().round(3).ravel().tolist()
    [-1.0, 1.0]
    >>> norm.running_mean
    array([0.2])
    """

    buffers: ClassVar[tuple[str, ...]] = ("running_mean", "running_var")
    recordable: ClassVar[bool] = False

    def __init__(self, size: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.size = positive_int(size, "size")
        self.eps, self.momentum = positive(eps, "eps"), fraction(momentum, "momentum")
        self.weight, self.bias = Tensor(np.ones(self.size)), Tensor(np.zeros(self.size))
        self.running_mean, self.running_var = np.zeros(self.size), np.ones(self.size)

    def forward(self, x: Any) -> Tensor:
        """Return the features, normalised.

        Parameters
        ----------
        x : array or Tensor of shape (samples, size)

        Raises
        ------
        SizeError
            If there are not ``size`` features; or, in training, fewer than two samples.
        """
        inputs = signals(x, f"the inputs of {title(self)}")
        if inputs.ndim != 2 or inputs.shape[1] != self.size:
            raise SizeError(f"{title(self)} takes an array of shape (samples, {self.size}), not {inputs.shape}")
        if not self.training:
            y: Tensor = (inputs - self.running_mean) / np.sqrt(self.running_var + self.eps) * self.weight + self.bias
            return y
        samples = inputs.shape[0]
        if samples < 2:
            raise SizeError(f"{title(self)} needs at least two samples to train on: one has no variance")
        mean = np.mean(inputs, axis=0)
        variance = np.mean((inputs - mean) ** 2, axis=0)
        keep = 1.0 - self.momentum
        found = [x.numpy() if isinstance(x, Tensor) else x for x in (mean, variance)]
        self.running_mean = keep * self.running_mean + self.momentum * found[0]
        self.running_var = keep * self.running_var + self.momentum * found[1] * (samples / (samples - 1))
        normalised: Tensor = (inputs - mean) / np.sqrt(variance + self.eps) * self.weight + self.bias
        return normalised

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"size": self.size, "eps": self.eps, "momentum": self.momentum}

    def extra_repr(self) -> str:
        """Return the size."""
        return f"{self.size}"


@final
class LayerNorm(Module):
    """The last axes of each sample are brought to mean 0 and variance 1, then scaled and shifted by what is learned.

    From Ba, Kiros and Hinton 2016, Layer Normalization.

    Parameters
    ----------
    shape : int or sequence of int
        Of the last axes.
    eps : float, optional
        Is added to the variance.

    Attributes
    ----------
    weight, bias : Tensor of that shape

    Raises
    ------
    ArgumentError
        If a size is not a positive int, or ``eps`` not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import LayerNorm
    >>> LayerNorm(2)(np.array([[1.0, 3.0]])).numpy().round(3).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(self, shape: int | Sequence[int], eps: float = 1e-5) -> None:
        sizes = shape if isinstance(shape, list | tuple) else (shape,)
        self.shape = tuple(positive_int(n, f"shape[{i}]") for i, n in enumerate(sizes))
        self.eps = positive(eps, "eps")
        self.weight, self.bias = Tensor(np.ones(self.shape)), Tensor(np.zeros(self.shape))

    def forward(self, x: Any) -> Tensor:
        """Return the numbers, normalised.

        Parameters
        ----------
        x : array or Tensor
            Its last axes have the shape that was given.

        Raises
        ------
        SizeError
            If they have not.
        """
        inputs = signals(x, f"the inputs of {title(self)}")
        if inputs.shape[-len(self.shape) :] != self.shape:
            raise SizeError(f"{title(self)} takes arrays whose last axes are {self.shape}, not {inputs.shape}")
        axes = tuple(range(-len(self.shape), 0))
        centred = inputs - np.mean(inputs, axis=axes, keepdims=True)
        variance = np.mean(centred**2, axis=axes, keepdims=True)
        y: Tensor = centred / np.sqrt(variance + self.eps) * self.weight + self.bias
        return y

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"shape": self.shape, "eps": self.eps}

    def extra_repr(self) -> str:
        """Return the shape."""
        return ", ".join(map(str, self.shape))
