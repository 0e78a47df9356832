"""examples/digits.py: a network of as many layers as are asked for recognises digits that it has not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.examples.running import example, help_of, is_picture, refusal

main = example("digits")["main"]


def test_it_recognises_97_percent_of_the_digits_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path)]) >= 0.97
    printed = capsys.readouterr().out
    assert "1438 to train with, 359 held out, seed 0" in printed
    assert "layers[4]: Linear" in printed
    assert all(is_picture(tmp_path / name) for name in ("learning-curve.png", "confusion-matrix.png"))


@pytest.mark.parametrize("hidden", [[], ["20", "20", "20"]])
def test_it_has_as_many_layers_as_are_asked_for(
    hidden: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--epochs", "1", "--out", str(tmp_path), "--hidden", *hidden])
    assert capsys.readouterr().out.count(": Linear") == len(hidden) + 1


@pytest.mark.slow
def test_the_mean_over_ten_splits_is_97_percent_or_more(tmp_path: Path) -> None:
    found = [main(["--seed", str(seed), "--out", str(tmp_path)]) for seed in range(10)]
    assert np.mean(found) >= 0.97


@pytest.mark.parametrize("wrong", [["--epochs", "0"], ["--hidden", "5", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_the_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert "confusion-matrix.png" in help_of(main, capsys)
