"""What the pictures share: the axes, the colours, names below an axis, the legend."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from autograd import ArgumentError, MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "COLORS",
    "HUGE",
    "POINTS",
    "add_legend",
    "height_with_legend",
    "ink",
    "ink_on",
    "name_ticks",
    "new_or_given",
    "room",
    "wrapped",
]

# Petroff 2021, Accessible color sequences for data visualization: distinct to the colour-blind too. In the order of
# their contrast: the first six have a contrast of at least 3 with white and with black, which lines and text need.
COLORS = (
    "#3f90da",
    "#e76300",
    "#832db6",
    "#bd1f01",
    "#717581",
    "#a96b59",
    "#94a4a2",
    "#ffa90e",
    "#b9ac70",
    "#92dadd",
)

HUGE = 1e100  # matplotlib's own arithmetic overflows somewhere beyond it
POINTS = 72  # in an inch
LEGEND_WIDTH = 48  # characters of a line


def new_or_given(ax: Axes | None, feature: str, width: float = 6.4, height: float = 4.8) -> Axes:
    """Return ``ax``, or new axes that fill a figure of this size in inches.

    The figure is not one of pyplot's, so it needs no window system and is freed with the last reference to it. In
    Jupyter it shows itself.
    """
    try:
        from matplotlib.axes import Axes

        from nn.plots.shown import ShownAxes, ShownFigure  # which need matplotlib
    except ImportError as error:
        raise MissingExtraError(feature, "plot") from error
    if ax is None:
        return ShownFigure(figsize=(width, height), layout="constrained").add_subplot(axes_class=ShownAxes)
    if not isinstance(ax, Axes):
        raise ArgumentError(
            f"ax must be matplotlib Axes, such as one of those plt.subplots() returns, not {type(ax).__name__}"
        )
    return ax


def ink(ax: Axes) -> Any:
    """Return the colour that is seen on these axes, light or dark."""
    return ax.xaxis.label.get_color()


def ink_on(color: Any) -> str:
    """Return black or white, whichever is read better on a colour."""
    red, green, blue, *_ = color
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"


def wrapped(name: str, width: int) -> str:
    """Return a name in lines of about ``width`` characters, broken after a space, dot, hyphen, slash or underscore."""
    lines = [""]
    for part in re.split(r"(?<=[\s./_-])", name):
        if len(lines[-1]) + len(part.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def room(ax: Axes) -> tuple[float, float]:
    """Return the width and the height of the axes in points, as the figure lays them out."""
    figure = ax.figure.canvas.figure
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
    box = ax.get_window_extent()
    return box.width / figure.dpi * POINTS, box.height / figure.dpi * POINTS


def name_ticks(ax: Axes, names: Sequence[str], *, vertical: bool = False) -> None:
    """Name the whole numbers from 0 up on an axis: slanted where there is little room, and every so many where less."""
    lines = [wrapped(name, 24) for name in names]
    if vertical:
        ax.set_yticks(range(len(names)), lines)
        tall, needed = room(ax)[1], _size(ax) * 1.3 * max(line.count("\n") + 1 for line in lines)
        _keep_every(ax.yaxis, lines, math.ceil(needed * len(names) / tall))
        return
    ax.set_xticks(range(len(names)), lines)
    step = room(ax)[0] / len(names)
    widest = max(len(part) for line in lines for part in line.split("\n")) * 0.62 * _size(ax)
    if widest > 0.92 * step:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")
        needed = _size(ax) * 1.5 * max(line.count("\n") + 1 for line in lines)
        _keep_every(ax.xaxis, lines, math.ceil(needed / step))


def legend_columns(names: Sequence[str]) -> int:
    """Return in how many columns a legend of these names fits below axes of the usual width."""
    longest = max(len(line) for name in names for line in wrapped(name, LEGEND_WIDTH).split("\n"))
    rows = math.ceil(len(names) / max(1, 84 // (longest + 9)))
    return math.ceil(len(names) / rows)


def height_with_legend(names: Sequence[str]) -> float:
    """Return how high in inches a figure is to be, so that a legend of many rows does not press the axes flat."""
    lines = max(wrapped(name, LEGEND_WIDTH).count("\n") + 1 for name in names)
    rows = lines * math.ceil(len(names) / legend_columns(names))
    return min(4.8 + 0.22 * max(0, rows - 2), 9.0)


def add_legend(ax: Axes, handles: Sequence[Any], inside: Literal["best", "center right"] = "best") -> None:
    """Put the legend below the axes if the figure makes room for it, else where it hides least."""
    from matplotlib.transforms import ScaledTranslation

    names = [str(handle.get_label()) for handle in handles]
    if ax.figure.get_layout_engine() is None:
        ax.legend(handles, [wrapped(name, 24) for name in names], loc=inside)
        return
    below = -(
        2.2 * _size(ax) + 2.0 * float(ax.xaxis.label.get_fontsize())
    )  # in points: names of the ticks and of the axis
    ax.legend(
        handles,
        [wrapped(name, LEGEND_WIDTH) for name in names],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, below / POINTS, ax.figure.dpi_scale_trans),
        ncols=legend_columns(names),
        frameon=False,
        borderaxespad=0.0,
    )


def _size(ax: Axes) -> float:
    labels = ax.get_xticklabels() or ax.get_yticklabels()
    return float(labels[0].get_fontsize()) if labels else 10.0


def _keep_every(axis: Any, lines: Sequence[str], n: int) -> None:
    axis.set_ticks(range(0, len(lines), n), lines[::n])
