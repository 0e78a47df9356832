"""Recognise the 1,797 handwritten digits that come with scikit-learn, 8 by 8 pixels each.

A convolution with sixteen filters, then layers of neurons, as many as you like, and the cross-entropy of the softmax. A
fifth of the digits is held out, and nothing is learned from it. Writes learning-curve.png and confusion-matrix.png.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn


def main(argv: Sequence[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, nargs="*", default=[64], help="neurons of each layer (default 64)")
    parser.add_argument("--epochs", type=int, default=15, help="passes over the training part (default 15)")
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (default 0)")
    parser.add_argument("--out", type=Path, default=Path("digits-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    if min(options.epochs, *options.hidden, 1) < 1 or options.seed < 0:
        parser.error("--epochs and --hidden must be at least 1, --seed at least 0")
    options.out.mkdir(parents=True, exist_ok=True)

    rng = np.random.default_rng(options.seed)
    x, y, _, names = nn.datasets.digits()
    train, test = nn.datasets.stratified_split(y, test_size=0.2, seed=rng)
    images = x.reshape(-1, 1, 8, 8) / 16  # one channel, from 0 (paper) to 1 (ink)
    x_train, x_test = images[train], images[test]
    model = network([16 * 4 * 4, *options.hidden, len(names)], rng)
    print(model.summary(x_test))
    history = nn.fit(
        model,
        x_train,
        y[train],
        loss=nn.cross_entropy,
        optimizer=nn.Adam(model.parameters(), lr=0.005),
        epochs=options.epochs,
        batch_size=32,
        schedule=nn.CosineLR(options.epochs),
        validation=(x_test, y[test]),
        metrics={"accuracy": lambda t, logits: nn.accuracy(t, np.argmax(logits, axis=1))},
        seed=rng,
    )
    accuracy = history["validation accuracy"][-1]
    print(f"{len(train)} to train with, {len(test)} held out, seed {options.seed}")
    print(f"accuracy {history['accuracy'][-1]:.2%} of the training part, {accuracy:.2%} held out")

    history.plot().figure.savefig(options.out / "learning-curve.png", dpi=150)
    predicted = np.argmax(model(x_test).numpy(), axis=1)
    matrix = nn.confusion_matrix(y[test], predicted)
    nn.plot_confusion_matrix(matrix, labels=names).figure.savefig(options.out / "confusion-matrix.png", dpi=150)
    print(f"learning-curve.png and confusion-matrix.png are in {options.out}")
    return accuracy


def network(sizes: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    filters = nn.Conv2d(1, 16, 3, padding=1, seed=rng)
    layers: list[nn.Module] = [filters, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    for nin, nout in itertools.pairwise(sizes):
        layers += [nn.Linear(nin, nout, seed=rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # what comes out are logits, of which the loss takes the softmax


if __name__ == "__main__":
    main()
