"""Training: minibatches, gradients and updates in one program.

An optimizer that is given by a formula for one number, such as ``nn.SGD`` or ``nn.Adam``, becomes part of the plan: its
rule is read on symbols. Any other one is asked step by step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from autograd.compiler.arguments import Array
from autograd.compiler.expressions import as_map
from autograd.compiler.grouping import SHARED
from autograd.compiler.plan import Index, Map, Plan, Ref, Space, Write
from autograd.errors import ArgumentError
from autograd.symbols import Symbol

__all__ = [
    "COEFFICIENTS",
    "SCALE",
    "Elementwise",
    "Optimizer",
    "coefficients_at",
    "minibatches",
    "state_space",
    "with_scale",
    "with_updates",
]

SCALE, SEEDS, COEFFICIENTS = "scale", "seeds", "coefficients"


class Optimizer(Protocol):
    """What changes parameters by their gradients: that of ``nn``, or any other one like it."""

    parameters: list[Any]
    steps: int

    def step(self) -> None:
        """Change the parameters by their ``.grad``."""


@runtime_checkable
class Elementwise(Protocol):
    """An optimizer that is given by a formula for one number; see ``nn.ElementwiseOptimizer``."""

    parameters: list[Any]
    steps: int
    states: dict[str, Array]
    group_of: Index | None
    """The group of each number of its parameters; None if there is only one."""

    def coefficients(self) -> tuple[Any, ...]:
        """Return the plain numbers of the next step; of several groups, an array of one for each group."""

    @staticmethod
    def rule(p: Any, g: Any, *args: Any) -> tuple[Any, ...]:
        """Return the new number, and the new states behind it."""


def state_space(name: str) -> str:
    """Return the name of the space of what an optimizer remembers."""
    return f"state {name}"


def with_scale(plan: Plan, weights: Ref) -> tuple[Plan, Ref]:
    """Return ``plan`` with the weights of the samples times a number that differs from minibatch to minibatch."""
    seeds = Ref(SEEDS, np.arange(weights.size))
    spaces = {
        **plan.spaces,
        SCALE: Space(1, batched=False, is_input=True),
        SEEDS: Space(weights.size, batched=True),
    }
    product = Map((weights, Ref(SCALE, np.arange(1))), (Write(Symbol("x0") * Symbol("x1"), seeds),))
    before, during, behind = plan.phases
    return replace(plan, spaces=spaces, steps=[*before, product, *during, *behind]), seeds


def with_updates(plan: Plan, optimizer: Elementwise, rows: Index, places: Index) -> Plan:
    """Return ``plan`` with a step of an optimizer behind it.

    Parameters
    ----------
    plan : Plan
        With an output ``gradient``.
    optimizer : Elementwise
        Its rule is read on symbols.
    rows : ndarray of int
        The rows of the parameters that it trains.
    places : ndarray of int
        Where each of them is among its own numbers.
    """
    group = np.zeros(1, np.intp) if optimizer.group_of is None else optimizer.group_of[places]
    sizes = [np.size(x) for x in optimizer.coefficients()]
    coefficients = [Ref(COEFFICIENTS, end - size + group) for size, end in zip(sizes, np.cumsum(sizes), strict=True)]
    spaces = {**plan.spaces, COEFFICIENTS: Space(sum(sizes), batched=False, is_input=True)}
    for name, numbers in optimizer.states.items():
        spaces[state_space(name)] = Space(len(numbers), batched=False, is_input=True)
    gradient = plan.outputs["gradient"]
    parameters = Ref(SHARED, rows)
    states = [Ref(state_space(name), places) for name in optimizer.states]
    operands = (
        parameters,
        Ref(gradient.space, gradient.index[rows]),
        *states,
        *coefficients,
    )
    made = optimizer.rule(*(Symbol(f"x{i}") for i in range(len(operands))))
    if not isinstance(made, tuple) or len(made) != 1 + len(states):
        raise ArgumentError(
            f"the rule of {type(optimizer).__name__} must return a tuple of the new number and {len(states)} states"
        )
    update = as_map(operands, [(e, target, False) for e, target in zip(made, (parameters, *states), strict=True)])
    outputs = {name: ref for name, ref in plan.outputs.items() if name != "gradient"}  # of each step that were much
    return replace(plan, spaces=spaces, outputs=outputs, updates=[update], guards=[gradient])


def coefficients_at(optimizer: Elementwise, places: Index) -> tuple[Any, ...]:
    """Return the coefficients of the next step for some of its numbers: floats, or arrays of one for each."""
    if optimizer.group_of is None:
        return optimizer.coefficients()
    return tuple(x[optimizer.group_of[places]] for x in optimizer.coefficients())


def minibatches(samples: int, batch_size: int | None, epochs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the samples in the order in which they are taken, and where each minibatch begins and the last ends.

    Each epoch takes every sample once, in an order of its own; in batches of all samples the order does not matter.
    """
    size = samples if batch_size is None else min(batch_size, samples)
    if size == samples:
        order = np.tile(np.arange(samples), epochs)
    else:
        order = np.concatenate([rng.permutation(samples) for _ in range(epochs)])
    begins = [epoch * samples + start for epoch in range(epochs) for start in range(0, samples, size)]
    return order.astype(np.int64), np.array([*begins, epochs * samples], np.int64)
