"""Compiled, each row of the registry is what it is eagerly: value, gradient, second derivative, at nan and inf too."""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Primitive, Value
from tests.compiler.eager import BATCHES, Compiled, Found, Program, assert_agree, assert_means_agree, eagerly
from tests.samples import VARIANTS, apply, boxes, label

inf, nan = math.inf, math.nan

# LLVM takes a tenth of a second or more for each program. So native walks the registry one row a program in the slow
# run only, and leaves out those derivatives that are other plans of steps which NumPy has been asked about.
each_executor = pytest.mark.parametrize("backend", ["numpy", pytest.param("native", marks=pytest.mark.slow)])
CASES = [(row, count) for row in VARIANTS for count in sorted({len(box) for box in boxes(row)})]
each_case = pytest.mark.parametrize(("row", "count"), CASES, ids=[f"{label(row)}-{count}" for row, count in CASES])

SPECIAL = {
    1: [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 750.0, -750.0, 1e300, -1e300, inf, -inf, nan],
    2: [0.0, -0.0, 1.0, -1.0, 2.5, -750.0, inf, -inf, nan],
    3: [0.0, 1.0, -2.5, inf, -inf, nan],
    5: [0.0, 1.0, inf, nan],
}
"""Numbers for rows of so many operands."""


def moved(row: Primitive) -> Program:
    """The row of its arguments, each with a parameter added: all derivatives by one are those by the other."""
    return lambda w, x: apply(row, [a + b for a, b in zip(w, x, strict=True)])


def mixed(row: Primitive) -> Program:
    """The row of parameters and arguments by turns."""
    return lambda w, x: apply(row, [w[i] if i % 2 else x[i] for i in range(len(x))])


def captured(row: Primitive) -> Program:
    """The row of parameters alone, times an argument."""
    return lambda w, x: apply(row, w) * x[0]


def points(row: Primitive, count: int) -> Any:
    """Samples inside the domain, those of another batch the first ones of them."""
    draw = random.Random(row.name)
    chosen = [box for box in boxes(row) if len(box) == count]
    return np.array([[draw.uniform(*interval) for interval in chosen[i % len(chosen)]] for i in range(max(BATCHES))])


@functools.cache
def expected(row: Primitive, count: int) -> tuple[Any, Found]:
    samples = points(row, count)
    return samples, eagerly(moved(row), [-0.0] * count, samples)


def first(found: Found, batch: int) -> Found:
    return Found(found.values[:batch], found.by_parameters[:batch], found.by_arguments[:batch], found.products[:batch])


@each_executor
@each_case
def test_value_gradient_and_second_derivative_are_the_eager_ones(row: Primitive, count: int, backend: str) -> None:
    samples, found = expected(row, count)
    compiled = Compiled(moved(row), [-0.0] * count, backend)
    for batch in BATCHES:
        assert_means_agree(compiled.means(samples[:batch]), first(found, batch))
    if backend == "numpy":
        assert_agree(compiled.found(samples[:7]), first(found, 7))


@each_executor
@pytest.mark.parametrize("roles", [mixed, captured])
@each_case
def test_operands_may_be_parameters(row: Primitive, count: int, roles: Any, backend: str) -> None:
    samples = points(row, count)[:7]
    program, parameters = roles(row), samples[0].tolist()
    compiled = Compiled(program, parameters, backend)
    look = compiled.found if backend == "numpy" else compiled.first_order
    assert_agree(look(samples), eagerly(program, parameters, samples))


def special_points(row: Primitive, count: int) -> Any:
    samples = np.array(list(itertools.product(SPECIAL[count], repeat=count)))
    if row.name == "prod":
        # a product that is taken apart counts zero times inf as zero; the eager one multiplies the others out
        samples = samples[~((samples == 0).any(1) & ~np.isfinite(samples).all(1))]
    order = np.random.default_rng(0).permutation(len(samples))
    return samples[order[:150]]


SECOND_DERIVATIVES_LEFT_OUT = {"max", "min", "norm", "prod"}
"""Of what is nan already: those of max and min the eager engine does not find, those of the others differ."""


@each_executor
@each_case
def test_nan_inf_and_zeros_go_in_and_come_out_as_eagerly(row: Primitive, count: int, backend: str) -> None:
    samples, parameters = special_points(row, count), [-0.0] * count
    compiled = Compiled(moved(row), parameters, backend)
    finite = np.isfinite(samples).all(1)
    if row.name in SECOND_DERIVATIVES_LEFT_OUT and not finite.all():
        assert_agree(compiled.found(samples[finite]), eagerly(moved(row), parameters, samples[finite]))
        only_values: Program = lambda w, x: apply(row, x)
        found = Compiled(only_values, [], backend).found(samples)
        assert_agree(found, eagerly(only_values, [], samples))
        return
    look = compiled.found if backend == "numpy" else compiled.first_order
    assert_agree(look(samples), eagerly(moved(row), parameters, samples))


