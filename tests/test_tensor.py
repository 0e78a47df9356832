"""Tensor: an array on the graph. What it holds, what protects it, and how it stands beside Values and arrays."""

from __future__ import annotations

import copy
import gc
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    DisconnectedWarning,
    NonFiniteWarning,
    NotALeafError,
    NotANumberError,
    NotAScalarError,
    SizeError,
    Tensor,
    UnsupportedFunctionError,
    Value,
    backward,
    grad,
)
from autograd.forward import tangents

# What it holds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (np.ones(2, np.float64), np.float64),
        (np.ones(2, np.float32), np.float32),
        (np.ones(2, np.float16), np.float64),
        (np.ones(2, np.int32), np.float64),
        ([True, False], np.float64),
        ([1, 2], np.float64),
        (3, np.float64),
        (np.float32(3), np.float32),
    ],
    ids=str,
)
def test_float32_and_float64_are_kept_and_all_other_numbers_become_float64(data: Any, dtype: type) -> None:
    assert Tensor(data).dtype == dtype


def test_a_dtype_may_be_asked_for() -> None:
    assert Tensor([1.0], dtype=np.float32).dtype == np.float32
    assert Tensor([1.0], dtype="float64").dtype == np.float64


@pytest.mark.parametrize("data", ["a", ["a"], [1j], None, object(), [[1.0], [1.0, 2.0]], np.array([None])], ids=str)
def test_what_is_not_made_of_real_numbers_is_refused(data: Any) -> None:
    with pytest.raises(NotANumberError, match="the data of a Tensor must"):
        Tensor(data)


def test_another_dtype_is_refused() -> None:
    with pytest.raises(NotANumberError, match="holds float64 or float32, not int64"):
        Tensor([1.0], dtype=np.int64)


def test_a_tensor_of_a_variable_is_refused_with_the_way_out() -> None:
    with pytest.raises(NotANumberError, match=r"t\.detach\(\)"):
        Tensor(Tensor([1.0]))
    with pytest.raises(NotANumberError, match="on the graph already"):
        Tensor(Value(1.0))


def test_the_data_is_copied() -> None:
    a = np.ones(2)
    t = Tensor(a)
    a[0] = 5.0
    assert t.tolist() == [1.0, 1.0]


def test_what_it_tells_about_itself() -> None:
    t = Tensor(np.arange(6.0).reshape(2, 3), name="t")
    assert (t.shape, t.ndim, t.size, len(t), t.dtype) == ((2, 3), 2, 6, 2, np.float64)
    assert t.T.shape == t.mT.shape == (3, 2)
    assert (t.is_leaf, t.grad, t.reached) == (True, None, 0)
    assert [row.tolist() for row in t] == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_its_repr_shows_numbers_type_and_name() -> None:
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(Tensor([1.0], dtype=np.float32, name="w")) == "Tensor([1.], dtype=float32, name='w')"
    assert repr(Tensor(2.0)) == "Tensor(2.)"
    assert "..." in repr(Tensor(np.zeros(1000)))
    assert f"{Tensor(2.0):.2f}" == "2.00"


def test_one_element_gives_its_number() -> None:
    assert Tensor([[2.0]]).item() == float(Tensor([[2.0]])) == 2.0
    assert bool(Tensor([1.0]))
    with pytest.raises(NotAScalarError, match=r"shape \(2,\)"):
        Tensor([1.0, 2.0]).item()
    with pytest.raises(NotAScalarError, match="has no one truth"):
        bool(Tensor([1.0, 2.0]))


def test_nothing_iterates_over_no_axes() -> None:
    with pytest.raises(TypeError, match="no axes"):
        iter(Tensor(1.0))
    with pytest.raises(TypeError):
        len(Tensor(1.0))


def test_comparisons_give_plain_boolean_arrays() -> None:
    t = Tensor([1.0, 2.0, 3.0])
    for mask in (t > 2, t >= [2, 2, 2], 2 < t, t == np.array([1.0, 2.0, 4.0]), t != t, t <= Value(2.0)):  # noqa: SIM300  # the reflected comparison
        assert type(mask) is np.ndarray
        assert mask.dtype == bool
    assert (t > 2).tolist() == [False, False, True]
    assert (t == "a") is False
    assert t in {t}


