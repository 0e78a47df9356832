"""A row that a user adds by `elementwise`: it works everywhere, and what is wrong with it is said by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import ArgumentError, GradcheckError, Primitive, Value, elementwise, grad, gradcheck, jvp, registry


@pytest.fixture
def own_row() -> Iterator[Callable[..., Primitive]]:
    """`elementwise`, with the rows it adds taken out of the registry afterwards."""
    before = set(registry)
    yield elementwise
    for name in set(registry) - before:
        del registry[name]


def test_a_users_row_composed_of_rows_works_everywhere(own_row: Callable[..., Primitive]) -> None:
    hill = own_row("hill", lambda x, k: x**k / (1 + x**k), lambda y, x, k: (k * y * (1 - y) / x,), k=2.0, domain=(1, 2))
    assert hill(1.0) == 0.5
    assert grad(hill)(1.0) == 0.5
    assert grad(grad(hill))(1.0) == pytest.approx(-0.5)  # of x²/(1+x²): (2-6x²)/(1+x²)³
    assert jvp(hill, (1.0,), (3.0,)) == (0.5, 1.5)
    assert hill(np.array([1.0, 2.0])) == pytest.approx([0.5, 0.8])
    gradcheck(lambda x: hill(x, 3.0), 1.25, order=3)
    x = Value(1.0, name="x")
    assert [edge.formula for edge in hill(x).edges] == ["∂out/∂x = 2·out·(1 - out)/x".replace("·", "*")]


def test_a_users_row_of_two_operands_with_its_own_scalar_works_everywhere(own_row: Callable[..., Primitive]) -> None:
    row = own_row(
        "twice_larger",
        lambda a, b: 2 * np.fmax(a, b),
        lambda y, a, b: (autograd.where(a > b, 2.0, 0.0), autograd.where(a > b, 0.0, 2.0)),
        scalar=lambda a, b: 2.0 * max(a, b),
    )
    a, b = Value(3.0), Value(1.0)
    out = row(a, b)
    out.backward()
    assert (out.data, a.grad, b.grad) == (6.0, 2.0, 0.0)
    gradcheck(row, 3.0, 1.0)


def test_a_users_wrong_row_is_found_by_name(own_row: Callable[..., Primitive]) -> None:
    wrong = own_row("wrong_cube", lambda x: x * x * x, lambda y, x: (2 * x * x,))
    with pytest.raises(GradcheckError, match="the rule of 'wrong_cube' is wrong for operand 0"):
        gradcheck(lambda x: autograd.sin(wrong(x)), 1.5)


@pytest.mark.parametrize(
    ("name", "message"),
    [("tanh", "'tanh' is a row of the table"), ("two words", "must be a Python identifier, not 'two words'")],
)
def test_a_users_row_needs_a_new_name_that_is_an_identifier(
    own_row: Callable[..., Primitive], name: str, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        own_row(name, lambda x: x, lambda y, x: (1.0,))


@pytest.mark.parametrize("partials", [lambda y, x, z: (z,), lambda y, x, z: (z, x, 1.0), lambda y, x, z: x * z])
def test_a_users_row_needs_one_partial_for_each_operand(own_row: Callable[..., Primitive], partials: Any) -> None:
    lopsided = own_row("lopsided_product", lambda x, z: x * z, partials)
    with pytest.raises(ArgumentError, match="a tuple with one expression for each of its 2 operands"):
        lopsided(Value(2.0), Value(3.0))


@pytest.mark.parametrize("name", ["recording", "new", "y", "x0", "node", "Value", "lambda_", "inputs"])
def test_a_users_row_and_its_settings_may_have_any_name(own_row: Callable[..., Primitive], name: str) -> None:
    row = own_row(name, np.sin, lambda y, x, n0: (n0 * autograd.cos(x),), scalar=lambda x, n0: n0 * math.sin(x), n0=2.0)
    assert row(Value(0.5)).data == row(0.5) == 2.0 * math.sin(0.5)
    assert row(Value(0.5), n0=3.0).data == 3.0 * math.sin(0.5)
    assert grad(lambda x: row(x, n0=3.0))(0.5) == 3.0 * math.cos(0.5)


def test_a_row_defined_again_leaves_those_made_of_the_first_as_they_were(own_row: Callable[..., Primitive]) -> None:
    first = own_row("again", np.sin, lambda y, x: (autograd.cos(x),), scalar=math.sin)
    twice = own_row("twice_again", lambda x: 2 * first(x), lambda y, x: (2 * autograd.cos(x),))
    own_row("again", np.cos, lambda y, x: (-autograd.sin(x),), scalar=math.cos)
    assert twice(Value(0.5)).data == twice(0.5) == 2 * math.sin(0.5)


def test_a_users_row_without_an_operand_is_refused(own_row: Callable[..., Primitive]) -> None:
    with pytest.raises(ArgumentError, match="must take the output and at least one operand"):
        own_row("nothing", lambda: 1.0, lambda y: ())


def test_a_users_partial_with_an_if_is_told_to_use_where(own_row: Callable[..., Primitive]) -> None:
    branching = own_row("branching", lambda x: x, lambda y, x: (1.0 if x > 0 else 2.0,))
    with pytest.raises(
        ArgumentError, match=r"row 'branching' must be made of .* write where\(condition, a, b\), not if"
    ):
        branching(Value(1.0))
