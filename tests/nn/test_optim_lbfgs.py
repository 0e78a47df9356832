"""LBFGS: SciPy's method on Values and Tensors."""

import math
import sys

import numpy as np
import pytest

from autograd import ArgumentError, MissingExtraError, NonFiniteGradientError, Tensor, Value, log, where
from nn import LBFGS, StepLR

optimize = pytest.importorskip("scipy.optimize")


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def closure_of(lbfgs, loss_of):
    def closure():
        lbfgs.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def test_least_squares_are_those_of_the_normal_equations():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(20, 3)), rng.normal(size=20)
    weights, bias = Tensor(np.zeros(3)), Value(0.0)
    lbfgs = LBFGS([weights, bias], max_iter=100)
    lbfgs.step(closure_of(lbfgs, lambda: np.sum((A @ weights + bias - b) ** 2)))
    expected, *_ = np.linalg.lstsq(np.column_stack([A, np.ones(20)]), b)
    np.testing.assert_allclose([*weights.data, bias.data], expected, rtol=1e-5)


def test_a_step_makes_the_iterations_of_scipy():
    x, y = Value(-1.2), Value(1.0)
    lbfgs = LBFGS([x, y], max_iter=7)
    lbfgs.step(closure_of(lbfgs, lambda: rosenbrock(x, y)))
    expected = optimize.minimize(
        optimize.rosen, [-1.2, 1.0], jac=optimize.rosen_der, method="L-BFGS-B", options={"maxiter": 7, "maxcor": 100}
    )
    assert (x.data, y.data) == pytest.approx(tuple(expected.x), rel=1e-6)
    assert lbfgs.result.nit == 7


def test_a_step_returns_the_loss_before_it():
    x = Value(3.0)
    lbfgs = LBFGS([x])
    assert lbfgs.step(closure_of(lbfgs, lambda: (x - 1) ** 2)) == 4.0
    assert (x.data, lbfgs.steps) == (pytest.approx(1.0), 1)


def test_no_point_is_evaluated_twice():
    x, seen = Value(3.0), []
    lbfgs = LBFGS([x])

    def loss():
        seen.append(x.data)
        return x**4

    lbfgs.step(closure_of(lbfgs, loss))
    assert len(seen) == len(set(seen))


def test_a_closure_may_return_a_number():
    x = Value(3.0)

    def closure():
        x.grad = 2 * (x.data - 1)
        return (x.data - 1) ** 2

    LBFGS([x]).step(closure)
    assert x.data == pytest.approx(1.0)


def test_float32_tensors_keep_their_type():
    t = Tensor(np.array([3.0, -2.0], np.float32))
    lbfgs = LBFGS([t])
    lbfgs.step(closure_of(lbfgs, lambda: np.sum((t - 1) ** 2)))
    assert t.dtype == np.float32
    np.testing.assert_allclose(t.data, 1.0, rtol=1e-6)


def test_where_the_loss_is_not_finite_on_the_way_the_step_is_shortened():
    x = Value(10.0)
    lbfgs = LBFGS([x], max_iter=50)
    loss = lambda: where(x > 0, x - log(where(x > 0, x, 1.0)), math.inf)
    for _ in range(5):
        lbfgs.step(closure_of(lbfgs, loss))
    assert x.data == pytest.approx(1.0, abs=1e-4)


def test_a_loss_that_is_not_finite_before_the_step_is_refused():
    x = Value(1.0)
    lbfgs = LBFGS([x])
    with pytest.raises(ArgumentError, match="no step was made, because the loss is inf before it"):
        lbfgs.step(lambda: math.inf)
    assert (x.data, lbfgs.steps) == (1.0, 0)


def test_a_gradient_that_is_not_finite_before_the_step_is_refused_by_name():
    x = Value(1.0, name="x")
    x.grad = math.nan
    with pytest.raises(NonFiniteGradientError, match="no step was made, because the gradient of x is not finite"):
        LBFGS([x]).step(lambda: 1.0)


def test_a_closure_that_raises_leaves_the_parameters_as_they_were():
    x, calls = Value(3.0), []

    def closure():
        calls.append(x.data)
        if len(calls) == 3:
            raise KeyboardInterrupt
        x.grad = 4 * x.data**3
        return x.data**4

    with pytest.raises(KeyboardInterrupt):
        LBFGS([x]).step(closure)
    assert calls[2] != 3.0
    assert x.data == 3.0


def test_a_closure_must_return_one_number():
    with pytest.raises(ArgumentError, match="closure must return the loss, one number"):
        LBFGS([Value(1.0)]).step(lambda: np.ones(2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_iter": 0}, "max_iter must be a positive int"),
        ({"max_eval": 0}, "max_eval must be a positive int"),
        ({"tolerance_grad": -1.0}, "tolerance_grad must not be negative"),
        ({"tolerance_change": -1.0}, "tolerance_change must not be negative"),
        ({"history_size": 0}, "history_size must be a positive int"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(settings, message):
    with pytest.raises(ArgumentError, match=message):
        LBFGS([Value(1.0)], **settings)


def test_a_saved_state_is_taken_up():
    one, other = LBFGS([Value(1.0)], max_iter=3, history_size=5), LBFGS([Value(1.0)])
    one.step(lambda: 1.0)
    other.load_state_dict(one.state_dict())
    assert (other.steps, other.max_iter, other.max_eval, other.history_size) == (1, 3, 3, 5)
    with pytest.raises(ArgumentError, match="max_iter must be a positive int"):
        other.load_state_dict({**one.state_dict(), "max_iter": 0, "max_eval": 99})
    assert other.max_eval == 3


def test_it_has_no_learning_rate_to_schedule():
    with pytest.raises(ArgumentError, match=r"StepLR needs an optimizer with a learning rate, .* not LBFGS"):
        StepLR(1).apply(LBFGS([Value(1.0)]), epoch=0)


def test_without_scipy_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingExtraError, match=r"LBFGS needs an optional dependency: .*glassgrad\[scipy\]"):
        LBFGS([Value(1.0)]).step(lambda: 1.0)
