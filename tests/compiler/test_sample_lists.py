"""What a compiled function sees of a sample of several numbers: a list, which is never taken for an array."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Compiled, Tensor, TracingError, Value

X = np.array([[1.0, 2.0], [3.0, 4.0]])
two = Value(2.0)
more = [1.0]


def compiled(f: Callable[..., Any], **settings: Any) -> Compiled:
    return ag.compile(f, backend="numpy", **settings)


# What an array would do otherwise -----------------------------------------------------------------------------------

FOR_ARRAYS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "x * number": (lambda x: x * 2, r"x \* y is meant .* Write \[a \* y for a in x\]"),
    "number * x": (lambda x: 2 * x, r"y \* x is meant .* Write \[y \* a for a in x\]"),
    "x * x": (lambda x: x * x, r"Write \[a \* b for a, b in zip\(x, y\)\]"),
    "x + x": (lambda x: x + x, r"Write \[a \+ b for a, b in zip\(x, y\)\]; to join lists, \[\*x, \*y\]"),
    "x + list": (lambda x: x + more, r"to join lists, \[\*x, \*y\]"),
    "list + x": (lambda x: more + x, r"y \+ x is meant .* to join lists, \[\*x, \*y\]"),
    "x + tuple": (lambda x: x + tuple(more), r"zip\(x, y\)"),
    "x * Value": (lambda x: x * two, r"\[a \* y for a in x\]"),
    "Value * x": (lambda x: two * x, r"\[y \* a for a in x\]"),
    "x * an element": (lambda x: x * x[0], r"\[a \* y for a in x\]"),
    "x - number": (lambda x: x - 1, r"\[a - y for a in x\]"),
    "number - x": (lambda x: 1 - x, r"\[y - a for a in x\]"),
    "x / number": (lambda x: x / 2, r"\[a / y for a in x\]"),
    "number / x": (lambda x: 2 / x, r"\[y / a for a in x\]"),
    "x ** number": (lambda x: x**2, r"\[a \*\* y for a in x\]"),
    "number ** x": (lambda x: 2**x, r"\[y \*\* a for a in x\]"),
    "x // number": (lambda x: x // 2, r"\[a // y for a in x\]"),
    "x % number": (lambda x: x % 2, r"\[a % y for a in x\]"),
    "x @ x": (lambda x: x @ x, r"Write autograd\.dot\(x, y\)"),
    "-x": (lambda x: -x, r"-x is meant .* Write \[-a for a in x\]"),
    "+x": (lambda x: +x, r"\[\+a for a in x\]"),
    "abs(x)": (lambda x: abs(x), r"\[abs\(a\) for a in x\]"),
    "x < number": (lambda x: x < 1, r"\[a < y for a in x\]"),
    "x >= x": (lambda x: x >= x, r"\[a >= b for a, b in zip\(x, y\)\]"),
    "x == x": (lambda x: x == x, r"\[a == b for a, b in zip\(x, y\)\]"),
    "x != number": (lambda x: x != 1, r"\[a != y for a in x\]"),
    "list == x": (lambda x: more == x, r"\[a == b for a, b in zip\(x, y\)\]"),
    "a slice": (lambda x: x[1:] * 2, r"\[a \* y for a in x\]"),
    "a copy": (lambda x: x.copy() * 2, r"\[a \* y for a in x\]"),
    "a shallow copy": (lambda x: copy.copy(x) * 2, r"\[a \* y for a in x\]"),
    "x[i, j]": (lambda x: x[0, 1], r"x\[i, j\] is meant .* x\[i\]\[j\], or \[row\[j\] for row in x\]"),
    "x[None]": (lambda x: x[None], r"x\[None\] is meant"),
    "x[array]": (lambda x: x[np.array([1, 0])], r"x\[array\(\[1, 0\]\)\] is meant"),
    "a method": (lambda x: x.sum(), r"x\.sum is meant .* autograd\.sum\(x\)"),
    "an attribute": (lambda x: x.shape, r"x\.shape is meant .* len\(x\)"),
}


@pytest.mark.parametrize("name", FOR_ARRAYS)
def test_what_is_meant_for_arrays_is_refused_with_the_argument_the_line_and_the_cure(name: str) -> None:
    f, message = FOR_ARRAYS[name]
    with pytest.raises(TracingError, match=message) as refused:
        compiled(f)(X)
    assert "test_sample_lists.py, line" in str(refused.value)
    assert "captures Tensors, or is compiled with arrays=True" in str(refused.value)


@pytest.mark.parametrize("name", ["x * number", "x + x", "x == x", "a slice", "a method"])
def test_a_fallback_refuses_the_same_and_does_not_run(name: str) -> None:
    f, message = FOR_ARRAYS[name]
    with pytest.raises(TracingError, match=message):
        compiled(f, fallback=True)(X)


def test_the_eager_engine_of_a_fallback_refuses_it_where_only_a_later_sample_comes_to_it() -> None:
    step = compiled(lambda x: x[0] if x[0] < 2 else ag.sum(x * 2), fallback=True)
    with pytest.warns(ag.TracingWarning), pytest.raises(TracingError, match=r"\[a \* y for a in x\]"):
        step(X)


def test_adding_in_place_is_refused() -> None:
    def joined(x: Any) -> Any:
        x += more
        return x

    with pytest.raises(TracingError, match=r"\[\*x, \*y\]"):
        compiled(joined)(X)


def test_a_list_of_integers_refuses_the_same() -> None:
    with pytest.raises(TracingError, match=r"words \* y is meant"):
        compiled(lambda words: [two * i for i in words * 2])(np.array([[0, 1]]))


def test_messages_name_the_place_in_an_argument() -> None:
    pair = (X, np.ones((2, 2, 3)))
    with pytest.raises(TracingError, match=r"pair\[1\]\[0\] \* y is meant .* for a in pair\[1\]\[0\]\]"):
        compiled(lambda pair: pair[1][0] * 2)(pair)
    with pytest.raises(TracingError, match=r"table \* y is meant"):
        compiled(lambda table: table * 2)(pair[1])


def test_with_arrays_the_same_function_is_one_of_whole_arrays() -> None:
    doubled = compiled(lambda x: np.sum(x * 2), arrays=True)
    assert doubled(X) == 20.0
    np.testing.assert_array_equal(doubled.grad(X, argnums=0), np.full((2, 2), 2.0))


def test_a_function_that_captures_tensors_is_not_concerned() -> None:
    w = Tensor([1.0, 2.0])
    assert compiled(lambda x: np.sum((2 * x) @ w))(X) == 32.0


# What a list can do -------------------------------------------------------------------------------------------------

OF_LISTS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "an index": (lambda x: x[0] * x[-1], [2.0, 12.0]),
    "a slice": (lambda x: x[::-1], X[:, ::-1]),
    "an integer of NumPy": (lambda x: x[np.int64(1)], [2.0, 4.0]),
    "a loop": (lambda x: [2 * a for a in x], 2 * X),
    "unpacking": (lambda x: (lambda a, b: a - b)(*x), [-1.0, -1.0]),
    "joining": (lambda x: [*x, *x], np.hstack([X, X])),
    "a list of its own": (lambda x: list(x) + more, np.hstack([X, np.ones((2, 1))])),
    "len": (lambda x: len(x) * x[0], [2.0, 6.0]),
    "isinstance": (lambda x: x[0] if isinstance(x, list) else x[1], [1.0, 3.0]),
    "hasattr": (lambda x: x[1] if hasattr(x, "shape") else x[0], [1.0, 3.0]),
    "is it empty": (lambda x: x[0] if x else 0.0, [1.0, 3.0]),
    "is it None": (lambda x: x[0] if x != None else 0.0, [1.0, 3.0]),  # noqa: E711
    "zip": (lambda x: ag.sum([a * b for a, b in zip(x, [1.0, 10.0], strict=True)]), [21.0, 43.0]),
    "sum": (lambda x: sum(x), [3.0, 7.0]),
    "autograd.sum": (lambda x: ag.sum(x), [3.0, 7.0]),
    "autograd.dot": (lambda x: ag.dot(x, np.ones(2)), [3.0, 7.0]),
    "np.sum": (lambda x: np.sum(x), [3.0, 7.0]),
    "np.dot": (lambda x: np.dot(x, x), [5.0, 25.0]),
    "an array beside it": (lambda x: np.sum(x * np.array([1.0, 10.0])), [21.0, 43.0]),
    "an array before it": (lambda x: [*(np.array([1.0, 10.0]) - x)], np.array([1.0, 10.0]) - X),
    "a matrix before it": (lambda x: [*(np.eye(2) @ x)], X),
    "a number of NumPy": (lambda x: [*(x * np.float64(2.0))], 2 * X),
    "an integer of NumPy before it": (lambda x: [*(np.int64(2) * x)], 2 * X),
    "append": (lambda x: (x.append(5.0), x)[1], np.hstack([X, np.full((2, 1), 5.0)])),
    "itself": (lambda x: x, X),
}


@pytest.mark.parametrize("name", OF_LISTS)
def test_what_a_list_does_and_what_numpy_makes_of_one_stays(name: str) -> None:
    f, expected = OF_LISTS[name]
    np.testing.assert_array_equal(compiled(f)(X), expected)


def test_an_attribute_that_arrays_do_not_have_either_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="'list' object has no attribute 'summ'"):
        compiled(lambda x: x.summ())(X)


# One sample in place of a batch -------------------------------------------------------------------------------------

FOR_SEVERAL: dict[str, Callable[[Any], Any]] = {
    "an index": lambda x: x[0] * x[1],
    "a loop": lambda x: [2 * a for a in x],
    "unpacking": lambda x: (lambda pair: [a for a, b in [pair]])(x),
    "len": lambda x: len(x) * two,
    "autograd.sum": lambda x: ag.sum(x),
    "a method of arrays": lambda x: x.sum(),
}


@pytest.mark.parametrize("name", FOR_SEVERAL)
@pytest.mark.parametrize("x", [[1.0, 2.0], [1, 2]])
@pytest.mark.parametrize("fallback", [False, True])
def test_one_sample_in_place_of_a_batch_is_told_where_samples_go(name: str, x: Any, fallback: bool) -> None:
    with pytest.raises(
        ag.SizeError, match=r"(?s)several .*, and in each sample x is a single one: samples go along axis 0 .* \[x\]"
    ):
        compiled(FOR_SEVERAL[name], fallback=fallback)(x)


def test_other_errors_of_the_function_are_its_own() -> None:
    with pytest.raises(TypeError, match=r"^'float' object is not subscriptable$"):
        compiled(lambda x: x * more[0][0])([1.0, 2.0])  # type: ignore[index]


def test_an_array_that_is_returned_is_told_how_to_be_a_list() -> None:
    with pytest.raises(ag.ArgumentError, match=r"not ndarray: .*\.tolist\(\) makes a list"):
        compiled(lambda x: np.sin(x))(X)
    np.testing.assert_array_equal(compiled(lambda x: np.sin(x).tolist())(X), np.sin(X))
