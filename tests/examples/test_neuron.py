"""examples/neuron.py: the numbers are micrograd's, OR and AND are learned, and XOR is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.running import example, help_of, is_picture, refusal

EXAMPLE = example("neuron")
main = EXAMPLE["main"]
BY_HAND = {"n": 0.5, "x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5}


def test_the_gradients_by_hand_are_those_of_micrograd(capsys: pytest.CaptureFixture[str]) -> None:
    out = EXAMPLE["by_hand"]()
    assert out.data == pytest.approx(0.5**0.5, rel=1e-15)
    printed = capsys.readouterr().out
    assert "o = tanh(0.8814) = 0.7071" in printed
    for name, gradient in BY_HAND.items():
        assert f"do/d{name:2} = {gradient:7.4f}" in printed


@pytest.mark.parametrize("gate", ["or", "and"])
def test_it_learns_a_gate_that_a_line_divides(gate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gate", gate, "--out", str(tmp_path)]) == EXAMPLE["GATES"][gate]
    assert "wrong" not in capsys.readouterr().out


def test_xor_is_more_than_a_neuron_can_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gate", "xor", "--out", str(tmp_path)]) != EXAMPLE["GATES"]["xor"]
    assert "wrong" in capsys.readouterr().out


def test_the_neuron_is_drawn_both_ways(tmp_path: Path) -> None:
    main(["--steps", "1", "--out", str(tmp_path)])
    assert "∂o/∂n" in (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert is_picture(tmp_path / "learned.png")


@pytest.mark.parametrize("wrong", [["--gate", "not"], ["--steps", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_why_not_xor(capsys: pytest.CaptureFixture[str]) -> None:
    assert "XOR has no such line" in " ".join(help_of(main, capsys).split())
