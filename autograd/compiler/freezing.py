"""What would be frozen into a program, and how it is found: the function is run again with other numbers."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import brief
from autograd.variable import Variable

__all__ = ["FAR_OFF", "PARAMETERS_LOCK", "decides", "draws", "nudge", "random_states"]

PARAMETERS_LOCK = threading.RLock()
"""Held while the numbers of leaves are nudged, and while they are read for a call."""

NUDGE = 2.0**-20


def random_states() -> Any:
    """Return how far Python's and NumPy's own generators are, from which a function may draw behind our back."""
    kind, key, *place = np.random.get_state()
    return random.getstate(), kind, np.asarray(key).tobytes(), place


def nudge(x: Any) -> Any:
    """Return a number, or an array of them, close by."""
    return x * (1.0 + NUDGE) + NUDGE


FAR_OFF: tuple[Callable[[float], float], ...] = (lambda x: -x - 1.0, lambda x: 1000.0 * x + 1000.0, lambda x: 0.001 * x)
"""What leads to numbers for which a branch may go another way."""


def draws(name: str) -> str:
    """Return the message for a function that draws at random."""
    return (
        f"{name} draws random numbers, which would be frozen into the compiled program; draw them outside and give "
        "them as arguments"
    )


def decides(name: str, leaf: Variable, line: str) -> str:
    """Return the message for a function that decides what to do by a captured leaf."""
    return (
        f"{name} reads the number of {leaf.name or brief(leaf)} ({line}) and does something else if it is another one; "
        f"the compiled program would not. Use where(condition, a, b) with the {type(leaf).__name__} itself, or give "
        "the number as an argument"
    )
