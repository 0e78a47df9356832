"""Splitting samples into those to learn from and those to be judged by."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import generator, real

__all__ = ["stratified_split"]


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
    train_indices, test_indices : ndarray of int
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
    if not 0 < real(test_size, "test_size") < 1:
        raise ArgumentError(f"test_size must be between 0 and 1, not {test_size!r}")
    labels = np.asarray(y)
    if labels.ndim != 1 or not labels.size:
        raise SizeError(f"y must be classes in one dimension, at least one, not an array of shape {labels.shape}")
    rng = generator(seed)
    is_test = np.zeros(len(labels), dtype=bool)
    classes, class_of = np.unique(labels, return_inverse=True)
    for c, label in enumerate(classes.tolist()):
        members = np.flatnonzero(class_of == c)
        if len(members) < 2:
            raise SizeError(f"class {label!r} has one sample; it needs at least two, to be on both sides of the split")
        count = min(max(round(test_size * len(members)), 1), len(members) - 1)
        is_test[rng.permutation(members)[:count]] = True
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
