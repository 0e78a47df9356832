"""examples/functions.py: every function and number of the notes it follows (seeds 004)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from tests.examples.running import example, help_of, refusal

EXAMPLE = example("functions")
main = EXAMPLE["main"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture
def printed(out: Path, capsys: pytest.CaptureFixture[str]) -> str:
    main(["--steps", "1", "--out", str(out)])
    return capsys.readouterr().out


def test_the_functions_are_printed_and_step_is_0_at_0(printed: str) -> None:
    rows = [line.split() for line in printed.splitlines()[:6]]
    assert rows[0] == ["x", "step", "sigmoid", "ReLU", "identity"]
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    expected = [x, x > 0, 1 / (1 + np.exp(-x)), np.maximum(x, 0), x]
    np.testing.assert_allclose(np.array(rows[1:], float), np.transpose(expected), atol=1e-4)


def test_softmax_of_large_numbers_does_not_overflow(printed: str) -> None:
    found = np.array(re.search(r"softmax\(\[1010, 1000, 990\]\) = \[(.*)\]", printed)[1].split(), float)
    np.testing.assert_allclose(found, [9.99954600e-01, 4.53978686e-05, 2.06106005e-09], rtol=1e-8)


def test_the_two_losses_are_those_of_the_formulas(printed: str) -> None:
    y, t = np.array(EXAMPLE["SAID"]), np.array(EXAMPLE["TRUE"])
    half, entropy = 0.5 * np.sum((y - t) ** 2), -np.log(0.6)
    assert f"half squared error {half:.4f}, cross-entropy {entropy:.4f}" in printed
    assert nn.half_squared_error(y, t) == pytest.approx(half, rel=1e-15)


def test_differences_with_h_1e_4_stand_beside_the_exact_gradient(printed: str) -> None:
    assert EXAMPLE["H"] == 1e-4
    rows = re.findall(r"^first layer, \[0, \d\] +(\S+) +(\S+)$", printed, re.MULTILINE)
    assert len(rows) == 6
    assert all(float(found) == pytest.approx(float(exact), abs=1e-8) for found, exact in rows)
    assert all(float(exact) != 0 for _, exact in rows)


def test_the_accuracy_has_no_slope(printed: str) -> None:
    assert "of the accuracy the largest derivative is 0.0" in printed


def test_it_learns_by_the_four_steps(out: Path) -> None:
    assert main(["--out", str(out)]) > 0.97


def test_the_graph_has_numbers_both_ways(out: Path, printed: str) -> None:
    drawn = (out / "graph.svg").read_text(encoding="utf-8")
    w, b, x = 0.5, -1.0, 3.0
    o = 1 / (1 + np.exp(-(w * x + b)))
    for number in (o, (o - 1) ** 2 / 2, (o - 1) * o * (1 - o), (o - 1) * o * (1 - o) * x):
        assert f"{number:.4g}".replace("-", "") in drawn
    assert "graph.svg is in" in printed


def test_the_step_is_0_up_to_0_and_1_above() -> None:
    assert [autograd.step(x) for x in (-1e-300, 0.0, 1e-300)] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_the_four_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert "minibatch, gradient, update, repeat" in " ".join(help_of(main, capsys).split())
