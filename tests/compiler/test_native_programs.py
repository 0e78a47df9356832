"""Programs of the native executor: many minibatches in one call, code on disk, threads, memory."""

from __future__ import annotations

import gc
import importlib.util
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.compiler.executors import Executor
from autograd.compiler.native import NativeExecutor, cache
from autograd.compiler.numpy_executor import NumpyExecutor
from autograd.compiler.plan import Fill, Map, MatMul, Outer, Plan, Ref, Space, Write
from autograd.errors import MissingExtraError
from autograd.rows import elementwise
from autograd.symbols import Symbol

X0, X1, X2 = (Symbol(f"x{i}") for i in range(3))
SMALL = {"x": Space(3, batched=True, is_input=True), "y": Space(3, batched=True)}
SMALL_IN, SMALL_OUT = Ref("x", np.arange(3)), Ref("y", np.arange(3))


def small_plan(factor: float = 2.0) -> Plan:
    return Plan(SMALL, [Map((SMALL_IN,), (Write(ag.exp(X0) * factor, SMALL_OUT),))], {"y": SMALL_OUT})


def is_right(found: tuple[Any, bool], x: Any, factor: float = 2.0) -> bool:
    return bool(np.allclose(found[0]["y"], np.exp(x) * factor, rtol=1e-14))


# Training -----------------------------------------------------------------------------------------------------------


def training_plan() -> Plan:
    """Least squares by gradient descent, with a rate that is given for each minibatch."""
    spaces = {
        "shared": Space(5, batched=False, is_input=True),
        "rate": Space(1, batched=False, is_input=True),
        "x": Space(4, batched=True, is_input=True),
        "t": Space(1, batched=True, is_input=True),
        "weights": Space(1, batched=True, is_input=True, is_weight=True),
        "batch": Space(3, batched=True),
        "gradient": Space(5, batched=False),
        "loss": Space(1, batched=False),
    }

    def ref(space: str, *index: int) -> Ref:
        return Ref(space, np.array(index))

    y, residual, seed, t, weight = ref("batch", 0), ref("batch", 1), ref("batch", 2), ref("t", 0), ref("weights", 0)
    x = Ref("x", np.arange(4)[None])
    w, b = Ref("shared", np.arange(4)[None]), Ref("shared", np.array([[4]]))
    steps = [
        MatMul(w, x, y.reshape(1, 1), b),
        Map((y, t, weight), (Write(X0 - X1, residual), Write(2.0 * (X0 - X1) * X2, seed))),
        Map((residual, weight), (Write(X0 * X0 * X1, ref("loss", 0)),)),
        Outer(seed.reshape(1, 1), x, Ref("gradient", np.arange(4)[None])),
        Map((seed,), (Write(X0, ref("gradient", 4)),)),
    ]
    everything, gradient = Ref("shared", np.arange(5)), Ref("gradient", np.arange(5))
    updates = [Map((everything, gradient, ref("rate", 0)), (Write(X0 - X2 * X1, everything),))]
    return Plan(spaces, steps, {"loss": ref("loss", 0), "y": y}, updates, [gradient])


