"""fit: train a model on samples, epoch by epoch."""

from __future__ import annotations

import copy
import json
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import ArgumentError, MissingExtraError, NonFiniteGradientError, SizeError
from nn.checks import flawed, generator, no_tuple_of_arrays, positive_int
from nn.module import Module
from nn.optim import ElementwiseOptimizer, Optimizer
from nn.schedules import Schedule
from nn.training.callbacks import Callback, Run
from nn.training.checkpoint import as_json, read_checkpoint, write_checkpoint
from nn.training.history import History
from nn.training.runners import Data, Runner, generators, runner_for

__all__ = ["fit"]

FIGURES = ("loss", "lr", "gradient norm", "seconds")  # that are in every history
Metric = Callable[[np.ndarray, np.ndarray], float]


def fit(
    model: Module,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: int = 32,
    schedule: Schedule | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    callbacks: Sequence[Callback] = (),
    checkpoint: str | Path | None = None,
    resume: bool = False,
    seed: int | np.random.Generator | None = None,
    progress: bool | None = None,
    compile: bool = True,
) -> History:
    """Train a model, and return what was seen on the way.

    A model of Values is given one sample at a time and its loss too, one of Tensors a minibatch; either is compiled if
    it can be recorded, else it runs eagerly after one `TracingWarning`. What a compiled loss reads beside outputs and
    targets, such as a number that a callback changes, it has read once, when it was recorded. Ctrl-C ends the run and
    keeps what was learned.

    Parameters
    ----------
    model : Module
        What is trained.
    x, y : array-like of shape (samples, ...)
        The samples and their targets, all finite.
    loss : callable
        Takes the outputs and the targets, such as ``nn.cross_entropy``.
    optimizer : Optimizer
        With the parameters of the model.
    epochs : int, optional
        How often each sample is taken; those of a resumed run count.
    batch_size : int, optional
        How many samples there are in a minibatch.
    schedule : Schedule, optional
        Sets the learning rate of each epoch.
    validation : pair of array-like, optional
        Samples and targets that are not trained on, of shapes as above: their loss and metrics are in the history.
    metrics : mapping of str to callable, optional
        Figures by name: each takes the targets and the outputs for all samples, and returns a number.
    callbacks : sequence of Callback, optional
        Asked after each epoch, such as `EarlyStopping` and `Snapshots`.
    checkpoint : str or Path, optional
        A file that is written after each epoch, in one piece.
    resume : bool, optional
        Go on from that file, if it is there: the run is then, number by number, the one that was not interrupted.
    seed : int, numpy.random.Generator or None, optional
        Of the order of the samples.
    progress : bool or None, optional
        Whether a bar shows epoch, loss and metrics (extra ``progress``); None shows it if that is installed.
    compile : bool, optional
        Whether to compile.

    Returns
    -------
    History
        The figures of each epoch: the mean loss over its minibatches as they were met, ``lr``, the norm of the gradient
        of the last minibatch, seconds, and the metrics at its end. The gradient is that of the last step; of a compiled
        model of Values, whose steps are one program, it is found anew when they are made.

    Raises
    ------
    SizeError
        If there are not as many targets as samples, or none.
    ArgumentError
        If an argument is none of these, a sample is not finite, or a checkpoint does not fit.
    NonFiniteGradientError
        If the loss or a gradient is not finite: the epoch, the minibatch and the first parameters are named, and the
        parameters are as the steps before have left them.

    Examples
    --------
    >>> import nn
    >>> x, y, *_ = nn.datasets.iris()
    >>> model = nn.MLP(4, [8, 3], seed=0)
    >>> history = nn.fit(
    ...     model, x, y, loss=nn.cross_entropy, optimizer=nn.Adam(model.parameters(), lr=0.02), epochs=30, seed=0,
    ...     metrics={"accuracy": lambda y, logits: nn.accuracy(y, logits.argmax(1))}, progress=False
    ... )
    >>> history["accuracy"][-1] > 0.9
    True
    """
    _ensure_settings(model, loss, optimizer, schedule, metrics, callbacks)
    data = _checked(x, y, "x", "y")
    held_out = None
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise ArgumentError("validation must be a pair, samples and targets: validation=(x_test, y_test)")
        held_out = _checked(*validation, "validation x", "validation y")
    if resume and checkpoint is None:
        raise ArgumentError("resume=True goes on from a checkpoint; say which: checkpoint='run.npz'")
    batch_size, epochs, rng = positive_int(batch_size, "batch_size"), positive_int(epochs, "epochs"), generator(seed)
    if checkpoint is not None and not Path(checkpoint).resolve().parent.is_dir():
        raise ArgumentError(f"checkpoint={str(checkpoint)!r}: there is no folder {Path(checkpoint).resolve().parent}")
    run = Run(model, optimizer, History())
    schedule = copy.deepcopy(schedule)  # what it learns belongs to this run
    for callback in callbacks:
        callback.before_run(run)
    factor = optimizer.lr_factor if isinstance(optimizer, ElementwiseOptimizer) else 1.0
    state = _State(run, schedule, callbacks, rng, None if checkpoint is None else Path(checkpoint))
    if state.path is not None:
        state.settings = _settings(data, loss, batch_size, None if seed is None else rng)
    if resume:
        state.load()
        if isinstance(optimizer, ElementwiseOptimizer):
            optimizer.lr_factor = factor  # which the schedule sets for each epoch, if there is one
    runner = runner_for(model, loss, optimizer, compile)
    bar = _bar(epochs, len(run.history.epochs), progress)
    mode = model.training
    try:
        for epoch in range(len(run.history.epochs), epochs if run.history.stopped is None else 0):
            if schedule is not None:
                schedule.apply(optimizer, epoch)
            figures = _one_epoch(runner, epoch, data, held_out, metrics or {}, batch_size, rng)
            run.history.epochs.append(figures)
            if schedule is not None:
                schedule.observe(figures.get("validation loss", figures["loss"]))
            reasons = [reason for callback in callbacks if (reason := callback.after_epoch(run)) is not None]
            run.history.stopped = reasons[0] if reasons else None
            state.save()
            bar(figures)
            if reasons:
                break
    except KeyboardInterrupt:
        run.history.stopped = f"interrupted in epoch {len(run.history.epochs) + 1}"
    finally:
        model.train(mode)
        if isinstance(optimizer, ElementwiseOptimizer):
            optimizer.lr_factor = factor
        bar(None)
    for callback in callbacks:
        callback.after_run(run)
    return run.history


