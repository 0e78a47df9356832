"""The report of a run: JSON in a file, and the tables made from it. It needs no package but Python's own.

A report has the keys ``date``, ``quick``, ``machine``, ``versions``, ``absent`` and ``rows``. A row is one program that
does one piece of work: ``comparison``, ``work``, ``program``, ``seconds`` (the median), ``quartiles``, ``rounds``, and
``ratio``, which is the median divided by that of the first program of the comparison.
"""

from __future__ import annotations

import html
import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import readable

__all__ = [
    "FILE",
    "factor",
    "page_table",
    "read",
    "readme_table",
    "rows_of",
    "summary",
    "text_table",
    "time_of",
    "write",
]

FILE = Path(__file__).parents[2] / "docs" / "performance.json"

Report = Mapping[str, Any]
Row = dict[str, Any]


def rows_of(comparison: str, work: str, times: Mapping[str, Sequence[float]]) -> list[Row]:
    """Return a row for each program, from the seconds of its rounds."""
    medians = {program: statistics.median(found) for program, found in times.items()}
    ours = next(iter(medians.values()), None)
    rows = []
    for program, found in times.items():
        lower, _, upper = statistics.quantiles(found, n=4, method="inclusive") if len(found) > 1 else found * 3
        rows.append(
            {
                "comparison": comparison,
                "work": work,
                "program": program,
                "seconds": significant(medians[program]),
                "quartiles": [significant(lower), significant(upper)],
                "rounds": len(found),
                "ratio": significant(medians[program] / ours),
            }
        )
    return rows


def significant(number: float) -> float:
    return float(f"{number:.4g}")


def write(report: Report, file: Path) -> None:
    """Write it, a line for each row, so that a change of one is a change of one line."""
    rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in report["rows"])
    rest = json.dumps({**report, "rows": []}, indent=2, ensure_ascii=False)
    file.write_text(rest.replace('"rows": []', f'"rows": [\n{rows}\n  ]') + "\n", encoding="utf-8")


def read(file: Path = FILE) -> Any:
    """Return a report."""
    return json.loads(file.read_text(encoding="utf-8"))


def time_of(report: Report, comparison: str, program: str) -> tuple[str, float]:
    """Return the median time of a program, to be read and to be computed with."""
    for row in report["rows"]:
        if (row["comparison"], row["program"]) == (comparison, program):
            return readable(row["seconds"]), row["seconds"]
    raise KeyError(f"no {program!r} in {comparison!r}: it was not there when python -m tests.benchmarks ran")


def summary(report: Report) -> str:
    """Return when, where and with what was measured, as Markdown."""
    machine = report["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        f"Measured on {report['date']}: {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"{machine['python']}; {packages}."
    ]
    if report["quick"]:
        lines.append("**This was a quick run of few and short rounds: the digits are rough.**")
    if report["absent"]:
        lines.append("Left out: " + "; ".join(report["absent"]) + ".")
    return "\n\n".join(lines)


def factor(ratio: float) -> str:
    """Return a ratio with two digits that count: more would be noise."""
    if ratio < 1:
        return f"{ratio:.2f}" if ratio > 0.095 else f"{ratio:.2g}"
    return f"{ratio:.1f}" if ratio < 9.95 else f"{float(f'{ratio:.2g}'):,.0f}"


def comparisons(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each comparison."""
    for name in dict.fromkeys(row["comparison"] for row in rows):
        yield [row for row in rows if row["comparison"] == name]


def cells(row: Row) -> tuple[str, str, str, str]:
    """Return what both tables say of a program."""
    lower, upper = row["quartiles"]
    spread = f"{readable(lower)} to {readable(upper)}" if row["rounds"] > 1 else "one round"
    return row["program"], readable(row["seconds"]), spread, factor(row["ratio"])


def text_table(rows: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    lines = []
    for group in comparisons(rows):
        lines += ["", f"{group[0]['comparison']}: {group[0]['work']}"]
        for program, median, spread, ratio in map(cells, group):
            lines.append(f"  {program:<52} {median:>9} {spread:>22} {ratio:>10} x")
    return "\n".join(lines)


def page_table(rows: Sequence[Row]) -> str:
    """Return the table of the performance page, as HTML: Markdown has no row for a whole group."""
    style = 'style="text-align: right"'
    heads = f"<th>program</th><th {style}>median</th><th {style}>middle half of the rounds</th><th {style}>ratio</th>"
    lines = ['<div class="table-wrapper"><table class="docutils">', f"<thead><tr>{heads}</tr></thead>"]
    for group in comparisons(rows):
        work = html.escape(group[0]["work"])
        lines.append(f'<tbody><tr><th colspan="4" scope="rowgroup" style="text-align: left">{work}</th></tr>')
        for row in group:
            program, *figures = (html.escape(cell) for cell in cells(row))
            unbroken = (figure.replace(" ", "&nbsp;").replace("&nbsp;to&nbsp;", " to&nbsp;") for figure in figures)
            lines.append(f"<tr><td>{program}</td>{''.join(f'<td {style}>{figure}</td>' for figure in unbroken)}</tr>")
        lines.append("</tbody>")
    return "\n".join([*lines, "</table></div>"])


# The table of the README --------------------------------------------------------------------------------------------

PACKAGES = ("glassgrad", "micrograd", "HIPS autograd", "MyGrad", "PyTorch", "JAX")
FEATURES = (
    ("a node is", "a number or an array", "a number", "a number or an array", "an array", "an array", "an array"),
    ("picture with the local gradient on every edge", "yes", "", "", "", "", ""),
    ("NumPy's own functions are differentiated", "yes", "", "a copy of them", "yes", "", "a copy of them"),
    ("derivatives of any order", "yes", "", "yes", "", "yes", "yes"),
    ("forward mode", "yes", "", "yes", "", "yes", "yes"),
    ("compiles", "numbers and arrays", "", "", "", "arrays", "arrays"),
    ("runs on a GPU", "", "", "", "", "yes", "yes"),
)
PROGRAMS = {name: "JAX jit" if name == "JAX" else name for name in PACKAGES}
MEASURED = (
    ("a step of the MLP 4-16-16-3, 150 samples", "iris-step", "glassgrad, native", PACKAGES),
    ("the same, number by number, not compiled", "iris-step", "glassgrad, eager", ("micrograd",)),
    ("an epoch of MNIST, 784-30-10, batch 10", "digits-epoch", "glassgrad, native", PACKAGES),
    ("a product of ten elements, not compiled", "node-product", "glassgrad, Tensor", PACKAGES),
)


def readme_table(report: Report) -> str:
    """Return the table of the README, as Markdown: what each package has, and how many times our time it takes."""
    seconds = {(row["comparison"], row["program"]): row["seconds"] for row in report["rows"]}
    lines = [f"| | {' | '.join(PACKAGES)} |", f"|---|{'---|' * len(PACKAGES)}"]
    for what, *has in FEATURES:
        lines.append(f"| {what} | {' | '.join(word or '–' for word in has)} |")
    for what, comparison, ours, peers in MEASURED:
        own = seconds[comparison, ours]
        theirs = [seconds.get((comparison, PROGRAMS[peer])) if peer in peers else None for peer in PACKAGES[1:]]
        beside = [f"{factor(time / own)} ×" if time else "–" for time in theirs]
        lines.append(f"| {what} | {' | '.join([readable(own), *beside])} |")
    return "\n".join(lines)
