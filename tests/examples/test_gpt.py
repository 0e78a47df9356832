"""examples/gpt.py: the model is the one its formulas say, and it learns the names it is given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.examples.running import example, refusal

EXAMPLE = example("gpt")
main, GPT, training_pair = EXAMPLE["main"], EXAMPLE["GPT"], EXAMPLE["training_pair"]
NAMES = ["ada", "eve", "ian", "lea", "mia", "noa", "Zoe"]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("\n".join(NAMES) + "\n\n", encoding="utf-8")
    return path


def model() -> Any:
    return GPT(np.random.default_rng(0))


def logits_of(gpt: Any, tokens: list[int]) -> np.ndarray:
    return np.array([[z.data for z in logits] for logits in gpt(tokens)])


def with_arrays(gpt: Any, tokens: list[int]) -> np.ndarray:
    """The logits by the formulas of the papers, on whole matrices."""

    def of(matrix: Any) -> np.ndarray:
        return np.array([[p.data for p in row] for row in matrix])

    def normalized(x: np.ndarray) -> np.ndarray:
        return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5)

    def heads(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), 4, 4).swapaxes(0, 1)

    x = of(gpt.tokens)[tokens] + of(gpt.positions)[: len(tokens)]
    h = normalized(x)
    query, key, value = (heads(h @ of(w).T) for w in (gpt.query, gpt.key, gpt.value))
    later = np.triu(np.ones((len(tokens), len(tokens)), bool), k=1)
    weights = np.exp(np.where(later, -np.inf, query @ key.swapaxes(1, 2) / np.sqrt(4)))
    weights /= weights.sum(axis=-1, keepdims=True)
    x = x + (weights @ value).swapaxes(0, 1).reshape(len(tokens), 16) @ of(gpt.mix).T
    x = x + np.maximum(normalized(x) @ of(gpt.widen).T, 0) @ of(gpt.narrow).T
    return normalized(x) @ of(gpt.output).T


def test_it_has_4192_parameters() -> None:
    assert model().num_parameters == 4192


def test_its_logits_are_those_of_the_formulas_on_matrices() -> None:
    gpt = model()
    tokens, _ = training_pair("isabella")
    np.testing.assert_allclose(logits_of(gpt, tokens), with_arrays(gpt, tokens), rtol=1e-12, atol=1e-14)


def test_its_loss_is_the_mean_cross_entropy_of_the_next_letters() -> None:
    gpt = model()
    tokens, targets = training_pair("mia")
    assert (tokens, targets) == ([26, 12, 8, 0], [12, 8, 0, 26])
    exponentials = np.exp(with_arrays(gpt, tokens))
    probabilities = exponentials / exponentials.sum(axis=-1, keepdims=True)
    expected = -np.mean(np.log(probabilities[np.arange(4), targets]))
    assert gpt.loss(tokens, targets).data == pytest.approx(expected, rel=1e-12)


def test_its_gradient_is_that_of_differences() -> None:
    gpt = model()
    tokens, targets = training_pair("eve")
    gpt.loss(tokens, targets).backward()
    for p in (gpt.tokens[4][0], gpt.positions[3][1], gpt.key[2][3], gpt.widen[7][5], gpt.output[26][9]):
        middle, losses = p.data, []
        for p.data in (middle - 1e-5, middle + 1e-5):
            losses.append(gpt.loss(tokens, targets).data)
        p.data = middle
        assert p.grad == pytest.approx((losses[1] - losses[0]) / 2e-5, rel=1e-6, abs=1e-9)


def test_it_does_not_look_ahead() -> None:
    gpt = model()
    np.testing.assert_array_equal(logits_of(gpt, [26, 0, 1])[:2], logits_of(gpt, [26, 0, 25])[:2])


def test_what_it_has_read_is_not_read_again() -> None:
    gpt, seen = model(), []
    one_by_one = [[z.data for z in gpt([token], seen)[0]] for token in (26, 0, 1)]
    np.testing.assert_array_equal(logits_of(gpt, [26, 0, 1]), one_by_one)


def test_of_a_name_longer_than_what_is_looked_at_the_beginning_is_read() -> None:
    tokens, targets = training_pair("abcdefghijklmnopqrstuvwxyz")
    assert tokens == [26, *range(15)]
    assert targets == list(range(16))


def test_the_loss_falls_and_the_names_it_makes_up_have_letters(names: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_up = main(["--names", str(names), "--steps", "60", "--samples", "5"])
    printed = capsys.readouterr().out
    losses = [float(loss) for loss in re.findall(r"^step \d+: mean loss (\S+)$", printed, re.MULTILINE)]
    assert len(losses) == 10
    assert losses[-1] < 0.5 * losses[0]
    assert "7 names, 4192 parameters" in printed
    assert re.search(r"^\d+\.\d ms a step$", printed, re.MULTILINE)
    assert printed.splitlines()[-1] == "made up: " + ", ".join(made_up)
    assert len(made_up) == 5
    assert all(re.fullmatch("[a-z]{0,16}", name) for name in made_up)


def test_the_same_seed_makes_up_the_same_names(names: Path) -> None:
    runs = [main(["--names", str(names), "--steps", "2", "--samples", "3", "--seed", seed]) for seed in ("1", "1", "2")]
    assert runs[0] == runs[1] != runs[2]


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(main, ["--names", str(tmp_path / "none.txt")], capsys)
    assert re.search(
        r"--names: there is no file .*none\.txt: names are read from a text file that has one a line", told
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ada\n\nanne-marie\n", "the letters must be a to z, without -"),
        ("ada\nzoë\naïda\n", "the letters must be a to z, without ë ï"),
        ("ada eve\n", "line 1, must be one name"),
        ("\n \n", "must have one name a line, but has none"),
    ],
)
def test_a_file_of_something_else_is_refused(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "names.txt"
    path.write_text(text, encoding="utf-8")
    assert message in refusal(main, ["--names", str(path)], capsys)


@pytest.mark.parametrize("arguments", [["--steps", "0"], ["--seed", "-1"], ["--samples", "-1"], ["--temperature", "0"]])
def test_a_wrong_argument_is_refused(arguments: list[str], names: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "error: --steps must be at least 1" in refusal(main, ["--names", str(names), *arguments], capsys)


def test_the_file_of_names_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert "required: --names" in refusal(main, [], capsys)
