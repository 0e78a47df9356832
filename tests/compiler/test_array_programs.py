"""Compiled functions of Tensors: they agree with the eager engine, freeze no number, and use their buffers again."""

from __future__ import annotations

import threading
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import ArgumentError, NotAScalarError, SizeError, Tensor, TracingError
from autograd.compiler import compile
from autograd.compiler.array_function import ArrayFunction
from autograd.reverse import adjoints
from tests.arrays.case import Case, distinct
from tests.arrays.test_rows import CASES

REFUSED = {  # which way they compute is a choice by the numbers
    "expm",
    "extract",
    "interp",
    "lstsq",
    "nanmedian",
    "nanpercentile",
    "nanquantile",
    "nanstd",
    "nanvar",
}
SCALED = 1 + 1e-3


def drawn(case: Case, seed: int) -> list[np.ndarray]:
    """Operands that stand in another order than those of another seed."""
    rng = np.random.default_rng([zlib.crc32(str(case).encode()), seed])
    return [np.asarray(x(rng)) if callable(x) else distinct(rng, tuple(x)) for x in case.operands]


def weighted(case: Case) -> Callable[..., Any]:
    """The sum of the results of a case, each with a weight."""

    def f(*operands: Any) -> Any:
        y = case(*operands)
        return np.sum(np.random.default_rng(7).uniform(-1, 1, np.shape(y)) * y)

    return f


def eagerly(f: Callable[..., Any], arrays: list[np.ndarray], *captured: Tensor) -> tuple[float, list[np.ndarray]]:
    operands = [Tensor(x) if x.dtype.kind == "f" else x for x in arrays]
    y = f(*operands)
    by = [*captured] or [x for x in operands if isinstance(x, Tensor)]
    found = adjoints({y: np.ones(y.shape, y.dtype)}).of_leaves if isinstance(y, Tensor) else {}
    return float(y), [found.get(x, np.zeros(x.shape, x.dtype)) for x in by]


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_function_agrees_with_the_eager_engine_or_is_refused(case: Case) -> None:
    f = weighted(case)
    step = ArrayFunction(f)
    every = tuple(range(len(case.operands)))
    try:
        step.value_and_grad(*drawn(case, 0), argnums=every)
    except TracingError:
        assert case.function.__name__ in REFUSED
        return
    for arrays in (drawn(case, 1), [x * SCALED for x in drawn(case, 0)]):
        value, gradients = step.value_and_grad(*arrays, argnums=every)
        expected, others = eagerly(f, arrays)
        assert value == pytest.approx(expected, rel=1e-11, abs=1e-12)
        for found, other in zip(gradients, others, strict=True):
            close(found, other)


def mlp(dtype: Any = np.float64) -> tuple[Callable[..., Any], list[Tensor]]:
    rng = np.random.default_rng(0)
    shapes = {"W1": (784, 30), "b1": (30,), "W2": (30, 10), "b2": (10,)}
    W1, b1, W2, b2 = leaves = [Tensor(0.1 * rng.normal(size=s), name=n, dtype=dtype) for n, s in shapes.items()]
    return lambda X, Y: autograd.cross_entropy(autograd.sigmoid(X @ W1 + b1) @ W2 + b2, Y), leaves


def batch(seed: int, n: int = 10, dtype: Any = np.float64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 784)).astype(dtype), rng.integers(0, 10, n)


# Parameters and arguments


def test_captured_tensors_are_the_parameters_in_the_order_of_their_use() -> None:
    loss, leaves = mlp()
    step = compile(loss, arrays=True)
    step(*batch(0))
    assert [x.name for x in step.parameters] == ["W1", "b1", "W2", "b2"]
    assert all(a is b for a, b in zip(step.parameters, leaves, strict=True))