def test_tensor_is_final() -> None:
    with pytest.raises(TypeError, match="final"):
        type("Mine", (Tensor,), {})


# Leaving the graph ------------------------------------------------------------------------------------------------


def test_a_tensor_never_turns_into_an_ndarray_by_itself() -> None:
    t = Tensor([1.0, 2.0])
    for leave in (np.asarray, np.array, lambda x: np.array([x, x])):
        with pytest.raises(NotANumberError, match=r"t\.numpy\(\)"):
            leave(t)


def test_numpy_gives_the_numbers_to_read() -> None:
    t = Tensor([1.0, 2.0])
    assert type(t.numpy()) is np.ndarray
    with pytest.raises(ValueError, match="read-only"):
        t.numpy()[0] = 5.0


def test_detach_is_a_new_leaf_with_numbers_of_its_own() -> None:
    t = Tensor([1.0, 2.0], name="t")
    d = (t * 2).detach()
    assert d.is_leaf
    assert d.tolist() == [2.0, 4.0]
    d.data[0] = 7.0
    assert t.tolist() == [1.0, 2.0]


def test_a_leaf_can_be_copied_and_pickled_and_a_result_not() -> None:
    t = Tensor([1.0, 2.0], name="t")
    (t * t).sum().backward()
    for again in (copy.copy(t), copy.deepcopy(t), pickle.loads(pickle.dumps(t))):
        assert again.tolist() == [1.0, 2.0]
        assert again.grad.tolist() == [2.0, 4.0]
        assert (again.name, again.reached) == ("t", 1)
    with pytest.raises(NotALeafError, match=r"only a leaf can be copied.*t\.numpy\(\) has its numbers.*t\.detach\(\)"):
        copy.copy(t * t)


def test_float_inside_a_transform_warns() -> None:
    with pytest.warns(DisconnectedWarning, match=r"float\(\) takes"):
        grad(lambda x: np.sum(x) * float(x[0]))(np.array([1.0, 2.0]))


# Backward ---------------------------------------------------------------------------------------------------------


def test_more_than_one_element_needs_a_seed() -> None:
    t = Tensor([1.0, 2.0])
    with pytest.raises(NotAScalarError, match=r"needs a seed of that shape"):
        (t * t).backward()
    with pytest.raises(SizeError, match=r"must have the shape of its tensor, \(2,\), not \(3,\)"):
        (t * t).backward(np.ones(3))
    with pytest.raises(NotANumberError):
        (t * t).backward("ab")
    assert t.grad is None
    (t * t).backward([1.0, 10.0])
    assert t.grad.tolist() == [2.0, 40.0]


def test_one_element_of_any_shape_needs_none() -> None:
    t = Tensor([[3.0]])
    (t * t).backward()
    assert t.grad.tolist() == [[6.0]]


def test_gradients_accumulate_on_leaves_and_are_set_between() -> None:
    t = Tensor([1.0, 2.0])
    y = t * t
    z = y.sum()
    z.backward()
    z.backward()
    assert t.grad.tolist() == [4.0, 8.0]
    assert y.grad.tolist() == [1.0, 1.0]
    assert (t.reached, y.reached) == (2, 1)
    t.grad = None
    assert (t.grad, t.reached) == (None, 0)


def test_a_gradient_is_given_in_the_shape_of_its_tensor() -> None:
    t = Tensor([1.0, 2.0])
    t.grad = [3, 4]
    assert t.grad.tolist() == [3.0, 4.0]
    with pytest.raises(SizeError, match="cannot have a gradient"):
        t.grad = np.ones(3)


def test_several_outputs_of_both_kinds_take_a_seed_each() -> None:
    t, v = Tensor([1.0, 2.0]), Value(3.0)
    backward([t * v, v * v], seeds=[[1.0, 10.0], 100.0])
    assert t.grad.tolist() == [3.0, 30.0]
    assert v.grad == 1.0 + 20.0 + 600.0


def test_a_gradient_that_is_not_finite_is_named() -> None:
    t = Tensor([0.0, 1.0], name="t")
    with pytest.warns(NonFiniteWarning, match="the gradient of t is not finite"):
        np.log(t).sum().backward()
    assert t.grad.tolist() == [np.inf, 1.0]


