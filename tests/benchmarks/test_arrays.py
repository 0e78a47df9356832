"""Arrays: a network's step, the smallest operations, and a mixture of Gaussians, against PyTorch and HIPS autograd."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mixture
import numpy as np
import pytest
from peers import package
from timing import interleaved_medians, seconds

import autograd
from autograd import Tensor

ROUNDS = 15
TURN = 0.1  # seconds

Step = Callable[[], tuple[float, list[np.ndarray]]]


def table(title: str, medians: dict[str, float], unit: float = 1e6) -> None:
    ours = next(iter(medians.values()))
    print(f"\n{title}")
    for name, median in medians.items():
        print(f"  {name:<28} {median * unit:>10.2f} us {median / ours:>8.2f} x ours")


def check_same(steps: dict[str, Step]) -> None:
    (_, first), *others = steps.items()
    loss, gradients = first()
    for name, step in others:
        its_loss, its_gradients = step()
        assert its_loss == pytest.approx(loss, rel=1e-10), name
        for found, expected in zip(its_gradients, gradients, strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10, err_msg=name)


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
REPEATED = 100


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_elementwise_operation_on_ten_elements(name: str) -> None:
    torch = package("torch")
    torch.set_num_threads(1)
    our_operation, their_operation = OPERATIONS[name]
    numbers = np.linspace(0.9, 1.0, 10)
    x, tx = Tensor(numbers), torch.tensor(numbers, requires_grad=True)
    ones, torch_ones = np.ones(10), torch.ones(10, dtype=torch.float64)

    def ours() -> None:
        y = x
        for _ in range(REPEATED):
            y = our_operation(y, x)
        y.backward(ones)

    def theirs() -> None:
        y = tx
        for _ in range(REPEATED):
            y = their_operation(y, tx)
        y.backward(torch_ones)

    medians = interleaved_medians({"ours": ours, "torch eager": theirs}, ROUNDS, TURN)
    table(f"{name}, ten elements, a node", {who: median / REPEATED for who, median in medians.items()})


# A mixture of Gaussians ---------------------------------------------------------------------------------------------


def our_mixture() -> Step:
    parameters = [Tensor(array) for array in mixture.PARAMETERS]
    log_density = mixture.log_density(np, autograd.logsumexp)

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        value = log_density(*parameters)
        value.backward()
        return value.item(), [p.grad for p in parameters]

    return step


def torch_mixture() -> Step:
    torch = package("torch")
    torch.set_num_threads(1)
    parameters = [torch.tensor(array, requires_grad=True) for array in mixture.PARAMETERS]
    log_density = mixture.log_density(torch, torch.logsumexp, torch.tensor)

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        value = log_density(*parameters)
        value.backward()
        return value.item(), [p.grad for p in parameters]

    return step


class Hips:
    """HIPS autograd in its own process, asked for a time in turn with the others."""

    def __init__(self) -> None:
        python = os.environ.get("HIPS_PYTHON")
        if not python:
            pytest.skip(
                "HIPS_PYTHON must name the python of an environment with HIPS autograd and SciPy; see README.md"
            )
        folder = Path(__file__).parent
        self.process = subprocess.Popen(
            [python, folder / "hips_worker.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
        )
        self.value, self.gradients = json.loads(self.read())

    def __enter__(self) -> Hips:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate()  # it reads to the end

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def seconds(self, turn: float) -> float:
        assert self.process.stdin is not None
        print(turn, file=self.process.stdin, flush=True)
        return float(self.read())


def test_value_and_gradient_of_a_mixture() -> None:
    ours, theirs = our_mixture(), torch_mixture()
    check_same({"ours": ours, "torch eager": theirs})
    turns: dict[str, Callable[[], float]] = {
        "ours": lambda: seconds(ours, TURN),
        "torch eager": lambda: seconds(theirs, TURN),
    }
    value, gradients = ours()
    times: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        try:
            hips = stack.enter_context(Hips())
        except pytest.skip.Exception as skipped:
            print(f"\n  {skipped.msg}")
        else:
            assert hips.value == pytest.approx(value, rel=1e-10)
            for found, expected in zip(hips.gradients, gradients, strict=True):
                np.testing.assert_allclose(found, np.ravel(expected), rtol=1e-8, atol=1e-10)
            turns["HIPS autograd"] = lambda: hips.seconds(TURN)
        for _ in range(ROUNDS):
            for name, turn in turns.items():
                times.setdefault(name, []).append(turn())
    sizes = f"d = {mixture.DIMENSIONS}, K = {mixture.COMPONENTS}, n = {mixture.POINTS}"
    table(f"mixture of Gaussians, {sizes}, float64, one thread, value and gradient",
          {name: statistics.median(found) for name, found in times.items()})  # fmt: skip
