import math

import numpy as np
import pytest

from autograd import ArgumentError, DisconnectedWarning, NonFiniteGradientError, NotALeafError, Tensor, Value
from nn import MLP, SGD, Optimizer, half_squared_error


def with_gradients(**gradients):
    """Named leaves at 1.0 that a backward pass has reached with these gradients."""
    leaves = [Value(1.0, name=name) for name in gradients]
    for leaf, gradient in zip(leaves, gradients.values(), strict=True):
        (leaf * gradient).backward()
    return leaves


def test_optimizer_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Optimizer([Value(1.0)])


def test_a_step_goes_down_the_gradient_by_the_learning_rate():
    a, b = with_gradients(a=2.0, b=-3.0)
    SGD([a, b], lr=0.1).step()
    assert (a.data, b.data) == (1.0 - 0.1 * 2.0, 1.0 + 0.1 * 3.0)


def test_the_usual_learning_rate_is_a_hundredth():
    assert SGD([Value(1.0)]).lr == 0.01


def test_the_learning_rate_decays_with_inverse_time():
    (a,) = with_gradients(a=1.0)
    sgd = SGD([a], lr=0.3, decay=0.5)
    rates = []
    for _ in range(4):
        rates.append(sgd.lr)
        sgd.step()
    assert rates == [0.3 / (1 + 0.5 * k) for k in range(4)]
    assert sgd.steps == 4
    assert a.data == pytest.approx(1.0 - sum(rates))


def test_training_leads_to_the_least_squares_line():
    line = MLP(1, [1], seed=0)
    sgd = SGD(line.parameters(), lr=0.1)
    for _ in range(300):
        sgd.zero_grad()
        for x, t in [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]:
            half_squared_error(line([x]), t).backward()
        sgd.step()
    assert [p.data for p in line.parameters()] == pytest.approx([2.0, 1.0])


def test_zero_grad_sets_every_gradient_to_zero():
    a, b = with_gradients(a=2.0, b=3.0)
    t = Tensor([1.0])
    np.sum(t).backward()
    SGD([a, b, t]).zero_grad()
    assert (a.grad, a.reached, b.grad, b.reached, t.grad, t.reached) == (0.0, 0, 0.0, 0, None, 0)


def test_gradients_recorded_with_create_graph_are_used_as_numbers():
    a = Value(3.0)
    (a * a).backward(create_graph=True)
    SGD([a], lr=0.5).step()
    assert a.data == 0.0
    assert a.is_leaf
    a.grad = None  # the gradient and the leaf refer to each other


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_non_finite_gradient_is_refused_by_name_and_nothing_is_changed(bad):
    a, b, c = with_gradients(a=1.0, b=1.0, c=1.0)
    b.grad = bad
    sgd = SGD([a, b, c])
    with pytest.raises(NonFiniteGradientError, match="the gradient of b is not finite"):
        sgd.step()
    assert [p.data for p in (a, b, c)] == [1.0, 1.0, 1.0]
    assert sgd.steps == 0


def test_a_parameter_never_reached_is_named_in_one_warning():
    a, b, c = with_gradients(a=1.0, b=1.0, c=1.0)
    b.grad = c.grad = 0.0
    sgd = SGD([a, b, c], lr=0.5)
    with pytest.warns(DisconnectedWarning, match="no backward pass has reached b, c since zero_grad") as warned:
        sgd.step()
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert [p.data for p in (a, b, c)] == [0.5, 1.0, 1.0]


def test_a_gradient_that_is_truly_zero_is_no_reason_to_warn():
    (a,) = with_gradients(a=0.0)
    SGD([a]).step()
    assert a.data == 1.0


def test_a_message_names_five_parameters_and_counts_the_rest():
    leaves = [Value(1.0, name=f"p{i}") for i in range(8)]
    with pytest.warns(DisconnectedWarning, match="reached p0, p1, p2, p3, p4 and 3 more since"):
        SGD(leaves).step()


def test_an_unnamed_parameter_is_called_by_its_position():
    with pytest.warns(DisconnectedWarning, match=r"reached parameter 0 \(Value\(1.0, grad=0.0\)\) since"):
        SGD([Value(1.0)]).step()


def test_a_generator_of_parameters_is_read_once():
    leaves = with_gradients(a=1.0)
    assert SGD(leaf for leaf in leaves).parameters == leaves


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ArgumentError, "there is no parameter to train"),
        (MLP(1, [1]), ArgumentError, r"such as model.parameters\(\) or \[weights\], not MLP"),
        (Value(1.0), ArgumentError, "must be Values and Tensors in a list"),
        (Tensor([1.0]), ArgumentError, "in a list, .* not Tensor"),
        ([Value(1.0), 2.0], ArgumentError, "parameter 1 must be a Value or a Tensor, not float: 2.0"),
        (MLP(1, [1]).named_parameters(), ArgumentError, "parameter 0 must be a Value or a Tensor, not tuple"),
        ([Value(1.0) * 2.0], NotALeafError, r"parameter 0 .* is the result of .*; only a leaf can be trained"),
        ([Tensor([1.0, 2.0]) * 2.0], NotALeafError, r"parameter 0 \(a Tensor of shape \(2,\)\) is the result of"),
        ([Value(1.0, name="w")] * 2, ArgumentError, "w is given twice, at positions 0 and 1"),
    ],
)
def test_parameters_that_cannot_be_trained_are_refused_by_name(parameters, error, message):
    with pytest.raises(error, match=message):
        SGD(parameters)


def test_an_optimizer_of_its_own_kind_gets_a_float_for_a_value_and_an_array_for_a_tensor():
    class Recording(Optimizer):
        def update(self, gradients):
            self.seen = gradients

    v, t, never = Value(3.0), Tensor([[1.0, 2.0]]), Tensor([1.0], name="never")
    (v * np.sum(t)).backward()
    recording = Recording([v, t, never])
    with pytest.warns(DisconnectedWarning, match="reached never since"):
        recording.step()
    of_value, of_tensor, of_never = recording.seen
    assert (type(of_value), of_value) == (float, 3.0)
    np.testing.assert_array_equal(of_tensor, [[3.0, 3.0]])
    np.testing.assert_array_equal(of_never, [0.0])


def test_a_tensor_with_a_non_finite_gradient_is_named_and_nothing_is_changed():
    v, t = Value(1.0, name="v"), Tensor([1.0, 2.0], name="t")
    v.grad, t.grad = 1.0, [1.0, math.nan]
    with pytest.raises(NonFiniteGradientError, match="the gradient of t is not finite"):
        SGD([v, t]).step()
    assert (v.data, *t.data) == (1.0, 1.0, 2.0)


@pytest.mark.parametrize("lr", [0.0, -0.1, math.inf, math.nan, "0.1", None])
def test_a_learning_rate_that_is_not_positive_and_finite_is_refused(lr):
    with pytest.raises(ArgumentError, match="lr must be"):
        SGD([Value(1.0)], lr=lr)


@pytest.mark.parametrize("decay", [-0.1, math.inf, math.nan, "0.1"])
def test_a_decay_that_is_negative_or_not_finite_is_refused(decay):
    with pytest.raises(ArgumentError, match="decay must"):
        SGD([Value(1.0)], decay=decay)


def test_a_gradient_set_by_hand_is_used_without_a_warning():
    p = Value(1.0)
    p.grad = 2.0
    SGD([p], lr=0.5).step()
    assert p.data == 0.0
