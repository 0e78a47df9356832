"""checkpoint: the same values and derivatives, without the graph between."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import (
    GraphChangedError,
    NotAScalarError,
    Tensor,
    Value,
    check_grads,
    checkpoint,
    draw,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    sin,
    vjp,
)

Function = Callable[..., Any]

A = np.array([[0.5, -1.0], [2.0, 0.25]])
X = np.array([0.3, -0.7])


def layer(x: Any) -> Any:
    return np.tanh(A @ x) * x


def close(found: Any, expected: Any) -> None:
    assert type(found) is type(expected)
    if isinstance(expected, list | tuple):
        for x, y in zip(found, expected, strict=True):
            close(x, y)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def forward(f: Function) -> Function:
    return jacobian(f, mode="forward")


def reverse(f: Function) -> Function:
    return jacobian(f, mode="reverse")


def names(modes: Any) -> str:
    return "-over-".join(mode.__name__ for mode in modes) or "value"


# The same derivatives ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modes", [[], *itertools.product((forward, reverse), repeat=2)], ids=names)
@pytest.mark.parametrize(
    "chain",
    [
        lambda c: lambda x: c(layer)(c(layer)(x)),
        lambda c: c(lambda x: c(layer)(x) * c(c(layer))(2 * x)),
        lambda c: lambda x: x + c(lambda x, y, scale: scale * x * y)(x, layer(x), scale=3.0),
        lambda c: lambda x: c(lambda p: {"s": np.sum(p[0]), "y": [p[1] * x]})([x, x**2])["y"][0],
    ],
    ids=["chain", "nested", "several arguments", "containers and a captured array"],
)
def test_derivatives_in_any_mix_of_modes_are_those_without(chain: Function, modes: Any) -> None:
    found, expected = chain(checkpoint), chain(lambda f: f)
    for mode in modes:
        found, expected = mode(found), mode(expected)
    close(found(X), expected(X))


@pytest.mark.parametrize("modes", [*itertools.product((forward, reverse), repeat=3)], ids=names)
def test_third_derivatives_of_a_number_are_those_of_the_formula(modes: Any) -> None:
    f: Function = checkpoint(lambda x: checkpoint(sin)(x) * x)
    for mode in modes:
        f = mode(f)
    assert f(0.5) == pytest.approx(-3 * np.sin(0.5) - 0.5 * np.cos(0.5), rel=1e-13)


@pytest.mark.parametrize(
    "of",
    [
        lambda f: jvp(f, (X,), (A[0],)),
        lambda f: vjp(f, X)[1](A[1]),
        lambda f: hessian(lambda x: np.sum(f(x)))(X),
        lambda f: hvp(lambda x: np.sum(f(x)))(X, A[0]),
        lambda f: grad(lambda x: np.sum(f(x)))(X),
    ],
    ids=["jvp", "vjp", "hessian", "hvp", "grad"],
)
def test_every_transform_goes_through(of: Function) -> None:
    close(of(checkpoint(layer)), of(layer))


def test_derivatives_of_derivatives_may_be_checkpointed() -> None:
    assert grad(checkpoint(grad(lambda x: x**4)))(2.0) == 48.0
    assert grad(checkpoint(grad(checkpoint(lambda x: x**4))))(2.0) == 48.0


def test_differences_agree() -> None:
    gradcheck(lambda x: np.sum(checkpoint(layer)(x)), X)
    check_grads(checkpoint(lambda x: {"y": layer(x), "s": [np.sum(x)]}), order=2)(X)


@pytest.mark.parametrize("wrap", [lambda f: f, checkpoint], ids=["plain", "checkpointed"])
def test_tensors_and_values_that_it_gets_hold_of_by_itself_have_their_gradients(wrap: Function) -> None:
    w, s = Tensor(X), Value(3.0)
    doubled = 2 * w
    out = wrap(lambda x: np.sum(x * doubled * s**2))(Tensor([1.0, 10.0]))
    out.backward()
    close(w.grad, 18 * np.array([1.0, 10.0]))
    assert s.grad == pytest.approx(2 * 3.0 * float(np.sum([2.0, 20.0] * X)))


@pytest.mark.parametrize("wrap", [lambda f: f, checkpoint], ids=["plain", "checkpointed"])
def test_an_infinite_derivative_elsewhere_or_inside_leaves_the_others_as_they_are(wrap: Function) -> None:
    x, w = np.array([0.0, 1.0]), np.array([2.0, 3.0])
    found = grad(lambda x, w: np.sum(wrap(np.square)(w)) + np.sum(np.sqrt(x)), (0, 1))(x, w)
    close(found, (np.array([np.inf, 0.5]), np.array([4.0, 6.0])))

    def f(x: Any) -> Any:  # √x₀ x₁ + √x₁ x₀
        return np.sum(wrap(lambda x: np.sqrt(x) * x[::-1])(x))

    close(grad(f)(x), np.array([np.inf, 0.0]))
    assert grad(lambda x: grad(f)(x)[1])(x)[0] == np.inf


@pytest.mark.parametrize("wrap", [lambda f: f, checkpoint], ids=["plain", "checkpointed"])
def test_results_may_be_arguments_captured_constant_or_the_same_twice(wrap: Function) -> None:
    x, w = Tensor(X), Tensor([1.0, 2.0])

    def f(x: Any) -> Any:
        y = x * w
        return x, w, y, y, 7.0, np.ones(2)

    first, second, third, fourth, number, ones = wrap(f)(x)
    assert (number, ones.tolist()) == (7.0, [1.0, 1.0])
    np.sum(first + 10 * second + 100 * third + 1000 * fourth).backward()
    close(x.grad, 1 + 1100 * np.array([1.0, 2.0]))
    close(w.grad, 10 + 1100 * X)


def test_values_stay_values_and_tensors_tensors() -> None:
    total, both = checkpoint(lambda a, x: (a * a, a * x))(Value(2.0), Tensor(X))
    assert (type(total), type(both)) == (Value, Tensor)
    assert checkpoint(lambda x: (x * 2, np.sum(x)))(Tensor(2.0))[1].shape == ()


def test_float32_stays_float32() -> None:
    x = Tensor(X.astype(np.float32))
    single, double = checkpoint(lambda x: (x * x, x.astype(np.float64)))(x)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    (np.sum(single) + np.sum(double)).backward()
    assert x.grad.dtype == np.float32
    assert jvp(checkpoint(np.tanh), (x.numpy(),), (x.numpy(),))[1].dtype == np.float32


def test_without_a_derivative_to_find_it_is_the_function_itself() -> None:
    assert checkpoint(lambda x: x * x)(3.0) == 9.0
    with no_grad():
        assert checkpoint(lambda x: x * x)(Value(3.0)).is_leaf


def test_it_is_one_node_with_edges_and_a_picture() -> None:
    x = Tensor(X, name="x")
    y = checkpoint(layer)(x)
    assert [parent.name for parent in y.parents] == ["x"]
    np.testing.assert_allclose(y.edges[0].local_gradient, jacobian(layer)(X), rtol=1e-13)
    assert "checkpoint(layer)" in draw(np.sum(y)).to_string()


# The graph is forgotten -------------------------------------------------------------------------------------------


def test_the_graph_between_is_forgotten() -> None:
    between = []

    def f(x: Any) -> Any:
        for _ in range(5):
            x = np.tanh(x)
            between.append(weakref.ref(x._primal))
        return x * 2

    y = Tensor(X)
    x = y
    for _ in range(10):
        y = checkpoint(f)(y)
    gc.collect()
    assert len(between) == 50
    assert not any(kept() is not None for kept in between)
    np.sum(y).backward()
    assert len(between) == 100
    assert x.grad is not None


def tensors() -> int:
    gc.collect()
    return sum(type(x) is Tensor for x in gc.get_objects())


def test_of_a_long_chain_one_node_a_function_is_kept() -> None:
    def long(x: Any) -> Any:
        for _ in range(50):
            x = np.sin(x)
        return x

    before = tensors()
    x = Tensor(X)
    y = x
    for _ in range(20):
        y = checkpoint(long)(y)
    assert tensors() - before < 20 * 3
    np.sum(y).backward()
    del x, y
    assert tensors() <= before


# Functions that are not the same again ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        lambda x: 3 * x,
        lambda x: x[:1],
        lambda x: (2 * x, x),
        lambda x: 2 * X,
        lambda x: {"y": 2 * x, "z": x},
    ],
    ids=["numbers", "shape", "form", "off the graph", "dict"],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_function_that_gives_another_result_when_computed_again_is_refused(other: Function, mode: Any) -> None:
    again = iter([lambda x: 2 * x])

    def changing(x: Any) -> Any:
        return next(again, other)(x)

    with pytest.raises(GraphChangedError, match=r"changing, computed again .* gave another result.*as an argument"):
        jacobian(checkpoint(changing), mode=mode)(X)


def test_random_numbers_drawn_inside_are_refused_and_given_as_an_argument_are_not() -> None:
    rng = np.random.default_rng(0)

    def dropout(x: Any, mask: Any = None) -> Any:
        return x * (rng.uniform(size=2) if mask is None else mask)

    with pytest.raises(GraphChangedError, match="draws random numbers"):
        grad(lambda x: np.sum(checkpoint(dropout)(x)))(X)
    mask = rng.uniform(size=2)
    close(grad(lambda x: np.sum(checkpoint(dropout)(x, mask)))(X), mask)


def test_an_argument_written_to_since_belongs_to_the_call_as_it_was() -> None:
    mask = np.ones(2)
    x = Tensor(X)
    y = checkpoint(lambda x, mask: x * mask)(x, mask)
    mask[:] = 5.0
    np.sum(y).backward()
    close(x.grad, np.ones(2))


def test_a_captured_leaf_changed_since_is_refused() -> None:
    w = Tensor(X)
    y = np.sum(checkpoint(lambda x: x * w)(Tensor(X)))
    w.data = 2 * X
    with pytest.raises(GraphChangedError):
        y.backward()


@pytest.mark.parametrize("update", ["in place", "anew", "element"])
def test_a_captured_leaf_may_be_updated_between_two_steps(update: str) -> None:
    w, x = Tensor([1.0, 2.0]), Tensor([1.0, 10.0])
    f = checkpoint(lambda x: x * w**2)
    for step in range(3):
        before = w.numpy().copy()
        w.grad = None
        np.sum(f(x)).backward()
        close(w.grad, 2 * before * [1.0, 10.0])
        if update == "in place":
            w.data -= 0.1 * (step + 1)
        elif update == "anew":
            w.data = w.data + 0.5
        else:
            w.data[0] = 7.0 + step


def test_an_error_in_the_second_run_leaves_all_as_it_was() -> None:
    runs = itertools.count()

    def fails_once(x: Any) -> Any:
        if next(runs) == 1:
            raise RuntimeError("inside")
        return x * x

    x = Value(3.0)
    y = checkpoint(fails_once)(x) * 2.0
    with pytest.raises(RuntimeError, match="inside"):
        y.backward()
    assert (x.grad, x.reached, y.grad) == (0.0, 0, 0.0)
    y.backward()
    assert x.grad == 12.0


def test_a_result_that_hides_variables_from_the_walk_is_refused() -> None:
    class Holder:
        def __init__(self, x: Any) -> None:
            self.x = x

    with pytest.raises(NotAScalarError, match=r"must return numbers or arrays.*returned Holder"):
        checkpoint(Holder)(Value(2.0))
    with pytest.raises(NotAScalarError, match="nothing returned None: is its return statement missing"):
        checkpoint(nothing)(Value(2.0))


def nothing(x: Any) -> None:
    x * x


def test_it_is_named_after_its_function() -> None:
    assert checkpoint(layer).__name__ == "checkpoint(layer)"
    assert checkpoint(layer)(Tensor(X)).op.name == "checkpoint(layer)"
