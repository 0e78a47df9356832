"""Integers pick from lists and tables, take branches, and are numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import ArgumentError, TracingError, Value
from autograd.compiler import recording
from autograd.compiler.plan import Lookup

X = np.array([0.5, -1.0, 2.0, 0.25])
K = np.array([0, 2, 1, 2])
WEIGHTS = [1.0, -2.0, 3.0, 0.5, -0.25, 4.0]

Chooser = Callable[..., Any]
"""A function of parameters, of a number, and of integers."""

CHOICES: dict[str, tuple[Chooser, tuple[Any, ...]]] = {
    "from a list of Values": (lambda w, x, k: w[k] * x, (K,)),
    "a Value itself": (lambda w, x, k: w[k], (K,)),
    "from a list of floats": (lambda w, x, k: [10.0, 20.0, 30.0][k] * x * w[0], (K,)),
    "a row of a table": (lambda w, x, k: ag.dot([w[:3], w[1:4], w[2:5]][k], [x, x * x, 1.0]), (K,)),
    "from a dict": (lambda w, x, k: {7: w[0], -3: w[1] * x, 5: x}[k], ([7, -3, 5, 7],)),
    "from results": (lambda w, x, k: [ag.sin(w[0] * x), ag.exp(x), w[1]][k], (K,)),
    "a branch": (lambda w, x, k: w[0] * x if k > 1 else -x * w[1], (K,)),
    "how many": (lambda w, x, k: ag.sum([a * x for a in w[: k + 1]]), (K,)),
    "how often": (lambda w, x, k: ag.sum([w[0] * x] * (k + 1)), (K,)),
    "by its remainder": (lambda w, x, k: w[k % 2] * x, ([0, 1, 2, 5],)),
    "from the end": (lambda w, x, k: w[k] * x, ([-1, 0, -2, -1],)),
    "two from two lists": (lambda w, x, j, k: w[j] * x + w[3 + k], (K, K[::-1])),
    "two from one list": (lambda w, x, j, k: w[j] * w[k] * x, (K, K[::-1])),
    "a pair in one argument": (lambda w, x, k: w[k[0]] * x + w[k[1]], (np.stack([K, K[::-1]], 1),)),
    "several in one argument": (lambda w, x, k: ag.sum([w[i] for i in k]) * x, (np.stack([K, K[::-1], K // 2], 1),)),
    "a number": (lambda w, x, k: w[0] * x * k + k, (K,)),
    "a negative number": (lambda w, x, k: w[0] * x * k, ([-5, 100, 7, -5],)),
    "two numbers": (lambda w, x, j, k: w[0] * x * j + w[1] * k, (K, [3, 1, 4, 1])),
    "a label of cross_entropy": (lambda w, x, k: nn.cross_entropy([w[0] * x, w[1], w[2] * x], k), (K,)),
    "a label of hinge": (lambda w, x, k: nn.hinge([w[0] * x, w[1], w[2] * x], k), (K,)),
    "a sign for hinge": (lambda w, x, k: nn.hinge(w[0] * x, k), ([-1, 1, 1, -1],)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_an_integer_may_choose(name: str, backend: str) -> None:
    f, integers = CHOICES[name]
    leaves = [Value(x) for x in WEIGHTS]
    step = ag.compile(lambda x, *ks: f(leaves, x, *ks), backend=backend)
    values, gradients = [], []
    for x, *ks in zip(X.tolist(), *(np.asarray(k).tolist() for k in integers), strict=True):
        w = [Value(number) for number in WEIGHTS]
        y = f(w, x, *ks) + 0.0 * w[0]  # on the graph, even where it is a plain number
        y.backward()
        values.append(y.data)
        gradients.append([leaf.grad for leaf in w])
    np.testing.assert_allclose(step(X, *integers), values, rtol=1e-12)
    place = {leaf: i for i, leaf in enumerate(leaves)}
    used = [place[leaf] for leaf in step.parameters]
    assert used == sorted(used)  # in the order in which they were made
    unused = [i for i in range(len(leaves)) if i not in used]
    found = np.array(gradients)
    assert not found[:, unused].any()
    np.testing.assert_allclose(step.per_sample_grad(X, *integers), found[:, used], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(step.grad(X, *integers), found[:, used].mean(0), rtol=1e-12, atol=1e-14)


def test_a_choice_is_one_lookup() -> None:
    tables = [[Value(float(i * j)) for j in range(5)] for i in range(4)]
    step = ag.compile(lambda k: [table[k] for table in tables], backend="numpy")
    np.testing.assert_array_equal(step([0, 4]), [[0.0] * 4, [0.0, 4.0, 8.0, 12.0]])
    assert [type(s) for s in step.plan.steps] == [Lookup]


def test_labels_that_come_later_are_known_where_the_function_takes_them() -> None:
    calls = []
    leaves = [Value(float(i)) for i in range(10)]

    def f(k: int) -> Any:
        calls.append(k)
        return leaves[k] * 2.0

    step = ag.compile(f, backend="numpy")
    assert step([0, 1]).tolist() == [0.0, 2.0]
    count = len(calls)
    assert step([9, 5]).tolist() == [18.0, 10.0]
    assert len(calls) == count
    assert len(step.parameters) == 10


def test_an_integer_that_was_not_seen_records_again(backend: str) -> None:
    step = ag.compile(lambda x, k: x * k, backend=backend)
    assert step([2.0], [3]) == [6.0]
    for k in (-4, 1_000_000, 7):
        assert step([2.0, 1.0], [k, 3]).tolist() == [2.0 * k, 3.0]


def test_a_sign_that_was_not_seen_records_again(backend: str) -> None:
    w = Value(2.0)
    step = ag.compile(lambda x, y: nn.hinge(w * x, y), backend=backend)
    assert step([0.25], [1]) == [0.5]
    assert step([0.25, 0.25], [1, -1]).tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    ("f", "bad", "message"),
    [
        (lambda w, k: nn.cross_entropy(w, k), 3, "int from 0 to 2, not 3"),
        (lambda w, k: nn.cross_entropy(w, k), -1, "int from 0 to 2, not -1"),
        (lambda w, k: nn.hinge(w[0], 2 * k - 1), 2, "must be -1 or"),
    ],
)
def test_a_bad_label_is_refused_by_the_function_and_does_no_harm(
    f: Callable[[Sequence[Any], int], Any], bad: int, message: str
) -> None:
    leaves = [Value(1.0), Value(2.0), Value(3.0)]
    step = ag.compile(lambda k: f(leaves, k), backend="numpy")
    before = step([0, 1])
    with pytest.raises(ArgumentError, match=message):
        step([0, bad])
    np.testing.assert_array_equal(step([0, 1]), before)


def test_an_index_out_of_range_is_refused_by_the_list() -> None:
    leaves = [Value(1.0), Value(2.0)]
    step = ag.compile(lambda k: leaves[k], backend="numpy")
    with pytest.raises(IndexError):
        step([0, 2])


SEVERAL_AT_ONCE: dict[str, Callable[[int, int], Any]] = {
    "a row and a column": lambda j, k: [[Value(1.0 * a + 3.0 * b) for a in range(3)] for b in range(3)][j][k],
    "whether they are equal": lambda j, k: Value(2.0) * (1.0 if j == k else 0.0),
    "which is larger": lambda j, k: Value(2.0) * (1.0 if j > k else 0.0),
    "their sum": lambda j, k: Value(2.0) * (j + k),
}


@pytest.mark.parametrize("batch", [([0, 1, 2], [1, 2, 0]), ([0, 1], [0, 1]), ([2], [1])])
@pytest.mark.parametrize("name", SEVERAL_AT_ONCE)
def test_what_depends_on_several_integers_at_once_is_refused(name: str, batch: tuple[list[int], list[int]]) -> None:
    known = ag.compile(lambda j, k: SEVERAL_AT_ONCE[name](j, k) + [0.0, 0.0, 0.0][j] + [0.0, 0.0, 0.0][k])
    with pytest.raises(TracingError, match="depends on several integers of its arguments at once"):
        known(*batch)


def test_too_many_integers_are_refused() -> None:
    step = ag.compile(lambda k: Value(2.0) * k, backend="numpy")
    with pytest.raises(ArgumentError, match=r"argument 0 of <lambda> .* If they are numbers, give them as floats"):
        step(np.arange(recording.MOST_CHOICES + 1))


def test_an_integer_is_not_differentiated_by() -> None:
    step = ag.compile(lambda x, k: x * k, backend="numpy")
    with pytest.raises(ArgumentError, match="argument 1, which is made of integers"):
        step.grad(X, K, argnums=1)


def test_a_single_integer_is_the_same_for_all_samples(backend: str) -> None:
    leaves = [Value(1.0), Value(2.0), Value(3.0)]
    step = ag.compile(lambda x, k: leaves[k] * x, backend=backend)
    np.testing.assert_array_equal(step(X, 2), 3.0 * X)
    np.testing.assert_array_equal(step(X, 0), X)
    np.testing.assert_allclose(step.grad(X, 1), [0.0, X.mean(), 0.0])


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint8, np.uint64])
def test_integers_may_be_of_any_type(dtype: Any) -> None:
    leaves = [Value(1.0), Value(2.0), Value(3.0)]
    np.testing.assert_array_equal(ag.compile(lambda k: leaves[k])(K.astype(dtype)), [1.0, 3.0, 2.0, 3.0])


def test_second_derivatives_go_through_choices(backend: str) -> None:
    w = [Value(x) for x in WEIGHTS[:3]]
    step = ag.compile(lambda x, k: w[k] ** 3 * x + w[0] * w[1], backend=backend)
    direction = np.array([1.0, -1.0, 2.0])
    expected = np.zeros(3)
    for x, k in zip(X, K, strict=True):
        expected[k] += 6.0 * WEIGHTS[k] * x * direction[k] / len(X)
    expected[:2] += direction[1::-1]
    step(X, K)
    np.testing.assert_allclose(step.hvp(direction, X, K), expected, rtol=1e-12)


def test_a_bigram_table_is_trained_on_pairs(backend: str) -> None:
    table = [[Value(0.1 * (i - j)) for j in range(4)] for i in range(4)]
    pairs = np.random.default_rng(0).integers(0, 4, (50, 2))
    step = ag.compile(lambda k: nn.cross_entropy(table[k[0]], 2) * 1.0, backend=backend)
    logits = np.array([[w.data for w in row] for row in table])
    losses = np.log(np.exp(logits).sum(1)) - logits[:, 2]
    np.testing.assert_allclose(step(pairs), losses[pairs[:, 0]], rtol=1e-12)


def test_integers_are_told_apart_however_many_there_are(backend: str) -> None:
    sizes = [*range(1, 41), 64, 100] if backend == "numpy" else [3, 7]
    for size in sizes:
        weights = [Value(i + 0.5) for i in range(size)]
        labels = np.random.default_rng(size).integers(0, 2, (20, size))
        picked = ag.compile(lambda n: ag.sum([w * k for w, k in zip(weights, n, strict=True)]), backend=backend)  # noqa: B023
        np.testing.assert_allclose(picked(labels), labels @ (np.arange(size) + 0.5))


@pytest.mark.parametrize("values", [2, 3, 5])
@pytest.mark.parametrize("size", [2, 6, 7, 9])
def test_a_branch_by_one_of_several_integers_is_by_that_one(size: int, values: int, backend: str) -> None:
    w, u = Value(100.0), Value(200.0)
    labels = np.random.default_rng(0).integers(0, values, (40, size))
    at = size - 2
    branch = ag.compile(lambda n: (w if n[at] == 1 else u) + n[0] * 1.0, backend=backend)
    np.testing.assert_array_equal(branch(labels), np.where(labels[:, at] == 1, 100.0, 200.0) + labels[:, 0])
