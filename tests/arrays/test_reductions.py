"""Reductions: rules that the cases do not show, and any array, axis and memory layout against hand-written slopes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd
from autograd import NonFiniteWarning, Tensor, UnsupportedFunctionError, Value, numerical_gradient

# Choices and special values ---------------------------------------------------------------------------------------


def gradient(f: Callable[[Tensor], Any], x: Any) -> np.ndarray:
    t = Tensor(x)
    np.sum(f(t)).backward()
    return np.asarray(t.grad)


@pytest.mark.parametrize("f", [np.max, np.nanmax, autograd.max], ids=["max", "nanmax", "autograd.max"])
def test_ties_share_the_derivative_equally(f: Callable[..., Any]) -> None:
    x = [[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]
    np.testing.assert_array_equal(gradient(lambda t: f(t, axis=1), x), [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_array_equal(gradient(f, x), [[0, 0.5, 0.5], [0, 0, 0]])


def test_an_initial_value_that_is_larger_takes_the_whole_derivative() -> None:
    np.testing.assert_array_equal(gradient(lambda t: np.max(t, initial=5.0), [1.0, 3.0]), [0, 0])


def test_an_extreme_with_a_mask_asks_for_an_initial_value() -> None:
    with pytest.raises(ValueError, match="max with a where needs an initial value"):
        np.max(Tensor([1.0, 2.0]), where=[True, False])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_the_derivative_of_std_is_0_where_nothing_varies(shape: tuple[int, ...]) -> None:
    np.testing.assert_array_equal(gradient(np.std, np.full(shape, 2.5)), np.zeros(shape))


def test_a_second_derivative_passes_a_std_of_0() -> None:
    t = Tensor([2.0, 2.0])
    np.sum(np.std(t) * t).backward(create_graph=True)
    np.sum(t.grad).backward()
    assert np.isfinite(t.grad.numpy()).all()


def test_logsumexp_of_minus_inf_alone_is_minus_inf_with_derivative_0() -> None:
    t = Tensor([[-np.inf, -np.inf], [-np.inf, 1.0]])
    y = autograd.logsumexp(t, axis=1)
    assert y.tolist() == [-np.inf, 1.0]
    y.backward(np.ones(2))
    assert t.grad.tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_logsumexp_of_a_list_has_derivative_0_where_all_is_minus_inf() -> None:
    a, b = Value(-math.inf), Value(-math.inf)
    y = autograd.logsumexp([a, b])
    y.backward()
    assert (y.data, a.grad, b.grad) == (-math.inf, 0.0, 0.0)


def test_logsumexp_does_not_overflow() -> None:
    x = [1000.0, 1000.0, -1000.0]
    assert autograd.logsumexp(Tensor(x)).item() == pytest.approx(1000 + math.log(2))
    np.testing.assert_allclose(gradient(autograd.logsumexp, x), [0.5, 0.5, 0], rtol=1e-12)


def test_the_maximum_of_nan_is_nan_with_a_gradient_that_is_warned_of() -> None:
    t = Tensor([1.0, np.nan], name="t")
    y = np.max(t)
    assert math.isnan(y.item())
    with pytest.warns(NonFiniteWarning, match="t"):
        y.backward()


@pytest.mark.parametrize("f", [np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmedian])
def test_an_element_that_is_nan_has_derivative_0(f: Callable[..., Any]) -> None:
    found = gradient(f, [1.0, np.nan, 3.0, 4.0])
    assert found[1] == 0
    np.testing.assert_allclose(found[[0, 2, 3]], gradient(getattr(np, f.__name__[3:]), [1.0, 3.0, 4.0]))


def test_a_quantile_among_nan_is_nan_and_has_no_slope() -> None:
    t = Tensor([[1.0, np.nan], [1.0, 3.0]])
    y = np.quantile(t, 0.25, axis=1)
    np.testing.assert_array_equal(y.numpy(), [np.nan, 1.5])
    y.backward([1.0, 1.0])
    assert t.grad.tolist() == [[0.0, 0.0], [0.75, 0.25]]


def test_of_equal_elements_in_the_middle_the_first_has_the_derivative_of_the_median() -> None:
    np.testing.assert_array_equal(gradient(np.median, [5.0, 2.0, 2.0]), [0, 0, 1])


def test_the_quantile_asked_for_is_not_differentiated() -> None:
    with pytest.raises(UnsupportedFunctionError, match="quantile of a Tensor takes no Tensor as q"):
        np.quantile(Tensor([1.0, 2.0]), Tensor(0.5))


def test_an_argument_without_meaning_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedFunctionError, match="sum of a Tensor takes no out"):
        np.sum(Tensor([1.0]), out=np.zeros(()))
    with pytest.raises(UnsupportedFunctionError, match="var of a Tensor takes no mean"):
        np.var(Tensor([1.0]), mean=1.0)
    with pytest.raises(UnsupportedFunctionError, match="quantile of a Tensor takes no weights"):
        np.quantile(Tensor([1.0]), 0.5, weights=np.ones(1), method="inverted_cdf")


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.sum(t, axis=2),
        lambda t: np.prod(t, axis=(0, 0)),
        lambda t: np.max(t[:0]),
        lambda t: np.var(t, ddof=1, correction=1),
        lambda t: np.average(t, weights=[1.0, 2.0]),
        lambda t: np.average(t, axis=0, weights=[1.0, 2.0]),
        lambda t: np.average(t, axis=1, weights=[1.0, -1.0]),
        lambda t: np.quantile(t, 1.5),
        lambda t: np.quantile(t, 0.5, method="middle"),
        lambda t: np.cumulative_sum(t),
        lambda t: np.diff(t, n=-1),
        lambda t: np.diff(t[0, 0]),
        lambda t: np.gradient(t, 1.0, 2.0, 3.0),
        lambda t: np.gradient(t, [1.0, 2.0], axis=0),
        lambda t: np.gradient(t, edge_order=3),
        lambda t: np.gradient(t, edge_order=2),
    ],
)
def test_what_numpy_refuses_is_refused_with_the_same_error(call: Callable[[Any], Any]) -> None:
    x = np.arange(6.0).reshape(3, 2)
    with pytest.raises(Exception) as expected:
        call(x)
    with pytest.raises(expected.type):
        call(Tensor(x))


def test_a_mask_written_to_later_does_not_change_what_was_recorded() -> None:
    t, where = Tensor([1.0, 2.0, 4.0]), np.array([True, True, False])
    y = np.var(t, where=where)
    where[:] = True
    y.backward()
    assert t.grad.tolist() == [-0.5, 0.5, 0.0]


# autograd.sum and its kin on arrays -------------------------------------------------------------------------------

NUMPYS = {
    "sum": np.sum,
    "prod": np.prod,
    "max": np.max,
    "min": np.min,
    "norm": np.linalg.norm,
    "logsumexp": lambda x, **options: np.log(np.sum(np.exp(x), **options)),
}
each_of_ours = pytest.mark.parametrize("name", NUMPYS)


@each_of_ours
@pytest.mark.parametrize("kind", [Tensor, np.asarray], ids=["Tensor", "ndarray"])
def test_of_an_array_ours_is_numpys(name: str, kind: Callable[..., Any]) -> None:
    x = np.array([[[1.0, -2.0], [0.5, 3.0], [1.5, 0.1]]] * 2)
    for options in ({}, {"axis": 1}, {"axis": (0, -1), "keepdims": True}):
        if name == "norm" and options == {}:
            continue
        found = getattr(autograd, name)(kind(x), **options)
        assert isinstance(found, Tensor) == (kind is Tensor)
        expected = NUMPYS[name](x, **options)
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found.numpy() if kind is Tensor else found, expected, rtol=1e-14)


@each_of_ours
def test_of_a_vector_ours_gives_a_number(name: str) -> None:
    found = getattr(autograd, name)(np.array([1.0, 2.0]))
    assert isinstance(found, float)
    assert found == pytest.approx(getattr(autograd, name)([1.0, 2.0]), rel=1e-15)


@each_of_ours
def test_the_derivative_is_the_same_on_a_list_of_values_and_on_a_tensor(name: str) -> None:
    numbers = [0.5, 2.0, -1.0, 2.0]
    row = getattr(autograd, name)
    values = [Value(x) for x in numbers]
    row(values).backward()
    np.testing.assert_allclose(gradient(row, numbers), [v.grad for v in values], rtol=1e-14)


@each_of_ours
def test_a_sequence_has_no_axis(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} of a sequence takes no axis"):
        getattr(autograd, name)([Value(1.0)], axis=0)


def test_dot_of_arrays_is_numpys_with_a_start() -> None:
    w, x = Tensor([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])
    assert autograd.dot(w, x, 0.5).tolist() == [-0.5, -0.5]
    assert autograd.dot([1.0, -1.0], w).tolist() == [-2.0, -2.0]
    assert autograd.dot(x, x) == 2.0


def test_dot_of_a_vector_and_a_list_of_values_is_one_value() -> None:
    a, b = Value(2.0), Value(3.0)
    assert autograd.dot(np.array([1.0, -1.0]), [a, b]).data == -1.0


# Any array, along any axes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reduction:
    """A function of many elements, with its partial derivatives by each of them as one writes them by hand."""

    function: Callable[..., Any]
    partials: Callable[[Sequence[float]], Sequence[float]]
    least: int = 0  # how many elements it needs
    numpys: Callable[..., Any] | None = None


def others(xs: Sequence[float], i: int) -> list[float]:
    return [x for j, x in enumerate(xs) if j != i]


def shares(xs: Sequence[float], best: float) -> list[float]:
    return [(x == best) / list(xs).count(best) for x in xs]


def numpys_logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


REDUCTIONS = {
    "sum": Reduction(np.sum, lambda xs: [1.0 for _ in xs]),
    "mean": Reduction(np.mean, lambda xs: [1.0 / len(xs) for _ in xs], 1),
    "var": Reduction(np.var, lambda xs: [2 * (x - sum(xs) / len(xs)) / len(xs) for x in xs], 1),
    "max": Reduction(np.max, lambda xs: shares(xs, max(xs)), 1),
    "min": Reduction(np.min, lambda xs: shares(xs, min(xs)), 1),
    "prod": Reduction(np.prod, lambda xs: [math.prod(others(xs, i)) for i in range(len(xs))]),
    "logsumexp": Reduction(
        autograd.logsumexp,
        lambda xs: [1.0 / math.fsum(math.exp(z - x) for z in xs) for x in xs],
        1,
        numpys_logsumexp,
    ),
}
RUNNING: dict[str, Reduction] = {
    "cumsum": Reduction(np.cumsum, lambda xs: [1.0 for _ in xs]),
    "cumprod": Reduction(np.cumprod, lambda xs: [math.prod(others(xs, i)) for i in range(len(xs))]),
}
NUMBERS = st.integers(-6, 6).map(lambda i: i / 4) | st.floats(-2.0, 2.0, width=32)  # with ties and zeros
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@st.composite
def arrays(draw: Any) -> np.ndarray:
    """Arrays that lie in memory in any way: with steps, backwards, axes exchanged."""
    shape = draw(SHAPES)
    steps = [draw(st.sampled_from([1, 2, -1, -2])) for _ in shape]
    base = draw(
        hnp.arrays(np.float64, tuple(n * abs(step) for n, step in zip(shape, steps, strict=True)), elements=NUMBERS)
    )
    return base[tuple(slice(None, None, step) for step in steps)].transpose(draw(st.permutations(range(len(shape)))))


def leaf(x: np.ndarray) -> Tensor:
    tensor = Tensor(x)
    tensor._primal = x  # as it lies in memory, which a leaf's own copy does not
    return tensor


def slices(shape: tuple[int, ...], axes: tuple[int, ...]) -> list[tuple[Any, list[tuple[int, ...]]]]:
    """For each element of the reduced array its index, axes kept, and the indices of the elements behind it."""
    found: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for kept in np.ndindex(*(1 if i in axes else n for i, n in enumerate(shape))):
        found[kept] = []
    for index in np.ndindex(*shape):
        found[tuple(0 if i in axes else k for i, k in enumerate(index))].append(index)
    return list(found.items())


def check_reduction(name: str, data: st.DataObject) -> None:
    reduction = REDUCTIONS[name]
    x = data.draw(arrays())
    axis = data.draw(st.none() | (hnp.valid_tuple_axes(x.ndim) if x.ndim else st.just(())))
    if axis and len(axis) == 1 and data.draw(st.booleans()):
        axis = axis[0]
    keepdims = data.draw(st.booleans())
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    behind = slices(x.shape, tuple(i % x.ndim for i in axes))
    assume(math.prod(x.shape[i] for i in axes) >= reduction.least)

    t = leaf(x)
    y = reduction.function(t, axis=axis, keepdims=keepdims)
    expected = (reduction.numpys or reduction.function)(x, axis=axis, keepdims=keepdims)
    assert y.shape == np.shape(expected)
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-13, atol=1e-13)

    g = np.random.default_rng(0).uniform(0.5, 1.5, y.shape)
    y.backward(g)
    kept = g.reshape([1 if i in {k % x.ndim for k in axes} else n for i, n in enumerate(x.shape)])
    slope = np.zeros(x.shape)
    for at, indices in behind:
        for index, partial in zip(indices, reduction.partials([float(x[i]) for i in indices]), strict=True):
            slope[index] = kept[at] * partial
    np.testing.assert_allclose(t.grad, slope, rtol=1e-11, atol=1e-12)


def check_running(name: str, data: st.DataObject) -> None:
    running = RUNNING[name]
    x = data.draw(arrays())
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1)) if x.ndim else None
    t = leaf(x)
    y = running.function(t, axis=axis)
    expected = running.function(x, axis=axis)
    assert y.shape == expected.shape
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-13, atol=1e-13)

    g = np.random.default_rng(0).uniform(0.5, 1.5, y.shape)
    y.backward(g)
    along = x.ravel() if axis is None else x
    slope = np.zeros(along.shape)
    for _, indices in slices(along.shape, ((axis or 0) % along.ndim,)):
        for end, last in enumerate(indices, 1):
            partials = running.partials([float(along[i]) for i in indices[:end]])
            for index, partial in zip(indices[:end], partials, strict=True):
                slope[index] += g[last] * partial
    np.testing.assert_allclose(t.grad, slope.reshape(x.shape), rtol=1e-11, atol=1e-12)


few = settings(max_examples=50, deadline=None)
many = settings(max_examples=2000, deadline=None)


@pytest.mark.parametrize("name", REDUCTIONS)
@few
@given(data=st.data())
def test_a_reduction_of_any_array_has_numpys_value_and_the_slopes_written_by_hand(name: str, data: Any) -> None:
    check_reduction(name, data)


@pytest.mark.parametrize("name", RUNNING)
@few
@given(data=st.data())
def test_a_running_reduction_of_any_array_has_numpys_value_and_the_slopes_written_by_hand(name: str, data: Any) -> None:
    check_running(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", REDUCTIONS)
@many
@given(data=st.data())
def test_two_thousand_reductions(name: str, data: Any) -> None:
    check_reduction(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNNING)
@many
@given(data=st.data())
def test_two_thousand_running_reductions(name: str, data: Any) -> None:
    check_running(name, data)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.trapezoid(x, [0.0, 1.0, 3.0]),
        lambda x: np.trapezoid([1.0, 2.0, 4.0], x),
        lambda x: np.sum(np.gradient(x, [0.0, 1.0, 3.0])),
        lambda x: np.sum(np.gradient([1.0, 4.0, 9.0], x[0])),
        lambda x: np.average(x, weights=[1, 2, 3]),
        lambda x: np.average([1.0, 4.0, 9.0], weights=x),
        lambda x: np.sum(np.tensordot(2.0, x, axes=0)),
        lambda x: np.sum(np.ediff1d(x, to_end=[1.0, 2.0]) ** 2),
    ],
)
def test_lists_and_numbers_may_stand_for_arrays(call: Callable[[Any], Any]) -> None:
    x = np.array([0.5, 1.5, 3.5])
    t = Tensor(x)
    y = call(t)
    assert y.item() == pytest.approx(call(x), rel=1e-14)
    y.backward()
    np.testing.assert_allclose(t.grad, numerical_gradient(call, x), rtol=1e-6, atol=1e-8)
