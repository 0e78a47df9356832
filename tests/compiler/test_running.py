"""Compiled functions at work: parameters that change, threads, memory, batches larger than the buffers."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.compiler import numpy_executor
from autograd.compiler.native import NativeExecutor
from autograd.compiler.numpy_executor import NumpyExecutor
from autograd.compiler.plan import Map, Plan, Ref, Space, Write
from autograd.symbols import Symbol

RNG = np.random.default_rng(0)


def of_model(backend: str) -> tuple[nn.MLP, ag.Compiled]:
    model = nn.MLP(4, [6, 3], "tanh", seed=0)
    return model, ag.compile(lambda x, k: nn.cross_entropy(model(x), k), backend=backend)


def batch(samples: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, 4)), rng.integers(0, 3, samples)


# Parameters ---------------------------------------------------------------------------------------------------------


def test_the_numbers_of_parameters_are_read_at_each_call(backend: str) -> None:
    w = Value(2.0)
    step = ag.compile(lambda x: w * x, backend=backend)
    for number in (2.0, -1.0, 0.0, 1e300):
        w.data = number
        assert step([3.0]) == [3.0 * number]
        assert step.value_and_grad([3.0]) == (3.0 * number, [3.0])
        assert step.grad([3.0], argnums=0) == [number]


def test_what_an_optimizer_has_written_is_seen(backend: str) -> None:
    w = Value(2.0)
    step = ag.compile(lambda x: (w * x - 1.0) ** 2, backend=backend)
    optimizer = nn.SGD([w], lr=0.1)
    losses = []
    for _ in range(60):
        value, (gradient,) = step.value_and_grad([1.0])
        losses.append(value)
        w.grad = gradient
        w.reached = 1
        optimizer.step()
    assert losses == sorted(losses, reverse=True)
    assert w.data == pytest.approx(1.0, abs=1e-5)


def test_a_backward_pass_of_the_user_does_not_matter(backend: str) -> None:
    w = Value(2.0)
    step = ag.compile(lambda x: w * w * x, backend=backend)
    before = step.grad([3.0])
    (w * w).backward()
    np.testing.assert_array_equal(step.grad([3.0]), before)
    assert w.grad == 4.0


def test_two_functions_share_their_parameters(backend: str) -> None:
    w = Value(2.0)
    f, g = ag.compile(lambda x: w * x, backend=backend), ag.compile(lambda x: w + x, backend=backend)
    assert (f([3.0]), g([3.0])) == ([6.0], [5.0])
    w.data = 5.0
    assert (f([3.0]), g([3.0])) == ([15.0], [8.0])


# Threads ------------------------------------------------------------------------------------------------------------


def together(work: Callable[[int], None], threads: int) -> None:
    """Do the work in several threads at once."""
    start = threading.Barrier(threads)

    def begin(i: int) -> None:
        start.wait()
        work(i)

    with ThreadPoolExecutor(threads) as pool:
        for result in [pool.submit(begin, i) for i in range(threads)]:
            result.result()


def test_threads_may_call_one_function_at_once(backend: str) -> None:
    _, step = of_model(backend)
    batches = [batch(samples, samples) for samples in (1, 2, 7, 8, 30, 64, 65, 100)]
    expected = [(step(*b), *step.value_and_grad(*b)) for b in batches]

    def work(i: int) -> None:
        for turn in range(200):
            at = (i + turn) % len(batches)
            values, mean, gradient = expected[at]
            np.testing.assert_array_equal(step(*batches[at]), values)
            found = step.value_and_grad(*batches[at])
            assert found[0] == mean
            np.testing.assert_array_equal(found[1], gradient)

    together(work, 8)


def test_threads_may_call_it_for_the_first_time_at_once(backend: str) -> None:
    model, step = of_model(backend)
    x, labels = batch(7)
    expected = [nn.cross_entropy(model(sample), k).data for sample, k in zip(x.tolist(), labels.tolist(), strict=True)]

    def work(i: int) -> None:
        np.testing.assert_allclose(step(x, labels), expected, rtol=1e-12)
        np.testing.assert_allclose(step.value_and_grad(x, labels)[0], np.mean(expected), rtol=1e-12)

    together(work, 8)
    assert len(step.parameters) == len(list(model.parameters()))


def test_threads_may_bring_new_structures_at_once() -> None:
    leaves = [Value(float(i)) for i in range(10)]
    step = ag.compile(lambda x: ag.dot(leaves[: len(x)], x), backend="numpy")

    def work(i: int) -> None:
        for turn in range(10):
            count = 1 + (i + turn) % 10
            assert step(np.ones((2, count))).tolist() == [float(sum(range(count)))] * 2

    together(work, 8)
    assert len(step.parameters) == 10
    assert step.grad(np.ones((2, 10))).tolist() == [1.0] * 10


def test_recording_in_one_thread_is_not_seen_in_another() -> None:
    entered, done = threading.Event(), threading.Event()
    x = Value(1.0)

    def waiting(a: Any) -> Any:
        entered.set()
        assert done.wait(10)
        return a * 2.0

    thread = threading.Thread(target=ag.compile(waiting, backend="numpy"), args=([1.0],))
    thread.start()
    assert entered.wait(10)
    assert x > 0  # a plain bool
    assert float(x) == 1.0
    done.set()
    thread.join()


# Memory -------------------------------------------------------------------------------------------------------------


def test_calls_leave_no_memory_behind(backend: str) -> None:
    _, step = of_model(backend)
    batches = [batch(samples) for samples in (1, 7, 30)]

    def calls(count: int) -> None:
        for i in range(count):
            step(*batches[i % 3])
            step.value_and_grad(*batches[i % 3])

    calls(60)
    gc.collect()
    tracemalloc.start()
    try:
        calls(60)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        calls(2_000)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


def test_batches_of_many_sizes_leave_no_memory_behind() -> None:
    _, step = of_model("numpy")
    for samples in range(1, 20):
        step.value_and_grad(*batch(samples))
    tracemalloc.start()
    try:
        for samples in range(20, 40):
            step.value_and_grad(*batch(samples))
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for samples in range(40, 140):
            step.value_and_grad(*batch(samples))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after < 5 * before


def test_a_compiled_function_that_is_let_go_takes_its_graphs_along() -> None:
    def nodes() -> int:
        gc.collect()
        return sum(isinstance(x, Value) for x in gc.get_objects())

    _, step = of_model("numpy")
    before = nodes()
    step.value_and_grad(*batch(7))
    del step
    assert nodes() <= before


# Large batches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk_bytes", [1, 1_000, 20_000])
def test_a_batch_in_chunks_gives_the_same(chunk_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, labels = batch(101)
    weights = RNG.uniform(size=101)

    def everything() -> list[Any]:
        _, step = of_model("numpy")
        value, gradient = step.value_and_grad(x, labels, weights=weights)
        return [
            step(x, labels),
            value,
            gradient,
            step.grad(x, labels, argnums=0),
            step.per_sample_grad(x, labels),
            step.jacobian(x, labels, argnums=0),
            step.hvp(np.linspace(-1.0, 1.0, len(step.parameters)), x, labels),
        ]

    expected = everything()
    monkeypatch.setattr(numpy_executor, "CHUNK_BYTES", chunk_bytes)
    for found, whole in zip(everything(), expected, strict=True):
        np.testing.assert_allclose(found, whole, rtol=1e-12, atol=1e-15)


def test_what_is_summed_over_chunks_may_be_used_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    w, v = Value(0.5), Value(-2.0)
    x = RNG.normal(size=50)

    def gradient() -> Any:
        step = ag.compile(lambda x: ag.sin(ag.exp(w * v) * x) + w * x, backend="numpy")
        return step.grad(x)

    expected = gradient()
    monkeypatch.setattr(numpy_executor, "CHUNK_BYTES", 300)
    np.testing.assert_allclose(gradient(), expected, rtol=1e-13)


def test_an_argument_may_be_larger_than_any_chunk(backend: str) -> None:
    x = RNG.normal(size=200_001)
    w = Value(0.3)
    step = ag.compile(lambda x: ag.tanh(w * x), backend=backend)
    np.testing.assert_allclose(step(x), np.tanh(0.3 * x), rtol=1e-14)
    np.testing.assert_allclose(step.grad(x), [np.mean(x * (1 - np.tanh(0.3 * x) ** 2))], rtol=1e-11)


def test_what_is_no_optimizer_is_refused() -> None:
    w = ag.Value(2.0)
    step = ag.compile(lambda x: w * x)
    with pytest.raises(ag.ArgumentError, match=r"optimizer must be one such as .* not 'sgd'"):
        step.train(np.ones(3), optimizer="sgd")
    with pytest.raises(ag.ArgumentError, match=r"optimizer must be one such as .* not None"):
        step.update(None, np.ones(3))


def test_signs_are_turned_wherever_numbers_lie_in_memory() -> None:
    turned = Map((Ref("shared", np.arange(0, 64, 8)),), (Write(-Symbol("x0"), Ref("turned", np.arange(0, 16, 2))),))
    spaces = {"shared": Space(64, batched=False, is_input=True), "turned": Space(16, batched=False)}
    plan = Plan(spaces, [turned], {"turned": Ref("turned", np.arange(0, 16, 2))})
    for executor in (NumpyExecutor(), NativeExecutor()):
        found, _ = executor.prepare(plan)({"shared": np.arange(64.0)}, 1)
        np.testing.assert_array_equal(found["turned"], -np.arange(0.0, 64.0, 8.0))
