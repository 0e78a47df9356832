"""Fit a curve to measurements of dental research, by Gauss-Newton, Newton or L-BFGS, all with exact derivatives.

The measurements are the data set Misra1a of NIST's Statistical Reference Datasets: volume against pressure, 14 of them,
with the answer certified to eleven digits. The curve is b1 * (1 - exp(-b2 * x)).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import numpy as np

from autograd import grad, hessian, jacobian, minimize

PRESSURE = np.array([77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0])
VOLUME = np.array([10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78])
CERTIFIED = np.array([2.3894212918e02, 5.5015643181e-04])
START = np.log([250.0, 5e-4])


def residuals(logarithms):
    """Return measured minus fitted. The parameters are positive and of different size: their logarithms are fit."""
    b = np.exp(logarithms)
    return VOLUME - b[0] * (1 - np.exp(-b[1] * PRESSURE))


def half_squares(logarithms):
    return np.sum(residuals(logarithms) ** 2) / 2


def gauss_newton(p: np.ndarray) -> Iterator[np.ndarray]:
    """Solve the problem linearised at p, again and again: only first derivatives are needed."""
    while True:
        yield p
        p = p - np.linalg.lstsq(jacobian(residuals)(p), residuals(p))[0]


def newton(p: np.ndarray) -> Iterator[np.ndarray]:
    """Go to the minimum of the parabola that touches at p."""
    while True:
        yield p
        p = p - np.linalg.solve(hessian(half_squares)(p), grad(half_squares)(p))


def l_bfgs(p: np.ndarray) -> Iterator[np.ndarray]:
    """Let SciPy's L-BFGS do it, with our gradient."""
    path = [p]
    minimize(half_squares, p, method="L-BFGS-B", tol=1e-15, callback=lambda x: path.append(np.array(x)))
    yield from path


METHODS = {"gauss-newton": gauss_newton, "newton": newton, "l-bfgs": l_bfgs}


def main(argv: Sequence[str] | None = None) -> np.ndarray:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=METHODS, default="gauss-newton", help="(default gauss-newton)")
    parser.add_argument("--steps", type=int, default=50, help="at most so many (default 50)")
    options = parser.parse_args(argv)
    if options.steps < 1:
        parser.error("--steps must be at least 1")

    print(f"{'step':>4} {'b1':>16} {'b2':>18} {'sum of squares':>20}")
    before = np.inf
    for step, p in zip(range(options.steps + 1), METHODS[options.method](START), strict=False):
        b, squares = np.exp(p), 2 * half_squares(p)
        print(f"{step:4} {b[0]:16.10f} {b[1]:18.14f} {squares:20.15f}")
        if abs(before - squares) <= 1e-13 * squares:
            break
        before = squares
    digits = -np.log10(np.abs(b / CERTIFIED - 1)).min()
    print(f"agrees with NIST's certified answer to {digits:.1f} digits")
    return b


if __name__ == "__main__":
    main()
