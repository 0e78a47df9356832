"""compile: what comes in, what comes out, and when a function is recorded again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import ArgumentError, NotANumberError, NotAScalarError, SizeError, Value
from autograd.compiler import compiled as module

X, Y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])


def compiled(f: Callable[..., Any], **settings: Any) -> ag.Compiled:
    return ag.compile(f, backend="numpy", **settings)


class Pair(NamedTuple):
    a: Any
    b: Any


# Results ------------------------------------------------------------------------------------------------------------


def test_a_number_comes_as_one_for_each_sample(backend: str) -> None:
    y = ag.compile(lambda x: x * x, backend=backend)(X)
    np.testing.assert_array_equal(y, X * X)
    assert y.dtype == np.float64


def test_a_list_of_numbers_comes_as_one_array(backend: str) -> None:
    np.testing.assert_array_equal(ag.compile(lambda x: [x, 2.0 * x], backend=backend)(X), np.stack([X, 2 * X], 1))


def test_nested_lists_come_as_one_array_if_they_are_regular() -> None:
    y = compiled(lambda x: [[x, 1.0], [x * x, x], [0.0, -x]])(X)
    assert y.shape == (3, 3, 2)
    np.testing.assert_array_equal(y[:, 1, 0], X * X)
    ragged = compiled(lambda x: [[x, 1.0], [x]])(X)
    assert [part.shape for part in ragged] == [(3, 2), (3, 1)]


def test_tuples_and_dicts_keep_their_form() -> None:
    y = compiled(lambda x: {"a": (x, [x, x]), "b": Pair(2.0 * x, {})})(X)
    assert list(y) == ["a", "b"]
    assert isinstance(y["a"], tuple)
    assert y["a"][1].shape == (3, 2)
    assert isinstance(y["b"], Pair)
    np.testing.assert_array_equal(y["b"].a, 2 * X)
    assert y["b"].b == {}


def test_constants_and_arguments_may_be_results(backend: str) -> None:
    constant, argument, one = ag.compile(lambda x: (3, x, True), backend=backend)(X)
    np.testing.assert_array_equal(constant, [3.0] * 3)
    np.testing.assert_array_equal(argument, X)
    np.testing.assert_array_equal(one, [1.0] * 3)
    argument[0] = 7.0
    assert X[0] == 1.0


def test_one_number_may_be_several_results(backend: str) -> None:
    np.testing.assert_array_equal(ag.compile(lambda x: [x, x], backend=backend)(X), np.stack([X, X], 1))


def test_what_does_not_depend_on_the_sample_is_one_for_each(backend: str) -> None:
    w = Value(2.0)
    np.testing.assert_array_equal(ag.compile(lambda x: w * w, backend=backend)(X), [4.0] * 3)


@pytest.mark.parametrize("result", [None, "text", 1j, np.array([1.0]), [1.0, None], [], {}])
def test_what_is_no_number_is_refused(result: Any) -> None:
    with pytest.raises(ArgumentError, match=r"<lambda> (must return Values|returned no number)"):
        compiled(lambda x: result)(X)


# Arguments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x", [[1.0, 2.0, 3.0], np.array([1, 2, 3], np.float32), np.ma.getdata(np.ma.array(X)), np.repeat(X, 2)[::2]]
)
def test_a_batch_may_be_any_array_of_floats(x: Any, backend: str) -> None:
    np.testing.assert_array_equal(ag.compile(lambda x: 2.0 * x, backend=backend)(x), 2.0 * X)


def test_truths_are_numbers() -> None:
    np.testing.assert_array_equal(compiled(lambda x: ag.where(x, 5.0, x))([True, False]), [5.0, 0.0])


def test_a_sample_may_be_an_array_of_any_rank(backend: str) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    f = ag.compile(lambda x: [x[2][1], ag.sum([ag.sum(row) for row in x])], backend=backend)
    np.testing.assert_array_equal(f(x), np.stack([x[:, 2, 1], x.sum((1, 2))], 1))
    np.testing.assert_array_equal(f(np.asfortranarray(x)), f(x))
    np.testing.assert_array_equal(f(x.tolist()), f(x))


def test_tuples_and_dicts_hold_arrays() -> None:
    f = compiled(lambda p, q: p[0] * p[1]["b"][1] + q.a - q.b)
    y = f((X, {"b": np.stack([Y, 2 * Y], 1)}), Pair(X, Y))
    np.testing.assert_array_equal(y, X * 2 * Y + X - Y)


def test_the_keys_of_dicts_matter() -> None:
    f = compiled(lambda p, q: p["a"] - q["b"] if "a" in p else p["b"] - 2.0 * q["a"])
    np.testing.assert_array_equal(f({"a": X}, {"b": Y}), X - Y)
    np.testing.assert_array_equal(f({"b": X}, {"a": Y}), X - 2 * Y)


def test_arguments_may_be_given_by_name(backend: str) -> None:
    f = ag.compile(lambda x, *, y: x - y, backend=backend)
    np.testing.assert_array_equal(f(X, y=Y), X - Y)
    g = ag.compile(lambda x, y=10.0: x - y, backend=backend)
    np.testing.assert_array_equal(g(X), X - 10.0)
    np.testing.assert_array_equal(g(y=Y, x=X), X - Y)


def test_a_function_may_have_no_arguments(backend: str) -> None:
    w = Value(3.0)
    f = ag.compile(lambda: w * w, backend=backend)
    assert f() == 9.0
    assert f.value_and_grad() == (9.0, [6.0])


def test_single_numbers_give_a_single_number(backend: str) -> None:
    w = Value(3.0)
    f = ag.compile(lambda x, y: {"product": w * x * y, "both": [x, y]}, backend=backend)
    y = f(2.0, np.float32(5.0))
    assert y["product"] == 30.0
    assert isinstance(y["product"], float)
    np.testing.assert_array_equal(y["both"], [2.0, 5.0])


def test_a_single_number_is_the_same_for_all_samples(backend: str) -> None:
    f = ag.compile(lambda x, y: x * y, backend=backend)
    np.testing.assert_array_equal(f(X, 2.0), 2 * X)
    assert f.grad(X, 2.0, argnums=1) == X.mean()


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ("abc", NotANumberError, "argument 0 of f must be made of real numbers, not 'abc'"),
        (None, NotANumberError, "argument 0 of f must be made of real numbers, not None"),
        ([1j], NotANumberError, "argument 0 of f must be made of real numbers"),
        (["a", "b"], NotANumberError, "argument 0 of f must be made of real numbers"),
        (np.ma.array([1.0]), NotANumberError, "argument 0 of f must be made of real numbers"),
        (np.array(["2020-01-01"], "datetime64[D]"), NotANumberError, "argument 0 of f must be made of real numbers"),
        ([10**30], NotANumberError, "argument 0 of f must be made of real numbers"),
        (Value(1.0), NotANumberError, "argument 0 of f is a Value; .* captures are its parameters"),
        (ag.Tensor([1.0]), NotANumberError, "argument 0 of f is a Tensor"),
        ([Value(1.0)], NotANumberError, "argument 0 of f has Values in it; give their numbers"),
        ([[1.0], [1.0, 2.0]], SizeError, "argument 0 of f is no array"),
        ([], SizeError, "f was given a batch without a sample"),
        (np.ones((0, 3)), SizeError, "f was given a batch without a sample"),
        ((X, "abc"), NotANumberError, r"argument 0\[1\] of f must be made of real numbers"),
        ({"a": [None]}, NotANumberError, r"argument 0\['a'\] of f must be made of real numbers"),
    ],
)
def test_a_bad_argument_is_refused_by_name(x: Any, error: type[Exception], message: str) -> None:
    def f(x: Any) -> Any:
        raise AssertionError("not reached")

    with pytest.raises(error, match=message):
        compiled(f)(x)


def test_arguments_must_have_the_same_number_of_samples() -> None:
    with pytest.raises(SizeError, match=r"samples on axis 0 of every argument, .* the shapes \(3,\), \(2, 5\)"):
        compiled(lambda x, y: x)(X, np.ones((2, 5)))


def test_arguments_that_the_function_does_not_take_are_its_own_error() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        compiled(lambda x, y: x)(X)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        compiled(lambda x: x)(X, z=X)


# Static arguments ---------------------------------------------------------------------------------------------------


def powered(x: Any, kind: Any, *, y: Any = 0.0) -> Any:
    return x * y + (x if kind == "once" else x * x)


@pytest.mark.parametrize("static", [1, "kind", ["kind"]])
def test_a_static_argument_is_handed_on_as_it_is(static: Any, backend: str) -> None:
    f = ag.compile(powered, static=static, backend=backend)
    np.testing.assert_array_equal(f(X, "once"), X)
    np.testing.assert_array_equal(f(X, kind="twice"), X * X)
    np.testing.assert_array_equal(f(X, "once", y=Y), X * Y + X)
    np.testing.assert_array_equal(f(X, "twice", y=Y), X * Y + X * X)


def test_static_values_that_are_equal_may_be_of_different_types() -> None:
    f = compiled(lambda x, flag: x if flag is True else -x, static=1)
    np.testing.assert_array_equal(f(X, 1), -X)
    np.testing.assert_array_equal(f(X, True), X)


def test_static_arguments_stand_beside_tuples() -> None:
    f = compiled(lambda p, kind: p[0] * p[1] if kind == "product" else p[0] + p[1], static="kind")
    np.testing.assert_array_equal(f((X, Y), "product"), X * Y)
    np.testing.assert_array_equal(f((X, Y), "sum"), X + Y)


def test_a_static_argument_must_be_hashable() -> None:
    with pytest.raises(ArgumentError, match="static argument 1 of <lambda> must be hashable"):
        compiled(lambda x, k: x, static=1)(X, ["a"])


@pytest.mark.parametrize("static", ["other", 2])
def test_a_static_argument_that_there_is_not_is_refused(static: Any) -> None:
    with pytest.raises(ArgumentError, match=r"has no argument .* to be static; its arguments: x, k"):
        compiled(lambda x, k: x, static=static)


# Compiling ----------------------------------------------------------------------------------------------------------


def test_what_is_no_function_and_unknown_backends_are_refused() -> None:
    with pytest.raises(ArgumentError, match="3 is no function"):
        ag.compile(3)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="'auto', 'native', 'numpy', not 'cuda'"):
        ag.compile(abs, backend="cuda")


def test_there_is_no_plan_before_the_first_call() -> None:
    with pytest.raises(ArgumentError, match="f has not been called yet"):
        _ = compiled(f).plan


def f(x: Any) -> Any:
    return x


def test_a_function_is_recorded_once_for_each_structure() -> None:
    calls = []

    def recorded(x: Any) -> Any:
        calls.append(1)
        return ag.sum(x)

    step = compiled(recorded)
    step(np.ones((5, 3)))
    once = len(calls)
    assert once > 0
    for batch in (1, 5, 70):
        step(np.ones((batch, 3)))
        step.jacobian(np.ones((batch, 3)), argnums=0)
    assert len(calls) == once
    assert step(np.ones((5, 4))).tolist() == [4.0] * 5
    assert len(calls) == 2 * once
    assert step(np.ones((5, 3))).tolist() == [3.0] * 5
    assert len(calls) == 2 * once


def test_another_structure_appends_its_parameters() -> None:
    leaves = [Value(float(i)) for i in range(5)]
    step = compiled(lambda x: ag.dot(leaves[: len(x)], x))
    assert step.grad(np.ones((2, 3))).tolist() == [1.0] * 3
    assert [id(p) for p in step.parameters] == [id(leaf) for leaf in leaves[:3]]
    assert step.grad(np.full((2, 5), 2.0)).tolist() == [2.0] * 5
    assert [id(p) for p in step.parameters] == [id(leaf) for leaf in leaves]
    assert step.grad(np.ones((2, 3))).tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert step.per_sample_grad(np.ones((2, 3))).shape == (2, 5)
    assert step.jacobian(np.ones((2, 3))).tolist() == [[1.0, 1.0, 1.0, 0.0, 0.0]] * 2
    assert step.hvp(np.ones(5), np.ones((2, 3))).tolist() == [0.0] * 5


def test_parameters_stand_in_the_order_of_their_making() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    step = compiled(lambda x: c * x + a * b)
    step(X)
    assert [id(p) for p in step.parameters] == [id(a), id(b), id(c)]


def test_the_number_of_recorded_structures_is_bounded() -> None:
    step = compiled(lambda x: ag.sum(x))
    for count in range(1, module.KEPT + 20):
        assert step(np.ones((1, count))) == [float(count)]
    assert len(step._recorded) == module.KEPT
    assert step(np.ones((1, 1))) == [1.0]


def test_a_gradient_is_of_one_number() -> None:
    w = Value(2.0)
    step = compiled(lambda x: [x, w * x])
    for method in (step.value_and_grad, step.grad, step.per_sample_grad):
        with pytest.raises(NotAScalarError, match=r"<lambda> returns 2 numbers .* use jacobian"):
            method(X)
    with pytest.raises(NotAScalarError, match="use jacobian"):
        step.hvp([1.0], X)
