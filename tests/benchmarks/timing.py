"""The way every time here is taken: in turn, round after round, each turn on a heap without garbage."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

Name = TypeVar("Name", bound=Hashable)


def clean_heap() -> None:
    """Collect the garbage of one program, or it would be collected in the time of the next."""
    gc.collect()


def seconds(step: Callable[[], Any], turn: float) -> float:
    """Return the mean time of a step in one turn, over at least ``turn`` seconds."""
    clean_heap()
    runs, elapsed, start = 0, 0.0, time.perf_counter()
    while elapsed < turn:
        step()
        runs += 1
        elapsed = time.perf_counter() - start
    return elapsed / runs


def interleaved_medians(steps: Mapping[Name, Callable[[], Any]], rounds: int, turn: float = 0.02) -> dict[Name, float]:
    """Return the median seconds of each step. They take turns, so a slow minute of the machine meets all of them.

    A step is repeated until its turn is over: the time of a single short one would be that of cold caches.
    """
    times: dict[Name, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds(step, turn))
    return {name: statistics.median(found) for name, found in times.items()}
