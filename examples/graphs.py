"""A gallery of graphs: each value with its number and gradient, each arrow with the local gradient it carries.

Draws an expression, a neuron, the loss of a small network unfolded and folded, a loss of arrays, a nan that is found,
and a gradient that vanishes. Prints why the gradient of the expression is what it is, and where the nan came from.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import nn
from autograd import Diagram, NonFiniteWarning, Tensor, Value, debug, draw, explain, find_bad, log, sigmoid, sin, tanh


def expression() -> Diagram:
    """(sin(x) x)^2 + x, with the path that gives most of its derivative."""
    x = Value(1.5, name="x")
    y = (sin(x) * x) ** 2 + x
    y.name = "y"
    y.backward()
    explanation = explain(x, of=y)
    print(explanation)
    return draw(y, highlight=explanation.paths[0])


def neuron() -> Diagram:
    """tanh(w1 x1 + w2 x2 + b)."""
    w1, w2, b = Value(-3.0, name="w1"), Value(1.0, name="w2"), Value(6.88, name="b")
    x1, x2 = Value(2.0, name="x1"), Value(0.5, name="x2")
    out = tanh(w1 * x1 + w2 * x2 + b)
    out.name = "out"
    out.backward()
    return draw(out)


def loss_of_network() -> Value:
    """The squared error of a network of two hidden neurons, on one sample."""
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    x = [Value(1.0, name="x1"), Value(-2.0, name="x2")]
    loss = nn.half_squared_error(model(x), 1.0)
    loss.name = "loss"
    loss.backward()
    return loss


def network() -> Diagram:
    """The loss, every operation drawn, in frames: neuron in layer in network."""
    return draw(loss_of_network())


def network_folded() -> Diagram:
    """The same with its layers folded, each with the norm of its Jacobian."""
    return draw(loss_of_network(), fold=["layers[0]", "layers[1]"])


def arrays() -> Diagram:
    """The cross-entropy of a linear layer on five flowers of each kind, as arrays."""
    flowers, species, _, _ = nn.datasets.iris()
    (x,) = nn.datasets.standardize(flowers)
    w = Tensor(np.random.default_rng(0).normal(0, 0.5, (4, 3)), name="w")
    b = Tensor(np.zeros(3), name="b")
    loss = nn.cross_entropy(tanh(x[::10] @ w + b), species[::10])
    loss.name = "loss"
    loss.backward()
    return draw(loss, direction="TB")


def nan_found() -> Diagram:
    """An entropy that is written so that a probability of zero gives nan: 0 log 0."""
    with debug():
        p, q = Value(0.0, name="p"), Value(1.0, name="q")
        entropy = -(p * log(p) + q * log(q))
    entropy.name = "entropy"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NonFiniteWarning)  # find_bad says more
        entropy.backward()
    print(find_bad(entropy))
    return draw(entropy)


def vanishing() -> Diagram:
    """Five sigmoids one after another: the gradient shrinks by a factor of four or more at each."""
    h = x = Value(0.5, name="x")
    for layer in range(1, 6):
        w = Value(1.5, name=f"w{layer}")
        h = sigmoid(w * h)
        h.name = f"h{layer}"
    h.backward()
    print(f"the gradient is 1 at h5, and {x.grad:.1e} at x")
    return draw(h, direction="TB")


GALLERY: Sequence[Callable[[], Diagram]] = (expression, neuron, network, network_folded, arrays, nan_found, vanishing)


def main(argv: Sequence[str] | None = None) -> dict[str, Diagram]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    formats = "svg png pdf html dot mmd tex json txt"
    parser.add_argument("--format", default="svg", choices=formats.split(), help="of the pictures (default svg)")
    parser.add_argument("--out", type=Path, default=Path("graphs-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    gallery = {make.__name__: make() for make in GALLERY}
    for name, diagram in gallery.items():
        diagram.save(options.out / f"{name}.{options.format}")
    print(f"{', '.join(gallery)} are in {options.out}, each as .{options.format}")
    return gallery


if __name__ == "__main__":
    main()
