import builtins
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from autograd import MissingExtraError

EXAMPLE = Path(__file__).parents[2] / "examples" / "iris.py"
main = runpy.run_path(str(EXAMPLE))["main"]


def without(monkeypatch, *packages):
    """Make importing these packages fail, as if they were not installed."""
    original = builtins.__import__

    def importing(name, *args, **kwargs):
        if name.split(".")[0] in packages:
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_it_writes_the_three_pictures_into_the_folder_it_names(tmp_path, capsys):
    out = tmp_path / "pictures"
    main(["--epochs", "1", "--out", str(out)])
    assert {path.name for path in out.iterdir()} == {"learning-curve.png", "neuron.svg", "loss.svg"}
    assert (out / "learning-curve.png").read_bytes().startswith(b"\x89PNG")
    assert "layers[0].neurons[0].w[3]" in (out / "neuron.svg").read_text(encoding="utf-8")
    assert "virginica" in (out / "loss.svg").read_text(encoding="utf-8")
    assert capsys.readouterr().out.splitlines()[-1].endswith(str(out))


def test_it_prints_accuracies_and_the_confusion_matrix_with_class_names(tmp_path, capsys):
    main(["--epochs", "2", "--out", str(tmp_path)])
    printed = capsys.readouterr().out
    assert re.search(r"training accuracy \d+\.\d%\ntest accuracy \d+\.\d%", printed)
    assert re.search(r"\n +setosa +versicolor +virginica\n +setosa( +\d+){3}\n", printed)


def test_the_same_seed_gives_the_same_output_and_pictures(tmp_path, capsys):
    runs = []
    for _ in range(2):
        main(["--epochs", "2", "--seed", "5", "--out", str(tmp_path)])
        runs.append((capsys.readouterr().out, *(path.read_bytes() for path in sorted(tmp_path.iterdir()))))
    assert runs[0] == runs[1]


def test_it_learns_well_above_chance_in_a_few_epochs(tmp_path):
    assert main(["--epochs", "10", "--out", str(tmp_path)]) > 0.8


def test_without_tqdm_it_prints_a_line_every_ten_epochs_with_a_falling_loss(tmp_path, capsys, monkeypatch):
    without(monkeypatch, "tqdm")
    main(["--epochs", "30", "--out", str(tmp_path)])
    losses = [float(loss) for loss in re.findall(r"^epoch \d+: loss (\S+)$", capsys.readouterr().out, re.MULTILINE)]
    assert len(losses) == 3
    assert losses == sorted(losses, reverse=True)


def test_without_matplotlib_it_names_the_extra_before_training(tmp_path, capsys, monkeypatch):
    without(monkeypatch, "matplotlib")
    with pytest.raises(MissingExtraError, match=r"pip install 'glassgrad\[plot\]'"):
        main(["--out", str(tmp_path)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--epochs", "0"], ["--seed", "-1"], ["--epochs", "few"]])
def test_options_that_make_no_sense_are_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert arguments[0] in capsys.readouterr().err


def test_help_tells_the_options(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    printed = capsys.readouterr().out
    assert all(option in printed for option in ("--seed", "--epochs", "--out", "learning-curve.png"))


@pytest.mark.slow
def test_mean_test_accuracy_over_ten_seeds_is_at_least_95_percent(tmp_path):
    accuracies = [main(["--seed", str(seed), "--out", str(tmp_path)]) for seed in range(10)]
    assert np.mean(accuracies) >= 0.95


def test_a_folder_that_cannot_be_is_refused_before_the_work(tmp_path, capsys):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "taken")])
    assert "cannot be a folder" in capsys.readouterr().err
