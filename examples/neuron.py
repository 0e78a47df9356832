"""One neuron: its gradients by hand, and how it learns.

The first part is the neuron with which micrograd is explained, tanh(x1 w1 + x2 w2 + b), operation by operation. Its
bias is such that the output is 1/sqrt(2); the derivative of tanh is 1 - tanh^2, which is a half there, and so is the
gradient of the sum. Each product hands it on, multiplied by its other factor.

The second part is an nn.Neuron that learns a gate of two inputs, OR or AND. It draws a line in the plane of the
inputs, on one side of which the output is above a half. XOR has no such line, so one neuron cannot learn it; xor.py
has a network that can. Writes graph.svg, the neuron by hand, and learned.png, the neuron that learned.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import nn
from autograd import Value, tanh

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
GATES = {"or": [0, 1, 1, 1], "and": [0, 0, 0, 1], "xor": [0, 1, 1, 0]}


def main(argv: Sequence[str] | None = None) -> list[int]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", choices=GATES, default="or", help="what to learn (default or)")
    parser.add_argument("--steps", type=int, default=200, help="of gradient descent (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default 0)")
    parser.add_argument("--out", type=Path, default=Path("neuron-out"), help="folder for the pictures")
    options = parser.parse_args(argv)
    if options.steps < 1 or options.seed < 0:
        parser.error("--steps must be at least 1, --seed at least 0")
    options.out.mkdir(parents=True, exist_ok=True)

    out = by_hand()
    out.draw().save(options.out / "graph.svg")

    neuron = nn.Neuron(2, "sigmoid", seed=options.seed)
    learn(neuron, GATES[options.gate], options.steps)
    outputs = [neuron(x).data for x in INPUTS]
    learned = [int(output > 0.5) for output in outputs]
    print(f"\n{options.gate.upper()} after {options.steps} steps:")
    for x, output, answer, target in zip(INPUTS, outputs, learned, GATES[options.gate], strict=True):
        print(f"{x} -> {output:.3f}, {'right' if answer == target else 'wrong'}")
    w1, w2 = (w.data for w in neuron.w)
    print(f"the output is above a half where {w1:.2f} x1 {w2:+.2f} x2 {neuron.b.data:+.2f} > 0")
    axes = neuron.draw(feature_names=["x1", "x2"], labels=[options.gate.upper()])
    axes.figure.savefig(options.out / "learned.png", dpi=150)
    print(f"graph.svg and learned.png are in {options.out}")
    return learned


def by_hand() -> Value:
    """Print the gradients of the famous neuron, and return its output."""
    x1, x2 = Value(2.0, name="x1"), Value(0.0, name="x2")
    w1, w2 = Value(-3.0, name="w1"), Value(1.0, name="w2")
    b = Value(6.8813735870195432, name="b")
    total = x1 * w1 + x2 * w2 + b
    total.name = "n"
    out = tanh(total)
    out.name = "o"
    out.backward()
    print(f"o = tanh({total.data:.4f}) = {out.data:.4f}")
    for v in (total, x1, w1, x2, w2, b):
        print(f"do/d{v.name:2} = {v.grad:7.4f}")
    return out


def learn(neuron: nn.Neuron, targets: Sequence[int], steps: int) -> None:
    """Go downhill: each step finds the gradient of the loss of all four samples, and moves a little against it."""
    optimizer = nn.SGD(neuron.parameters(), lr=2.0)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = sum(nn.half_squared_error(neuron(x), t) for x, t in zip(INPUTS, targets, strict=True))
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
