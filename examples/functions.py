"""From the perceptron to the network: the functions, the losses, and the gradient by differences beside the exact one.

Prints step, sigmoid, ReLU, identity and softmax; half the squared error and the cross-entropy; why accuracy is no loss;
and a network of two layers that learns in four steps (minibatch, gradient, update, repeat), whose gradient is found by
central differences with h = 1e-4 and by backpropagation. Writes graph.svg: the loss of one neuron as a graph, each node
with its number from the way forward and its gradient from the way back.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn
from autograd import Tensor, Value, grad, log, numerical_gradient, relu, sigmoid, softmax, step

Array = np.ndarray
H, BATCH, ETA = 1e-4, 16, 3.0
SAID = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]  # the probability of each digit
TRUE = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
FUNCTIONS = {"step": step, "sigmoid": sigmoid, "ReLU": relu, "identity": lambda x: x}


def main(argv: Sequence[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500, help="how often the network learns (default 1500)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, points and batches (default 0)")
    parser.add_argument("--out", type=Path, default=Path("functions-out"), help="folder for the picture")
    options = parser.parse_args(argv)
    if options.steps < 1 or options.seed < 0:
        parser.error("--steps must be at least 1, --seed at least 0")
    options.out.mkdir(parents=True, exist_ok=True)

    print("       x" + "".join(f"{name:>10}" for name in FUNCTIONS))
    for x in (-2.0, -1.0, 0.0, 1.0, 2.0):
        print(f"{x:8}" + "".join(f"{f(x):10.4f}" for f in FUNCTIONS.values()))
    print("softmax([1010, 1000, 990]) =", softmax(np.array([1010.0, 1000.0, 990.0])))
    entropy = nn.nll([log(p) for p in SAID], TRUE)  # -sum t log y, where log 0 adds nothing
    print(f"half squared error {nn.half_squared_error(SAID, TRUE):.4f}, cross-entropy {entropy:.4f}")

    rng = np.random.default_rng(options.seed)
    points, classes, _, _ = nn.datasets.moons(200, seed=rng)
    weights = [rng.normal(0, 0.5, shape) for shape in ((2, 6), (6,), (6, 2), (2,))]
    by_differences = numerical_gradient(lambda w: loss(w, points, classes), weights, h=H)
    exact = grad(lambda w: loss(w, points, classes))(weights)
    print("derivative by the weight    differences        exact")
    for i in range(6):
        print(f"first layer, [0, {i}] {by_differences[0][0, i]:20.12f} {exact[0][0, i]:14.12f}")
    furthest = largest([d - e for d, e in zip(by_differences, exact, strict=True)])
    flat = numerical_gradient(lambda w: right(w, points, classes), weights, h=H)
    print(f"they differ by {furthest:.1e} at most; of the accuracy the largest derivative is {largest(flat)}")

    print(f"before learning, {right(weights, points, classes):.1%} right")
    for _ in range(options.steps):
        batch = rng.choice(len(points), BATCH, replace=False)
        gradient = grad(lambda w, b=batch: loss(w, points[b], classes[b]))(weights)
        weights = [w - ETA * g for w, g in zip(weights, gradient, strict=True)]
    accuracy = right(weights, points, classes)
    print(f"after {options.steps} steps of minibatch, gradient and update, {accuracy:.1%}")

    w, b, x = Value(0.5, name="w"), Value(-1.0, name="b"), Value(3.0, name="x")
    error = nn.half_squared_error(sigmoid(w * x + b), 1.0)
    error.name = "loss"
    error.backward()
    error.draw().save(options.out / "graph.svg")
    print(f"graph.svg is in {options.out}")
    return accuracy


def scores(weights: Sequence[Array | Tensor], x: Array) -> Array | Tensor:
    w1, b1, w2, b2 = weights
    return sigmoid(x @ w1 + b1) @ w2 + b2


def loss(weights: Sequence[Array | Tensor], x: Array, y: Array) -> float | Tensor:
    return nn.cross_entropy(scores(weights, x), y)


def right(weights: Sequence[Array], x: Array, y: Array) -> float:
    return nn.accuracy(y, np.argmax(scores(weights, x), axis=1))


def largest(gradients: Sequence[Array]) -> float:
    return max(float(np.max(np.abs(g))) for g in gradients)


if __name__ == "__main__":
    main()
