"""examples/first_gradient.py: what is found agrees with the derivative by hand, and every edge is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.running import example, help_of, refusal

main = example("first_gradient")["main"]


@pytest.mark.parametrize(("x", "w"), [(2.0, -3.0), (0.0, 0.0), (-1.5, 4.0)])
def test_the_gradient_is_the_one_by_hand(x: float, w: float, tmp_path: Path) -> None:
    assert main([f"--x={x}", f"--w={w}", "--out", str(tmp_path)]) == (w + 2 * x, x)


def test_each_edge_has_its_local_gradient_and_x_has_two_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert printed.count("->") == 5
    assert "∂square/∂x = 2·x   4" in printed
    assert "2 paths from x to y" in printed
    assert "all agree" in printed


def test_the_picture_has_the_local_gradients(tmp_path: Path) -> None:
    main(["--out", str(tmp_path)])
    assert "∂product/∂x = w" in (tmp_path / "first-gradient.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", ["--x=inf", "--w=nan", "--w=two"])
def test_a_wrong_number_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[:3] in refusal(main, [wrong], capsys)


def test_help_tells_the_derivatives_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert "dy/dx = w + 2x" in help_of(main, capsys)
