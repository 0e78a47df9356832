"""A network of seventeen numbers learns XOR, which one neuron cannot.

Four hidden neurons each draw a line in the plane of the two inputs; the last neuron adds up on which sides a point
is. Every number is a Value, each step of training is written out: forward, backward, step. Writes network.png: the
weights as they started and as they were learned, blue below zero and orange above; and plane.png: what the network
says of every point. Two hidden neurons are enough for XOR, but from some seeds they do not find it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn
from autograd import MissingExtraError

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0, 1, 1, 0])


def main(argv: Sequence[str] | None = None) -> list[float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500, help="of gradient descent (default 500)")
    parser.add_argument("--hidden", type=int, default=4, help="hidden neurons (default 4)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default 0)")
    parser.add_argument("--out", type=Path, default=Path("xor-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    if min(options.steps, options.hidden) < 1 or options.seed < 0:
        parser.error("--steps and --hidden must be at least 1, --seed at least 0")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("this example", "plot") from error
    options.out.mkdir(parents=True, exist_ok=True)

    model = nn.MLP(2, [options.hidden, 1], activation="tanh", output="sigmoid", seed=options.seed)
    print(f"{model.num_parameters} parameters, such as {model.layers[0].neurons[0].w[1].name}")
    figure = Figure(figsize=(13, 4.5), layout="constrained")
    before, after = figure.subplots(1, 2)
    model.draw(feature_names=["x1", "x2"], labels=["XOR"], ax=before).set_title("before")

    optimizer = nn.SGD(model.parameters(), lr=2.0)
    for step in range(1, options.steps + 1):
        optimizer.zero_grad()
        loss = sum(nn.half_squared_error(model(x), t) for x, t in zip(INPUTS, TARGETS, strict=True))
        loss.backward()
        optimizer.step()
        if step % max(1, options.steps // 5) == 0:
            print(f"step {step}: loss {loss.data:.4f}")

    outputs = [model(x).data for x in INPUTS]
    for (x1, x2), output, target in zip(INPUTS, outputs, TARGETS, strict=True):
        print(f"{x1:.0f} xor {x2:.0f} = {output:.3f}, should be {target}")
    model.draw(feature_names=["x1", "x2"], labels=["XOR"], ax=after).set_title("after")
    figure.savefig(options.out / "network.png", dpi=150)
    axes = nn.plot_decision_boundary(model, INPUTS, TARGETS, feature_names=("x1", "x2"))
    axes.figure.savefig(options.out / "plane.png", dpi=150)
    print(f"network.png and plane.png are in {options.out}")
    return outputs


if __name__ == "__main__":
    main()
