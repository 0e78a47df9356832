"""The code of steps, a function for each kind; products stand in products.py."""

from __future__ import annotations

from collections.abc import Callable

from autograd.compiler.native import formulas
from autograd.compiler.native.layout import Layout, Lowered, Pattern
from autograd.compiler.native.products import write_matmul, write_outer
from autograd.compiler.native.rows import ROWS
from autograd.compiler.native.rows_in_memory import Rows, StepWriter
from autograd.compiler.native.text import Module

__all__ = ["write_step"]


def write_step(module: Module, name: str, step: Lowered, layout: Layout) -> None:
    """Write the function of a kind of step; for one set of numbers, if they are written into the code."""
    writer = StepWriter(module, name, step, layout)
    _WRITERS[step.kind[0]](writer, *step.kind[1:])
    writer.function.do("ret void")


def _write_map(
    w: StepWriter,
    formula: formulas.Formulas,
    operand_patterns: tuple[Pattern, ...],
    write_patterns: tuple[tuple[Pattern, bool], ...],
) -> None:
    operands = [Rows(w, pattern) for pattern in operand_patterns]
    writes = [(Rows(w, pattern), adds) for pattern, adds in write_patterns]
    size = w.number()
    if any(rows.batched for rows in (*operands, *(rows for rows, _ in writes))):
        _map_samples(w, formula, operands, writes, size)
    else:
        _map_elements(w, formula, operands, writes, size)


def _map_elements(
    w: StepWriter, formula: formulas.Formulas, operands: list[Rows], writes: list[tuple[Rows, bool]], size: str
) -> None:
    """Work on neighbouring elements at once."""
    for i, width in w.function.blocks("0", size, (w.width, 1)):
        for k, lanes in [(0, width)] if width in (w.width, 1) else [(k, 1) for k in range(width)]:
            v = w.vector(lanes)
            first = w.function.add(i, str(k))
            values = formulas.emit(v, formula, [rows.elements(v, first, 0) for rows in operands])
            for (rows, adds), value in zip(writes, values, strict=True):
                rows.put_elements(v, value, adds, first, 0)


def _map_samples(
    w: StepWriter, formula: formulas.Formulas, operands: list[Rows], writes: list[tuple[Rows, bool]], size: str
) -> None:
    """Work on neighbouring samples at once; what is one for all of them is read before."""
    f, v = w.function, w.vector()
    zero = v.number(0.0)
    with f.loop("0", size) as i:
        places = [rows.place(i) for rows in operands]
        shared = [None if rows.batched else rows.load(v, p) for rows, p in zip(operands, places, strict=True)]
        targets = [rows.place(i) for rows, _ in writes]
        sums = [None if rows.batched else f.variable(v.type, zero) for rows, _ in writes]
        for lane, _ in w.samples():
            loaded = [
                rows.load(v, place, lane) if x is None else x
                for rows, place, x in zip(operands, places, shared, strict=True)
            ]
            values = formulas.emit(v, formula, loaded)
            for (rows, adds), place, total, value in zip(writes, targets, sums, values, strict=True):
                if total is not None:
                    v.store(v.add(v.load(total), value), total)
                elif adds:
                    rows.store(v, v.add(rows.load(v, place, lane), value), place, lane)
                else:
                    rows.store(v, value, place, lane)
        for (rows, adds), place, total in zip(writes, targets, sums, strict=True):
            if total is not None:
                w.put_sum(w.vector(1), v.totals([v.load(total)])[0], rows.address(place), adds)


def _write_fill(w: StepWriter, pattern: Pattern, is_uniform: bool) -> None:
    f, v, one = w.function, w.vector(), w.vector(1)
    target = Rows(w, pattern)
    first, size = w.number(), w.number()
    with f.loop("0", size) as i:
        x = one.load(f.at("%constants", f.add(first, "0" if is_uniform else i)))
        place = target.place(i)
        if target.batched:
            for lane, _ in w.samples():
                target.store(v, v.splat(x), place, lane)
        else:
            target.store(one, x, place)


def _write_reduce(w: StepWriter, kind: str, patterns: tuple[Pattern, Pattern], is_regular: bool) -> None:
    f = w.function
    operand, out = (Rows(w, pattern) for pattern in patterns)
    runs, counts = w.number(), w.number()
    v = w.vector() if operand.batched else w.vector(1)
    fold = ROWS[kind]
    with f.loop("0", runs) as run:
        if is_regular:
            start = f.mul(run, counts)
            stop = f.add(start, counts)
        else:
            start, stop = (w.lookup(f.add(f.add(counts, run), k)) for k in "01")
        for lane, _ in w.samples() if operand.batched else [("0", 1)]:
            total = f.variable(v.type, operand.load(v, operand.place(start), lane))
            with f.loop(f.add(start, "1"), stop) as i:
                v.store(fold(v, v.load(total), operand.load(v, operand.place(i), lane)), total)
            out.store(v, v.load(total), out.place(run), lane)


def _labels(w: StepWriter, labels: Rows, place: str, lane: str) -> str:
    return w.function.let(f"load i64, ptr {labels.address(place, lane)}")


def _write_lookup(w: StepWriter, patterns: tuple[Pattern, Pattern, Pattern]) -> None:
    """Pick lane by lane: each has its own label."""
    f, one = w.function, w.vector(1)
    table, labels, out = (Rows(w, pattern) for pattern in patterns)
    size = w.number()
    with f.loop("0", size) as e:
        place, target = labels.place(e), out.place(e)
        with f.loop("0", "%lanes" if out.batched else "1") as lane:
            chosen = table.place(_labels(w, labels, place, lane), e)
            out.store(one, table.load(one, chosen, lane), target, lane)


def _write_scatter(w: StepWriter, patterns: tuple[Pattern, Pattern, Pattern]) -> None:
    """Add lane by lane: two samples may have one label."""
    f, one = w.function, w.vector(1)
    table, labels, operand = (Rows(w, pattern) for pattern in patterns)
    size = w.number()
    is_batched = table.batched or labels.batched or operand.batched
    with f.loop("0", size) as e:
        place, source = labels.place(e), operand.place(e)
        with f.loop("0", "%lanes" if is_batched else "1") as lane:
            chosen = table.place(_labels(w, labels, place, lane), e)
            gained = one.add(table.load(one, chosen, lane), operand.load(one, source, lane))
            table.store(one, gained, chosen, lane)


_WRITERS: dict[str, Callable[..., None]] = {
    "map": _write_map,
    "matmul": write_matmul,
    "outer": write_outer,
    "reduce": _write_reduce,
    "lookup": _write_lookup,
    "scatter": _write_scatter,
    "fill": _write_fill,
}
