"""Regression with networks: a curve y = f(x) learned from noisy points, and measurements that come with scikit-learn.

The curve is d(x^2 sin x)/dx = 2x sin x + x^2 cos x, seen at 60 places with noise; a network of tanh learns it. The
measurements are of 442 people with diabetes: age, sex, body mass, blood pressure and six blood values, and how far the
disease had gone a year later (Efron, Hastie, Johnstone and Tibshirani 2004, Least angle regression). A fifth of the
people is held out. Ten numbers say little of the disease: the best models reach an R2 of about 0.5, and a straight line
is among them, so its R2 stands beside. Writes curve.png and diabetes.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import MissingExtraError

Array = np.ndarray
PLACES, NOISE = 60, 0.5


class Found(NamedTuple):
    """What came out: R2 of the curve, of the diabetes held out, and of a straight line there."""

    curve: float
    diabetes: float
    line: float


def main(argv: Sequence[str] | None = None) -> Found:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=400, help="passes over the points (default 400)")
    parser.add_argument("--seed", type=int, default=0, help="of noise, split, weights and order (default 0)")
    parser.add_argument("--out", type=Path, default=Path("regression-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    if options.epochs < 1 or options.seed < 0:
        parser.error("--epochs must be at least 1, --seed at least 0")
    try:
        from matplotlib.figure import Figure
        from sklearn.datasets import load_diabetes
    except ImportError as error:
        raise MissingExtraError("this example", "plot,sklearn") from error
    options.out.mkdir(parents=True, exist_ok=True)

    rng = np.random.default_rng(options.seed)
    x = np.sort(rng.uniform(-4, 4, PLACES))
    y = curve(x) + rng.normal(0, NOISE, PLACES)
    between = np.linspace(-4, 4, 401)
    learned = fitted(x[:, None], y, between[:, None], (32, 32), 0.0, options.epochs, rng)
    of_curve = nn.r2_score(curve(between), learned)
    print(f"curve: R2 {of_curve:.4f} against the curve itself, at 401 places")
    figure = Figure(layout="constrained")
    axes = figure.add_subplot(title=f"A curve learned from {PLACES} points, R² {of_curve:.3f}", xlabel="x", ylabel="y")
    axes.plot(between, curve(between), color="#717581", linestyle="--", label="2x sin x + x² cos x")
    axes.plot(between, learned, color="#e76300", label="the network")
    axes.scatter(x, y, s=14, color="#3f90da", zorder=1, label="what it was given")
    axes.legend()
    figure.savefig(options.out / "curve.png", dpi=150)

    x, y = load_diabetes(return_X_y=True)
    train, test = nn.datasets.split(y, test_size=0.2, seed=rng)
    predicted = fitted(x[train], y[train], x[test], (16,), 0.3, options.epochs // 4, rng)
    of_people = nn.r2_score(y[test], predicted)
    of_line = nn.r2_score(y[test], straight_line(x[train], y[train], x[test]))
    print(f"diabetes: R2 {of_people:.3f} of {len(test)} people held out; of a straight line {of_line:.3f}")
    figure = Figure(layout="constrained")
    axes = figure.add_subplot(title=f"Diabetes after a year, {len(test)} people held out, R² {of_people:.2f}")
    axes.scatter(predicted, y[test], s=18, color="#3f90da")
    ends = [min(y.min(), predicted.min()), max(y.max(), predicted.max())]
    axes.plot(ends, ends, color="#717581", linestyle="--", label="predicted = measured")
    axes.set(xlabel="predicted", ylabel="measured", aspect="equal")
    axes.legend()
    figure.savefig(options.out / "diabetes.png", dpi=150)
    print(f"curve.png and diabetes.png are in {options.out}")
    return Found(of_curve, of_people, of_line)


def curve(x: Array) -> Array:
    return 2 * x * np.sin(x) + x**2 * np.cos(x)


def fitted(x: Array, y: Array, asked: Array, hidden: Sequence[int], decay: float, epochs: int, rng: Any) -> Array:
    """Return what a network says of samples that are asked, after it has learned from others."""
    x, asked = nn.datasets.standardize(x, asked)
    scaler = nn.datasets.Standardizer.fit(y)
    layers, nin = [], x.shape[1]
    for nout in hidden:
        layers += [nn.Linear(nin, nout, weight_init=nn.init.lecun(), seed=rng), nn.Tanh()]
        nin = nout
    model = nn.Sequential(*layers, nn.Linear(nin, 1, seed=rng))
    optimizer = nn.AdamW(model.parameters(), lr=0.01, weight_decay=decay)
    y, steps = scaler.transform(y)[:, None], nn.CosineLR(max(epochs, 1))
    nn.fit(model, x, y, loss=nn.mse, optimizer=optimizer, epochs=max(epochs, 1), schedule=steps, seed=rng)
    return scaler.inverse_transform(model(asked).numpy()[:, 0])


def straight_line(x: Array, y: Array, asked: Array) -> Array:
    """Return the same by least squares."""
    coefficients, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y)
    return np.column_stack([asked, np.ones(len(asked))]) @ coefficients


if __name__ == "__main__":
    main()