def test_labels_may_be_others_in_each_call() -> None:
    loss, leaves = mlp()
    step = ArrayFunction(loss)
    for seed in range(3):
        X, Y = batch(seed)
        value, gradients = step.value_and_grad(X, Y)
        expected, others = eagerly(loss, [X, Y], *leaves)
        assert value == pytest.approx(expected, rel=1e-12)
        for found, other in zip(gradients, others, strict=True):
            close(found, other)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, i: np.sum(x[np.arange(4), i] ** 2),
        lambda x, i: np.sum(x[i] ** 2),
        lambda x, i: np.sum(np.take(x, i, axis=0) ** 2),
        lambda x, i: np.sum(np.take_along_axis(x, i[:, None], axis=1) ** 2),
        lambda x, i: np.sum(autograd.one_hot(i, 4) * x**2),
        lambda x, i: np.sum(x * i),
        lambda x, i: np.sum(np.where(i > -1, x, 0.0) * np.reshape(i, (4, 1))),
    ],
    ids=["columns", "rows", "take", "take_along_axis", "one_hot", "factor", "reshaped"],
)
def test_integers_pick_and_weigh_anew_in_each_call(f: Callable[..., Any]) -> None:
    step = ArrayFunction(f)
    rng = np.random.default_rng(0)
    for _ in range(4):
        x, i = rng.normal(size=(4, 4)), rng.integers(0, 4, 4)
        value, gradient = step.value_and_grad(x, i, argnums=0)
        expected, (other,) = eagerly(f, [x, i])
        assert value == pytest.approx(expected, rel=1e-12)
        close(gradient, other)


def test_a_label_out_of_range_is_refused_as_eagerly() -> None:
    loss, _ = mlp()
    step = ArrayFunction(loss)
    X, Y = batch(0)
    step(X, Y)
    Y[3] = -1
    with pytest.raises(ArgumentError, match="from 0 to 9"):
        step(X, Y)


def test_arguments_may_be_numbers_lists_tuples_and_dicts() -> None:
    step = ArrayFunction(lambda p, xs, scale: {"loss": np.sum(scale * p["w"] * xs[0]), "both": xs})
    found = step({"w": [1.0, 2.0]}, (np.array([3.0, 4.0]), 5.0), 2.0)
    assert found["loss"] == 22.0
    np.testing.assert_array_equal(found["both"][0], [3.0, 4.0])
    assert found["both"][1] == 5.0


def test_gradients_by_arguments_have_their_form() -> None:
    step = ArrayFunction(lambda p, x: np.sum((p["w"] * x + p["b"]) ** 2))
    value, gradient = step.value_and_grad({"w": np.array([1.0, 2.0]), "b": 0.5}, np.array([1.0, -1.0]), argnums="p")
    assert value == 1.5**2 + 1.5**2
    np.testing.assert_allclose(gradient["w"], [3.0, 3.0])
    np.testing.assert_allclose(gradient["b"], 0.0)


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0]])
def test_without_parameters_a_gradient_by_them_is_refused(x: Any) -> None:
    step = compile(lambda x: np.sum(x * x), arrays=True)
    with pytest.raises(ArgumentError, match=r"captures no Tensors to differentiate by; .* \.grad\(..., argnums=0\)"):
        step.grad(x)
    np.testing.assert_array_equal(step.grad(x, argnums=0), 2 * np.asarray(x))


def test_float32_stays_float32() -> None:
    loss, leaves = mlp(np.float32)
    step = ArrayFunction(loss)
    _, gradients = step.value_and_grad(*batch(0, dtype=np.float32))
    assert {g.dtype for g in gradients} == {np.dtype(np.float32)}
    _, others = eagerly(loss, list(batch(0, dtype=np.float32)), *leaves)
    for found, other in zip(gradients, others, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-4, atol=1e-6)


def test_other_shapes_and_types_are_recorded_again() -> None:
    runs = []

    def f(x: Any) -> Any:
        runs.append(x.shape)
        return np.sum(x * x)

    step = ArrayFunction(f)
    for x in (np.ones(3), np.ones(4), np.ones(3), np.ones(3, np.float32), np.ones(4)):
        assert step(x) == x.size
    assert runs == [(3,), (3,), (4,), (4,), (3,), (3,)]


def test_parameters_are_read_at_each_call_in_place_or_not() -> None:
    w = Tensor([1.0, 2.0])
    step = ArrayFunction(lambda x: np.sum(w.T * x))
    assert step(np.ones(2)) == 3.0
    w.data[0] = 5.0
    assert step(np.ones(2)) == 7.0
    w.data = np.array([10.0, 20.0])
    assert step(np.ones(2)) == 30.0


def test_a_second_derivative_inside_is_recorded() -> None:
    def f(x: Any) -> Any:
        slope = autograd.grad(lambda z: np.sum(np.sin(z) * z**2))(x)
        return np.sum(slope**2)

    step = ArrayFunction(f)
    for seed in (0, 1):
        x = np.random.default_rng(seed).normal(size=5)
        value, gradient = step.value_and_grad(x, argnums=0)
        expected, (other,) = eagerly(f, [x])
        assert value == pytest.approx(expected, rel=1e-12)
        close(gradient, other)


