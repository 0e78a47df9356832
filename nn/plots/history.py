"""The learning curve."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array
from nn.plots.axes import COLORS, HUGE, add_legend, height_with_legend, new_or_given, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_history"]

STYLES = (("-", "o"), ("--", "s"), (":", "^"), ("-.", "D"))


def plot_history(history: Mapping[str, Sequence[float]], *, ax: Axes | None = None) -> Axes:
    """Draw the learning curve: losses against the left axis, other metrics against the right one.

    Curves of one quantity share a colour: "loss" and "validation loss", or "train_accuracy" and "val_accuracy". A
    number that is not finite, or beyond 1e100, leaves a gap.

    Parameters
    ----------
    history : mapping of str to sequence of shape (epochs,)
        A number an epoch by name. A name with "loss" or "cost" in it is a loss. None counts as nan.
    ax : matplotlib Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("learning.png")`` writes.

    Returns
    -------
    matplotlib Axes
        Those of the losses; those of the metrics, if there are both, are the next in ``ax.figure.axes``.

    Raises
    ------
    ArgumentError
        If there is nothing to plot, or it is no mapping of names to numbers.
    SizeError
        If the sequences differ in length.
    MissingExtraError
        If matplotlib is missing.

    Examples
    --------
    >>> from nn import plot_history
    >>> ax = plot_history({"loss": [1.2, 0.7, 0.4], "accuracy": [0.5, 0.8, 0.9]})
    >>> ax.get_xlabel(), [axes.get_ylabel() for axes in ax.figure.axes]
    ('epoch', ['loss', 'accuracy'])
    """
    curves = _curves(history)
    ax = new_or_given(ax, "plot_history", height=height_with_legend(list(curves)))
    from matplotlib.ticker import MaxNLocator

    losses = [name for name in curves if _is_loss(name)]
    metrics = [name for name in curves if not _is_loss(name)]
    quantities = list(dict.fromkeys(map(_quantity, curves)))
    epochs = np.arange(1, 1 + len(next(iter(curves.values()))))
    handles = []
    for names, axes in ((losses, ax), (metrics, ax.twinx() if losses and metrics else ax)):
        seen: list[str] = []
        for name in names:
            quantity = _quantity(name)
            style, marker = STYLES[seen.count(quantity) % len(STYLES)]
            alone = _alone(curves[name])
            (line,) = axes.plot(
                epochs,
                curves[name],
                label=name,
                color=COLORS[quantities.index(quantity) % len(COLORS)],
                linestyle=style,
                marker=marker if alone else None,  # a point that no line leads to is seen all the same
                markevery=alone or None,
                markersize=5 if axes is ax else 10,
                fillstyle="full" if axes is ax else "none",  # what stands at one place on both axes is told apart
            )
            seen.append(quantity)
            handles.append(line)
        if names:
            several = "loss" if names is losses else "metric"
            axes.set_ylabel(wrapped(seen[0], 36) if len(set(seen)) == 1 else several)
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if len(epochs) == 1:
        ax.set_xlim(0.5, 1.5)
    add_legend(axes, handles, "best" if axes is ax else "center right")  # on top, so that no curve crosses it
    return ax


def _curves(history: Any) -> dict[str, NDArray[np.float64]]:
    if not isinstance(history, Mapping):
        raise ArgumentError(f"history must be a mapping of names to numbers an epoch, not {type(history).__name__}")
    curves: dict[str, NDArray[np.float64]] = {}
    for name, numbers in history.items():
        try:
            curve = plain_array(numbers, f"history[{name!r}]").astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"history[{name!r}] must be numbers, one an epoch: {error}") from error
        if curve.ndim != 1:
            raise SizeError(f"history[{name!r}] must be one number an epoch, not of shape {curve.shape}")
        curves[str(name)] = np.where(np.abs(curve) < HUGE, curve, np.nan)
    lengths = {name: len(curve) for name, curve in curves.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name!r} {length}" for name, length in lengths.items())
        raise SizeError(f"history must hold as many epochs for each name, but has: {shown}")
    if all(np.all(np.isnan(curve)) for curve in curves.values()):
        raise ArgumentError("history holds nothing to plot: there is no finite number in it")
    return curves


def _is_loss(name: str) -> bool:
    return "loss" in name.lower() or "cost" in name.lower()


def _quantity(name: str) -> str:
    """Return what a curve shows, without the data it is of."""
    rest = re.sub(
        r"(?<![a-z])(training|train|validation|valid|val|testing|test)(?![a-z])", "", name, flags=re.IGNORECASE
    )
    return " ".join(re.split(r"[\s_]+", rest)).strip(" ()/:-") or name


def _alone(curve: NDArray[np.float64]) -> list[int]:
    there = np.concatenate([[False], ~np.isnan(curve), [False]])
    return np.flatnonzero(there[1:-1] & ~there[:-2] & ~there[2:]).tolist()
