"""What an executor is: it makes a program, which can be called, of a plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from autograd.compiler.plan import Plan

__all__ = ["Arrays", "Executor", "Program"]

Arrays = Mapping[str, np.ndarray[Any, Any]]


class Program(Protocol):
    """A plan made ready to run. Threads may call it at once."""

    def __call__(self, inputs: Arrays, samples: int) -> tuple[dict[str, np.ndarray[Any, Any]], bool]:
        """Run the plan once.

        Parameters
        ----------
        inputs : mapping of str to ndarray
            For each input space its numbers, float64 or int64: of shape (rows, samples) if it is batched, with any
            strides, else of shape (rows,). That of ``shared`` has the parameters only.
        samples : int
            How many samples there are, at least 1.

        Returns
        -------
        dict of ndarray
            For each output of the plan a new array of the shape of its ref, and with a last axis for the samples if its
            space is batched.
        bool
            Whether the numbers of all guards are finite.
        """
        ...

    def repeat(
        self,
        inputs: Arrays,
        order: np.ndarray[Any, Any],
        starts: np.ndarray[Any, Any],
        each: Arrays,
        kept: Sequence[str],
    ) -> tuple[int, dict[str, np.ndarray[Any, Any]]]:
        """Run the plan, and its updates, once for each minibatch.

        Parameters
        ----------
        inputs : mapping of str to ndarray
            As of a call, for all samples there are.
        order : ndarray of int64
            The samples in the order in which they are taken.
        starts : ndarray of int64 of shape (minibatches + 1,)
            Where in ``order`` each minibatch begins, and the last one ends.
        each : mapping of str to ndarray of shape (minibatches, rows)
            The numbers of those input spaces, not batched, that differ from minibatch to minibatch.
        kept : sequence of str
            Those input spaces, not batched, whose numbers the updates change: ``inputs`` has their arrays, which are
            changed in place.

        Returns
        -------
        int
            How many minibatches were done: all, or those before the one at whose guards a number was not finite.
        dict of ndarray
            For each output that is not batched its numbers for each minibatch done, along a first axis.
        """
        ...


class Executor(ABC):
    """Makes programs of plans."""

    name: str

    @abstractmethod
    def prepare(self, plan: Plan) -> Program:
        """Make ``plan`` ready to run."""

    def refusal(self, plan: Plan) -> str | None:
        """Tell why this executor cannot run ``plan``; None if it can."""
        return None
