"""Gradient clipping, by the norm of all together and by the value of each."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, NonFiniteGradientError, Tensor, Value
from nn import SGD, clip_grad_norm, clip_grad_value


def leaves(value_gradient, tensor_gradient, dtype=np.float64):
    value = Value(1.0, name="v")
    tensor = Tensor(np.ones(np.shape(tensor_gradient), dtype), name="t")
    (value * value_gradient).backward()
    np.sum(tensor * np.asarray(tensor_gradient, dtype)).backward()
    return value, tensor


def test_a_gradient_that_is_too_long_is_shortened_as_pytorch_does():
    value, tensor = leaves(3.0, [[0.0, 4.0], [12.0, 0.0]])
    assert clip_grad_norm([value, tensor], 6.5) == 13.0
    part = 6.5 / (13.0 + 1e-6)
    assert value.grad == 3.0 * part
    np.testing.assert_array_equal(tensor.grad, np.array([[0.0, 4.0], [12.0, 0.0]]) * part)


def test_a_gradient_that_is_short_enough_stays_as_it_is():
    value, tensor = leaves(3.0, [4.0])
    assert clip_grad_norm([value, tensor], 6.0) == 5.0
    assert (value.grad, tensor.grad.tolist()) == (3.0, [4.0])


def test_every_number_is_clipped_to_the_range():
    value, tensor = leaves(-3.0, [0.25, 4.0, -2.0])
    clip_grad_value([value, tensor], 1.0)
    assert (value.grad, type(value.grad), tensor.grad.tolist()) == (-1.0, float, [0.25, 1.0, -1.0])


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_float32_gradients_keep_their_type(clip):
    _, tensor = leaves(1.0, [4.0, 5.0], np.float32)
    clip(tensor, 0.5)
    assert tensor.grad.dtype == np.float32
    assert abs(tensor.grad).max() <= 0.5


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_parameters_without_a_gradient_stay_without(clip):
    value, tensor = Value(1.0), Tensor([1.0])
    clip([value, tensor], 1.0)
    assert (value.grad, value.reached, tensor.grad) == (0.0, 0, None)


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_a_step_behind_clipping_knows_that_the_parameters_were_reached(clip):
    value, tensor = leaves(3.0, [4.0])
    clip([value, tensor], 1.0)
    SGD([value, tensor]).step()
    assert value.data < 1.0


def test_gradients_recorded_with_create_graph_are_clipped_as_numbers():
    a = Value(3.0)
    (a * a).backward(create_graph=True)
    assert clip_grad_norm([a], 1.0) == 6.0
    assert a.grad == 6.0 * (1.0 / (6.0 + 1e-6))


def test_a_norm_whose_square_overflows_is_found():
    value, tensor = leaves(3e200, [4e200])
    assert clip_grad_norm([value, tensor], 1.0) == pytest.approx(5e200, rel=1e-15)
    assert (value.grad, tensor.grad[0]) == pytest.approx((0.6, 0.8))


def test_a_norm_that_overflows_is_refused():
    _, tensor = leaves(1.0, [1.5e308, 1.5e308])
    with pytest.raises(NonFiniteGradientError, match="the norm of the gradients is too large"):
        clip_grad_norm(tensor, 1.0)


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_gradient_that_is_not_finite_is_refused_by_name_and_nothing_is_clipped(clip, bad):
    value, tensor = leaves(9.0, [4.0, 5.0])
    tensor.grad = [4.0, bad]
    with pytest.raises(NonFiniteGradientError, match="nothing was clipped, because the gradient of t is not finite"):
        clip([value, tensor], 1.0)
    assert value.grad == 9.0


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf, "1"])
def test_a_limit_that_is_not_positive_is_refused_by_name(limit):
    with pytest.raises(ArgumentError, match="max_norm must be"):
        clip_grad_norm([Value(1.0)], limit)
    with pytest.raises(ArgumentError, match="clip_value must be"):
        clip_grad_value([Value(1.0)], limit)


def test_what_is_no_parameter_is_refused():
    with pytest.raises(ArgumentError, match="parameter 0 must be a Value or a Tensor, not float"):
        clip_grad_norm([1.0], 1.0)
