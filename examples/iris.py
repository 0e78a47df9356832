"""Train a small network on Fisher's irises, and draw what it did.

Writes learning-curve.png, neuron.svg (one neuron on one sample, with its gradients) and loss.svg (one loss).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import MissingExtraError, Value
from nn import MLP, SGD, Neuron, accuracy, confusion_matrix, cross_entropy, datasets

try:
    import matplotlib

    matplotlib.use("Agg")  # files only, so no window system is needed
    from matplotlib import pyplot as plt
except ImportError as error:
    raise MissingExtraError("the learning curve of this example", "plot") from error

BATCH = 8


def main(argv: Sequence[str] | None = None) -> float:
    """Train, report, draw, and return the accuracy on the test part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default 0)")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the training part (default 60)")
    parser.add_argument("--out", type=Path, default=Path("iris-out"), help="folder for the pictures (default iris-out)")
    options = parser.parse_args(argv)

    rng = np.random.default_rng(options.seed)
    iris = datasets.iris()
    train, test = datasets.stratified_split(iris.y, test_size=0.2, seed=rng)
    x = (iris.x - iris.x[train].mean(axis=0)) / iris.x[train].std(axis=0)
    model = MLP(4, [8, 3], seed=rng)
    sgd = SGD(model.parameters(), lr=0.2, decay=0.002)

    curve = []
    for epoch in progress(range(options.epochs)):
        losses = train_epoch(model, sgd, x, iris.y, rng.permutation(train))
        curve.append((epoch + 1, np.mean(losses), error_rate(model, x, iris.y, train), error_rate(model, x, iris.y, test)))

    guesses = predict(model, x[test])
    print(f"seed {options.seed}: {model.num_parameters} parameters, {len(train)} training and {len(test)} test samples")
    print(f"training accuracy {accuracy(iris.y[train], predict(model, x[train])):.1%}")
    print(f"test accuracy     {accuracy(iris.y[test], guesses):.1%}")
    print_confusion(confusion_matrix(iris.y[test], guesses), iris.target_names)

    options.out.mkdir(parents=True, exist_ok=True)
    plot(np.array(curve), options.out / "learning-curve.png")
    draw_neuron(options.out / "neuron.svg")
    draw_loss(options.out / "loss.svg")
    print(f"pictures in {options.out}: learning-curve.png, neuron.svg, loss.svg")
    return accuracy(iris.y[test], guesses)


def train_epoch(model: MLP, sgd: SGD, x: np.ndarray, y: np.ndarray, order: np.ndarray) -> list[float]:
    """Make one step a batch of samples, and return the loss of each sample."""
    losses = []
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        sgd.zero_grad()
        for i in batch:
            loss = cross_entropy(model(x[i]), y[i])
            loss.backward(1 / len(batch))  # gradients accumulate, here to that of the mean
            losses.append(loss.data)
        sgd.step()
    return losses
