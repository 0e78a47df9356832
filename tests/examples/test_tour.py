"""examples/tour.ipynb: its cells run, one after another, and it is kept without what they put out.

They run in one namespace, without Jupyter, so they need no more than the other tests do.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from autograd import Diagram, registry
from tests.examples.running import EXAMPLES

BOOK = json.loads((EXAMPLES / "tour.ipynb").read_text(encoding="utf-8"))
CODE = [cell for cell in BOOK["cells"] if cell["cell_type"] == "code"]


def shown_by(source: str, namespace: dict[str, Any]) -> Any:
    """Run a cell, and return the value of its last line, which Jupyter shows, if it is an expression."""
    *lines, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        exec(source, namespace)
        return None
    exec(compile(ast.Module(lines, []), "<cell>", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)


@pytest.fixture(scope="module")
def shown() -> Iterator[dict[str, Any]]:
    """What each cell shows, by its id."""
    pyplot.switch_backend("Agg")
    rows, namespace = set(registry), {"__name__": "tour"}
    yield {cell["id"]: shown_by("".join(cell["source"]), namespace) for cell in CODE}
    pyplot.close("all")
    for name in set(registry) - rows:
        del registry[name]


def test_the_gradients_are_those_by_hand(shown: dict[str, Any]) -> None:
    assert shown["gradient"] == (1.0, 2.0)
    assert shown["operation"] == pytest.approx((np.sin(1) / 2, np.cos(1) / 2))
    np.testing.assert_allclose(shown["hessian"], [1.0, 1.0], atol=1e-3)


def test_graphs_and_the_network_are_shown(shown: dict[str, Any]) -> None:
    for cell in ("picture", "arrays-picture", "network"):
        assert isinstance(shown[cell], Diagram)
        assert "<svg" in shown[cell].to_string("svg")
    assert isinstance(shown["film"], Figure)


def test_the_network_that_was_kept_is_right_about_more_than_nine_of_ten_points(shown: dict[str, Any]) -> None:
    assert shown["keep"] > 0.9


def test_it_is_kept_without_outputs_and_counts() -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in CODE)
    assert all(cell["metadata"] == {} for cell in BOOK["cells"])


def test_it_is_of_format_4_5_for_any_python_3_and_each_cell_has_its_own_id() -> None:
    assert (BOOK["nbformat"], BOOK["nbformat_minor"]) == (4, 5)
    assert BOOK["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in BOOK["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z-]{1,64}", cell) for cell in ids)


def test_it_is_short() -> None:
    assert 15 <= len(CODE) <= 25
    assert all(len(cell["source"]) <= 16 for cell in CODE)


def test_the_programs_that_it_names_exist() -> None:
    named = set(re.findall(r"`(\w+\.py)`", "".join(BOOK["cells"][-1]["source"])))
    assert len(named) > 5
    assert all((EXAMPLES / name).is_file() for name in named)
