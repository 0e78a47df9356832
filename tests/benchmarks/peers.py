"""The same training step in several programs: forward and backward of the MLP 4-16-16-3 over the 150 Iris samples.

Each function prepares the parameters and returns a step. A step returns the loss, which is the mean over the samples,
and the gradients, as the program has them, in the order weights, biases, layer by layer, and leaves the parameters as
it found them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from autograd import Value, dot, relu, square
from autograd import sum as total
from tests.benchmarks.packages import package

Step = Callable[[], tuple[float, list[Any]]]

SIZES = (4, 16, 16, 3)

X, CLASSES, *_ = nn.datasets.iris()
X = (X - X.mean(axis=0)) / X.std(axis=0)
T = np.eye(3)[CLASSES]
SAMPLES = len(X)

rng = np.random.default_rng(0)
WEIGHTS = [0.5 * rng.normal(size=(wide, narrow)) for narrow, wide in itertools.pairwise(SIZES)]
BIASES = [np.full(wide, 0.1) for wide in SIZES[1:]]
ARRAYS = [array for layer in zip(WEIGHTS, BIASES, strict=True) for array in layer]


class Scalars:
    """The parameters as scalars, and the samples as lists."""

    def __init__(self, wrap: Callable[[float], Any]) -> None:
        self.samples = list(zip(X.tolist(), T.tolist(), strict=True))
        self.layers = [
            ([[wrap(w) for w in row] for row in weights.tolist()], [wrap(b) for b in biases.tolist()])
            for weights, biases in zip(WEIGHTS, BIASES, strict=True)
        ]
        self.parameters = [p for weights, biases in self.layers for row in (*weights, biases) for p in row]

    def take_gradients(self) -> list[float]:
        found = [p.grad for p in self.parameters]
        for p in self.parameters:
            p.grad = 0.0
        return found


def ours_functions() -> Step:
    scalars = Scalars(Value)

    def step() -> tuple[float, list[float]]:
        terms = []
        for x, target in scalars.samples:
            h: list[Any] = x
            for depth, (weights, biases) in enumerate(scalars.layers):
                h = [dot(row, h, b) for row, b in zip(weights, biases, strict=True)]
                if depth < len(scalars.layers) - 1:
                    h = [relu(u) for u in h]
            terms += [square(y - t) for y, t in zip(h, target, strict=True)]
        loss = total(terms) * (0.5 / SAMPLES)
        loss.backward()
        return loss.data, scalars.take_gradients()

    return step


def network(scalars: Scalars) -> nn.MLP:
    """Return the network as a user writes it, with these parameters."""
    model = nn.MLP(SIZES[0], list(SIZES[1:]), "relu")
    for layer, (weights, biases) in zip(model.layers, scalars.layers, strict=True):
        for neuron, w, b in zip(layer.neurons, weights, biases, strict=True):
            neuron.w, neuron.b = w, b
    return model


def ours_module() -> Step:
    scalars = Scalars(Value)
    model = network(scalars)

    def step() -> tuple[float, list[float]]:
        loss = total([nn.half_squared_error(model(x), target) for x, target in scalars.samples]) / SAMPLES
        loss.backward()
        return loss.data, scalars.take_gradients()

    return step


def ours_compiled(backend: str) -> Step:
    if backend == "native":
        package("llvmlite")
    model = network(Scalars(Value))
    step = autograd.compile(lambda x, target: nn.half_squared_error(model(x), target), backend=backend)
    return lambda: step.value_and_grad(X, T)


def ours_compiled_cross_entropy(backend: str) -> Step:
    model = network(Scalars(Value))
    step = autograd.compile(lambda x, label: nn.cross_entropy(model(x), label), backend=backend)
    return lambda: step.value_and_grad(X, CLASSES)


def micrograd() -> Step:
    scalars = Scalars(package("micrograd.engine").Value)

    def step() -> tuple[float, list[float]]:
        losses = []
        for x, target in scalars.samples:
            h: list[Any] = x
            for depth, (weights, biases) in enumerate(scalars.layers):
                rows = zip(weights, biases, strict=True)
                h = [sum((w * u for w, u in zip(row, h, strict=True)), b) for row, b in rows]
                if depth < len(scalars.layers) - 1:
                    h = [u.relu() for u in h]
            losses.append(sum((y - t) ** 2 for y, t in zip(h, target, strict=True)) * 0.5)
        loss = sum(losses) * (1 / SAMPLES)
        loss.backward()
        return loss.data, scalars.take_gradients()

    return step


def torch() -> Step:
    torch = package("torch")
    torch.set_num_threads(1)
    x, t = torch.tensor(X), torch.tensor(T)
    parameters = [torch.tensor(array, requires_grad=True) for array in ARRAYS]
    w1, b1, w2, b2, w3, b3 = parameters
    linear = torch.nn.functional.linear

    def step() -> tuple[float, list[Any]]:
        h = torch.relu(linear(x, w1, b1))
        h = torch.relu(linear(h, w2, b2))
        loss = (0.5 / SAMPLES) * ((linear(h, w3, b3) - t) ** 2).sum()
        loss.backward()
        gradients = [p.grad for p in parameters]
        for p in parameters:
            p.grad = None
        return loss.item(), gradients

    return step


def mygrad() -> Step:
    mg, relu = package("mygrad"), package("mygrad.nnet").relu
    parameters = [mg.tensor(array) for array in ARRAYS]
    w1, b1, w2, b2, w3, b3 = parameters

    def step() -> tuple[float, list[Any]]:
        h = relu(X @ w1.T + b1)
        h = relu(h @ w2.T + b2)
        loss = (0.5 / SAMPLES) * ((h @ w3.T + b3 - T) ** 2).sum()
        loss.backward()
        gradients = [p.grad for p in parameters]
        for p in parameters:
            p.null_grad()
        return loss.item(), gradients

    return step


def jax() -> Step:
    jax = package("jax")
    jax.config.update("jax_enable_x64", True)
    x, t, parameters = jax.device_put((X, T, ARRAYS))

    def loss_of(parameters: list[Any], x: Any, t: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        h = jax.nn.relu(x @ w1.T + b1)
        h = jax.nn.relu(h @ w2.T + b2)
        return (0.5 / SAMPLES) * ((h @ w3.T + b3 - t) ** 2).sum()

    compiled = jax.jit(jax.value_and_grad(loss_of))

    def step() -> tuple[float, list[Any]]:
        loss, gradients = jax.block_until_ready(compiled(parameters, x, t))
        return float(loss), gradients

    return step


def numpy_by_hand() -> Step:
    def step() -> tuple[float, list[Any]]:
        h1, h2, error = forward_by_hand(ARRAYS, X)
        error -= T
        loss = 0.5 / SAMPLES * np.vdot(error, error)
        error *= 1.0 / SAMPLES
        return loss, backward_by_hand(ARRAYS, X, h1, h2, error)

    return step


def numpy_cross_entropy_by_hand() -> Step:
    return lambda: cross_entropy_by_hand(ARRAYS)


def cross_entropy_by_hand(parameters: list[Any]) -> tuple[float, list[Any]]:
    h1, h2, z = forward_by_hand(parameters, X)
    z -= z.max(axis=1, keepdims=True)
    own = z[SAMPLE, CLASSES]
    np.exp(z, out=z)
    sums = z.sum(axis=1, keepdims=True)
    loss = (np.log(sums).sum() - own.sum()) / SAMPLES
    z /= sums
    z[SAMPLE, CLASSES] -= 1.0
    z *= 1.0 / SAMPLES
    return loss, backward_by_hand(parameters, X, h1, h2, z)


SAMPLE = np.arange(SAMPLES)


def forward_by_hand(parameters: list[Any], x: Any) -> tuple[Any, Any, Any]:
    w1, b1, w2, b2, w3, b3 = parameters
    h1 = x @ w1.T
    h1 += b1
    np.maximum(h1, 0.0, out=h1)
    h2 = h1 @ w2.T
    h2 += b2
    np.maximum(h2, 0.0, out=h2)
    z = h2 @ w3.T
    z += b3
    return h1, h2, z


def backward_by_hand(parameters: list[Any], x: Any, h1: Any, h2: Any, by_z: Any) -> list[Any]:
    _, _, w2, _, w3, _ = parameters
    by_h2 = by_z @ w3
    by_h2 *= h2 > 0
    by_h1 = by_h2 @ w2
    by_h1 *= h1 > 0
    return [by_h1.T @ x, by_h1.sum(axis=0), by_h2.T @ h1, by_h2.sum(axis=0), by_z.T @ h2, by_z.sum(axis=0)]
