"""The performance page and the README's table are made from docs/performance.json, by python -m tests.benchmarks."""

from __future__ import annotations

import json
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.benchmarks import packages
from tests.benchmarks.bars import bars
from tests.benchmarks.packages import Absent, present
from tests.benchmarks.report import (
    FILE,
    MEASURED,
    PACKAGES,
    PROGRAMS,
    factor,
    page_table,
    read,
    readme_table,
    rows_of,
    summary,
    text_table,
    time_of,
    write,
)
from tests.benchmarks.timing import interleaved_times

ROOT = Path(__file__).parent.parent
REPORT = read()
ROWS = {(row["comparison"], row["program"]): row for row in REPORT["rows"]}
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
BENCH = ("torch", "jax", "mygrad", "micrograd", "pytest_benchmark", "llvmlite")  # what the extras bring


def table_in(readme: str) -> str:
    """Return the table between the two comments, or nothing where there are none."""
    found = re.search(r"<!-- performance table -->\n(.*?)\n<!-- end -->", readme, re.DOTALL)
    return found.group(1).strip() if found else ""


# The file -----------------------------------------------------------------------------------------------------------


def test_the_report_says_when_where_and_with_what_was_measured() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", REPORT["date"])
    assert isinstance(REPORT["quick"], bool)
    assert set(REPORT["machine"]) == {"processor", "cores", "system", "python"}
    assert set(REPORT["versions"]) >= {"glassgrad", "numpy", "llvmlite", "micrograd", "mygrad", "torch", "jax"}
    assert "HIPS autograd" in REPORT["versions"]


def test_the_report_does_not_name_the_computer() -> None:
    assert not platform.node() or f'"{platform.node()}' not in FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", REPORT["rows"], ids=[f"{c}, {p}" for c, p in ROWS])
def test_a_row_is_a_median_between_its_quartiles_and_a_ratio_to_the_first_program(row: dict[str, Any]) -> None:
    assert set(row) == {"comparison", "work", "program", "seconds", "quartiles", "rounds", "ratio"}
    lower, upper = row["quartiles"]
    assert 0 < lower <= row["seconds"] <= upper < math.inf
    assert row["rounds"] >= 1
    first = next(r for r in REPORT["rows"] if r["comparison"] == row["comparison"])
    assert row["ratio"] == pytest.approx(row["seconds"] / first["seconds"], rel=1e-2)


def test_no_program_of_a_comparison_is_there_twice() -> None:
    assert len(ROWS) == len(REPORT["rows"])


def test_all_that_the_page_names_was_measured() -> None:
    pictures = re.findall(r'^picture\("([\w-]+)"\)', PAGE, re.MULTILINE)
    named = re.findall(r'\{took\("([\w-]+)", "([^"]+)"\)\}', PAGE)
    compared = re.findall(r'\{times_as_long\("([\w-]+)", "([^"]+)", "([^"]+)"\)\}', PAGE)
    assert (len(pictures), len(named), len(compared)) == (3, 12, 2)
    assert set(pictures) <= {comparison for comparison, _ in ROWS}
    assert set(named) <= set(ROWS)
    assert {(c, program) for c, *programs in compared for program in programs} <= set(ROWS)


def test_all_that_the_readme_names_was_measured() -> None:
    for _, comparison, ours, _ in MEASURED:
        assert (comparison, ours) in ROWS
    table = readme_table(REPORT)
    step = next(line for line in table.splitlines() if "4-16-16-3" in line)
    assert "–" not in step
    assert {program for c, program in ROWS if c == "iris-step"} > {PROGRAMS[peer] for peer in PACKAGES[1:]}


# The README ---------------------------------------------------------------------------------------------------------


def test_the_table_of_the_readme_is_the_one_made_from_the_report() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert table_in(readme) == readme_table(REPORT), "python -m tests.benchmarks --table prints the table"


def test_a_table_that_has_drifted_is_noticed() -> None:
    table = readme_table(REPORT)
    readme = "# glassgrad\n\n<!-- performance table -->\n{}\n<!-- end -->\n"
    assert table_in(readme.format(table)) == table
    slower = {**REPORT, "rows": [{**row, "seconds": 2 * row["seconds"]} for row in REPORT["rows"]]}
    assert table_in(readme.format(readme_table(slower))) != table
    assert table_in("# glassgrad\n") != table


# The tables ---------------------------------------------------------------------------------------------------------

TIMES = {"glassgrad, native": [1e-3, 3e-3, 2e-3], "PyTorch": [6e-3, 5e-3, 4e-3]}


def test_a_ratio_is_that_of_the_medians() -> None:
    ours, theirs = rows_of("step", "a step", TIMES)
    assert (ours["seconds"], ours["quartiles"], ours["rounds"], ours["ratio"]) == (2e-3, [1.5e-3, 2.5e-3], 3, 1.0)
    assert (theirs["seconds"], theirs["ratio"]) == (5e-3, 2.5)


