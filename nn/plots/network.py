"""A network as people draw it: columns of neurons, joined by edges that weights or gradients colour."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, SizeError
from nn.checks import flag, positive_int
from nn.module import Module
from nn.plots.axes import COLORS, HUGE, ink, ink_on, new_or_given, room, wrapped
from nn.plots.columns import Column, columns_of
from nn.plots.places import BAND, Place, Spacing, number_places, places_of
from nn.training import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_network"]

Numbers = NDArray[np.float64]

FEW = 20  # edges: so many have room for their numbers
LETTER, LINE = 0.085, 0.19  # inches that a text of 10 points takes
SMALLEST = 6.5  # points of a text that can be read
WIDEST = 13.0  # inches of a filmstrip
NEGATIVE, POSITIVE, NOT_FINITE = COLORS[0], COLORS[1], COLORS[2]


@dataclass(frozen=True)
class Plan:
    """What one network's picture has in common over all frames.

    Attributes
    ----------
    places : list of Place
    spacing : Spacing
    left, right, bottom, top : float
        The sides of a picture in inches.
    limit : float
        The largest weight of all, in magnitude: the end of the colours.
    limits : list of float
        The same of the numbers that fill the neurons of each column.
    numbers : bool
        Whether edges have numbers.
    first, last : sequence of str
        The names of the inputs, and of the outputs; empty without.
    """

    places: list[Place]
    spacing: Spacing
    left: float
    right: float
    bottom: float
    top: float
    limit: float
    limits: list[float]
    numbers: bool
    first: Sequence[str]
    last: Sequence[str]

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height in inches."""
        return self.right - self.left, self.top - self.bottom


def draw_network(
    model: Module,
    x: Any,
    color: str,
    feature_names: Sequence[str] | None,
    labels: Sequence[str] | None,
    numbers: bool | None,
    max_neurons: int,
    history: Any,
    frames: int,
    ax: Any,
) -> Axes:
    """Return the axes of the picture, or of the first frame of the filmstrip; see `Module.draw`."""
    if color not in ("weight", "gradient"):
        raise ArgumentError(f"color must be 'weight' or 'gradient', not {color!r}")
    most, frames = positive_int(max_neurons, "max_neurons"), positive_int(frames, "frames")
    if most < 4:
        raise ArgumentError(f"max_neurons must be at least 4, the first, the last and room between, not {most}")
    wanted = None if numbers is None else flag(numbers, "numbers")
    if history is None:
        films = {"": columns_of(model, x, gradients=color == "gradient")}
    else:
        if color == "gradient" or ax is not None:
            given = "color='gradient'" if color == "gradient" else "ax="
            why = "a history keeps no gradients" if color == "gradient" else "a filmstrip has axes for each frame"
            raise ArgumentError(f"{given} does not go with history=: {why}")
        films = _frames(model, x, history, frames)
    plan = _plan(list(films.values()), x is not None, wanted, most, history is not None, feature_names, labels)
    return _draw(films, plan, color, ax)


def _frames(model: Module, x: Any, history: Any, frames: int) -> dict[str, list[Column]]:
    """Return the columns of some epochs, evenly spaced from the first to the last that were kept, by title."""
    if not isinstance(history, History):
        raise ArgumentError(f"history must be the History that nn.fit returned, not {type(history).__name__}")
    kept = sorted(history.snapshots)
    if not kept:
        raise ArgumentError(
            "the history has no snapshots of the weights to draw; nn.fit(..., callbacks=[nn.Snapshots(every=10)]) "
            "keeps them"
        )
    chosen = np.unique(np.linspace(0, len(kept) - 1, min(frames, len(kept))).round().astype(int))
    then = copy.deepcopy(model)  # so that this one is never touched
    films = {}
    for epoch in (kept[i] for i in chosen):
        then.load_state_dict(history.snapshots[epoch])
        loss = f", loss {history.epochs[epoch - 1]['loss']:.3g}" if 0 < epoch <= len(history.epochs) else ""
        films[f"epoch {epoch}{loss}" if epoch else "before training"] = columns_of(then, x)
    return films


