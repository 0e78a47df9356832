"""grad, value_and_grad and jvp: derivatives as functions, in any nesting."""

from __future__ import annotations

import copy
import itertools
import math
import threading
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    DisconnectedWarning,
    GraphChangedError,
    NotANumberError,
    NotAScalarError,
    SizeError,
    Value,
    exp,
    grad,
    jvp,
    no_grad,
    sin,
    tanh,
    value_and_grad,
)

Function = Callable[..., Any]


def forward_derivative(f: Function) -> Function:
    """The derivative of a function of one number, in forward mode."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


MODES = {"reverse": grad, "forward": forward_derivative}
each_mode = pytest.mark.parametrize("d", MODES.values(), ids=MODES.keys())
each_pair_of_modes = pytest.mark.parametrize(
    ("d", "inner"),
    [pytest.param(MODES[a], MODES[b], id=f"{a}-over-{b}") for a, b in itertools.product(MODES, repeat=2)],
)

# Nesting ----------------------------------------------------------------------------------------------------------


@each_pair_of_modes
def test_second_derivatives_agree_in_any_order_of_modes(d: Function, inner: Function) -> None:
    def f(x: Any) -> Any:
        return exp(sin(x)) * x**2 + tanh(x) / (1 + x * x)

    def by_mpmath(x: Any) -> Any:
        return mpmath.exp(mpmath.sin(x)) * x**2 + mpmath.tanh(x) / (1 + x * x)

    assert d(inner(f))(0.7) == pytest.approx(float(mpmath.diff(by_mpmath, 0.7, 2)), rel=1e-9)


@pytest.mark.parametrize("modes", [*itertools.product(MODES, repeat=3)], ids="-".join)
def test_third_derivatives_agree_in_any_order_of_modes(modes: tuple[str, ...]) -> None:
    f: Function = lambda x: sin(x) * x
    for mode in modes:
        f = MODES[mode](f)
    assert f(0.5) == pytest.approx(-3 * math.sin(0.5) - 0.5 * math.cos(0.5), rel=1e-14)


def test_the_tenth_derivative_of_a_polynomial_is_exact() -> None:
    f: Function = lambda x: x**10
    for _ in range(9):
        f = grad(f)
    assert f(2.0) == math.factorial(10) * 2.0


@each_pair_of_modes
def test_an_outer_variable_inside_an_inner_derivative_is_a_constant_of_it(d: Function, inner: Function) -> None:
    assert d(lambda x: x * inner(lambda y: x + y)(1.0))(5.0) == 1.0


@each_pair_of_modes
def test_an_inner_derivative_at_the_outer_point_does_not_confuse_the_two(d: Function, inner: Function) -> None:
    assert d(lambda x: inner(lambda y: x * y)(x))(3.0) == 1.0
    assert d(lambda x: x * inner(lambda y: x * y)(x))(3.0) == 6.0
    assert d(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0  # d/dx 2 x²
    assert d(lambda x: inner(lambda y: y**3)(x))(2.0) == 12.0
    assert d(lambda x: inner(lambda y: y**3)(2 * x))(2.0) == 48.0  # d/dx 12 x²


@each_pair_of_modes
def test_three_levels_keep_their_variables_apart(d: Function, inner: Function) -> None:
    def f(x: Any) -> Any:
        return inner(lambda y: inner(lambda z: x * y * y * z * z * z)(y))(x)  # d/dy 3xy⁴ at y = x: 12x⁴

    assert f(2.0) == 12 * 2.0**4
    assert d(f)(2.0) == 48 * 2.0**3


@each_mode
def test_an_inner_derivative_by_something_unused_is_zero_and_the_outer_one_goes_on(d: Function) -> None:
    def f(x: Any) -> Any:
        with pytest.warns(DisconnectedWarning, match="does not depend on its argument 0"):
            return x * x + jvp(lambda y: 3.0 * x, (1.0,), (1.0,))[1]

    assert d(f)(2.0) == 4.0


def test_the_outer_derivative_goes_through_the_value_that_comes_back_beside_an_inner_one() -> None:
    def by_reverse(x: Any) -> Any:
        return value_and_grad(lambda y: x * y)(3.0)[0]

    def by_forward(x: Any) -> Any:
        return jvp(lambda y: x, (3.0,), (1.0,))[0]

    def untouched(x: Any) -> Any:
        return value_and_grad(lambda y: x)(3.0)[0]

    assert grad(by_reverse)(2.0) == 3.0
    with pytest.warns(DisconnectedWarning, match="does not depend on its argument 0"):
        assert grad(by_forward)(2.0) == 1.0
    with pytest.warns(DisconnectedWarning, match="does not depend on its argument 0"):
        assert grad(untouched)(2.0) == 1.0


def test_a_derivative_in_terms_of_an_outside_value_is_a_value() -> None:
    a = Value(2.0, name="a")
    slope = grad(lambda x: a * x**3)(2.0)
    assert type(slope) is Value
    slope.backward()
    assert (slope.data, a.grad) == (24.0, 12.0)


def test_a_derivative_at_a_value_is_a_value() -> None:
    x = Value(2.0)
    slope = grad(lambda t: t**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


def test_forward_mode_in_terms_of_an_outside_value_is_a_value() -> None:
    a = Value(2.0)
    value, slope = jvp(lambda x: a * x**3, (2.0,), (1.0,))
    slope.backward()
    assert (value.data, slope.data, a.grad) == (16.0, 24.0, 12.0)


def test_a_tangent_may_be_a_value() -> None:
    t = Value(3.0)
    _, slope = jvp(lambda x: x**3, (2.0,), (t,))
    slope.backward()
    assert (slope.data, t.grad) == (36.0, 12.0)


def test_without_a_value_from_outside_plain_floats_come_back() -> None:
    assert type(grad(lambda x: x * x)(3.0)) is float
    assert [type(x) for x in value_and_grad(lambda x: x * x)(3)] == [float, float]
    assert [type(x) for x in jvp(lambda x: x * x, (3,), (1,))] == [float, float]


def test_differentiating_touches_no_gradient_of_values_outside() -> None:
    a = Value(2.0)
    grad(lambda x: a * x)(3.0)
    grad(lambda x: x * x)(a)
    assert (a.grad, a.reached) == (0.0, 0)


def test_a_function_may_call_backward_of_its_own_inside() -> None:
    def f(x: Any) -> Any:
        w = Value(3.0)
        (w * w).backward()
        return x * w.grad

    assert grad(f)(1.0) == 6.0


def test_backward_inside_through_the_variable_is_warned_about_for_its_numbers_are_not_seen() -> None:
    def f(x: Any) -> Any:
        (x * x).backward()
        return x.grad * x

    with pytest.warns(DisconnectedWarning, match="gradients as plain numbers"):
        grad(f)(3.0)


def test_a_variable_changed_by_the_function_itself_is_refused() -> None:
    def f(x: Any) -> Any:
        y = x * x
        x.data = 5.0
        return y + x

    for differentiate in (lambda: grad(f)(3.0), lambda: jvp(f, (3.0,), (1.0,))):
        with pytest.raises(GraphChangedError):
            differentiate()


def test_a_copy_inside_is_warned_about_for_the_derivative_does_not_see_it() -> None:
    with pytest.warns(DisconnectedWarning, match="a copy of"):
        grad(lambda x: copy.deepcopy(x) * x)(3.0)


# Arguments --------------------------------------------------------------------------------------------------------


def area(width: Any, height: Any, scale: Any = 1.0) -> Any:
    return scale * width * height * height


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 9.0),
        (1, 12.0),
        ((0,), (9.0,)),
        ((0, 1), (9.0, 12.0)),
        ([1, 0], (12.0, 9.0)),
        (range(2), (9.0, 12.0)),
        (np.int64(1), 12.0),
    ],
)
def test_argnums_says_which_and_in_which_form(argnums: Any, expected: Any) -> None:
    assert grad(area, argnums)(2.0, 3.0) == expected
    assert value_and_grad(area, argnums)(2.0, 3.0) == (18.0, expected)


def test_keyword_arguments_pass_through() -> None:
    assert grad(area)(2.0, 3.0, scale=10.0) == 90.0
    assert grad(area)(2.0, height=3.0) == 9.0


def test_arguments_not_differentiated_may_be_anything() -> None:
    def f(x: Any, how: str, table: dict[str, float]) -> Any:
        return x * table[how]

    assert grad(f)(2.0, "twice", {"twice": 2.0}) == 2.0


@pytest.mark.parametrize("argnums", [2, -1, (0, 5)])
def test_an_argument_that_was_not_given_is_refused(argnums: Any) -> None:
    with pytest.raises(
        ArgumentError, match=r"cannot be differentiated by its positional argument (2|-1|5): 2 were given"
    ):
        grad(area, argnums)(2.0, 3.0)


def test_no_argument_to_differentiate_by_is_refused() -> None:
    with pytest.raises(ArgumentError, match="name at least one argument"):
        grad(area, ())(2.0, 3.0)


def test_one_argument_named_twice_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"an argument of area is named twice in argnums=\(0, 1, 0\)"):
        grad(area, (0, 1, 0))


@pytest.mark.parametrize("x", ["2", None, 1j, np.array([1j]), np.array(["2"])], ids=lambda x: type(x).__name__)
def test_an_argument_that_is_no_number_is_refused_by_position(x: Any) -> None:
    with pytest.raises(NotANumberError, match=f"argument 1 of area must be one real number, not {type(x).__name__}"):
        grad(area, 1)(2.0, x)


@pytest.mark.parametrize("x", [3, np.float64(3.0), np.array(3.0), True])
def test_an_argument_may_be_any_real_number(x: Any) -> None:
    assert grad(lambda x: x * x)(x) == 2.0 * float(x)


def test_the_function_that_comes_back_says_what_it_is() -> None:
    assert grad(area).__name__ == "grad(area)"
    assert value_and_grad(grad(area)).__name__ == "value_and_grad(grad(area))"


# Results ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "kind"),
    [([1.0], "list"), ((1.0, 2.0), "tuple"), ("x", "str"), (np.array([1.0, 2.0]), "ndarray"), (1j, "complex")],
)
def test_a_result_that_is_not_one_number_is_refused(result: Any, kind: str) -> None:
    def f(x: Any) -> Any:
        return result

    with pytest.raises(NotAScalarError, match=f"f must return one number to be differentiated, but returned {kind}"):
        grad(f)(1.0)


def test_a_list_of_values_as_result_is_refused_with_a_cure() -> None:
    with pytest.raises(NotAScalarError, match="Return one element, or a sum of them"):
        grad(lambda x: [x, x * x])(1.0)


@pytest.mark.parametrize("differentiate", [lambda f: grad(f)(1.0), lambda f: jvp(f, (1.0,), (1.0,))])
def test_a_function_that_returns_nothing_is_asked_for_its_return_statement(differentiate: Function) -> None:
    def f(x: Any) -> None:
        x * x

    with pytest.raises(NotAScalarError, match="f returned None: is its return statement missing"):
        differentiate(f)


@pytest.mark.parametrize("form", [list, tuple])
def test_jvp_returns_what_the_function_returns(form: Any) -> None:
    values, tangents = jvp(lambda x, y: form([x * y, x, 7.0]), (2.0, 3.0), (1.0, 10.0))
    assert values == form([6.0, 2.0, 7.0])
    assert tangents == form([23.0, 1.0, 0.0])


def test_jvp_of_the_argument_itself_is_the_tangent() -> None:
    assert jvp(lambda x: x, (2.0,), (5.0,)) == (2.0, 5.0)


def test_jvp_needs_a_tangent_for_each_primal() -> None:
    with pytest.raises(SizeError, match="got 2 primals, 1 tangents"):
        jvp(area, (1.0, 2.0), (1.0,))


def test_jvp_refuses_a_tangent_that_is_no_number() -> None:
    with pytest.raises(NotANumberError, match="tangent 1 of jvp must be one real number, not str: 'up'"):
        jvp(area, (1.0, 2.0), (1.0, "up"))


def test_jvp_refuses_a_single_number_as_primals() -> None:
    with pytest.raises(ArgumentError, match=r"in tuples: jvp\(f, \(x,\), \(1.0,\)\)"):
        jvp(sin, 1.0, 1.0)  # type: ignore[arg-type]


def test_the_argument_itself_as_result_has_derivative_one() -> None:
    assert grad(lambda x: x)(3.0) == 1.0


# A number that left the graph -------------------------------------------------------------------------------------


def test_a_result_that_does_not_depend_on_an_argument_is_warned_about_by_position() -> None:
    def first(x: Any, y: Any) -> Any:
        return x * x

    with pytest.warns(DisconnectedWarning, match="the result of first does not depend on its argument 1"):
        assert grad(first, (0, 1))(3.0, 2.0) == (6.0, 0.0)


def test_a_constant_result_is_warned_about() -> None:
    with pytest.warns(DisconnectedWarning, match="does not depend on its argument 0"):
        assert value_and_grad(lambda x: 3.0)(2.0) == (3.0, 0.0)


def test_a_constant_result_made_of_an_outside_value_is_warned_about() -> None:
    a = Value(2.0)
    with pytest.warns(DisconnectedWarning):
        grad(lambda x: a * a)(2.0)


@pytest.mark.parametrize("escape", [float, math.sin, lambda x: math.hypot(x, 1.0)], ids=["float", "sin", "hypot"])
def test_a_number_taken_out_by_float_is_warned_about_where_it_happens(escape: Function) -> None:
    def f(x: Any) -> Any:
        escape(x)
        return x * x

    for differentiate in (lambda: grad(f)(0.5), lambda: jvp(f, (0.5,), (1.0,))):
        with pytest.warns(DisconnectedWarning, match=r"float\(\) takes Value\(0.5.* out of the graph") as caught:
            differentiate()
        assert caught[0].filename == __file__


def test_float_outside_a_derivative_is_no_matter() -> None:
    assert float(Value(2.0)) == 2.0  # warnings are errors here


def test_float_inside_no_grad_inside_a_derivative_is_no_matter() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            scale = float(x)
        return x * scale

    assert grad(f)(3.0) == 3.0


# Recording --------------------------------------------------------------------------------------------------------


def test_grad_and_jvp_work_under_no_grad() -> None:
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert jvp(lambda x: x * x, (3.0,), (1.0,)) == (9.0, 6.0)
        assert grad(grad(lambda x: x**3))(2.0) == 12.0


def test_under_no_grad_a_derivative_does_not_record_on_an_outside_value() -> None:
    a = Value(2.0)
    with no_grad():
        assert grad(lambda x: a * x)(3.0) == 2.0
        assert type(grad(lambda x: a * x)(3.0)) is float
        assert type(grad(lambda x: x * x)(a)) is float
        assert [type(x) for x in jvp(lambda x: a * x, (3.0,), (1.0,))] == [float, float]


def test_a_function_may_hold_a_part_of_itself_constant_by_no_grad() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            held = x * x
        return held * x

    assert grad(f)(3.0) == 9.0
    assert jvp(f, (3.0,), (1.0,)) == (27.0, 9.0)


def test_recording_is_as_before_after_an_exception() -> None:
    with no_grad():
        with pytest.raises(ZeroDivisionError):
            grad(lambda x: 1 // 0)(1.0)
        assert (Value(1.0) * 2).is_leaf
    assert float(Value(1.0)) == 1.0  # and we are outside of any derivative again


def test_threads_differentiate_side_by_side() -> None:
    found: dict[int, float] = {}

    def work(k: int) -> None:
        for _ in range(50):
            found[k] = grad(grad(lambda x: x**3 + sin(x) * k))(1.0)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: pytest.approx(6 - k * math.sin(1.0)) for k in range(4)}


# Functions people write -------------------------------------------------------------------------------------------


def test_python_control_flow_is_followed() -> None:
    def alternating(x: Any, n: int) -> Any:
        y = 1.0
        for k in range(n):
            y = y * x if k % 2 == 0 else y + x
        return y if x > 1 else -y

    assert grad(alternating)(2.0, 4) == 9.0  # (x + x) x + x = 2x² + x at n = 4, with slope 4x + 1
    assert grad(alternating)(0.5, 1) == -1.0


def test_newtons_method_finds_a_root_by_its_own_derivative() -> None:
    x = 1.0
    for _ in range(10):
        value, slope = value_and_grad(lambda t: t**3 - 2)(x)
        x -= value / slope
    assert x == pytest.approx(2 ** (1 / 3), rel=1e-15)


def test_a_derivative_goes_through_an_iteration() -> None:
    def root(a: Any) -> Any:
        x = a
        for _ in range(20):
            x = 0.5 * (x + a / x)
        return x

    assert grad(root)(2.0) == pytest.approx(0.5 / math.sqrt(2.0), rel=1e-14)
    assert jvp(root, (2.0,), (1.0,))[1] == pytest.approx(0.5 / math.sqrt(2.0), rel=1e-14)


def test_the_gradient_of_a_row_itself_needs_no_lambda() -> None:
    assert grad(autograd.atan2, (0, 1))(1.0, 2.0) == pytest.approx((0.4, -0.2))


@pytest.mark.parametrize(
    "write",
    [
        lambda w: setattr(w, "data", w.data - 0.5),
        lambda w: w.data.__isub__(0.5),
        lambda w: w.data.__setitem__(0, 0.5),
    ],
    ids=["new data", "in place", "an element"],
)
def test_a_leaf_that_was_written_to_still_stands_outside(write: Function) -> None:
    w = autograd.Tensor([3.0])
    for _ in range(3):
        slope = grad(lambda x: np.sum(w * x**2))(2.0)
        assert isinstance(slope, autograd.Variable)
        w.grad = None
        slope.backward()
        assert w.grad.tolist() == [4.0]
        write(w)


def test_a_value_given_a_new_number_inside_still_stands_outside() -> None:
    w = Value(3.0)

    def f(x: Any) -> Any:
        w.data = 5.0
        return w * x

    slope = grad(f)(2.0)
    slope.backward()
    assert (slope.data, w.grad) == (5.0, 1.0)


def test_what_is_no_function_is_refused_before_it_is_called() -> None:
    with pytest.raises(ArgumentError, match=r"3.0 is no function; write grad\(f\)\(x\)"):
        grad(3.0)  # type: ignore[arg-type]
