"""Steps by HIPS autograd, in a process of its own: its import name is ours.

The first line that it reads names the step and has its arrays, as JSON; the first line that it writes is its version
and the result, as JSON. Then it reads lines with a number of seconds, repeats the step for so long, and writes the mean
time of a step; in turn with the process that asks, so both meet the same minutes of the machine.
"""

# ruff: noqa: I001  # the autograd imported here is not ours, though it is called so

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import autograd.numpy as anp
import mixture
import numpy as np
from autograd import value_and_grad
from autograd.core import make_vjp
from autograd.scipy.special import logsumexp
from timing import seconds

Step = Callable[[], Any]


def iris_step(x: np.ndarray, targets: np.ndarray, *parameters: np.ndarray) -> Step:
    def loss(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
        h = anp.maximum(anp.dot(x, w1.T) + b1, 0.0)
        h = anp.maximum(anp.dot(h, w2.T) + b2, 0.0)
        return 0.5 / len(x) * anp.sum((anp.dot(h, w3.T) + b3 - targets) ** 2)

    step = value_and_grad(loss, tuple(range(len(parameters))))
    return lambda: step(*parameters)


def mixture_of_gaussians() -> Step:
    step = value_and_grad(mixture.log_density(anp, logsumexp), (0, 1, 2, 3))
    return lambda: step(*mixture.PARAMETERS)


def chain(operation: Callable[[Any, Any], Any], x: np.ndarray, ones: np.ndarray, length: int) -> Step:
    def repeated(x: Any) -> Any:
        y = x
        for _ in range(length):
            y = operation(y, x)
        return y

    def step() -> Any:
        vjp, y = make_vjp(repeated, x)
        return y, [vjp(ones)]

    return step


STEPS: dict[str, Callable[..., Step]] = {
    "iris step": iris_step,
    "mixture": mixture_of_gaussians,
    "product": lambda *sides: chain(lambda y, x: y * x, *sides),
    "tanh": lambda *sides: chain(lambda y, x: anp.tanh(y), *sides),
}

name, arrays = json.loads(sys.stdin.readline())
step = STEPS[name](*[np.array(x) if isinstance(x, list) else x for x in arrays])
value, gradients = step()
found = version("autograd"), np.ravel(value).tolist(), [np.ravel(g).tolist() for g in gradients]
print(json.dumps(found), flush=True)
for line in sys.stdin:
    print(seconds(step, float(line)), flush=True)
