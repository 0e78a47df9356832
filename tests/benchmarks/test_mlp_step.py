"""A training step of the MLP 4-16-16-3 over 150 samples, as scalars: this package against PyPI's micrograd."""

from __future__ import annotations

import gc
import itertools
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, dot, relu, square
from autograd import sum as total

pytest.importorskip("pytest_benchmark", reason="pytest-benchmark comes with the extra bench: pip install -e '.[bench]'")

SIZES = (4, 16, 16, 3)
SAMPLES = 150
ROUNDS = 5

rng = np.random.default_rng(0)
INPUTS = rng.normal(size=(SAMPLES, SIZES[0])).tolist()
TARGETS = rng.normal(size=(SAMPLES, SIZES[-1])).tolist()
WEIGHTS = [(0.5 * rng.normal(size=(wide, narrow))).tolist() for narrow, wide in itertools.pairwise(SIZES)]
BIASES = [[0.1] * wide for wide in SIZES[1:]]

Step = Callable[[], tuple[float, list[float]]]


class Parameters:
    """The same starting numbers, wrapped by either package."""

    def __init__(self, wrap: Callable[[float], Any]) -> None:
        self.layers = [
            ([[wrap(w) for w in row] for row in weights], [wrap(b) for b in biases])
            for weights, biases in zip(WEIGHTS, BIASES, strict=True)
        ]
        self.all = [p for weights, biases in self.layers for row in (*weights, biases) for p in row]

    def gradients(self) -> list[float]:
        found = [p.grad for p in self.all]
        for p in self.all:
            p.grad = 0.0
        return found


def our_step() -> Step:
    parameters = Parameters(Value)

    def step() -> tuple[float, list[float]]:
        terms = []
        for x, target in zip(INPUTS, TARGETS, strict=True):
            h: list[Any] = x
            for depth, (weights, biases) in enumerate(parameters.layers):
                h = [dot(row, h, b) for row, b in zip(weights, biases, strict=True)]
                if depth < len(parameters.layers) - 1:
                    h = [relu(u) for u in h]
            terms += [square(y - t) for y, t in zip(h, target, strict=True)]
        loss = total(terms) * 0.5
        loss.backward()
        return loss.data, parameters.gradients()

    return step


def micrograd_step() -> Step:
    engine = pytest.importorskip(
        "micrograd.engine", reason="micrograd comes with the extra bench: pip install '.[bench]'"
    )
    parameters = Parameters(engine.Value)

    def step() -> tuple[float, list[float]]:
        loss = engine.Value(0.0)
        for x, target in zip(INPUTS, TARGETS, strict=True):
            h: list[Any] = x
            for depth, (weights, biases) in enumerate(parameters.layers):
                h = [
                    sum((w * u for w, u in zip(row, h, strict=True)), b) for row, b in zip(weights, biases, strict=True)
                ]
                if depth < len(parameters.layers) - 1:
                    h = [u.relu() for u in h]
            for y, t in zip(h, target, strict=True):
                loss = loss + (y - t) ** 2
        loss = loss * 0.5
        loss.backward()
        return loss.data, parameters.gradients()

    return step


def with_deep_stack(work: Callable[[], None]) -> None:
    """Run ``work`` where micrograd's recursion, one call for each node on the longest path, has room."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(1 << 29)
    sys.setrecursionlimit(10**7)
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    try:
        thread = threading.Thread(target=guarded)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failed:
        raise failed[0]


def test_our_step_alone(benchmark: Any) -> None:
    step = our_step()
    loss, gradients = benchmark(step)
    assert loss > 0
    assert all(np.isfinite(gradients))


def test_our_step_against_micrograd() -> None:
    ours, theirs = our_step(), micrograd_step()
    seconds: dict[str, list[float]] = {"ours": [], "micrograd": []}

    def timed(name: str, step: Step) -> tuple[float, list[float]]:
        gc.collect()  # or the garbage of one would be collected in the time of the other
        start = time.perf_counter()
        result = step()
        seconds[name].append(time.perf_counter() - start)
        return result

    def rounds() -> None:
        loss, gradients = ours()  # warm, and checked to be the same computation
        their_loss, their_gradients = theirs()
        assert loss == pytest.approx(their_loss, rel=1e-10)
        assert gradients == pytest.approx(their_gradients, rel=1e-8, abs=1e-10)
        for _ in range(ROUNDS):
            timed("ours", ours)
            timed("micrograd", theirs)

    with_deep_stack(rounds)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"\nMLP 4-16-16-3, {SAMPLES} samples, forward and backward, medians of {ROUNDS} interleaved rounds:")
    for name, times in seconds.items():
        low, median, high = (1e3 * pick(times) for pick in (min, statistics.median, max))
        print(f"  {name:<10} {median:8.1f} ms   (from {low:.1f} to {high:.1f})")
    print(f"  micrograd / ours = {medians['micrograd'] / medians['ours']:.1f}")
