"""Fisher's irises as an article derives them by hand: sigmoids of a slope, the delta rule, a rate that decays.

    o = f(i) = 1 / (1 + exp(-slope i)),   E = 1/2 sum (t - o)^2,   dw = eta delta_i o_j,   delta_i = -dE/di_i
    last layer    delta_i = -slope (o_i - t_i) (1 - o_i) o_i
    hidden layer  delta_i = slope (1 - o_i) o_i sum_l delta_l w_li

The targets are 0.9 and 0.1, which a sigmoid reaches, in place of 1 and 0. Each trial has its own seed. It trains on all
150 flowers and is judged by the same, as in the article; and it trains anew on 120 of them and is judged by the other
30. Writes error-rate.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn
from autograd import sigmoid

Array = np.ndarray
SOFT = np.where(np.eye(3) == 1, 0.9, 0.1)  # the targets for each species
HIDDEN, ETA, DECAY = 8, 0.5, 0.02  # the rate is ETA / (1 + DECAY k) after k epochs


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10, help="how many, with the seeds 0, 1, 2 ... (default 10)")
    parser.add_argument("--epochs", type=int, default=100, help="passes over the flowers (default 100)")
    parser.add_argument("--slope", type=float, default=2.0, help="of the sigmoid (default 2.0)")
    parser.add_argument("--out", type=Path, default=Path("iris-by-hand-out"), help="folder for the picture")
    options = parser.parse_args(argv)
    if min(options.trials, options.epochs) < 1 or not 0 < options.slope < np.inf:
        parser.error("--trials and --epochs must be at least 1, --slope positive")
    options.out.mkdir(parents=True, exist_ok=True)

    x, y, _, _ = nn.datasets.iris()
    print(f"weight by weight, delta rule and engine differ by {difference(x, y, options.slope):.1e} at most")
    print("trial  all 150  held out")
    curves: dict[str, list[list[float]]] = {"all 150, trained on": [], "30 held out": []}
    for seed in range(options.trials):
        everything = np.arange(len(y))
        splits = (everything, everything), nn.datasets.stratified_split(y, test_size=0.2, seed=seed)
        for trials, (train, test) in zip(curves.values(), splits, strict=True):
            trials.append(error_rates(x, y, train, test, options.slope, options.epochs, seed))
        print(f"{seed:5} {' '.join(f'{1 - trials[-1][-1]:8.1%}' for trials in curves.values())}")
    all_150, held_out = (1 - float(np.mean(trials, axis=0)[-1]) for trials in curves.values())
    print(f"mean accuracy over {options.trials} trials: {all_150:.2%} of all 150, {held_out:.2%} of flowers held out")

    axes = nn.plot_history({f"{name}, mean of the trials": np.mean(trials, axis=0) for name, trials in curves.items()})
    axes.set(title="Fisher's irises by the delta rule", ylabel="error rate", ylim=(0, None))
    axes.figure.savefig(options.out / "error-rate.png", dpi=150)
    print(f"error-rate.png is in {options.out}")
    return all_150, held_out


def error_rates(x: Array, y: Array, train: Array, test: Array, slope: float, epochs: int, seed: int) -> list[float]:
    """Return the share of the tested flowers that is not recognised, after each epoch of training."""
    samples, tested = nn.datasets.standardize(x[train], x[test])
    rng = np.random.default_rng(seed)
    model = network(slope, rng)
    history = nn.fit(
        model,
        samples,
        SOFT[y[train]],
        loss=nn.half_squared_error,
        optimizer=nn.SGD(model.parameters(), lr=ETA),
        epochs=epochs,
        batch_size=1,
        schedule=nn.InverseTimeLR(DECAY),
        validation=(tested, SOFT[y[test]]),
        metrics={"missed": lambda t, o: 1 - nn.accuracy(np.argmax(t, axis=1), np.argmax(o, axis=1))},
        seed=rng,
        progress=False,
    )
    return history["validation missed"]


def network(slope: float, rng: np.random.Generator) -> nn.MLP:
    f = sigmoid.with_settings(slope=slope)
    return nn.MLP(4, [HIDDEN, 3], activation=f, output=f, seed=rng)


def delta_rule(model: nn.MLP, x: Array, t: Array, slope: float) -> list[Array]:
    """Return dE/dw of each layer, a row for each neuron with that of its bias last, by the formulas above."""
    weights = [np.array([[p.data for p in (*n.w, n.b)] for n in layer.neurons]) for layer in model.layers]
    outputs = [x]
    for w in weights:
        outputs.append(1 / (1 + np.exp(-slope * (w[:, :-1] @ outputs[-1] + w[:, -1]))))
    o = outputs.pop()
    delta = -slope * (o - t) * (1 - o) * o
    gradients: list[Array] = []
    while weights:
        w, o = weights.pop(), outputs.pop()
        gradients.insert(0, -np.outer(delta, [*o, 1.0]))
        delta = slope * (1 - o) * o * (delta @ w[:, :-1])
    return gradients


def difference(x: Array, y: Array, slope: float) -> float:
    """Return how far the engine's gradient is from the delta rule's: the most, over all weights and flowers."""
    model, largest = network(slope, np.random.default_rng(0)), 0.0
    for flower, target in zip(*nn.datasets.standardize(x), SOFT[y], strict=True):
        model.zero_grad()
        nn.half_squared_error(model(flower), target).backward()
        for layer, expected in zip(model.layers, delta_rule(model, flower, target, slope), strict=True):
            found = [[p.grad for p in (*n.w, n.b)] for n in layer.neurons]
            largest = max(largest, float(np.max(np.abs(found - expected))))
    return largest


if __name__ == "__main__":
    main()
