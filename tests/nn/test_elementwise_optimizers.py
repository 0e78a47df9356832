"""SGD, Adam and optimizers of users' own: a rule for one number, read on all of them at once."""

import math

import numpy as np
import pytest

from autograd import ArgumentError, GraphChangedError, NonFiniteGradientError, Tensor, Value, sign
from autograd.symbols import Symbol, to_text
from nn import SGD, Adam, ElementwiseOptimizer

START = [1.0, -2.0, 0.5]


def gradients(step):
    """Some numbers that differ from step to step, one of them zero at first."""
    return [3.0 - step, 0.25 * step, -1.5 / (1 + step)]


def as_values():
    return [Value(x) for x in START]


def as_tensor():
    return [Tensor([START])]


def as_both():
    return [Value(START[0]), Tensor([[START[1]], [START[2]]])]


def numbers(leaves):
    return [x for leaf in leaves for x in np.ravel(leaf.data).tolist()]


def give_gradients(leaves, gradients):
    """Let a backward pass find these gradients, one a number."""
    waiting = iter(gradients)
    for leaf in leaves:
        leaf.grad = None
        slopes = [next(waiting) for _ in range(np.size(leaf.data))]
        np.sum(leaf * (slopes[0] if isinstance(leaf, Value) else np.reshape(slopes, leaf.shape))).backward()


on_each_kind = pytest.mark.parametrize("kind", [as_values, as_tensor, as_both])


def trained(kind, make, steps):
    """The numbers after each step."""
    leaves = kind()
    optimizer = make(leaves)
    seen = []
    for step in range(steps):
        give_gradients(leaves, gradients(step))
        optimizer.step()
        seen.append(numbers(leaves))
    return seen


@on_each_kind
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_sgd_without_momentum_is_p_minus_lr_g_bit_for_bit(kind, decay):
    expected, p = [], START
    for k in range(5):
        p = [x - 0.1 / (1.0 + decay * k) * g for x, g in zip(p, gradients(k), strict=True)]
        expected.append(p)
    assert trained(kind, lambda leaves: SGD(leaves, lr=0.1, decay=decay), 5) == expected


@on_each_kind
@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_keeps_a_part_of_the_velocity(kind, nesterov):
    expected, p, v = [], START, [0.0, 0.0, 0.0]
    for k in range(5):
        g = gradients(k)
        v = [0.9 * a + b for a, b in zip(v, g, strict=True)]
        direction = [b + 0.9 * a for a, b in zip(v, g, strict=True)] if nesterov else v
        p = [x - 0.1 * d for x, d in zip(p, direction, strict=True)]
        expected.append(p)
    found = trained(kind, lambda leaves: SGD(leaves, lr=0.1, momentum=0.9, nesterov=nesterov), 5)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@on_each_kind
def test_adam_is_algorithm_1_of_kingma_and_ba(kind):
    beta1, beta2, alpha, epsilon = 0.8, 0.99, 0.05, 1e-3
    expected, theta, m, v = [], START, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    for t in range(1, 6):
        g = gradients(t - 1)
        m = [beta1 * m_i + (1 - beta1) * g_i for m_i, g_i in zip(m, g, strict=True)]
        v = [beta2 * v_i + (1 - beta2) * g_i**2 for v_i, g_i in zip(v, g, strict=True)]
        m_hat = [m_i / (1 - beta1**t) for m_i in m]
        v_hat = [v_i / (1 - beta2**t) for v_i in v]
        theta = [x - alpha * a / (math.sqrt(b) + epsilon) for x, a, b in zip(theta, m_hat, v_hat, strict=True)]
        expected.append(theta)
    found = trained(kind, lambda leaves: Adam(leaves, lr=alpha, betas=(beta1, beta2), eps=epsilon), 5)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    small, large = Value(1.0), Value(1.0)
    small.grad, large.grad = 1e-4, -1e4
    Adam([small, large], lr=0.125, eps=1e-12).step()
    assert (small.data, large.data) == pytest.approx((1.0 - 0.125, 1.0 + 0.125))


def test_the_usual_settings_of_adam_are_those_of_the_paper():
    (group,) = Adam([Value(1.0)]).param_groups
    assert (group["lr"], group["betas"], group["eps"]) == (0.001, (0.9, 0.999), 1e-8)


def test_the_learning_rate_of_adam_decays_with_inverse_time():
    leaf = Value(1.0)
    adam = Adam([leaf], lr=0.3, decay=0.5)
    for k in range(3):
        assert adam.lr == 0.3 / (1 + 0.5 * k)
        leaf.grad = 1.0
        adam.step()


def test_the_learning_rate_may_be_a_function_of_the_steps_made():
    leaf = Value(1.0)
    sgd = SGD([leaf], lr=lambda step: 0.5 * (1 - step / 4))
    for _ in range(5):
        leaf.grad = 1.0
        sgd.step()
    assert leaf.data == 1.0 - 0.5 - 0.375 - 0.25 - 0.125 - 0.0


@pytest.mark.parametrize(("rate", "message"), [(-0.5, r"lr\(0\) must not be negative"), (None, r"lr\(0\) must be a")])
def test_a_function_that_returns_no_learning_rate_is_refused_before_anything_is_changed(rate, message):
    leaf = Value(1.0)
    leaf.grad = 1.0
    sgd = SGD([leaf], lr=lambda step: rate)
    with pytest.raises(ArgumentError, match=message):
        sgd.step()
    assert (leaf.data, sgd.steps, sgd.states["velocity"].tolist()) == (1.0, 0, [0.0])


