"""Forward mode on a plan: the derivative of all that it computes, along one direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.compiler.expressions import as_map, partials_of, product
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Space, Step, Write
from autograd.symbols import Symbol

__all__ = ["tangent_of", "with_tangents"]


def tangent_of(ref: Ref) -> Ref:
    """Return where the derivatives of rows are."""
    return Ref(f"t {ref.space}", ref.index)


def with_tangents(plan: Plan, direction: Ref, along: Ref, *, strong: bool = False) -> Plan:
    """Return ``plan`` with the derivative of every row along a direction.

    Parameters
    ----------
    plan : Plan
        Any plan.
    direction : Ref
        The derivatives of the rows ``along``, in an input space of the plan.
    along : Ref
        Rows that the caller fills.
    strong : bool, optional
        Count zero times what is not finite as zero.
    """
    spaces = dict(plan.spaces)
    steps: list[Step] = []
    for name, space in plan.spaces.items():
        if not space.is_integer and name != direction.space:
            spaces[f"t {name}"] = Space(space.rows, space.batched)
    for is_batched in (False, True):
        for name, space in plan.spaces.items():
            if f"t {name}" in spaces and space.batched is is_batched:
                steps.append(Fill(Ref(f"t {name}", np.arange(space.rows)), np.zeros(space.rows)))
        if not is_batched:
            steps.append(Map((direction,), (Write(Symbol("x0"), tangent_of(along)),)))
            before, during, behind = plan.phases
            steps += _tangents(before, plan, strong)
    steps += _tangents([*during, *behind], plan, strong)
    return replace(plan, spaces=spaces, steps=steps)


def _tangents(steps: Sequence[Step], plan: Plan, strong: bool) -> list[Step]:
    made: list[Step] = []
    for step in steps:
        made.append(step)
        made += _tangent(step, plan, strong)
    return made


def _tangent(step: Step, plan: Plan, strong: bool) -> list[Step]:
    """Return what follows a step: that of rows that stand still is zero from the start."""
    if isinstance(step, Map):
        return _of_map(step, plan, strong)
    if isinstance(step, MatMul):
        weights = replace(step, weights=tangent_of(step.weights), bias=step.bias and tangent_of(step.bias))
        weights = replace(weights, out=tangent_of(step.out))
        inputs = replace(step, inputs=tangent_of(step.inputs), out=tangent_of(step.out), bias=None, adds=True)
        return [weights, inputs]
    if isinstance(step, Outer):
        left = replace(step, left=tangent_of(step.left), out=tangent_of(step.out))
        return [left, replace(step, right=tangent_of(step.right), out=tangent_of(step.out), adds=True)]
    if isinstance(step, Reduce):
        if step.kind != "add":
            return []
        return [replace(step, operand=tangent_of(step.operand), out=tangent_of(step.out))]
    if isinstance(step, Lookup):
        return [replace(step, table=tangent_of(step.table), out=tangent_of(step.out))]
    if isinstance(step, Scatter):
        return [replace(step, operand=tangent_of(step.operand), table=tangent_of(step.table))]
    return []


def _of_map(step: Map, plan: Plan, strong: bool) -> list[Step]:
    xs = [Symbol(f"x{i}") for i in range(len(step.operands))]
    moving = [i for i, ref in enumerate(step.operands) if not plan.spaces[ref.space].is_integer]
    operands = [*step.operands, *(tangent_of(step.operands[i]) for i in moving)]
    writes = []
    for write in step.writes:
        partials = partials_of(write.expression, xs, strong=strong)
        total: Any = 0.0
        for place, i in enumerate(moving):
            term = product(Symbol(f"x{len(xs) + place}"), partials[i], strong)
            total = total + term if isinstance(total, Symbol) else term if isinstance(term, Symbol) else total
        if isinstance(total, Symbol):
            writes.append((total, tangent_of(write.target), write.adds))
    return [as_map(tuple(operands), writes)] if writes else []
