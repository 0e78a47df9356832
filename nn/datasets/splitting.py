"""Splitting samples into those to learn from and those to be judged by."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import generator, real, sample_count

__all__ = ["split", "stratified_split"]


def split(
    samples: int | ArrayLike, test_size: float = 0.2, seed: int | np.random.Generator | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split samples at random; for targets that are no classes, as in regression.

    Parameters
    ----------
    samples : int or array-like of shape (samples, ...)
        How many there are, or the samples or their targets themselves, of which only the number counts.
    test_size : float, optional
        The part of the samples to test with, between 0 and 1. Rounded to whole samples, at least one on either side.
    seed : int, numpy.random.Generator or None, optional
        The same int gives the same split.

    Returns
    -------
    train_indices, test_indices : ndarray of int, of shape (samples in that part,)
        Each sorted; together every sample once.

    Raises
    ------
    ArgumentError
        If ``test_size`` is not between 0 and 1, or the seed or the number of samples is no such thing.
    SizeError
        If there are fewer than two samples.

    See Also
    --------
    stratified_split : the same part of each class, for classification.

    Examples
    --------
    >>> from nn import datasets
    >>> train, test = datasets.split(10, test_size=0.3, seed=0)
    >>> len(train), len(test)
    (7, 3)
    """
    _check_between_0_and_1(test_size)
    n = sample_count(samples, "samples")
    if n < 2:
        raise SizeError("a split needs at least two samples, one for either side, not 1")
    return _sides(n, generator(seed).permutation(n)[: _tested(test_size, n)])


def stratified_split(
    y: ArrayLike, test_size: float = 0.2, seed: int | np.random.Generator | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split samples at random, the same part of each class.

    Parameters
    ----------
    y : array-like of shape (samples,)
        The class of each sample.
    test_size : float, optional
        The part of each class to test with, between 0 and 1. Rounded to whole samples, at least one on either side.
    seed : int, numpy.random.Generator or None, optional
        The same int gives the same split.

    Returns
    -------
    train_indices, test_indices : ndarray of int, of shape (samples in that part,)
        Each sorted; together every sample once.

    Raises
    ------
    ArgumentError
        If ``test_size`` is not between 0 and 1, or the seed is unknown.
    SizeError
        If ``y`` is empty or not one-dimensional, or a class has fewer than two samples.

    Examples
    --------
    >>> from nn import datasets
    >>> train, test = datasets.stratified_split([0, 0, 0, 0, 1, 1], test_size=0.5, seed=0)
    >>> len(train), len(test)
    (3, 3)
    """
    _check_between_0_and_1(test_size)
    labels = np.asarray(y)
    if labels.ndim != 1 or not labels.size:
        raise SizeError(f"y must be classes in one dimension, at least one, not an array of shape {labels.shape}")
    rng = generator(seed)
    tested = []
    classes, class_of = np.unique(labels, return_inverse=True)
    for c, label in enumerate(classes.tolist()):
        members = np.flatnonzero(class_of == c)
        if len(members) < 2:
            raise SizeError(f"class {label!r} has one sample; it needs at least two, to be on both sides of the split")
        tested.append(rng.permutation(members)[: _tested(test_size, len(members))])
    return _sides(len(labels), np.concatenate(tested))


def _check_between_0_and_1(test_size: float) -> None:
    if not 0 < real(test_size, "test_size") < 1:
        raise ArgumentError(f"test_size must be between 0 and 1, not {test_size!r}")


def _tested(test_size: float, n: int) -> int:
    """Return how many of ``n`` samples to test with: at least one, and never all."""
    return min(max(round(test_size * n), 1), n - 1)


def _sides(n: int, tested: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indices below ``n`` that are not tested and those that are, both sorted."""
    is_test = np.zeros(n, dtype=bool)
    is_test[tested] = True
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
