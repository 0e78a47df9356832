"""What every format of file gives: a text, and arrays by place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

__all__ = ["LONGEST_TEXT", "Kept"]

LONGEST_TEXT = 10_000_000  # bytes of JSON that say how a model is made


class Kept(NamedTuple):
    """An open file.

    Attributes
    ----------
    text : str
        JSON that says what the model is.
    sizes : mapping of str to int
        How many bytes each array takes there, by place.
    header : int
        How many of these bytes may not be numbers.
    look : callable
        Returns the shape and the type of the array of a place, without reading its numbers.
    read : callable
        Returns all arrays, by place.
    """

    text: str
    sizes: Mapping[str, int]
    header: int
    look: Callable[[str], tuple[tuple[int, ...], np.dtype[Any]]]
    read: Callable[[], dict[str, np.ndarray]]
