"""Points in the plane that no straight line separates, drawn at random."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError
from nn.checks import fraction, generator, not_negative, positive_int, real
from nn.datasets.bundled import Dataset

__all__ = ["circles", "moons", "spirals"]

Seed = int | np.random.Generator | None


def moons(samples: int = 200, noise: float = 0.1, seed: Seed = None) -> Dataset:
    """Return two half circles that reach into each other.

    The upper one is (cos t, sin t), the lower one (1 - cos t, 1/2 - sin t), t evenly from 0 to pi, as in scikit-learn's
    ``make_moons``.

    Parameters
    ----------
    samples : int, optional
        How many points, half of them of either class (of an odd number, class 0 has one more); at least 2.
    noise : float, optional
        The standard deviation of the normal noise on every coordinate.
    seed : int, numpy.random.Generator or None, optional
        The same int gives the same points.

    Returns
    -------
    Dataset
        ``x`` of shape (samples, 2) and ``y`` of shape (samples,), in random order.

    Raises
    ------
    ArgumentError
        If ``samples`` is no int from 2 up, ``noise`` is negative or not finite, or the seed is unknown.

    Examples
    --------
    >>> from nn import datasets
    >>> x, y, feature_names, target_names = datasets.moons(100, noise=0.2, seed=0)
    >>> x.shape, (y == 0).sum().item(), target_names
    ((100, 2), 50, ('upper', 'lower'))
    """
    upper, lower = (np.linspace(0, math.pi, n) for n in _sizes(samples, 2))
    points = [_columns(np.cos(upper), np.sin(upper)), _columns(1 - np.cos(lower), 0.5 - np.sin(lower))]
    return _drawn(points, noise, seed, ("upper", "lower"))


def circles(samples: int = 200, noise: float = 0.1, factor: float = 0.5, seed: Seed = None) -> Dataset:
    """Return a circle around the origin and a smaller one in it.

    As scikit-learn's ``make_circles``, but with a smaller inner circle, as there is noise unless it is set to 0.

    Parameters
    ----------
    samples : int, optional
        How many points, half of them of either class (of an odd number, class 0 has one more); at least 2.
    noise : float, optional
        The standard deviation of the normal noise on every coordinate.
    factor : float, optional
        The radius of the inner circle, at least 0 and less than 1, which is that of the outer one.
    seed : int, numpy.random.Generator or None, optional
        The same int gives the same points.

    Returns
    -------
    Dataset
        ``x`` of shape (samples, 2) and ``y`` of shape (samples,), in random order.

    Raises
    ------
    ArgumentError
        If ``samples`` is no int from 2 up, ``noise`` is negative or not finite, ``factor`` is out of its range, or the
        seed is unknown.

    Examples
    --------
    >>> from nn import datasets
    >>> import numpy as np
    >>> x, y, _, _ = datasets.circles(6, noise=0, seed=0)
    >>> np.linalg.norm(x, axis=1)[y == 1].round(12).tolist()
    [0.5, 0.5, 0.5]
    """
    radii = (1.0, fraction(factor, "factor"))
    angles = [np.linspace(0, 2 * math.pi, n, endpoint=False) for n in _sizes(samples, 2)]
    points = [r * _columns(np.cos(angle), np.sin(angle)) for r, angle in zip(radii, angles, strict=True)]
    return _drawn(points, noise, seed, ("outer", "inner"))


def spirals(
    samples: int = 300, classes: int = 3, noise: float = 0.03, turns: float = 0.75, seed: Seed = None
) -> Dataset:
    """Return the arms of a spiral, wound around the origin, each a class.

    Point k of the n of arm c has the radius r = k/n and the angle 2 pi (turns r + c/classes): Archimedes' spiral. The
    problem of telling two such arms apart is that of Lang and Witbrock 1988, Learning to tell two spirals apart.

    Parameters
    ----------
    samples : int, optional
        How many points; each class has as many, or one more where they do not divide evenly. At least ``classes``.
    classes : int, optional
        How many arms.
    noise : float, optional
        The standard deviation of the normal noise on every coordinate. Neighbouring arms are about
        1/(turns classes) apart.
    turns : float, optional
        How often an arm goes around, counter-clockwise, or clockwise where negative.
    seed : int, numpy.random.Generator or None, optional
        The same int gives the same points.

    Returns
    -------
    Dataset
        ``x`` of shape (samples, 2) and ``y`` of shape (samples,), in random order.

    Raises
    ------
    ArgumentError
        If ``classes`` is no int from 1 up, ``samples`` is less, ``noise`` is negative or not finite, ``turns`` is not
        finite, or the seed is unknown.

    Examples
    --------
    >>> from nn import datasets
    >>> import numpy as np
    >>> x, y, _, target_names = datasets.spirals(90, classes=3, seed=0)
    >>> np.bincount(y).tolist(), target_names
    ([30, 30, 30], ('arm 0', 'arm 1', 'arm 2'))
    """
    classes, turns = positive_int(classes, "classes"), real(turns, "turns")
    points = []
    for c, n in enumerate(_sizes(samples, classes)):
        radius = np.arange(1, n + 1) / n  # from 1: the origin itself would belong to every arm
        angle = 2 * math.pi * (turns * radius + c / classes)
        points.append(_columns(radius * np.cos(angle), radius * np.sin(angle)))
    return _drawn(points, noise, seed, tuple(f"arm {c}" for c in range(classes)))


def _sizes(samples: int, classes: int) -> list[int]:
    """Return how many samples each class has: as even as can be, the first ones having the rest."""
    if positive_int(samples, "samples") < classes:
        raise ArgumentError(f"samples must be at least {classes}, one for each class, not {samples!r}")
    each, rest = divmod(samples, classes)
    return [each + (c < rest) for c in range(classes)]


def _columns(x1: NDArray[np.float64], x2: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([x1, x2], axis=1)


def _drawn(points: list[NDArray[np.float64]], noise: float, seed: Seed, target_names: tuple[str, ...]) -> Dataset:
    """Return the points of each class, moved by the noise and in random order."""
    deviation, rng = not_negative(noise, "noise"), generator(seed)
    x = np.concatenate(points)
    x += deviation * rng.standard_normal(x.shape)
    y = np.repeat(np.arange(len(points), dtype=np.int64), [len(p) for p in points])
    order = rng.permutation(len(x))
    return Dataset(x[order], y[order], ("x1", "x2"), target_names)
