"""Warm-up: a learning rate that rises in the first epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from autograd import ArgumentError
from nn.checks import not_negative_int, positive_int
from nn.schedules.decays import share
from nn.schedules.schedule import Schedule
from nn.states import matched

__all__ = ["WarmupLR"]

THEN = "then."


@final
class WarmupLR(Schedule):
    """Up a line from ``start_factor`` to 1 in the first epochs, then on by another schedule.

    A small learning rate at first keeps large steps from where the network happens to start (Goyal and others 2017,
    Accurate, large minibatch SGD, section 2.2). Its formula is that of PyTorch's ``LinearLR``.

    Parameters
    ----------
    epochs : int, optional
        How many epochs it takes; the factor is 1 in epoch ``epochs``.
    start_factor : float, optional
        The factor in epoch 0: from 0 to 1.
    then : Schedule, optional
        What goes on from there, with its epoch 0 in epoch ``epochs``; without it the factor stays 1. It observes only
        the epochs that are its own.

    Raises
    ------
    ArgumentError
        If ``epochs`` is not a positive int, ``start_factor`` is out of range, or ``then`` is no schedule.

    Examples
    --------
    >>> from nn import ExponentialLR, WarmupLR
    >>> schedule = WarmupLR(2, start_factor=0.5, then=ExponentialLR(0.5))
    >>> [schedule(epoch) for epoch in range(5)]
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """

    remembered = ("epochs", "start_factor", "observed")

    def __init__(self, epochs: int = 5, start_factor: float = 1.0 / 3.0, then: Schedule | None = None) -> None:
        self.epochs = positive_int(epochs, "epochs")
        self.start_factor = share(start_factor, "start_factor")
        if then is not None and not isinstance(then, Schedule):
            raise ArgumentError(f"then must be a Schedule, such as CosineLR(100), not {then!r}")
        self.then = then
        self.observed = 0

    def __call__(self, epoch: int) -> float:
        """Return the point of the line for this epoch, or the factor of the schedule behind it."""
        if epoch < self.epochs:
            return self.start_factor + (1.0 - self.start_factor) * epoch / self.epochs
        return 1.0 if self.then is None else self.then(epoch - self.epochs)

    def observe(self, metric: float) -> None:
        """Hand the metric on to the schedule behind, if this was an epoch of its own."""
        if self.then is not None and self.observed >= self.epochs:
            self.then.observe(metric)
        self.observed += 1

    def state_dict(self) -> dict[str, Any]:
        """Return the settings and all that was learned; that of the schedule behind under names with ``then.``."""
        behind = {} if self.then is None else self.then.state_dict()
        return {**super().state_dict(), **{THEN + name: x for name, x in behind.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up a saved state, and that of the schedule behind; see `Schedule.load_state_dict`."""
        saved = matched(state, self.state_dict())
        own = WarmupLR(saved["epochs"], saved["start_factor"])
        observed = not_negative_int(saved["observed"], "observed in the state")
        if self.then is not None:
            self.then.load_state_dict(
                {name.removeprefix(THEN): x for name, x in saved.items() if name.startswith(THEN)}
            )
        self.epochs, self.start_factor, self.observed = own.epochs, own.start_factor, observed