def data(samples: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    x = random.normal(size=(samples, 4))
    return {
        "shared": np.zeros(5),
        "rate": np.zeros(1),
        "x": x.T,
        "t": (x @ [1.0, -2.0, 0.5, 3.0] + 0.25)[None],
        "weights": random.uniform(0.5, 1.5, (1, samples)) / 10.0,
    }


@pytest.mark.parametrize("inlined", [True, False])
@pytest.mark.parametrize("sizes", [[10, 10, 10, 7], [1, 1, 1], [300, 400, 1]])
def test_minibatches_in_one_call_are_a_loop_of_calls(sizes: list[int], inlined: bool) -> None:
    given = data(900)
    order = np.random.default_rng(2).permutation(900)[: sum(sizes)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rates = np.linspace(0.01, 0.05, len(sizes))[:, None]
    program = NativeExecutor(inlined).prepare(training_plan())
    mine = given | {"shared": given["shared"].copy()}
    done, found = program.repeat(mine, order, starts, {"rate": rates}, ["shared"])
    assert done == len(sizes)

    parameters, losses = np.zeros(5), []
    for s, rate in enumerate(rates[:, 0]):
        chosen = order[starts[s] : starts[s + 1]]
        x, t, weight = given["x"][:, chosen], given["t"][0, chosen], given["weights"][0, chosen]
        residual = parameters[:4] @ x + parameters[4] - t
        losses.append((residual**2 * weight).sum())
        parameters -= rate * np.append((2.0 * residual * weight * x).sum(1), (2.0 * residual * weight).sum())
    np.testing.assert_allclose(found["loss"][:, 0], losses, rtol=1e-12)
    np.testing.assert_allclose(mine["shared"], parameters, rtol=1e-12)
    assert "y" not in found


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_training_ends_before_a_gradient_that_is_not_finite(bad: float) -> None:
    given = data(40)
    given["x"][2, 25] = bad
    program = NativeExecutor().prepare(training_plan())
    starts, rates = np.arange(0, 50, 10), np.full((4, 1), 0.01)
    done, found = program.repeat(given, np.arange(40), starts, {"rate": rates}, ["shared"])
    assert done == 2
    assert found["loss"].shape == (2, 1)
    until_then = data(40)
    program.repeat(until_then, np.arange(40), starts[:3], {"rate": rates[:2]}, ["shared"])
    np.testing.assert_array_equal(given["shared"], until_then["shared"])


def test_no_minibatches_change_nothing() -> None:
    given = data(10) | {"shared": np.ones(5)}
    program = NativeExecutor().prepare(training_plan())
    done, found = program.repeat(given, np.arange(10), np.array([0]), {"rate": np.zeros((0, 1))}, ["shared"])
    assert (done, found["loss"].shape) == (0, (0, 1))
    np.testing.assert_array_equal(given["shared"], np.ones(5))


def test_inputs_that_do_not_stand_in_one_piece_are_changed_too() -> None:
    given, other = data(20), data(20)
    given["shared"] = np.zeros(10)[::2]
    starts, rates = np.array([0, 20]), np.full((1, 1), 0.01)
    for inputs in (given, other):
        NativeExecutor().prepare(training_plan()).repeat(inputs, np.arange(20), starts, {"rate": rates}, ["shared"])
    np.testing.assert_array_equal(given["shared"], other["shared"])


# Calls --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "view",
    [lambda x: x, np.asfortranarray, lambda x: np.repeat(x, 2, 1)[:, ::2], lambda x: x[::-1, ::-1].copy()[::-1, ::-1]],
)
def test_inputs_may_have_any_strides(view: Any) -> None:
    x = np.random.default_rng(0).normal(size=(3, 37))
    assert is_right(NativeExecutor().prepare(small_plan())({"x": view(x)}, 37), x)


def test_what_is_shared_need_not_stand_in_one_piece() -> None:
    spaces = {"shared": Space(3, batched=False, is_input=True), "y": Space(3, batched=False)}
    plan = Plan(spaces, [Map((Ref("shared", np.arange(3)),), (Write(-X0, SMALL_OUT),))], {"y": SMALL_OUT})
    x = np.arange(6.0)
    np.testing.assert_array_equal(NativeExecutor().prepare(plan)({"shared": x[::2]}, 1)[0]["y"], -x[::2])


def test_an_input_may_be_one_number_for_all_samples() -> None:
    x = np.broadcast_to(np.array([[1.0], [2.0], [3.0]]), (3, 20))
    assert is_right(NativeExecutor().prepare(small_plan())({"x": x}, 20), x)


def test_nothing_is_left_of_an_earlier_call() -> None:
    spaces = {"x": SMALL["x"], "total": Space(3, batched=False)}
    total = Ref("total", np.arange(3))
    steps = [Fill(total, np.zeros(3)), Map((SMALL_IN,), (Write(X0, total, adds=True),))]
    program = NativeExecutor().prepare(Plan(spaces, steps, {"total": total}))
    for _ in range(3):
        np.testing.assert_array_equal(program({"x": np.ones((3, 16))}, 16)[0]["total"], [16.0] * 3)


def test_threads_may_call_at_once() -> None:
    program = NativeExecutor().prepare(small_plan())
    inputs = [np.random.default_rng(i).normal(size=(3, 1 + 97 * (i % 5))) for i in range(64)]
    barrier = threading.Barrier(8)

    def work(part: int) -> bool:
        barrier.wait()
        return all(is_right(program({"x": x}, x.shape[1]), x) for x in inputs[part::8] for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


@pytest.mark.slow
def test_the_memory_of_dropped_programs_is_freed() -> None:
    x = np.ones((3, 8))

    def make(count: int) -> None:
        for _ in range(count):
            NativeExecutor().prepare(small_plan())({"x": x}, 8)
        gc.collect()

    make(100)
    before, blocks = resident_bytes(), sys.getallocatedblocks()
    make(10_000)
    assert sys.getallocatedblocks() - blocks < 5_000  # less than one for each program
    assert resident_bytes() - before < 20_000_000


def resident_bytes() -> int:
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if status.exists() else 0


@pytest.mark.parametrize("executor", [NativeExecutor(inlined=True), NativeExecutor(inlined=False), NumpyExecutor()])
@pytest.mark.parametrize("samples", [1, 7, 400])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_guards_tell_of_a_number_that_is_not_finite_wherever_it_stands(
    executor: Executor, samples: int, bad: float
) -> None:
    spaces = {
        "x": Space(3, batched=True, is_input=True),
        "shared": Space(37, batched=False, is_input=True),
        "y": Space(3, batched=True),
        "z": Space(37, batched=False),
    }
    batched, shared = Ref("y", np.arange(3)), Ref("z", np.arange(37))
    copies = [
        Map((Ref("x", np.arange(3)),), (Write(X0 + 0.0, batched),)),
        Map((Ref("shared", np.arange(37)),), (Write(X0 + 0.0, shared),)),
    ]
    apart = Ref("z", np.arange(0, 37, 3)[::-1])  # not one behind the other
    for guards, is_seen in (([], False), ([batched, shared], True), ([batched, apart], True)):
        program = executor.prepare(Plan(spaces, copies, {"y": batched, "z": shared}, guards=guards))
        for name in ("x", "shared"):
            for place in (None, 0, 36) if name == "shared" else (None, 0, 3 * samples - 1):
                inputs = {"x": np.ones((3, samples)), "shared": np.ones(37)}
                if place is not None:
                    inputs[name].flat[place] = bad
                found, is_finite = program(inputs, samples)
                assert is_finite is (place is None or not is_seen)
                assert np.isfinite(found["y" if name == "x" else "z"]).all() == (place is None)


# What cannot be run -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("own_rows_removed")
def test_a_row_that_is_a_function_of_python_is_refused_by_name() -> None:
    row = elementwise("of_python", lambda x: np.sqrt(x), lambda y, x: (0.5 / y,), scalar=lambda x: x**0.5)
    plan = replace(small_plan(), steps=[Map((SMALL_IN,), (Write(Symbol("", row, (X0,)), SMALL_OUT),))])
    assert "'of_python'" in str(NativeExecutor().refusal(plan))
    assert NativeExecutor().refusal(small_plan()) is None


@pytest.mark.usefixtures("own_rows_removed")
def test_a_row_of_ones_own_that_is_an_expression_is_run() -> None:
    cube = elementwise("cube_of", lambda x: x * x * x, lambda y, x: (3 * x * x,))
    plan = replace(small_plan(), steps=[Map((SMALL_IN,), (Write(Symbol("", cube, (X0,)), SMALL_OUT),))])
    found, _ = NativeExecutor().prepare(plan)({"x": np.full((3, 2), 3.0)}, 2)
    np.testing.assert_array_equal(found["y"], np.full((3, 2), 27.0))


def test_without_llvmlite_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"glassgrad\[jit\]"):
        NativeExecutor().prepare(small_plan())


# Code on disk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path / "code"))
    return tmp_path / "code"


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> bytes:
        raise AssertionError("compiled once more")

    monkeypatch.setattr("autograd.compiler.native.machine.Machine.compile", refuse)


def run(factor: float = 2.0, samples: int = 8) -> None:
    x = np.ones((3, samples))
    assert is_right(NativeExecutor().prepare(small_plan(factor))({"x": x}, samples), x, factor)


def test_code_on_disk_is_not_compiled_again(folder: Path, request: pytest.FixtureRequest) -> None:
    run()
    request.getfixturevalue("no_compiler")
    run()
    with pytest.raises(AssertionError):
        run(factor=3.0)
    with pytest.raises(AssertionError):
        run(samples=1)


@pytest.mark.parametrize("damage", [lambda x: x[:100], lambda x: b"", lambda x: x[:-1] + bytes([x[-1] ^ 1])])
def test_a_damaged_file_is_replaced(folder: Path, damage: Any) -> None:
    run()
    (file,) = folder.iterdir()
    content = file.read_bytes()
    file.write_bytes(damage(content))
    run()
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path / "file" / "folder"))
    run()


def test_the_files_not_used_for_longest_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 3)
    for age, key in enumerate("abc"):
        cache.keep(key, b"code")
        os.utime(folder / f"{key}.o", (age, age))
    cache.cached("a")
    cache.keep("d", b"code")
    assert {file.stem for file in folder.iterdir()} == {"a", "c", "d"}


def test_the_folder_is_among_the_users_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLASSGRAD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    expected = {"linux": Path("/caches/glassgrad"), "darwin": Path("~/Library/Caches/glassgrad").expanduser()}
    for platform, place in expected.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert Path(cache.folder()) == place


@pytest.mark.slow
def test_processes_may_write_at_once(folder: Path) -> None:
    code = "from tests.compiler.test_native_programs import run\nfor i in range(5): run(float(i))"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert {file.suffix for file in folder.iterdir()} == {".o"}
    assert len(list(folder.iterdir())) == 5
