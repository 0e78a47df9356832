"""Epochs: minibatch after minibatch, in one call of a program where the optimizer allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, final

import numpy as np

from autograd.compiler.arguments import Array
from autograd.compiler.grouping import SHARED
from autograd.compiler.recorded import VALUE, WEIGHTS, Recorded
from autograd.compiler.training import COEFFICIENTS, SCALE, Elementwise, Optimizer, minibatches, state_space
from autograd.containers import like

if TYPE_CHECKING:
    from autograd.compiler.compiled import Compiled

__all__ = ["Training"]

AT_A_TIME = 1_000_000  # samples taken in one call of a program


@final
class Training:
    """The training of a compiled function on given samples."""

    def __init__(self, compiled: Compiled, optimizer: Optimizer, args: Sequence[Any], weights: Array) -> None:
        self.compiled = compiled
        self.optimizer = optimizer
        self.args = args
        self.weights = weights

    def run(self, epochs: int, batch_size: int | None, rng: np.random.Generator) -> Array:
        """Return the mean loss of each epoch."""
        samples = len(self.weights)
        at_a_time = max(1, AT_A_TIME // samples)
        losses: list[float] = []
        for start in range(0, epochs, at_a_time):
            count = min(at_a_time, epochs - start)
            order, starts = minibatches(samples, batch_size, count, rng)
            sizes = np.add.reduceat(self.weights[order], starts[:-1])
            _, recorded, inputs = self.compiled._find(self.args, {})
            if isinstance(self.optimizer, Elementwise) and isinstance(recorded, Recorded):
                self.compiled._ensure_parameters()
                found = self._by_program(self.optimizer, recorded, inputs, order, starts, sizes)
            else:
                found = np.array([self._by_step(order[a:b]) for a, b in pairwise(starts)])
            by_epoch = (found * sizes).reshape(count, -1).sum(axis=1)
            losses += (by_epoch / sizes.reshape(count, -1).sum(axis=1)).tolist()
        return np.array(losses)

    def _by_step(self, chosen: Array) -> float:
        """Make one step by the samples chosen."""
        args = [_subset(x, chosen) for x in self.args]
        return self.compiled.update(self.optimizer, *args, weights=self.weights[chosen])

    def _by_program(
        self,
        optimizer: Elementwise,
        recorded: Recorded,
        inputs: dict[str, Array],
        order: Array,
        starts: Array,
        sizes: Array,
    ) -> Array:
        """Make all steps, and return the loss of each."""
        parameters = self.compiled._parameters
        rows, places = parameters.places_in(optimizer)
        program = recorded.training(optimizer, rows, places)
        inputs[WEIGHTS] = self.weights[None]
        coefficients = _coefficients(optimizer, len(sizes))
        losses = np.empty(len(sizes))
        step = 0
        while step < len(sizes):
            numbers = parameters.numbers().copy()
            inputs[SHARED] = numbers[: recorded.count]
            inputs |= {state_space(name): x for name, x in optimizer.states.items()}
            each = {SCALE: 1.0 / sizes[step:, None], COEFFICIENTS: coefficients[step:]}
            kept = [SHARED, *map(state_space, optimizer.states)]
            try:
                done, found = program.repeat(inputs, order, starts[step:], each, kept)
            finally:
                parameters.set(numbers)
            losses[step : step + done] = found[VALUE][:, 0]
            optimizer.steps += done
            step += done
            if step < len(sizes):  # a gradient is not finite: perhaps with care it is
                losses[step] = self._by_step(order[starts[step] : starts[step + 1]])
                step += 1
        return losses


def _coefficients(optimizer: Elementwise, count: int) -> Array:
    """Return the coefficients of the next steps, a row for each step."""
    before = optimizer.steps
    try:
        rows = []
        for step in range(before, before + count):
            optimizer.steps = step
            found = optimizer.coefficients()
            rows.append(found if optimizer.group_of is None else np.concatenate(found))
    finally:
        optimizer.steps = before
    return np.array(rows, np.float64)


def _subset(x: Any, chosen: Array) -> Any:
    """Return an argument for the samples chosen."""
    if isinstance(x, Mapping):
        return {key: _subset(part, chosen) for key, part in x.items()}
    if isinstance(x, tuple):
        return like(x, [_subset(part, chosen) for part in x])
    array = np.asarray(x)
    return array[chosen] if array.ndim else x
