"""Every row is the same in machine code as in NumPy, at special numbers too."""

from __future__ import annotations

import itertools
import math
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd as ag
from autograd import registry
from autograd.compiler.native import NativeExecutor
from autograd.compiler.plan import Map, Plan, Ref, Space, Write
from autograd.rows import Primitive, comparisons
from autograd.symbols import Symbol

SPECIAL = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -2.5, 1e-8, -1e-8, 5e-324, -5e-324, 1e-310, 2.3e-308,
    1e300, -1e300, 709.5, -745.0, 1e16, 4503599627370497.5, math.inf, -math.inf, math.nan,
]  # fmt: skip
TABLE = {**registry, **comparisons}
MOST_UNITS = 2.0


def computed(expression: Any, operands: list[Any], samples: bool) -> Any:
    """Work an expression out on arrays: a number for each sample, or all for one sample."""
    count = len(operands[0])
    shape = (len(operands), 1) if samples else (1, len(operands) * count)
    given = Space(shape[0] * (1 if samples else shape[1]), batched=True, is_input=True)
    size = 1 if samples else count
    refs = tuple(Ref("given", np.arange(i * size, (i + 1) * size)) for i in range(len(operands)))
    out = Ref("out", np.arange(size))
    plan = Plan({"given": given, "out": Space(size, batched=True)}, [Map(refs, (Write(expression, out),))], {"y": out})
    x = np.array(operands) if samples else np.array(operands).reshape(-1, 1)
    return NativeExecutor().prepare(plan)({"given": x}, count if samples else 1)[0]["y"].ravel()


def points(row: Primitive) -> list[Any]:
    arity = row.arity or 3
    random = np.random.default_rng(3)
    special = np.array(list(itertools.product(SPECIAL if arity < 3 else SPECIAL[::2], repeat=arity))).T
    ordinary = [random.uniform(-3.0, 3.0, 200) * 10.0 ** random.integers(-3, 3, 200) for _ in range(arity)]
    inside = [
        np.array([random.uniform(*box[min(i, len(box) - 1)]) for box in row.domain for _ in range(50)])
        for i in range(arity)
    ]
    return [np.concatenate(parts) for parts in zip(special, ordinary, inside, strict=True)]


def symbols(count: int) -> list[Symbol]:
    return [Symbol(f"x{i}") for i in range(count)]


@pytest.mark.parametrize("samples", [True, False], ids=["samples", "elements"])
@pytest.mark.parametrize("name", TABLE)
def test_a_row_agrees_with_numpy(name: str, samples: bool) -> None:
    row = TABLE[name]
    operands = points(row)
    found = computed(Symbol("", row, tuple(symbols(len(operands)))), operands, samples)
    expected = row.evaluate(*operands)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-307)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0, 0.5, -0.5, -2.0, 1.5])
def test_a_power_by_a_known_number_agrees_with_numpy(exponent: float) -> None:
    operands = points(registry["exp"])
    found = computed(Symbol("x0") ** exponent, operands, samples=True)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(
            found, np.power(operands[0], np.full(len(operands[0]), exponent)), rtol=1e-12, atol=1e-307
        )


def test_a_condition_may_be_any_number() -> None:
    x = np.array([0.0, -0.0, 1.0, -3.0, math.nan, math.inf])
    found = computed(ag.where(Symbol("x0"), 1.0, 2.0), [x], samples=True)
    np.testing.assert_array_equal(found, np.where(x, 1.0, 2.0))


def test_a_truth_is_a_number_too() -> None:
    x = np.array([0.0, -1.0, 2.0, math.nan])
    found = computed((Symbol("x0") > 0.0) + 1.0, [x], samples=True)
    np.testing.assert_array_equal(found, (x > 0.0) + 1.0)


def test_a_deep_expression_is_read_without_recursion() -> None:
    expression: Any = Symbol("x0")
    for _ in range(5_000):
        expression = expression + 1.0
    np.testing.assert_array_equal(computed(expression, [np.array([1.0, 2.0])], samples=True), [5_001.0, 5_002.0])


KERNELS = {
    "exp": [(-745.0, 709.7), (-1.0, 1.0), (-1e-6, 1e-6)],
    "expm1": [(-40.0, 709.0), (-1.0, 1.0), (-1e-6, 1e-6)],
    "log": [(1e-300, 1e300), (0.5, 2.0), (0.999, 1.001), (5e-324, 1e-307)],
    "log1p": [(-0.999, 1e10), (-0.5, 1.0), (-1e-6, 1e-6)],
    "tanh": [(-20.0, 20.0), (-1.0, 1.0), (-1e-6, 1e-6)],
    "sin": [(-3.2, 3.2), (-1e5, 1e5), (-1e-6, 1e-6), (3.1415926, 3.1415927), (-1e12, 1e12)],
    "cos": [(-3.2, 3.2), (-1e5, 1e5), (1.5707963, 1.5707964), (-1e12, 1e12)],
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_vector_function_is_right_to_two_units_in_the_last_place(name: str) -> None:
    random = np.random.default_rng(5)
    exact = getattr(mpmath, name)
    x = np.concatenate([random.uniform(*interval, 1_500) for interval in KERNELS[name]])
    y = computed(Symbol("", registry[name], (Symbol("x0"),)), [x], samples=True)
    with mpmath.workprec(200):
        units = [float(abs(mpmath.mpf(b) - exact(mpmath.mpf(a)))) / math.ulp(b) for a, b in zip(x, y, strict=True)]
    assert max(units) <= MOST_UNITS
