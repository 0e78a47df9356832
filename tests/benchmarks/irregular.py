"""A large graph with no pattern in it: no two parts are alike, so nothing becomes a matmul.

An operation reads numbers made lately, or from anywhere before. Every result is used: what nobody has used for long is
used next, and what is left over at the end is added up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, exp, maximum, sin, tanh

LEAVES = 100  # of each kind: arguments and parameters

# For each operation: it, on Values; its result and its partial derivatives, on floats.
OPERATIONS: list[tuple[int, Callable[..., Any], Callable[..., tuple[float, ...]]]] = [
    (2, lambda a, b: a + b, lambda a, b: (a + b, 1.0, 1.0)),
    (2, lambda a, b: a - b, lambda a, b: (a - b, 1.0, -1.0)),
    (2, lambda a, b: a * b, lambda a, b: (a * b, b, a)),
    (2, lambda a, b: a / b, lambda a, b: (a / b, 1 / b, -a / b**2)),
    (2, maximum, lambda a, b: (max(a, b), float(a > b), float(a < b))),
    (1, tanh, lambda a: (math.tanh(a), 1 - math.tanh(a) ** 2)),
    (1, sin, lambda a: (math.sin(a), math.cos(a))),
    (1, exp, lambda a: (math.exp(a), math.exp(a))),
]


class IrregularGraph:
    """A function of 100 numbers, and of 100 parameters, that does a given number of operations.

    Parameters
    ----------
    size : int
        How many operations.
    lately : int
        How far back an operand mostly is: the less, the deeper the graph, and the fewer operations are alike at once.

    Attributes
    ----------
    x : ndarray of shape (100,)
        Where all results are moderate, and so is what they gain from small changes: the derivatives of so deep a graph
        would be inf otherwise.
    operations : list
        A function and the places of its operands among the arguments, the parameters, and the results so far.
    """

    def __init__(self, size: int, lately: int) -> None:
        rng = np.random.default_rng(0)
        self.x = rng.normal(size=LEAVES)
        self.parameters = [Value(x) for x in rng.normal(size=LEAVES).tolist()]
        self.operations: list[tuple[Callable[..., Any], list[int]]] = []
        numbers = [*self.x.tolist(), *(p.data for p in self.parameters)]
        spread = [1.0] * len(numbers)  # the variance, roughly, if the leaves had one of 1
        unused = set(range(2 * LEAVES))
        oldest = 0  # of the unused
        while len(self.operations) + len(unused) - 1 < size:
            while oldest not in unused:
                oldest += 1
            count = len(numbers)
            arity, function, of_floats = OPERATIONS[rng.integers(len(OPERATIONS))]
            first, second = rng.integers(max(0, count - lately), count, 2).tolist()
            if oldest < count - lately:
                first = oldest
            operands = [first, int(rng.integers(count)) if rng.random() < 0.3 else second][:arity]
            xs = [numbers[i] for i in operands]
            if function is OPERATIONS[3][1] and abs(xs[1]) < 0.1:
                continue
            result, *partials = of_floats(*xs)
            variance = sum(p * p * spread[i] for p, i in zip(partials, operands, strict=True))
            if 1e-3 < abs(result) < 4 and variance < 4:
                self.operations.append((function, operands))
                unused.difference_update(operands)
                unused.add(count)
                numbers.append(result)
                spread.append(variance)
        self.left = sorted(unused)

    def __call__(self, x: Sequence[Any]) -> Value:
        """Return the sum of what no operation uses."""
        made: list[Any] = [*x, *self.parameters]
        for function, operands in self.operations:
            made.append(function(*[made[i] for i in operands]))
        first, *others = [made[i] for i in self.left]
        return sum(others, start=first)  # type: ignore[no-any-return]
