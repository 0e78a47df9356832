"""The exponential of a matrix, in differentiable terms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.tracing import numbers_of

__all__ = ["expm"]

_DEGREE = 13
_COEFFICIENTS = [
    math.comb(_DEGREE, k) * math.factorial(2 * _DEGREE - k) / math.factorial(2 * _DEGREE) for k in range(_DEGREE + 1)
]
_LARGEST = 4.74
"""The norm up to which the approximant is exact to rounding, and its derivative too."""


def expm(a: Any) -> Any:
    """Return the exponential of a matrix, the sum of all a^k / k!.

    By scaling and squaring, exp(a) = exp(a / 2^s)^(2^s), with a Padé approximant of degree 13.

    Parameters
    ----------
    a : array or Tensor of shape (..., n, n)
        A matrix, or a stack of them.

    Returns
    -------
    array or Tensor of shape (..., n, n)
        The exponential of each.

    Raises
    ------
    ValueError
        If they are not square.

    Notes
    -----
    N. Higham, The scaling and squaring method for the matrix exponential revisited, SIAM J. Matrix Anal. Appl. 26
    (2005); how far to scale, so that the derivative is as exact: A. Al-Mohy and N. Higham, Computing the Fréchet
    derivative of the matrix exponential, the same journal, 30 (2009).

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, expm
    >>> angle = Tensor(np.pi / 6)
    >>> turned = expm(angle * np.array([[0.0, -1.0], [1.0, 0.0]]))
    >>> turned[1, 0].backward()
    >>> round(turned[1, 0].item(), 6), round(float(angle.grad), 6)
    (0.5, 0.866025)
    """
    shape = np.shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"expm takes square matrices, not an array of shape {shape}")
    numbers = np.asarray(numbers_of(a, "expm"))  # how often to square is a choice, and has no derivative
    norm = np.abs(numbers).sum(axis=-2).max(initial=0.0)
    squarings = math.ceil(math.log2(norm / _LARGEST)) if _LARGEST < norm < math.inf else 0
    result = _pade(np.multiply(a, 0.5**squarings))
    for _ in range(squarings):
        result = result @ result
    return result


def _pade(a: Any) -> Any:
    """Return p(a) / p(-a) for the polynomial p, from its even and its odd part."""
    b = _COEFFICIENTS
    one = np.eye(a.shape[-1], dtype=a.dtype)
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    odd = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    return np.linalg.solve(even - odd, even + odd)
