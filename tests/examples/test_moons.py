"""examples/moons.py: a compiled network tells two moons apart, on points that it has not seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.running import example, help_of, is_picture, refusal

main = example("moons")["main"]


def test_more_than_95_percent_of_the_points_held_out_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accuracy = main(["--out", str(tmp_path)])
    assert accuracy > 0.95
    printed = capsys.readouterr().out
    assert "300 points to learn from, 100 held out" in printed
    assert f"{accuracy:.1%} of those held out" in printed
    assert is_picture(tmp_path / "boundary.png")


def test_the_same_seed_gives_the_same_accuracy(tmp_path: Path) -> None:
    arguments = ["--points", "100", "--epochs", "3", "--noise", "0.5", "--seed", "1", "--out", str(tmp_path)]
    assert main(arguments) == main(arguments)


@pytest.mark.parametrize("wrong", [["--points", "9"], ["--noise", "-1"], ["--epochs", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_what_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert "autograd.compile makes array operations" in help_of(main, capsys)
