"""The way every time here is taken: in turn, round after round, each turn on a heap without garbage."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol, TypeVar

__all__ = ["TakesItsOwnTime", "clean_heap", "interleaved_medians", "interleaved_times", "seconds", "seconds_of"]

Name = TypeVar("Name", bound=Hashable)


class TakesItsOwnTime(Protocol):
    """What cannot be timed from outside: a program in another process, or what must be prepared before each time."""

    def seconds(self, turn: float) -> float:
        """Return the mean time of a step in a turn of about so many seconds."""


def clean_heap() -> None:
    """Collect the garbage of one program, or it would be collected in the time of the next."""
    gc.collect()


def seconds_of(call: Callable[[], Any]) -> float:
    """Return how long one call takes."""
    clean_heap()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def seconds(step: Callable[[], Any], turn: float) -> float:
    """Return the mean time of a step in one turn, over at least ``turn`` seconds."""
    clean_heap()
    runs, elapsed, start = 0, 0.0, time.perf_counter()
    while elapsed < turn:
        step()
        runs += 1
        elapsed = time.perf_counter() - start
    return elapsed / runs


def interleaved_times(
    steps: Mapping[Name, Callable[[], Any] | TakesItsOwnTime], rounds: int, turn: float = 0.02
) -> dict[Name, list[float]]:
    """Return the seconds of each step in each round. They take turns: a slow minute of the machine meets all of them.

    A step is repeated until its turn is over: the time of a single short one would be that of cold caches.
    """
    times: dict[Name, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds(step, turn) if callable(step) else step.seconds(turn))
    return times


def interleaved_medians(
    steps: Mapping[Name, Callable[[], Any] | TakesItsOwnTime], rounds: int, turn: float = 0.02
) -> dict[Name, float]:
    """Return the median seconds of each step."""
    return {name: statistics.median(found) for name, found in interleaved_times(steps, rounds, turn).items()}
