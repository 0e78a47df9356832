"""MNIST: 70,000 handwritten digits, read from the four original files, which a person keeps where they like."""

from __future__ import annotations

import hashlib
import os
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from autograd import ArgumentError, MissingExtraError
from nn.datasets.errors import BadFileError, MissingFileError
from nn.datasets.idx import header, read

__all__ = ["MNIST", "mnist"]

ADDRESS = "GLASSGRAD_MNIST"
"""The environment variable that says where the files are downloaded from."""


class MNIST(NamedTuple):
    """The images and the digits on them, to train and to test with.

    Attributes
    ----------
    x_train : ndarray of shape (60000, 784)
        The images, row by row; ``x_train.reshape(-1, 1, 28, 28)`` is what a convolution takes.
    y_train : ndarray of shape (60000,), int64
        The digit on each image.
    x_test : ndarray of shape (10000, 784)
    y_test : ndarray of shape (10000,), int64
    """

    x_train: NDArray[Any]
    y_train: NDArray[np.int64]
    x_test: NDArray[Any]
    y_test: NDArray[np.int64]


class IdxFile(NamedTuple):
    """What is known of an original file: its name, the shape of its array, and the MD5 of the file unpacked."""

    name: str
    shape: tuple[int, ...]
    md5: str

    def at(self, folder: Path) -> Path:
        """Return where the file is, under one of the names it goes by, unpacked rather than gzipped; or should be."""
        names = (self.name, self.name.replace("-idx", ".idx"))
        paths = [folder / f"{name}{suffix}" for suffix in ("", ".gz") for name in names]
        return next((path for path in paths if path.is_file()), paths[0])


FILES = (
    IdxFile("train-images-idx3-ubyte", (60000, 28, 28), "6bbc9ace898e44ae57da46a324031adb"),
    IdxFile("train-labels-idx1-ubyte", (60000,), "a25bea736e30d166cdddb491f175f624"),
    IdxFile("t10k-images-idx3-ubyte", (10000, 28, 28), "2646ac647ad5339dbf082846283269ea"),
    IdxFile("t10k-labels-idx1-ubyte", (10000,), "27ae3e4e09519cfbb04c329615203637"),
)


def mnist(root: str | PathLike[str], *, download: bool | str = False, dtype: DTypeLike = np.float64) -> MNIST:
    """Return the handwritten digits of MNIST from the four original files in a folder.

    The files are ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
    ``t10k-labels-idx1-ubyte``, gzipped (``.gz``) or not, also with a dot in place of the hyphen before ``idx``. Each is
    checked byte by byte against the original. From LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning
    applied to document recognition.

    Parameters
    ----------
    root : path-like
        The folder with the files.
    download : bool or str, optional
        The address of a folder on the web that has the four files, gzipped under their original names; True takes it
        from the environment variable ``GLASSGRAD_MNIST``. Files that are missing in ``root`` are downloaded into it,
        each only if it is the original; needs the extra ``data`` (pooch). There is no default address.
    dtype : dtype, optional
        float64 (376 MB for the training images) or float32 from 0 (paper) to 1 (ink), or uint8 (47 MB) from 0 to 255.

    Returns
    -------
    MNIST
        ``x_train`` of shape (60000, 784), ``y_train`` of shape (60000,), ``x_test`` of shape (10000, 784) and
        ``y_test`` of shape (10000,).

    Raises
    ------
    ArgumentError
        If ``dtype`` is another one, or ``download`` is no web address or True without the environment variable.
    BadFileError
        If a file, found or downloaded, is not the original: no IDX file, truncated, damaged, or another data set.
    MissingExtraError
        If something is to be downloaded and pooch is not installed.
    MissingFileError
        If files are missing, or cannot be downloaded.

    See Also
    --------
    read_idx : reads any IDX file, such as those of Fashion-MNIST.

    Examples
    --------
    >>> import tempfile
    >>> from nn import datasets
    >>> with tempfile.TemporaryDirectory() as empty:  # doctest: +ELLIPSIS
    ...     x_train, y_train, x_test, y_test = datasets.mnist(empty)
    Traceback (most recent call last):
    nn.datasets.errors.MissingFileError: train-images-idx3-ubyte, ... not in ... Put the original files there...
    """
    return load(FILES, Path(root), download, dtype)


def load(files: tuple[IdxFile, ...], root: Path, download: bool | str, dtype: DTypeLike) -> MNIST:
    """Return the data in the four files: images and labels to train with, images and labels to test with."""
    number = next((t for t in map(np.dtype, (np.float64, np.float32, np.uint8)) if t == dtype), None)
    if number is None:
        raise ArgumentError(f"dtype must be float64, float32 or uint8, not {dtype!r}")
    missing = tuple(file for file in files if not file.at(root).is_file())
    if missing and download:
        fetch(missing, root, download)
    elif missing:
        raise MissingFileError(_what_is_missing(missing, root))
    x_train, y_train, x_test, y_test = (_original(file, file.at(root), str(file.at(root))) for file in files)
    return MNIST(_pixels(x_train, number), y_train.astype(np.int64), _pixels(x_test, number), y_test.astype(np.int64))


def fetch(files: tuple[IdxFile, ...], root: Path, download: bool | str) -> None:
    """Download files into ``root``. None gets there that is not whole and the original."""
    address = os.environ.get(ADDRESS, "") if download is True else download
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise ArgumentError(
            f"downloading MNIST needs the web address of a folder with its files, not {address!r}: "
            f"download=ADDRESS, or download=True and the environment variable {ADDRESS}"
        )
    try:
        from pooch import HTTPDownloader
    except ImportError as error:
        raise MissingExtraError("downloading MNIST", "data", f"put its files into {root} by hand") from error
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root) as folder:
        for file in files:
            name = f"{file.name}.gz"
            url, path = f"{address.rstrip('/')}/{name}", Path(folder, name)
            try:
                HTTPDownloader()(url, str(path), None)
            except OSError as error:
                raise MissingFileError(f"{url} could not be downloaded into {root}: {error}") from error
            _original(file, path, f"what {url} gives")
            path.replace(root / name)


def _what_is_missing(missing: tuple[IdxFile, ...], root: Path) -> str:
    there = "" if root.is_dir() else ", which is no folder"
    return (
        f"{', '.join(file.name for file in missing)} of MNIST: not in {root}{there}. Put the original files there, "
        "gzipped (.gz) or not, or have them downloaded from a web address that you know, "
        f"nn.datasets.mnist({str(root)!r}, download=ADDRESS)"
    )


def _original(file: IdxFile, path: Path, name: str) -> NDArray[np.uint8]:
    """Return the array in the file at ``path``, called ``name`` in messages, if it is the original."""
    array: NDArray[np.uint8] = read(path, name, shape=file.shape)
    if array.ndim == 1 and array.max(initial=0) > 9:
        place = int(np.argmax(array > 9))
        raise BadFileError(f"{name} must hold digits from 0 to 9, but label {place} is {array[place]}")
    md5 = hashlib.md5(header(array.shape), usedforsecurity=False)
    md5.update(array.data)
    if md5.hexdigest() != file.md5:
        raise BadFileError(
            f"{name} is not the original of MNIST: unpacked, its MD5 must be {file.md5}, but is {md5.hexdigest()}. "
            "It is damaged, so fetch it again, or is of another data set, which nn.datasets.read_idx reads"
        )
    return array


def _pixels(images: NDArray[np.uint8], dtype: np.dtype[Any]) -> NDArray[Any]:
    flat = images.reshape(len(images), -1)
    return flat if dtype == np.uint8 else np.divide(flat, 255, dtype=dtype)
