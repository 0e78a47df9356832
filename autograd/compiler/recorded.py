"""What is kept of a function for one structure of its arguments: its plan, and the programs made of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, final

import numpy as np

from autograd.arguments import name_of
from autograd.compiler.arguments import Array, Batch
from autograd.compiler.choices import labels_in_place
from autograd.compiler.executors import Executor, Program
from autograd.compiler.expressions import product
from autograd.compiler.gradient import differentiated
from autograd.compiler.grouping import SHARED, argument_space, grouped
from autograd.compiler.lowering import lowered
from autograd.compiler.plan import Index, Map, Plan, Ref, Space, Write
from autograd.compiler.recording import Recording
from autograd.compiler.tangent import tangent_of, with_tangents
from autograd.compiler.training import Elementwise, with_scale, with_updates
from autograd.containers import like
from autograd.errors import NotAScalarError
from autograd.symbols import Symbol
from autograd.value import Value

__all__ = ["DIRECTION", "GRADIENT", "OUT", "PRODUCT", "VALUE", "WEIGHTS", "Kind", "Recorded", "formed"]

WEIGHTS, DIRECTION = "weights", "direction"  # spaces that the caller fills
OUT, VALUE, GRADIENT, PRODUCT = "out", "value", "gradient", "product"  # outputs

Kind = tuple[str, tuple[int, ...] | None]
"""What a program computes, and by which arguments it differentiates; None for the parameters."""


@final
class Recorded:
    """A function recorded for one structure of its arguments.

    Attributes
    ----------
    plan : Plan
        What computes the results.
    count : int
        How many parameters it knows of.
    latest : Plan
        That of the program that was asked for last.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        recording: Recording,
        batch: Batch,
        parameters: Collection[Value],
        executor: Executor,
    ) -> None:
        self.name = name_of(f)
        self.executor = executor
        self.count = len(parameters)
        self.result = recording.result
        self.values = recording.values
        program, roots = lowered(recording.program, recording.roots)
        spaces = {i: part.space for i, part in enumerate(batch.parts)}
        self.parts = batch.parts
        names = {argument_space(i): [(name, self.parts[i].shape)] for i, name in enumerate(batch.names(f))}
        names[SHARED] = [(leaf.name or f"parameters[{i}]", ()) for i, leaf in enumerate(parameters)]
        self.plan = replace(grouped(program, roots, self.count, spaces), names=names, name=self.name)
        self.latest = self.plan
        self.is_batched = any(part.batched for part in batch.parts)
        self.spaces = [argument_space(i) for i in range(len(batch.parts))]
        self._programs: dict[tuple[Kind, bool], tuple[Plan, Program]] = {}
        self._lock = threading.RLock()
        self._training: tuple[Any, Plan, Program] | None = None

    def run(self, kind: Kind, inputs: dict[str, Array], samples: int) -> dict[str, Array]:
        """Run a program; if a derivative is not finite, once more where zero times that is zero."""
        found, is_finite = self.program(kind)(inputs, samples)
        return found if is_finite else self.program(kind, strong=True)(inputs, samples)[0]

    def program(self, kind: Kind, strong: bool = False) -> Program:
        """Return the program of a kind, which is made once."""
        made = self._programs.get((kind, strong))
        if made is None:
            with self._lock:
                made = self._programs.get((kind, strong))
                if made is None:
                    plan = self.plan_of(kind, strong)
                    if kind[0] != "value" and not strong:
                        plan = replace(plan, guards=list(plan.outputs.values()))
                    made = self._programs[kind, strong] = plan, self.executor.prepare(plan)
        self.latest, program = made
        return program

    def inputs(self, batch: Batch, numbers: Array) -> dict[str, Array] | None:
        """Return what a program reads; None if an integer is not among those that were recorded."""
        inputs = {SHARED: numbers if len(numbers) == self.count else numbers[: self.count]}
        for i, x in enumerate(batch.arrays):
            rows = x.T if x.ndim == 2 else x.reshape(x.shape[0], -1).T if x.ndim else x.reshape(1)
            if i in self.values:
                rows = labels_in_place(rows, self.values[i])
                if rows.min() < 0:
                    return None
            inputs[self.spaces[i]] = rows
        return inputs

    def training(self, optimizer: Elementwise, rows: Index, places: Index) -> Program:
        """Return the program of a step of an optimizer, for these rows of the parameters; see `with_updates`."""
        groups = None if optimizer.group_of is None else tuple(optimizer.group_of[places])
        count = len(optimizer.coefficients())
        key = (optimizer.rule, tuple(optimizer.states), count, groups, tuple(rows), tuple(places))
        with self._lock:
            if self._training is None or self._training[0] != key:
                self._ensure_one_number()
                plan, weights = self._with_seeds(1)
                plan, seeds = with_scale(plan, weights)
                plan = self._with_value(differentiated(plan, seeds, self.wanted(None)), seeds, strong=False)
                plan = with_updates(plan, optimizer, rows, places)
                self._training = (key, plan, self.executor.prepare(plan))
            _, self.latest, program = self._training
            return program

    # Plans ------------------------------------------------------------------------------------------------------

    def plan_of(self, kind: Kind, strong: bool = False) -> Plan:
        """Return the plan of a kind of program."""
        what, by = kind
        if what == "value":
            return self.plan
        if what == "jacobian":
            plan, seeds = self._with_seeds(self.plan.outputs["out"].size)
            plan = differentiated(plan, seeds, self.wanted(by), strong=strong, per_sample=True)
            return plan.with_outputs(**{name: ref for name, ref in plan.outputs.items() if name != "out"})
        self._ensure_one_number()
        plan, weights = self._with_seeds(1)
        if what == "per_sample":
            return differentiated(plan, weights, self.wanted(by), strong=strong, per_sample=True)
        plan = self._with_value(differentiated(plan, weights, self.wanted(by), strong=strong), weights, strong)
        if what == "gradient":
            return plan
        (name,) = self.wanted(by)  # the Hessian times a direction
        direction = Ref(DIRECTION, np.arange(self.count))
        spaces = {**plan.spaces, DIRECTION: Space(self.count, batched=False, is_input=True)}
        along = Ref(SHARED, np.arange(self.count))
        moved = with_tangents(replace(plan, spaces=spaces), direction, along, strong=strong)
        return moved.with_outputs(product=tangent_of(plan.outputs[name]))

    def _ensure_one_number(self) -> None:
        size = self.plan.outputs["out"].size
        if size != 1 or isinstance(self.result, list | tuple | dict):
            raise NotAScalarError(
                f"a gradient is of one number, but {self.name} returns {size} numbers for a sample; use jacobian, or "
                "return one number, such as a loss"
            )

    def _with_seeds(self, rows: int) -> tuple[Plan, Ref]:
        space = Space(rows, batched=True, is_input=True, is_weight=True)
        return replace(self.plan, spaces={**self.plan.spaces, WEIGHTS: space}), Ref(WEIGHTS, np.arange(rows))

    def _with_value(self, plan: Plan, weights: Ref, strong: bool) -> Plan:
        """Add the weighted sum of the results over the samples, in place of the results."""
        value = Ref(VALUE, np.arange(1))
        out = plan.outputs["out"]
        summed = Map((weights, out), (Write(product(Symbol("x0"), Symbol("x1"), strong), value),))
        before, during, behind = plan.phases
        outputs = {"value": value, **{name: ref for name, ref in plan.outputs.items() if name != "out"}}
        spaces = {**plan.spaces, VALUE: Space(1, batched=False)}
        return replace(plan, spaces=spaces, steps=[*before, *during, summed, *behind], outputs=outputs)

    def wanted(self, by: tuple[int, ...] | None) -> dict[str, Ref]:
        """Return the rows to differentiate by, under the names of the outputs."""
        if by is None:
            return {GRADIENT: Ref(SHARED, np.arange(self.count))}
        return {f"gradient {i}": Ref(argument_space(i), np.arange(self.parts[i].size)) for i in by}

    # Results ----------------------------------------------------------------------------------------------------

    def formed(self, out: Array, batch: Batch) -> Any:
        """Return results in the form that the function gave them: lists of numbers as arrays."""
        return formed(self.result, out, batch.samples, self.is_batched)


def formed(form: Any, out: Array, samples: int, is_batched: bool) -> Any:
    """Return numbers, a row for each, in the form of ``form``: lists of numbers as arrays, samples on axis 0."""
    columns = out.T if out.ndim == 2 else np.broadcast_to(out, (samples, len(out)))
    if not is_batched:
        columns = columns[0]
    return _formed(form, iter(range(columns.shape[-1])), columns)


def _formed(form: Any, following: Any, columns: Array) -> Any:
    if isinstance(form, list):
        parts = [_formed(part, following, columns) for part in form]
        is_array = all(isinstance(part, np.ndarray | float) and np.shape(part) == np.shape(parts[0]) for part in parts)
        return np.stack(parts, axis=columns.ndim - 1) if parts and is_array else parts
    if isinstance(form, tuple | dict):
        if isinstance(form, dict):
            return {key: _formed(part, following, columns) for key, part in form.items()}
        return like(form, [_formed(part, following, columns) for part in form])
    column = columns[..., next(following)]
    return column.item() if column.ndim == 0 else np.ascontiguousarray(column)