def parts(count: int) -> list[list[Primitive]]:
    """The rows of so many operands, in parts that are a program each."""
    rows = [row for row, operands in CASES if operands == count]
    return [rows[i : i + 12] for i in range(0, len(rows), 12)]


@pytest.mark.parametrize(
    "rows", [part for count in (1, 2, 3) for part in parts(count)], ids=lambda rows: f"{label(rows[0])}-and-so-on"
)
def test_native_finds_for_many_rows_at_once_what_numpy_does(rows: list[Primitive]) -> None:
    count = next(operands for row, operands in CASES if row is rows[0])
    samples = np.concatenate([points(row, count) for row in rows], axis=1)

    def f(w: Sequence[Any], x: Sequence[Any]) -> Any:
        terms = [moved(row)(w[:count], x[i * count : (i + 1) * count]) for i, row in enumerate(rows)]
        return ag.sum([term * weight for term, weight in zip(terms, w[count:], strict=True)])

    parameters = [-0.0] * count + np.linspace(0.5, 1.5, len(rows)).tolist()
    native, numpy = (Compiled(f, parameters, backend) for backend in ("native", "numpy"))
    for batch in BATCHES:
        found, expected = native.means(samples[:batch]), numpy.means(samples[:batch])
        for x, y in zip(vars(found).values(), vars(expected).values(), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-11)


STRONG: dict[str, Program] = {
    "zero times the slope of log at 0": lambda w, x: w[0] * ag.log(x[0]),
    "zero times the slope of a root at 0": lambda w, x: (w[0] * ag.sqrt(x[0])) * w[1],
    "a neuron of inf whose derivative is zero": lambda w, x: ag.relu(ag.dot(w, x) - 1.0),
    "a branch that is not taken": lambda w, x: ag.where(x[0] > 0, ag.log(x[0] * w[0]), w[1]),
    "zero times what overflows": lambda w, x: ag.exp(w[0] * x[0]) * x[1] * w[1],
    "a sum of products with zeros": lambda w, x: w[0] * x[0] + w[1] * x[1] + (x[0] * x[0] + 1.0) * w[0],
    "a layer": lambda w, x: ag.sum([ag.relu(ag.dot(w, x)), ag.relu(ag.dot([w[1], w[0]], x)), ag.tanh(w[0] * x[1])]),
}


@pytest.mark.parametrize("name", STRONG)
@pytest.mark.parametrize("parameters", [(0.0, 0.0), (0.0, 1.0), (-1.0, 2.0), (inf, 0.0), (1.0, nan)])
def test_zero_times_a_partial_that_is_not_finite_is_zero(name: str, parameters: Sequence[float], backend: str) -> None:
    samples = np.array(list(itertools.product([0.0, 1.0, -2.0, 800.0, inf, -inf, nan], repeat=2)))
    found = Compiled(STRONG[name], parameters, backend).found(samples)
    assert_agree(found, eagerly(STRONG[name], parameters, samples))


COMPARISONS = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@pytest.mark.parametrize("sign", COMPARISONS)
def test_a_comparison_is_a_condition_for_where(sign: str, backend: str) -> None:
    compare = COMPARISONS[sign]

    def f(w: Sequence[Any], x: Sequence[Any]) -> Any:
        chosen = ag.where(compare(x[0], x[1]), w[0] * x[0], x[1] - w[1])
        return chosen + ag.where(compare(x[0], w[0]), 2.0, x[1] * w[0]) + ag.where(compare(1.0, x[0]), w[1], 3.0)

    samples = np.array(list(itertools.product([1.0, 2.0, -0.0, 0.0, inf, nan], repeat=2)))
    assert_agree(Compiled(f, (1.0, 2.0), backend).found(samples), eagerly(f, (1.0, 2.0), samples))


def test_a_condition_may_be_computed_with(backend: str) -> None:
    x = np.array([-1.0, 0.5, 3.0])
    counted = ag.compile(lambda x: (x > 0) + (x > 1) * 2.0, backend=backend)
    np.testing.assert_array_equal(counted(x), [0.0, 1.0, 3.0])


def test_conditions_nest(backend: str) -> None:
    f = ag.compile(lambda x: ag.where(x > 0, ag.where(x > 1, 2.0 * x, x), -x), backend=backend)
    np.testing.assert_array_equal(f([-1.0, 0.5, 3.0]), [1.0, 0.5, 6.0])
    np.testing.assert_array_equal(f.grad([-1.0, 0.5, 3.0], argnums=0) * 3, [-1.0, 1.0, 2.0])


def test_a_row_of_the_users_own_is_compiled(backend: str, own_rows_removed: None) -> None:
    cube = ag.elementwise("own_cube", lambda x: x * x * x, lambda y, x: (3.0 * x * x,))
    w = Value(2.0)
    f = ag.compile(lambda x: cube(w * x), backend=backend)
    value, gradient = f.value_and_grad([1.0, -2.0])
    assert value == (8.0 - 64.0) / 2
    np.testing.assert_allclose(gradient, [(12.0 - 96.0) / 2])
