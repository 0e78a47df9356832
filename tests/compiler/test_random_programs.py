"""Random programs do the same compiled as eagerly: shared nodes, dead code, constants, repeated operands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiler.eager import BATCHES, Compiled, Found, Program, assert_agree, assert_means_agree, eagerly
from tests.samples import ENGINE, PHRASES, Step, run

PARAMETERS, ARGUMENTS = 3, 2

operands = st.one_of(st.integers(0, 11), st.integers(0, 2), st.floats(-2.0, 2.0).map(lambda x: round(x, 3)))
steps = st.tuples(st.integers(0, len(PHRASES) - 1), st.tuples(operands, operands, operands))
programs = st.lists(steps, min_size=1, max_size=12)
numbers = st.lists(st.floats(-2.0, 2.0).map(lambda x: round(x, 3)), min_size=PARAMETERS, max_size=PARAMETERS)
seeds = st.integers(0, 1000)


def program_of(steps: Sequence[Step]) -> Program:
    """The steps as a program: an operand counts back, so nodes are shared, repeated and left unused."""
    return lambda w, x: run(steps, [*w, *x], ENGINE)


def check(steps: Sequence[Step], parameters: Sequence[float], seed: int, backend: str) -> None:
    program = program_of(steps)
    samples = np.random.default_rng(seed).uniform(-2.0, 2.0, (max(BATCHES), ARGUMENTS))
    expected = eagerly(program, parameters, samples)
    compiled = Compiled(program, parameters, backend)
    batches = BATCHES if backend == "numpy" else (7, 1)[: 1 + (seed % 5 == 0)]  # LLVM takes its time for each program
    for batch in batches:
        found = compiled.means(samples[:batch])
        first = Found(*(x[:batch] for x in vars(expected).values()))
        assert_means_agree(found, first)
    if backend == "numpy":
        assert_agree(compiled.found(samples[:7]), Found(*(x[:7] for x in vars(expected).values())))


def examples(count: int) -> settings:
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@examples(25)
@given(programs, numbers, seeds)
def test_a_random_program_is_what_it_is_eagerly(
    backend: str, steps: list[Step], parameters: list[float], seed: int
) -> None:
    check(steps, parameters, seed, backend)


@pytest.mark.slow
@examples(300)
@given(programs, numbers, seeds)
def test_three_hundred_random_programs_are_what_they_are_eagerly(
    backend: str, steps: list[Step], parameters: list[float], seed: int
) -> None:
    check(steps, parameters, seed, backend)
