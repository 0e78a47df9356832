"""The parameters of a compiled function: captured leaves, and their numbers as one array."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from autograd.compiler.recording import PARAMETERS_LOCK
from autograd.compiler.scalars import Parameter
from autograd.graph import latest_change, next_stamp
from autograd.value import Value

__all__ = ["Parameters"]

Array = np.ndarray[Any, np.dtype[np.float64]]


@final
class Parameters:
    """Captured leaves in the order in which they were made, those of later structures behind the others.

    Attributes
    ----------
    leaves : dict of Value to Parameter
        With the place of each.
    """

    def __init__(self) -> None:
        self.leaves: dict[Value, Parameter] = {}
        self._numbers: Array = np.empty(0)
        self._stamp = -1  # the latest change of any leaf when the numbers were read

    def numbers(self) -> Array:
        """Return the number of each leaf, not to be written to.

        They are read again only if some leaf was changed since.
        """
        stamp = latest_change[0]
        numbers = self._numbers
        if stamp != self._stamp or len(numbers) != len(self.leaves):
            with PARAMETERS_LOCK:
                stamp = latest_change[0]
                numbers = self._numbers = np.array([leaf._primal for leaf in self.leaves], np.float64)
                self._stamp = stamp
        return numbers

    def set(self, numbers: Array) -> None:
        """Give each leaf its new number."""
        with PARAMETERS_LOCK:
            stamp = next_stamp()
            for leaf, number in zip(self.leaves, numbers.tolist(), strict=True):
                leaf._primal = number
                leaf.born = getattr(leaf, "born", leaf.stamp)
                leaf.stamp = stamp
            self._numbers, self._stamp = numbers, stamp
            latest_change[0] = stamp
