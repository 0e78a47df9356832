"""fit trains a model, and a run that was interrupted goes on as if it had not been."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import ArgumentError, NonFiniteGradientError, SizeError, TracingWarning, Value, cross_entropy, softplus
from nn import MLP, SGD, Adam, Callback, Dropout, EarlyStopping, Linear, Sequential, Tanh, fit

X, Y = nn.datasets.moons(60, 0.1, seed=0)[:2]


def scalar_model(seed: int = 0) -> MLP:
    return MLP(2, [4, 2], seed=seed)


def tensor_model(seed: int = 0, *more: nn.Module) -> Sequential:
    return Sequential(Linear(2, 8, seed=seed), Tanh(), *more, Linear(8, 2, seed=seed + 1))


def tensor_loss(outputs: Any, targets: Any) -> Any:
    return np.mean(cross_entropy(outputs, targets))


def numbers(model: nn.Module) -> np.ndarray:
    return np.concatenate([np.ravel(x) for x in model.state_dict().values()])


KINDS = {"Values": (scalar_model, nn.cross_entropy), "Tensors": (tensor_model, tensor_loss)}
each_kind = pytest.mark.parametrize(("make", "loss"), KINDS.values(), ids=KINDS)


def trained(make: Any, loss: Any, **options: Any) -> tuple[nn.Module, nn.History]:
    model = make()
    settings = {"epochs": 4, "batch_size": 16, "seed": 0, "progress": False} | options
    optimizer = settings.pop("optimizer", None) or Adam(model.parameters(), lr=0.05)
    return model, fit(model, X, Y, loss=loss, optimizer=optimizer, **settings)


# What is learned ----------------------------------------------------------------------------------------------------


@each_kind
def test_a_run_is_a_step_for_each_minibatch_of_an_order_drawn_for_each_epoch(make: Any, loss: Any) -> None:
    model, history = trained(make, loss, epochs=2)
    other, rng = make(), np.random.default_rng(0)
    adam = Adam(other.parameters(), lr=0.05)
    means = []
    for _ in range(2):
        order = rng.permutation(len(X))
        losses = []
        for start in range(0, len(X), 16):
            chosen = order[start : start + 16]
            adam.zero_grad()
            if make is scalar_model:
                parts = [loss(other(X[i]), int(Y[i])) for i in chosen]
                mean = sum(parts[1:], start=parts[0]) / len(parts)
            else:
                mean = loss(other(X[chosen]), Y[chosen])
            mean.backward()
            adam.step()
            losses.append(float(mean.data) * len(chosen))
        means.append(sum(losses) / len(X))
    np.testing.assert_allclose(numbers(model), numbers(other), rtol=1e-9)
    np.testing.assert_allclose(history["loss"], means, rtol=1e-9)


@each_kind
def test_compiled_and_eager_runs_are_the_same(make: Any, loss: Any) -> None:
    compiled, history = trained(make, loss)
    eager, other = trained(make, loss, compile=False)
    np.testing.assert_allclose(numbers(compiled), numbers(eager), rtol=1e-9)
    np.testing.assert_allclose(history["loss"], other["loss"], rtol=1e-9)


@each_kind
def test_the_history_has_losses_metrics_rates_norms_and_seconds(make: Any, loss: Any) -> None:
    def hits(y: np.ndarray, outputs: np.ndarray) -> float:
        return nn.accuracy(y, outputs.argmax(1))

    model, history = trained(
        make, loss, epochs=30, validation=(X[:20], Y[:20]), metrics={"accuracy": hits}, schedule=nn.ExponentialLR(0.9)
    )
    assert list(history) == [
        "loss",
        "accuracy",
        "validation loss",
        "validation accuracy",
        "lr",
        "gradient norm",
        "seconds",
    ]
    np.testing.assert_allclose(history["lr"], 0.05 * 0.9 ** np.arange(30))
    assert history["loss"][-1] < history["loss"][0]
    assert history["accuracy"][-1] > 0.8
    outputs = np.array([[v.data for v in model(x)] for x in X[:20]]) if make is scalar_model else model(X[:20]).numpy()
    assert history["validation accuracy"][-1] == hits(Y[:20], outputs)
    assert all(norm > 0 for norm in history["gradient norm"])
    assert repr(history).startswith("<History of 30 epochs; the last one: loss")


def test_a_history_is_written_as_a_table(tmp_path: Path) -> None:
    _, history = trained(scalar_model, nn.cross_entropy, epochs=2)
    history.to_csv(tmp_path / "run.csv")
    with open(tmp_path / "run.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [float(row["loss"]) for row in rows] == history["loss"]
    with pytest.raises(KeyError, match="there are loss, lr"):
        history["accuracy"]


def test_what_cannot_be_recorded_runs_eagerly_after_one_warning() -> None:
    def loss(outputs: Any, targets: Any) -> Any:
        mean = tensor_loss(outputs, targets)
        return mean if mean.data > 0.1 else 2.0 * mean

    with pytest.warns(TracingWarning, match="not compiled") as caught:
        model, _ = trained(tensor_model, loss)
    assert len(caught) == 1
    np.testing.assert_array_equal(numbers(model), numbers(trained(tensor_model, loss, compile=False)[0]))


@pytest.mark.parametrize("layer", [lambda: Dropout(0.2, seed=1), lambda: nn.BatchNorm1d(8)])
def test_modules_that_draw_or_count_are_known_to_run_eagerly(layer: Any) -> None:
    model, _ = trained(lambda: tensor_model(0, layer()), tensor_loss)
    eager, _ = trained(lambda: tensor_model(0, layer()), tensor_loss, compile=False)
    np.testing.assert_array_equal(numbers(model), numbers(eager))
    assert model.training


def test_what_a_run_has_taught_its_schedule_and_callbacks_is_not_carried_into_the_next() -> None:
    stopping, schedule = EarlyStopping(patience=2), nn.ReduceOnPlateau(factor=0.5, patience=0, threshold=0.9)
    together = {"callbacks": [stopping], "schedule": schedule, "validation": (X[:20], Y[:20]), "epochs": 6}
    first, history = trained(tensor_model, tensor_loss, **together)
    second, again = trained(tensor_model, tensor_loss, **together)
    np.testing.assert_array_equal(numbers(first), numbers(second))
    assert history["lr"] == again["lr"]
    assert history["lr"][-1] < history["lr"][0]


def test_after_a_run_the_learning_rate_is_what_it_was() -> None:
    model = scalar_model()
    adam = Adam(model.parameters(), lr=0.05)
    fit(model, X, Y, loss=nn.cross_entropy, optimizer=adam, schedule=nn.CosineLR(3), epochs=3, progress=False)
    assert adam.lr == 0.05


def test_a_scalar_loss_that_branches_runs_eagerly_after_one_warning() -> None:
    def loss(outputs: list[Value], target: Any) -> Any:
        margin = outputs[int(target)] - outputs[1 - int(target)]
        return softplus(-margin) if margin.data > 0 else 2.0 * softplus(-margin)

    with pytest.warns(TracingWarning) as caught:
        model, _ = trained(scalar_model, loss, epochs=2)
    assert len([w for w in caught if "one sample after another" in str(w.message)]) == 1
    eager, _ = trained(scalar_model, loss, epochs=2, compile=False)
    np.testing.assert_allclose(numbers(model), numbers(eager), rtol=1e-9)


def test_the_loss_of_the_validation_part_is_that_of_a_batch_whatever_its_shape() -> None:
    class Column(nn.Module):
        def __init__(self) -> None:
            self.linear = Linear(2, 1, seed=0)

        def forward(self, x: Any) -> Any:
            return self.linear(x)[:, 0]

    _, history = trained(
        Column,
        nn.half_squared_error,
        optimizer=None,
        epochs=1,
        batch_size=60,
        validation=(X, Y),
        schedule=nn.StepLR(1, gamma=1e-12),
    )
    model = Column()
    expected = 0.5 * np.mean((model(X).numpy() - Y) ** 2)
    assert history["loss"] == pytest.approx([expected], rel=1e-12)
    frozen = SGD(model.parameters(), lr=1e-15)
    after = fit(model, X, Y, loss=nn.half_squared_error, optimizer=frozen, epochs=1, validation=(X, Y), progress=False)
    assert after["validation loss"] == pytest.approx([expected], rel=1e-9)


# Ends before the end ------------------------------------------------------------------------------------------------


@each_kind
def test_early_stopping_brings_the_best_parameters_back(make: Any, loss: Any) -> None:
    seen: list[np.ndarray] = []

    class Watcher(Callback):
        def after_epoch(self, run: Any) -> None:
            seen.append(numbers(run.model))

    rng = np.random.default_rng(0)
    noise = rng.integers(0, 2, 20)
    model, history = trained(
        make,
        loss,
        epochs=200,
        validation=(X[:20], noise),
        callbacks=[Watcher(), EarlyStopping(patience=3)],
        optimizer=None,
    )
    best = int(np.argmin(history["validation loss"]))
    assert len(history.epochs) == best + 4 < 200
    assert history.stopped == "validation loss has not become better for 3 epochs"
    np.testing.assert_array_equal(numbers(model), seen[best])


def test_a_figure_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"watches 'validation loss', but there are 'loss'.* was validation= given"):
        trained(scalar_model, nn.cross_entropy, callbacks=[EarlyStopping()])


@each_kind
def test_ctrl_c_keeps_what_was_learned(make: Any, loss: Any) -> None:
    class Interrupt(Callback):
        def after_epoch(self, run: Any) -> None:
            if len(run.history.epochs) == 2:
                raise KeyboardInterrupt

    model, history = trained(make, loss, callbacks=[Interrupt()])
    assert history.stopped == "interrupted in epoch 3"
    np.testing.assert_array_equal(numbers(model), numbers(trained(make, loss, epochs=2)[0]))


@each_kind
def test_a_gradient_that_is_not_finite_ends_the_run_with_epoch_batch_and_parameter(make: Any, loss: Any) -> None:
    model = make()

    def overflowing(outputs: Any, target: Any) -> Any:
        return loss(outputs, target) * 1e308 * 1e308

    message = r"epoch 1, batch 1: no step was made, because the gradient of layers\[[01]\]\."
    with pytest.raises(NonFiniteGradientError, match=message):
        fit(model, X, Y, loss=overflowing, optimizer=SGD(model.parameters()), batch_size=16, seed=0, progress=False)
    np.testing.assert_array_equal(numbers(model), numbers(make()))


# Checkpoints --------------------------------------------------------------------------------------------------------


def settings() -> dict[str, Any]:
    return {
        "epochs": 6,
        "schedule": nn.ReduceOnPlateau(factor=0.5, patience=0, threshold=0.2),
        "validation": (X[:20], Y[:20]),
        "callbacks": [EarlyStopping(patience=4)],
    }


@pytest.mark.parametrize("make", [scalar_model, lambda: tensor_model(0, Dropout(0.2, seed=1))], ids=KINDS)
def test_a_resumed_run_is_the_one_that_was_not_interrupted(make: Any, tmp_path: Path) -> None:
    loss = nn.cross_entropy if make is scalar_model else tensor_loss
    whole, history = trained(make, loss, **settings())
    path = tmp_path / "run.npz"
    for epochs in (2, 3, 6):
        model, resumed = trained(make, loss, **settings() | {"epochs": epochs}, checkpoint=path, resume=True)
    np.testing.assert_array_equal(numbers(model), numbers(whole))
    for name in set(history) - {"seconds"}:
        assert resumed[name] == history[name], name


def test_after_a_resumed_run_the_learning_rate_is_what_it_was(tmp_path: Path) -> None:
    for epochs in (1, 3):
        model = scalar_model()
        adam = Adam(model.parameters(), lr=0.05)
        options = {"schedule": nn.ExponentialLR(0.5), "checkpoint": tmp_path / "run.npz", "resume": True, "seed": 0}
        history = fit(model, X, Y, loss=nn.cross_entropy, optimizer=adam, epochs=epochs, progress=False, **options)
        assert adam.lr == 0.05
    assert history["lr"] == [0.05, 0.025, 0.0125]


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_every_generator_of_numpy_can_be_resumed(kind: Any, tmp_path: Path) -> None:
    whole, _ = trained(scalar_model, nn.cross_entropy, seed=np.random.Generator(kind(1)))
    for epochs in (2, 4):
        options = {"epochs": epochs, "checkpoint": tmp_path / "run.npz", "resume": True}
        model, _ = trained(scalar_model, nn.cross_entropy, seed=np.random.Generator(kind(1)), **options)
    np.testing.assert_array_equal(numbers(model), numbers(whole))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 8}, "its batch_size was 16, and is 8 now"),
        ({"seed": 7}, "its seed was another one"),
        ({"loss": nn.hinge}, "its loss was cross_entropy, and is hinge now"),
    ],
)
def test_a_run_with_other_settings_is_not_resumed(change: Any, message: str, tmp_path: Path) -> None:
    options = {"checkpoint": tmp_path / "run.npz", "resume": True, "epochs": 1}
    trained(scalar_model, nn.cross_entropy, **options)
    with pytest.raises(ArgumentError, match=message):
        trained(scalar_model, **{"loss": nn.cross_entropy} | options | change)
    model = scalar_model()
    with pytest.raises(ArgumentError, match="its x was of shape"):
        fit(model, X + 1.0, Y, loss=nn.cross_entropy, optimizer=Adam(model.parameters()), batch_size=16, **options)


@pytest.mark.slow
def test_a_run_killed_at_any_moment_goes_on_to_the_same_end(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, numpy as np, nn
        x, y = nn.datasets.moons(200, 0.1, seed=0)[:2]
        model = nn.Sequential(nn.Linear(2, 8, seed=0), nn.Tanh(), nn.Dropout(0.1, seed=3), nn.Linear(8, 2, seed=1))
        from autograd import cross_entropy
        nn.fit(
            model, x, y, loss=lambda o, t: np.mean(cross_entropy(o, t)),
            optimizer=nn.Adam(model.parameters(), lr=0.01), epochs=400, batch_size=20, seed=0, progress=False,
            compile=False, checkpoint=sys.argv[1], resume=True,
        )
        np.save(sys.argv[2], np.concatenate([np.ravel(a) for a in model.state_dict().values()]))
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    expected = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "a.npz", tmp_path / "a.npy"], env=environment, check=True
    )
    assert expected.returncode == 0
    rng, kills = np.random.default_rng(0), 0

    def written() -> int:
        checkpoint = tmp_path / "b.npz"
        return checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0

    finished = False
    while not finished:  # a process that is killed while it writes the result has not
        before = written()
        process = subprocess.Popen(
            [sys.executable, "-c", script, tmp_path / "b.npz", tmp_path / "b.npy"], env=environment
        )
        while process.poll() is None and written() == before:  # each process gets somewhere
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.3))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            kills += 1
        finished = process.wait() == 0
    assert kills >= 1
    np.testing.assert_array_equal(np.load(tmp_path / "b.npy"), np.load(tmp_path / "a.npy"))


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"no zip", lambda b: b""])
def test_a_file_that_is_no_checkpoint_is_refused_and_changes_nothing(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "run.npz"
    trained(scalar_model, nn.cross_entropy, epochs=1, checkpoint=path)
    path.write_bytes(damage(path.read_bytes()))
    model = scalar_model()
    with pytest.raises(ArgumentError, match=r"run.npz is no checkpoint of nn.fit"):
        fit(model, X, Y, loss=nn.cross_entropy, optimizer=SGD(model.parameters()), checkpoint=path, resume=True, seed=0)
    np.testing.assert_array_equal(numbers(model), numbers(scalar_model()))


def test_the_checkpoint_of_another_run_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    trained(scalar_model, nn.cross_entropy, epochs=1, checkpoint=path)
    model = scalar_model(seed=5)
    with pytest.raises(ArgumentError, match=r"is the checkpoint of another run: .*Adam.*SGD"):
        fit(
            model,
            X,
            Y,
            loss=nn.cross_entropy,
            optimizer=SGD(model.parameters()),
            checkpoint=path,
            resume=True,
            seed=0,
            batch_size=16,
        )
    np.testing.assert_array_equal(numbers(model), numbers(scalar_model(seed=5)))
    with pytest.raises(ArgumentError, match="say which"):
        trained(scalar_model, nn.cross_entropy, resume=True)


# What is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (X, Y[:-1], SizeError, r"one row a sample, and at least one, not the shapes \(60, 2\) and \(59,\)"),
        (X[:0], Y[:0], SizeError, "at least one"),
        (
            np.where(np.arange(60)[:, None] == 7, np.nan, X),
            Y,
            ArgumentError,
            "x is inf or nan in 1 of 60 rows, first in row 7",
        ),
        (X, Y.astype(complex), ArgumentError, "y must be real numbers, not complex128"),
        (
            X,
            np.where(Y > 0, "one", "none"),
            ArgumentError,
            r"y must .* 'one'; `names, y = np.unique\(y, return_inverse",
        ),
        (X, np.where(Y > 0, "one", "none").astype(object), ArgumentError, "y must .* not text .*MLPClassifier"),
        (X, Y.astype(str), ArgumentError, r"y must be real numbers, not text such as '\d'; y.astype\(float\)"),
        (X.astype(str), Y, ArgumentError, r"x must be real numbers, not text such as .*; x.astype\(float\)"),
        (X.astype(object), Y, ArgumentError, r"x must .* not an array of Python objects; x.astype\(float\)"),
        (np.full((60, 2), "red"), Y, ArgumentError, "x must .* not text such as 'red'; of a column of names"),
        ((X,), Y, ArgumentError, r"x must be an array, not a tuple of one; .*\(x,\) = standardize\(x\)"),
        (X, (Y, Y), ArgumentError, "y must be an array, not a tuple of 2; np.stack"),
        (X, Y.astype(float), ArgumentError, r"not a float: targets.astype\(int\)"),
        (X, Y + 1, ArgumentError, "not 2: the model has 2 outputs, and needs one for each class"),
    ],
)
def test_samples_that_cannot_be_learned_from_are_refused(x: Any, y: Any, error: Any, message: str) -> None:
    model = scalar_model()
    with pytest.raises(error, match=message):
        fit(model, x, y, loss=nn.cross_entropy, optimizer=SGD(model.parameters()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": nn.LBFGS([Value(1.0)])}, r"must be an Optimizer.*not LBFGS.*lbfgs.step\(closure\)"),
        ({"optimizer": SGD(scalar_model().parameters())}, "no parameter of the model"),
        ({"loss": "cross_entropy"}, "loss must be a function, such as nn.cross_entropy, not 'cross_entropy'"),
        ({"callbacks": [print]}, "callbacks must be a list of Callbacks"),
        ({"callbacks": EarlyStopping()}, r"list of Callbacks: \[nn.EarlyStopping\(\)\]"),
        ({"metrics": [nn.accuracy]}, "metrics must be functions by name"),
        ({"metrics": {"hits": nn.accuracy}}, r"the metric 'hits' failed: .*outputs of shape \(60, 2\).*argmax"),
        ({"metrics": {"loss": nn.accuracy}}, "the metric 'loss' must be called otherwise"),
        ({"validation": 0.2}, "validation must be a pair"),
        ({"validation": X}, "validation must be a pair"),
        ({"checkpoint": "nowhere/at/all/run.npz"}, "there is no folder"),
        ({"schedule": 0.1}, "schedule must be a Schedule"),
        ({"epochs": 0}, "epochs must be a positive int"),
        ({"batch_size": 1.5}, "batch_size must be a positive int"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        trained(scalar_model, **{"loss": nn.cross_entropy} | options)


def test_a_bar_shows_epochs_and_losses(capsys: pytest.CaptureFixture[str]) -> None:
    trained(scalar_model, nn.cross_entropy, epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown


def test_callbacks_optimizers_and_schedules_show_their_settings() -> None:
    parameters = [Value(1.0), Value(2.0)]
    assert repr(nn.Snapshots(every=3)) == "Snapshots(every=3)"
    assert repr(SGD(parameters, lr=0.1)) == (
        "SGD(2 parameters, lr=0.1, decay=0.0, momentum=0.0, nesterov=False, weight_decay=0.0)"
    )
    groups: Any = [{"params": parameters[0], "lr": 0.2}, {"params": parameters[1]}]
    assert repr(SGD(groups, lr=0.1)).startswith("SGD([Group(1 parameters, lr=0.2, decay=0.0, ")
    assert repr(nn.LBFGS(parameters, max_iter=8)).startswith("LBFGS(2 parameters, max_iter=8, max_eval=10, ")
    assert repr(nn.WarmupLR(3, 0.5, nn.StepLR(9))) == (
        "WarmupLR(epochs=3, start_factor=0.5, then=StepLR(step_size=9, gamma=0.1))"
    )
