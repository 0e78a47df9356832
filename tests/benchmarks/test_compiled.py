"""Compiled functions: what is promised of them, row by row, beside the programs they are measured against."""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, sigmoid, tanh
from tests.benchmarks import peers
from tests.benchmarks.checks import check_same, flat
from tests.benchmarks.figures import Figures
from tests.benchmarks.gpt import Steps, first_names
from tests.benchmarks.irregular import IrregularGraph
from tests.benchmarks.packages import present
from tests.benchmarks.peers import Step
from tests.benchmarks.timing import interleaved_medians, seconds_of
from tests.benchmarks.written import MnistByHand, Written, mnist, torch_tanh

pytest.importorskip("llvmlite", reason="llvmlite comes with the extra jit: pip install -e '.[jit]'")

ROUNDS = 15
BACKENDS = ("numpy", "native")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    """The table, which is printed when all rows are there."""
    table = Figures("Compiled functions, float64, one thread; 'missed' is a figure above its bound")
    yield table
    print(f"\n{table}")


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code is there from before."""
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path))


# MLP 4-16-16-3 on the 150 Iris samples ------------------------------------------------------------------------------


def test_a_small_network_with_squared_error(figures: Figures) -> None:
    ours = {name: functools.partial(peers.ours_compiled, name) for name in BACKENDS}
    theirs = {"NumPy by hand": peers.numpy_by_hand, "JAX jit": peers.jax, "PyTorch eager": peers.torch}
    steps = present({**theirs, **ours}, figures.note)
    check_same(steps)
    medians = interleaved_medians(steps, ROUNDS, 0.1)
    bounds = {"NumPy by hand": 0.30, "JAX jit": 0.25, "PyTorch eager": 0.10}
    work = "4-16-16-3, squared error, 150 samples"
    figures.ratio(f"{work}, numpy", medians["numpy"], "NumPy by hand", medians["NumPy by hand"], 1.2)
    for peer, bound in bounds.items():
        if peer in medians:
            figures.ratio(f"{work}, native", medians["native"], peer, medians[peer], bound)


def test_a_small_network_with_cross_entropy(figures: Figures) -> None:
    steps = {"NumPy by hand": peers.numpy_cross_entropy_by_hand()}
    steps |= {name: peers.ours_compiled_cross_entropy(name) for name in BACKENDS}
    check_same(steps)
    medians = interleaved_medians(steps, ROUNDS, 0.1)
    for name, bound in (("numpy", None), ("native", 0.40)):
        work = f"the same, cross-entropy, {name}"
        figures.ratio(work, medians[name], "NumPy by hand", medians["NumPy by hand"], bound)


def test_how_long_a_small_network_takes_to_compile(
    figures: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers.ours_compiled("native")()  # LLVM is loaded
    times: dict[str, list[float]] = {"first": [], "from the disk cache": []}
    for round_ in range(5):
        monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path / str(round_)))
        for found in times.values():
            found.append(seconds_of(peers.ours_compiled("native")))
    work = "4-16-16-3, squared error: first call, native"
    figures.time(work, statistics.median(times["first"]), 0.5)
    figures.time(f"{work}, from the disk cache", statistics.median(times["from the disk cache"]), 0.05)
    environment = {**os.environ, "GLASSGRAD_CACHE": str(tmp_path / "of another process")}
    for name, bound in (("", 0.5), (", from the disk cache", 0.05)):
        script = [sys.executable, "-m", "tests.benchmarks.first_call"]
        printed = subprocess.run(script, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
        loading, first_call = map(float, printed.split())
        figures.time(f"{work}, of a new process{name}", first_call, bound)
        figures.time("  loading LLVM before that", loading)


@pytest.mark.parametrize("backend", BACKENDS)
def test_three_hundred_epochs_on_iris(figures: Figures, backend: str) -> None:
    scalars = peers.Scalars(Value)
    model = peers.network(scalars)
    step = autograd.compile(lambda x, label: nn.cross_entropy(model(x), label), backend=backend)
    parameters = [array.copy() for array in peers.ARRAYS]

    def train(epochs: int) -> Any:
        return step.train(peers.X, peers.CLASSES, optimizer=nn.SGD(scalars.parameters, lr=0.1), epochs=epochs)

    losses = []
    for _ in range(20):
        loss, gradients = peers.cross_entropy_by_hand(parameters)
        losses.append(loss)
        for p, g in zip(parameters, gradients, strict=True):
            p -= 0.1 * g
    np.testing.assert_allclose(train(20), losses, rtol=1e-10)
    figures.time(f"300 full-batch epochs on Iris, {backend}", seconds_of(lambda: train(300)), 0.1)


# Networks written with + and * --------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_epoch_of_digits(figures: Figures, backend: str) -> None:
    images, targets, origin = mnist()
    model = Written((784, 30, 10), sigmoid)
    step = autograd.compile(model.loss, backend=backend)
    by_hand = MnistByHand(lr=3.0)
    small = slice(0, 2000)
    batch = images[:10], targets[:10]
    first = seconds_of(lambda: step.value_and_grad(*batch))
    work = f"784-30-10, {operations(model, *batch):,} operations"
    figures.time(f"{work}: first call, {backend}", first, 2.0)
    check_same({"NumPy by hand": lambda: by_hand.value_and_grad(*batch), backend: lambda: step.value_and_grad(*batch)})

    def train(part: slice) -> Any:
        return step.train(
            images[part], targets[part], optimizer=nn.SGD(model.parameters, lr=3.0), batch_size=10, seed=0
        )

    figures.time(f"  first training step, {backend}", seconds_of(lambda: train(slice(0, 10))))
    by_hand.train(images[:10], targets[:10], 10, seed=0)
    assert train(small)[0] == pytest.approx(by_hand.train(images[small], targets[small], 10, seed=0), rel=1e-9)
    np.testing.assert_allclose([p.data for p in model.parameters], flat(by_hand.parameters), rtol=1e-7, atol=1e-9)
    epochs = {"ours": lambda: train(slice(None)), "by hand": lambda: by_hand.train(images, targets, 10, seed=0)}
    medians = interleaved_medians(epochs, 3)
    figures.ratio(
        f"  an epoch of {origin}, batch 10, {backend}", medians["ours"], "NumPy by hand", medians["by hand"], 1.3
    )


def test_a_network_of_three_layers_of_64(figures: Figures) -> None:
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=(1024, 64)), rng.normal(size=(1024, 10))
    steps: dict[str, Step] = {}
    count = operations(Written((64, 64, 64, 10), tanh), x, t)
    work = f"64-64-64-10, {count:,} operations, 1024 samples"
    for backend in BACKENDS:
        step = autograd.compile(Written((64, 64, 64, 10), tanh).loss, backend=backend)
        steps[backend] = functools.partial(step.value_and_grad, x, t)
        figures.time(f"{work}: first call, {backend}", seconds_of(steps[backend]), 2.0)
    steps |= present({"PyTorch eager": lambda: torch_tanh(x, t)}, figures.note)
    check_same(steps)
    medians = interleaved_medians(steps, ROUNDS, 0.1)
    for backend in BACKENDS:
        if peer := medians.get("PyTorch eager"):
            figures.ratio(f"  value and gradient, {backend}", medians[backend], "PyTorch eager", peer, 1.2)


def operations(model: Written, x: np.ndarray, t: np.ndarray) -> int:
    """Return how many operations the loss of one sample is."""
    graph = [model.loss(x[0].tolist(), t[0].tolist())]
    seen = set(graph)
    for node in graph:
        new = [p for p in node.parents if p.parents and p not in seen]
        seen.update(new)
        graph += new
    return len(graph)


# The GPT of scalars -------------------------------------------------------------------------------------------------


def test_a_step_of_the_gpt(figures: Figures) -> None:
    names, origin = first_names(30)
    steps = Steps(names)
    medians = interleaved_medians({"compiled": steps.compiled, "eager": steps.eager}, 3)
    work = f"gpt.py, a step, mean over {len(names)} {origin}"
    each = {who: median / len(names) for who, median in medians.items()}
    backend = steps.step.backend.split(",")[0]
    figures.ratio(f"{work}, {backend}", each["compiled"], "eager", each["eager"], 1 / 50)
    figures.time(f"  first call, mean over {len(steps.first)} lengths", statistics.mean(steps.first.values()))


# A graph without a pattern ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lately", "backends"), [(1000, BACKENDS), (200, BACKENDS), (20, ("native",))], ids=["wide", "middling", "narrow"]
)
def test_an_irregular_graph(figures: Figures, lately: int, backends: Sequence[str]) -> None:
    size = 100_000
    graph = IrregularGraph(size, lately)
    x = graph.x[None]
    loss = graph(graph.x.tolist())
    loss.backward()
    eager = loss.data, [np.array([p.grad for p in graph.parameters])]
    figures.note(f"an irregular graph of {size:,} operations, operands mostly among the latest {lately}, batch 1")
    bounds = {"plan": 3.0, "value": 20e-9, "gradient": 60e-9}  # of the best executor
    for backend in backends:
        step = autograd.compile(graph, backend=backend)
        value = functools.partial(step, x)
        value_and_grad = functools.partial(step.value_and_grad, x)
        firsts = [seconds_of(value), seconds_of(value_and_grad)]
        steps = {"eager": lambda: eager, backend: value_and_grad}
        check_same(steps)
        assert value()[0] == pytest.approx(loss.data, rel=1e-10)
        medians = interleaved_medians({"value": value, "gradient": value_and_grad}, 5, 0.1)
        limit = bounds.get if backend == "native" else {}.get
        figures.time(f"  first call, value, {backend}", firsts[0], limit("plan"))
        figures.time(f"  first call, value and gradient, after that, {backend}", firsts[1], limit("plan"))
        figures.time(f"  value, an operation, {backend}", medians["value"] / size, limit("value"))
        figures.time(f"  value and gradient, an operation, {backend}", medians["gradient"] / size, limit("gradient"))
