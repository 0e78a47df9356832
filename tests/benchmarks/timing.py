"""The way every time here is taken: in turn, round after round, each turn on a heap without garbage."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

Name = TypeVar("Name", bound=Hashable)

SHORTEST_TURN = 0.02  # seconds; a step that takes less is repeated, or its time would be that of cold caches


def clean_heap() -> None:
    """Collect the garbage of one program, or it would be collected in the time of the next."""
    gc.collect()


def seconds(step: Callable[[], Any]) -> float:
    """Return the mean time of a step in one turn."""
    clean_heap()
    runs, elapsed, start = 0, 0.0, time.perf_counter()
    while elapsed < SHORTEST_TURN:
        step()
        runs += 1
        elapsed = time.perf_counter() - start
    return elapsed / runs


def interleaved_medians(steps: Mapping[Name, Callable[[], Any]], rounds: int) -> dict[Name, float]:
    """Return the median seconds of each step. They take turns, so a slow minute of the machine meets all of them."""
    times: dict[Name, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds(step))
    return {name: statistics.median(found) for name, found in times.items()}