def test_one_round_is_its_own_quartiles() -> None:
    (row,) = rows_of("step", "a step", {"ours": [2.0]})
    assert row["quartiles"] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("ratio", "written"), [(0.0061, "0.0061"), (0.253, "0.25"), (1.0, "1.0"), (9.96, "10"), (131_400.0, "130,000")]
)
def test_a_factor_has_two_digits_that_count(ratio: float, written: str) -> None:
    assert factor(ratio) == written


@pytest.mark.parametrize("table", [text_table, page_table])
def test_a_table_has_the_work_once_and_every_program(table: Callable[[Any], str]) -> None:
    rows = rows_of("step", "a step of x < y", TIMES)
    written = re.sub(r"&nbsp;", " ", table(rows))
    assert written.count("a step of x") == 1
    for row in rows:
        assert row["program"] in written
    assert "1.5 ms to 2.5 ms" in written
    assert "2.5" in written


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    write(REPORT, tmp_path / "report.json")
    assert read(tmp_path / "report.json") == REPORT
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")


def test_a_quick_run_and_what_was_left_out_are_told() -> None:
    said = summary({**REPORT, "quick": True, "absent": ["step: without JAX jit: jax comes with the extra bench"]})
    assert "quick run" in said
    assert "Left out: step: without JAX jit" in said
    assert "quick run" not in summary({**REPORT, "quick": False})


def test_a_time_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="no 'abacus' in 'iris-step'"):
        time_of(REPORT, "iris-step", "abacus")


# The bars -----------------------------------------------------------------------------------------------------------


def test_bars_are_a_picture_in_the_colour_of_the_page_with_the_times_in_words() -> None:
    pytest.importorskip("matplotlib")
    svg = ElementTree.fromstring(bars(rows_of("step", "a step of x < y", TIMES)))
    assert svg.get("role") == "img"
    words = "Bars of median times. a step of x < y: glassgrad, native 2 ms; PyTorch 5 ms."
    assert svg.get("aria-label") == words
    texts = ["".join(node.itertext()) for node in svg.iter() if node.tag.endswith("}text")]
    assert set(texts) >= {"glassgrad, native", "PyTorch", "2 ms", "5 ms"}
    assert "currentColor" in bars(rows_of("step", "a step", TIMES))


def test_times_that_differ_much_are_drawn_on_a_logarithmic_scale() -> None:
    pytest.importorskip("matplotlib")
    assert "logarithmic scale" in bars(rows_of("step", "a step", {"ours": [1e-5], "theirs": [1.0]}))


# Measuring ----------------------------------------------------------------------------------------------------------


def test_programs_take_turns() -> None:
    turns: list[str] = []

    class Elsewhere:
        def seconds(self, turn: float) -> float:
            turns.append("elsewhere")
            return turn

    times = interleaved_times({"here": lambda: turns.append("here"), "there": Elsewhere()}, rounds=2, turn=1e-9)
    assert turns == ["here", "elsewhere", "here", "elsewhere"]
    assert times["there"] == [1e-9, 1e-9]


def test_a_program_that_is_not_installed_is_left_out_and_named() -> None:
    notes: list[str] = []

    def prepare() -> Any:
        return packages.package("no_such_program")

    assert present({"one": lambda: 1, "another": prepare}, notes.append) == {"one": 1}
    assert notes == ["without another: no_such_program comes with the extra bench: pip install -e '.[bench]'"]
    with pytest.raises(Absent):
        prepare()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run python -m tests.benchmarks where nothing of the extra bench is installed."""
    program = (
        f"import sys, runpy; sys.modules.update(dict.fromkeys({BENCH!r})); sys.argv[1:] = {list(arguments)!r}; "
        "runpy.run_module('tests.benchmarks', run_name='__main__', alter_sys=True)"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_help_needs_nothing_of_the_extra_bench() -> None:
    done = run("--help")
    assert done.returncode == 0, done.stderr
    assert all(option in done.stdout for option in ("--out", "--quick", "--only", "--table"))


def test_the_rows_for_the_readme_are_printed_without_measuring() -> None:
    done = run("--table")
    assert done.stdout.strip() == readme_table(REPORT), done.stderr


def test_a_comparison_that_is_not_there_is_refused_with_those_that_are() -> None:
    done = run("--only", "chess")
    assert done.returncode == 2
    assert "--only chess is no comparison; there are iris-step, digits-epoch" in done.stderr


@pytest.mark.slow
def test_a_part_is_measured_with_what_is_installed_and_written_where_one_says(tmp_path: Path) -> None:
    done = run("--quick", "--only", "node-product", "--out", str(tmp_path / "part.json"))
    assert done.returncode == 0, done.stderr
    assert "without PyTorch: torch comes with the extra bench" in done.stdout
    report = json.loads((tmp_path / "part.json").read_text(encoding="utf-8"))
    assert report["quick"]
    assert report["rows"][0]["program"] == "glassgrad, Tensor"
    assert any(line.startswith("node-product: without PyTorch: torch comes with") for line in report["absent"])
