"""The code of elementwise expressions: on the samples of an element, or on neighbouring elements."""

from __future__ import annotations

from autograd.compiler.native.formulas import Formulas, emit
from autograd.compiler.native.layout import Pattern
from autograd.compiler.native.rows_in_memory import Rows, StepWriter

__all__ = ["MapCode", "write_map"]


def write_map(
    w: StepWriter,
    formulas: Formulas,
    operands: tuple[Pattern | None, ...],
    writes: tuple[tuple[Pattern, bool], ...],
) -> None:
    """Write a map as a step of its own."""
    code = MapCode(w, formulas, operands, writes)
    size = w.number()
    if code.is_batched:
        with w.function.loop("0", size) as i:
            element = code.at(i)
            for lane, _ in w.samples():
                element.work(lane)
            element.end()
    else:
        code.work_on_elements(size)


class MapCode:
    """A map, while its code is written.

    Parameters
    ----------
    operands : tuple of Pattern or None
        None for those that are in registers already.
    """

    def __init__(
        self,
        w: StepWriter,
        formulas: Formulas,
        operands: tuple[Pattern | None, ...],
        writes: tuple[tuple[Pattern, bool], ...],
    ) -> None:
        self.writer = w
        self.formulas = formulas
        self.operands = [None if pattern is None else Rows(w, pattern) for pattern in operands]
        self.writes = [(Rows(w, pattern), adds) for pattern, adds in writes]
        rows = (*self.operands, *(rows for rows, _ in self.writes))
        self.is_batched = any(one is not None and one.batched for one in rows)

    def at(self, element: str) -> MapElement:
        """Begin with an element, whose samples are worked on next."""
        return MapElement(self, element)

    def work_on_elements(self, size: str) -> None:
        """Work on neighbouring elements at once."""
        w = self.writer
        for i, width in w.function.blocks("0", size, (w.width, 1)):
            for k, lanes in [(0, width)] if width in (w.width, 1) else [(k, 1) for k in range(width)]:
                v = w.vector(lanes)
                first = w.function.add(i, str(k))
                values = emit(v, self.formulas, [rows.elements(v, first, 0) for rows in self.operands if rows])
                for (rows, adds), value in zip(self.writes, values, strict=True):
                    rows.put_elements(v, value, adds, first, 0)


class MapElement:
    """One element of a map: what is one for all samples is read before them, sums over them are written behind."""

    def __init__(self, code: MapCode, element: str) -> None:
        self.code = code
        self.vector = v = code.writer.vector()
        f = code.writer.function
        self.places = [None if rows is None else rows.place(element) for rows in code.operands]
        self.shared = [
            None if rows is None or place is None or rows.batched else rows.load(v, place)
            for rows, place in zip(code.operands, self.places, strict=True)
        ]
        self.targets = [rows.place(element) for rows, _ in code.writes]
        self.sums = [None if rows.batched else f.variable(v.type, v.number(0.0)) for rows, _ in code.writes]

    def work(self, lane: str, given: str = "") -> None:
        """Work on as many samples as a vector has lanes; ``given`` is what stands in a register."""
        v = self.vector
        loaded = [
            x or (given if rows is None or place is None else rows.load(v, place, lane))
            for rows, place, x in zip(self.code.operands, self.places, self.shared, strict=True)
        ]
        values = emit(v, self.code.formulas, loaded)
        for (rows, adds), place, total, value in zip(self.code.writes, self.targets, self.sums, values, strict=True):
            if total is not None:
                v.store(v.add(v.load(total), value), total)
            else:
                rows.store(v, v.add(rows.load(v, place, lane), value) if adds else value, place, lane)

    def end(self) -> None:
        """Write the sums over the samples."""
        w, v = self.code.writer, self.vector
        for (rows, adds), place, total in zip(self.code.writes, self.targets, self.sums, strict=True):
            if total is not None:
                w.put_sum(w.vector(1), v.totals([v.load(total)])[0], rows.address(place), adds)
