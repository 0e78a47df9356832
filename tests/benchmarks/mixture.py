"""The log density of a mixture of Gaussians over a set of points, written once for every package with NumPy's names.

The parametrisation is that of ADBench (Srajer, Kukelova and Fitzgibbon, 2018), without its Wishart prior: a component
has a weight, a mean, and a lower triangular factor of its inverse covariance, whose diagonal is given by its logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

DIMENSIONS, COMPONENTS, POINTS = 10, 25, 1000

_rng = np.random.default_rng(0)
X = _rng.normal(size=(POINTS, DIMENSIONS))
PARAMETERS = (
    _rng.normal(size=COMPONENTS),
    _rng.normal(size=(COMPONENTS, DIMENSIONS)),
    0.3 * _rng.normal(size=(COMPONENTS, DIMENSIONS)),
    0.3 * _rng.normal(size=(COMPONENTS, DIMENSIONS, DIMENSIONS)),
)
DIAGONAL = np.eye(DIMENSIONS)
BELOW = np.tril(np.ones((DIMENSIONS, DIMENSIONS)), -1)


def log_density(
    np: Any, logsumexp: Callable[..., Any], constant: Callable[[Any], Any] = lambda x: x
) -> Callable[..., Any]:
    """Return the function of the four parameters, in functions of ``np``."""
    x, diagonal, below = constant(X), constant(DIAGONAL), constant(BELOW)

    def f(weights: Any, means: Any, log_diagonals: Any, lowers: Any) -> Any:
        factors = np.exp(log_diagonals)[:, :, None] * diagonal + lowers * below
        images = np.matmul(x, np.reshape(factors, (COMPONENTS * DIMENSIONS, DIMENSIONS)).T)
        centres = np.reshape(np.sum(factors * means[:, None, :], 2), (COMPONENTS * DIMENSIONS,))
        distances = np.sum(np.reshape(np.square(images - centres), (POINTS, COMPONENTS, DIMENSIONS)), 2)
        exponents = weights + np.sum(log_diagonals, 1) - 0.5 * distances
        return np.sum(logsumexp(exponents, 1)) - POINTS * logsumexp(weights, 0)

    return f
