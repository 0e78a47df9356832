"""Steps of a plan as NumPy's calls, each with the buffers that it reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Step, Write
from autograd.primitives import mul, strong_mul, where
from autograd.rows import comparisons
from autograd.symbols import Symbol

__all__ = ["Call", "CallWriter", "negative"]

Array = np.ndarray[Any, Any]
Call = Callable[[], Any]
Fold = {"add": np.add, "maximum": np.maximum, "minimum": np.minimum}

ONE = (1.0).hex()


class CallWriter:
    """Writes down the calls for buffers of a number of samples.

    Attributes
    ----------
    plan : Plan
        Whose steps they are.
    spaces : dict of ndarray
        The buffers, of shape (rows, samples) if batched, else (rows,).
    samples : int
        How many samples there are.
    """

    def __init__(self, plan: Plan, spaces: dict[str, Array], samples: int) -> None:
        self.plan = plan
        self.spaces = spaces
        self.samples = samples
        self.ones = np.ones(samples)

    def view(self, ref: Ref) -> Array:
        """Return rows: the buffer itself where the index is regular, else a copy."""
        base = self.spaces[ref.space]
        if ref.affine is None:
            return np.take(base, ref.index, 0)
        start, steps = ref.affine
        strides = (*(step * base.strides[0] for step in steps), *base.strides[1:])
        return as_strided(base[start:], (*ref.shape, *base.shape[1:]), strides)

    def calls(self, steps: Sequence[Step], is_first: bool = True) -> list[Call]:
        """Return the calls that do the steps; sums over samples set what they sum to if ``is_first``, else add."""
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
                calls.append(partial(_scatter, *self._scattered(step, calls), self.spaces[step.table.space]))
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
        calls.append(partial(np.take, base, ref.index, 0, taken, "clip"))
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
            if self._is_plain(write, is_batched) and not any(write.target.overlaps(ref) for ref in step.operands):
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
        adds = write.adds or (is_sum and not is_first)
        if is_sum:
            is_regular = target.affine is not None and target.is_unique and not adds
            total = self.view(target) if is_regular else np.empty(target.size)
            if value.flags.c_contiguous and total.flags.c_contiguous:
                calls.append(partial(np.dot, value, self.ones, total))  # half the time of a sum, if there are few
            else:
                calls.append(partial(np.add.reduce, value, 1, None, total))
            if is_regular:
                return
            value = total
        self._commit(value, target, adds, calls)

    def _commit(self, x: Array, target: Ref, adds: bool, calls: list[Call]) -> None:
        """Set or add rows that have been computed."""
        base = self.spaces[target.space]
        if target.is_unique:
            if target.affine is not None:
                view = self.view(target)
                calls.append(partial(np.add, view, x, out=view) if adds else partial(np.copyto, view, x))
            else:
                calls.append(partial(_add_rows if adds else _set_rows, base, target.index, x))
            return
        order = np.argsort(target.index, axis=None, kind="stable")
        rows, starts = np.unique(target.index.ravel()[order], return_index=True)
        calls.append(partial(_add_repeated, base, rows, order, starts, x))

    def _evaluate(
        self, expression: Any, operands: dict[str, Array], terms: dict[Any, Any], calls: list[Call], out: Array | None
    ) -> Any:
        """Add the calls that work out an expression, and return where its value will be.

        Equal terms are worked out once; ``terms`` has those known.
        """
        keys: dict[int, Any] = {}
        expanded: dict[int, tuple[Any]] = {}
        waiting = [expression]
        while waiting:
            node = waiting[-1]
            if id(node) in keys:
                waiting.pop()
                continue
            if not isinstance(node, Symbol):
                keys[id(node)] = float(node).hex()
                terms[keys[id(node)]] = float(node)
                continue
            if node.row is None:
                keys[id(node)] = node.text
                terms[node.text] = operands[node.text]
                continue
            is_one_of_many = node.row.composed and node.row.name not in _SHORT
            if is_one_of_many and id(node) not in expanded:
                expanded[id(node)] = (node.row.array_function(*node.operands, **node.row.settings),)
            inner = expanded[id(node)] if is_one_of_many else node.operands
            if missing := [x for x in inner if id(x) not in keys]:
                waiting.extend(missing)
                continue
            if is_one_of_many:
                keys[id(node)] = keys[id(inner[0])]
                continue
            if node.row is mul and ONE in (keys[id(node.operands[0])], keys[id(node.operands[1])]):
                a, b = (keys[id(x)] for x in node.operands)
                keys[id(node)] = b if a == ONE else a
                continue
            key = (node.row.name, tuple(node.row.settings.items()), *(keys[id(x)] for x in inner))
            keys[id(node)] = key
            if key not in terms:
                into = out if node is expression else None
                terms[key] = self._call(node, [terms[keys[id(x)]] for x in inner], calls, into)
        value = terms[keys[id(expression)]]
        if out is not None and value is not out:
            calls.append(partial(np.copyto, out, value))
        return value

    def _call(self, node: Symbol, operands: Sequence[Any], calls: list[Call], out: Array | None) -> Array:
        """Add the call that applies a row, and return where its value will be."""
        row = node.row
        assert row is not None
        if row not in (mul, where):
            operands = [self._as_number(x, calls) for x in operands]
        is_truth = comparisons.get(row.name) is row or _is_truth(node)
        if out is None or is_truth:
            out = np.empty(np.broadcast_shapes(*map(np.shape, operands)), bool if is_truth else np.float64)
        function = _SHORT.get(row.name) or (row.array_function if isinstance(row.array_function, np.ufunc) else None)
        if row is where:
            condition, a, b = operands
            if not np.ndim(condition) or condition.dtype != bool:
                truth = np.empty(np.shape(condition), bool)
                calls.append(partial(np.not_equal, condition, 0.0, out=truth))
                condition = truth
            if not is_truth:
                calls.append(partial(_where, out, condition, a, b))
            elif a == 1:
                return condition  # type: ignore[no-any-return]
            else:
                calls.append(partial(np.logical_not, condition, out=out))
        elif function is not None:
            arrays = [np.asarray(x) for x in operands]  # which a call need not make of numbers each time
            calls.append(partial(function, *arrays, out=out))
        else:
            calls.append(partial(_assign, out, row.array_function, operands, row.settings))
        return out

    def _as_number(self, x: Any, calls: list[Call]) -> Any:
        """Return where a truth will be as a number: to NumPy the sum of two truths is another truth."""
        if not isinstance(x, np.ndarray) or x.dtype.kind != "b":
            return x
        number = np.empty(x.shape)
        calls.append(partial(np.copyto, number, x))
        return number

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
                calls.append(_product(weights, inputs[0], out[0]))
            else:
                calls.append(partial(np.matmul, weights, inputs, out=out))
        else:
            out = self.view(step.out) if direct else np.empty((places, outputs))
            calls.append(_product(inputs, weights.T, out))
        if step.bias is not None:
            bias = self._operand(step.bias, calls)
            if is_batched and not self._is_batched(step.bias):
                bias = bias[..., None]
            calls.append(partial(np.add, out, bias, out=out))
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
            calls.append(_product(left[0], right[0].T, out))
        else:
            parts = np.empty((left.shape[0], *step.out.shape))
            calls.append(partial(np.matmul, left, right.swapaxes(1, 2), out=parts))
            calls.append(partial(np.add.reduce, parts, 0, None, out))
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
                calls.append(partial(fold.reduce, runs, 1, None, out))
            else:
                calls.append(partial(fold.reduceat, operand, step.starts, 0, None, out))
        else:
            calls.append(partial(fold.reduceat, operand, step.starts, 0, None, out))
        if not direct:
            self._commit(out, step.out, False, calls)

    def _lookup(self, step: Lookup, calls: list[Call]) -> None:
        out = np.empty((step.out.size, *self.spaces[step.out.space].shape[1:]))
        labels = self._operand(step.labels, calls)
        calls.append(partial(_lookup, self.spaces[step.table.space], step.table.index, labels, out))
        self._commit(out, step.out, False, calls)

    def _scattered(self, step: Scatter, calls: list[Call]) -> tuple[Array, Array, Array]:
        return self._operand(step.operand, calls), self._operand(step.labels, calls), step.table.index

    def _fill(self, step: Fill, calls: list[Call]) -> None:
        target = step.target
        numbers = step.numbers[:, None] if self._is_batched(target) else step.numbers
        if target.affine is not None:
            calls.append(partial(np.copyto, self.view(target), numbers))
        else:
            calls.append(partial(_set_rows, self.spaces[target.space], target.index, numbers))


def _product(a: Array, b: Array, out: Array) -> Call:
    """Return the call that multiplies two matrices: by dot, which begins sooner than matmul, if it takes ``out``."""
    return partial(np.dot if out.flags.c_contiguous else np.matmul, a, b, out)


def _is_truth(node: Symbol) -> bool:
    """Tell a choice between 1 and 0: NumPy multiplies by the truth itself."""
    choices = node.operands[1:]
    return node.row is where and all(type(x) is float for x in choices) and sorted(choices) == [0.0, 1.0]


def _relu(x: Any, out: Array) -> None:
    np.maximum(x, 0.0, out=out)


def _strong_mul(a: Any, b: Any, out: Array) -> None:
    np.multiply(a, b, out=out)
    if np.isnan(out).any():
        out[...] = strong_mul.array_function(a, b)


def negative(x: Any, out: Array) -> None:
    """Write -x: not by np.negative, which into strided memory reads some strided operands wrongly (NumPy 2.4)."""
    np.multiply(x, -1.0, out=out)


_SHORT: dict[str, Callable[..., Any]] = {"neg": negative, "relu": _relu, "strong_mul": _strong_mul}
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