def test_arithmetic_is_silent_ieee() -> None:
    t = Tensor([0.0, -1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [np.log(t), 1 / t, t**0.5, np.exp(1000 * t), autograd.sigmoid(-1000 * t), t / t]
    assert results[0].tolist()[0] == -np.inf


def test_create_graph_gives_gradients_that_can_be_differentiated() -> None:
    t = Tensor([1.0, 2.0])
    (t**3).sum().backward(create_graph=True)
    first = t.grad
    assert isinstance(first, Tensor)
    t.grad = None
    first.sum().backward()
    assert t.grad.tolist() == [6.0, 12.0]


def test_a_graph_is_freed_when_its_result_is() -> None:
    gc.collect()
    gc.disable()
    try:
        t = Tensor(np.ones(3))
        y = np.sum(np.exp(t) * t)
        y.backward()
        before = sum(isinstance(x, Tensor) for x in gc.get_objects())
        del y
        assert sum(isinstance(x, Tensor) for x in gc.get_objects()) == before - 3
    finally:
        gc.enable()


# Beside Values, arrays and numbers --------------------------------------------------------------------------------


def test_values_and_tensors_stand_in_one_graph() -> None:
    t, v = Tensor([1.0, 2.0], name="t"), Value(3.0, name="v")
    y = np.sum(v * t * v + autograd.sin(v))
    y.backward()
    assert t.grad.tolist() == [9.0, 9.0]
    assert isinstance(v.grad, float)
    assert v.grad == pytest.approx(2 * 3 * 3 + 2 * np.cos(3.0))


def test_values_and_tensors_have_second_derivatives_by_each_other() -> None:
    t, v = Tensor([1.0, 2.0]), Value(3.0)
    np.sum(v * v * t).backward(create_graph=True)
    by_value = v.grad
    assert isinstance(by_value, Value)
    t.grad, v.grad = None, 0.0
    by_value.backward()
    assert t.grad.tolist() == [6.0, 6.0]
    assert v.grad == 6.0


@pytest.mark.parametrize(
    "compute",
    [
        lambda t: t + np.ones((3, 1)),
        lambda t: np.ones((3, 1)) - t,
        lambda t: [2.0, 3.0] * t,
        lambda t: np.float64(2.0) / t,
        lambda t: t ** np.int64(2),
        lambda t: 2**t,
        lambda t: np.add(1, t),
        lambda t: np.array([1, 2]) * t,
        lambda t: -t + (+t) + abs(t),
        lambda t: np.hypot(t, [[1.0], [2.0]]),
    ],
)
def test_operators_take_arrays_lists_and_numbers_on_either_side(compute: Callable[[Any], Any]) -> None:
    numbers = np.array([1.0, 2.0])
    result = compute(Tensor(numbers))
    assert isinstance(result, Tensor)
    np.testing.assert_array_equal(result.numpy(), compute(numbers))


@pytest.mark.parametrize("other", ["a", None, {}, [None, None], [1j, 2.0], np.array(["a", "b"])], ids=str)
def test_operators_refuse_what_is_no_number(other: Any) -> None:
    with pytest.raises(TypeError):
        Tensor([1.0, 2.0]) + other


def test_every_one_operand_row_is_a_method() -> None:
    t = Tensor([0.5, 0.6])
    assert t.tanh().tolist() == np.tanh(t).tolist()
    assert t.sigmoid(slope=2.0).tolist() == autograd.sigmoid(t, slope=2.0).tolist()
    for row in autograd.registry.values():
        if row.arity == 1 and row.partial_function.__module__.startswith("autograd"):
            assert hasattr(Tensor, row.name)


@pytest.mark.parametrize(
    "constant",
    [
        np.ma.array([1.0, 2.0], mask=[True, False]),
        np.array([[1.0, 2.0]]).view(np.matrix),
        np.longdouble(2),
        np.array([1.0, 2.0], np.longdouble),
        np.complex128(1j),
        np.array(["a", "b"]),
    ],
    ids=lambda x: f"{type(x).__name__} {x.dtype}",
)
def test_arrays_with_rules_of_their_own_are_refused(constant: Any) -> None:
    t = Tensor([1.0, 2.0])
    with pytest.raises(NotANumberError):
        t * constant
    with pytest.raises((NotANumberError, TypeError)):
        constant * t
    with pytest.raises(NotANumberError):
        Tensor(constant)


def test_a_tensor_tells_whether_it_contains_a_number() -> None:
    assert 2.0 in Tensor([1.0, 2.0])
    assert 3.0 not in Tensor([1.0, 2.0])


# What NumPy asks of it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: np.fft.fft(t), r"np\.fft\.fft of a Tensor has no derivative here"),
        (lambda t: np.frexp(t), r"np\.frexp of a Tensor has no derivative here"),
        (lambda t: np.sin(t, out=np.ones(2)), "sin of a Tensor takes no out: .* use what the function returns"),
        (lambda t: np.sin(t, where=[True, False]), r"sin of a Tensor takes no where.*np\.where"),
        (lambda t: np.sum(t, dtype=np.float32), "sum of a Tensor takes no dtype .*astype"),
        (lambda t: np.sum(t, None, None, np.zeros(())), "sum of a Tensor takes no out"),
        (lambda t: np.add.at(t, 0, 1.0), r"np\.add\.at of a Tensor"),
        (lambda t: np.ones(2).__iadd__(t), "add of a Tensor takes no out: an array written to, by out= or"),
    ],
)
def test_an_unsupported_function_or_argument_is_named(call: Callable[[Tensor], Any], message: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match=message):
        call(Tensor([1.0, 2.0]))


