"""The time for one node as the graph grows; linear time is a ratio of 1."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from autograd import Value

Build = Callable[[int], Value]


def chain(nodes: int) -> Value:
    """One operation behind the other."""
    y, factor = Value(1.0), Value(0.999999)
    for _ in range(nodes):
        y = y * factor
    return y


def program(nodes: int) -> Value:
    """Sums of products and quotients of leaves by plain operators, five operations a round."""
    leaves = [Value(0.5 + 0.01 * k) for k in range(100)]
    y = Value(0.0)
    for k in range(nodes // 5):
        a, b = leaves[k % 100], leaves[(7 * k + 3) % 100]
        y = (y + a * b - a / b) * 0.5
    return y


def nanoseconds_a_node(build: Build, nodes: int, rounds: int) -> float:
    """The median of recording, differentiating and freeing a graph, divided by its nodes."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = build(nodes)
        result.backward()
        del result
        times.append(time.perf_counter() - start)
    return statistics.median(times) / nodes * 1e9


@pytest.mark.parametrize(
    ("build", "small", "large"), [(program, 5_000, 50_000), (chain, 10_000, 1_000_000)], ids=["program", "chain"]
)
def test_the_time_for_a_node(build: Build, small: int, large: int) -> None:
    nanoseconds_a_node(build, small, rounds=3)
    found: dict[int, list[float]] = {small: [], large: []}
    for _ in range(3):  # interleaved, so that a slow minute of the machine meets both
        found[small].append(nanoseconds_a_node(build, small, rounds=20))
        found[large].append(nanoseconds_a_node(build, large, rounds=max(2, 200_000 // large)))
    medians = {nodes: statistics.median(times) for nodes, times in found.items()}
    print(f"\n{build.__name__}: record, differentiate and free")
    for nodes, nanoseconds in medians.items():
        print(f"  {nodes:>9,} nodes: {nanoseconds:6.0f} ns a node")
    print(f"  large / small = {medians[large] / medians[small]:.2f}")
