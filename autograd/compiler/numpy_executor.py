"""The NumPy executor: a plan as a list of NumPy's calls over buffers that are made once and used again."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.compiler.executors import Arrays, Executor
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Step, Write
from autograd.rows import Primitive, comparisons
from autograd.symbols import Symbol

__all__ = ["NumpyExecutor"]

Array = np.ndarray[Any, Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Fold = {"add": np.add, "maximum": np.maximum, "minimum": np.minimum}

CHUNK_BYTES = 64_000_000  # of buffers for samples that are worked on at a time
KEPT_BINDINGS = 8  # numbers of samples for which buffers are kept


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
        self._bindings: dict[int, list[_Binding]] = {}  # those not at work, by their number of samples
        self._lock = threading.Lock()

    def __call__(self, inputs: Arrays, samples: int) -> dict[str, Array]:
        """Run the plan once; see `Program`."""
        if samples <= self.chunk:
            binding = self._take(samples)
            try:
                return binding.run(inputs)
            finally:
                self._give_back(binding)
        return self._in_chunks(inputs, samples)

    def _in_chunks(self, inputs: Arrays, samples: int) -> dict[str, Array]:
        spaces = self.plan.spaces
        found: dict[str, Array] = {}
        shared: dict[str, Array] = {}
        for start in range(0, samples, self.chunk):
            stop = min(start + self.chunk, samples)
            part = {name: x[:, start:stop] if spaces[name].batched else x for name, x in inputs.items()}
            binding = self._take(stop - start)
            try:
                binding.load(part)
                if start == 0:
                    binding.do(binding.before)
                    binding.do(binding.first)
                else:
                    binding.set_shared(shared)
                    binding.do(binding.later)
                if stop == samples:
                    binding.do(binding.behind)
                shared = binding.shared()
                for name, ref in self.plan.outputs.items():
                    if spaces[ref.space].batched:
                        x = binding.read(ref)
                        found.setdefault(name, np.empty((*ref.shape, samples)))[..., start:stop] = x
                    elif stop == samples:
                        found[name] = binding.read(ref)
            finally:
                self._give_back(binding)
        return found

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
            binding = self._take(len(chosen))
            try:
                binding.load(one_for_all | {name: x[step] for name, x in each.items()})
                for name, x in by_sample.items():
                    np.take(x, chosen, 0, binding.spaces[name].T, "clip")
                for calls in (binding.before, binding.first, binding.behind):
                    binding.do(calls)
                if plan.guard is not None and not np.isfinite(binding.view(plan.guard)).all():
                    return step, {name: x[:step] for name, x in found.items()}
                binding.do(binding.updates)
                for name in kept:
                    one_for_all[name][...] = binding.spaces[name][: len(one_for_all[name])]
                for name in names:
                    found[name][step] = binding.view(plan.outputs[name])
            finally:
                self._give_back(binding)
        return count, found

    def _take(self, samples: int) -> _Binding:
        with self._lock:
            free = self._bindings.get(samples)
            if free:
                return free.pop()
        return _Binding(self.plan, samples)

    def _give_back(self, binding: _Binding) -> None:
        with self._lock:
            self._bindings.setdefault(binding.samples, []).append(binding)
            while len(self._bindings) > KEPT_BINDINGS:
                del self._bindings[next(iter(self._bindings))]


class _Binding:
    """Buffers for a number of samples, and the calls that work on them."""

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
        self._spare: dict[tuple[tuple[int, ...], Any], list[Array]] = {}
        before, during, behind = plan.phases
        self.before = self._calls(before)
        self.first = self._calls(during)
        self.later = self._calls(during, is_first=False) if self._sums_over_samples(during) else self.first
        self.behind = self._calls(behind)
        self.updates = self._calls(plan.updates)

    def load(self, inputs: Arrays) -> None:
        """Copy what the caller gives."""
        for name, x in inputs.items():
            self.spaces[name][: len(x)] = x

    def do(self, calls: Sequence[Call]) -> None:
        """Make the calls."""
        with np.errstate(all="ignore"):
            for function, arguments in calls:
                function(*arguments)

    def run(self, inputs: Arrays) -> dict[str, Array]:
        """Run the plan for all samples at once."""
        self.load(inputs)
        with np.errstate(all="ignore"):
            for function, arguments in self._all_calls:
                function(*arguments)
        return {name: self.read(ref) for name, ref in self.plan.outputs.items()}

    @property
    def _all_calls(self) -> itertools.chain[Call]:
        return itertools.chain(self.before, self.first, self.behind)

    def shared(self) -> dict[str, Array]:
        """Return what is one for all samples."""
        return {name: self.spaces[name].copy() for name, space in self.plan.spaces.items() if not space.batched}

    def set_shared(self, shared: Arrays) -> None:
        """Go on from what another chunk of samples has left."""
        for name, x in shared.items():
            self.spaces[name][...] = x

    def read(self, ref: Ref) -> Array:
        """Return a copy of rows."""
        return np.take(self.spaces[ref.space], ref.index, 0)

    def view(self, ref: Ref) -> Array:
        """Return rows: the buffer itself where the index is regular, else a copy."""
        base = self.spaces[ref.space]
        if ref.affine is None:
            return np.take(base, ref.index, 0)
        start, steps = ref.affine
        strides = (*(step * base.strides[0] for step in steps), *base.strides[1:])
        return as_strided(base[start:], (*ref.shape, *base.shape[1:]), strides)

    def _sums_over_samples(self, steps: Sequence[Step]) -> bool:
        return any(not self.plan.spaces[ref.space].batched for step in steps for ref in step.targets)

    # From steps to calls ----------------------------------------------------------------------------------------

    def _calls(self, steps: Sequence[Step], is_first: bool = True) -> list[Call]:
        calls: list[Call] = []
        for step in steps:
            if isinstance(step, Map):
                self._map(step, calls, is_first)
            elif isinstance(step, MatMul):
                self._matmul(step, calls)
            elif isinstance(step, Outer):
                self._outer(step, calls, is_first)
            elif isinstance(step, Reduce):
                self._reduce(step, calls)
            elif isinstance(step, Lookup):
                self._lookup(step, calls)
            elif isinstance(step, Scatter):
                calls.append((_scatter, (*self._scattered(step, calls), self.spaces[step.table.space])))
            else:
                self._fill(step, calls)
        return calls

    def _is_batched(self, ref: Ref) -> bool:
        return self.plan.spaces[ref.space].batched

    def _operand(self, ref: Ref, calls: list[Call]) -> Array:
        """Return where an operand will be when the calls so far have been made."""
        if ref.affine is not None:
            return self.view(ref)
        base = self.spaces[ref.space]
        taken = np.empty((*ref.shape, *base.shape[1:]), base.dtype)
        calls.append((np.take, (base, ref.index, 0, taken, "clip")))
        return taken

    def _map(self, step: Map, calls: list[Call], is_first: bool) -> None:
        is_batched = any(map(self._is_batched, (*step.operands, *step.targets)))
        operands = {}
        for i, ref in enumerate(step.operands):
            x = self._operand(ref, calls)
            operands[f"x{i}"] = x[:, None] if is_batched and not self._is_batched(ref) else x
        terms: dict[Any, Any] = {}
        values = []
        for write in step.writes:
            out = None
            if self._is_plain(write, is_batched) and not any(_overlap(write.target, ref) for ref in step.operands):
                out = self.view(write.target)
            values.append((out, self._evaluate(write.expression, operands, terms, calls, out)))
        for write, (out, value) in zip(step.writes, values, strict=True):
            if out is None:
                self._write(write, value, calls, is_batched, is_first)

    def _is_plain(self, write: Write, is_batched: bool) -> bool:
        """Tell whether an expression can be worked out where it belongs."""
        target = write.target
        is_regular = target.affine is not None and target.is_unique
        return is_regular and not write.adds and self._is_batched(target) == is_batched

    def _write(self, write: Write, value: Any, calls: list[Call], is_batched: bool, is_first: bool) -> None:
        target = write.target
        is_sum = is_batched and not self._is_batched(target)
        value = np.broadcast_to(value, (target.size, self.samples) if is_batched else (target.size,))
        if is_sum:
            total = np.empty(target.size)
            calls.append((np.add.reduce, (value, 1, None, total)))
            value = total
        self._commit(value, target, write.adds or (is_sum and not is_first), calls)

    def _commit(self, x: Array, target: Ref, adds: bool, calls: list[Call]) -> None:
        """Set or add rows that have been computed."""
        base = self.spaces[target.space]
        if target.is_unique:
            if target.affine is not None:
                view = self.view(target)
                calls.append((np.add, (view, x, view)) if adds else (np.copyto, (view, x)))
            else:
                calls.append((_add_rows if adds else _set_rows, (base, target.index, x)))
            return
        order = np.argsort(target.index, axis=None, kind="stable")
        rows, starts = np.unique(target.index.ravel()[order], return_index=True)
        calls.append((_add_repeated, (base, rows, order, starts, x)))

    def _evaluate(
        self, expression: Any, operands: dict[str, Array], terms: dict[Any, Any], calls: list[Call], out: Array | None
    ) -> Any:
        """Add the calls that work out an expression, and return where its value will be.

        Equal terms are worked out once; ``terms`` has those known.
        """
        keys: dict[int, Any] = {}
        waiting = [expression]
        while waiting:
            node = waiting[-1]
            if id(node) in keys:
                waiting.pop()
                continue
            if not isinstance(node, Symbol):
                keys[id(node)] = key = float(node).hex()
                terms[key] = float(node)
                continue
            if node.row is None:
                keys[id(node)] = key = node.text
                terms[key] = operands[node.text]
                continue
            inner = _expanded(node)
            if missing := [x for x in inner if id(x) not in keys]:
                waiting.extend(missing)
                continue
            if node.row.composed and node.row.name not in _SHORT:
                keys[id(node)] = keys[id(inner[0])]
                continue
            key = (node.row.name, tuple(node.row.settings.items()), *(keys[id(x)] for x in inner))
            keys[id(node)] = key
            if key not in terms:
                into = out if node is expression else None
                terms[key] = self._call(node.row, [terms[keys[id(x)]] for x in inner], calls, into)
        value = terms[keys[id(expression)]]
        if out is not None and value is not out:
            calls.append((np.copyto, (out, value)))
        return value

    def _call(self, row: Primitive, operands: Sequence[Any], calls: list[Call], out: Array | None) -> Array:
        is_truth = comparisons.get(row.name) is row
        if out is None or is_truth:
            out = np.empty(np.broadcast_shapes(*map(np.shape, operands)), bool if is_truth else np.float64)
        function = _SHORT.get(row.name) or (row.array_function if isinstance(row.array_function, np.ufunc) else None)
        if row.name == "where":
            condition, a, b = operands
            if not np.ndim(condition) or condition.dtype != bool:
                truth = np.empty(np.shape(condition), bool)
                calls.append((np.not_equal, (condition, 0.0, truth)))
                condition = truth
            calls.append((_where, (out, condition, a, b)))
        elif function is not None:
            calls.append((function, (*operands, out)))
        else:
            calls.append((_assign, (out, row.array_function, operands, row.settings)))
        return out

    def _matmul(self, step: MatMul, calls: list[Call]) -> None:
        """``out[t, j, n] = sum of weights[j, i] * inputs[t, i, n]``; NumPy multiplies stacks of matrices."""
        weights = self._operand(step.weights, calls)
        inputs = self._operand(step.inputs, calls)
        is_batched = self._is_batched(step.inputs)
        places, outputs = step.out.shape
        if self._is_batched(step.weights):
            raise AssertionError("weights are one for all samples")
        direct = step.out.affine is not None and not step.adds
        if is_batched:
            out = self.view(step.out) if direct else np.empty((places, outputs, self.samples))
            if places == 1:
                calls.append((np.matmul, (weights, inputs[0], out[0])))
            else:
                calls.append((np.matmul, (weights, inputs, out)))
        else:
            out = self.view(step.out) if direct else np.empty((places, outputs))
            calls.append((np.matmul, (inputs, weights.T, out)))
        if step.bias is not None:
            bias = self._operand(step.bias, calls)
            calls.append(
                (np.add, (out, bias if self._is_batched(step.bias) or not is_batched else bias[..., None], out))
            )
        if not direct:
            flat = out.reshape(places * outputs, *out.shape[2:])
            self._commit(flat, step.out.flat, step.adds, calls)

    def _outer(self, step: Outer, calls: list[Call], is_first: bool) -> None:
        """``out[j, i] = sum of left[t, j, n] * right[t, i, n]``: a product of matrices for each place, summed."""
        left, right = self._operand(step.left, calls), self._operand(step.right, calls)
        if not self._is_batched(step.left):
            left = np.broadcast_to(left[..., None], (*left.shape, self.samples))
        if not self._is_batched(step.right):
            right = np.broadcast_to(right[..., None], (*right.shape, self.samples))
        adds = step.adds or not is_first
        direct = step.out.affine is not None and not adds
        out = self.view(step.out) if direct else np.empty(step.out.shape)
        if left.shape[0] == 1:
            calls.append((np.matmul, (left[0], right[0].T, out)))
        else:
            parts = np.empty((left.shape[0], *step.out.shape))
            calls.append((np.matmul, (left, right.swapaxes(1, 2), parts)))
            calls.append((np.add.reduce, (parts, 0, None, out)))
        if not direct:
            self._commit(out.reshape(-1), step.out.flat, adds, calls)

    def _reduce(self, step: Reduce, calls: list[Call]) -> None:
        operand = self._operand(step.operand, calls)
        counts = step.counts
        fold = Fold[step.kind]
        direct = step.out.affine is not None
        out = self.view(step.out) if direct else np.empty((step.out.size, *operand.shape[1:]))
        if (counts == counts[0]).all():
            runs = operand.reshape(len(counts), counts[0], *operand.shape[1:])
            if np.shares_memory(runs, operand):
                calls.append((fold.reduce, (runs, 1, None, out)))
            else:
                calls.append((fold.reduceat, (operand, step.starts, 0, None, out)))
        else:
            calls.append((fold.reduceat, (operand, step.starts, 0, None, out)))
        if not direct:
            self._commit(out, step.out, False, calls)

    def _lookup(self, step: Lookup, calls: list[Call]) -> None:
        out = np.empty((step.out.size, *self.spaces[step.out.space].shape[1:]))
        labels = self._operand(step.labels, calls)
        calls.append((_lookup, (self.spaces[step.table.space], step.table.index, labels, out)))
        self._commit(out, step.out, False, calls)

    def _scattered(self, step: Scatter, calls: list[Call]) -> tuple[Array, Array, Array]:
        return self._operand(step.operand, calls), self._operand(step.labels, calls), step.table.index

    def _fill(self, step: Fill, calls: list[Call]) -> None:
        target = step.target
        numbers = step.numbers[:, None] if self._is_batched(target) else step.numbers
        if target.affine is not None:
            calls.append((np.copyto, (self.view(target), numbers)))
        else:
            calls.append((_set_rows, (self.spaces[target.space], target.index, numbers)))


def _overlap(a: Ref, b: Ref) -> bool:
    return a.space == b.space and bool(np.isin(a.index, b.index).any())


def _expanded(node: Symbol) -> Sequence[Any]:
    """Return what a node is worked out from: its operands, or the one expression that it is made of."""
    row = node.row
    assert row is not None
    if not row.composed or row.name in _SHORT:
        return node.operands
    made = _EXPANSIONS.get(id(node))
    if made is None or made[0] is not node:
        made = _EXPANSIONS[id(node)] = (node, row.array_function(*node.operands, **row.settings))
        if len(_EXPANSIONS) > 1000:
            _EXPANSIONS.clear()
            _EXPANSIONS[id(node)] = made
    return (made[1],)


_EXPANSIONS: dict[int, tuple[Symbol, Any]] = {}


def _relu(x: Any, out: Array) -> None:
    np.maximum(x, 0.0, out)


_SHORT: dict[str, Callable[..., Any]] = {"relu": _relu}
"""Rows that NumPy has in one call with the same result."""


def _where(out: Array, condition: Array, a: Any, b: Any) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=condition)


def _assign(out: Array, function: Callable[..., Any], operands: Sequence[Any], settings: dict[str, float]) -> None:
    out[...] = function(*operands, **settings)


def _set_rows(base: Array, rows: Array, x: Array) -> None:
    base[rows] = x


def _add_rows(base: Array, rows: Array, x: Array) -> None:
    base[rows] += x


def _add_repeated(base: Array, rows: Array, order: Array, starts: Array, x: Array) -> None:
    """Add rows of which some go to the same place."""
    base[rows] += np.add.reduceat(x[order], starts, 0)


def _lookup(base: Array, table: Array, labels: Array, out: Array) -> None:
    elements = np.arange(table.shape[1])
    if labels.ndim == 1:  # one label for all samples
        out[...] = base[table[labels, elements]]
    else:
        rows = table[labels, elements[:, None]]
        out[...] = base[rows] if base.ndim == 1 else base[rows, np.arange(base.shape[1])]


def _scatter(x: Array, labels: Array, table: Array, base: Array) -> None:
    elements = np.arange(table.shape[1])
    if labels.ndim == 1:
        rows = table[labels, elements]
        np.add.at(base, rows, x)
    elif base.ndim == 1:
        rows = table[labels, elements[:, None]]
        base += np.bincount(rows.ravel(), np.broadcast_to(x.T, labels.T.shape).T.ravel(), len(base))
    else:
        rows = table[labels, elements[:, None]]
        np.add.at(base, (rows, np.arange(base.shape[1])), x)
