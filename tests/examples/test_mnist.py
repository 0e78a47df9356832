"""examples/mnist.py: it prints Nielsen's lines, and on the real digits it reaches his figures."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.examples.running import example, help_of, refusal

EXAMPLE = example("mnist")
main = EXAMPLE["main"]
DATA = Path(os.environ.get("GLASSGRAD_DATA", "no folder")) / "mnist"
needs_mnist = pytest.mark.skipif(not DATA.is_dir(), reason="needs MNIST in the folder mnist of GLASSGRAD_DATA")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of MNIST the 1,797 small digits, in the middle of its larger images."""
    x, y, _, _ = nn.datasets.digits()
    images = np.pad(x.reshape(-1, 8, 8) / 16, ((0, 0), (10, 10), (10, 10))).reshape(-1, 784)
    data = nn.datasets.MNIST(images[:1500], y[:1500], images[1500:], y[1500:])
    monkeypatch.setattr(nn.datasets, "mnist", lambda folder: data)


@pytest.mark.usefixtures("small")
def test_each_epoch_prints_a_line_with_how_many_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    right = main(["--data", "small", "--epochs", "3"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [f"Epoch {epoch} : {count} / 297" for epoch, count in enumerate(right)]
    assert re.fullmatch(rf"seed 0: first {right[0]}, best {max(right)}, \d+\.\d\d s an epoch \(median\)", lines[3])


@pytest.mark.usefixtures("small")
def test_it_learns_and_the_seed_decides_how() -> None:
    first, again, other = (main(["--data", "small", "--epochs", "4", "--seed", seed]) for seed in "112")
    assert first == again != other
    assert first[-1] > 150 > 297 / 10


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("start", ["normal", "xavier", "lecun", "he"])
def test_every_loss_and_start_can_be_chosen(start: str) -> None:
    arguments = ["--data", "small", "--epochs", "2", "--hidden", "20", "--batch", "20", "--eta", "0.5"]
    assert len(main([*arguments, "--loss", "cross-entropy", "--init", start])) == 2


def test_better_sets_what_is_not_given() -> None:
    _, options = EXAMPLE["parse"](["--data", "x", "--better", "--epochs", "2"])
    assert (options.hidden, options.eta, options.loss, options.init) == (100, 0.25, "cross-entropy", "xavier")
    assert options.epochs == 2
    _, plain = EXAMPLE["parse"](["--data", "x"])
    assert (plain.hidden, plain.epochs, plain.batch, plain.eta) == (30, 30, 10, 3.0)
    assert (plain.loss, plain.init) == ("quadratic", "normal")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("start", "variance"), [("normal", 1.0), ("xavier", 2 / (784 + 30))])
def test_weights_start_as_they_are_told_and_biases_at_0_but_for_nielsens(
    start: str, variance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = []

    def keep(model: nn.MLP, *_: object, **__: object) -> None:
        models.append(model)
        raise KeyboardInterrupt

    monkeypatch.setattr(nn, "fit", keep)
    with pytest.raises(KeyboardInterrupt):
        main(["--data", "small", "--init", start])
    neurons = models[0].layers[0].neurons
    weights = np.array([[w.data for w in neuron.w] for neuron in neurons])
    assert weights.var() / variance == pytest.approx(1.0, abs=0.03)
    assert all((neuron.b.data == 0) == (start != "normal") for neuron in neurons)


def test_a_folder_without_the_files_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(main, ["--data", str(tmp_path)], capsys)
    assert f"not in {tmp_path}. Put the original files there" in told


@pytest.mark.parametrize(
    "wrong",
    [["--hidden", "0"], ["--epochs", "0"], ["--batch", "0"], ["--eta", "0"], ["--eta", "nan"], ["--seed", "-1"]],
)
def test_a_wrong_argument_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong[0] in refusal(main, ["--data", "x", *wrong], capsys)


def test_help_tells_the_better_settings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # or it would be wrapped within a word
    assert "--hidden 100 --epochs 10 --eta 0.25 --loss cross-entropy --init xavier" in help_of(main, capsys)


@needs_mnist
@pytest.mark.slow
def test_the_best_of_five_seeds_reaches_the_figures_of_the_article() -> None:
    runs = [main(["--data", str(DATA), "--seed", str(seed)]) for seed in range(5)]
    assert [len(right) for right in runs] == [30] * 5
    best = max(runs, key=max)
    assert best[0] >= 8973
    assert max(best) >= 9500


@needs_mnist
@pytest.mark.slow
def test_the_better_network_reaches_97_percent_within_ten_epochs() -> None:
    right = main(["--data", str(DATA), "--better"])
    assert len(right) == 10
    assert max(right) >= 9700
