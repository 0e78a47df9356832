"""Patience: when a run has learned all that it will, by scikit-learn's rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, final

import numpy as np

from nn.training import Callback, Run

__all__ = ["Patience"]


@final
class Patience(Callback):
    """Ends a run when a score has not risen by ``tol`` above the best one before for more than some epochs in a row.

    Here every better score is the best one, even if it is so by less than ``tol``; `nn.EarlyStopping` waits for a rise
    by its ``min_delta`` altogether, and so goes on where a score creeps up.

    Parameters
    ----------
    tol : float
        By how much the score must rise in an epoch to count.
    epochs : float
        For how many epochs in a row it may fail to; inf for any number.
    score : callable, optional
        Returns the score after an epoch, and the best epoch's parameters are kept; the loss, turned, if not given.

    Attributes
    ----------
    scores : list of float
        The score after each epoch.
    best : float
        The highest.
    weights : dict of ndarray
        The parameters of that epoch, if there is a ``score``.
    is_over : bool
        Whether it has ended the run.
    """

    def __init__(self, tol: float, epochs: float, score: Callable[[], float] | None = None) -> None:
        self.tol, self.epochs, self.score = tol, epochs, score
        self.best, self.waited, self.is_over = -math.inf, 0, False
        self.scores: list[float] = []
        self.weights: dict[str, np.ndarray[Any, Any]] = {}

    def after_epoch(self, run: Run) -> str | None:
        """Compare the score with the best one so far."""
        score = -run.history["loss"][-1] if self.score is None else self.score()
        self.scores.append(score)
        self.waited = self.waited + 1 if score < self.best + self.tol else 0
        if score > self.best:
            self.best = score
            if self.score is not None:
                self.weights = run.model.state_dict()
        self.is_over = self.waited > self.epochs
        return f"no better by {self.tol} for {self.waited} epochs in a row" if self.is_over else None

    def after_run(self, run: Run) -> None:
        """Bring the best epoch's parameters back, if there is a score to tell."""
        if self.weights:
            run.model.load_state_dict(self.weights)