def _plan(
    films: Sequence[Sequence[Column]],
    outputs: bool,
    numbers: bool | None,
    most: int,
    film: bool,
    feature_names: Sequence[str] | None,
    labels: Sequence[str] | None,
) -> Plan:
    columns = films[0]
    few = sum(column.edges.size for column in columns if column.edges is not None) <= FEW
    numbers = few and not film if numbers is None else numbers
    rows = min(max(column.size for column in columns), most)
    if numbers:
        spacing = Spacing(0.95, 2.6, 0.24)
    elif outputs:
        spacing = Spacing(0.48, min(max(1.7, 0.24 * rows), 2.6), 0.21)
    elif film:
        spacing = Spacing(0.24, 1.15, 0.085)
    else:
        spacing = Spacing(0.36, min(max(1.7, 0.16 * rows), 2.6), 0.13)
    first = _names(feature_names, columns[0].size, "feature_names", "inputs")
    last = _names(labels, columns[-1].size, "labels", "outputs")
    places = places_of(columns, spacing, most)
    letters = [max((len(part) for name in names for part in name.split("\n")), default=0) for names in (first, last)]
    sides = [max(0.45, spacing.radius + 0.15 + LETTER * n) for n in letters]
    tall = spacing.pitch * (rows - 1) / 2 + spacing.radius
    tall = max([tall, *(0.5 * LETTER * len(band) for column in columns for band in column.bands)])
    lines = max(_title(column, spacing).count("\n") + 1 for column in columns)
    drawn = [(column, place) for columns in films for column, place in zip(columns, places, strict=True)]
    edges = [column.edges[place.shown] for column, place in drawn if column.edges is not None]
    biases = [column.circles[place.shown] for column, place in drawn if column.circles is not None]
    limit = _largest(edges if outputs else edges + biases)
    fills = [[columns[i].outputs for columns in films] for i in range(len(columns))]
    return Plan(
        places,
        spacing,
        -sides[0],
        places[-1].end + sides[1],
        -tall - 0.1,
        tall + 0.15 + LINE * lines,
        limit,
        [_largest([f for f in fill if f is not None]) if outputs else limit for fill in fills],
        numbers,
        first,
        last,
    )


def _names(names: Sequence[str] | None, size: int, what: str, named: str) -> list[str]:
    if names is None:
        return []
    if isinstance(names, str) or len(names) != size:
        raise SizeError(f"{what} must name each of {size} {named}, but are {names!r:.60}")
    return [wrapped(str(name), 20) for name in names]


def _largest(arrays: Sequence[Numbers]) -> float:
    finite = [np.abs(array[np.isfinite(array)]) for array in arrays]
    return min(max((float(array.max(initial=0.0)) for array in finite), default=0.0), HUGE) or 1.0


def _title(column: Column, spacing: Spacing) -> str:
    return wrapped(column.title, max(8, int(spacing.gap / LETTER)))


def _draw(films: dict[str, list[Column]], plan: Plan, color: str, given: Any) -> Axes:
    width, height = plan.size
    across = min(len(films), max(1, int(WIDEST / width)))
    down = math.ceil(len(films) / across)
    across = math.ceil(len(films) / down)
    strip = 0.3 if len(films) > 1 or "" not in films else 0.0
    ax = new_or_given(given, "model.draw", across * (width + 0.1) + 1.1, down * (height + 0.1 + strip) + 0.1)
    figure = ax.figure
    axes = [ax]
    if len(films) > 1:
        grid = figure.add_gridspec(down, across)
        ax.set_subplotspec(grid[0, 0])
        axes += [figure.add_subplot(grid[divmod(i, across)]) for i in range(1, len(films))]
    for one, title in zip(axes, films, strict=True):
        one.set(xlim=(plan.left, plan.right), ylim=(plan.bottom, plan.top), aspect="equal", title=title)
        one.set_axis_off()
    colors = _colors(ax, plan.limit)
    columns = [column for frame in films.values() for column in frame]
    label = color if columns[0].outputs is not None else f"{color} (lines), bias (circles)"
    if color == "gradient":
        label = "gradient of the " + label.replace("gradient", "weight")
    if not all(np.all(np.isfinite(c.edges)) for c in columns if c.edges is not None):
        label += "; purple: inf or nan"
    figure.colorbar(colors, ax=axes, label=label, aspect=30, shrink=0.8, pad=0.02)
    for one, frame in zip(axes, films.values(), strict=True):
        _draw_frame(one, frame, plan, colors)
    return ax


