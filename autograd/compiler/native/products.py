"""The code of products: blocks of results are kept in registers while their sums grow.

Several sums grow side by side, so that none waits for its own last addition, and what is read serves many of them.
"""

from __future__ import annotations

from autograd.compiler.native.layout import Kind, Pattern
from autograd.compiler.native.maps import MapCode
from autograd.compiler.native.rows_in_memory import Rows, StepWriter

__all__ = ["write_matmul", "write_outer"]

BLOCK = 4  # results on one side of a block
VECTORS = 3  # on the other, of samples: 12 sums, 3 vectors and a weight fill the 16 registers of AVX2

OUTER_HEIGHTS = {8: 2, 4: 3, 2: 4}  # of blocks of an outer product, as broad as a vector, by that breadth


def write_matmul(
    w: StepWriter, patterns: tuple[Pattern, ...], has_bias: bool, adds: bool, is_kept: bool, then: Kind | None
) -> None:
    """Write ``out[t, j] = sum of weights[j, i] * inputs[t, i] + bias[t, j]``, and a map of the results.

    Parameters
    ----------
    is_kept : bool
        Whether the results are written themselves.
    then : tuple, optional
        What the `MapCode` is made of.
    """
    weights, inputs, *bias, out = (Rows(w, pattern) for pattern in patterns)
    assert len(bias) == has_bias
    added = [*bias, out] if adds else bias
    places, columns, outputs = w.number(), w.number(), w.number()
    if out.batched:
        code = None if then is None else MapCode(w, *then)
        _matmul_samples(w, weights, inputs, out, added, (places, columns, outputs), is_kept, code)
    else:
        assert then is None
        _contract(w, (inputs, 1), (weights, 1), out, added, (places, outputs, columns))


def write_outer(w: StepWriter, patterns: tuple[Pattern, ...], adds: bool) -> None:
    """Write ``out[j, i] = sum over places t and samples of left[t, j] * right[t, i]``."""
    left, right, out = (Rows(w, pattern) for pattern in patterns)
    places, rows, columns = w.number(), w.number(), w.number()
    if left.batched or right.batched:
        _outer_samples(w, left, right, out, adds, (places, rows, columns))
    else:
        _contract(w, (left, 0), (right, 0), out, [out] if adds else [], (rows, columns, places))


def _matmul_samples(
    w: StepWriter,
    weights: Rows,
    inputs: Rows,
    out: Rows,
    added: list[Rows],
    sizes: tuple[str, str, str],
    is_kept: bool,
    then: MapCode | None,
) -> None:
    f, v = w.function, w.vector()
    places, columns, outputs = sizes
    with f.loop("0", places) as t:
        for j, height in f.blocks("0", outputs, (BLOCK, 1)):
            rows = [f.add(j, str(k)) for k in range(height)]
            starts = [[summand.place(t, row) for row in rows] for summand in added]
            targets = [out.place(t, row) for row in rows]
            elements = [] if then is None else [then.at(f.add(f.mul(t, outputs), row)) for row in rows]
            for lane, vectors in w.samples((VECTORS, 1)):
                lanes = [f.add(lane, str(k * w.width)) for k in range(vectors)]
                sums = []
                for k in range(height):
                    for at in lanes:
                        x = v.number(0.0)
                        for summand, places_of_rows in zip(added, starts, strict=True):
                            x = v.add(x, summand.load(v, places_of_rows[k], at))
                        sums.append(f.variable(v.type, x))
                with f.loop("0", columns) as i:
                    place = inputs.place(t, i)
                    xs = [inputs.load(v, place, at) for at in lanes]
                    for k, row in enumerate(rows):
                        weight = weights.load(v, weights.place(row, i))
                        for c, x in enumerate(xs):
                            total = sums[k * vectors + c]
                            v.store(v.fma(weight, x, v.load(total)), total)
                for k, target in enumerate(targets):
                    for c, at in enumerate(lanes):
                        x = v.load(sums[k * vectors + c])
                        if is_kept:
                            out.store(v, x, target, at)
                        for element in elements[k : k + 1]:
                            element.work(at, x)
            for element in elements:
                element.end()


