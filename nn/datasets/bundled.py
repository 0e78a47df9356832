"""Small sets of measurements: one shipped as a file beside this one, one that comes with scikit-learn."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd import MissingExtraError

__all__ = ["Dataset", "digits", "iris"]


class Dataset(NamedTuple):
    """Samples with their classes.

    Attributes
    ----------
    x : ndarray of shape (samples, features), float64
    y : ndarray of shape (samples,), int64
        The class of each sample, an index into ``target_names``.
    feature_names, target_names : tuple of str
    """

    x: NDArray[np.float64]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]


def iris() -> Dataset:
    """Return Fisher's irises: four lengths of 50 flowers of each of three species.

    From Fisher 1936, The use of multiple measurements in taxonomic problems, table I. The copy in the UCI repository
    differs from it in two rows; this one does not.

    Returns
    -------
    Dataset
        ``x`` of shape (150, 4), in cm, and ``y`` of shape (150,).

    Examples
    --------
    >>> from nn import datasets
    >>> x, y, feature_names, target_names = datasets.iris()
    >>> x.shape, feature_names[2], target_names
    ((150, 4), 'petal length (cm)', ('setosa', 'versicolor', 'virginica'))
    """
    text = (files(__package__) / "iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    target_names, y = np.unique([row[-1] for row in rows], return_inverse=True)
    x = np.array([row[:-1] for row in rows], dtype=np.float64)
    return Dataset(x, y.astype(np.int64), tuple(header[:-1]), tuple(target_names.tolist()))


def digits() -> Dataset:
    """Return the 8 by 8 images of handwritten digits that come with scikit-learn.

    From Alpaydin and Kaynak 1998, Optical recognition of handwritten digits: the test part of that set.

    Returns
    -------
    Dataset
        ``x`` of shape (1797, 64), the ink of each pixel row by row as a whole number from 0 to 16, and ``y`` of shape
        (1797,). ``x.reshape(-1, 8, 8)`` are the images.

    Raises
    ------
    MissingExtraError
        If scikit-learn is not installed.

    Examples
    --------
    >>> from nn import datasets
    >>> x, y, feature_names, target_names = datasets.digits()
    >>> x.shape, x.max().item(), y[:4].tolist(), feature_names[9]
    ((1797, 64), 16.0, [0, 1, 2, 3], 'pixel_1_1')
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtraError("nn.datasets.digits", "sklearn") from error
    bunch = load_digits()
    return Dataset(
        np.array(bunch.data, dtype=np.float64),
        np.array(bunch.target, dtype=np.int64),
        tuple(bunch.feature_names),
        tuple(str(name) for name in bunch.target_names),
    )
