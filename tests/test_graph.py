"""The recorded graph at size: nothing recurses, nothing leaks, and Python's collector is kept from scanning it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import autograd
from autograd import Value, jvp
from autograd.graph import operations

MILLION = 1_000_000


def count_values() -> int:
    return sum(type(x) is Value for x in gc.get_objects())


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(length: int) -> tuple[Value, Value]:
    x = Value(1.0)
    y = x
    for _ in range(length):
        y = y * 1.0
    return x, y


def test_a_chain_of_a_million_nodes_records_differentiates_and_is_freed_without_recursion() -> None:
    x, y = chain(MILLION)
    y.backward()
    assert x.grad == 1.0
    del y  # frees the chain; a recursion here would crash the interpreter


def test_forward_mode_walks_a_long_chain_without_recursion() -> None:
    def f(x: Value) -> Value:
        for _ in range(100_000):
            x = x + 1.0
        return x

    assert jvp(f, (1.0,), (3.0,)) == (100_001.0, 3.0)


def test_a_recorded_pass_walks_a_long_chain_without_recursion() -> None:
    x, y = chain(100_000)
    y.backward(create_graph=True)
    assert x.grad.data == 1.0
    x.grad = None


def test_a_sum_of_a_million_leaves_records_differentiates_and_is_freed() -> None:
    leaves = [Value(1.0) for _ in range(MILLION)]
    total = autograd.sum(leaves)
    total.backward()
    assert total.data == MILLION
    assert all(leaf.grad == 1.0 for leaf in leaves)


def test_a_graph_dies_by_reference_count_when_its_result_does(collector_off: None) -> None:
    before = count_values()
    x = Value(2.0)
    y = x
    for _ in range(1000):
        y = autograd.tanh(y * x) + autograd.sum([x, y, 1.0])
    y.backward()
    assert count_values() > before + 3000
    del y
    assert count_values() == before + 1
    del x
    assert count_values() == before


def test_grad_and_jvp_leave_no_node_behind(collector_off: None) -> None:
    before = count_values()
    autograd.grad(autograd.grad(lambda x: x**3 * autograd.sin(x)))(2.0)
    jvp(lambda x: jvp(lambda t: t**3, (x,), (1.0,))[1], (2.0,), (1.0,))
    assert count_values() == before


def test_an_exception_in_the_middle_leaves_no_node_behind(collector_off: None) -> None:
    before = count_values()

    def fails(x: Value) -> Value:
        _ = x * x
        raise KeyError

    with pytest.raises(KeyError):
        autograd.grad(fails)(1.0)
    assert count_values() == before


def test_operations_are_found_newest_first_and_once() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + c
    e = d * c
    assert [node.stamp for node in operations([e])] == [e.stamp, d.stamp, c.stamp]
    assert [node.stamp for node in operations([c, e])] == [e.stamp, d.stamp, c.stamp]
    assert operations([a]) == []


# The collector ----------------------------------------------------------------------------------------------------


@pytest.fixture
def usual() -> Iterator[tuple[int, int, int]]:
    """The collector's thresholds as they are without any graph; they are put back after the test."""
    gc.collect()
    gc.collect()  # no node was made since the one before
    thresholds = gc.get_threshold()
    yield thresholds
    gc.set_threshold(*thresholds)


@pytest.fixture
def collections(usual: tuple[int, int, int]) -> Iterator[list[int]]:
    """The generations collected while the test runs."""
    seen: list[int] = []

    def count(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(count)
    yield seen
    gc.callbacks.remove(count)


def test_a_large_live_graph_causes_few_collections(collections: list[int]) -> None:
    _, y = chain(200_000)
    recorded = len(collections)  # Python's own pace: one after every 700 containers, so about 600
    assert recorded < 30
    y.backward()
    assert len(collections) < 60


def test_the_collectors_thresholds_are_the_users_again_after_the_graph(usual: tuple[int, int, int]) -> None:
    _, y = chain(200_000)
    assert gc.get_threshold()[0] > usual[0]
    del y
    kept: list[list[int]] = []
    while gc.get_threshold() != usual and len(kept) < 5_000_000:
        kept.append([])
    assert gc.get_threshold() == usual


def test_a_threshold_that_the_user_sets_meanwhile_is_kept(usual: tuple[int, int, int]) -> None:
    _, y = chain(50_000)
    gc.set_threshold(1234, *usual[1:])
    del y
    kept = [[k] for k in range(20_000)]
    assert gc.get_threshold()[0] == 1234
    assert len(kept) == 20_000


def test_a_collector_switched_off_stays_off(usual: tuple[int, int, int]) -> None:
    gc.set_threshold(0)
    _, y = chain(20_000)
    y.backward()
    gc.collect()
    assert gc.get_threshold()[0] == 0
