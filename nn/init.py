"""How weights start. An initialiser takes a shape and a generator, and returns an array."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from autograd import ArgumentError, SizeError
from nn.checks import not_negative, positive, real

__all__ = ["Initialiser", "he", "lecun", "normal", "orthogonal", "uniform", "xavier", "zeros"]

Initialiser = Callable[[Sequence[int], np.random.Generator], np.ndarray]
"""Takes the shape of the weights, outputs first, and where to draw from."""

Distribution = Literal["uniform", "normal"]


def normal(mean: float = 0.0, std: float = 1.0) -> Initialiser:
    """Start at numbers drawn from a normal distribution.

    Parameters
    ----------
    mean, std : float, optional
        Its mean and standard deviation.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> init.normal()((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    centre, width = real(mean, "mean"), not_negative(std, "std")
    return lambda shape, rng: rng.normal(centre, width, shape)


def uniform(low: float = 0.0, high: float = 1.0) -> Initialiser:
    """Start at numbers drawn evenly between two.

    Parameters
    ----------
    low, high : float, optional
        The limits.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Raises
    ------
    ArgumentError
        If ``low`` is above ``high``.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> bool((abs(init.uniform(-0.1, 0.1)((2, 3), np.random.default_rng(0))) <= 0.1).all())
    True
    """
    below, above = real(low, "low"), real(high, "high")
    if below > above:
        raise ArgumentError(f"low must not be above high, but {below!r} is above {above!r}")
    return lambda shape, rng: rng.uniform(below, above, shape)


def zeros() -> Initialiser:
    """Start at zero, as biases may.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> init.zeros()((2,), np.random.default_rng(0))
    array([0., 0.])
    """
    return lambda shape, _: np.zeros(shape)


def xavier(distribution: Distribution = "uniform", gain: float = 1.0) -> Initialiser:
    """Start with the variance 2 gain² / (inputs + outputs), between what keeps signals and what keeps gradients.

    From Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, equation 16.

    Parameters
    ----------
    distribution : {"uniform", "normal"}, optional
        What the numbers are drawn from.
    gain : float, optional
        By how much they are larger, for what the activation cuts off.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> weights = init.xavier("normal")((200, 300), np.random.default_rng(0))
    >>> bool(abs(weights.var() * 250 - 1) < 0.02)
    True
    """
    factor = positive(gain, "gain")
    return _with_variance(distribution, lambda inputs, outputs: factor**2 * 2.0 / (inputs + outputs))


def he(distribution: Distribution = "uniform") -> Initialiser:
    """Start with the variance 2 / inputs, which keeps signals through rectifiers.

    From He, Zhang, Ren and Sun 2015, Delving Deep into Rectifiers, equation 10.

    Parameters
    ----------
    distribution : {"uniform", "normal"}, optional
        What the numbers are drawn from.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> weights = init.he()((200, 300), np.random.default_rng(0))
    >>> bool(abs(weights.var() * 150 - 1) < 0.02)
    True
    """
    return _with_variance(distribution, lambda inputs, _: 2.0 / inputs)


def lecun(distribution: Distribution = "uniform") -> Initialiser:
    """Start with the variance 1 / inputs, which keeps signals through what is linear near zero.

    From LeCun, Bottou, Orr and Müller 1998, Efficient BackProp, equation 16.

    Parameters
    ----------
    distribution : {"uniform", "normal"}, optional
        What the numbers are drawn from.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> weights = init.lecun()((200, 300), np.random.default_rng(0))
    >>> bool(abs(weights.var() * 300 - 1) < 0.02)
    True
    """
    return _with_variance(distribution, lambda inputs, _: 1.0 / inputs)


def orthogonal(gain: float = 1.0) -> Initialiser:
    """Start at a matrix with orthonormal rows, or columns if there are fewer of them.

    The axes behind the first count as one. From Saxe, McClelland and Ganguli 2014, Exact solutions to the nonlinear
    dynamics of learning in deep linear neural networks.

    Parameters
    ----------
    gain : float, optional
        What the matrix is multiplied by.

    Returns
    -------
    Initialiser
        To be called with a shape and a generator.

    Raises
    ------
    SizeError
        When it is called, if the weights have fewer than two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import init
    >>> w = init.orthogonal()((2, 3), np.random.default_rng(0))
    >>> bool(np.allclose(w @ w.T, np.eye(2)))
    True
    """
    factor = real(gain, "gain")

    def start(shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
        if len(shape) < 2:
            raise SizeError(f"orthogonal weights need at least two axes, not the shape {tuple(shape)}")
        rows, columns = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # which makes every such matrix equally likely
        matrix: np.ndarray = factor * (q if rows >= columns else q.T)
        return matrix.reshape(shape)

    return start


def _with_variance(distribution: Distribution, variance: Callable[[int, int], float]) -> Initialiser:
    if distribution not in ("uniform", "normal"):
        raise ArgumentError(f"distribution must be 'uniform' or 'normal', not {distribution!r}")

    def start(shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
        std = math.sqrt(variance(*_fans(shape)))
        if distribution == "normal":
            return rng.normal(0.0, std, shape)
        return rng.uniform(-math.sqrt(3.0) * std, math.sqrt(3.0) * std, shape)

    return start


def _fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return how many inputs and outputs each number of the weights has to do with: of filters, at every place."""
    if len(shape) < 2:
        raise SizeError(f"weights with inputs and outputs have two axes or more, outputs first, not {tuple(shape)}")
    places = math.prod(shape[2:])
    return shape[1] * places, shape[0] * places
