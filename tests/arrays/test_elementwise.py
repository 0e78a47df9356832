"""Every elementwise row on arrays: what it is on numbers, element by element, in every shape and to second order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import NonFiniteWarning, Primitive, Tensor, UnsupportedFunctionError, Value, elementwise_grad, grad, jvp
from autograd.protocols import ufunc_rows
from tests.samples import ELEMENTWISE_ROWS, ELEMENTWISE_VARIANTS, each, oracle_derivative, points, same, varied

SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 1e-308, 1000.0, -1000.0)
SEVERAL_OPERANDS = tuple(row for row in ELEMENTWISE_ROWS if row.arity != 1)


def operands_of(row: Primitive) -> list[np.ndarray]:
    """For each operand the array of what it is at the sample points."""
    return [np.array(x) for x in zip(*points(row), strict=True)]


def total(row: Primitive) -> Callable[..., Any]:
    """The sum of what the row gives: its derivative is that of each element."""
    return lambda *xs: np.sum(row(*xs))


def gradients(row: Primitive, arrays: list[Any]) -> list[np.ndarray]:
    """The derivative of the sum of the result by each operand, zeros included."""
    tensors = [Tensor(x) for x in arrays]
    row(*tensors).sum().backward()
    return [np.zeros(x.shape) if x.grad is None else x.grad for x in tensors]


def expected_derivative(row: Primitive, *by: int) -> np.ndarray:
    """The derivative by mpmath at each sample point."""
    return np.array([oracle_derivative(row, point, *by) for point in points(row)])


def by_operands(row: Primitive, repeat: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(varied(row, points(row)[0]), repeat=repeat)


# At the sample points ---------------------------------------------------------------------------------------------


@each(ELEMENTWISE_VARIANTS)
def test_the_value_of_a_tensor_is_that_of_its_elements(row: Primitive) -> None:
    found = row(*map(Tensor, operands_of(row)))
    np.testing.assert_allclose(found.numpy(), [row(*point) for point in points(row)], rtol=1e-13, atol=1e-15)


@each(ELEMENTWISE_VARIANTS)
def test_first_derivatives_agree_in_reverse_forward_and_mpmath(row: Primitive) -> None:
    arrays = operands_of(row)
    for (i,) in by_operands(row, 1):
        expected = expected_derivative(row, i)
        np.testing.assert_allclose(grad(total(row), i)(*arrays), expected, rtol=1e-9, atol=1e-12)
        direction = [np.full(x.shape, float(k == i)) for k, x in enumerate(arrays)]
        np.testing.assert_allclose(jvp(row, arrays, direction)[1], expected, rtol=1e-9, atol=1e-12)


@each(ELEMENTWISE_VARIANTS)
def test_second_derivatives_agree_in_reverse_forward_and_mpmath(row: Primitive) -> None:
    arrays = operands_of(row)
    for i, k in by_operands(row, 2):
        expected = expected_derivative(row, i, k)

        def slope(*xs: Any, i: int = i, k: int = k) -> Any:
            return elementwise_grad(row, i)(*xs) + 0 * xs[k]  # so that a constant slope depends on its operands too

        np.testing.assert_allclose(elementwise_grad(slope, k)(*arrays), expected, rtol=1e-8, atol=1e-10)
        direction = [np.full(x.shape, float(j == k)) for j, x in enumerate(arrays)]
        np.testing.assert_allclose(jvp(slope, arrays, direction)[1], expected, rtol=1e-8, atol=1e-10)


@each(ELEMENTWISE_ROWS)
def test_float32_stays_float32(row: Primitive) -> None:
    arrays = [x.astype(np.float32) for x in operands_of(row)]
    result = row(*(Tensor(x) for x in arrays))
    assert result.dtype == np.float32
    exact = [x.astype(np.float64) for x in arrays]
    assert jvp(row, arrays, [np.ones_like(x) for x in arrays])[1].dtype == np.float32
    np.testing.assert_allclose(result.numpy(), row(*exact), rtol=1e-4, atol=1e-5)
    for found, expected in zip(gradients(row, arrays), gradients(row, exact), strict=True):
        assert found.dtype == np.float32 or not found.any()
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max(initial=1.0))


# Shapes -----------------------------------------------------------------------------------------------------------


@each(SEVERAL_OPERANDS)
def test_operands_are_broadcast_and_their_derivatives_summed(row: Primitive) -> None:
    arrays = [x[:3].reshape(shape) for x, shape in zip(operands_of(row), [(3, 1), (3,), (1, 3)], strict=False)]
    spread = list(np.broadcast_arrays(*arrays))
    assert row(*map(Tensor, arrays)).shape == spread[0].shape
    for array, found, whole in zip(arrays, gradients(row, arrays), gradients(row, spread), strict=True):
        lost = [axis for axis, size in enumerate((1,) * (2 - array.ndim) + array.shape) if size == 1]
        expected = whole.sum(axis=tuple(lost)).reshape(array.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@each(ELEMENTWISE_ROWS)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1)], ids=str)
def test_any_shape_will_do(row: Primitive, shape: tuple[int, ...]) -> None:
    arrays = [np.full(shape, x[0]) for x in operands_of(row)]
    assert row(*map(Tensor, arrays)).shape == shape
    for found, x, i in zip(gradients(row, arrays), arrays, itertools.count(), strict=False):
        assert found.shape == shape
        if x.size and i in varied(row, points(row)[0]):
            assert found.ravel()[0] == pytest.approx(expected_derivative(row, i)[0], rel=1e-9, abs=1e-12)


@each(ELEMENTWISE_ROWS)
def test_operands_may_lie_in_memory_in_any_way(row: Primitive) -> None:
    straight = operands_of(row)
    backwards = [Tensor(np.zeros(len(x))) for x in straight]
    for tensor, x in zip(backwards, straight, strict=True):
        tensor._primal = np.ascontiguousarray(x[::-1])[::-1]
    row(*backwards).sum().backward()
    for tensor, expected in zip(backwards, gradients(row, straight), strict=True):
        np.testing.assert_allclose(np.zeros(tensor.shape) if tensor.grad is None else tensor.grad, expected, rtol=1e-12)


@each(SEVERAL_OPERANDS)
@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, bool])
def test_a_constant_of_integers_is_as_good_as_one_of_floats(row: Primitive, kind: type) -> None:
    whole = np.array([1, 2, 3]).astype(kind)
    for i in varied(row, points(row)[0]):
        arrays = [whole] * len(points(row)[0])
        arrays[i] = Tensor([1.25, 0.5, 0.75])
        exact = [x if isinstance(x, Tensor) else x.astype(np.float64) for x in arrays]
        slopes = []
        for operands in (arrays, exact):
            arrays[i].grad = None
            row(*operands).sum().backward()
            slopes.append(np.zeros(3) if arrays[i].grad is None else arrays[i].grad)
        np.testing.assert_allclose(*slopes, rtol=1e-14)


# The edges of arithmetic ------------------------------------------------------------------------------------------


def special_points(row: Primitive) -> list[tuple[float, ...]]:
    return list(itertools.product(SPECIAL, repeat=row.arity or 1))


@each(ELEMENTWISE_VARIANTS)
@pytest.mark.filterwarnings("ignore::autograd.errors.NonFiniteWarning")
def test_a_tensor_is_its_values_at_the_edges_of_arithmetic(row: Primitive) -> None:
    arrays = [np.array(x) for x in zip(*special_points(row), strict=True)]
    found, slopes = row(*map(Tensor, arrays)).numpy(), gradients(row, arrays)
    for n, point in enumerate(special_points(row)):
        variables = [Value(x) for x in point]
        y = row(*variables)
        y.backward()
        assert same(found[n], y.data, rel=1e-12), (point, found[n], y.data)
        for i, variable in enumerate(variables):
            assert same(slopes[i][n], float(variable.grad), rel=1e-9), (point, i, slopes[i][n], variable.grad)


@each(ELEMENTWISE_ROWS)
@pytest.mark.filterwarnings("ignore::autograd.errors.NonFiniteWarning")
def test_a_zero_adjoint_stays_zero_whatever_it_meets(row: Primitive) -> None:
    arrays = [np.array(x) for x in zip(*special_points(row), strict=True)]
    tensors = [Tensor(x) for x in arrays]
    result = row(*tensors)
    result.backward(np.zeros(result.shape))
    for tensor in tensors:
        assert tensor.grad is None or not tensor.grad.any()


@pytest.mark.usefixtures("own_rows_removed")
def test_a_row_that_returns_its_operand_makes_an_array_of_its_own() -> None:
    scaled = autograd.elementwise("scaled", lambda x, by: by * x, lambda y, x, by: (by,), by=1.0)
    x = Tensor([1.0, 2.0])
    for result in (scaled(x), autograd.no_grad()(scaled)(x)):
        assert not np.shares_memory(result.numpy(), x.numpy())


def test_an_infinite_gradient_is_warned_of_by_the_name_of_the_leaf() -> None:
    x = Tensor([0.0, 4.0], name="x")
    with pytest.warns(NonFiniteWarning, match="the gradient of x is not finite"):
        np.sqrt(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [math.inf, 0.25])


# NumPy's and SciPy's ways to call them ----------------------------------------------------------------------------


@pytest.mark.parametrize("ufunc", ufunc_rows, ids=lambda f: f.__name__)
def test_a_ufunc_of_numpy_records_its_row(ufunc: np.ufunc) -> None:
    row = ufunc_rows[ufunc]
    arrays = operands_of(row)
    found = ufunc(*map(Tensor, arrays))
    assert found.op.base is row
    np.testing.assert_allclose(found.numpy(), ufunc(*arrays), rtol=1e-13)


@pytest.mark.parametrize("name", ["expit", "erf", "logit", "xlogy", "log1p", "exp2", "cbrt", "expm1"])
def test_a_ufunc_of_scipy_records_the_row_of_its_name(name: str) -> None:
    special = pytest.importorskip("scipy.special", reason="SciPy is an extra")
    ufunc = getattr(special, name)
    arrays = operands_of(getattr(autograd, name))
    found = ufunc(*map(Tensor, arrays))
    assert isinstance(found, Tensor)
    np.testing.assert_allclose(found.numpy(), ufunc(*arrays), rtol=1e-13)


def test_outer_of_a_ufunc_is_the_row_on_every_pair() -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([[3.0, 4.0, 5.0]])
    found = np.subtract.outer(a, b)
    np.testing.assert_array_equal(found.numpy(), np.subtract.outer(a.numpy(), b.numpy()))
    found.sum().backward()
    np.testing.assert_array_equal(a.grad, [3.0, 3.0])
    np.testing.assert_array_equal(b.grad, [[-2.0, -2.0, -2.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: np.sin(t, out=np.zeros(2)), "sin of a Tensor takes no out"),
        (lambda t: np.sin(t, where=[True, False]), "Use np.where on the result"),
        (lambda t: np.sin(t, dtype=np.float32), "sin of a Tensor takes no dtype .*: use astype on the operand"),
        (lambda t: np.clip(t, 0.0, 1.0, out=np.zeros(2)), "clip of a Tensor takes no out"),
        (lambda t: np.nan_to_num(t, copy=False), "nan_to_num of a Tensor takes no copy"),
        (lambda t: np.sin.at(t, [0]), "np.sin.at of a Tensor has no derivative here"),
    ],
)
def test_what_cannot_be_recorded_is_refused_by_name(call: Callable[[Tensor], Any], message: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match=message):
        call(Tensor([1.0, 2.0]))


def test_the_derivative_at_a_bound_of_clip_is_that_of_the_element() -> None:
    for low, high in (
        (1.0, 2.0),
        (np.array([1.0, 1.0]), np.array([2.0, 2.0])),
        (Tensor([1.0, 1.0]), Tensor([2.0, 2.0])),
    ):
        x = Tensor([1.0, 2.0])
        np.clip(x, low, high).sum().backward()
        np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_a_bound_that_is_nan_gives_nan() -> None:
    bounds = np.array([math.nan, 0.0])
    np.testing.assert_array_equal(np.clip(Tensor([1.0, 1.0]), bounds, 5.0).numpy(), [math.nan, 1.0])
    np.testing.assert_array_equal(np.clip(Tensor([1.0, 1.0]), 0.0, bounds).numpy(), [math.nan, 0.0])


def test_logaddexp_of_nothing_and_nothing_has_derivative_zero() -> None:
    for f in (np.logaddexp, np.logaddexp2):
        a, b = Tensor([-math.inf, -math.inf]), Tensor([-math.inf, 0.0])
        f(a, b).sum().backward()
        np.testing.assert_array_equal(a.grad, [0.0, 0.0])
        np.testing.assert_array_equal(b.grad, [0.0, 1.0])


def test_a_condition_has_no_say_in_the_type() -> None:
    t = Tensor(np.ones(2, np.float32))
    for condition in (np.array([1, 0]), np.array([1.0, 0.0]), np.array([True, False]), [1, 0], Tensor([1.0, 0.0])):
        assert np.where(condition, t, 0.0).dtype == np.float32
