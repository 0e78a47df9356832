"""Random programs with shared nodes, repeated operands and constants: several routes to one derivative."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import backward, grad, jvp
from tests.samples import DIGITS, MPMATH, arguments, engine, programs, run, values

thorough = settings(max_examples=200, deadline=None, derandomize=True)
SECOND_ORDER = settings(max_examples=60, deadline=None, derandomize=True)

LARGE = 1e4  # of a number in a program: beyond it, sines and powers lose too many digits for a fair comparison


def close(x: float) -> Any:
    return pytest.approx(x, rel=1e-9, abs=1e-9)


def oracle(program: Any, xs: tuple[float, ...], orders: tuple[int, ...]) -> float:
    """The value of a program, or a derivative of it, by mpmath in 50 digits; programs that grow large are left out."""
    seen = []

    def watched(f: Any) -> Any:
        def call(*operands: Any) -> Any:
            result = f(*operands)
            seen.append(abs(result))
            return result

        return call

    functions = {name: watched(f) for name, f in MPMATH.items()}
    with mpmath.workdps(DIGITS):
        found = float(mpmath.diff(lambda *ys: run(program, ys, functions), tuple(map(mpmath.mpf, xs)), orders))
    assume(max(seen) < LARGE)
    return found


@thorough
@given(programs, arguments)
def test_value_and_gradient_are_those_of_mpmath(program: Any, xs: tuple[float, ...]) -> None:
    value = oracle(program, xs, (0, 0))
    gradient = oracle(program, xs, (1, 0)), oracle(program, xs, (0, 1))
    assume(max(map(abs, gradient)) < LARGE)
    variables = values(xs)
    result = engine(program)(*variables)
    result.backward()
    assert result.data == close(value)
    assert [v.grad for v in variables] == close(gradient)


@SECOND_ORDER
@given(programs, arguments)
def test_second_derivatives_are_those_of_mpmath(program: Any, xs: tuple[float, ...]) -> None:
    hessian = [oracle(program, xs, orders) for orders in [(2, 0), (1, 1), (0, 2)]]
    assume(max(map(abs, hessian)) < LARGE)
    x, y = variables = values(xs)
    engine(program)(*variables).backward(create_graph=True)
    by_x, by_y = x.grad, y.grad
    x.grad = y.grad = None
    by_x.backward()
    assert [x.grad, y.grad] == close(hessian[:2])
    x.grad = y.grad = None
    by_y.backward()
    assert [x.grad, y.grad] == close(hessian[1:])


@thorough
@given(programs, arguments, arguments)
def test_forward_mode_is_reverse_mode(program: Any, xs: tuple[float, ...], direction: tuple[float, ...]) -> None:
    f = engine(program)
    gradient = grad(f, (0, 1))(*xs)
    expected = sum(g * t for g, t in zip(gradient, direction, strict=True))
    scale = max(1.0, *(abs(g) for g in gradient))
    assert jvp(f, xs, direction)[1] == pytest.approx(expected, rel=1e-9, abs=1e-12 * scale)


@thorough
@given(programs, arguments)
def test_the_recorded_backward_pass_is_the_plain_one(program: Any, xs: tuple[float, ...]) -> None:
    plain, recorded = values(xs), values(xs)
    engine(program)(*plain).backward()
    engine(program)(*recorded).backward(create_graph=True)
    found = [v.grad.data for v in recorded]
    for v in recorded:
        v.grad = None
    expected = [v.grad for v in plain]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12 * max(1.0, *map(abs, expected)))


@thorough
@given(programs, arguments)
def test_floats_and_values_give_the_same_number(program: Any, xs: tuple[float, ...]) -> None:
    f = engine(program)
    assert f(*values(xs)).data == pytest.approx(f(*xs), rel=1e-12)


@thorough
@given(programs, arguments)
def test_a_second_pass_doubles_every_gradient_exactly(program: Any, xs: tuple[float, ...]) -> None:
    variables = values(xs)
    result = engine(program)(*variables)
    result.backward()
    once = [v.grad for v in variables]
    result.backward()
    assert [v.grad for v in variables] == [2 * g for g in once]


@thorough
@given(programs, programs, arguments, st.floats(-2, 2), st.floats(-2, 2))
def test_backward_is_linear_in_its_seeds(first: Any, second: Any, xs: tuple[float, ...], s: float, t: float) -> None:
    gradients = [grad(engine(program), (0, 1))(*xs) for program in (first, second)]
    variables = values(xs)
    backward([engine(first)(*variables), engine(second)(*variables)], seeds=[s, t])
    for v, g, h in zip(variables, *gradients, strict=True):
        assert v.grad == pytest.approx(s * g + t * h, rel=1e-9, abs=1e-11 * max(1.0, abs(g), abs(h)))


@thorough
@given(programs, arguments)
def test_the_same_program_gives_the_same_bits(program: Any, xs: tuple[float, ...]) -> None:
    def bits() -> list[float]:
        variables = values(xs)
        result = engine(program)(*variables)
        result.backward()
        return [result.data, *(v.grad for v in variables)]

    assert bits() == bits()


def test_programs_repeat_operands_share_nodes_and_hold_constants() -> None:
    x, y = values([1.0, 2.0])
    squares = [(3, (0, 0, 0)), (3, (0, 0, 0)), (3, (0, 0.5, 0))]  # y², y²·y², 0.5·y⁴
    result = engine(squares)(x, y)
    result.backward()
    assert result.data == 0.5 * 2.0**4 + 2.0
    assert (x.grad, y.grad) == (2.0, 0.5 * 4 * 2.0**3 + 1.0)
