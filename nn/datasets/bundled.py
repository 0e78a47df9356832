"""The data sets shipped as files beside this one."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "iris"]


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
