"""A table of figures, each with the bound it is meant to stay under; nothing is asserted."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Figures"]

UNITS = {"s": 1.0, "ms": 1e3, "µs": 1e6, "ns": 1e9}


def readable(seconds: float) -> str:
    """Return a time in the largest unit of which it has more than one."""
    name, factor = next(((n, f) for n, f in UNITS.items() if seconds * f >= 1), ("ns", 1e9))
    return f"{seconds * factor:.3g} {name}" if seconds * factor < 1000 else f"{seconds * factor:.0f} {name}"


@dataclass
class Figures:
    """Rows of a table, printed together when all are taken."""

    title: str
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def ratio(self, work: str, ours: float, peer: str, theirs: float, bound: float | None = None) -> None:
        """Add our seconds beside those of a peer; the bound is one of their ratio."""
        figure = f"{ours / theirs:.3f}"
        self._add(work, readable(ours), f"{peer} {readable(theirs)}", figure, bound, ours / theirs)

    def time(self, work: str, seconds: float, bound: float | None = None) -> None:
        """Add a time by itself, with a bound in seconds."""
        if bound is None:
            self._add(work, readable(seconds), "", "", None, seconds)
        else:
            self._add(work, readable(seconds), readable(bound), f"{seconds / bound:.3f}", 1.0, seconds / bound)

    def note(self, text: str) -> None:
        """Add a line of its own."""
        self.rows.append((text,))

    def _add(self, work: str, ours: str, beside: str, figure: str, bound: float | None, found: float) -> None:
        limit = "" if bound is None else f"<= {bound:g}"
        self.rows.append((work, ours, beside, figure, limit, "" if bound is None or found <= bound else "missed"))

    def __str__(self) -> str:
        lines = [self.title, f"  {'work':<66} {'ours':>8}  {'beside':<22} {'ratio':>6}  bound"]
        for row in self.rows:
            if len(row) == 1:
                lines.append(f"  {row[0]}")
            else:
                work, ours, beside, figure, limit, verdict = row
                lines.append(f"  {work:<66} {ours:>8}  {beside:<22} {figure:>6}  {limit:<7} {verdict}".rstrip())
        return "\n".join(lines)