def test_the_nearest_supported_function_is_named() -> None:
    with pytest.raises(UnsupportedFunctionError, match=r"the nearest that have one: .*np\.exp2?"):
        np.frexp(Tensor([1.0]))


def test_functions_without_a_derivative_give_plain_results() -> None:
    t = Tensor([3.0, 1.0, 2.0])
    assert np.argmax(t) == t.argmax() == 0
    assert t.argsort().tolist() == np.argsort(t).tolist() == [1, 2, 0]
    assert type(np.isnan(t)) is np.ndarray
    assert np.shape(t) == (3,)
    assert type(np.zeros_like(t)) is np.ndarray
    assert np.allclose(t, [3.0, 1.0, 2.0])


def test_ufunc_methods_find_their_reduction() -> None:
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert np.add.reduce(t).tolist() == [4.0, 6.0]
    assert np.add.reduce(t, axis=None).tolist() == 10.0
    assert np.maximum.reduce(t, axis=1).tolist() == [2.0, 4.0]


# Local gradients and pictures -------------------------------------------------------------------------------------


def test_an_elementwise_edge_has_the_derivative_of_each_element() -> None:
    a, b = Tensor([1.0, 2.0], name="a"), Tensor([[3.0], [4.0]], name="b")
    c = a * b
    c.name = "c"
    first, second = c.edges
    assert (first.formula, second.formula) == ("∂c/∂a = b", "∂c/∂b = a")
    assert first.local_gradient.tolist() == [[3.0, 3.0], [4.0, 4.0]]
    assert second.local_gradient.tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_an_edge_of_another_operation_has_the_jacobian() -> None:
    a = Tensor([1.0, 2.0, 3.0], name="a")
    (edge,) = a[[2, 0, 0]].edges
    assert edge.local_gradient.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    (edge,) = np.sum(a).edges
    assert edge.local_gradient.tolist() == [1.0, 1.0, 1.0]
    assert edge.formula.startswith("∂out/∂a = ∂sum(a")


def test_a_picture_shows_shape_range_and_local_gradients() -> None:
    w = Tensor(np.arange(6.0).reshape(2, 3), name="w")
    y = np.sum(np.tanh(w) * w, axis=0)
    y.backward(np.ones(3))
    text = y.draw().to_string()
    assert "2×3 float64" in text
    assert "min 0, mean 2.5, max 5" in text
    assert "Jacobian 3 by 2×3" in text
    assert "∂" in text


# Zero times what is not finite --------------------------------------------------------------------------------------


