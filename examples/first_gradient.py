"""A first gradient: write arithmetic, ask how much the result changes with each number in it, and see why.

The expression is y = x * w + x**2. Its derivatives by hand are dy/dx = w + 2x and dy/dw = x. Prints them beside those
that were found, the local gradient of each edge, and the explanation of dy/dx, which is a sum of two paths: x is used
twice. Writes first-gradient.svg: the graph with all these numbers.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from autograd import Value, explain


def main(argv: Sequence[str] | None = None) -> tuple[float, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--x", type=float, default=2.0, help="(default 2)")
    parser.add_argument("--w", type=float, default=-3.0, help="(default -3)")
    parser.add_argument("--out", type=Path, default=Path("first-gradient-out"), help="folder for the picture")
    options = parser.parse_args(argv)
    if not math.isfinite(options.x) or not math.isfinite(options.w):
        parser.error("--x and --w must be finite numbers")
    options.out.mkdir(parents=True, exist_ok=True)

    # A Value is a number that remembers how it was made. Names are for pictures and texts.
    x = Value(options.x, name="x")
    w = Value(options.w, name="w")
    product = x * w
    square = x**2
    y = product + square
    product.name, square.name, y.name = "product", "square", "y"

    # One walk back from y finds the derivative of y by everything that it was made of.
    y.backward()
    print(f"y = {y.data:g}")
    print(f"dy/dx = {x.grad:g}, by hand w + 2x = {options.w + 2 * options.x:g}")
    print(f"dy/dw = {w.grad:g}, by hand x = {options.x:g}")

    # The walk multiplies local gradients: each edge has one, which is the derivative of one operation by one operand.
    print("\nthe local gradient of each edge:")
    for node in (product, square, y):
        for edge in node.edges:
            print(f"{edge.parent.name:>8} -> {node.name:8} {edge.formula:18} {edge.local_gradient:g}")

    print(f"\n{explain(x, of=y)}")
    y.draw().save(options.out / "first-gradient.svg")
    print(f"\nfirst-gradient.svg is in {options.out}")
    return x.grad, w.grad


if __name__ == "__main__":
    main()
