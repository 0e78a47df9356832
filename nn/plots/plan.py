"""The plan of a network's picture: where columns stand, which neurons of a wide one are shown, where colours end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograd import SizeError
from nn.plots.axes import HUGE, wrapped
from nn.plots.columns import Column

__all__ = ["BAND", "LETTER", "LINE", "Place", "Plan", "Spacing", "apart", "plan_of", "title_lines"]

FEW = 20  # edges: so many have room for their numbers
LETTER, LINE = 0.085, 0.19  # inches that a text of 10 points takes
BAND = 0.26  # inches that a band and the room before it take
MORE = 0.36  # half of what the count of the neurons not shown takes

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Spacing:
    """Lengths in inches: from neuron to neuron, from column to column, and the radius of a neuron.

    The widest edge is measured in points.
    """

    pitch: float
    gap: float
    radius: float
    widest: float = 3.0


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


@dataclass(frozen=True)
class Plan:
    """What one network's picture has in common over all frames.

    Attributes
    ----------
    places : sequence of Place
    spacing : Spacing
    left, right, bottom, top : float
        The sides of a picture in inches.
    limit : float
        The largest weight or bias shown, in magnitude: the end of the colours.
    limits : sequence of float
        The same of the numbers that fill the neurons of each column.
    numbers : bool
        Whether edges have numbers.
    asked : bool
        Whether that was asked for, and is no default.
    first, last : sequence of str
        The names of the inputs, and of the outputs; empty without.
    """

    places: Sequence[Place]
    spacing: Spacing
    left: float
    right: float
    bottom: float
    top: float
    limit: float
    limits: Sequence[float]
    numbers: bool
    asked: bool
    first: Sequence[str]
    last: Sequence[str]

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height in inches."""
        return self.right - self.left, self.top - self.bottom


def plan_of(
    pictures: Sequence[Sequence[Column]],
    *,
    outputs: bool,
    numbers: bool | None,
    most: int,
    film: bool,
    feature_names: Sequence[str] | None,
    labels: Sequence[str] | None,
) -> Plan:
    """Return the plan of one picture, or of all frames of a film.

    Raises
    ------
    SizeError
        If there is not a name for each input, or for each output.
    """
    columns = pictures[0]
    asked = numbers is True
    if numbers is None:
        numbers = not film and sum(column.edges.size for column in columns if column.edges is not None) <= FEW
    rows = min(max(column.size for column in columns), most)
    spacing = _spacing(rows, numbers, outputs, film)
    places = _places(columns, spacing, most)
    first = _names(feature_names, columns[0].size, "feature_names", "inputs")
    last = _names(labels, columns[-1].size, "labels", "outputs")
    titles = [title_lines(column, spacing).split("\n") for column in columns]
    bands = [0.5 * LETTER * len(band) for column in columns for band in column.bands]
    tall = max([spacing.pitch * (rows - 1) / 2 + spacing.radius, *bands])
    limit = _largest(array for columns in pictures for array in _colored(columns, places, outputs))
    return Plan(
        places,
        spacing,
        left=-_side(first, titles[0], spacing),
        right=places[-1].end + _side(last, titles[-1], spacing),
        bottom=-tall - 0.1,
        top=tall + 0.15 + LINE * max(map(len, titles)),
        limit=limit,
        limits=[
            limit if columns[i].outputs is None else _largest(frame[i].outputs for frame in pictures)
            for i in range(len(columns))
        ],
        numbers=numbers,
        asked=asked,
        first=first,
        last=last,
    )


def _spacing(rows: int, numbers: bool, outputs: bool, film: bool) -> Spacing:
    if numbers:
        return Spacing(0.95, 2.6, 0.24)
    if outputs:
        return Spacing(0.48, min(max(1.7, 0.24 * rows), 2.6), 0.21)
    if film:
        return Spacing(0.24, 1.15, 0.085, widest=1.8)
    return Spacing(0.36, min(max(1.7, 0.16 * rows), 2.6), 0.13)


def _side(names: Sequence[str], title: Sequence[str], spacing: Spacing) -> float:
    """Return what an outer column needs beside its centres."""
    beside = spacing.radius + 0.15 + LETTER * max(map(len, names), default=0)
    return max(beside, 0.5 * LETTER * max(map(len, title)) + 0.05)


def _colored(columns: Sequence[Column], places: Sequence[Place], outputs: bool) -> Iterator[Numbers]:
    """Yield the numbers that are shown in the colours of the weights."""
    for i, (column, place) in enumerate(zip(columns, places, strict=True)):
        if column.edges is not None:
            yield column.edges[np.ix_(place.shown, places[i - 1].shown)]
        if column.circles is not None and not outputs:
            yield column.circles[place.shown]


def _names(names: Sequence[str] | None, size: int, what: str, named: str) -> list[str]:
    if names is None:
        return []
    if isinstance(names, str) or len(names) != size:
        raise SizeError(f"{what} must name each of {size} {named}, but are {names!r:.60}")
    return [str(name) for name in names]


def _largest(arrays: Iterable[Numbers | None]) -> float:
    sizes = (np.abs(array[np.abs(array) < HUGE]) for array in arrays if array is not None)
    largest = max(float(size.max(initial=0.0)) for size in sizes)
    return largest if largest > 1 / HUGE else 1.0


def title_lines(column: Column, spacing: Spacing) -> str:
    """Return what stands above a column, in lines that the next column leaves room for."""
    return wrapped(column.title, max(8, int(spacing.gap / LETTER)))


def _places(columns: Sequence[Column], spacing: Spacing, most: int) -> list[Place]:
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
        y = np.multiply(middle - rows, spacing.pitch, dtype=np.float64)
        width = (spacing.radius if fold is None else MORE) + BAND * len(column.bands) if column.bands else 0.0
        above = None if fold is None else (middle - fold) * spacing.pitch
        places.append(Place(x, x + width, shown, y, above))
        x += width + spacing.gap
    return places


def apart(starts: Numbers, ends: Numbers, enough: float) -> tuple[float, float]:
    """Return at which part of their way edges between two columns are farthest apart, and how far in height.

    Parameters
    ----------
    starts, ends : ndarray of shape (edges,)
        The heights from which they come and to which they lead.
    enough : float
        Where they are so far apart at several parts, that nearest to the middle is taken.
    """
    parts = np.linspace(0.15, 0.85, 71)
    heights = np.sort(starts + parts[:, None] * (ends - starts), axis=1)
    gaps = np.minimum(np.min(np.diff(heights, axis=1), axis=1, initial=enough), enough)
    best = max(range(len(parts)), key=lambda i: (round(gaps[i], 6), -abs(parts[i] - 0.5)))
    return float(parts[best]), float(gaps[best])
