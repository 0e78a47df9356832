"""Arrays: a network's step, the smallest operations, and a mixture of Gaussians, against PyTorch and HIPS autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor
from tests.benchmarks.array_peers import LENGTH, our_chain, torch_chain
from tests.benchmarks.checks import check_same
from tests.benchmarks.comparisons import prepared
from tests.benchmarks.packages import package
from tests.benchmarks.timing import interleaved_medians

pytest.importorskip("torch", reason="torch comes with the extra bench: pip install -e '.[bench]'")

ROUNDS = 15
TURN = 0.1  # seconds

Step = Callable[[], tuple[float, list[np.ndarray]]]


def table(title: str, medians: dict[str, float], unit: float = 1e6) -> None:
    ours = next(iter(medians.values()))
    print(f"\n{title}")
    for name, median in medians.items():
        print(f"  {name:<28} {median * unit:>10.2f} us {median / ours:>8.2f} x ours")


# The step of Nielsen's first network: 784-30-10, sigmoid, quadratic cost, batches of ten ---------------------------

_rng = np.random.default_rng(0)
IMAGES = _rng.random((10, 784)) * (_rng.random((10, 784)) < 0.2)
TARGETS = np.eye(10)[_rng.integers(0, 10, 10)]
NETWORK = [_rng.normal(size=shape) for shape in ((30, 784), (30,), (10, 30), (10,))]
RATE = 1e-3


def our_network(*, update: bool) -> Step:
    parameters = [Tensor(array) for array in NETWORK]
    w1, b1, w2, b2 = parameters

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        hidden = (IMAGES @ w1.T + b1).sigmoid()
        outputs = (hidden @ w2.T + b2).sigmoid()
        loss = ((outputs - TARGETS) ** 2).sum() / 20
        loss.backward()
        if update:
            for p in parameters:
                p.data -= RATE * p.grad
        return loss.item(), [p.grad for p in parameters]

    return step


def torch_network(*, update: bool) -> Step:
    torch = package("torch")
    torch.set_num_threads(1)
    parameters = [torch.tensor(array, requires_grad=True) for array in NETWORK]
    w1, b1, w2, b2 = parameters
    images, targets = torch.tensor(IMAGES), torch.tensor(TARGETS)

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        hidden = (images @ w1.T + b1).sigmoid()
        outputs = (hidden @ w2.T + b2).sigmoid()
        loss = ((outputs - targets) ** 2).sum() / 20
        loss.backward()
        if update:
            with torch.no_grad():
                for p in parameters:
                    p -= RATE * p.grad
        return loss.item(), [p.grad for p in parameters]

    return step


def by_hand() -> Step:
    w1, b1, w2, b2 = NETWORK

    def step() -> tuple[float, list[np.ndarray]]:
        hidden = 1 / (1 + np.exp(-(IMAGES @ w1.T + b1)))
        outputs = 1 / (1 + np.exp(-(hidden @ w2.T + b2)))
        error = outputs - TARGETS
        by_output = error / 10 * outputs * (1 - outputs)
        by_hidden = by_output @ w2 * hidden * (1 - hidden)
        gradients = [by_hidden.T @ IMAGES, by_hidden.sum(0), by_output.T @ hidden, by_output.sum(0)]
        return float((error**2).sum() / 20), gradients

    return step


def test_a_step_of_the_size_of_mnist() -> None:
    steps = {"ours": our_network(update=False), "torch eager": torch_network(update=False), "NumPy by hand": by_hand()}
    check_same(steps)
    title = "784-30-10 sigmoid, batch 10, float64, one thread, "
    table(title + "forward and backward", interleaved_medians(steps, ROUNDS, TURN))
    steps = {"ours": our_network(update=True), "torch eager": torch_network(update=True)}
    table(title + "forward, backward, update", interleaved_medians(steps, ROUNDS, TURN))


# One elementwise operation on a small array: the cost of a node, recorded and differentiated ------------------------

OPERATIONS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "y * x": (lambda y, x: y * x, lambda y, x: y * x),
    "y + x": (lambda y, x: y + x, lambda y, x: y + x),
    "y / x": (lambda y, x: y / x, lambda y, x: y / x),
    "sin(y)": (lambda y, x: y.sin(), lambda y, x: y.sin()),
    "np.sin(y)": (lambda y, x: np.sin(y), lambda y, x: y.sin()),
    "tanh(y)": (lambda y, x: y.tanh(), lambda y, x: y.tanh()),
    "sigmoid(y)": (lambda y, x: y.sigmoid(), lambda y, x: y.sigmoid()),
    "y ** 2": (lambda y, x: y**2, lambda y, x: y**2),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_elementwise_operation_on_ten_elements(name: str) -> None:
    ours, theirs = OPERATIONS[name]
    steps = {"ours": our_chain(ours), "torch eager": torch_chain(theirs)}
    check_same(steps)
    medians = interleaved_medians(steps, ROUNDS, TURN)
    table(f"{name}, ten elements, a node", {who: median / LENGTH for who, median in medians.items()})


# A mixture of Gaussians ---------------------------------------------------------------------------------------------


def test_value_and_gradient_of_a_mixture() -> None:
    comparison = prepared("mixture")
    table(comparison.work, comparison.medians())
    print(*comparison.absent, sep="\n")
    comparison.close()
