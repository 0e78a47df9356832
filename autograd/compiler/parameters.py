"""The parameters of a compiled function: captured leaves, and their numbers as one array."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, final

import numpy as np

from autograd.compiler.freezing import PARAMETERS_LOCK
from autograd.compiler.scalars import Parameter
from autograd.compiler.training import Elementwise
from autograd.errors import ArgumentError, DisconnectedWarning, NonFiniteGradientError, listed, warn
from autograd.graph import latest_change, next_stamp
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["Parameters"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Index = np.ndarray[Any, np.dtype[np.intp]]


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
        self._born = 0  # how many leaves remember when they were made
        self._places: dict[int, tuple[Any, int, Any, Any]] = {}  # of the latest optimizer
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

    def places_in(self, optimizer: Elementwise) -> tuple[Index, Index]:
        """Return which parameters an optimizer trains, and where the number of each is among those of its own.

        Raises
        ------
        ArgumentError
            If it trains none of them.

        Warns
        -----
        DisconnectedWarning
            If it has parameters that are none of these.
        """
        known = self._places.get(id(optimizer))
        if known is None or known[0] is not optimizer.parameters or known[1] != len(self.leaves):
            sizes = [leaf.size if isinstance(leaf, Tensor) else 1 for leaf in optimizer.parameters]
            place = dict(zip(optimizer.parameters, accumulate(sizes, initial=0), strict=False))
            rows = [row for row, leaf in enumerate(self.leaves) if leaf in place]
            if not rows:
                raise ArgumentError("the optimizer has none of the parameters of the compiled function")
            others = [leaf for leaf in optimizer.parameters if leaf not in self.leaves]
            if others:
                names = listed([leaf.name or repr(leaf) for leaf in others])
                warn(f"the compiled function does not depend on {names}, which stay as they are", DisconnectedWarning)
            places = np.array([place[leaf] for leaf in self.leaves if leaf in place], np.intp)
            self._places.clear()
            known = self._places[id(optimizer)] = (
                optimizer.parameters,
                len(self.leaves),
                np.array(rows, np.intp),
                places,
            )
        return known[2], known[3]

    def ensure_finite(self, gradient: Array) -> None:
        """Refuse a gradient that is not finite, naming the parameters.

        Raises
        ------
        NonFiniteGradientError
            If it is inf or nan somewhere.
        """
        bad = np.flatnonzero(~np.isfinite(gradient))
        if bad.size:
            leaves = list(self.leaves)
            names = listed([leaves[i].name or f"parameter {i} ({leaves[i]!r})" for i in bad])
            raise NonFiniteGradientError(
                f"no step was made, because the gradient of {names} is not finite. A smaller learning rate or "
                "smaller inputs may help"
            )

    def set(self, numbers: Array) -> None:
        """Give each leaf its new number."""
        with PARAMETERS_LOCK:
            if self._born < len(self.leaves):
                for leaf in self.leaves:
                    leaf.stamp_anew()  # which keeps when it was made
                self._born = len(self.leaves)
            stamp = next_stamp()
            for leaf, number in zip(self.leaves, numbers.tolist(), strict=True):
                leaf._primal = number
                leaf.stamp = stamp
            self._numbers, self._stamp = numbers, stamp
            latest_change[0] = stamp
