"""The training step of `peers`: this package against micrograd, and beside them the array frameworks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import peers
import pytest
from peers import Step
from timing import clean_heap, interleaved_medians

pytest.importorskip("pytest_benchmark", reason="pytest-benchmark comes with the extra bench: pip install -e '.[bench]'")

ROUNDS = 7
OURS = {
    "ours, functions": peers.ours_functions,
    "ours, nn.MLP": peers.ours_module,
    "ours, compiled": functools.partial(peers.ours_compiled, "auto"),
}
THEIRS = {
    "micrograd": peers.micrograd,
    "torch eager (batch)": peers.torch,
    "mygrad (batch)": peers.mygrad,
    "jax jit (batch)": peers.jax,
    "NumPy by hand (batch)": peers.numpy_by_hand,
}


def flat(gradients: list[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(g) for g in gradients])


def check_same_computation(name: str, step: Step, reference: Step) -> None:
    loss, gradients = reference()
    for _ in range(2):  # the second time too: a step must not be changed by the one before it
        its_loss, its_gradients = step()
        assert its_loss == pytest.approx(loss, rel=1e-8), name
        np.testing.assert_allclose(flat(its_gradients), flat(gradients), rtol=1e-8, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("prepare", OURS.values(), ids=OURS)
def test_our_step(benchmark: Any, prepare: Callable[[], Step]) -> None:
    benchmark.group = "MLP 4-16-16-3, 150 samples, forward and backward"
    benchmark.pedantic(prepare(), setup=clean_heap, rounds=15, warmup_rounds=2)


def test_our_step_beside_the_peers() -> None:
    steps: dict[str, Step] = {}
    missing: list[str] = []
    for name, prepare in (OURS | THEIRS).items():
        try:
            steps[name] = prepare()
        except pytest.skip.Exception as skipped:  # one peer less, not no comparison
            missing.append(f"  {name:<22} {skipped.msg}")
    first = next(iter(OURS))
    for name, step in steps.items():
        check_same_computation(name, step, steps[first])
    medians = interleaved_medians(steps, ROUNDS)
    print(f"\nMLP 4-16-16-3, {peers.SAMPLES} samples, forward and backward, float64, one thread")
    print(f"  {'':<22} {'median ms':>10} {'/ ours':>10}   ({ROUNDS} interleaved rounds)")
    for name, median in medians.items():
        print(f"  {name:<22} {1e3 * median:>10.3f} {median / medians[first]:>10.4f}")
    for line in missing:
        print(line)
