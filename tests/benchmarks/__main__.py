"""Measure glassgrad beside other programs, print the table of the performance page, and write its JSON.

Programs take turns, round after round, on one thread; a program that is not installed is left out, with a line that
says so. HIPS autograd has our import name: HIPS_PYTHON names the python of an environment of its own. GLASSGRAD_DATA
names a folder with names.txt, and MNIST in mnist/; without it they are random. tests/benchmarks/README.md says more.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Sequence
from pathlib import Path

import tests.benchmarks.one_thread  # noqa: F401  # before any other
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.report import FILE, read, readme_table, rows_of, text_table, write


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the JSON is (default docs/performance.json)")
    parser.add_argument("--quick", action="store_true", help="few rounds, for trying; the JSON says so")
    parser.add_argument("--only", metavar="NAME", help="one comparison; written only if --out names a file")
    parser.add_argument("--table", action="store_true", help="measure nothing: print the README's table")
    options = parser.parse_args(argv)
    if options.table:
        print(readme_table(read(options.out or FILE)))
        return

    from tests.benchmarks.comparisons import COMPARISONS, prepared  # which takes a while

    if options.only not in (None, *COMPARISONS):
        parser.error(f"--only {options.only} is no comparison; there are {', '.join(COMPARISONS)}")
    begin = time.perf_counter()
    found = {"rows": [], "absent": [], "versions": versions()}
    for name in [options.only] if options.only else COMPARISONS:
        comparison = prepared(name, quick=options.quick)
        rows = rows_of(name, comparison.work, comparison.times())
        comparison.close()
        print("\n".join([text_table(rows), *(f"  {line}" for line in comparison.absent)]), flush=True)
        found["rows"] += rows
        found["absent"] += [f"{name}: {line}" for line in comparison.absent]
        found["versions"] |= comparison.versions
    print(f"\n{time.perf_counter() - begin:.0f} s in all")
    out = options.out or (None if options.only else FILE)
    if out:
        write({"date": f"{datetime.date.today()}", "quick": options.quick, "machine": machine(), **found}, out)
        print(f"written to {out}")
    else:
        print("not written: a part of the comparisons, and --out names no file")


if __name__ == "__main__":
    main()
