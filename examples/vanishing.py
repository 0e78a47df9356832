"""Why deep networks of sigmoids learn so slowly: the gradient of each layer, for sigmoid, tanh and ReLU.

Backpropagation goes through one more derivative of the activation for each layer further down. That of the
sigmoid is a quarter at most, so little is left at the first layer; that of tanh is 1 at most, and that of a ReLU is 1
where it lets through. Weights start for each as is usual for it: Xavier, for the ReLU He. Prints the norm of the
gradient by each layer's weights on handwritten digits, before any training. Writes vanishing.png.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn

WIDTH = 64
KINDS = {
    "sigmoid": (nn.Sigmoid, nn.init.xavier()),
    "tanh": (nn.Tanh, nn.init.xavier()),
    "ReLU": (nn.ReLU, nn.init.he()),
}


def main(argv: Sequence[str] | None = None) -> dict[str, list[float]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=10, help="how deep the networks are (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default 0)")
    parser.add_argument("--out", type=Path, default=Path("vanishing-out"), help="folder for the picture")
    options = parser.parse_args(argv)
    if options.layers < 2 or options.seed < 0:
        parser.error("--layers must be at least 2, --seed at least 0")
    options.out.mkdir(parents=True, exist_ok=True)

    x, y, _, _ = nn.datasets.digits()
    (x,) = nn.datasets.standardize(x)
    norms: dict[str, list[float]] = {}
    axes = None
    for name in KINDS:
        layers = network(name, options.layers, options.seed)
        nn.cross_entropy(nn.Sequential(*layers)(x), y).backward()
        gradients = {str(i): layer.weight.grad for i, layer in enumerate(layers[::2], 1)}
        norms[name] = [float(np.linalg.norm(gradient)) for gradient in gradients.values()]
        axes = nn.plot_gradients(gradients, label=name, ax=axes)
    print("layer" + "".join(f"{name:>12}" for name in norms))
    for i, row in enumerate(zip(*norms.values(), strict=True), 1):
        print(f"{i:5}" + "".join(f"{norm:12.2e}" for norm in row))
    print("first / last " + ", ".join(f"{name} {found[0] / found[-1]:.1e}" for name, found in norms.items()))
    axes.set(title=f"The gradient by the weights of each of {options.layers} layers", ylabel="norm of the gradient")
    axes.figure.savefig(options.out / "vanishing.png", dpi=150)
    print(f"vanishing.png is in {options.out}")
    return norms


def network(name: str, depth: int, seed: int) -> list[nn.Module]:
    """Return layers of weights, each but the last followed by its activation."""
    activation, init = KINDS[name]
    rng = np.random.default_rng(seed)
    sizes = [64, *[WIDTH] * (depth - 1), 10]
    layers: list[nn.Module] = []
    for nin, nout in itertools.pairwise(sizes):
        layers += [nn.Linear(nin, nout, weight_init=init, bias_init=nn.init.zeros(), seed=rng), activation()]
    return layers[:-1]


if __name__ == "__main__":
    main()
