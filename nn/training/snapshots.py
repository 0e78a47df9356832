"""Snapshots: the parameters of some epochs, kept to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np

from nn.checks import positive_int
from nn.training.callbacks import Callback, Run

__all__ = ["Snapshots"]


@final
class Snapshots(Callback):
    """Keeps in ``history.snapshots`` what the parameters were: before the first epoch, after every so many, at the end.

    ``model.draw(history=history)`` makes a filmstrip of them. Each is a copy of all numbers of the model; a checkpoint
    keeps them too.

    Parameters
    ----------
    every : int, optional
        Of how many epochs one is kept.

    Raises
    ------
    ArgumentError
        If ``every`` is not a positive int.

    Examples
    --------
    >>> import nn
    >>> x, y, *_ = nn.datasets.moons(20, seed=0)
    >>> model = nn.MLP(2, [4, 2], seed=0)
    >>> history = nn.fit(
    ...     model, x, y, loss=nn.cross_entropy, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=7, progress=False,
    ...     callbacks=[nn.Snapshots(every=3)]
    ... )
    >>> list(history.snapshots)
    [0, 3, 6, 7]
    """

    def __init__(self, every: int = 1) -> None:
        self.every = positive_int(every, "every")
        self.kept: dict[int, dict[str, np.ndarray]] = {}

    def before_run(self, run: Run) -> None:
        """Begin anew, with the parameters that the run starts from."""
        self.kept = run.history.snapshots = {0: run.model.state_dict()}

    def after_epoch(self, run: Run) -> None:
        """Keep the parameters, in place of the last ones if these were kept only for being the last."""
        newest = max(self.kept, default=0)
        if newest % self.every:
            del self.kept[newest]
        self.kept[len(run.history.epochs)] = run.model.state_dict()

    def state_dict(self) -> dict[str, Any]:
        """Return what was kept."""
        return {f"{epoch}/{place}": x for epoch, state in self.kept.items() for place, x in state.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it up."""
        found: dict[int, dict[str, np.ndarray]] = {}
        for name, x in state.items():
            epoch, _, place = name.partition("/")
            found.setdefault(int(epoch), {})[place] = np.array(x)
        self.kept.clear()  # and no new dict, since the history has this one
        self.kept.update(sorted(found.items()))
