"""Callbacks: what is asked after each epoch."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from autograd import ArgumentError
from nn.checks import not_negative, positive_int
from nn.described import described
from nn.module import Module
from nn.optim import Optimizer
from nn.training.history import History

__all__ = ["Callback", "EarlyStopping", "Run"]


@dataclass
class Run:
    """What a callback sees of a training run.

    Attributes
    ----------
    model : Module
    optimizer : Optimizer
    history : History
        With the figures of the epoch that has ended.
    """

    model: Module
    optimizer: Optimizer
    history: History


class Callback(ABC):
    """Is asked after each epoch whether the run shall end.

    Examples
    --------
    >>> from nn import Callback
    >>> class Patient(Callback):
    ...     def after_epoch(self, run):
    ...         return "loss below 0.1" if run.history["loss"][-1] < 0.1 else None
    """

    def before_run(self, run: Run) -> None:  # noqa: B027 - most callbacks have nothing to do then
        """Is called before the first epoch: what an earlier run has left is forgotten here."""

    @abstractmethod
    def after_epoch(self, run: Run) -> str | None:
        """Return why the run shall end; None if it shall go on."""

    def after_run(self, run: Run) -> None:  # noqa: B027
        """Is called when the run has ended, in whatever way."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps: numbers, texts and arrays; nothing if there is no state."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027
        """Take up the ``state`` that a checkpoint has kept."""

    def __repr__(self) -> str:
        return described(self)


@final
class EarlyStopping(Callback):
    """Ends a run when a figure has not become better for some epochs, and brings back the best parameters.

    Parameters
    ----------
    monitor : str, optional
        The name of the figure in the history.
    patience : int, optional
        For how many epochs it may be no better.
    min_delta : float, optional
        By how much it must be better to count.
    mode : {"min", "max"}, optional
        Whether less is better, or more.
    restore_best : bool, optional
        Whether the model gets the parameters of the best epoch when the run has ended.

    Raises
    ------
    ArgumentError
        If an argument is none of these; or, after an epoch, the figure is not in the history.

    Examples
    --------
    >>> from nn import EarlyStopping
    >>> EarlyStopping("validation accuracy", patience=5, mode="max")
    EarlyStopping(monitor='validation accuracy', patience=5, min_delta=0.0, mode='max', restore_best=True)
    """

    def __init__(
        self,
        monitor: str = "validation loss",
        patience: int = 10,
        *,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = True,
    ) -> None:
        if mode not in ("min", "max"):
            raise ArgumentError(f"mode must be 'min' or 'max', not {mode!r}")
        self.monitor = monitor
        self.patience = positive_int(patience, "patience")
        self.min_delta = not_negative(min_delta, "min_delta")
        self.mode = mode
        self.sign = 1.0 if mode == "min" else -1.0
        self.restore_best = bool(restore_best)
        self.best, self.waited = math.inf, 0
        self.weights: dict[str, np.ndarray] = {}

    def before_run(self, run: Run) -> None:
        """Forget the best figure of an earlier run."""
        self.best, self.waited, self.weights = math.inf, 0, {}

    def after_epoch(self, run: Run) -> str | None:
        """Compare the figure with the best one so far."""
        if self.monitor not in run.history:
            known = ", ".join(map(repr, run.history))
            raise ArgumentError(
                f"EarlyStopping watches {self.monitor!r}, but there are {known}; was validation= given?"
            )
        figure = self.sign * run.history[self.monitor][-1]
        if figure < self.best - self.min_delta or not self.weights:
            self.best, self.waited = figure, 0
            self.weights = run.model.state_dict()
            return None
        self.waited += 1
        if self.waited < self.patience:
            return None
        return f"{self.monitor} has not become better for {self.patience} epochs"

    def after_run(self, run: Run) -> None:
        """Bring the best parameters back."""
        if self.restore_best and self.weights:
            run.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """Return the best figure, how long it was waited, and the best parameters."""
        return {"best": self.best, "waited": self.waited} | {f"weights/{k}": x for k, x in self.weights.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them up."""
        self.best, self.waited = float(state["best"]), int(state["waited"])
        weights = {name.removeprefix("weights/"): x for name, x in state.items() if name.startswith("weights/")}
        self.weights = {name: np.array(x) for name, x in weights.items()}
