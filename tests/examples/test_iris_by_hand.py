"""examples/iris_by_hand.py: the engine finds what the delta rule says, and the network learns as in the article."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.examples.running import example, help_of, is_picture, refusal

EXAMPLE = example("iris_by_hand")
main = EXAMPLE["main"]


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0, 3.7])
def test_each_gradient_of_the_engine_is_that_of_the_delta_rule_to_1e_12(slope: float) -> None:
    model = EXAMPLE["network"](slope, np.random.default_rng(4))
    x = nn.datasets.iris().x
    for flower, species in [(x[0], 0), (x[77], 1), (x[149], 2)]:
        target = [0.9 if c == species else 0.1 for c in range(3)]
        model.zero_grad()
        nn.half_squared_error(model(flower), target).backward()
        for layer, gradient in zip(model.layers, EXAMPLE["delta_rule"](model, flower, target, slope), strict=True):
            assert gradient.shape == (layer.nout, layer.nin + 1)
            for neuron, row in zip(layer.neurons, gradient, strict=True):
                for parameter, expected in zip([*neuron.w, neuron.b], row, strict=True):
                    assert parameter.grad == pytest.approx(expected, rel=0, abs=1e-12), parameter.name


def test_the_delta_rule_of_a_neuron_worked_out_on_paper() -> None:
    model = EXAMPLE["network"](2.0, np.random.default_rng(0))
    for parameter in model.parameters():
        parameter.data = 0.0
    hidden, last = EXAMPLE["delta_rule"](model, np.ones(4), np.array([0.9, 0.1, 0.1]), 2.0)
    assert not hidden.any()  # no weight leads back
    np.testing.assert_allclose(last[:, -1], [2 * (0.5 - t) * 0.25 for t in (0.9, 0.1, 0.1)], rtol=1e-15)
    np.testing.assert_allclose(last[0, :-1], np.full(8, -0.2 * 0.5), rtol=1e-15)


def test_it_prints_each_trial_and_draws_the_error_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    all_150, held_out = main(["--trials", "2", "--epochs", "4", "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert float(re.search(r"differ by (\S+) at most", printed)[1]) < 1e-12
    assert len(re.findall(r"^ +\d +\d+\.\d% +\d+\.\d%$", printed, re.MULTILINE)) == 2
    mean = f"mean accuracy over 2 trials: {all_150:.2%} of all 150, {held_out:.2%} of flowers held out"
    assert mean in printed
    assert is_picture(tmp_path / "error-rate.png")


@pytest.mark.slow
def test_ten_trials_reach_the_accuracy_of_the_article(tmp_path: Path) -> None:
    all_150, held_out = main(["--out", str(tmp_path)])
    assert all_150 >= 0.974
    assert held_out >= 0.94


@pytest.mark.parametrize("wrong", [["--trials", "0"], ["--epochs", "0"], ["--slope", "0"], ["--slope", "inf"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_the_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    assert "delta_i = slope (1 - o_i) o_i sum_l delta_l w_li" in help_of(main, capsys)
