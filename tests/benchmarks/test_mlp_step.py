"""The training step of `peers`: this package against micrograd, and beside them the array frameworks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmarks import peers
from tests.benchmarks.checks import check_same
from tests.benchmarks.comparisons import prepared
from tests.benchmarks.peers import Step
from tests.benchmarks.report import rows_of, text_table
from tests.benchmarks.timing import clean_heap

pytest.importorskip("pytest_benchmark", reason="pytest-benchmark comes with the extra bench: pip install -e '.[bench]'")

OURS = {
    "ours, functions": peers.ours_functions,
    "ours, nn.MLP": peers.ours_module,
    "ours, compiled": functools.partial(peers.ours_compiled, "auto"),
}


@pytest.mark.parametrize("prepare", OURS.values(), ids=OURS)
def test_our_step(benchmark: Any, prepare: Callable[[], Step]) -> None:
    step = prepare()
    check_same({"by hand": peers.numpy_by_hand(), "ours": step})
    benchmark.group = "MLP 4-16-16-3, 150 samples, forward and backward"
    benchmark.pedantic(step, setup=clean_heap, rounds=15, warmup_rounds=2)


def test_our_step_beside_the_peers() -> None:
    comparison = prepared("iris-step")
    print(text_table(rows_of("iris-step", comparison.work, comparison.times())), *comparison.absent, sep="\n")
    comparison.close()
