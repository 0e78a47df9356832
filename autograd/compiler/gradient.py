"""The gradient of a plan, made on the plan: each step gets the steps that pull adjoints back through it.

A space of adjoints lies beside each space of numbers, with the same rows. The first step that writes to an adjoint sets
it, the others add. An adjoint that is only a copy of another one, such as that of a term of a sum, is not copied.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.expressions import Known, as_map, is_zero, partials_of, product
from autograd.compiler.plan import (
    Fill,
    Lookup,
    Map,
    MatMul,
    Outer,
    Plan,
    Reduce,
    Ref,
    Scatter,
    Space,
    Step,
    Write,
    is_batched,
)
from autograd.symbols import Symbol

__all__ = ["adjoint_space", "differentiated"]


def adjoint_space(space: str) -> str:
    """Return the name of the space of adjoints beside ``space``."""
    return f"d {space}"


def differentiated(
    plan: Plan, seeds: Ref, wanted: Mapping[str, Ref], *, strong: bool = False, per_sample: bool = False
) -> Plan:
    """Return ``plan`` with the steps that find derivatives of its output ``out``.

    Parameters
    ----------
    plan : Plan
        With an output ``out``.
    seeds : Ref
        Of the size of that output: the derivative of the final result by each of its rows, in a space of the plan.
    wanted : mapping of str to Ref
        The rows by which to differentiate; the new plan has the derivatives as outputs of these names.
    strong : bool, optional
        Count zero times what is not finite as zero, at the cost of writing out all products.
    per_sample : bool, optional
        Keep the derivatives of each sample apart, also by what is one for all samples.
    """
    return _Pullback(plan, wanted, strong, per_sample).run(seeds, wanted)


class _Pullback:
    def __init__(self, plan: Plan, wanted: Mapping[str, Ref], strong: bool, per_sample: bool) -> None:
        self.plan = plan
        self.strong = strong
        self.per_sample = per_sample
        self.active = _active_rows(plan, wanted)
        self.spaces = dict(plan.spaces)
        self.lone = _lone_rows(plan, wanted)
        self.names: list[str] = []  # spaces of adjoints, by number
        self.homes: dict[str, tuple[Any, Any]] = {}  # for each row the number of the space of its adjoint, and the row
        self.touched: dict[str, Any] = {}
        for name in [name for name, rows in self.active.items() if rows.any()]:
            self._make_room(name)
        self.zeros: dict[str, list[Any]] = {}  # rows, by space, that are zero before anything is added to them
        self.steps: list[Step] = []
        self.known: Known = {}
        self.pulled: dict[Any, Any] = {}  # what an operand gains, by the expression that uses it
        self.spare = dict.fromkeys(self.touched, 0)  # rows beyond, for what cannot be added at once

    def _make_room(self, name: str) -> None:
        """Make the space of adjoints beside a space."""
        rows = self.plan.spaces[name].rows
        self.spaces[adjoint_space(name)] = Space(rows, self.plan.spaces[name].batched or self.per_sample)
        self.touched[name] = np.zeros(rows, bool)
        self.homes[name] = np.full(rows, self._number(adjoint_space(name))), np.arange(rows)

    def _number(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def run(self, seeds: Ref, wanted: Mapping[str, Ref]) -> Plan:
        out = self.plan.outputs["out"]
        if self._is_active(out):
            self._add_map((seeds,), Symbol("x0"), out)
        for step in reversed(self.plan.steps):
            self._pull(step)
        for ref in wanted.values():
            self._zero_untouched(ref)
        outputs = {name: Ref(adjoint_space(ref.space), ref.index) for name, ref in wanted.items()}
        for name, rows in self.spare.items():
            adjoint = adjoint_space(name)
            self.spaces[adjoint] = replace(self.spaces[adjoint], rows=self.spaces[adjoint].rows + rows)
        in_order = sorted(self.steps, key=lambda step: not is_batched(step, self.spaces))  # what sums up comes behind
        before, zeros = self._fills(batched=False), self._fills(batched=True)
        steps = [*before, *self.plan.steps, *zeros, *in_order]
        return replace(self.plan, spaces=self.spaces, steps=steps, outputs={**self.plan.outputs, **outputs})

    def _fills(self, batched: bool) -> list[Step]:
        fills: list[Step] = []
        for name, parts in self.zeros.items():
            if self.spaces[name].batched == batched:
                rows = np.sort(np.concatenate(parts))
                fills.append(Fill(Ref(name, rows), np.zeros(rows.size)))
        return fills

    def _is_active(self, ref: Ref) -> bool:
        return bool(self.active[ref.space][ref.index].any())

    def _is_reached(self, ref: Ref) -> bool:
        return ref.space in self.touched and bool(self.touched[ref.space][ref.index].any())

    def _adjoint(self, ref: Ref) -> Ref:
        """Return the adjoints of rows that have been written, to be read."""
        self._zero_untouched(ref)
        spaces, rows = (home[ref.index] for home in self.homes[ref.space])
        if (spaces == spaces.flat[0]).all():
            return Ref(self.names[spaces.flat[0]], rows)
        own = self._number(adjoint_space(ref.space))
        for number in np.unique(spaces[spaces != own]):
            lent = np.unique(ref.index[spaces == number])
            write = Write(Symbol("x0"), Ref(adjoint_space(ref.space), lent))
            self.steps.append(Map((Ref(self.names[number], self.homes[ref.space][1][lent]),), (write,)))
            self.homes[ref.space][0][lent] = own
            self.homes[ref.space][1][lent] = lent
        return Ref(adjoint_space(ref.space), ref.index)

    def _pull(self, step: Step) -> None:
        if isinstance(step, Map):
            self._pull_map(step)
        elif isinstance(step, MatMul):
            if self._is_reached(step.out):
                self._pull_matmul(step)
        elif isinstance(step, Reduce):
            if step.kind == "add" and self._is_reached(step.out) and self._is_active(step.operand):
                g = self._adjoint(step.out)
                self._add_map((Ref(g.space, np.repeat(g.index, step.counts)),), Symbol("x0"), step.operand)
        elif isinstance(step, Lookup) and self._is_reached(step.out) and self._is_active(step.table):
            self._zero_untouched(step.table)
            target = Ref(adjoint_space(step.table.space), step.table.index)
            self.steps.append(Scatter(self._adjoint(step.out), step.labels, target))

    def _pull_map(self, step: Map) -> None:
        for write in step.writes:
            active = [i for i, x in enumerate(step.operands) if self._is_active(x)]
            if not active or not self._is_reached(write.target):
                continue
            size = write.target.size
            operands = (*step.operands, write.target, self._adjoint(write.target))
            gains = self._gains(write.expression, len(step.operands))
            pulled = []
            for i in active:
                if not is_zero(gains[i]):
                    x = step.operands[i]
                    target = x if x.size == size else Ref(x.space, np.broadcast_to(x.index, size))
                    pulled.append((gains[i], target))
            self._add_maps(operands, pulled)

    def _gains(self, expression: Any, count: int) -> list[Any]:
        """Return what each operand gains: expressions of them all, the value, and its adjoint."""
        known = self.pulled.get((id(expression), count))
        if known is None:
            xs = [Symbol(f"x{i}") for i in range(count)]
            y, g = Symbol(f"x{count}"), Symbol(f"x{count + 1}")
            partials = partials_of(expression, xs, y, strong=self.strong)
            gains = [0.0 if is_zero(partial) else product(g, partial, self.strong) for partial in partials]
            known = self.pulled[id(expression), count] = expression, gains  # while it is kept, no id comes twice
        return known[1]

    def _pull_matmul(self, step: MatMul) -> None:
        weights, inputs, out = step.weights, step.inputs, step.out
        g = self._adjoint(out)
        if step.bias is not None and self._is_active(step.bias):
            self._add_map((g.flat,), Symbol("x0"), step.bias.flat)
        if self.strong or self._is_per_sample(weights):
            self._pull_products(step, g)
            return
        if self._is_active(inputs):
            self._add_to(inputs, lambda target, adds: MatMul(weights.T, g, target, adds=adds))
        if self._is_active(weights):
            if self._is_batched(g) or self._is_batched(inputs):
                self._add_to(weights, lambda target, adds: Outer(g, inputs, target, adds))
            else:
                self._add_to(weights, lambda target, adds: MatMul(g.T, inputs.T, target.T, adds=adds))

    def _pull_products(self, step: MatMul, g: Ref) -> None:
        """Write out each product of an adjoint with a weight, and with an input."""
        places, outputs = g.shape
        shape = places, outputs, step.weights.shape[1]
        w = Ref(step.weights.space, np.broadcast_to(step.weights.index[None], shape)).flat
        x = Ref(step.inputs.space, np.broadcast_to(step.inputs.index[:, None], shape)).flat
        adjoint = Ref(g.space, np.broadcast_to(g.index[:, :, None], shape)).flat
        for factor, target in ((w, x), (x, w)):
            if self._is_active(target):
                self._add_map((adjoint, factor), product(Symbol("x0"), Symbol("x1"), self.strong), target)

    def _is_batched(self, ref: Ref) -> bool:
        return self.spaces[ref.space].batched

    def _is_per_sample(self, ref: Ref) -> bool:
        adjoint = self.spaces.get(adjoint_space(ref.space))
        return adjoint is not None and adjoint.batched and not self._is_batched(ref)

    def _add_map(self, operands: tuple[Ref, ...], expression: Any, x: Ref) -> None:
        """Add an expression to the adjoints of ``x``."""
        self._add_maps(operands, [(expression, x)])

    def _add_maps(self, operands: tuple[Ref, ...], pulled: Sequence[tuple[Any, Ref]]) -> None:
        """Add expressions to adjoints: in one step, as long as none adds where another one sets."""
        writes: list[tuple[Any, Ref, bool]] = []
        for expression, x in pulled:
            if isinstance(expression, Symbol) and expression.row is None:
                source = operands[int(expression.text[1:])]
                if (
                    self._is_batched(source) == self.spaces[adjoint_space(x.space)].batched
                    and x.is_unique  # not one operand of several elements
                    and self.lone[x.space][x.index].all()
                ):
                    self.touched[x.space][x.index] = True
                    self.homes[x.space][0][x.index] = self._number(source.space)
                    self.homes[x.space][1][x.index] = source.index
                    continue
            adds = self._touch(x)
            if any(
                adds != earlier[2] and earlier[1].overlaps(Ref(adjoint_space(x.space), x.index)) for earlier in writes
            ):
                self.steps.append(as_map(operands, writes, self.known))
                writes = []
            writes.append((expression, Ref(adjoint_space(x.space), x.index), adds))
        if writes:
            self.steps.append(as_map(operands, writes, self.known))

    def _add_to(self, x: Ref, step: Any) -> None:
        """Add what a step writes to the adjoints of ``x``; if a row occurs twice there, by way of spare rows."""
        if x.is_unique:
            adds = self._touch(x)
            self.steps.append(step(Ref(adjoint_space(x.space), x.index), adds))
            return
        start = self.plan.spaces[x.space].rows + self.spare[x.space]
        self.spare[x.space] += x.size
        spare = Ref(adjoint_space(x.space), start + np.arange(x.size).reshape(x.shape))
        self.steps.append(step(spare, False))
        self._zero_untouched(x)
        self._add_map((spare.flat,), Symbol("x0"), x.flat)

    def _touch(self, x: Ref) -> bool:
        """Note that adjoints are written, and tell whether the step must add to them."""
        touched = self.touched[x.space]
        adds = bool(touched[x.index].any()) or not x.is_unique
        if adds:
            self._zero_untouched(x)
        touched[x.index] = True
        return adds

    def _zero_untouched(self, x: Ref) -> None:
        if x.space not in self.touched:  # nothing depends on it
            self._make_room(x.space)
            self.spare[x.space] = 0
        touched = self.touched[x.space]
        rows = np.unique(x.index)
        rows = rows[~touched[rows]]
        if rows.size:
            touched[rows] = True
            self.zeros.setdefault(adjoint_space(x.space), []).append(rows)


def _active_rows(plan: Plan, wanted: Mapping[str, Ref]) -> dict[str, Any]:
    """Tell, for each row, whether it depends on what is wanted."""
    active = {name: np.zeros(space.rows, bool) for name, space in plan.spaces.items()}
    for ref in wanted.values():
        active[ref.space][ref.index] = True
    for step in plan.steps:
        if isinstance(step, Fill) or (isinstance(step, Reduce) and step.kind != "add"):
            continue
        found = [active[ref.space][ref.index] for ref in step.reads]
        if isinstance(step, MatMul):
            weights, inputs, *bias = found
            value: Any = _any([np.logical_or.outer(np.any(inputs, axis=1), np.any(weights, axis=1)), *bias])
        elif isinstance(step, Reduce):
            value = np.logical_or.reduceat(found[0], step.starts)
        elif isinstance(step, Lookup):
            value = found[0].any(axis=0)
        else:
            value = _any(found)
        for target in step.targets:
            active[target.space][target.index] |= value
    return active


def _lone_rows(plan: Plan, wanted: Mapping[str, Ref]) -> dict[str, Any]:
    """Tell, for each row, whether just one step reads it, once, and nobody else wants to see its adjoint."""
    uses = {name: np.zeros(space.rows, int) for name, space in plan.spaces.items()}
    for ref in (*plan.outputs.values(), *(ref for step in plan.steps for ref in step.reads)):
        np.add.at(uses[ref.space], ref.index, 1)
    for ref in wanted.values():
        uses[ref.space][ref.index] += 2
    return {name: counts == 1 for name, counts in uses.items()}


def _any(parts: Sequence[Any]) -> Any:
    """Return where any of the parts is true."""
    return functools.reduce(np.logical_or, parts)
