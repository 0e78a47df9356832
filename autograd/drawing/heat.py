"""Heat maps of arrays: a few blocks of means, and a small picture of them."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

from autograd.drawing.diagram import Thumbnail

__all__ = ["LARGEST", "heat_map", "thumbnail"]

LARGEST = 32  # blocks along a side

# Blue for negative, white for zero, orange for positive; grey for what is not finite. The ends are of Okabe and Ito.
NEGATIVE, ZERO, POSITIVE, NOT_FINITE = (0, 114, 178), (255, 255, 255), (213, 94, 0), (128, 128, 128)


def thumbnail(array: Any) -> Thumbnail | None:
    """Return an array as rows of at most 32 numbers, at most 32 rows; None if there is nothing to see.

    An array of one axis is one row; of more than two, the last stays and the others follow one another in rows. Where
    there are more, each number is the mean of a block.
    """
    array = np.asarray(array, np.float64)
    if array.size < 2:
        return None
    rows = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(1, -1)
    with np.errstate(all="ignore"):
        for axis in (0, 1):
            length = rows.shape[axis]
            if length > LARGEST:
                starts = np.linspace(0, length, LARGEST, endpoint=False).astype(int)
                counts = np.diff([*starts, length])
                rows = np.add.reduceat(rows, starts, axis) / (counts[:, None] if axis == 0 else counts)
    return tuple(map(tuple, rows.tolist()))


def heat_map(rows: Thumbnail) -> str:
    """Return a picture of the rows, a pixel a number, as the address of a PNG that holds it in itself.

    Colours are symmetric about zero: white is zero, and the strongest one the largest absolute value.
    """
    numbers = np.asarray(rows)
    finite = np.isfinite(numbers)
    largest = np.max(np.abs(numbers[finite]), initial=0.0) or 1.0
    share = np.where(finite, numbers, 0.0)[..., None] / largest
    ends = np.where(share < 0, NEGATIVE, POSITIVE)
    pixels = np.where(finite[..., None], np.asarray(ZERO) * (1 - np.abs(share)) + ends * np.abs(share), NOT_FINITE)
    return f"data:image/png;base64,{base64.b64encode(_png(pixels.round().astype(np.uint8))).decode()}"


def _png(pixels: np.ndarray) -> bytes:
    """Return pixels of shape (height, width, 3) as PNG (ISO/IEC 15948), uncompressed: the same bytes everywhere."""
    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)  # each begins with its filter, none
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 0)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(x)) + kind + x + struct.pack(">I", zlib.crc32(kind + x)) for kind, x in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
