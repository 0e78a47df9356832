"""examples/custom_operation.py: its operations are what it says, to the second derivative, alone and compiled."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import fftconvolve

import autograd
from autograd import Tensor, Value, gradcheck
from tests.examples.running import example, help_of, is_picture, refusal


@pytest.fixture
def names(own_rows_removed: None) -> dict[str, Any]:
    return example("custom_operation")


def test_selu_is_the_activation_of_the_paper(names: dict[str, Any]) -> None:
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    assert names["selu"](2.0) == pytest.approx(2 * scale, rel=1e-4)
    assert names["selu"](-2.0) == pytest.approx(scale * alpha * math.expm1(-2.0), rel=1e-4)
    assert names["selu"](np.array([-800.0, 800.0])).tolist() == pytest.approx([-scale * alpha, 800 * scale], rel=1e-4)


def test_the_slope_at_the_kink_is_the_one_that_is_stated(names: dict[str, Any]) -> None:
    selu = names["selu"]
    assert autograd.grad(selu)(0.0) == selu.kinks[(0.0,)][0] == names["BELOW"]


def test_selu_is_the_same_on_numbers_arrays_and_compiled(names: dict[str, Any]) -> None:
    selu, x = names["selu"], np.linspace(-2, 2, 9)
    expected = [selu(Value(number)).data for number in x]
    np.testing.assert_allclose(selu(Tensor(x)).numpy(), expected, rtol=1e-15)
    np.testing.assert_allclose(autograd.compile(selu)(x), expected, rtol=1e-15)


@pytest.mark.parametrize("n", [1, 4, 7])
def test_circular_is_a_convolution_around_a_circle_with_derivatives(names: dict[str, Any], n: int) -> None:
    circular, rng = names["circular"], np.random.default_rng(0)
    a, b = rng.normal(size=(2, n))
    whole = fftconvolve(a, b)
    np.testing.assert_allclose(circular(a, b), whole[:n] + np.append(whole[n:], 0), atol=1e-14)
    gradcheck(lambda a, b: np.sum(circular(a, b) ** 3), a, b, order=2)


def test_it_trains_prints_and_draws(names: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names["main"](["--out", str(tmp_path)]) < 0.4
    printed = capsys.readouterr().out
    assert "selu at -1: -1.1113, derivatives 0.6468 and 0.6468" in printed
    assert "the slope at 0, of two: 1.7581" in printed
    assert is_picture(tmp_path / "selu.png")
    assert "where(v1 &gt; 0, 1.0507, out + 1.7581)" in (tmp_path / "graph.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", [["--epochs", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(
    names: dict[str, Any], wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert wrong[0] in refusal(names["main"], wrong, capsys)


def test_help_tells_both_ways_to_add_an_operation(names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    told = help_of(names["main"], capsys)
    assert "added by elementwise" in told
    assert "added by array_row" in told
