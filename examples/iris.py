"""Train a small network on Fisher's irises, and draw what it learned.

The loss of one flower is written in single numbers; autograd.compile makes a program of it for all flowers at once.

Writes learning-curve.png, neuron.svg (one trained neuron on one flower, with its gradients) and loss.svg (one loss).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import autograd
from autograd import MissingExtraError, Value
from nn import MLP, SGD, accuracy, confusion_matrix, cross_entropy, datasets

BATCH = 8


def main(argv: Sequence[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default 0)")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the training part (default 60)")
    parser.add_argument("--out", type=Path, default=Path("iris-out"), help="folder for the pictures (default iris-out)")
    options = parser.parse_args(argv)
    if options.epochs < 1 or options.seed < 0:
        parser.error("--epochs must be at least 1, --seed at least 0")
    figure = new_figure()  # before the work, so that a missing extra or a wrong folder is told at once
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {options.out} cannot be a folder: {error}")

    rng = np.random.default_rng(options.seed)
    x, y, feature_names, target_names = datasets.iris()
    train, test = datasets.stratified_split(y, test_size=0.2, seed=rng)
    x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    model = MLP(4, [8, 3], activation="tanh", seed=rng)
    sgd = SGD(model.parameters(), lr=0.2, decay=0.002)
    curves: dict[str, list[float]] = {"training loss": [], "training error rate": [], "test error rate": []}
    step = autograd.compile(lambda sample, species: cross_entropy(model(sample), species), fallback=True)
    logits_of = autograd.compile(model, fallback=True)

    def predict(samples: np.ndarray) -> np.ndarray:
        return np.argmax(logits_of(samples), axis=1)

    show = progress(options.epochs)
    for epoch in range(1, options.epochs + 1):
        (loss,) = step.train(x[train], y[train], optimizer=sgd, batch_size=BATCH, seed=rng)
        curves["training loss"].append(loss)
        curves["training error rate"].append(1 - accuracy(y[train], predict(x[train])))
        curves["test error rate"].append(1 - accuracy(y[test], predict(x[test])))
        show(epoch, loss)

    predicted = predict(x[test])
    print(f"{model.num_parameters} parameters, {len(train)} training and {len(test)} test samples, seed {options.seed}")
    print(f"training accuracy {accuracy(y[train], predict(x[train])):.1%}")
    print(f"test accuracy {accuracy(y[test], predicted):.1%}; rows are true species, columns predicted ones:")
    print(" " * 12 + "".join(f"{name:>12}" for name in target_names))
    for name, row in zip(target_names, confusion_matrix(y[test], predicted), strict=True):
        print(f"{name:>12}" + "".join(f"{count:12}" for count in row))

    axes = figure.add_subplot(title="Learning Fisher's irises", xlabel="epoch", ylabel="mean loss (nats), error rate")
    for label, curve in curves.items():
        axes.plot(range(1, options.epochs + 1), curve, label=label)
    axes.legend()
    figure.savefig(options.out / "learning-curve.png", dpi=150)
    model.zero_grad()
    names = [name.removesuffix(" (cm)") for name in feature_names]
    inputs = [Value(number, name=name) for number, name in zip(x[test[0]], names, strict=True)]
    draw_gradients(model.layers[0].neurons[0](inputs), options.out / "neuron.svg")
    logits = [Value(logit.data, name=name) for logit, name in zip(model(x[test[0]]), target_names, strict=True)]
    draw_gradients(cross_entropy(logits, y[test[0]]), options.out / "loss.svg")
    print(f"learning-curve.png, neuron.svg and loss.svg are in {options.out}")
    return accuracy(y[test], predicted)


def draw_gradients(output: Value, path: Path) -> None:
    output.backward()
    output.draw().save(path)


def progress(epochs: int) -> Callable[[int, float], None]:
    """Return what tells how far the training is: a bar if tqdm is installed, else a line every ten epochs."""
    try:
        from tqdm import tqdm
    except ImportError:
        return lambda epoch, loss: print(f"epoch {epoch}: loss {loss:.3f}") if epoch % 10 == 0 else None
    bar = tqdm(total=epochs, unit="epoch")

    def show(epoch: int, loss: float) -> None:
        bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        bar.update()
        if epoch == epochs:
            bar.close()

    return show


def new_figure():
    try:
        from matplotlib.figure import Figure  # not pyplot: it only writes files, so it needs no window system
    except ImportError as error:
        raise MissingExtraError("the learning curve", "plot") from error
    return Figure(layout="constrained")


if __name__ == "__main__":
    main()
