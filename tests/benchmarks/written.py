"""Networks written with + and * alone, one number after another, and the same ones as arrays."""

from __future__ import annotations

import gzip
import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Value
from tests.benchmarks.packages import package

Array = np.ndarray[Any, Any]
Activation = Callable[[Value], Value]


class Written:
    """A multilayer perceptron of Values, every product and every sum of two written out.

    Attributes
    ----------
    layers : list
        For each layer its rows of weights, and its biases.
    """

    def __init__(self, sizes: Sequence[int], activation: Activation) -> None:
        self.activation = activation
        self.layers = [
            ([[Value(w) for w in row] for row in weights.tolist()], [Value(b) for b in biases.tolist()])
            for weights, biases in arrays(sizes)
        ]

    @property
    def parameters(self) -> list[Value]:
        """The leaves, layer by layer the weights, then the biases."""
        return [p for weights, biases in self.layers for row in (*weights, biases) for p in row]

    def __call__(self, x: Sequence[Any]) -> list[Value]:
        """Return the outputs for one sample; the last layer has the activation too."""
        h = list(x)
        for weights, biases in self.layers:
            h = [
                self.activation(sum((w * u for w, u in zip(row, h, strict=True)), start=b))
                for row, b in zip(weights, biases, strict=True)
            ]
        return h

    def loss(self, x: Sequence[Any], target: Sequence[Any]) -> Value:
        """Return half the squared error of one sample."""
        return sum((y - t) * (y - t) for y, t in zip(self(x), target, strict=True)) * 0.5  # type: ignore[return-value]


def arrays(sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    """Return the weights of shape (wide, narrow) and the biases of each layer, always the same ones."""
    rng = np.random.default_rng(0)
    return [
        (rng.normal(0, narrow**-0.5, (wide, narrow)), rng.normal(0, 0.1, wide))
        for narrow, wide in itertools.pairwise(sizes)
    ]


# 784-30-10 on MNIST, sigmoid, in batches, as a fast hand writes it --------------------------------------------------


def sigmoid_by_hand(z: Array) -> Array:
    """Return the sigmoid, in place."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1.0
    return np.reciprocal(z, out=z)


class MnistByHand:
    """The network 784-30-10 as arrays: half the squared error, its mean over a batch, plain gradient descent."""

    def __init__(self, lr: float, parameters: Sequence[Array] | None = None) -> None:
        self.lr = lr
        if parameters is None:
            parameters = [x for layer in arrays((784, 30, 10)) for x in layer]
        self.parameters = list(parameters)

    def value_and_grad(self, x: Array, t: Array) -> tuple[float, list[Array]]:
        """Return the loss of a batch, and its gradient."""
        w1, b1, w2, b2 = self.parameters
        h = x @ w1.T
        h += b1
        sigmoid_by_hand(h)
        y = h @ w2.T
        y += b2
        sigmoid_by_hand(y)
        error = y - t
        loss = 0.5 / len(x) * np.vdot(error, error)
        error *= 1.0 / len(x)
        error *= y
        error *= 1.0 - y
        by_h = error @ w2
        by_h *= h
        by_h *= 1.0 - h
        return loss, [by_h.T @ x, by_h.sum(axis=0), error.T @ h, error.sum(axis=0)]

    def train(self, x: Array, t: Array, batch_size: int, seed: int | np.random.Generator) -> float:
        """Go once through all samples in a random order, and return the mean loss."""
        order = np.random.default_rng(seed).permutation(len(x))
        total = 0.0
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            loss, gradients = self.value_and_grad(x[chosen], t[chosen])
            for p, g in zip(self.parameters, gradients, strict=True):
                g *= self.lr
                p -= g
            total += loss * len(chosen)
        return total / len(x)


def mnist() -> tuple[Array, Array, str]:
    """Return 50,000 images of shape (784,), one-hot targets, and a word about where they are from."""
    folder = Path(os.environ.get("GLASSGRAD_DATA", "no folder")) / "mnist"
    if folder.is_dir():
        images = read(folder / "train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:50_000] / 255.0
        return images, np.eye(10)[read(folder / "train-labels-idx1-ubyte.gz", 8)[:50_000]], "MNIST"
    rng = np.random.default_rng(0)
    images = rng.random((50_000, 784)) * (rng.random((50_000, 784)) < 0.2)
    return (
        images,
        np.eye(10)[rng.integers(0, 10, 50_000)],
        "random images, as GLASSGRAD_DATA has no mnist",
    )


def read(file: Path, header: int) -> Array:
    """Return the bytes of a gzipped IDX file behind its header."""
    return np.frombuffer(gzip.decompress(file.read_bytes()), np.uint8, offset=header)


# 64-64-64-10 on 1024 samples, tanh ----------------------------------------------------------------------------------


def torch_tanh(x: Array, t: Array) -> Callable[[], tuple[float, list[Any]]]:
    """Return the step of the network 64-64-64-10 in PyTorch."""
    torch = package("torch")
    torch.set_num_threads(1)
    x, t = torch.tensor(x), torch.tensor(t)
    layers = [[torch.tensor(p, requires_grad=True) for p in layer] for layer in arrays((64, 64, 64, 10))]
    parameters = [p for layer in layers for p in layer]
    linear = torch.nn.functional.linear

    def step() -> tuple[float, list[Any]]:
        h = x
        for weights, biases in layers:
            h = torch.tanh(linear(h, weights, biases))
        loss = (0.5 / len(x)) * ((h - t) ** 2).sum()
        loss.backward()
        gradients = [p.grad for p in parameters]
        for p in parameters:
            p.grad = None
        return loss.item(), gradients

    return step


def jax_tanh(x: Array, t: Array) -> Callable[[], tuple[float, list[Any]]]:
    """Return the same step in JAX."""
    jax = package("jax")
    jax.config.update("jax_enable_x64", True)
    x, t, layers = jax.device_put((x, t, arrays((64, 64, 64, 10))))

    def loss_of(layers: Any, x: Any, t: Any) -> Any:
        h = x
        for weights, biases in layers:
            h = jax.numpy.tanh(h @ weights.T + biases)
        return (0.5 / len(x)) * ((h - t) ** 2).sum()

    compiled = jax.jit(jax.value_and_grad(loss_of))

    def step() -> tuple[float, list[Any]]:
        loss, gradients = jax.block_until_ready(compiled(layers, x, t))
        return float(loss), [p for layer in gradients for p in layer]

    return step


def tanh_by_hand(x: Array, t: Array) -> Callable[[], tuple[float, list[Any]]]:
    """Return the same step as a fast hand writes it."""
    layers = arrays((64, 64, 64, 10))

    def step() -> tuple[float, list[Any]]:
        made = [x]
        for weights, biases in layers:
            h = made[-1] @ weights.T
            h += biases
            made.append(np.tanh(h, out=h))
        by_h = made[-1] - t
        loss = 0.5 / len(x) * np.vdot(by_h, by_h)
        by_h *= 1.0 / len(x)
        gradients: list[Any] = []
        for depth in reversed(range(len(layers))):
            slope = made[depth + 1]
            slope *= slope
            np.subtract(1.0, slope, out=slope)
            by_h *= slope
            gradients = [by_h.T @ made[depth], by_h.sum(axis=0), *gradients]
            if depth:
                by_h = by_h @ layers[depth][0]
        return loss, gradients

    return step
