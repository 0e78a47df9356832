"""A network as people draw it: columns of neurons, joined by edges that weights or gradients colour."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError
from nn.checks import flag, positive_int
from nn.module import Module
from nn.plots.axes import COLORS, HUGE, POINTS, ink, ink_on, new_or_given, room, wrapped
from nn.plots.columns import Column, columns_of
from nn.plots.plan import BAND, LETTER, LINE, Place, Plan, Spacing, apart, plan_of, title_lines
from nn.training import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_network"]

Numbers = NDArray[np.float64]

SMALLEST = 6.0  # points of a text that can be read
WIDEST = 12.0  # inches of a filmstrip
LEAST = 3.2  # inches of height: the words beside the colours need them
NEGATIVE, POSITIVE, BEYOND = COLORS[0], COLORS[1], COLORS[2]


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
        pictures = {"": columns_of(model, x, gradients=color == "gradient")}
    else:
        if color == "gradient" or ax is not None:
            given = "color='gradient'" if color == "gradient" else "ax="
            why = "a history keeps no gradients" if color == "gradient" else "a filmstrip has axes for each frame"
            raise ArgumentError(f"{given} does not go with history=: {why}")
        pictures = _frames(model, x, history, frames)
    plan = plan_of(
        list(pictures.values()),
        outputs=x is not None,
        numbers=wanted,
        most=most,
        film=history is not None,
        feature_names=feature_names,
        labels=labels,
    )
    return _draw(pictures, plan, color, ax)


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
    pictures = {}
    for epoch in (kept[i] for i in chosen):
        then.load_state_dict(history.snapshots[epoch])
        loss = f", loss {history.epochs[epoch - 1]['loss']:.3g}" if 0 < epoch <= len(history.epochs) else ""
        pictures[f"epoch {epoch}{loss}" if epoch else "before training"] = columns_of(then, x)
    return pictures


def _draw(pictures: dict[str, list[Column]], plan: Plan, color: str, given: Any) -> Axes:
    width, height = plan.size
    down = math.ceil(len(pictures) / max(1, int(WIDEST / width)))
    across = math.ceil(len(pictures) / down)
    strip = 0.0 if "" in pictures else 0.3  # for the titles
    whole = max(LEAST, down * (height + 0.1 + strip) + 0.1)
    ax = new_or_given(given, "model.draw", across * (width + 0.1) + 1.1, whole)
    figure, axes = ax.figure, [ax]
    if len(pictures) > 1:
        grid = figure.add_gridspec(down, across)
        ax.set_subplotspec(grid[0, 0])
        axes += [figure.add_subplot(grid[divmod(i, across)]) for i in range(1, len(pictures))]
    for one, title in zip(axes, pictures, strict=True):
        one.set(xlim=(plan.left, plan.right), ylim=(plan.bottom, plan.top), aspect="equal")
        one.set_axis_off()
        if title:
            one.set_title(title)
    colors = _colors(ax, plan.limit)
    legend = _legend(pictures, color)
    if given is None:
        figure.colorbar(colors, ax=axes, label=legend, aspect=30, shrink=0.8, pad=0.02)
    else:  # where other axes may stand beside it: below, where any axes have their numbers and their name
        bar = figure.colorbar(colors, ax=ax, location="bottom", aspect=30, shrink=0.8, pad=0.02)
        bar.ax.tick_params(labelsize=8)
        bar.set_label(wrapped(legend, max(12, int(room(ax)[0] / 4.8))), fontsize=8)
        bar.ax.locator_params(nbins=5)
    scale = _scale(ax)
    for one, columns in zip(axes, pictures.values(), strict=True):
        _draw_columns(one, columns, plan, colors, scale)
    return ax


def _legend(pictures: dict[str, list[Column]], color: str) -> str:
    """Return what the colours mean."""
    columns = [column for frame in pictures.values() for column in frame]
    shown = "weight" if columns[0].outputs is not None else "weight (lines) and bias (circles)"
    numbers = [array for column in columns for array in (column.edges, column.circles) if array is not None]
    bad = "" if all(np.all(np.abs(array) < HUGE) for array in numbers) else "\npurple: nan or beyond 1e100"
    return f"{'gradient of ' if color == 'gradient' else ''}{shown}{bad}"


def _colors(ax: Axes, limit: float) -> Any:
    """Return the colours of numbers from -limit to limit; those near 0 are near the ground, and still seen on it."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

    middle = tuple(0.82 * np.array(_ground(ax)) + 0.18 * np.array(to_rgb(ink(ax))))
    colors = LinearSegmentedColormap.from_list("weights", [NEGATIVE, middle, POSITIVE])
    return ScalarMappable(Normalize(-limit, limit), colors.with_extremes(bad=BEYOND))


