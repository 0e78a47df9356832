"""Programs that train 784-30-10 on MNIST in batches of ten: sigmoid, half the squared error, gradient descent.

Each function returns what trains for one epoch, in the order that a generator gives, and what returns the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from tests.benchmarks.packages import package
from tests.benchmarks.written import MnistByHand

__all__ = ["BATCH", "by_hand", "compiled", "fitted_tensors", "fitted_values", "torch_eager"]

BATCH, ETA = 10, 3.0
Array = np.ndarray
Program = tuple[Callable[[Array, Array, np.random.Generator], Any], Callable[[], list[Array]]]


def start() -> list[Array]:
    """Weights and biases of N(0, 1), for everybody the same."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((30, 784), (30,), (10, 30), (10,))]


def network_of_values() -> tuple[nn.MLP, Callable[[], list[Array]]]:
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

    return model, parameters


def compiled(backend: str) -> Program:
    """nn.MLP, its loss of one sample compiled."""
    if backend == "native":
        package("llvmlite")
    model, parameters = network_of_values()
    step = autograd.compile(lambda x, t: nn.half_squared_error(model(x), t), backend=backend)
    sgd = nn.SGD(model.parameters(), lr=ETA)

    def train(x: Array, t: Array, rng: np.random.Generator) -> None:
        step.train(x, t, optimizer=sgd, batch_size=BATCH, seed=rng)

    return train, parameters


def fitted_values() -> Program:
    """nn.MLP, by nn.fit."""
    model, parameters = network_of_values()
    return fitted(model), parameters


def fitted_tensors() -> Program:
    """nn.Sequential, by nn.fit."""
    model = nn.Sequential(nn.Linear(784, 30), nn.Sigmoid(), nn.Linear(30, 10), nn.Sigmoid())
    for parameter, array in zip(model.parameters(), start(), strict=True):
        parameter.data = array
    return fitted(model), lambda: [parameter.numpy() for parameter in model.parameters()]


def fitted(model: nn.Module) -> Callable[[Array, Array, np.random.Generator], None]:
    optimizer = nn.SGD(model.parameters(), lr=ETA)

    def train(x: Array, t: Array, rng: np.random.Generator) -> None:
        settings = {"loss": nn.half_squared_error, "optimizer": optimizer, "batch_size": BATCH, "epochs": 1}
        nn.fit(model, x, t, **settings, seed=rng, progress=False)

    return train


def torch_eager() -> Program:
    torch = package("torch")
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


def by_hand() -> Program:
    program = MnistByHand(ETA, start())
    return lambda x, t, rng: program.train(x, t, BATCH, rng), lambda: program.parameters