def test_conditions_are_recorded() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.where((x > 0) & ~(x >= 1) | (x == 3), x**2, -x)) + np.sum(x * (np.argmax(x) + 1))

    step = ArrayFunction(f)
    for x in ([-1.0, 0.5, 2.0], [0.5, 3.0, -2.0], [1.0, 0.9, 0.1]):
        value, gradient = step.value_and_grad(np.array(x), argnums=0)
        assert value == pytest.approx(float(f(np.array(x))), rel=1e-12)
        close(gradient, eagerly(f, [np.array(x)])[1][0])


# What would be frozen is refused


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x * x.data, r"\.data reads"),
        (lambda x: x * (x + 1).numpy(), r"numpy\(\) reads"),
        (lambda x: x * x[0].item(), r"item\(\) reads"),
        (lambda x: x * float(x[0]), r"float\(\) reads"),
        (lambda x: x * np.asarray(x), "np.asarray reads"),
        (lambda x: x * x.detach(), r"detach\(\) reads"),
        (lambda x: x if x[0] > 0 else -x, r"bool\(\) of"),
        (lambda x: x[np.nonzero(x)], "np.nonzero reads"),
        (lambda x: x[x > 0], "an index made of it reads"),
    ],
)
def test_a_number_that_is_read_is_refused_with_the_line(f: Callable[..., Any], message: str) -> None:
    with pytest.raises(TracingError, match=f"(?s){message}.*test_array_programs.py, line"):
        ArrayFunction(f)(np.array([1.0, 2.0]))


def test_what_is_computed_from_integers_elsewhere_is_refused_with_a_cure() -> None:
    with pytest.raises(TracingError, match="Give what is computed from it as an argument of its own"):
        ArrayFunction(lambda x, i: np.sum(x * (i + 1)))(np.ones(3), np.array([0, 2, 1]))


def test_a_count_of_integers_is_refused() -> None:
    with pytest.raises(TracingError, match="outside of the recorded operations"):
        ArrayFunction(lambda x, i: np.sum(x * np.bincount(i, minlength=3)))(np.ones(3), np.array([0, 2, 1]))


def test_a_captured_number_that_is_read_is_refused_by_name() -> None:
    w = Tensor([1.0, 2.0], name="w")
    with pytest.raises(TracingError, match="reads the numbers of w"):
        ArrayFunction(lambda x: np.sum(x * w * w.data))(np.ones(2))


@pytest.mark.parametrize("start", [np.array([1.0, 2.0]), np.array([-1.0, -2.0])])
def test_a_branch_on_the_numbers_of_a_captured_leaf_is_refused(start: Any) -> None:
    w = Tensor(start, name="w")

    def loss(x: Any) -> Any:
        return np.sum(x * w) if w.data.sum() > 0.0 else np.sum(x * w**2)

    step = ArrayFunction(loss)
    with pytest.raises(TracingError, match=r"reads the number of w .* and does something else if it is another one"):
        step(np.ones(2))
    assert step.parameters == []


def test_numbers_that_are_read_and_decide_nothing_do_no_harm() -> None:
    w = Tensor(np.array([1.0, 2.0]))
    seen = []

    def loss(x: Any) -> Any:
        seen.append(w.data.sum())
        return np.sum(x * w)

    assert ArrayFunction(loss)(np.ones(2)) == 3.0
    assert seen[0] == 3.0
    np.testing.assert_array_equal(w.data, [1.0, 2.0])


def test_numbers_drawn_behind_ones_back_are_refused() -> None:
    with pytest.raises(TracingError, match="draws random numbers"):
        ArrayFunction(lambda x: np.sum(x) if np.random.random() < 2.0 else x)(np.ones(2))


def test_integers_that_may_be_no_others_are_refused() -> None:
    w = Tensor([1.0, 2.0])

    def picky(x: Any, t: Any) -> Any:
        if sorted(t) != [3, 5]:
            raise ValueError("one 3 and one 5")
        return np.sum((x * w - t) ** 2)

    with pytest.raises(TracingError, match=r"takes no other integers than those given.*one 3 and one 5"):
        ArrayFunction(picky)(np.ones(2), np.array([3, 5]))


def test_random_numbers_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(TracingError, match="does it draw random numbers"):
        ArrayFunction(lambda x: np.sum(x * rng.normal(size=2)))(np.ones(2))


