"""Who may write where: a leaf belongs to its owner, what a graph needs is protected, what changed is noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    GraphChangedError,
    NotALeafError,
    SizeError,
    Tensor,
    UnsupportedFunctionError,
    array_row,
    no_grad,
)


def test_a_leaf_is_updated_in_place_by_its_owner() -> None:
    t = Tensor([1.0, 2.0])
    array = t.data
    for _ in range(3):
        t.grad = None
        (t * t).sum().backward()
        t.data -= 0.25 * t.grad
    assert t.data is array
    assert t.tolist() == [0.125, 0.25]


@pytest.mark.parametrize(
    "update",
    [
        lambda t: setattr(t, "data", t.data - 1),
        lambda t: setattr(t, "data", [5.0, 6.0]),
        lambda t: t.data.__isub__(1.0),
        lambda t: t.data.__setitem__(0, 5.0),
        lambda t: t.data[1:].fill(5.0),
    ],
    ids=["new data", "a list", "-=", "element", "a view"],
)
def test_an_update_between_forward_and_backward_raises_and_names_tensor_and_operation(
    update: Callable[[Tensor], Any],
) -> None:
    t = Tensor([1.0, 2.0], name="weights")
    y = (t * t).sum()
    update(t)
    with pytest.raises(GraphChangedError, match=r"weights.* <row mul>"):
        y.backward()
    assert t.grad is None
    (t * t).sum().backward()
    assert t.grad.tolist() == (2 * t.numpy()).tolist()


def test_a_held_array_written_to_later_is_noticed() -> None:
    t = Tensor([1.0, 2.0])
    array = t.data
    view = array[1:]
    y = (t * t).sum()
    view[0] = 7.0
    with pytest.raises(GraphChangedError):
        y.backward()
    z = (t * t).sum()
    z.backward()
    assert t.grad.tolist() == [2.0, 14.0]


@pytest.mark.parametrize(
    "hold",
    [
        lambda array: array,
        lambda array: array[1:],
        lambda array: array.reshape(2, 1)[:, 0],
        lambda array: array.flat,
        lambda array: memoryview(array),
        lambda array: memoryview(array[1:]),
        lambda array: array.view(np.int64),
    ],
    ids=["itself", "slice", "reshaped", "flat", "memory", "memory of a slice", "other type"],
)
@pytest.mark.parametrize("is_released", [True, False])
def test_whoever_holds_the_array_and_by_what_means_is_noticed(hold: Callable[[Any], Any], is_released: bool) -> None:
    t = Tensor([1.0, 2.0])
    for _ in range(2):  # the second time after it was given back
        held = hold(t.data)
        for _ in range(2):  # the second time after a step that was noticed
            y = (t * t).sum()
            held[len(held) - 1] += 1
            if is_released:
                del held
            with pytest.raises(GraphChangedError):
                y.backward()
            held = hold(t.data) if is_released else held
            (t * t).sum().backward()
        del held
        y = (t * t).sum()
        y.backward()


def test_looking_at_the_data_between_forward_and_backward_is_no_update() -> None:
    t = Tensor([1.0, np.nan])
    y = t * [2.0, 3.0]
    assert t.data[0] == 1.0
    y.backward([1.0, 1.0])
    assert t.grad.tolist() == [2.0, 3.0]


def test_an_operator_in_place_on_a_leaf_is_refused_with_the_cure() -> None:
    t = Tensor([1.0, 2.0])
    with pytest.raises(NotALeafError, match=r"would stay as it is .* t\.data -= step"):
        t -= 1.0
    with pytest.raises(NotALeafError):
        t **= 2
    assert t.tolist() == [1.0, 2.0]


def test_under_no_grad_an_operator_in_place_updates_the_leaf() -> None:
    t = Tensor([1.0, 2.0])
    same, y = t, (t * t).sum()
    with no_grad():
        t -= 0.5 * Tensor([1.0, 2.0])
        t *= 2
    assert t is same
    assert t.is_leaf
    assert t.tolist() == [1.0, 2.0]
    with no_grad():
        t += 1.0
    with pytest.raises(GraphChangedError):
        y.backward()


def test_an_operator_in_place_on_a_result_or_inside_grad_makes_a_new_tensor() -> None:
    t = Tensor([1.0, 2.0])
    y = first = t * t
    y += t
    y.sum().backward()
    assert first.tolist() == [1.0, 4.0]
    assert t.grad.tolist() == [3.0, 5.0]

    def f(x: Any) -> Any:
        x *= x
        return np.sum(x)

    point = np.array([1.0, 2.0])
    assert autograd.grad(f)(point).tolist() == [2.0, 4.0]
    assert point.tolist() == [1.0, 2.0]


def test_a_constant_written_to_after_it_was_used_does_no_harm() -> None:
    t, x = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    y = (t * x + np.sum(t) * x[::-1]).sum()
    x[:] = 100.0
    y.backward()
    assert t.grad.tolist() == [10.0, 11.0]


def test_an_index_written_to_after_it_was_used_does_no_harm() -> None:
    t, index = Tensor([1.0, 2.0]), np.array([0, 0])
    y = t[index].sum()
    index[:] = 1
    y.backward()
    assert t.grad.tolist() == [2.0, 0.0]


def test_the_data_of_a_result_is_read_only() -> None:
    y = Tensor([1.0, 2.0]) * 2
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0
    with pytest.raises(NotALeafError, match="only a leaf can be given new numbers"):
        y.data = np.zeros(2)
    with pytest.raises(NotALeafError, match="not written to"):
        y[0] = 5.0


def test_new_data_must_have_the_shape_of_the_old() -> None:
    t = Tensor([1.0, 2.0])
    with pytest.raises(SizeError, match=r"shape \(2,\) and cannot be given data of shape \(3,\)"):
        t.data = np.zeros(3)
    assert t.tolist() == [1.0, 2.0]


def test_a_result_of_no_grad_has_memory_of_its_own() -> None:
    t = Tensor([1.0, 2.0])
    with no_grad():
        view = t[:1]
    assert view.is_leaf
    view.data[0] = 9.0
    assert t.tolist() == [1.0, 2.0]


def test_gradients_share_no_memory() -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    y = a + b
    seed = np.array([1.0, 1.0])
    y.backward(seed)
    a.grad *= 10
    assert (a.grad.tolist(), b.grad.tolist(), y.grad.tolist(), seed.tolist()) == (
        [10.0, 10.0],
        [1.0, 1.0],
        [1.0, 1.0],
        [1.0, 1.0],
    )
    with pytest.raises(ValueError, match="read-only"):
        y.grad *= 2


@pytest.mark.usefixtures("own_rows_removed")
def test_a_setting_written_to_after_it_was_used_does_no_harm() -> None:
    weighted = array_row("weighted", lambda x, w: x * w, [lambda g, y, x, w: g * w], linear="each")
    t, w = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    y = weighted(t, w=w).sum()
    w[:] = 100.0
    y.backward()
    assert t.grad.tolist() == [3.0, 4.0]
    with pytest.raises(UnsupportedFunctionError, match="weighted of a Tensor takes no Tensor as w"):
        weighted(t, w=t)


@pytest.mark.usefixtures("own_rows_removed")
def test_a_row_that_returns_its_operand_makes_an_array_of_its_own_under_no_grad() -> None:
    same = array_row("same", lambda x: x, [lambda g, y, x: g], linear="each")
    t = Tensor([1.0, 2.0])
    with no_grad():
        y = same(t)
    y.data[0] = 9.0
    assert t.tolist() == [1.0, 2.0]


def test_the_gradient_of_a_tensor_without_axes_can_be_written_to_after_every_pass() -> None:
    t = Tensor(2.0)
    for expected in (4.0, 8.0):
        (t * t).backward()
        assert type(t.grad) is np.ndarray
        assert t.grad == expected
    t.grad[...] = 0.0
    assert t.grad == 0.0


def test_zero_is_where_gradients_start() -> None:
    t = Tensor([1.0, 2.0])
    (t * t).sum().backward()
    t.grad = 0
    assert t.grad is None
    (t * t).sum().backward()
    assert t.grad.tolist() == [2.0, 4.0]


def test_an_argument_that_numpy_does_not_know_is_named_with_those_that_are_taken() -> None:
    with pytest.raises(TypeError, match="sum has no argument 'dim'; of a Tensor it takes a, axis, keepdims"):
        Tensor([1.0]).sum(dim=0)
