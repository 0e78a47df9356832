"""The NumPy executor: a plan as a list of NumPy's calls over buffers that are made once and used again."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from autograd.compiler.executors import Arrays, Executor
from autograd.compiler.grouping import SHARED
from autograd.compiler.numpy_calls import Call, CallWriter
from autograd.compiler.plan import Plan, Ref, Step

__all__ = ["NumpyExecutor", "NumpyProgram"]

Array = np.ndarray[Any, Any]

CHUNK_BYTES = 64_000_000  # of buffers for samples that are worked on at a time
KEPT_SIZES = 8  # numbers of samples for which buffers are kept


@final
class NumpyExecutor(Executor):
    """Runs any plan, by NumPy alone."""

    name = "numpy"

    def prepare(self, plan: Plan) -> NumpyProgram:
        """Make ``plan`` ready to run."""
        return NumpyProgram(plan)


@final
class NumpyProgram:
    """A plan made ready to run; see `Program`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        rows = sum(space.rows for space in plan.spaces.values() if space.batched)
        self.chunk = max(1, CHUNK_BYTES // (8 * max(rows, 1)))
        self._free: dict[int, list[_Buffers]] = {}  # those not at work, by their number of samples
        self._lock = threading.Lock()

    def __call__(self, inputs: Arrays, samples: int) -> tuple[dict[str, Array], bool]:
        """Run the plan once; see `Program`."""
        if samples > self.chunk:
            return self._in_chunks(inputs, samples)
        buffers = self._take(samples)
        try:
            return buffers.run(inputs)
        finally:
            self._give_back(buffers)

    def _in_chunks(self, inputs: Arrays, samples: int) -> tuple[dict[str, Array], bool]:
        spaces, outputs = self.plan.spaces, self.plan.outputs
        found = {name: np.empty((*ref.shape, samples)) for name, ref in outputs.items() if spaces[ref.space].batched}
        one_for_all: Arrays = {}
        are_finite = True
        for start in range(0, samples, self.chunk):
            stop = min(start + self.chunk, samples)
            buffers = self._take(stop - start)
            try:
                buffers.load({name: x[:, start:stop] if spaces[name].batched else x for name, x in inputs.items()})
                if start == 0:
                    buffers.do(buffers.before)
                    buffers.do(buffers.first)
                else:
                    buffers.go_on_from(one_for_all)
                    buffers.do(buffers.later)
                if stop == samples:
                    buffers.do(buffers.behind)
                one_for_all = buffers.one_for_all()
                are_finite = are_finite and buffers.are_finite()
                for name, ref in outputs.items():
                    if name in found:
                        found[name][..., start:stop] = buffers.read(ref)
                if stop == samples:
                    last = {name: buffers.read(ref) for name, ref in outputs.items() if not spaces[ref.space].batched}
            finally:
                self._give_back(buffers)
        return {**found, **last}, are_finite

    def repeat(
        self, inputs: Arrays, order: Array, starts: Array, each: Arrays, kept: Sequence[str]
    ) -> tuple[int, dict[str, Array]]:
        """Run the plan, and its updates, once for each minibatch; see `Program`."""
        plan = self.plan
        by_sample = {name: np.ascontiguousarray(x.T) for name, x in inputs.items() if plan.spaces[name].batched}
        one_for_all = {name: x for name, x in inputs.items() if not plan.spaces[name].batched}
        count = len(starts) - 1
        names = [name for name, ref in plan.outputs.items() if not plan.spaces[ref.space].batched]
        found = {name: np.empty((count, *plan.outputs[name].shape)) for name in names}
        for step in range(count):
            chosen = order[starts[step] : starts[step + 1]]
            buffers = self._take(len(chosen))
            try:
                buffers.load({**one_for_all, **{name: x[step] for name, x in each.items()}})
                for name, x in by_sample.items():
                    np.take(x, chosen, 0, buffers.spaces[name].T, "clip")
                buffers.do(buffers.whole)
                if not buffers.are_finite():
                    return step, {name: x[:step] for name, x in found.items()}
                for name in names:
                    found[name][step] = buffers.read(plan.outputs[name])
                buffers.do(buffers.updates)
                for name in kept:
                    one_for_all[name][...] = buffers.spaces[name][: len(one_for_all[name])]
            finally:
                self._give_back(buffers)
        return count, found

    def _take(self, samples: int) -> _Buffers:
        with self._lock:
            free = self._free.get(samples)
            if free:
                return free.pop()
        return _Buffers(self.plan, samples)

    def _give_back(self, buffers: _Buffers) -> None:
        with self._lock:
            self._free.setdefault(buffers.samples, []).append(buffers)
            while len(self._free) > KEPT_SIZES:
                del self._free[next(iter(self._free))]


class _Buffers:
    """Buffers for a number of samples, and the calls that work on them.

    Attributes
    ----------
    before, first, later, behind, updates : list of callables
        The calls of each phase; ``later`` are those of ``first`` for samples that come after others.
    """

    def __init__(self, plan: Plan, samples: int) -> None:
        self.plan = plan
        self.samples = samples
        self.spaces: dict[str, Array] = {}
        for name, space in plan.spaces.items():
            kind = np.int64 if space.is_integer else np.float64
            if not space.batched:
                self.spaces[name] = np.zeros(space.rows, kind)
            elif space.is_input:  # as callers hold it, sample after sample
                self.spaces[name] = np.zeros((samples, space.rows), kind).T
            else:
                self.spaces[name] = np.zeros((space.rows, samples), kind)
        self.writer = CallWriter(plan, self.spaces, samples)
        before, during, behind = plan.phases
        self.before = self.writer.calls(before)
        self.first = self.writer.calls(during)
        self.later = self.writer.calls(during, is_first=False) if self._sums(during) else self.first
        self.behind = self.writer.calls(behind)
        self.updates = self.writer.calls(plan.updates)
        self.whole = [*self.before, *self.first, *self.behind]
        looked_at = (*plan.outputs.values(), *plan.guards)
        self.regular = {ref: self.writer.view(ref) for ref in looked_at if ref.affine is not None}
        self.loaded: Arrays = {}  # what the buffers have as it was given

    def _sums(self, steps: Sequence[Step]) -> bool:
        return any(not self.plan.spaces[ref.space].batched for step in steps for ref in step.targets)

    def load(self, inputs: Arrays) -> None:
        """Copy what the caller gives."""
        for name, x in inputs.items():
            if x is not self.loaded.get(name):
                self.spaces[name][: len(x)] = x
        if not self.plan.updates:  # parameters that have not changed come as the same array
            self.loaded = {SHARED: inputs[SHARED]}

    def do(self, calls: Sequence[Call]) -> None:
        """Make the calls."""
        with np.errstate(all="ignore"):
            for call in calls:
                call()

    def run(self, inputs: Arrays) -> tuple[dict[str, Array], bool]:
        """Run the plan for all samples at once."""
        self.load(inputs)
        self.do(self.whole)
        return {name: self.read_output(ref) for name, ref in self.plan.outputs.items()}, self.are_finite()

    def are_finite(self) -> bool:
        """Tell whether the numbers of all guards are finite."""
        for ref in self.plan.guards:
            x = self.regular[ref] if ref in self.regular else self.writer.view(ref)
            # The quickest way to ask; if a square overflows, no harm is done. Unlike dot, vdot does not warn of it.
            if not math.isfinite(np.vdot(x, x)):
                return False
        return True

    def read_output(self, ref: Ref) -> Array:
        """Return a copy of an output."""
        view = self.regular.get(ref)
        return self.writer.view(ref) if view is None else view.copy()

    def read(self, ref: Ref) -> Array:
        """Return a copy of rows."""
        return np.take(self.spaces[ref.space], ref.index, 0)

    def one_for_all(self) -> Arrays:
        """Return a copy of what is one for all samples."""
        return {name: self.spaces[name].copy() for name, space in self.plan.spaces.items() if not space.batched}

    def go_on_from(self, one_for_all: Arrays) -> None:
        """Go on from what samples before these have left."""
        for name, x in one_for_all.items():
            self.spaces[name][...] = x
        self.loaded = {}
