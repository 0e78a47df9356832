"""examples/sklearn_pipeline.py: a network in a pipeline and a search of scikit-learn, beside logistic regression."""

from __future__ import annotations

import re

import pytest

from tests.examples.running import example, help_of, refusal

main = example("sklearn_pipeline")["main"]


def test_both_models_are_searched_and_judged_by_what_is_held_out(capsys: pytest.CaptureFixture[str]) -> None:
    accuracies = main(["--data", "wine", "--folds", "2"])
    assert min(accuracies.values()) > 0.9
    printed = capsys.readouterr().out
    assert "wine: 133 samples to choose by, in 2 folds; 45 held out" in printed
    for name, accuracy in accuracies.items():
        assert re.search(rf"^{name} +\d+\.\d% +{100 * accuracy:.1f}%  (activation|C) ", printed, re.MULTILINE)


@pytest.mark.slow
def test_on_digits_the_network_is_better(capsys: pytest.CaptureFixture[str]) -> None:
    accuracies = main([])
    assert accuracies["nn.MLPClassifier"] > accuracies["LogisticRegression"] > 0.95


@pytest.mark.parametrize("wrong", [["--data", "beer"], ["--folds", "1"], ["--seed", "-1"]])
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, wrong, capsys)


def test_help_tells_that_the_scaler_is_in_the_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the scaler stands in" in help_of(main, capsys)