def _one_epoch(
    runner: Runner,
    epoch: int,
    data: Data,
    held_out: Data | None,
    metrics: Mapping[str, Metric],
    batch_size: int,
    rng: np.random.Generator,
) -> dict[str, float]:
    optimizer = runner.optimizer
    rate, steps, start = getattr(optimizer, "lr", None), optimizer.steps, time.perf_counter()
    try:
        loss, norm = runner.epoch(*data, batch_size, rng)
    except NonFiniteGradientError as error:
        raise NonFiniteGradientError(f"epoch {epoch + 1}, batch {optimizer.steps - steps + 1}: {error}") from error
    if not np.isfinite(loss):
        raise NonFiniteGradientError(
            f"epoch {epoch + 1}: the mean loss is {loss}, though no gradient was inf or nan; a sample's loss overflows"
        )
    figures = {"loss": loss}
    for prefix, part in (("", data), ("validation ", held_out)):
        if part is None:
            continue
        if prefix:
            figures["validation loss"] = runner.mean_loss(*part)
        if metrics:
            outputs = runner.outputs(part[0])
            figures |= {f"{prefix}{name}": _figure(name, metric, part[1], outputs) for name, metric in metrics.items()}
    if rate is not None:
        figures["lr"] = float(rate)
    return figures | {"gradient norm": norm, "seconds": time.perf_counter() - start}


def _figure(name: str, metric: Metric, targets: np.ndarray, outputs: np.ndarray) -> float:
    try:
        return float(metric(targets, outputs))
    except Exception as error:
        raise ArgumentError(
            f"the metric {name!r} failed: {error}. It is given targets of shape {targets.shape} and outputs of shape "
            f"{outputs.shape}, and returns a number; for classes: lambda y, outputs: accuracy(y, outputs.argmax(1))"
        ) from error


class _State:
    """All that the epochs to come depend on."""

    def __init__(
        self,
        run: Run,
        schedule: Schedule | None,
        callbacks: Sequence[Callback],
        rng: np.random.Generator,
        path: Path | None,
    ) -> None:
        self.run, self.path = run, path
        self.settings: dict[str, Any] = {}  # by which another run is known
        self.parts: dict[str, Any] = {"model": run.model, "optimizer": run.optimizer}
        if schedule is not None:
            self.parts["schedule"] = schedule
        self.parts |= {f"callback {i}": callback for i, callback in enumerate(callbacks)}
        self.rngs = {"order": rng} | {f"module {place}": one for place, one in generators(run.model).items()}

    def save(self) -> None:
        if self.path is None:
            return
        facts = {
            "settings": self.settings,
            "epochs": self.run.history.epochs,
            "stopped": self.run.history.stopped,
            "generators": {name: rng.bit_generator.state for name, rng in self.rngs.items()},
        }
        write_checkpoint(self.path, facts, {name: part.state_dict() for name, part in self.parts.items()})

    def load(self) -> None:
        """Take up the checkpoint, if there is one; if it does not fit, nothing is changed."""
        if self.path is None or not self.path.exists():
            return
        facts, groups = read_checkpoint(self.path)
        for name, now in self.settings.items():
            then = facts["settings"].get(name)
            if now is not None and then is not None and then != now:
                change = f"its {name} was {_told(then)}, and is {_told(now)} now"
                raise ArgumentError(f"{self.path} is the checkpoint of another run: {change}")
        found = set(facts["generators"])
        if found != set(self.rngs):
            raise ArgumentError(f"{self.path} has the generators {sorted(found)}, but this run {sorted(self.rngs)}")
        before = {name: part.state_dict() for name, part in self.parts.items()}
        try:
            for name, part in self.parts.items():
                part.load_state_dict(groups.get(name, {}))
        except Exception as error:
            for name, part in self.parts.items():
                part.load_state_dict(before[name])
            raise ArgumentError(f"{self.path} is the checkpoint of another run: {error}") from error
        for name, rng in self.rngs.items():
            rng.bit_generator.state = facts["generators"][name]
        self.run.history.epochs, self.run.history.stopped = facts["epochs"], facts["stopped"]