def test_a_limit_that_a_strong_zero_may_hide_is_warned_of_in_both_modes() -> None:
    t = Tensor([0.0, 1.0])
    y = np.cbrt(t**3)
    with pytest.warns(NonFiniteWarning, match="may not be the limit"):
        y.sum().backward()
    with pytest.warns(NonFiniteWarning, match="may not be the limit"):
        tangents([y], {t: np.ones(2)})


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_branch_not_taken_has_no_say_and_raises_no_warning(create_graph: bool) -> None:
    t = Tensor([-1.0, 0.0, 2.0])
    y = np.where(t > 0, np.log(t) + np.sqrt(t) + t**0.5, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.sum().backward(create_graph=create_graph)
        tangent = tangents([y], {t: np.ones(3)})[y]
    gradient = t.grad.numpy() if create_graph else t.grad
    assert gradient.tolist() == tangent.tolist() == [0.0, 0.0, 0.5 + 1 / np.sqrt(2.0)]


def test_dividing_by_the_constant_zero_gives_infinite_derivatives() -> None:
    t = Tensor([1.0, -1.0], name="t")
    with pytest.warns(NonFiniteWarning, match="the gradient of t is not finite"):
        (t / 0).sum().backward()
    np.testing.assert_array_equal(t.grad, [np.inf, np.inf])
    np.testing.assert_array_equal(autograd.elementwise_grad(lambda x: x / 0.0)(np.ones(2)), [np.inf, np.inf])
    assert (t / 0).edges[0].local_gradient.tolist() == [np.inf, np.inf]
    curve = autograd.elementwise_grad(autograd.elementwise_grad(lambda x: x**3 / 0.0))
    np.testing.assert_array_equal(curve(np.ones(2)), [np.inf, np.inf])


def test_nan_passes_its_derivative_on_as_in_pytorch() -> None:
    for f in (lambda t: np.maximum(t, 0.0), lambda t: np.minimum(t, 0.0), lambda t: t.relu()):
        t = Tensor([np.nan, 1.0])
        f(t).backward([1.0, 0.0])
        assert t.grad.tolist() == [1.0, 0.0]


def test_a_branch_not_taken_has_no_say_for_a_value_below_tensors() -> None:
    v = Value(0.0)
    one = np.ones(2)
    np.sum(np.where(one < 0, np.log(v * one), v * one)).backward()
    assert v.grad == 2.0


REDUCTIONS = (np.prod, np.var, np.std, np.linalg.norm, autograd.logsumexp, np.cumprod, np.linalg.vector_norm)


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("create_graph", [False, True])
def test_what_a_row_of_arrays_gives_to_a_branch_not_taken_is_zero(reduction: Any, create_graph: bool) -> None:
    x = Tensor([[np.inf, 2.0], [1.0, 2.0]])
    y = reduction(x, axis=1)
    taken = np.reshape([False, True], (2,) + (1,) * (y.ndim - 1))
    np.where(taken, y, 1.0).sum().backward(create_graph=create_graph)
    found = x.grad.numpy() if create_graph else x.grad
    assert found[0].tolist() == [0.0, 0.0]
    assert np.isfinite(found[1]).all()
    assert found[1].any()


@pytest.mark.usefixtures("own_rows_removed")
def test_what_a_users_row_returns_is_an_array_of_floats_or_refused() -> None:
    x = Tensor([1.5, 2.5])
    whole = autograd.array_row("whole", lambda x: x.astype(int), [lambda g, y, x: 0 * g])
    assert whole(x).dtype == np.float64
    listed = autograd.array_row("listed", lambda x: list(x), [lambda g, y, x: g])
    assert listed(x).tolist() == [1.5, 2.5]
    named = autograd.array_row("named", lambda x: "x", [lambda g, y, x: g])
    with pytest.raises(NotANumberError, match="the row 'named' must return an array of real numbers"):
        named(x)
    always = autograd.elementwise("always", lambda x: 1.0, lambda y, x: (0.0,))
    assert always(x).tolist() == [1.0, 1.0]
    with pytest.raises(ArgumentError, match="the array row 'half' needs a function"):
        autograd.array_row("half", lambda x: x / 2, [None])  # type: ignore[list-item]
