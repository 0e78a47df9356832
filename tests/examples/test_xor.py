"""examples/xor.py: a network of a few Values learns what one neuron cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples.running import example, help_of, is_picture, refusal

main = example("xor")["main"]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_it_learns_xor(seed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [round(output) for output in main(["--seed", seed, "--out", str(tmp_path)])] == [0, 1, 1, 0]
    printed = capsys.readouterr().out
    losses = [float(loss) for loss in re.findall(r"^step \d+: loss (\S+)$", printed, re.MULTILINE)]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert "17 parameters" in printed


def test_the_network_and_the_plane_are_drawn(tmp_path: Path) -> None:
    main(["--steps", "1", "--hidden", "2", "--out", str(tmp_path)])
    assert all(is_picture(tmp_path / name) for name in ("network.png", "plane.png"))


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--hidden", "0"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_what_each_layer_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert "each draw a line" in help_of(main, capsys)
