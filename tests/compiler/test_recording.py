"""Recording: what a function may do while it is recorded, and what is refused, with the user's line and the cure."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Compiled, TracingError, Value

X = [1.0, 2.0]
w = Value(2.0, name="w")


@pytest.fixture(autouse=True)
def _w_keeps_its_number() -> Iterator[None]:
    yield
    assert w.data == 2.0


def compiled(f: Callable[..., Any], **settings: Any) -> Compiled:
    return ag.compile(f, backend="numpy", **settings)


# Numbers that differ from call to call ------------------------------------------------------------------------------

READS: dict[str, Callable[[Any], Any]] = {
    "float()": lambda x: float(x) * w,
    ".data": lambda x: x.data * w,
    "the data of a result": lambda x: (x * w).data + x,
    "math.sin": lambda x: math.sin(x) * w,
    "math.floor": lambda x: math.floor(x) * w,
    "an array of floats": lambda x: np.array([x, w], float).sum(),
}


@pytest.mark.parametrize("name", READS)
def test_reading_a_number_is_refused_with_the_line_and_the_way_out(name: str) -> None:
    with pytest.raises(TracingError, match=r"test_recording\.py, line \d+: .*lambda x.*where\(condition, a, b\)"):
        compiled(READS[name])(X)


BRANCHES: dict[str, Callable[[Any], Any]] = {
    "if": lambda x: w if x > 0 else -w,
    "if of a number": lambda x: w if x else -w,
    "and": lambda x: x and w,
    "or": lambda x: x or w,
    "not": lambda x: (not x) * w,
    "min": lambda x: min(x, w),
    "max": lambda x: max(x, w),
    "sorted": lambda x: sorted([x, w])[0],
    "in": lambda x: w if x in (1.0, 2.0) else -w,
    "a captured leaf": lambda x: x if w > 0 else -x,
    "a captured leaf as it is": lambda x: x if w else -x,
}


@pytest.mark.parametrize("name", BRANCHES)
def test_branching_is_refused_with_the_line_and_the_way_out(name: str) -> None:
    with pytest.raises(TracingError, match=r"bool\(\) of .*test_recording\.py, line \d+: .*lambda x.*where\(.*static="):
        compiled(BRANCHES[name])(X)


def test_a_loop_until_a_number_is_small_is_refused() -> None:
    def halved(x: Any) -> Any:
        while x > 1:
            x = x / 2
        return x

    with pytest.raises(TracingError, match="while x > 1"):
        compiled(halved)(X)


@pytest.mark.parametrize(
    "f", [lambda x: int(x) * w, lambda x: round(x) * w, lambda x: [w, w][x], lambda x: ag.sum([w] * x), range]
)
def test_a_float_is_no_integer(f: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        compiled(f)(X)


def test_where_maximum_and_static_are_the_ways_out() -> None:
    np.testing.assert_array_equal(compiled(lambda x: ag.where(x > 1.5, w, -w))(X), [-2.0, 2.0])
    np.testing.assert_array_equal(compiled(lambda x: ag.maximum(x, 1.5))(X), [1.5, 2.0])
    chosen = compiled(lambda x, sign: x if sign > 0 else -x, static="sign")
    np.testing.assert_array_equal(chosen(X, 1), X)
    np.testing.assert_array_equal(chosen(X, -1), [-1.0, -2.0])


# Numbers that would be frozen ---------------------------------------------------------------------------------------

FROZEN: dict[str, Callable[[Any], Any]] = {
    ".data": lambda x: x * w.data,
    "float()": lambda x: x * float(w),
    "a copy of a leaf": lambda x: x * Value(w.data),
    "math.exp": lambda x: x * math.exp(w),
}


@pytest.mark.parametrize("name", FROZEN)
def test_the_number_of_a_captured_leaf_is_refused_by_name(name: str) -> None:
    with pytest.raises(TracingError, match=r"the number of w \(test_recording\.py, line \d+: .*frozen"):
        compiled(FROZEN[name])(X)


def test_a_number_that_is_only_shown_does_no_harm() -> None:
    shown = []

    def f(x: Any) -> Any:
        shown.append(w.data)
        return w * x

    np.testing.assert_array_equal(compiled(f)(X), [2.0, 4.0])
    assert shown[0] == 2.0


HIDDEN: dict[str, Callable[[Any], Any]] = {
    "random": lambda x: x * random.random(),
    "NumPy's random": lambda x: x + np.random.normal(),
    "the time": lambda x: x * time.perf_counter_ns(),
    "what is computed under no_grad": lambda x: x + silently(lambda: w * x),
}


def silently(f: Callable[[], Any]) -> Any:
    with ag.no_grad():
        return f()


@pytest.mark.parametrize("name", HIDDEN)
def test_a_number_that_moves_by_itself_is_refused(name: str) -> None:
    with pytest.raises(
        TracingError, match=r"<lambda> (does not compute the same each time .*state|draws random numbers)"
    ):
        compiled(HIDDEN[name])(X)


def test_a_state_kept_between_calls_is_refused() -> None:
    calls = []

    def counting(x: Any) -> Any:
        calls.append(1)
        return x * len(calls)

    with pytest.raises(TracingError, match=r"counting does not compute the same each time \(1.0, then 2.0\)"):
        compiled(counting)(X)


def test_values_kept_between_calls_are_refused() -> None:
    kept: dict[str, Any] = {}
    step = compiled(lambda x: kept.setdefault("y", w * x) * 2.0)
    with pytest.raises(TracingError, match="does not compute the same each time"):
        step(X)
    assert step.parameters == []


def test_a_seed_drawn_inside_is_a_constant() -> None:
    f = compiled(lambda x: x * random.Random(0).random())
    np.testing.assert_array_equal(f(X), [random.Random(0).random() * x for x in X])


@pytest.mark.parametrize("turn", [1, 2])
def test_an_error_of_the_function_comes_through_and_nothing_is_changed(turn: int) -> None:
    turns = []

    def f(x: Any) -> Any:
        turns.append(w.data)
        y = w * x
        if len(turns) == turn:
            raise KeyError("mine")
        return y

    step = compiled(f)
    with pytest.raises(KeyError, match="mine"):
        step(X)
    assert w.data == 2.0
    assert step.parameters == []
    np.testing.assert_array_equal(step(X), [2.0, 4.0])


def test_recording_changes_no_gradient_and_no_graph() -> None:
    leaf = Value(2.0)
    before = leaf * leaf
    compiled(lambda x: leaf * x).value_and_grad(X)
    assert leaf.grad == 0.0
    before.backward()  # not refused as changed in between
    assert leaf.grad == 4.0


# What may be done ---------------------------------------------------------------------------------------------------


def test_a_leaf_made_inside_is_a_constant(backend: str) -> None:
    f = ag.compile(lambda x: Value(3.0, name="c") * x * w, backend=backend)
    value, gradient = f.value_and_grad(X)
    assert f.parameters == [w]
    assert (value, gradient.tolist()) == (9.0, [4.5])


def test_a_node_made_before_stands_for_the_leaves_it_is_made_of(backend: str) -> None:
    leaf = Value(3.0)
    square = leaf * leaf
    f = ag.compile(lambda x: square * x, backend=backend)
    assert f.grad(X).tolist() == [9.0]
    leaf.data = 1.0
    np.testing.assert_array_equal(f(X), X)


def test_grad_may_be_taken_inside(backend: str) -> None:
    leaf = Value(2.0)
    slope = ag.compile(lambda x: ag.grad(lambda v: ag.sin(v * leaf))(x), backend=backend)
    np.testing.assert_allclose(slope(X), 2.0 * np.cos(2.0 * np.array(X)), rtol=1e-15)
    by_leaf = [np.cos(2.0 * x) - 2.0 * x * np.sin(2.0 * x) for x in X]
    np.testing.assert_allclose(slope.grad(X), [np.mean(by_leaf)], rtol=1e-14)


def test_recording_goes_on_under_no_grad(backend: str) -> None:
    with ag.no_grad():
        f = ag.compile(lambda x: w * x * x, backend=backend)
        assert f.value_and_grad(X) == (5.0, [2.5])


def test_names_and_pictures_of_traced_values_may_be_made() -> None:
    np.testing.assert_array_equal(compiled(lambda x: (repr(x * w), f"{x}", x + w)[2])(X), [3.0, 4.0])


def test_functions_of_numpy_are_recorded() -> None:
    np.testing.assert_allclose(compiled(lambda x: np.tanh(x) * np.add(x, w))(X), [np.tanh(x) * (x + 2.0) for x in X])


def test_one_function_may_call_another_compiled_one_on_plain_numbers() -> None:
    inner = compiled(lambda x: 2.0 * x)
    np.testing.assert_array_equal(compiled(lambda x: x * inner(3.0))(X), [6.0, 12.0])


def test_a_compiled_function_takes_no_traced_values() -> None:
    inner = compiled(lambda x: 2.0 * x)
    with pytest.raises(ag.NotANumberError, match=r"argument 0 of <lambda> is a Value"):
        compiled(lambda x: inner(x))(X)


@pytest.mark.parametrize(
    "branch",
    [lambda w, x: x if w.data > 0 else -x, lambda w, x: [x] * (1 + (float(w) < 0)), lambda w, x: x / (w.data > 1)],
)
def test_a_branch_on_the_number_of_a_captured_leaf_is_refused(branch: Callable[..., Any]) -> None:
    w = Value(2.0, name="w")
    with pytest.raises(TracingError, match=r"reads the number of w .* and does something else if it is another one"):
        compiled(lambda x: branch(w, x))(np.ones(3))
    assert w.data == 2.0


def test_a_number_that_is_only_shown_may_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    w = Value(2.0)

    def f(x: Any) -> Any:
        print(f"{w.data:.1f}")
        return w * x

    np.testing.assert_array_equal(compiled(f)(np.ones(3)), [2.0, 2.0, 2.0])
    assert capsys.readouterr().out.startswith("2.0")


def test_a_leaf_is_not_given_a_number_within() -> None:
    w = Value(2.0, name="w")

    def f(x: Any) -> Any:
        w.data = 3.0
        return w * x

    with pytest.raises(TracingError, match=r"Value\(2.0, name='w', grad=0.0\) is given a number within a function"):
        compiled(f)(np.ones(3))
    assert w.data == 2.0


@pytest.mark.parametrize("draw", [random.random, np.random.random])
def test_a_branch_on_a_random_number_is_refused_however_it_falls(draw: Callable[[], float]) -> None:
    w = Value(2.0)
    with pytest.raises(TracingError, match="draws random numbers"):
        compiled(lambda x: w * x if draw() < 0.5 else -x)(np.ones(3))
