"""Every function of arrays, at first and second order, in both directions, against differences and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.arrays.dispatch import numpy_functions, plain_functions
from autograd.checking import difference
from autograd.forward import tangents
from autograd.protocols import ufunc_rows
from autograd.reverse import adjoints
from tests.arrays import (
    cases_of_elementwise,
    cases_of_linalg,
    cases_of_neural,
    cases_of_products,
    cases_of_reductions,
    cases_of_selection,
    cases_of_shapes,
)
from tests.arrays.case import Case

CASES = [
    *cases_of_elementwise.CASES,
    *cases_of_reductions.CASES,
    *cases_of_shapes.CASES,
    *cases_of_selection.CASES,
    *cases_of_products.CASES,
    *cases_of_linalg.CASES,
    *cases_of_neural.CASES,
]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def leaves(arrays: list[np.ndarray], dtype: Any = np.float64) -> list[Tensor]:
    return [Tensor(a, dtype=dtype) for a in arrays]


def directions(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    return [rng.uniform(-1, 1, shape) for shape in shapes]


def pulled(case: Case, operands: list[Tensor], g: Any, create_graph: bool = False) -> list[Any]:
    """The derivative of sum(g * result) by each operand."""
    found = adjoints({case(*operands): g}, create_graph=create_graph).of_leaves
    return [found.get(x, np.zeros(x.shape, x.dtype)) for x in operands]


def pushed(case: Case, operands: list[Tensor], along: list[Any], create_graph: bool = False) -> Any:
    """The derivative of the result along a direction, in forward mode."""
    y = case(*operands)
    found = tangents([y], dict(zip(operands, along, strict=True)), create_graph=create_graph)
    return found.get(y, np.zeros(y.shape, y.dtype))


def inner(xs: Any, ys: Any) -> Any:
    return sum((np.sum(x * y) for x, y in zip(xs, ys, strict=True)), start=0.0)


def close(found: float, expected: tuple[float, float], case: Case) -> None:
    value, error = expected
    assert abs(found - value) <= case.rtol * max(abs(value), 1.0) + 10 * error, (found, value, error)


def test_every_function_has_a_case() -> None:
    tested = {case.function for case in CASES}
    assert [f.__name__ for f in numpy_functions if f not in tested] == []


@each_case
def test_the_value_is_numpys(case: Case) -> None:
    arrays = case.draw()
    expected = case.expected(*arrays)
    result = case(*leaves(arrays))
    assert isinstance(result, Tensor)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("case", [case for case in CASES if case.reference is not None], ids=str)
def test_without_a_tensor_nothing_is_recorded(case: Case) -> None:
    assert not isinstance(case(*case.draw()), autograd.Variable)


@each_case
def test_reverse_mode_is_the_difference(case: Case) -> None:
    arrays = case.draw()
    along = directions([a.shape for a in arrays])
    operands = leaves(arrays)
    (g,) = directions([case(*operands).shape])
    found = inner(pulled(case, operands, g), along)

    def f(t: float) -> float:
        return float(np.sum(g * case.expected(*(a + t * v for a, v in zip(arrays, along, strict=True)))))

    close(float(found), _difference(f), case)


def _difference(f: Any) -> tuple[float, float]:
    """Derivative at 0, over steps that stay clear of kinks."""
    value, error = difference(lambda t: f(0.002 * t), 0.0)
    return value / 0.002, error / 0.002


@each_case
def test_forward_mode_is_reverse_mode(case: Case) -> None:
    arrays = case.draw()
    operands = leaves(arrays)
    along = directions([a.shape for a in arrays])
    (g,) = directions([case(*operands).shape])
    tangent = pushed(case, operands, along)
    assert np.shape(tangent) == g.shape
    np.testing.assert_allclose(np.sum(g * tangent), inner(pulled(case, operands, g), along), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("case", [case for case in CASES if case.order > 1], ids=str)
def test_the_second_derivative_is_the_difference_of_the_first_in_every_mix_of_modes(case: Case) -> None:
    arrays = case.draw()
    along = directions([a.shape for a in arrays])
    across = directions([a.shape for a in reversed(arrays)])[::-1]
    operands = leaves(arrays)
    (g,) = directions([case(*operands).shape])

    def slope(t: float) -> float:
        moved = leaves([a + t * v for a, v in zip(arrays, across, strict=True)])
        return float(inner(pulled(case, moved, g), along))

    expected = _difference(slope)
    first = inner(pulled(case, operands, g, create_graph=True), along)
    if not isinstance(first, Tensor):  # the derivative is a constant
        first = operands[0].sum() * 0.0 + first
    found = adjoints({first: np.ones(())}).of_leaves
    reverse_over_reverse = inner([found.get(x, np.zeros(x.shape)) for x in operands], across)
    close(float(reverse_over_reverse), expected, case)

    pushing = tangents([first], dict(zip(operands, across, strict=True)))
    close(float(pushing.get(first, 0.0)), expected, case)

    tangent = pushed(case, operands, leaves(along), create_graph=True)
    second = np.sum(g * tangent)
    if isinstance(second, Tensor):
        found = adjoints({second: np.ones(())}).of_leaves
        close(float(inner([found.get(x, np.zeros(x.shape)) for x in operands], across)), expected, case)
        pushing = tangents([second], dict(zip(operands, across, strict=True)))
        close(float(pushing.get(second, 0.0)), expected, case)
    else:
        close(0.0, expected, case)


@each_case
def test_float32_stays_float32(case: Case) -> None:
    arrays = case.draw()
    operands = leaves(arrays, np.float32)
    result = case(*operands)
    assert result.dtype == np.float32
    (g,) = directions([result.shape])
    gradients = pulled(case, operands, g.astype(np.float32))
    assert {x.dtype for x in gradients} <= {np.dtype(np.float32)}
    along = [np.ones(x.shape, np.float32) for x in operands]
    assert pushed(case, operands, along).dtype == np.float32
    expected = pulled(case, leaves([a.astype(np.float32).astype(np.float64) for a in arrays]), g)
    for found, exact in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-3, atol=1e-3 * max(1.0, np.abs(exact).max(initial=0.0)))


@each_case
def test_operands_may_lie_in_memory_in_any_way(case: Case) -> None:
    arrays = case.draw()
    scattered = [np.repeat(a[..., None], 2, axis=-1)[..., 0] if a.ndim else a for a in arrays]
    straight, strided = leaves(arrays), [Tensor(a) for a in arrays]
    for tensor, array in zip(strided, scattered, strict=True):
        tensor._primal = array
    (g,) = directions([case(*straight).shape])
    for found, expected in zip(pulled(case, strided, g), pulled(case, straight, g), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_every_ufunc_of_numpy_on_real_numbers_has_a_row_or_is_known_to_have_no_derivative() -> None:
    known = {*ufunc_rows, *numpy_functions, *plain_functions}
    ufuncs = {f for f in vars(np).values() if isinstance(f, np.ufunc) and {"d->d", "dd->d"} & set(f.types)}
    assert sorted(f.__name__ for f in ufuncs - known) == ["nextafter", "spacing"]  # between floats lies nothing