def _colors(ax: Axes, limit: float) -> Any:
    """Return the colours of numbers from -limit to limit; those near 0 are near the ground, and still seen on it."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

    ground, dark = (np.array(to_rgb(color)) for color in (ax.figure.canvas.figure.get_facecolor(), ink(ax)))
    middle = tuple(0.82 * ground + 0.18 * dark)
    colors = LinearSegmentedColormap.from_list("weights", [NEGATIVE, middle, POSITIVE])
    return ScalarMappable(Normalize(-limit, limit), colors.with_extremes(bad=NOT_FINITE))


def _draw_frame(ax: Axes, columns: Sequence[Column], plan: Plan, colors: Any) -> None:
    from matplotlib.colors import to_rgb

    ground = to_rgb(ax.figure.canvas.figure.get_facecolor())
    scale = _scale(ax)
    for i, (column, place) in enumerate(zip(columns, plan.places, strict=True)):
        if column.edges is not None:
            before = plan.places[i - 1]
            _draw_edges(ax, column.edges[np.ix_(place.shown, before.shown)], before, place, plan, colors, scale)
        _draw_bands(ax, column.bands, place, plan, ground)
        _draw_neurons(ax, column, place, plan.limits[i], plan, colors, scale)
        title, size = _title(column, plan.spacing), min(10.0, 10.0 * scale / 72)
        if size >= SMALLEST:
            ax.text(place.x, plan.top - 0.05, title, ha="center", va="top", fontsize=max(size, 8.0), color=ink(ax))
    size = min(10.0, 10.0 * scale / 72, 0.75 * plan.spacing.pitch * scale)
    if size >= SMALLEST:
        for names, place, side in ((plan.first, plan.places[0], -1), (plan.last, plan.places[-1], 1)):
            x = (place.x if side < 0 else place.end) + side * (plan.spacing.radius + 0.08)
            for neuron, y in zip(place.shown, place.y, strict=True):
                if names:
                    at = "right" if side < 0 else "left"
                    ax.text(x, y, names[neuron], ha=at, va="center", fontsize=size, color=ink(ax))


def _scale(ax: Axes) -> float:
    """Return how many points an inch of the plan takes."""
    width, height = room(ax)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return min(width / (right - left), height / (top - bottom))


def _draw_edges(ax: Axes, weights: Numbers, before: Place, place: Place, plan: Plan, colors: Any, scale: float) -> None:
    from matplotlib.collections import LineCollection

    starts = np.array([(before.end, y) for _ in place.y for y in before.y])
    ends = np.array([(place.x, y) for y in place.y for _ in before.y])
    flat = np.ma.masked_invalid(weights.ravel())
    sizes = np.minimum(np.ma.filled(np.abs(flat), plan.limit) / plan.limit, 1.0)
    order = np.argsort(sizes, kind="stable")  # the largest on top
    lines = LineCollection(
        np.stack([starts, ends], axis=1)[order],
        array=flat[order],
        norm=colors.norm,
        cmap=colors.cmap,
        linewidths=0.5 + 2.5 * sizes[order],
        zorder=1,
    )
    ax.add_collection(lines, autolim=False)
    size = min(9.0, 9.0 * scale / 72)
    if not plan.numbers or size < SMALLEST:
        return
    texts = [_short(w) for w in weights.ravel()]
    width = 0.62 * size / scale * max(map(len, texts))
    r = plan.spacing.radius
    inner = starts + [r if before.end == before.x else 0.0, 0.0], ends - [r, 0.0]
    for text, (x, y) in zip(texts, number_places(*inner, width, 1.3 * size / scale), strict=True):
        box = {"facecolor": ax.figure.canvas.figure.get_facecolor(), "edgecolor": "none", "pad": 0.8}
        ax.text(x, y, text, ha="center", va="center", fontsize=size, color=ink(ax), bbox=box, zorder=2)


def _draw_bands(ax: Axes, bands: Sequence[str], place: Place, plan: Plan, ground: Any) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    if not bands:
        return
    stubs = [((place.x, y), (place.end, y)) for y in place.y]
    ax.add_collection(LineCollection(stubs, colors=[ink(ax)], linewidths=0.6, alpha=0.5, zorder=1), autolim=False)
    for i, band in enumerate(bands):
        left = place.end - BAND * (len(bands) - i - 0.15)
        tall = max(place.y[0] + plan.spacing.radius, 0.5 * LETTER * len(band))
        wide = 0.85 * BAND
        ax.add_patch(
            Rectangle((left, -tall), wide, 2 * tall, facecolor=ground, edgecolor=ink(ax), linewidth=0.6, zorder=2)
        )
        ax.text(left + wide / 2, 0.0, band, rotation=90, ha="center", va="center", fontsize=9, color=ink(ax), zorder=3)


def _draw_neurons(ax: Axes, column: Column, place: Place, limit: float, plan: Plan, colors: Any, scale: float) -> None:
    from matplotlib.patches import Circle

    r = plan.spacing.radius
    fills = column.circles if column.outputs is None else column.outputs
    ground = ax.figure.canvas.figure.get_facecolor()
    for neuron, y in zip(place.shown, place.y, strict=True):
        number = None if fills is None else float(fills[neuron])
        fill = ground if number is None else colors.cmap(colors.norm(np.ma.masked_invalid(number * plan.limit / limit)))
        ax.add_patch(Circle((place.x, y), r, facecolor=fill, edgecolor=ink(ax), linewidth=0.8, zorder=3))
        if number is None or not (plan.numbers or column.outputs is not None):
            continue
        text = _short(number)
        size = min(9.0, 1.85 * r * scale / (0.62 * len(text)))
        if size >= SMALLEST:
            ax.text(place.x, y, text, ha="center", va="center", fontsize=size, color=ink_on(fill), zorder=4)
    if place.fold is not None:
        size, room_left = min(9.0, 9.0 * scale / 72), 0.3 * plan.spacing.pitch
        dots = [place.fold + side * plan.spacing.pitch * at for side in (1, -1) for at in (0.45, 0.65)]
        ax.plot([place.x] * len(dots), dots, linestyle="", marker=".", markersize=3, color=ink(ax), zorder=3)
        if size >= SMALLEST and room_left > 0.06:
            box = {"facecolor": ground, "edgecolor": "none", "pad": 0.8}
            more = f"{column.size - len(place.shown)} more"
            ax.text(
                place.x, place.fold, more, ha="center", va="center", fontsize=size, color=ink(ax), bbox=box, zorder=3
            )


def _short(number: float) -> str:
    """Return a number in at most six characters."""
    size = abs(number)
    if size == 0 or not math.isfinite(number):
        return f"{number:g}"
    if 0.0095 <= size < 9999.5:
        return f"{number:.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}"
    digits, _, power = f"{number:.0e}".partition("e")
    return f"{digits}e{int(power)}"