def _ensure_settings(model: Any, loss: Any, optimizer: Any, schedule: Any, metrics: Any, callbacks: Any) -> None:
    if not isinstance(model, Module):
        raise ArgumentError(f"model must be a Module, such as nn.MLP(4, [8, 3]), not {model!r:.60}")
    if not callable(loss):
        raise ArgumentError(f"loss must be a function, such as nn.cross_entropy, not {loss!r:.60}")
    if not isinstance(optimizer, Optimizer):
        raise ArgumentError(
            f"optimizer must be an Optimizer, such as nn.Adam(model.parameters()), not {type(optimizer).__name__}; "
            "LBFGS asks for the loss of all samples where it wants to, and is called by itself: lbfgs.step(closure)"
        )
    own = {id(parameter) for parameter in model.parameters()}
    if not any(id(parameter) in own for parameter in optimizer.parameters):
        raise ArgumentError("the optimizer has no parameter of the model: nn.Adam(model.parameters()), of this model")
    if schedule is not None and not isinstance(schedule, Schedule):
        raise ArgumentError(f"schedule must be a Schedule, such as nn.CosineLR(100), not {schedule!r:.60}")
    if metrics is not None and not (isinstance(metrics, Mapping) and all(map(callable, metrics.values()))):
        raise ArgumentError(f"metrics must be functions by name, such as {{'r2': nn.r2_score}}, not {metrics!r:.60}")
    taken = [name for name in metrics or () if name in FIGURES or str(name).startswith("validation")]
    if taken:
        raise ArgumentError(f"the metric {taken[0]!r} must be called otherwise: the history has a figure of that name")
    if not isinstance(callbacks, Sequence) or not all(isinstance(callback, Callback) for callback in callbacks):
        raise ArgumentError(f"callbacks must be a list of Callbacks: [nn.EarlyStopping()], not {callbacks!r:.60}")


def _settings(data: Data, loss: Any, batch_size: int, rng: np.random.Generator | None) -> dict[str, Any]:
    """Return what a run must have in common with the one it goes on from; None for what was not said."""
    x, y = (f"of shape {array.shape}, checksum {zlib.crc32(np.ascontiguousarray(array).data)}" for array in data)
    seed = None if rng is None else json.loads(as_json(rng.bit_generator.state))
    return {"x": x, "y": y, "batch_size": batch_size, "loss": getattr(loss, "__name__", None), "seed": seed}


def _told(setting: Any) -> Any:
    return "another one" if isinstance(setting, dict) else setting


def _checked(x: Any, y: Any, name: str, of_targets: str) -> Data:
    no_tuple_of_arrays(x, name)
    no_tuple_of_arrays(y, of_targets)
    samples, targets = np.asarray(x), np.asarray(y)
    if samples.ndim == 0 or targets.ndim == 0 or len(samples) != len(targets) or not len(samples):
        raise SizeError(
            f"{name} and {of_targets} must have one row a sample, and at least one, not the shapes {samples.shape} and "
            f"{targets.shape}"
        )
    for what, array in ((name, samples), (of_targets, targets)):
        if array.dtype.kind not in "biuf":
            reason = flawed(array, what, what.split()[-1], labels=array is targets)
            raise ArgumentError(reason or f"{what} must be real numbers, not {array.dtype}")
        bad = np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))
        if bad.size:
            raise ArgumentError(f"{what} is inf or nan in {bad.size} of {len(array)} rows, first in row {bad[0]}")
    return samples, targets


def _bar(epochs: int, done: int, progress: bool | None) -> Callable[[dict[str, float] | None], None]:
    """Return what is told the figures of each epoch, and None at the end."""
    if progress is False:
        return lambda figures: None
    try:
        from tqdm import tqdm
    except ImportError as error:
        if progress:
            raise MissingExtraError("a progress bar", "progress") from error
        return lambda figures: None
    bar = tqdm(total=epochs, initial=done, unit="epoch")

    def show(figures: dict[str, float] | None) -> None:
        if figures is None:
            bar.close()
            return
        told = {name: f"{x:.4g}" for name, x in figures.items() if name not in ("lr", "gradient norm", "seconds")}
        bar.set_postfix(told, refresh=False)
        bar.update()

    return show
