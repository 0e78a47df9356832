import numpy as np
import pytest
from scipy.special import huber as scipy_huber

from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value, check_grads
from nn import MLP, half_squared_error, huber, l1, mse

RNG = np.random.default_rng(0)
OUTPUTS, TARGETS = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
ERRORS = OUTPUTS - TARGETS
BY_HAND = {
    mse: (ERRORS**2).mean(axis=1),
    half_squared_error: 0.5 * (ERRORS**2).sum(axis=1),
    l1: np.abs(ERRORS).mean(axis=1),
    huber: scipy_huber(1.0, ERRORS).mean(axis=1),
}
each_loss = pytest.mark.parametrize("loss", BY_HAND, ids=lambda loss: loss.__name__)


@each_loss
def test_each_sample_of_a_batch_has_its_loss(loss):
    np.testing.assert_allclose(loss(OUTPUTS, TARGETS, reduction="none"), BY_HAND[loss], rtol=1e-14)


@pytest.mark.parametrize("loss", [mse, l1, huber])
def test_the_mean_is_over_all_elements_of_a_batch(loss):
    elements = {mse: ERRORS**2, l1: np.abs(ERRORS), huber: scipy_huber(1.0, ERRORS)}[loss]
    assert loss(Tensor(OUTPUTS), TARGETS).item() == pytest.approx(elements.mean(), rel=1e-14)


def test_numbers_within_a_sample_may_have_several_axes():
    outputs = RNG.normal(size=(2, 3, 4))
    np.testing.assert_allclose(mse(outputs, np.zeros((2, 3, 4)), reduction="none"), (outputs**2).mean(axis=(1, 2)))


@each_loss
@pytest.mark.parametrize("argument", [0, 1])
def test_the_gradient_by_either_argument_agrees_with_differences(loss, argument):
    def f(x):
        return loss(x, TARGETS) if argument == 0 else loss(Tensor(OUTPUTS), x)

    check_grads(f, order=2)((OUTPUTS, TARGETS)[argument])


def test_the_derivative_of_half_squared_error_is_the_error():
    outputs = [Value(1.0), Value(2.0)]
    half_squared_error(outputs, np.array([3.0, 1.0])).backward()
    assert [o.grad for o in outputs] == [-2.0, 1.0]


def test_plain_outputs_in_one_axis_are_one_sample_and_in_two_as_many_as_there_are_rows():
    outputs, targets = np.zeros(50), np.ones(50)
    assert half_squared_error(outputs, targets) == 25.0
    assert half_squared_error(outputs[:, None], targets) == half_squared_error(Tensor(outputs), targets).item() == 0.5
    assert mse(outputs, targets) == mse(outputs[:, None], targets) == 1.0


def test_the_derivative_of_huber_is_the_error_held_within_delta():
    outputs = Tensor([-3.0, -0.5, 0.0, 0.5, 3.0])
    huber(outputs, np.zeros(5), delta=2.0, reduction="sum").backward()
    assert outputs.grad.tolist() == [-2.0, -0.5, 0.0, 0.5, 2.0]


@pytest.mark.parametrize("delta", [0.5, 2.0])
def test_huber_turns_from_square_to_line_at_delta(delta):
    errors = np.array([-1e200, -3.0, -delta, 0.1, delta, 3.0, 1e200])
    found = huber(errors.reshape(-1, 1), np.zeros(7), delta=delta, reduction="none")
    np.testing.assert_allclose(found, scipy_huber(delta, errors), rtol=1e-15)


@pytest.mark.parametrize("delta", [0.0, -1.0, np.inf, "1"])
def test_the_delta_of_huber_is_positive(delta):
    with pytest.raises(ArgumentError, match="the delta of huber must be"):
        huber(1.0, 0.0, delta=delta)


@each_loss
def test_outputs_of_one_number_a_sample_take_targets_with_or_without_that_axis(loss):
    column, row = Tensor(OUTPUTS[:, :1]), Tensor(OUTPUTS[:, 0])
    found = [loss(o, t).item() for o in (column, row) for t in (TARGETS[:, :1], TARGETS[:, 0])]
    assert found == [loss(OUTPUTS[:, :1], TARGETS[:, :1])] * 4


def test_the_value_of_a_model_with_one_output_takes_a_number_or_a_list_of_one():
    y = MLP(2, [3, 1], seed=0)([1.0, 2.0])
    assert half_squared_error(y, 0.5).data == half_squared_error(y, [0.5]).data == 0.5 * (y.data - 0.5) ** 2


def test_targets_may_be_values():
    target = Value(1.0)
    half_squared_error([3.0], [target]).backward()
    assert target.grad == -2.0


@each_loss
@pytest.mark.parametrize(("outputs", "targets"), [([1.0], [1.0, 2.0]), ([1.0, 2.0], 1.0)])
def test_a_sample_needs_one_target_an_output(loss, outputs, targets):
    with pytest.raises(SizeError, match=f"{loss.__name__} needs one target an output"):
        loss(outputs, targets)


@each_loss
@pytest.mark.parametrize("shape", [(5,), (3, 5), (5, 1), (15,), ()])
def test_a_batch_needs_targets_in_its_shape(loss, shape):
    with pytest.raises(SizeError, match=rf"{loss.__name__} needs targets in the shape .*, \(5, 3\), not \("):
        loss(Tensor(OUTPUTS), np.zeros(shape))


def test_targets_of_a_batch_beside_one_sample_are_told_both_shapes():
    with pytest.raises(
        SizeError, match=r"5 outputs with a single axis, .* targets of shape \(5, 1\): give targets\[:, 0"
    ):
        mse(np.ones(5), np.ones((5, 1)))


def test_class_indices_in_place_of_rows_are_told_the_way_to_rows():
    with pytest.raises(SizeError, match=r"autograd.one_hot\(targets, 3\) makes rows of class indices"):
        mse(Tensor(OUTPUTS), [0, 1, 2, 1, 0])


@each_loss
@pytest.mark.parametrize(
    ("outputs", "error", "message"),
    [
        ([], SizeError, "are empty"),
        (np.zeros((0, 3)), SizeError, r"have the shape \(0, 3\); there must be at least one sample"),
        (Tensor(1.0), SizeError, "are one number; reshape"),
        ([1.0, "x"], NotANumberError, "element 1 is str: 'x'"),
        (np.array([["x"]]), NotANumberError, "must be a Tensor or an array of real numbers, not ndarray"),
        (np.array([[Value(1.0)]]), NotANumberError, "autograd.stack makes a Tensor of Values"),
    ],
)
def test_outputs_are_numbers(loss, outputs, error, message):
    with pytest.raises(error, match=f"the outputs of {loss.__name__}.*{message}"):
        loss(outputs, [1.0, 0.0])


@pytest.mark.parametrize("targets", [None, "ab", [[Value(1.0)] * 3] * 5, [[1.0, 2.0], [1.0]]])
def test_targets_of_a_batch_are_real_numbers(targets):
    with pytest.raises(NotANumberError, match="the targets of mse must be"):
        mse(Tensor(OUTPUTS), targets)
