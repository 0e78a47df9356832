"""The GPT of scalars, which examples/gpt.py trains: a step for each of some names, eager and compiled."""

from __future__ import annotations

import functools
import os
import runpy
import string
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from autograd import DisconnectedWarning
from tests.benchmarks.timing import seconds_of

__all__ = ["Steps", "first_names"]


class Steps:
    """The same model twice, trained side by side.

    Parameters
    ----------
    names : list of str
        One for each step.
    backend : str
        That of the compiled one.

    Attributes
    ----------
    first : dict of int to float
        The seconds of the first call for each length of name.
    """

    def __init__(self, names: list[str], backend: str = "auto") -> None:
        gpt = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "gpt.py"))
        self.pairs = [gpt["training_pair"](name) for name in names]
        self.eager_model, self.model = (gpt["GPT"](np.random.default_rng(0)) for _ in range(2))
        models = self.eager_model, self.model
        self.eager_adam, self.adam = (nn.Adam(m.parameters(), lr=0.01, betas=(0.9, 0.99)) for m in models)
        self.step = autograd.compile(self.model.loss, backend=backend)
        self.first: dict[int, float] = {}
        for tokens, targets in self.pairs:
            if len(tokens) not in self.first:
                self.first[len(tokens)] = seconds_of(functools.partial(self.step.value_and_grad, [tokens], [targets]))
        np.testing.assert_allclose(self.compiled(), self.eager(), rtol=1e-9)

    def eager(self) -> list[float]:
        """Return the losses of a step for each name."""
        losses = []
        with unreached_is_fine():
            for tokens, targets in self.pairs:
                self.eager_adam.zero_grad()
                loss = self.eager_model.loss(tokens, targets)
                loss.backward()
                self.eager_adam.step()
                losses.append(loss.data)
        return losses

    def compiled(self) -> list[float]:
        """Return the losses of a step for each name."""
        with unreached_is_fine():
            return [self.step.update(self.adam, [tokens], [targets]) for tokens, targets in self.pairs]

    def first_call(self) -> Callable[[], Any]:
        """Return the first call for the first name, by a new compiled function."""
        step = autograd.compile(self.model.loss, backend=self.step.backend.split(",")[0])
        tokens, targets = self.pairs[0]
        return functools.partial(step.value_and_grad, [tokens], [targets])


@contextmanager
def unreached_is_fine() -> Iterator[None]:
    """Say nothing of the letters that are not in a name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DisconnectedWarning)
        yield


def first_names(count: int) -> tuple[list[str], str]:
    """Return names, and a word about where they are from."""
    file = Path(os.environ.get("GLASSGRAD_DATA", "no folder")) / "names.txt"
    if file.is_file():
        return file.read_text(encoding="utf-8").split()[:count], "names"
    rng = np.random.default_rng(0)
    letters = list(string.ascii_lowercase)
    return ["".join(rng.choice(letters, n)) for n in rng.integers(3, 10, count)], "words, as GLASSGRAD_DATA is not set"
