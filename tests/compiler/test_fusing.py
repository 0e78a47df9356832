"""Joined steps do what they did one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.compiler.native import NativeExecutor
from autograd.compiler.native.fusing import Finished, NativeStep, fused
from autograd.compiler.plan import Fill, Map, MatMul, Plan, Ref, Space, Step, Write
from autograd.symbols import Symbol
from nn import MLP, half_squared_error
from tests.compiler.reading import Reading

X0, X1, X2 = (Symbol(f"x{i}") for i in range(3))
ROWS = 12
SPACES = {
    "shared": Space(ROWS, batched=False, is_input=True),
    "given": Space(ROWS, batched=True, is_input=True),
    "batch": Space(ROWS, batched=True),
    "total": Space(ROWS, batched=False),
    "weights": Space(1, batched=True, is_input=True, is_weight=True),
}


def inputs_for(samples: int) -> dict[str, Any]:
    random = np.random.default_rng(samples)
    return {
        "shared": random.normal(size=ROWS),
        "given": random.normal(size=(samples, ROWS)).T,
        "weights": random.uniform(size=(1, samples)),
    }


def rows(space: str, start: int, count: int = 4) -> Ref:
    return Ref(space, np.arange(start, start + count))


def product(start: int, at: int, *, adds: bool = False) -> MatMul:
    weights = Ref("shared", np.arange(start, start + 8).reshape(4, 2))
    return MatMul(weights, rows("given", at, 2).reshape(1, 2), rows("batch", at).reshape(1, 4), adds=adds)


def a_map(target: Ref, *operands: Ref, adds: bool = False) -> Map:
    expression = {1: ag.tanh(X0), 2: X0 * X1 + 0.5, 3: X0 * X1 - X2}[len(operands)]
    if target.space != "total":
        return Map(operands, (Write(expression, target, adds),))
    weight = Symbol(f"x{len(operands)}")  # sums over the samples weigh them
    return Map((*operands, rows("weights", 0, 1)), (Write(expression * weight, target, adds),))


def plan_of(*steps: Step, **outputs: Ref) -> Plan:
    numbers = np.linspace(-1.0, 1.0, ROWS)
    fills = [Fill(rows(space, 0, ROWS), numbers) for space in ("batch", "total")]
    return Plan(SPACES, [*fills, *steps], outputs or {space: rows(space, 0, ROWS) for space in ("batch", "total")})


def one_by_one(step: NativeStep) -> list[Step]:
    return [step.product, step.then] if isinstance(step, Finished) else [step]


def joined(plan: Plan, *, one_sample: bool = False) -> list[NativeStep]:
    return [step for phase in fused(plan, one_sample) for step in phase if not isinstance(step, Fill)]


def check(plan: Plan, *, native: bool = False) -> None:
    for samples in (1, 7, 19):
        inputs = inputs_for(samples)
        expected = Reading(plan, inputs, samples).run()
        again = replace(
            plan, steps=[s for phase in fused(plan, samples == 1) for step in phase for s in one_by_one(step)]
        )
        for found in (
            Reading(again, inputs, samples).run(),
            *([NativeExecutor().prepare(plan)(inputs, samples)[0]] if native else []),
        ):
            for name, x in expected.items():
                np.testing.assert_allclose(found[name], x, rtol=1e-12, atol=1e-12, err_msg=name)


A, B, C = (rows("batch", k) for k in (0, 4, 8))
G = rows("given", 0)
C_REVERSED = Ref("batch", np.arange(11, 7, -1))
JOINED: dict[str, tuple[int, list[Step]]] = {
    "a map joins a map": (1, [a_map(A, G), a_map(B, A)]),
    "a map joins a product": (1, [product(0, 0), a_map(B, A)]),
    "several maps join a product": (1, [product(0, 0), a_map(B, A), a_map(C, A, B, G)]),
    "a sum over the samples joins": (1, [product(0, 0), a_map(rows("total", 0), A, G)]),
    "a step in between is passed by": (2, [product(0, 0), product(4, 8), a_map(B, A)]),
    "results that are added to": (1, [product(0, 0, adds=True), a_map(B, A)]),
    "what is one for all rows": (1, [product(0, 0), a_map(B, A, rows("shared", 3, 1), rows("given", 9, 1))]),
    "a map that adds": (1, [a_map(A, G), a_map(B, A, adds=True)]),
}
APART: dict[str, list[Step]] = {
    "rows in another order": [a_map(A, G), a_map(B, Ref("batch", np.arange(3, -1, -1)))],
    "some of the rows": [a_map(A, G), a_map(rows("batch", 4, 2), rows("batch", 0, 2))],
    "a sum that is not done": [a_map(rows("total", 0), G), a_map(A, rows("total", 0), G)],
    "what was added": [a_map(A, G, adds=True), a_map(B, A)],
    "a result that is overwritten": [a_map(A, G), a_map(A, A, G)],
    "an operand that is overwritten": [a_map(A, B), a_map(B, A)],
    "a step in between that writes what is read": [a_map(A, G), product(0, 8), a_map(B, A, C_REVERSED)],
    "a step in between that reads what is written": [a_map(A, G), a_map(C, B), a_map(rows("batch", 4, 4), A)],
    "two results in one place": [
        Map((G,), (Write(X0, A), Write(X0 * 2.0, A, adds=True))),
        a_map(B, A),
    ],
}


@pytest.mark.parametrize("name", JOINED)
def test_a_map_joins_what_it_takes_results_of(name: str) -> None:
    count, steps = JOINED[name]
    assert len(joined(plan_of(*steps))) == count
    check(plan_of(*steps), native=True)


@pytest.mark.parametrize("name", APART)
def test_steps_stay_apart_where_one_would_harm_the_other(name: str) -> None:
    plan = plan_of(*APART[name])
    assert len(joined(plan)) == len(APART[name])
    check(plan, native=True)


def test_results_that_nobody_reads_are_not_written() -> None:
    (step,) = joined(plan_of(product(0, 0), a_map(B, A), a_map(C, B), c=C))
    assert isinstance(step, Finished)
    assert not step.is_kept
    assert [ref.index.tolist() for ref in step.targets] == [C.index.tolist()]
    check(plan_of(product(0, 0), a_map(B, A), a_map(C, B), c=C), native=True)


def test_what_is_added_to_is_read() -> None:
    plan = plan_of(a_map(A, G), product(0, 0, adds=True), a_map(B, A), b=B)
    assert len(joined(plan)) == 2
    check(plan, native=True)


def test_products_of_one_sample_stay_alone() -> None:
    plan = plan_of(product(0, 0), a_map(B, A), a_map(C, B))
    assert len(joined(plan)) == 1
    assert len(joined(plan, one_sample=True)) == 2


def test_a_network_has_a_step_for_each_product_and_each_sum() -> None:
    model = MLP(4, [5, 3], activation="relu", seed=0)
    step = ag.compile(lambda x, t: half_squared_error(model(x), t), backend="native")
    step.value_and_grad(np.ones((6, 4)), np.ones((6, 3)))
    assert isinstance(step.plan, Plan)
    assert len(joined(step.plan)) < len(step.plan.steps) - 5


@pytest.mark.parametrize("seed", range(300))
def test_random_steps_do_the_same_joined(seed: int) -> None:
    random = np.random.default_rng(seed)

    def ref(*spaces: str) -> Ref:
        return rows(str(random.choice(spaces)), int(random.choice([0, 2, 4, 8])))

    def step() -> Step:
        adds = bool(random.integers(4) == 0)
        if random.integers(4) == 0:
            return product(int(random.choice([0, 4])), int(random.choice([0, 4, 8])), adds=adds)
        operands = [ref("batch", "batch", "given", "shared") for _ in range(random.integers(1, 3))]
        operands.append(rows("given", 3, int(random.choice([1, 4]))))
        target = ref("batch", "batch", "batch", "total")
        if any(target.overlaps(other) for other in operands):
            target = rows("total", 0)
        return a_map(target, *operands, adds=adds)

    steps = [step() for _ in range(random.integers(2, 9))]
    ends = {"batch": ref("batch"), "total": ref("total")} if random.integers(2) else {}
    check(plan_of(*steps, **ends), native=seed < 10)
