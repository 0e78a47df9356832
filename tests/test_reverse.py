"""Backward: the derivative of a result by everything it was made from."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    DisconnectedWarning,
    GraphChangedError,
    NonFiniteWarning,
    NotANumberError,
    NotAScalarError,
    SizeError,
    Value,
    backward,
    cbrt,
    exp,
    jvp,
    log,
    no_grad,
    sin,
    sqrt,
    tanh,
)

# The chain rule over a graph --------------------------------------------------------------------------------------


def test_a_times_a_counts_both_uses() -> None:
    a = Value(3.0)
    (a * a).backward()
    assert a.grad == 6.0


def test_every_use_of_a_variable_adds_up() -> None:
    a = Value(2.0)
    (a + a + a * a + 3 * a).backward()
    assert a.grad == 1 + 1 + 4 + 3


def test_both_arms_of_a_diamond_count() -> None:
    x = Value(0.5)
    y = x * x
    left, right = sin(y), exp(y)
    (left * right).backward()
    assert x.grad == pytest.approx((math.cos(0.25) + math.sin(0.25)) * math.exp(0.25) * 1.0, rel=1e-15)


def test_a_ladder_of_diamonds_takes_one_visit_a_node() -> None:
    x = Value(1.0)
    y = x
    for _ in range(200):  # 2**200 paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**200


def test_backward_of_a_leaf_gives_it_the_seed_and_warns_that_nothing_was_recorded() -> None:
    leaf = Value(3.0)
    with pytest.warns(DisconnectedWarning, match="is a leaf: nothing was recorded"):
        leaf.backward()
    assert (leaf.grad, leaf.reached) == (1.0, 1)


def test_a_result_that_is_used_by_another_is_complete_before_it_is_passed_on() -> None:
    a = Value(2.0)
    b = a * 3
    c = b * b  # made before d, and d uses b again
    d = c + b
    d.backward()
    assert b.grad == 13.0
    assert a.grad == 39.0


def test_nothing_outside_the_graph_is_touched() -> None:
    a, other = Value(2.0), Value(3.0)
    sibling = a * other
    (a * a).backward()
    assert (other.grad, other.reached, sibling.grad, sibling.reached) == (0.0, 0, 0.0, 0)


# Accumulation -----------------------------------------------------------------------------------------------------


def test_a_second_pass_over_one_graph_doubles_the_gradients_of_leaves_exactly() -> None:
    x, w = Value(0.1), Value(0.7)
    y = x
    for k in range(30):
        y = tanh(y * w + x * (0.1 * k)) + w / (1 + x * x)
    y.backward()
    once = x.grad, w.grad
    y.backward()
    assert (x.grad, w.grad) == (2 * once[0], 2 * once[1])


def test_the_gradient_of_a_node_between_is_set_and_not_accumulated() -> None:
    a = Value(2.0)
    b = a * 3
    c = b * b
    for _ in range(3):
        c.backward()
        assert (b.grad, b.reached) == (12.0, 1)
        assert (c.grad, c.reached) == (1.0, 1)
    assert (a.grad, a.reached) == (108.0, 3)


def test_gradients_of_two_results_add_up_on_a_shared_leaf() -> None:
    a = Value(3.0)
    (a * a).backward()
    (5 * a).backward()
    assert a.grad == 11.0


def test_reached_tells_a_zero_gradient_from_none_at_all() -> None:
    a, b = Value(3.0), Value(4.0)
    (a * 0.0).backward()
    assert (a.grad, a.reached) == (0.0, 1)
    assert (b.grad, b.reached) == (0.0, 0)


def test_a_leaf_used_twice_is_reached_once_by_one_pass() -> None:
    a = Value(3.0)
    (a * a + a).backward()
    assert a.reached == 1


# Seeds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [2.5, np.float64(2.5), Fraction(5, 2)])
def test_a_seed_scales_the_gradients(seed: Any) -> None:
    a = Value(3.0)
    result = a * a
    result.backward(seed)
    assert a.grad == 15.0
    assert type(a.grad) is float
    assert result.grad == 2.5


def test_a_seed_of_zero_gives_zero_even_through_a_partial_that_is_not_finite() -> None:
    x = Value(0.0)
    sqrt(x).backward(0.0)
    assert (x.grad, x.reached) == (0.0, 1)


def test_a_seed_that_is_no_number_is_refused() -> None:
    with pytest.raises(NotANumberError, match="the seed of backward must be one real number, not str: 'x'"):
        (2 * Value(1.0)).backward("x")


def test_a_seed_that_is_a_value_is_refused_where_its_history_would_be_lost() -> None:
    a = Value(3.0)
    with pytest.raises(NotANumberError, match="needs create_graph=True"):
        (a * a).backward(Value(2.5))


@pytest.mark.parametrize("outputs", [None, 3.0, "x"])
def test_backward_of_what_is_no_value_is_refused_by_name(outputs: Any) -> None:
    with pytest.raises(NotANumberError, match="backward starts from Values"):
        backward(outputs)


def test_backward_of_nothing_is_refused() -> None:
    with pytest.raises(ArgumentError, match="empty list"):
        backward([])


def test_a_zero_that_may_hide_a_limit_is_warned_about() -> None:
    x = Value(0.0, name="x")
    with pytest.warns(NonFiniteWarning, match="may not be the limit"):
        cbrt(x**3).backward()  # the derivative of x, which is 1


def test_several_outputs_go_back_together_with_their_seeds() -> None:
    x = Value(3.0)
    y = x * x
    backward([y, 2 * x, y], seeds=[1.0, 10.0, 0.5])
    assert x.grad == 1.5 * 6 + 20
    assert (y.grad, x.reached) == (1.5, 1)


def test_an_output_that_another_one_is_made_from_counts_with_both() -> None:
    x = Value(3.0)
    y = x * 2
    z = y * 5
    backward([y, z], seeds=[1.0, 1.0])
    assert (y.grad, x.grad) == (6.0, 12.0)


def test_several_outputs_need_a_seed_each() -> None:
    x = Value(3.0)
    with pytest.raises(NotAScalarError, match="backward from 2 outputs needs seeds"):
        backward([x, x * x])
    with pytest.raises(SizeError, match="2 outputs and 1 seeds"):
        backward([x, x * x], seeds=[1.0])
    with pytest.raises(NotANumberError, match=r"backward starts from Values and Tensors, not from float: 3\.0"):
        backward([3.0])
    assert x.reached == 0


# Derivatives of derivatives ---------------------------------------------------------------------------------------


def test_with_create_graph_gradients_are_values_of_any_order() -> None:
    x = Value(2.0)
    (x**4).backward(create_graph=True)
    found = []
    for _ in range(4):
        slope = x.grad
        assert type(slope) is Value
        found.append(slope.data)
        x.grad = None
        slope.backward(create_graph=True)
    x.grad = None
    assert found == pytest.approx([32.0, 48.0, 48.0, 24.0])


def test_with_create_graph_nodes_between_have_values_too() -> None:
    x = Value(2.0)
    y = x * x
    (y * y).backward(create_graph=True)
    slope = y.grad
    x.grad = y.grad = None
    slope.backward()
    assert slope.data == 8.0
    assert x.grad == 8.0  # d(2y)/dx


def test_mixed_second_derivatives_come_from_one_recorded_pass() -> None:
    x, y = Value(0.5), Value(2.0)
    (x * x * sin(y)).backward(create_graph=True)
    by_x = x.grad
    x.grad = y.grad = None
    by_x.backward()
    assert (x.grad, y.grad) == pytest.approx((2 * math.sin(2.0), math.cos(2.0)))


def test_a_recorded_pass_accumulates_into_a_plain_gradient() -> None:
    x = Value(3.0)
    (x * x).backward()
    (x * x).backward(create_graph=True)
    assert type(x.grad) is Value
    assert x.grad.data == 12.0
    x.grad = None


def test_create_graph_records_even_inside_no_grad() -> None:
    x = Value(2.0)
    y = x**3
    with no_grad():
        y.backward(create_graph=True)
    slope, x.grad = x.grad, None
    slope.backward()
    assert x.grad == 12.0


# A leaf that changed ----------------------------------------------------------------------------------------------


def test_a_leaf_changed_after_its_use_is_found_and_named() -> None:
    w = Value(2.0, name="w")
    result = w * 3
    w.data = 5.0
    with pytest.raises(GraphChangedError, match=r"the leaf Value\(5.0, name='w'.*after <row mul> had used"):
        result.backward()
    assert (w.grad, w.reached) == (0.0, 0)


def test_a_leaf_changed_to_the_same_number_counts_as_changed() -> None:
    w = Value(2.0)
    result = w * 3
    w.data = 2.0
    with pytest.raises(GraphChangedError):
        result.backward()


def test_a_leaf_changed_between_two_uses_is_found() -> None:
    w = Value(2.0, name="w")
    early = w * 3
    w.data = 5.0
    late = w * 4
    with pytest.raises(GraphChangedError, match="name='w'"):
        (early + late).backward()
    with pytest.raises(GraphChangedError):
        (late + early).backward()
    late.backward()
    assert w.grad == 4.0


def test_a_leaf_changed_before_its_use_is_fine() -> None:
    w = Value(2.0)
    w.data = 5.0
    (w * w).backward()
    assert w.grad == 10.0


def test_a_leaf_changed_after_backward_is_fine_until_the_next_one() -> None:
    w = Value(2.0)
    result = w * w
    result.backward()
    w.data = 1.0
    assert w.grad == 4.0
    with pytest.raises(GraphChangedError):
        result.backward()


def test_a_leaf_changed_far_from_the_result_is_found() -> None:
    w = Value(2.0, name="w")
    y = w * 3
    for _ in range(100):
        y = y + 1
    w.data = 0.0
    with pytest.raises(GraphChangedError):
        y.backward()
    with pytest.raises(GraphChangedError):
        y.backward(create_graph=True)


def test_forward_mode_finds_a_changed_leaf_too() -> None:
    w = Value(2.0, name="w")

    def f(x: Value) -> Value:
        early = x * w
        w.data = 5.0
        return early + x * w

    with pytest.raises(GraphChangedError, match="name='w'"):
        jvp(f, (1.0,), (1.0,))
    with pytest.raises(GraphChangedError, match="name='w'"):
        autograd.grad(f)(1.0)


# A gradient that is not finite ------------------------------------------------------------------------------------


def test_a_gradient_that_is_not_finite_is_warned_about_by_name() -> None:
    x, y = Value(0.0, name="x"), Value(1.0, name="y")
    with pytest.warns(NonFiniteWarning, match="the gradient of x is not finite"):
        (sqrt(x) + y).backward()
    assert (x.grad, y.grad) == (math.inf, 1.0)


def test_a_leaf_without_a_name_is_warned_about_by_its_number() -> None:
    with pytest.warns(NonFiniteWarning, match=r"the gradient of Value\(-1.0\) is not finite"):
        sqrt(Value(-1.0)).backward()


def test_many_leaves_with_bad_gradients_are_counted() -> None:
    leaves = [Value(0.0, name=f"w{i}") for i in range(8)]
    with pytest.warns(NonFiniteWarning, match="w0, w1, w2, w3, w4 and 3 more|w7, w6, w5, w4, w3 and 3 more"):
        autograd.sum([sqrt(w) for w in leaves]).backward()


def test_the_warning_points_at_the_users_line() -> None:
    with pytest.warns(NonFiniteWarning) as caught:
        log(Value(0.0)).backward()
    assert caught[0].filename == __file__


def test_a_recorded_gradient_that_is_not_finite_is_warned_about() -> None:
    x = Value(0.0, name="x")
    with pytest.warns(NonFiniteWarning, match="of x"):
        sqrt(x).backward(create_graph=True)
    x.grad = None


# Recording --------------------------------------------------------------------------------------------------------


def test_no_grad_ends_with_its_block_also_by_an_exception() -> None:
    a = Value(2.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = (a * a) + 1 // 0
    assert not (a * a).is_leaf


def test_no_grad_decorates_a_function() -> None:
    @no_grad()
    def f(x: Value) -> Value:
        return x * x

    assert f(Value(2.0)).is_leaf
    assert f(Value(3.0)).data == 9.0


def test_no_grad_leaves_rows_of_many_operands_unrecorded_too() -> None:
    a = Value(2.0)
    with no_grad():
        assert autograd.sum([a, a]).is_leaf
        assert autograd.dot([a], [a], a).is_leaf
        assert (1 / (a - 2)).is_leaf  # by way of IEEE arithmetic


def test_no_grad_holds_in_its_own_thread_only() -> None:
    a = Value(2.0)
    in_thread = []
    with no_grad():
        thread = threading.Thread(target=lambda: in_thread.append((a * a).is_leaf))
        thread.start()
        thread.join()
        assert (a * a).is_leaf
    assert in_thread == [False]


def test_no_grad_holds_in_its_own_async_task_only() -> None:
    a = Value(2.0)

    async def without_recording(entered: asyncio.Event, leave: asyncio.Event) -> bool:
        with no_grad():
            entered.set()
            await leave.wait()
            return (a * a).is_leaf

    async def recording(entered: asyncio.Event, leave: asyncio.Event) -> bool:
        await entered.wait()
        is_leaf = (a * a).is_leaf
        leave.set()
        return is_leaf

    async def both() -> list[bool]:
        events = asyncio.Event(), asyncio.Event()
        return list(await asyncio.gather(without_recording(*events), recording(*events)))

    assert asyncio.run(both()) == [True, False]


def test_threads_differentiate_side_by_side() -> None:
    found: dict[int, float] = {}

    def work(k: int) -> None:
        for _ in range(200):
            x = Value(float(k))
            y = x
            for _ in range(20):
                y = y + x * x
            y.backward()
            found[k] = x.grad

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: 1 + 40.0 * k for k in range(4)}


# Determinism ------------------------------------------------------------------------------------------------------


def test_one_program_gives_the_same_bits_every_time() -> None:
    def program() -> tuple[float, ...]:
        leaves = [Value(0.1 * k, name=f"w{k}") for k in range(20)]
        y: Value = leaves[0]
        for k in range(300):
            y = tanh(y * leaves[k % 20] + leaves[(7 * k) % 20] * leaves[(3 * k) % 20])
        y.backward()
        return (y.data, *(leaf.grad for leaf in leaves))

    assert len({program() for _ in range(5)}) == 1


def test_stamps_are_the_order_of_creation() -> None:
    a = Value(1.0)
    b = a * 2
    c = Value(1.0)
    d = b + c
    assert a.stamp < b.stamp < c.stamp < d.stamp


@pytest.mark.parametrize("build", [lambda a, b: a * b + a, lambda a, b: autograd.dot([a, b], [b, a], a)])
def test_a_pure_program_on_equal_numbers_has_equal_gradients(build: Callable[[Value, Value], Value]) -> None:
    first, second = (Value(2.0), Value(3.0)), (Value(2.0), Value(3.0))
    build(*first).backward()
    build(*second).backward()
    assert [v.grad for v in first] == [v.grad for v in second]


def test_a_result_that_is_nan_is_named_though_its_gradients_are_finite() -> None:
    w = Value(1.0, name="w")
    loss = (w - 1).log() * 0.0 + w**2
    with pytest.warns(NonFiniteWarning, match=r"starts from Value\(nan.*nan though all gradients are finite"):
        loss.backward()