def _outer_samples(w: StepWriter, left: Rows, right: Rows, out: Rows, adds: bool, sizes: tuple[str, str, str]) -> None:
    f, v = w.function, w.vector()
    places, rows, columns = sizes
    for j, height in f.blocks("0", rows, (OUTER_HEIGHTS[w.width], 1)):
        for i, breadth in f.blocks("0", columns, (w.width, 1)):
            js, iis = ([f.add(first, str(k)) for k in range(n)] for first, n in ((j, height), (i, breadth)))
            sums = [[f.variable(v.type, v.number(0.0)) for _ in iis] for _ in js]
            with f.loop("0", places) as t:
                lefts, rights = [left.place(t, k) for k in js], [right.place(t, k) for k in iis]
                for lane, _ in w.samples():
                    xs = [right.load(v, place, lane) for place in rights]
                    for place, row in zip(lefts, sums, strict=True):
                        y = left.load(v, place, lane)
                        for x, total in zip(xs, row, strict=True):
                            v.store(v.fma(y, x, v.load(total)), total)
            for k, row in zip(js, sums, strict=True):
                found = [v.load(total) for total in row]
                if breadth == w.width and out.is_run(1):
                    w.put_sum(v, v.folded(found)[0], out.address(out.place(k, i)), adds)
                else:
                    for c, total in zip(iis, v.totals(found), strict=True):
                        w.put_sum(w.vector(1), total, out.address(out.place(k, c)), adds)


def _contract(
    w: StepWriter,
    left: tuple[Rows, int],
    right: tuple[Rows, int],
    out: Rows,
    added: list[Rows],
    sizes: tuple[str, str, str],
) -> None:
    """Write ``out[a, b] = sum over k of left[a, k] * right[b, k]`` plus what is added, where no samples are.

    Parameters
    ----------
    left, right : (Rows, int)
        The factors, and which of their two axes is k.
    sizes : tuple of str
        How many a, b and k there are.
    """
    f = w.function
    rows, columns, _ = sizes
    with f.loop("0", rows) as a:
        if right[0].is_run(1 - right[1]):
            for b, size in f.blocks("0", columns, (BLOCK * w.width, w.width, 1)):
                _columns_at_once(w, left, right, out, added, (a, b, sizes[2]), size)
        else:
            for b, size in f.blocks("0", columns, (BLOCK, 1)):
                _sums_at_once(w, left, right, out, added, (a, b, sizes[2]), size)


def _columns_at_once(
    w: StepWriter,
    left: tuple[Rows, int],
    right: tuple[Rows, int],
    out: Rows,
    added: list[Rows],
    at: tuple[str, str, str],
    size: int,
) -> None:
    """Let sums that stand side by side grow in vectors."""
    f = w.function
    a, b, count = at
    v = w.vector(w.width if size % w.width == 0 else 1)
    firsts = [f.add(b, str(c)) for c in range(0, size, v.width)]
    sums = []
    for first in firsts:
        x = v.number(0.0)
        for summand in added:
            x = v.add(x, summand.elements(v, first, 1, a))
        sums.append(f.variable(v.type, x))
    factor, factor_axis = left
    others, axis = right
    with f.loop("0", count) as k:
        y = v.splat(factor.elements(w.vector(1), k, factor_axis, a))
        for first, total in zip(firsts, sums, strict=True):
            v.store(v.fma(y, others.elements(v, first, 1 - axis, k), v.load(total)), total)
    for first, total in zip(firsts, sums, strict=True):
        out.put_elements(v, v.load(total), False, first, 1, a)


def _sums_at_once(
    w: StepWriter,
    left: tuple[Rows, int],
    right: tuple[Rows, int],
    out: Rows,
    added: list[Rows],
    at: tuple[str, str, str],
    size: int,
) -> None:
    """Let sums grow side by side, each in the lanes of a vector if both factors stand in runs."""
    f = w.function
    a, b, count = at
    v, one = w.vector(), w.vector(1)
    columns = [f.add(b, str(c)) for c in range(size)]
    factor, factor_axis = left
    others, axis = right
    start, parts = "0", [one.number(0.0)] * size
    if factor.is_run(factor_axis) and others.is_run(axis):
        start = f.whole(count, w.width)
        vectors = [f.variable(v.type, v.number(0.0)) for _ in columns]
        with f.loop("0", start, w.width) as k:
            y = factor.elements(v, k, factor_axis, a)
            for column, total in zip(columns, vectors, strict=True):
                v.store(v.fma(y, others.elements(v, k, axis, column), v.load(total)), total)
        parts = v.totals([v.load(total) for total in vectors])
    for summand in added:
        parts = [one.add(x, summand.elements(one, column, 1, a)) for x, column in zip(parts, columns, strict=True)]
    sums = [f.variable("double", x) for x in parts]
    with f.loop(start, count) as k:
        y = factor.elements(one, k, factor_axis, a)
        for column, total in zip(columns, sums, strict=True):
            one.store(one.fma(y, others.elements(one, k, axis, column), one.load(total)), total)
    for column, total in zip(columns, sums, strict=True):
        out.put_elements(one, one.load(total), False, column, 1, a)
