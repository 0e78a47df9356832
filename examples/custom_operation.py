"""Operations of your own: an activation with a kink, and a convolution by Fourier transforms.

selu (Klambauer, Unterthiner, Mayr and Hochreiter 2017, Self-normalizing neural networks) is added by elementwise: its
value and its derivative, each an expression. It has a kink at 0, where the derivative is a choice, and says which.
From then on it has derivatives of any order, is checked by gradcheck, drawn, and compiled inside a network.

circular, the convolution of two signals around a circle, is added by array_row: its value, and for each operand the
transpose of its derivative, which is circular again; so it has derivatives of any order too.

Writes selu.png (selu and two derivatives) and graph.svg (one neuron of it, its local gradients as formulas).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import autograd
import nn
from autograd import (
    MissingExtraError,
    Value,
    array_row,
    elementwise,
    elementwise_grad,
    expm1,
    grad,
    gradcheck,
    minimum,
    where,
)

SCALE, BELOW = 1.0507, 1.7581  # the slopes above 0 and just below: outputs tend to mean 0 and variance 1

selu = elementwise(
    "selu",
    lambda x: where(x > 0, SCALE * x, BELOW * expm1(minimum(x, 0.0))),
    lambda y, x: (where(x > 0, SCALE, y + BELOW),),  # in terms of the output y: no exp is computed again
    domain=[(-2.0, -0.1), (0.1, 2.0)],  # where it is smooth
    kinks={0.0: BELOW},  # here it has two slopes, and this one is taken
    doc="Scaled exponential linear unit.",
)


def backwards(a):
    """Return the signal read the other way round the circle, from the same start."""
    return np.roll(a[::-1], 1)


circular = array_row(
    "circular",
    lambda a, b: np.fft.irfft(np.fft.rfft(a) * np.fft.rfft(b), len(a)),
    [lambda g, y, a, b: circular(g, backwards(b)), lambda g, y, a, b: circular(g, backwards(a))],
    linear="each",  # in a and in b: forward mode needs no more
    symbol="⊛",
)


def main(argv: Sequence[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60, help="passes over the spirals (default 60)")
    parser.add_argument("--seed", type=int, default=0, help="of points, weights and order (default 0)")
    parser.add_argument("--out", type=Path, default=Path("custom-operation-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    if options.epochs < 1 or options.seed < 0:
        parser.error("--epochs must be at least 1, --seed at least 0")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("this example", "plot") from error
    options.out.mkdir(parents=True, exist_ok=True)

    for x in (-1.0, 1.0):
        gradcheck(selu, x, order=2)  # silent when all is right
        print(f"selu at {x:g}: {selu(x):.4f}, derivatives {grad(selu)(x):.4f} and {grad(grad(selu))(x):.4f}")
    print(f"the slope at 0, of two: {grad(selu)(0.0):.4f}")

    rng = np.random.default_rng(options.seed)
    signal, blur = rng.normal(size=8), np.array([0.5, 0.25, 0, 0, 0, 0, 0, 0.25])
    gradcheck(lambda a, b: np.sum(circular(a, b) ** 2), signal, blur, order=2)
    by_sums = [sum(signal[j] * blur[(i - j) % 8] for j in range(8)) for i in range(8)]
    print(f"circular differs from its sums by {np.abs(circular(signal, blur) - by_sums).max():.0e} at most")

    points, classes, _, _ = nn.datasets.spirals(300, seed=rng)
    model = nn.MLP(2, [16, 16, 3], activation=selu, seed=rng)
    step = autograd.compile(lambda point, c: nn.cross_entropy(model(point), c))
    adam = nn.Adam(model.parameters(), lr=0.02)
    losses = step.train(points, classes, optimizer=adam, epochs=options.epochs, batch_size=16, seed=rng)
    print(f"three spirals by a compiled network of selu: loss {losses[0]:.3f} -> {losses[-1]:.3f}")

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot(title="selu: its kink makes a jump in the derivative", xlabel="x")
    x, f = np.linspace(-3, 2, 501), selu
    for label, line in {"selu": "-", "first derivative": "-", "second derivative": "--"}.items():
        axes.plot(x, f(x), line, label=label)
        f = elementwise_grad(f)
    axes.legend()
    figure.savefig(options.out / "selu.png", dpi=150)
    x, w = Value(-0.8, name="x"), Value(1.5, name="w")
    out = selu(w * x)
    out.name = "out"
    out.backward()
    out.draw().save(options.out / "graph.svg")
    print(f"selu.png and graph.svg are in {options.out}")
    return losses[-1]


if __name__ == "__main__":
    main()
