"""Two moons, told apart by a small network: training compiled, accuracy on points held out, the boundary drawn.

The loss of one point is written in single numbers. autograd.compile makes array operations of it for all points at
once, and train makes the whole loop one program, the optimizer's rule included; with the extra jit it is machine code.
Writes boundary.png: the points held out, and the class that the network gives to each place.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import autograd
import nn


def main(argv: Sequence[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=400, help="of both moons together (default 400)")
    parser.add_argument("--noise", type=float, default=0.2, help="standard deviation of their places (default 0.2)")
    parser.add_argument("--epochs", type=int, default=100, help="passes over the training part (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="of points, split, weights and order (default 0)")
    parser.add_argument("--out", type=Path, default=Path("moons-out"), help="folder for the picture")
    options = parser.parse_args(argv)
    if options.points < 10 or options.epochs < 1 or options.seed < 0 or not 0 <= options.noise < np.inf:
        parser.error("--points must be at least 10, --epochs at least 1, --noise and --seed at least 0")
    options.out.mkdir(parents=True, exist_ok=True)

    rng = np.random.default_rng(options.seed)
    x, y, feature_names, target_names = nn.datasets.moons(options.points, noise=options.noise, seed=rng)
    train, test = nn.datasets.stratified_split(y, test_size=0.25, seed=rng)
    model = nn.MLP(2, [16, 16, 1], activation="relu", seed=rng)

    def loss(point, moon):
        """Return the loss of one point; the model's output is the logit of the second moon."""
        return nn.binary_cross_entropy(model(point), moon)

    step = autograd.compile(loss)
    begin = time.perf_counter()
    losses = step.train(
        x[train],
        y[train].astype(float),  # a number that is computed with, not a label that picks
        optimizer=nn.Adam(model.parameters(), lr=0.01),
        epochs=options.epochs,
        batch_size=16,
        seed=rng,
    )
    seconds = time.perf_counter() - begin
    print(f"{model.num_parameters} parameters, {len(train)} points to learn from, {len(test)} held out")
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f} in {options.epochs} epochs, {seconds:.1f} s with compilation")

    found = [nn.accuracy(y[part], model(x[part]) > 0) for part in (train, test)]
    print(f"right: {found[0]:.1%} of those it learned from, {found[1]:.1%} of those held out")
    axes = nn.plot_decision_boundary(model, x[test], y[test], labels=target_names, feature_names=feature_names)
    axes.set_title(f"Two moons: {found[1]:.1%} of {len(test)} points held out are right")
    axes.figure.savefig(options.out / "boundary.png", dpi=150)
    print(f"boundary.png is in {options.out}")
    return found[1]


if __name__ == "__main__":
    main()
