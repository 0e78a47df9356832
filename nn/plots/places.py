"""Where the columns of a network stand, which neurons of a wide one are shown, and where numbers on edges go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn.plots.columns import Column

__all__ = ["BAND", "Place", "Spacing", "number_places", "places_of"]

BAND = 0.26  # inches that a band and the room before it take

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Spacing:
    """Lengths in inches: from neuron to neuron, from column to column, and the radius of a neuron."""

    pitch: float
    gap: float
    radius: float


@dataclass(frozen=True)
class Place:
    """Where a column stands, in inches.

    Attributes
    ----------
    x : float
        Of the centres of its neurons.
    end : float
        Where the edges to the next column begin: at the centres, or behind the bands.
    shown : ndarray of int
        Which neurons are shown.
    y : ndarray
        Of the neurons shown, from the top down; the middle of the column is at 0.
    fold : float or None
        The middle of the room left for those that are not shown; None if all are.
    """

    x: float
    end: float
    shown: NDArray[np.int_]
    y: Numbers
    fold: float | None


def places_of(columns: Sequence[Column], spacing: Spacing, most: int) -> list[Place]:
    """Return where each column stands; of one with more than ``most`` neurons the first and the last are shown."""
    places = []
    x = 0.0
    for column in columns:
        if column.size <= most:
            shown, rows, fold = np.arange(column.size), np.arange(column.size), None
        else:  # the fold takes the room of two
            first, last = math.ceil((most - 2) / 2), (most - 2) // 2
            shown = np.array([*range(first), *range(column.size - last, column.size)])
            rows, fold = np.array([*range(first), *range(first + 2, most)]), first + 0.5
        middle = (min(column.size, most) - 1) / 2
        width = spacing.radius + BAND * len(column.bands) if column.bands else 0.0
        above = None if fold is None else (middle - fold) * spacing.pitch
        places.append(Place(x, x + width, shown, (middle - rows) * spacing.pitch, above))
        x += width + spacing.gap
    return places


def number_places(starts: Numbers, ends: Numbers, width: float, height: float) -> list[tuple[float, float]]:
    """Return for each edge where on it a number is farthest from the other edges and on none of the other numbers.

    Parameters
    ----------
    starts, ends : ndarray of shape (edges, 2)
        All edges lead between the same two columns.
    width, height : float
        Of a number.
    """
    taken: list[tuple[float, float]] = []
    for i in range(len(starts)):
        best = (-math.inf, 0.0, 0.0)
        for part in (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8):
            points = starts + part * (ends - starts)
            x, y = points[i].tolist()
            others = np.delete(points[:, 1], i)
            free = min(float(np.min(np.abs(others - y), initial=height)), height)
            if any(abs(x - a) < 1.1 * width and abs(y - b) < 1.2 * height for a, b in taken):
                free -= 10 * height
            if free > best[0] + 1e-9:  # where all are alike, the middle
                best = (free, x, y)
        taken.append(best[1:])
    return taken
