"""What holds for every example: it is short, it has a help, it has tests."""

from __future__ import annotations

import pytest

from tests.examples.running import EXAMPLES, example, help_of

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py"))


def test_there_is_one_for_each_subject() -> None:
    assert {
        "first_gradient", "newton", "curve_fit", "graphs", "neuron", "xor", "moons", "iris", "digits", "mnist",
        "regression", "vanishing", "gpt", "custom_operation", "sklearn_pipeline",
    } <= set(NAMES)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_is_under_120_lines_and_has_tests(name: str) -> None:
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 120
    assert (EXAMPLES.parent / "tests" / "examples" / f"test_{name}.py").is_file()


@pytest.mark.usefixtures("own_rows_removed")
@pytest.mark.parametrize("name", NAMES)
def test_its_help_says_what_it_is_about(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = example(name)
    assert names["__doc__"].splitlines()[0] in help_of(names["main"], capsys)
