"""Reduce on plateau: a learning rate that falls where learning has come to a halt."""

from __future__ import annotations

import math
from typing import Any, final

from autograd import ArgumentError
from nn.checks import fraction, not_negative, not_negative_int, real
from nn.schedules.decays import share
from nn.schedules.schedule import Schedule

__all__ = ["ReduceOnPlateau"]


@final
class ReduceOnPlateau(Schedule):
    """Times ``factor`` when the metric has not got better for more than ``patience`` epochs.

    The rules are those of PyTorch's ``ReduceLROnPlateau``.

    Parameters
    ----------
    mode : {'min', 'max'}, optional
        Whether a lower metric is better, as a loss, or a higher one, as an accuracy.
    factor : float, optional
        By what the learning rate is multiplied: at least 0 and less than 1.
    patience : int, optional
        How many epochs in a row may bring nothing better.
    threshold : float, optional
        By how much the metric must be better than the best before.
    threshold_mode : {'rel', 'abs'}, optional
        Whether that is a part of the best before, or a number as it stands.
    cooldown : int, optional
        For how many epochs after a reduction nothing is counted.
    min_factor : float, optional
        Below which part of the learning rate it does not fall: from 0 to 1.

    Attributes
    ----------
    best : float
        The best metric so far.
    bad_epochs : int
        How many epochs in a row have brought nothing better.
    cooldown_left : int
        For how many more epochs nothing is counted.
    current : float
        The product of all reductions so far.

    Raises
    ------
    ArgumentError
        If a setting is out of range.

    Examples
    --------
    >>> from nn import ReduceOnPlateau
    >>> schedule = ReduceOnPlateau(factor=0.5, patience=1)
    >>> for loss in (1.0, 1.0, 1.0):
    ...     schedule.observe(loss)
    >>> schedule(3)
    0.5
    """

    remembered = (
        "mode",
        "factor",
        "patience",
        "threshold",
        "threshold_mode",
        "cooldown",
        "min_factor",
        "best",
        "bad_epochs",
        "cooldown_left",
        "current",
    )

    def __init__(
        self,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        *,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_factor: float = 0.0,
    ) -> None:
        self.mode = _one_of(mode, ("min", "max"), "mode")
        self.factor = fraction(factor, "factor")
        self.patience = not_negative_int(patience, "patience")
        self.threshold = not_negative(threshold, "threshold")
        self.threshold_mode = _one_of(threshold_mode, ("rel", "abs"), "threshold_mode")
        self.cooldown = not_negative_int(cooldown, "cooldown")
        self.min_factor = share(min_factor, "min_factor")
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_epochs = self.cooldown_left = 0
        self.current = 1.0

    def __call__(self, epoch: int) -> float:
        """Return the factor that the epochs observed so far have led to, whatever the epoch."""
        return self.current

    def observe(self, metric: float) -> None:
        """Learn the metric of an epoch, and reduce the learning rate if it is time to.

        Raises
        ------
        ArgumentError
            If it is no finite number.
        """
        metric = real(metric, "metric")
        if self._is_better(metric):
            self.best = metric
            self.bad_epochs = 0
        else:
            self.bad_epochs += 1
        if self.cooldown_left:
            self.cooldown_left -= 1
            self.bad_epochs = 0
        if self.bad_epochs > self.patience:
            self.current = max(self.current * self.factor, self.min_factor)
            self.cooldown_left = self.cooldown
            self.bad_epochs = 0

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return settings and what was learned, or refuse them."""
        names = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_factor")
        ReduceOnPlateau(**{name: saved[name] for name in names})
        for name in ("bad_epochs", "cooldown_left"):
            not_negative_int(saved[name], f"{name} in the state")
        share(saved["current"], "current in the state")
        if math.isnan(saved["best"]):
            raise ArgumentError("best in the state must be a number, not nan")
        return saved

    def _is_better(self, metric: float) -> bool:
        if math.isinf(self.best):  # nothing was observed yet
            return True
        sign = -1.0 if self.mode == "min" else 1.0
        margin = self.threshold * (self.best if self.threshold_mode == "rel" else 1.0)
        return sign * metric > sign * self.best + margin


def _one_of(x: Any, choices: tuple[str, ...], what: str) -> str:
    if x not in choices:
        raise ArgumentError(f"{what} must be {' or '.join(map(repr, choices))}, not {x!r}")
    return str(x)
