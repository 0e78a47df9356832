"""examples/newton.py: the steps of Newton's method, and where they end."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

main = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "newton.py"))["main"]


def test_the_gradient_vanishes_and_each_step_at_the_end_doubles_the_digits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = main([])
    assert np.linalg.norm(found["gradient"]) < 1e-14
    sizes = [float(size) for size in re.findall(r"gradient (\S+)", capsys.readouterr().out)]
    assert len(sizes) < 12
    assert sizes[-2] < 10 * sizes[-3] ** 1.5


def test_it_finds_what_scikit_learn_finds(capsys: pytest.CaptureFixture[str]) -> None:
    found = main(["--penalty", "0.05"])["parameters"]
    x, y = load_iris(return_X_y=True)
    x, y = x[y > 0], y[y > 0] == 2
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = LogisticRegression(C=1 / (2 * 0.05 * len(x)), tol=1e-10, max_iter=1000).fit(x, y)
    np.testing.assert_allclose(found, [*theirs.coef_[0], *theirs.intercept_], rtol=1e-5)


@pytest.mark.parametrize("arguments", [["--penalty", "-1"], ["--steps", "0"]])
def test_a_wrong_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error:" in capsys.readouterr().err
