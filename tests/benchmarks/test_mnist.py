"""An epoch of MNIST by 784-30-10, batch 10, as examples/mnist.py trains it, beside PyTorch eager doing the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from figures import Figures
from timing import interleaved_medians
from written import mnist

import nn

torch = pytest.importorskip("torch")

BATCH, ETA, ROUNDS = 10, 3.0, 3
BOUNDS = {"nn.MLP": 1.0}  # which examples/mnist.py takes
Array = np.ndarray
Train = Callable[[Array, Array, np.random.Generator], None]


def start() -> list[Array]:
    """Weights and biases of N(0, 1), for everybody the same."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((30, 784), (30,), (10, 30), (10,))]


def fitted(model: nn.Module) -> Train:
    optimizer = nn.SGD(model.parameters(), lr=ETA)

    def train(x: Array, t: Array, rng: np.random.Generator) -> None:
        settings = {"loss": nn.half_squared_error, "optimizer": optimizer, "batch_size": BATCH, "epochs": 1}
        nn.fit(model, x, t, **settings, seed=rng, progress=False)

    return train


def of_values() -> tuple[Train, Callable[[], list[Array]]]:
    model = nn.MLP(784, [30, 10], "sigmoid", "sigmoid")
    weights, biases = start()[::2], start()[1::2]
    for layer, rows, b in zip(model.layers, weights, biases, strict=True):
        for neuron, row, bias in zip(layer.neurons, rows, b, strict=True):
            for parameter, number in zip([*neuron.w, neuron.b], [*row, bias], strict=True):
                parameter.data = float(number)

    def parameters() -> list[Array]:
        found = []
        for layer in model.layers:
            found.append(np.array([[w.data for w in neuron.w] for neuron in layer.neurons]))
            found.append(np.array([neuron.b.data for neuron in layer.neurons]))
        return found

    return fitted(model), parameters


def of_tensors() -> tuple[Train, Callable[[], list[Array]]]:
    model = nn.Sequential(nn.Linear(784, 30), nn.Sigmoid(), nn.Linear(30, 10), nn.Sigmoid())
    for parameter, array in zip(model.parameters(), start(), strict=True):
        parameter.data = array
    return fitted(model), lambda: [parameter.numpy() for parameter in model.parameters()]


def of_torch() -> tuple[Train, Callable[[], list[Array]]]:
    torch.set_num_threads(1)
    layers = torch.nn.Linear(784, 30), torch.nn.Sigmoid(), torch.nn.Linear(30, 10), torch.nn.Sigmoid()
    model = torch.nn.Sequential(*layers).double()
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), start(), strict=True):
            parameter.copy_(torch.tensor(array))
    optimizer = torch.optim.SGD(model.parameters(), lr=ETA)

    def train(x: Array, t: Array, rng: np.random.Generator) -> None:
        images, targets = torch.from_numpy(x), torch.from_numpy(t)
        order = torch.from_numpy(rng.permutation(len(x)))
        for begin in range(0, len(x), BATCH):
            chosen = order[begin : begin + BATCH]
            optimizer.zero_grad()
            loss = 0.5 * ((model(images[chosen]) - targets[chosen]) ** 2).sum() / len(chosen)
            loss.backward()
            optimizer.step()

    return train, lambda: [parameter.detach().numpy() for parameter in model.parameters()]


def test_an_epoch_takes_no_longer_than_that_of_torch() -> None:
    x, t, origin = mnist()
    programs: dict[str, Any] = {"nn.MLP": of_values(), "nn.Sequential": of_tensors(), "PyTorch eager": of_torch()}
    rng = np.random.default_rng(1)
    for train, _ in programs.values():  # which also compiles
        train(x[:1000], t[:1000], copy.deepcopy(rng))
    *ours, (_, theirs) = programs.values()
    for _, parameters in ours:
        for found, expected in zip(parameters(), theirs(), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    epochs = {name: lambda train=train: train(x, t, rng) for name, (train, _) in programs.items()}
    medians = interleaved_medians(epochs, ROUNDS)
    figures = Figures(f"nn.fit on {len(x):,} of {origin}, 784-30-10, batch {BATCH}, float64, one thread")
    for name in ("nn.MLP", "nn.Sequential"):
        peer = "PyTorch eager"
        figures.ratio(f"an epoch, {name}, compiled", medians[name], peer, medians[peer], BOUNDS.get(name))
    print(f"\n{figures}")
