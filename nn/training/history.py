"""History: what a training run has seen, epoch by epoch."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, final

import numpy as np

__all__ = ["History"]


@final
class History(Mapping[str, list[float]]):
    """The figures of each epoch by name, such as ``history["loss"]``; `fit` returns it.

    Parameters
    ----------
    epochs : list of dict, optional
        The figures of each epoch, if there are any yet.

    Attributes
    ----------
    epochs : list of dict
        The figures of one epoch each: ``loss``, ``lr``, ``gradient norm``, ``seconds``, and the metrics; those of the
        validation part begin with ``validation``.
    stopped : str or None
        Why the run ended before its last epoch; None if it did not.
    snapshots : dict of int to dict
        The ``state_dict`` of the model after some epochs, 0 being before the first: those that the callback `Snapshots`
        has kept, and none without it.

    Examples
    --------
    >>> from nn import History
    >>> history = History([{"loss": 0.5}, {"loss": 0.25}])
    >>> history["loss"], len(history.epochs), list(history)
    ([0.5, 0.25], 2, ['loss'])
    """

    def __init__(self, epochs: list[dict[str, float]] | None = None) -> None:
        self.epochs: list[dict[str, float]] = [] if epochs is None else epochs
        self.stopped: str | None = None
        self.snapshots: dict[int, dict[str, np.ndarray]] = {}

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._names():
            raise KeyError(f"{name!r}; there are {', '.join(self._names()) or 'no epochs'}")
        return [epoch.get(name, float("nan")) for epoch in self.epochs]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {x:.4g}" for name, x in self.epochs[-1].items()) if self.epochs else ""
        return f"<History of {len(self.epochs)} epochs{f'; the last one: {last}' if last else ''}>"

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for epoch in self.epochs for name in epoch))

    def to_csv(self, path: str | Path) -> None:
        """Write a line for each epoch, the names above.

        Parameters
        ----------
        path : str or Path
            The file, which is replaced if it is there.
        """
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["epoch", *self])
            for number, epoch in enumerate(self.epochs, 1):
                writer.writerow([number, *(epoch.get(name, "") for name in self)])

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses and the metrics over the epochs; see `plot_history`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default in a new figure, which ``history.plot().save("learning.png")`` writes.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from nn.plots import plot_history  # which needs the extra plot

        figures = {name: self[name] for name in self if name not in ("lr", "gradient norm", "seconds")}
        return plot_history(figures, ax=ax)