def test_a_gradient_of_several_numbers_is_refused() -> None:
    with pytest.raises(NotAScalarError, match=r"returns a Tensor of shape \(2,\)"):
        ArrayFunction(lambda x: 2 * x).value_and_grad(np.ones(2), argnums=0)


def test_buffers_that_do_not_fit_are_refused() -> None:
    loss, _ = mlp()
    step = ArrayFunction(loss)
    _, out = step.value_and_grad(*batch(0))
    with pytest.raises(SizeError, match="out must have an array for"):
        step.value_and_grad(*batch(0), out=[out[0].T, *out[1:]])


# Numbers that are not finite


def test_zero_times_inf_is_zero_as_eagerly() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 0.0)), 0.0))

    step = ArrayFunction(f)
    step.value_and_grad(np.array([1.0, 4.0]), argnums=0)
    x = np.array([-1.0, 4.0])
    value, gradient = step.value_and_grad(x, argnums=0)
    assert value == 2.0
    np.testing.assert_array_equal(gradient, eagerly(f, [x])[1][0])
    assert np.isfinite(gradient).all()


def test_a_median_of_nan_is_nan_where_none_was_when_it_was_recorded() -> None:
    step = ArrayFunction(lambda x: np.median(x, axis=0))
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(step(x), np.median(x, axis=0))
    x[1, 0] = np.nan
    np.testing.assert_allclose(step(x), np.median(x, axis=0))


# Buffers


def test_the_first_call_finds_out_whether_a_function_takes_whole_arrays() -> None:
    W = Tensor(np.eye(3), name="W")
    step = compile(lambda X: np.mean((X @ W) ** 2))
    X = np.arange(6.0).reshape(2, 3)
    value, (gradient,) = step.value_and_grad(X)
    assert value == pytest.approx(np.mean(X**2))
    close(gradient, 2 * X.T @ X / 6)
    assert step.parameters == [W] or step.parameters[0] is W


def test_results_belong_to_the_caller() -> None:
    loss, _ = mlp()
    step = ArrayFunction(loss)
    _, first = step.value_and_grad(*batch(0))
    before = [g.copy() for g in first]
    _, second = step.value_and_grad(*batch(1))
    for g, kept, other in zip(first, before, second, strict=True):
        np.testing.assert_array_equal(g, kept)
        assert not np.shares_memory(g, other)


def test_a_training_step_allocates_no_arrays_after_the_first() -> None:
    loss, _ = mlp()
    step = ArrayFunction(loss)
    X, Y = batch(0)
    _, out = step.value_and_grad(X, Y)
    data = [leaf.data for leaf in step.parameters]

    def train() -> None:
        step.value_and_grad(X, Y, out=out)
        for p, g in zip(data, out, strict=True):
            np.multiply(g, 0.1, out=g)
            np.subtract(p, g, out=p)

    for _ in range(3):
        train()
    tracemalloc.start()
    try:
        train()
        start = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        train()
        growth = tracemalloc.get_traced_memory()[1] - start
    finally:
        tracemalloc.stop()
    assert growth < 10_000  # one of the gradients alone takes 188,160


def test_threads_may_call_at_once() -> None:
    loss, leaves = mlp()
    step = ArrayFunction(loss)
    expected = [eagerly(loss, list(batch(seed)), *leaves) for seed in range(4)]
    wrong = []

    def work(seed: int) -> None:
        for _ in range(50):
            value, gradients = step.value_and_grad(*batch(seed))
            if abs(value - expected[seed][0]) > 1e-12 or not np.allclose(gradients[0], expected[seed][1][0], 1e-10):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_plan_prints_a_line_for_each_call() -> None:
    w = Tensor([1.0, 2.0], name="w")
    step = ArrayFunction(lambda x: np.sum(np.tanh(x @ w)))
    step(np.ones((3, 2)))
    assert str(step.plan).splitlines() == [
        "t0[3] = matmul(argument 0, w)",
        "t1[3] = tanh(t0)",
        "t2[] = add.reduce(t1)",
        "return t2",
    ]
    assert step.plan.steps[0].flops == 12


def test_a_masked_array_is_refused() -> None:
    w = Tensor([1.0, 2.0])
    with pytest.raises(autograd.NotANumberError, match="argument 0 of <lambda> must be made of real numbers"):
        compile(lambda x: np.sum(w * x), arrays=True)(np.ma.array([1.0, 2.0], mask=[0, 1]))
