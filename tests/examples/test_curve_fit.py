"""examples/curve_fit.py reaches the answer that NIST certifies, by each of its methods."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "curve_fit.py"))


@pytest.mark.parametrize(("method", "digits"), [("gauss-newton", 9), ("newton", 9), ("l-bfgs", 5)])
def test_it_reaches_the_certified_answer(method: str, digits: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = EXAMPLE["main"](["--method", method])
    np.testing.assert_allclose(found, EXAMPLE["CERTIFIED"], rtol=10.0**-digits)
    assert "agrees with NIST's certified answer to" in capsys.readouterr().out


def test_gauss_newton_needs_few_steps(capsys: pytest.CaptureFixture[str]) -> None:
    EXAMPLE["main"]([])
    assert len(capsys.readouterr().out.splitlines()) < 12


@pytest.mark.parametrize("arguments", [["--method", "guess"], ["--steps", "0"]])
def test_a_wrong_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        EXAMPLE["main"](arguments)
    assert "error:" in capsys.readouterr().err


def test_help_tells_where_the_measurements_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        EXAMPLE["main"](["--help"])
    assert "Misra1a" in capsys.readouterr().out