def _scale(ax: Axes) -> float:
    """Return how many points an inch of the plan takes."""
    width, height = room(ax)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return min(width / (right - left), height / (top - bottom))


def _draw_columns(ax: Axes, columns: Sequence[Column], plan: Plan, colors: Any, scale: float) -> None:
    for i, (column, place) in enumerate(zip(columns, plan.places, strict=True)):
        if column.edges is not None:
            before = plan.places[i - 1]
            _draw_edges(ax, column.edges[np.ix_(place.shown, before.shown)], before, place, plan, colors, scale)
        _draw_bands(ax, column.bands, place, plan.spacing, scale)
        _draw_neurons(ax, column, place, plan.limits[i], plan, colors, scale)
        _draw_fold(ax, column, place, plan.spacing, scale)
        title = title_lines(column, plan.spacing)
        lines = title.split("\n")
        size = _fitting(10, POINTS * plan.spacing.gap / (0.6 * max(map(len, lines))), scale)
        above = max(0.0, 1.3 * size / scale - LINE) * len(lines)  # what a small text is too high for its room
        _write(ax, place.x, plan.top - 0.05 + above, title, size, va="top")
    for names, place, side in ((plan.first, plan.places[0], -1), (plan.last, plan.places[-1], 1)):
        x = (place.x if side < 0 else place.end) + side * (plan.spacing.radius + 0.08)
        for neuron, y in zip(place.shown if names else (), place.y, strict=bool(names)):
            _write(ax, x, y, names[neuron], max(SMALLEST, _points(10, scale)), ha="right" if side < 0 else "left")


def _points(size: float, scale: float) -> float:
    """Return the size of a text, smaller where axes that were given have less room: 8 down to half of it, then 6."""
    least = 8.0 if scale > POINTS / 2 else SMALLEST if scale > POINTS / 4 else 0.0
    return min(size, max(size * scale / POINTS, least))


def _fitting(size: float, most: float, scale: float, asked: bool = False) -> float:
    """Return the size of a text for which there is room for ``most`` points in a figure of the network's own.

    What was asked for is left out where it has no room there, and not because axes that were given are small.
    """
    fitting = min(_points(size, scale), most * scale / POINTS)
    return max(fitting, SMALLEST) if asked and most >= SMALLEST else fitting


def _write(ax: Axes, x: float, y: float, text: str, size: float, **settings: Any) -> None:
    """Write a text, unless it would be too small to be read."""
    if size >= SMALLEST:
        settings = {"ha": "center", "va": "center", "color": ink(ax), "zorder": 4} | settings
        ax.text(x, y, text, fontsize=size, parse_math=False, **settings)


def _ground(ax: Axes) -> Any:
    """Return the colour of the figure, opaque: what it fills hides the edges behind."""
    from matplotlib.colors import to_rgb

    return to_rgb(ax.figure.canvas.figure.get_facecolor())


