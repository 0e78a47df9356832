"""examples/regression.py: a curve from noisy points, and measurements whose R2 a straight line has too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

import autograd
from tests.examples.running import example, help_of, is_picture, refusal

EXAMPLE = example("regression")
main = EXAMPLE["main"]


def test_it_learns_the_curve_and_is_as_good_as_a_straight_line_on_the_measurements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = main(["--out", str(tmp_path)])
    assert found.curve > 0.99
    assert found.diabetes > found.line - 0.1
    printed = capsys.readouterr().out
    assert f"curve: R2 {found.curve:.4f}" in printed
    assert f"diabetes: R2 {found.diabetes:.3f} of 88 people held out; of a straight line {found.line:.3f}" in printed
    assert all(is_picture(tmp_path / name) for name in ("curve.png", "diabetes.png"))


def test_the_curve_is_the_derivative_that_it_is_said_to_be() -> None:
    for x in (-3.0, 0.0, 0.7, 2.5):
        assert EXAMPLE["curve"](x) == pytest.approx(autograd.grad(lambda x: x**2 * autograd.sin(x))(x), abs=1e-12)


def test_the_straight_line_is_that_of_least_squares() -> None:
    x, y = load_diabetes(return_X_y=True)
    theirs = LinearRegression().fit(x[:300], y[:300]).predict(x[300:])
    np.testing.assert_allclose(EXAMPLE["straight_line"](x[:300], y[:300], x[300:]), theirs, rtol=1e-9)


@pytest.mark.parametrize("wrong", [["--epochs", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_where_the_measurements_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Least angle regression" in help_of(main, capsys)
