"""IDX, the file format of MNIST: one array of numbers, gzipped or not."""

from __future__ import annotations

import gzip
import math
import zlib
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from nn.checks import positive_int
from nn.datasets.errors import BadFileError, MissingFileError

__all__ = ["header", "read", "read_idx"]

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The type that the third byte of a file stands for; numbers are big-endian."""

Unpacked = BinaryIO | gzip.GzipFile

MOST_DIMENSIONS = 64  # that an array of NumPy's has
CHUNK = 2**20  # bytes unpacked at a time, so that a file is not in memory twice
MOST_BYTES = 2**30


def read_idx(path: str | PathLike[str], *, max_bytes: int = MOST_BYTES) -> NDArray[Any]:
    """Return the array in an IDX file, such as those of MNIST, Fashion-MNIST and EMNIST.

    The format: two zero bytes, a byte for the type, one for the number of dimensions, the dimensions as big-endian
    32-bit whole numbers, then the numbers themselves, row by row (LeCun, Cortes and Burges 1998).

    Parameters
    ----------
    path : path-like
        The file. Whether it is gzipped is seen from its first bytes, not from its name.
    max_bytes : int, optional
        How large the array may be, so that a hostile file cannot fill the memory; 1 GiB unless told.

    Returns
    -------
    ndarray
        Of the shape and the type that the file says (uint8, int8, int16, int32, float32 or float64), in the byte order
        of the machine.

    Raises
    ------
    ArgumentError
        If ``max_bytes`` is no int from 1 up.
    BadFileError
        If the file is no IDX file, is truncated or damaged, has bytes behind its numbers, or is too large.
    MissingFileError
        If there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from nn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "three-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 10, 20, 30]))
    ...     datasets.read_idx(path)
    array([10, 20, 30], dtype=uint8)
    """
    return read(Path(path), str(path), max_bytes=positive_int(max_bytes, "max_bytes"))


def read(path: Path, name: str, *, shape: tuple[int, ...] | None = None, max_bytes: int = MOST_BYTES) -> NDArray[Any]:
    """Return the array in an IDX file called ``name`` in messages; with ``shape``, bytes of that shape only."""
    if not path.is_file():
        raise MissingFileError(f"there is no file {path}")
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not is_gzip:
            return _array(file, name, shape, max_bytes)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _array(unpacked, name, shape, max_bytes)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise BadFileError(f"{name} is no whole gzip file, fetch it again: {error}") from error


def header(shape: tuple[int, ...]) -> bytes:
    """Return what stands in front of an array of bytes."""
    return bytes([0, 0, 0x08, len(shape)]) + np.array(shape, ">u4").tobytes()


def _array(file: Unpacked, name: str, shape: tuple[int, ...] | None, max_bytes: int) -> NDArray[Any]:
    """Return the array of an unpacked file, which has to end behind it."""
    dtype, found = _header(file, name)
    if shape is not None and not (dtype == np.uint8 and found == shape):
        raise BadFileError(f"{name} must hold uint8 of shape {shape}, but holds {dtype.name} of shape {found}")
    size = math.prod(found) * dtype.itemsize
    if size > max_bytes:
        raise BadFileError(
            f"{name} says that it holds {size} bytes, of shape {found}, which is more than {max_bytes}; "
            "if that is right, read it with a larger max_bytes"
        )
    data = np.empty(size, np.uint8)
    filled = 0
    while filled < size:
        chunk = file.read(min(CHUNK, size - filled))
        if not chunk:
            raise BadFileError(
                f"{name} is truncated: {filled} of its {size} bytes of numbers are there; fetch it again"
            )
        data[filled : filled + len(chunk)] = np.frombuffer(chunk, np.uint8)
        filled += len(chunk)
    if file.read(1):
        raise BadFileError(f"{name} goes on behind the {size} bytes of numbers that its header states: shape {found}")
    return data.view(dtype).reshape(found).astype(dtype.newbyteorder("="), copy=False)


def _header(file: Unpacked, name: str) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 1 <= magic[3] <= MOST_DIMENSIONS:
        raise BadFileError(
            f"{name} is no IDX file: it begins with the bytes {list(magic)}, not with 0, 0, a type "
            f"({', '.join(map(str, DTYPES))}) and a number of dimensions"
        )
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise BadFileError(f"{name} is truncated: it ends before its {magic[3]} dimensions do; fetch it again")
    return np.dtype(DTYPES[magic[2]]), tuple(np.frombuffer(sizes, ">u4").tolist())
