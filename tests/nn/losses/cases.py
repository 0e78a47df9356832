"""Each loss with outputs and targets that suit it: six samples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.special import log_softmax

import nn

RNG = np.random.default_rng(1)
SCORES = RNG.normal(size=(6, 3))
LOGS = log_softmax(SCORES, axis=1)
INDICES = np.array([0, 2, 1, 1, 0, 2])
SOFT = RNG.dirichlet(np.ones(3), 6)
HOT = np.eye(3)[INDICES]
REAL = RNG.normal(size=(6, 3))
SHARES = RNG.uniform(size=(6, 3))
SIGNS = np.array([1, -1, -1, 1, 1, -1])


@dataclass(frozen=True)
class Case:
    loss: Callable[..., Any]
    outputs: np.ndarray
    targets: np.ndarray
    note: str = ""

    @property
    def name(self) -> str:
        return self.loss.__name__

    def __str__(self) -> str:
        return f"{self.name} {self.note}".strip()


CASES = [
    Case(nn.mse, SCORES, REAL),
    Case(nn.half_squared_error, SCORES, REAL),
    Case(nn.l1, SCORES, REAL),
    Case(nn.huber, 2 * SCORES, REAL),
    Case(nn.cross_entropy, SCORES, INDICES, "of indices"),
    Case(nn.cross_entropy, SCORES, HOT, "of one-hot rows"),
    Case(nn.cross_entropy, SCORES, SOFT, "of probabilities"),
    Case(nn.nll, LOGS, INDICES, "of indices"),
    Case(nn.nll, LOGS, SOFT, "of probabilities"),
    Case(nn.kl_div, LOGS, SOFT),
    Case(nn.binary_cross_entropy, SCORES, SHARES, "of several logits"),
    Case(nn.binary_cross_entropy, SCORES[:, :1], SHARES[:, :1], "of one logit"),
    Case(nn.hinge, SCORES, INDICES, "of several scores"),
    Case(nn.hinge, SCORES[:, :1], SIGNS[:, None], "of one score"),
]
each_case = pytest.mark.parametrize("case", CASES, ids=str)
