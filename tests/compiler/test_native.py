"""The native executor does what a plain reading of a plan does."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.compiler.native import NativeExecutor
from autograd.compiler.native.layout import Layout
from autograd.compiler.native.machine import Machine, machine
from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Space, Step, Write
from autograd.symbols import Symbol
from tests.compiler.reading import Reading

X0, X1, X2 = (Symbol(f"x{i}") for i in range(3))
SAMPLES = [1, 2, 7, 8, 9, 150, 1000]
FORMS = {"inlined": True, "tables": False}
ROWS = 40
SPACES = {
    "shared": Space(ROWS, batched=False, is_input=True),
    "given": Space(ROWS, batched=True, is_input=True),
    "labels": Space(3, batched=True, is_input=True, is_integer=True),
    "sample_weight": Space(1, batched=True, is_input=True, is_weight=True),
    "batch": Space(ROWS, batched=True),
    "total": Space(ROWS, batched=False),
    "more": Space(ROWS, batched=False),
}
WEIGHT = Ref("sample_weight", np.zeros(1, int))


def rows(space: str, *index: int | range) -> Ref:
    return Ref(space, np.array([i for part in index for i in (part if isinstance(part, range) else [part])]))


def grid(space: str, start: int, shape: tuple[int, ...], steps: tuple[int, ...]) -> Ref:
    places = sum(step * at for step, at in zip(steps, np.indices(shape), strict=True))
    return Ref(space, np.asarray(start + places))


def shuffled(space: str, shape: tuple[int, ...], seed: int = 0) -> Ref:
    return Ref(space, np.random.default_rng(seed).permutation(ROWS)[: np.prod(shape)].reshape(shape))


def inputs_for(samples: int) -> dict[str, Any]:
    random = np.random.default_rng(samples)
    return {
        "shared": random.normal(size=ROWS),
        "given": random.normal(size=(samples, ROWS)).T,
        "labels": random.integers(0, 3, (3, samples)),
        "sample_weight": random.uniform(0.5, 2.0, (1, samples)),
    }


def plan_of(*steps: Step, **outputs: Ref) -> Plan:
    """All rows start as numbers, so that adding to any of them has a meaning."""
    numbers = np.linspace(-1.0, 1.0, ROWS)
    fills = [Fill(rows(space, range(ROWS)), numbers) for space in ("total", "more", "batch")]
    everything = {name: rows(name, range(ROWS)) for name in ("total", "more", "batch")}
    return Plan(SPACES, [*fills, *steps], everything | outputs)


def check(plan: Plan, samples: int, inlined: bool | None = None) -> None:
    inputs = inputs_for(samples)
    program = NativeExecutor(inlined).prepare(plan)
    expected = Reading(plan, inputs, samples).run()
    for _ in range(2):  # memory is used again
        found, _ = program(inputs, samples)
        for name, x in expected.items():
            assert found[name].shape == x.shape
            np.testing.assert_allclose(found[name], x, rtol=1e-12, atol=1e-12, err_msg=name)


WEIGHED = Map((rows("given", range(ROWS)), WEIGHT), (Write(X0 * X1, rows("batch", range(ROWS))),))
STEPS: dict[str, list[Step]] = {
    "an affine map": [
        Map((rows("given", range(5, 15)), rows("shared", range(10))), (Write(X0 * X1 + 2.0, rows("batch", range(10))),))
    ],
    "a map by strides": [Map((rows("given", range(0, 40, 3)),), (Write(-X0, rows("batch", range(39, 12, -2))),))],
    "a map by tables": [
        Map((shuffled("given", (11,)), shuffled("shared", (11,), 1)), (Write(X0 / X1, shuffled("batch", (11,), 2)),))
    ],
    "a map with one for all": [
        Map(
            (rows("given", range(9)), rows("shared", 3), rows("given", 2)),
            (Write(X0 * X1 + X2, rows("batch", range(9))),),
        )
    ],
    "a map of what is shared": [
        Map((rows("shared", range(21)), rows("shared", 4)), (Write(X0 - X1, rows("total", range(1, 22))),))
    ],
    "a shared map by tables": [
        Map(
            (shuffled("shared", (19,)), rows("shared", range(0, 38, 2))), (Write(X0 - X1, shuffled("total", (19,), 3)),)
        )
    ],
    "a map of shared rows for samples": [Map((rows("shared", range(6)),), (Write(X0 * 2.0, rows("batch", range(6))),))],
    "a map of labels": [Map((rows("labels", range(3)),), (Write(X0 * 2.0, rows("batch", range(3))),))],
    "a map that adds": [Map((rows("given", range(10)),), (Write(X0 * 3.0, rows("batch", range(10)), adds=True),))],
    "a map that adds to rows twice": [
        Map((rows("given", range(6)),), (Write(X0, rows("batch", 1, 2, 1, 1, 5, 2), adds=True),))
    ],
    "a shared map that adds to rows twice": [
        Map((rows("shared", range(20)),), (Write(X0, rows("total", 1, 2, 1, 1, 5, 2, *range(14)), adds=True),))
    ],
    "a shared map that adds to one row": [
        Map((rows("shared", range(20)),), (Write(X0, rows("total", *[7] * 20), adds=True),))
    ],
    "a sum over samples": [Map((rows("given", range(7)), WEIGHT), (Write(X0 * X1, rows("total", range(7))),))],
    "a sum over samples that adds": [
        Map((rows("given", range(7)), WEIGHT), (Write(X0 * X1, rows("total", range(7)), adds=True),))
    ],
    "sums into rows twice": [
        Map((rows("given", range(4)), WEIGHT), (Write(X0 * X1, rows("total", 3, 3, 0, 3), adds=True),))
    ],
    "several results": [
        Map(
            (rows("given", range(8)), rows("shared", range(8)), WEIGHT),
            (
                Write(ag.tanh(X0) * X1, rows("batch", range(8))),
                Write(ag.tanh(X0) * X2, rows("total", range(8)), adds=True),
                Write(X0 * X2, rows("more", range(8))),
                Write(1.5, rows("batch", range(20, 28))),
            ),
        )
    ],
    "two chunks of sums": [
        Map((rows("given", range(8)), WEIGHT), (Write(X0 * X1, rows("total", range(8))),)),
        Map((rows("batch", range(8)), WEIGHT), (Write(X0 * X1, rows("more", range(8)), adds=True),)),
    ],
    "a matmul": [
        MatMul(grid("shared", 0, (5, 4), (4, 1)), grid("given", 2, (1, 4), (0, 1)), grid("batch", 1, (1, 5), (0, 1)))
    ],
    "a matmul by strides": [
        MatMul(grid("shared", 0, (5, 4), (1, 5)), grid("given", 2, (3, 4), (2, 3)), grid("batch", 1, (3, 5), (1, 3)))
    ],
    "a matmul by tables": [MatMul(shuffled("shared", (9, 3)), shuffled("given", (2, 3)), shuffled("batch", (2, 9), 4))],
    "a matmul that adds, with bias": [
        MatMul(
            grid("shared", 0, (6, 4), (4, 1)),
            shuffled("given", (2, 4)),
            grid("batch", 1, (2, 6), (6, 1)),
            grid("shared", 30, (2, 6), (0, 1)),
            adds=True,
        )
    ],
    "a matmul with a bias for each sample": [
        MatMul(
            grid("shared", 0, (6, 4), (4, 1)),
            shuffled("given", (2, 4)),
            grid("batch", 1, (2, 6), (6, 1)),
            grid("given", 3, (2, 6), (1, 2)),
        )
    ],
    "a matmul of what is shared": [
        MatMul(
            grid("shared", 0, (3, 11), (11, 1)),
            grid("shared", 20, (1, 11), (0, 1)),
            grid("total", 1, (1, 3), (0, 1)),
            grid("shared", 2, (1, 3), (0, 1)),
            adds=True,
        )
    ],
    "a shared matmul, transposed": [
        MatMul(
            grid("shared", 0, (11, 3), (1, 11)),
            grid("shared", 20, (2, 3), (3, 1)),
            grid("total", 1, (2, 11), (11, 1)),
            adds=True,
        )
    ],
    "a shared matmul by tables": [
        MatMul(shuffled("shared", (7, 3)), shuffled("shared", (2, 3), 1), shuffled("total", (2, 7), 2))
    ],
    "an outer product": [
        WEIGHED,
        Outer(grid("batch", 0, (1, 6), (0, 1)), grid("given", 0, (1, 5), (0, 1)), grid("total", 3, (6, 5), (5, 1))),
    ],
    "an outer product by tables that adds": [
        WEIGHED,
        Outer(shuffled("batch", (3, 6)), shuffled("given", (3, 5), 1), shuffled("total", (6, 5), 2), adds=True),
    ],
    "an outer product of which one side is shared": [
        WEIGHED,
        Outer(grid("batch", 0, (2, 6), (6, 1)), grid("shared", 0, (2, 5), (5, 1)), grid("total", 3, (6, 5), (5, 1))),
    ],
    "an outer product whose left side is shared": [
        WEIGHED,
        Outer(grid("shared", 0, (2, 6), (6, 1)), grid("batch", 0, (2, 5), (1, 2)), grid("total", 3, (6, 5), (1, 6))),
    ],
    "sums of runs": [Reduce("add", rows("given", range(12)), np.array([0, 4, 8]), rows("batch", range(3)))],
    "largest of runs": [Reduce("maximum", shuffled("given", (12,)), np.array([0, 1, 8]), rows("batch", 5, 1, 7))],
    "smallest of shared runs": [
        Reduce("minimum", rows("shared", range(12)), np.array([0, 1, 8]), rows("total", 5, 1, 7))
    ],
    "a lookup": [Lookup(grid("given", 0, (3, 3), (3, 1)), rows("labels", range(3)), rows("batch", range(3)))],
    "a lookup by tables": [Lookup(shuffled("shared", (3, 3)), rows("labels", 2, 0, 1), rows("batch", 4, 2, 9))],
    "a scatter": [Scatter(rows("given", range(3)), rows("labels", range(3)), grid("batch", 0, (3, 3), (3, 1)))],
    "a scatter by tables": [
        Scatter(
            rows("given", 4, 2, 9), rows("labels", range(3)), Ref("batch", np.array([[1, 1, 2], [3, 4, 4], [1, 2, 9]]))
        )
    ],
    "steps behind the samples": [
        Map((rows("given", range(8)), WEIGHT), (Write(X0 * X1, rows("total", range(8))),)),
        Map((rows("total", range(8)),), (Write(ag.exp(X0 / 1000.0), rows("more", range(8))),)),
    ],
}


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("name", STEPS)
def test_a_step_does_what_it_says(name: str, samples: int) -> None:
    check(plan_of(*STEPS[name]), samples)


@pytest.mark.parametrize("samples", [1, 9, 1000])
@pytest.mark.parametrize("name", STEPS)
def test_numbers_may_stand_in_tables_instead_of_the_code(name: str, samples: int) -> None:
    check(plan_of(*STEPS[name]), samples, inlined=False)


@pytest.mark.parametrize("samples", [1, 10, 1000])
@pytest.mark.parametrize("form", FORMS)
def test_a_scatter_into_what_is_shared_gains_from_all_samples(form: str, samples: int) -> None:
    weighted = Map((rows("given", range(3)), WEIGHT), (Write(X0 * X1, rows("batch", range(3))),))
    table = grid("total", 0, (3, 3), (3, 1))
    check(plan_of(weighted, Scatter(rows("batch", range(3)), rows("labels", range(3)), table)), samples, FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_steps_of_one_kind_follow_each_other(form: str) -> None:
    steps = [Map((rows("given", i), rows("batch", i)), (Write(X0 + X1, rows("batch", i + 1)),)) for i in range(30)]
    check(plan_of(*steps), 9, FORMS[form])


PROCESSORS = {"four doubles": ("x86-64-v3", 4), "two doubles": ("x86-64", 2)}


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names processors of this architecture")
@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("samples", [1, 9])
def test_other_processors_do_the_same(processor: str, samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    name, width = PROCESSORS[processor]
    machine()  # which makes LLVM ready
    other = Machine(name, "", width)
    monkeypatch.setattr("autograd.compiler.native.machine.machine", lambda: other)
    everything = [step for steps in STEPS.values() for step in steps]
    check(plan_of(*everything), samples)


def test_a_large_plan_has_code_for_each_kind_of_step_only() -> None:
    def layout(count: int) -> Layout:
        steps = [Map((rows("given", i % 40),), (Write(X0 * 2.0, rows("batch", i % 40)),)) for i in range(count)]
        return Layout(plan_of(*steps), 8, one_sample=False)

    assert layout(1_000).identity == layout(2_000).identity
    assert len(layout(1_000).program()[0]) < 5