def _draw_edges(ax: Axes, weights: Numbers, before: Place, place: Place, plan: Plan, colors: Any, scale: float) -> None:
    from matplotlib.collections import LineCollection

    starts = np.array([(before.end, y) for _ in place.y for y in before.y])
    ends = np.array([(place.x, y) for y in place.y for _ in before.y])
    flat = np.ma.masked_invalid(np.where(np.abs(weights) < HUGE, weights, np.nan).ravel())
    sizes = np.ma.filled(np.abs(flat), plan.limit) / plan.limit
    order = np.argsort(sizes, kind="stable")  # the largest on top
    lines = LineCollection(
        list(np.stack([starts, ends], axis=1)[order]),
        array=flat[order],
        norm=colors.norm,
        cmap=colors.cmap,
        linewidths=plan.spacing.widest * (1 + 5 * sizes[order]) / 6,
        zorder=1,
    )
    ax.add_collection(lines, autolim=False)
    if not plan.numbers:
        return
    part, gap = apart(starts[:, 1], ends[:, 1], enough=0.3)
    size = _fitting(9, POINTS * gap / 1.2, scale, plan.asked)
    box = {"facecolor": _ground(ax), "edgecolor": "none", "pad": 0.8}
    for weight, (x, y) in zip(weights.ravel().tolist(), starts + part * (ends - starts), strict=True):
        _write(ax, x, y, _short(weight), size, bbox=box, zorder=2)


def _draw_bands(ax: Axes, bands: Sequence[str], place: Place, spacing: Spacing, scale: float) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    if not bands:
        return
    stubs = [((place.x, y), (place.end, y)) for y in place.y]
    ax.add_collection(LineCollection(stubs, colors=[ink(ax)], linewidths=0.6, alpha=0.5, zorder=1), autolim=False)
    for i, band in enumerate(bands):
        right = place.end - BAND * (len(bands) - 1 - i)
        wide, tall = 0.85 * BAND, max(place.y[0] + spacing.radius, 0.5 * LETTER * len(band))
        corner = (right - wide, -tall)
        ax.add_patch(Rectangle(corner, wide, 2 * tall, facecolor=_ground(ax), edgecolor=ink(ax), lw=0.6, zorder=2))
        _write(ax, right - wide / 2, 0.0, band, _points(9, scale), rotation=90)


def _draw_neurons(ax: Axes, column: Column, place: Place, limit: float, plan: Plan, colors: Any, scale: float) -> None:
    from matplotlib.patches import Circle

    radius = plan.spacing.radius
    numbers = column.circles if column.outputs is None else column.outputs
    shown: list[float | None] = [None] * len(place.y) if numbers is None else numbers[place.shown].tolist()
    written = plan.numbers or column.outputs is not None
    texts = [_short(number) if written and number is not None else "" for number in shown]
    asked = plan.asked or column.outputs is not None
    size = _fitting(9, POINTS * 1.75 * radius / (0.62 * max(1, *map(len, texts))), scale, asked)
    for number, text, y in zip(shown, texts, place.y, strict=True):
        fill = _ground(ax)
        if number is not None:
            fill = colors.cmap(0.5 + 0.5 * number / limit if abs(number) < HUGE else math.nan)
        ax.add_patch(Circle((place.x, y), radius, facecolor=fill, edgecolor=ink(ax), linewidth=0.8, zorder=3))
        if text:
            _write(ax, place.x, y, text, size, color=ink_on(fill))


def _draw_fold(ax: Axes, column: Column, place: Place, spacing: Spacing, scale: float) -> None:
    """Draw what stands for the neurons that are not shown."""
    if place.fold is None:
        return
    dots = [place.fold + spacing.pitch * at for at in (0.65, 0.45, -0.45, -0.65)]
    ax.plot([place.x] * len(dots), dots, linestyle="", marker=".", markersize=3, color=ink(ax), zorder=3)
    box = {"facecolor": _ground(ax), "edgecolor": "none", "pad": 0.8}
    size = min(_points(9, scale), 0.6 * spacing.pitch * scale)
    _write(ax, place.x, place.fold, f"{column.size - len(place.shown)} more", size, bbox=box)


def _short(number: float) -> str:
    """Return a number in at most six characters."""
    size = abs(number)
    if size == 0 or not math.isfinite(number):
        return f"{number:g}"
    if 0.0095 <= size < 9999.5:
        return f"{number:.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}"
    digits, _, power = f"{number:.0e}".partition("e")
    return f"{digits}e{int(power)}"
