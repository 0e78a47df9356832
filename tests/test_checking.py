"""numerical_gradient and gradcheck: derivatives held against differences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    GradcheckError,
    NotANumberError,
    Primitive,
    Value,
    check_grads,
    elementwise,
    grad,
    gradcheck,
    no_grad,
    numerical_gradient,
    registry,
    sin,
)
from autograd.checking import difference

# numerical_gradient -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [2.0, 2, np.float64(2.0), np.array(2.0), Value(2.0)], ids=lambda x: type(x).__name__)
def test_the_difference_by_one_number_is_one_number(x: Any) -> None:
    slope = numerical_gradient(lambda t: t**3, x)
    assert slope == pytest.approx(12.0, rel=1e-7)
    assert np.ndim(slope) == 0


@pytest.mark.parametrize("form", [list, tuple])
def test_the_differences_by_a_sequence_have_its_form(form: Any) -> None:
    slopes = numerical_gradient(lambda xs: xs[0] * xs[1] ** 2, form([2.0, 3.0]))
    assert type(slopes) is form
    assert list(slopes) == pytest.approx([9.0, 12.0], rel=1e-7)


def test_the_differences_by_an_array_have_its_shape() -> None:
    x = np.arange(6.0).reshape(2, 3)
    slopes = numerical_gradient(lambda a: float((a**2).sum()), x)
    assert slopes.shape == (2, 3)
    assert slopes == pytest.approx(2 * x, abs=1e-7)
    assert np.array_equal(x, np.arange(6.0).reshape(2, 3))


def test_an_integer_array_is_moved_in_float64() -> None:
    assert numerical_gradient(lambda a: float(a @ a), np.array([1, 2])) == pytest.approx([2.0, 4.0], abs=1e-7)


def test_the_differences_by_an_empty_array_are_empty() -> None:
    assert numerical_gradient(lambda a: 1.0, np.zeros((0, 3))).shape == (0, 3)


def test_the_function_may_return_a_value() -> None:
    w = Value(3.0)
    assert numerical_gradient(lambda x: w * x, 2.0) == pytest.approx(3.0, rel=1e-7)
    assert numerical_gradient(sin, 0.5, h=1e-5) == pytest.approx(math.cos(0.5), rel=1e-9)


def test_differences_record_nothing() -> None:
    seen = []
    w = Value(3.0)

    def f(x: float) -> Any:
        seen.append((w * x).is_leaf)
        return w * x

    numerical_gradient(f, 2.0)
    assert seen == [True, True]


def test_the_error_is_of_order_h_squared() -> None:
    def error(h: float) -> float:
        return abs(numerical_gradient(lambda x: x**3, 2.0, h=h) - 12.0)

    assert error(1e-2) == pytest.approx(1e-4, rel=1e-3)  # exactly h² for x³
    assert error(1e-3) == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize("h", [0.0, -1e-4, math.nan])
def test_a_step_that_is_not_positive_is_refused(h: float) -> None:
    with pytest.raises(ArgumentError, match="the step h of a difference must be positive"):
        numerical_gradient(sin, 1.0, h=h)


@pytest.mark.parametrize("x", ["2", None, 1j])
def test_a_point_that_is_no_number_is_refused(x: Any) -> None:
    with pytest.raises(NotANumberError, match="x must be one real number"):
        numerical_gradient(sin, x)
    with pytest.raises(NotANumberError, match=r"x\[1\] must be one real number"):
        numerical_gradient(lambda xs: xs[0], [1.0, x])


def test_a_result_that_is_no_number_is_refused() -> None:
    with pytest.raises(NotANumberError, match="the result of a function to differentiate must be one real number"):
        numerical_gradient(lambda x: [x], 1.0)


# Ridders' differences ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (math.exp, 1.0, math.e),
        (math.sin, 0.5, math.cos(0.5)),
        (lambda x: x**5, -2.0, 80.0),
        (lambda x: 1 / (1 + x * x), 3.0, -0.06),
        (math.tanh, 20.0, 0.0),
    ],
)
def test_extrapolated_differences_are_good_to_nine_digits_and_know_their_error(
    f: Callable[[float], float], x: float, expected: float
) -> None:
    found, error = difference(f, x)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert abs(found - expected) <= 10 * error + 1e-14


# gradcheck --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda x: x * sin(x), (0.7,)),
        (lambda x, y: autograd.exp(x * y) / (1 + y * y), (0.3, -0.8)),
        (lambda x, y, z: autograd.norm([x, y * z, 1.0]) + autograd.logsumexp([x, y, z]), (0.3, -0.8, 1.5)),
        (lambda x: x**3, (0.0,)),
        (lambda x, y: grad(lambda t: t**4 * y)(x), (0.5, 2.0)),
    ],
)
def test_right_derivatives_pass_at_every_order(order: int, f: Callable[..., Any], at: tuple[float, ...]) -> None:
    gradcheck(f, *at, order=order)


@pytest.mark.parametrize("f", [lambda x: 3 * x, lambda x: x, lambda x: x + 1.0, lambda x: x - x])
def test_a_function_whose_derivative_is_constant_passes_without_a_warning(f: Callable[..., Any]) -> None:
    gradcheck(f, 1.5)
    gradcheck(f, 1.5, order=3)


def test_a_function_of_several_arguments_linear_in_one_passes_without_a_warning() -> None:
    gradcheck(lambda x, y: x * x + 2 * y, 1.5, 2.0, order=3)


def test_a_function_that_takes_single_elements_of_an_array_passes() -> None:
    gradcheck(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), order=2)


def test_gradcheck_works_under_no_grad() -> None:
    with no_grad():
        gradcheck(lambda x: x * sin(x), 0.7)


@pytest.fixture
def wrong() -> Iterator[Primitive]:
    """A row of two operands whose second partial has the wrong sign."""
    yield elementwise("lopsided", lambda a, b: a - b * b, lambda y, a, b: (1.0, 2 * b))
    del registry["lopsided"]


def test_the_wrong_operation_and_operand_are_named_with_formula_and_numbers(wrong: Primitive) -> None:
    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda x, y: sin(wrong(x, y)) * x, 1.5, 0.75)
    message = str(caught.value)
    assert "the rule of 'lopsided' is wrong for operand 1" in message
    assert "= 2*x1 = 1.5, but a difference gives -1.5, at operands [1.5, 0.75]" in message


def test_a_right_operand_of_a_wrong_row_is_not_accused(wrong: Primitive) -> None:
    gradcheck(lambda x: sin(wrong(x, 0.5)), 1.5)


def test_a_wrong_second_derivative_is_found_at_order_two_only() -> None:
    # The first partial is right in value but made of a function that is not differentiated rightly.
    halting = elementwise("halting", lambda x: x * x, lambda y, x: (_frozen(2 * x),))
    try:
        gradcheck(halting, 1.5, order=1)
        with pytest.raises(GradcheckError, match="'frozen' is wrong for operand 0"):
            gradcheck(halting, 1.5, order=2)
    finally:
        del registry["halting"], registry["frozen"]


def _frozen(x: Any) -> Any:
    row = registry.get("frozen") or elementwise("frozen", lambda x: x, lambda y, x: (0.5,))
    return row(x)


@pytest.mark.filterwarnings("ignore::autograd.DisconnectedWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * math.sin(x),
        lambda x: x * float(x),
        lambda x: x * (x.data if isinstance(x, Value) else x),
    ],
    ids=["math.sin", "float", "data"],
)
def test_a_number_that_left_the_graph_is_found(f: Callable[..., Any]) -> None:
    with pytest.raises(GradcheckError, match=r"by argument 0 .*so a number left the graph on its way"):
        gradcheck(f, 1.5)


def test_a_point_at_a_stated_kink_is_not_compared_edge_by_edge() -> None:
    gradcheck(lambda x: autograd.sum([autograd.relu(0 * x), x * x]), 1.5, order=1)


def test_a_looser_tolerance_lets_a_small_error_pass() -> None:
    almost = elementwise("almost", lambda x: x * x, lambda y, x: (2.0001 * x,))
    try:
        with pytest.raises(GradcheckError, match="'almost'"):
            gradcheck(almost, 1.5, order=1)
        gradcheck(almost, 1.5, order=1, rtol=1e-3)
    finally:
        del registry["almost"]


@pytest.mark.parametrize("order", [0, -1])
def test_an_order_below_one_is_refused(order: int) -> None:
    with pytest.raises(ArgumentError, match="gradcheck needs an order of at least 1"):
        gradcheck(sin, 1.0, order=order)


def test_an_argument_that_is_no_number_is_refused_by_position() -> None:
    with pytest.raises(NotANumberError, match="argument 1 of gradcheck must be one real number, not str"):
        gradcheck(autograd.atan2, 1.0, "x")


def test_nothing_is_returned() -> None:
    assert gradcheck(sin, 1.0) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("f", "x"),
    [
        pytest.param(autograd.relu, 1e-4, id="beside a kink"),
        pytest.param(autograd.abs, 1e-6, id="close beside a kink"),
        pytest.param(autograd.relu, 0.0, id="at a kink"),
        pytest.param(lambda x: autograd.clip(x, 0.0, 1.0), 0.0, id="at a bound"),
        pytest.param(lambda x: autograd.max([x, 2.0, 2.0]), 2.0, id="at a tie"),
        pytest.param(autograd.log, 1e-4, id="beside the end of the domain"),
        pytest.param(autograd.sqrt, 0.0, id="at the end of the domain"),
        pytest.param(lambda x: 1 / x, 1e-3, id="beside a pole"),
        pytest.param(autograd.sin, 1e6, id="far out"),
        pytest.param(lambda x: autograd.sigmoid(1000 * x), 1e-3, id="steep"),
        pytest.param(lambda x: autograd.where(x > 0, autograd.log(x), 0.0), -1.0, id="with a branch that is nan"),
    ],
)
def test_a_right_rule_is_not_accused(f: Callable[..., Any], x: float) -> None:
    gradcheck(f, x, order=1)


@pytest.mark.parametrize("options", [{"order": 0}, {"order": 1.5}, {"rtol": -1.0}])
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match="gradcheck needs"):
        gradcheck(autograd.sin, 1.0, **options)


@pytest.mark.filterwarnings("ignore:(invalid value|divide by zero) encountered in log:RuntimeWarning")
@pytest.mark.parametrize("x", [-1.5, 0.0, np.array([1.0, -1.0])], ids=str)
def test_a_point_without_a_finite_value_is_refused_for_nothing_can_be_checked(x: Any) -> None:
    with pytest.raises(GradcheckError, match="where a difference tells nothing"):
        gradcheck(lambda x: np.sum(np.log(x)), x)
    with pytest.raises(GradcheckError, match="where a difference tells nothing"):
        check_grads(np.log)(x)


def test_check_grads_tells_where_the_arguments_belong() -> None:
    with pytest.raises(ArgumentError, match=r"not 1.0; the arguments of sin follow: check_grads\(f\)\(x\)"):
        check_grads(np.sin, 1.0)  # type: ignore[arg-type]
    check_grads(np.sin, modes=["forward", "reverse"])(1.0)
