"""An epoch of MNIST by 784-30-10, batch 10, as examples/mnist.py trains it, beside PyTorch eager doing the same."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.benchmarks import digits
from tests.benchmarks.figures import Figures
from tests.benchmarks.timing import interleaved_medians
from tests.benchmarks.written import mnist

pytest.importorskip("torch")

ROUNDS = 3
BOUNDS = {"nn.MLP": 1.0}  # which examples/mnist.py takes


def test_an_epoch_takes_no_longer_than_that_of_torch() -> None:
    x, t, origin = mnist()
    programs = {
        "nn.MLP": digits.fitted_values(),
        "nn.Sequential": digits.fitted_tensors(),
        "PyTorch eager": digits.torch_eager(),
    }
    rng = np.random.default_rng(1)
    for train, _ in programs.values():  # which also compiles
        train(x[:1000], t[:1000], copy.deepcopy(rng))
    *ours, (_, theirs) = programs.values()
    for _, parameters in ours:
        for found, expected in zip(parameters(), theirs(), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    epochs = {name: lambda train=train: train(x, t, rng) for name, (train, _) in programs.items()}
    medians = interleaved_medians(epochs, ROUNDS)
    figures = Figures(f"nn.fit on {len(x):,} of {origin}, 784-30-10, batch {digits.BATCH}, float64, one thread")
    for name in ("nn.MLP", "nn.Sequential"):
        peer = "PyTorch eager"
        figures.ratio(f"an epoch, {name}, compiled", medians[name], peer, medians[peer], BOUNDS.get(name))
    print(f"\n{figures}")
