"""The time for one node as the graph grows; linear time is a ratio of 1."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from autograd import Value
from tests.benchmarks.timing import interleaved_medians

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


def run(build: Build, nodes: int) -> None:
    build(nodes).backward()


@pytest.mark.parametrize(
    ("build", "small", "large"), [(program, 5_000, 50_000), (chain, 10_000, 1_000_000)], ids=["program", "chain"]
)
def test_the_time_for_a_node(build: Build, small: int, large: int) -> None:
    run(build, small)  # warm
    steps = {nodes: functools.partial(run, build, nodes) for nodes in (small, large)}
    medians = interleaved_medians(steps, rounds=7, turn=0.2)
    nanoseconds = {nodes: 1e9 * median / nodes for nodes, median in medians.items()}
    print(f"\n{build.__name__}: record, differentiate and free")
    for nodes, found in nanoseconds.items():
        print(f"  {nodes:>9,} nodes: {found:6.0f} ns a node")
    print(f"  large / small = {nanoseconds[large] / nanoseconds[small]:.2f}")
