"""examples/vanishing.py: the gradient vanishes layer by layer through sigmoids, and does not through tanh and ReLU."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.examples.running import example, help_of, is_picture, refusal

main = example("vanishing")["main"]


def test_ten_layers_of_sigmoids_lose_the_gradient_and_the_others_keep_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    norms = main(["--out", str(tmp_path)])
    assert {name: len(found) for name, found in norms.items()} == {"sigmoid": 10, "tanh": 10, "ReLU": 10}
    assert all(first < second / 2 for first, second in pairwise(norms["sigmoid"]))
    assert norms["sigmoid"][0] < 1e-4 * norms["sigmoid"][-1]
    assert all(norms[name][0] > 0.1 * norms[name][-1] for name in ("tanh", "ReLU"))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["layer", "sigmoid", "tanh", "ReLU"]
    np.testing.assert_allclose(np.array(rows[1:11], float)[:, 1:], np.transpose(list(norms.values())), rtol=0.01)
    assert is_picture(tmp_path / "vanishing.png")


def test_the_depth_can_be_chosen(tmp_path: Path) -> None:
    assert [len(found) for found in main(["--layers", "3", "--out", str(tmp_path)]).values()] == [3, 3, 3]


@pytest.mark.parametrize("wrong", [["--layers", "1"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert "quarter" in help_of(main, capsys)