def test_the_states_are_flat_arrays_in_the_order_of_the_parameters():
    value, tensor = Value(1.0), Tensor([[1.0, 2.0], [3.0, 4.0]])
    value.grad, tensor.grad = 10.0, [[20.0, 30.0], [40.0, 50.0]]
    sgd = SGD([value, tensor], momentum=0.9)
    assert sgd.states["velocity"].tolist() == [0.0] * 5
    sgd.step()
    assert sgd.states["velocity"].tolist() == [10.0, 20.0, 30.0, 40.0, 50.0]


def test_a_tensor_keeps_its_precision_and_its_array():
    leaf = Tensor(np.array([1.0, 2.0], np.float32))
    array = leaf.data
    leaf.grad = [1.0, 1.0]
    Adam([leaf], lr=0.5).step()
    assert leaf.data is array
    assert array.dtype == np.float32
    assert array.tolist() == [0.5, 1.5]


def test_a_graph_recorded_before_a_step_is_not_differentiated_behind_it():
    leaf = Tensor([1.0, 2.0])
    loss = np.sum(leaf * leaf)
    loss.backward()
    SGD([leaf], lr=0.5).step()
    with pytest.raises(GraphChangedError):
        loss.backward()


def test_a_step_that_is_refused_changes_no_state():
    leaf = Value(1.0)
    adam = Adam([leaf])
    leaf.grad = 1.0
    adam.step()
    before = {name: state.tolist() for name, state in adam.states.items()}
    leaf.grad = math.inf
    with pytest.raises(NonFiniteGradientError):
        adam.step()
    assert {name: state.tolist() for name, state in adam.states.items()} == before
    assert adam.steps == 1


def coefficient_names(optimizer):
    code = type(optimizer).rule.__code__
    first = 2 + len(optimizer.state)
    return code.co_varnames[first : first + len(optimizer.coefficients())]


@pytest.mark.parametrize(
    ("optimizer", "texts"),
    [
        (
            SGD([Value(1.0)]),
            [
                "p - lr*(by_gradient*g + by_velocity*(momentum*velocity + g))",
                "momentum*velocity + g",
            ],
        ),
        (
            Adam([Value(1.0)]),
            [
                "p - lr*((beta1*first_moment + (1 - beta1)*g)/correction1)"
                "/(sqrt((beta2*second_moment + (1 - beta2)*(g*g))/correction2) + eps)",
                "beta1*first_moment + (1 - beta1)*g",
                "beta2*second_moment + (1 - beta2)*(g*g)",
            ],
        ),
    ],
    ids=["SGD", "Adam"],
)
def test_a_rule_can_be_read_on_symbols(optimizer, texts):
    names = ["p", "g", *optimizer.state, *coefficient_names(optimizer)]
    assert [to_text(x) for x in optimizer.rule(*map(Symbol, names))] == texts


@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_rule_can_be_read_on_floats(make):
    leaf = Value(3.0)
    leaf.grad = 2.0
    optimizer = make([leaf])
    p, *_ = optimizer.rule(3.0, 2.0, *[0.0] * len(optimizer.state), *optimizer.coefficients())
    optimizer.step()
    assert type(p) is float
    assert leaf.data == p


def test_a_rule_of_ones_own_takes_states_and_coefficients():
    class AdaGrad(ElementwiseOptimizer):
        state = ("total",)

        @staticmethod
        def rule(p, g, total, lr):
            total = total + g * g
            return p - lr * g / total**0.5, total

    x = Value(1.0)
    adagrad = AdaGrad([x], lr=0.5)
    for g in (3.0, -4.0):
        x.grad = g
        adagrad.step()
    assert x.data == pytest.approx(1.0 - 0.5 * 3 / 3 + 0.5 * 4 / 5)


@pytest.mark.parametrize("rule", [lambda p, g, lr: p - lr * sign(g), lambda p, g, lr: (p, g), lambda p, g, lr: (0.0,)])
def test_a_rule_that_does_not_return_what_it_must_is_named(rule):
    SignDescent = type("SignDescent", (ElementwiseOptimizer,), {"rule": staticmethod(rule)})
    x = Tensor([1.0, 2.0])
    x.grad = [1.0, 1.0]
    with pytest.raises(ArgumentError, match="rule of SignDescent must return a tuple of p, each of the shape of p"):
        SignDescent([x], lr=0.1).step()
    assert x.data.tolist() == [1.0, 2.0]


def test_a_rule_is_needed():
    with pytest.raises(TypeError, match=r"abstract method .*rule"):
        ElementwiseOptimizer([Value(1.0)], lr=0.1)


@pytest.mark.parametrize("momentum", [-0.1, 1.0, 1.5, math.nan, "0.9", None])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ArgumentError, match="momentum must be"):
        SGD([Value(1.0)], momentum=momentum)


def test_nesterov_needs_momentum():
    with pytest.raises(ArgumentError, match=r"needs one, such as momentum=0\.9"):
        SGD([Value(1.0)], nesterov=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lr": 0.0}, "lr must be positive"),
        ({"lr": "0.1"}, "lr must be a finite number"),
        ({"betas": 0.9}, "betas must be two numbers"),
        ({"betas": (0.9,)}, "betas must be two numbers"),
        ({"betas": (1.0, 0.999)}, r"betas\[0\] must be at least 0 and less than 1, not 1\.0"),
        ({"betas": (0.9, -0.1)}, r"betas\[1\] must be at least 0"),
        ({"eps": 0.0}, "eps must be positive"),
        ({"decay": -1.0}, "decay must not be negative"),
    ],
)
def test_settings_of_adam_that_make_no_sense_are_refused_by_name(settings, message):
    with pytest.raises(ArgumentError, match=message):
        Adam([Value(1.0)], **settings)
