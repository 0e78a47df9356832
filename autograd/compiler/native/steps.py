"""The code of steps, a function for each kind; maps stand in maps.py, products in products.py."""

from __future__ import annotations

from collections.abc import Callable

from autograd.compiler.native.layout import Layout, Lowered, Pattern
from autograd.compiler.native.maps import write_map
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
    "map": write_map,
    "matmul": write_matmul,
    "outer": write_outer,
    "reduce": _write_reduce,
    "lookup": _write_lookup,
    "scatter": _write_scatter,
    "fill": _write_fill,
}
