"""Steps joined: what one of them has in registers, the next takes from there, and not from memory.

A map joins the map, or the product, whose results it takes, if no step in between is in its way. Results that nobody
else reads are then not written at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.compiler.expressions import as_map, substituted
from autograd.compiler.plan import Map, MatMul, Outer, Plan, Ref, Scatter, Space, Step, Write, is_batched
from autograd.symbols import Symbol

__all__ = ["Finished", "NativeStep", "fused"]

MOST_STEPS = 100  # larger plans are not inlined, and gain little
MOST_REFS = 16  # that a joined step reads and writes: registers are few


@dataclass(frozen=True, eq=False, slots=True)
class Finished:
    """A product with a map of its results.

    Attributes
    ----------
    product : MatMul
        With a number for every sample.
    then : Map
        Its operands of the index of ``product.out`` are the results.
    is_kept : bool
        Whether the results are written as well.
    """

    product: MatMul
    then: Map
    is_kept: bool = True

    @property
    def results(self) -> tuple[int, ...]:
        """Which operands of the map are results of the product."""
        return tuple(k for k, ref in enumerate(self.then.operands) if _is_same(ref, self.product.out))

    @property
    def reads(self) -> tuple[Ref, ...]:
        """What the step reads."""
        own = (ref for k, ref in enumerate(self.then.operands) if k not in self.results)
        return (*self.product.reads, *own)

    @property
    def targets(self) -> tuple[Ref, ...]:
        """What it writes."""
        return (*self.then.targets, *((self.product.out,) if self.is_kept else ()))


NativeStep = Step | Finished


def fused(plan: Plan, one_sample: bool) -> tuple[list[NativeStep], list[NativeStep], list[NativeStep]]:
    """Return the phases of a plan, those steps joined that can be.

    Where there is only ever one sample, products work along other axes, and no map joins them.
    """
    before, during, behind = plan.phases
    if len(plan.steps) > MOST_STEPS:
        return [*before], [*during], [*behind]
    made: list[NativeStep] = []
    for step in during:
        place = _place_of_partner(made, step, plan.spaces, one_sample)
        if isinstance(step, Map) and place is not None:
            made[place] = _joined(made[place], step)
        else:
            made.append(step)
    read = [
        *(ref for step in (*made, *behind, *plan.updates) for ref in (*step.reads, *_added_to(step))),
        *plan.outputs.values(),
        *plan.guards,
    ]
    used = (_without_unread(step, read) for step in made)
    return [*before], [step for step in used if step is not None], [*behind]


def _place_of_partner(
    made: Sequence[NativeStep], step: Step, spaces: Mapping[str, Space], one_sample: bool
) -> int | None:
    """Return the place of the step that a map can join; None if there is none."""
    if not isinstance(step, Map) or not is_batched(step, spaces):
        return None
    for place in reversed(range(len(made))):
        if _can_join(made[place], step, spaces, one_sample):
            return place
        if _is_in_the_way(made[place], step):
            return None
    return None


def _is_in_the_way(before: NativeStep, step: Map) -> bool:
    """Tell whether ``step`` cannot be done before the step that stands before it."""
    return _overlap(before.targets, (*step.reads, *step.targets)) or _overlap(before.reads, step.targets)


def _can_join(first: NativeStep, then: Map, spaces: Mapping[str, Space], one_sample: bool) -> bool:
    """Tell whether a map takes results of a step, element by element, and harms nothing that this still reads."""
    if not isinstance(first, Map if one_sample else Map | MatMul | Finished) or _rows(first) != _rows(then):
        return False
    refs = {id(ref) for ref in (*first.reads, *first.targets, *then.reads, *then.targets)}
    if len(refs) > MOST_REFS or _overlap(first.targets, first.reads):
        return False
    if _overlap(then.targets, (*first.reads, *first.targets, *then.operands)):
        return False
    results = _results(first, spaces)
    taken = [ref for ref in then.operands if _overlap((ref,), first.targets)]
    return bool(taken) and all(any(_is_same(ref, result) for result in results) for ref in taken)


def _results(step: Map | MatMul | Finished, spaces: Mapping[str, Space]) -> list[Ref]:
    """Return what a step has in registers, to be taken from there: neither sums over samples nor what it adds to."""
    writes = step.writes if isinstance(step, Map) else step.then.writes if isinstance(step, Finished) else ()
    targets = [write.target for write in writes]
    found = [
        write.target
        for write in writes
        if not write.adds and write.target.is_unique and sum(map(write.target.overlaps, targets)) == 1
    ]
    if not isinstance(step, Map):
        found.append(step.out if isinstance(step, MatMul) else step.product.out)
    return [ref for ref in found if spaces[ref.space].batched and ref.size == _rows(step)]


def _rows(step: Map | MatMul | Finished) -> int:
    if isinstance(step, Map):
        return max(ref.size for ref in (*step.operands, *step.targets))
    return step.out.size if isinstance(step, MatMul) else step.product.out.size


def _joined(first: NativeStep, then: Map) -> NativeStep:
    if isinstance(first, MatMul):
        return Finished(first, then)
    if isinstance(first, Finished):
        return replace(first, then=_of_both(first.then, then))
    assert isinstance(first, Map)
    return _of_both(first, then)


def _of_both(first: Map, then: Map) -> Map:
    """Return the map that does what ``first`` does and then what ``then`` does."""
    operands = list(first.operands)
    terms: dict[str, Any] = {}
    for k, ref in enumerate(then.operands):
        made = [write.expression for write in first.writes if _is_same(ref, write.target)]
        if not made:
            place = next((j for j, other in enumerate(operands) if _is_same(ref, other)), len(operands))
            operands[place:] = operands[place:] or [ref]
        terms[f"x{k}"] = made[0] if made else Symbol(f"x{place}")
    after = [(substituted(write.expression, terms), write.target, write.adds) for write in then.writes]
    return as_map(operands, [*map(_parts, first.writes), *after])


def _without_unread(step: NativeStep, read: Sequence[Ref]) -> NativeStep | None:
    """Return the step without results that no step, and no caller, reads; None if there are no others."""
    if isinstance(step, Finished):
        is_kept = _overlap((step.product.out,), read)
        then = _without_unread(step.then, read)
        if isinstance(then, Map):
            return Finished(step.product, then, is_kept)
        return step.product if is_kept else None
    if not isinstance(step, Map):
        return step
    writes = [_parts(write) for write in step.writes if _overlap((write.target,), read)]
    if len(writes) == len(step.writes):
        return step
    return as_map(step.operands, writes) if writes else None


def _added_to(step: NativeStep) -> list[Ref]:
    """Return those targets of a step of which it needs what stood there before."""
    if isinstance(step, Map):
        return [write.target for write in step.writes if write.adds]
    if isinstance(step, Finished):
        return [*_added_to(step.product), *_added_to(step.then)]
    if isinstance(step, Scatter):
        return [step.table]
    return [step.out] if isinstance(step, MatMul | Outer) and step.adds else []


def _parts(write: Write) -> tuple[Any, Ref, bool]:
    return write.expression, write.target, write.adds


def _overlap(refs: Sequence[Ref], others: Sequence[Ref]) -> bool:
    return any(ref.overlaps(other) for ref in refs for other in others)


def _is_same(a: Ref, b: Ref) -> bool:
    return a.space == b.space and np.array_equal(a.index.ravel(), b.index.ravel())
