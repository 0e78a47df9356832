"""What is compared: each comparison is one piece of work, done by several programs in turn.

The first program present is the one that ratios are taken of.
"""

from __future__ import annotations

import copy
import functools
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd
from autograd import sigmoid, tanh
from tests.benchmarks import array_peers, digits, gpt, mixture, peers
from tests.benchmarks.checks import check_same, flat
from tests.benchmarks.hips import Hips
from tests.benchmarks.irregular import IrregularGraph
from tests.benchmarks.packages import package, present
from tests.benchmarks.timing import TakesItsOwnTime, interleaved_times, seconds_of
from tests.benchmarks.written import Written, jax_tanh, mnist, tanh_by_hand, torch_tanh

__all__ = ["COMPARISONS", "NATIVE", "NUMPY", "Comparison", "prepared"]

NATIVE, NUMPY, EAGER = "glassgrad, native", "glassgrad, numpy", "glassgrad, eager"
MICROGRAD, HIPS, MYGRAD, TORCH, JAX = "micrograd", "HIPS autograd", "MyGrad", "PyTorch", "JAX jit"
BY_HAND = "NumPy by hand"
BACKENDS = {NATIVE: "native", NUMPY: "numpy"}


@dataclass
class Comparison:
    """Programs that are prepared, warm, and checked to find the same.

    Attributes
    ----------
    name : str
        What ``--only`` takes.
    work : str
        What a time is the time of.
    rounds : int
        How often each program has its turn.
    turn : float
        The seconds that a turn lasts at least.
    parts : int
        How many such pieces of work a step of each program does.
    steps : dict
        The programs.
    absent : list of str
        For each program that cannot take part, why.
    versions : dict of str to str
        Those that only the program itself knows.
    """

    name: str
    work: str
    rounds: int = 11
    turn: float = 0.1
    parts: int = 1
    steps: dict[str, Callable[[], Any] | TakesItsOwnTime] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def compare(self, prepare: dict[str, Callable[[], Any]], tolerance: float = 1e-9) -> None:
        """Prepare the programs that are installed, and make sure that all of them find the same."""
        self.steps = present(prepare, self.absent.append)
        check_same({n: s.result if isinstance(s, Hips) else s for n, s in self.steps.items()}, tolerance)
        self.versions = {name: step.version for name, step in self.steps.items() if isinstance(step, Hips)}

    def times(self) -> dict[str, list[float]]:
        """Return the seconds of the work, for each program in each round."""
        found = interleaved_times(self.steps, self.rounds, self.turn)
        return {name: [time / self.parts for time in times] for name, times in found.items()}

    def medians(self) -> dict[str, float]:
        """Return the median of the seconds of each program."""
        return {name: statistics.median(times) for name, times in self.times().items()}

    def close(self) -> None:
        for step in self.steps.values():
            if isinstance(step, Hips):
                step.close()


def iris_step() -> Comparison:
    work = f"MLP 4-16-16-3, {peers.SAMPLES} samples: value and gradient"
    comparison = Comparison("iris-step", work, rounds=9)  # micrograd takes seconds
    comparison.compare({
        NATIVE: lambda: peers.ours_compiled("native"),
        NUMPY: lambda: peers.ours_compiled("numpy"),
        EAGER: peers.ours_module,
        MICROGRAD: peers.micrograd,
        HIPS: lambda: Hips("iris step", peers.X, peers.T, *peers.ARRAYS),
        MYGRAD: peers.mygrad,
        TORCH: peers.torch,
        JAX: peers.jax,
        BY_HAND: peers.numpy_by_hand,
    })  # fmt: skip
    return comparison


def digits_epoch() -> Comparison:
    x, t, origin = mnist()
    work = f"784-30-10, batch {digits.BATCH}: an epoch of training on {len(x):,} images ({origin})"
    comparison = Comparison("digits-epoch", work, rounds=5)
    prepare = {
        NATIVE: lambda: digits.compiled("native"),
        NUMPY: lambda: digits.compiled("numpy"),
        "glassgrad, nn.Sequential": digits.fitted_tensors,
        TORCH: digits.torch_eager,
        BY_HAND: digits.by_hand,
    }
    programs = present(prepare, comparison.absent.append)
    rng = np.random.default_rng(1)
    for train, _ in programs.values():  # which also compiles
        train(x[:1000], t[:1000], copy.deepcopy(rng))
    trained = {name: flat(parameters()) for name, (_, parameters) in programs.items()}
    for name, found in trained.items():
        np.testing.assert_allclose(found, trained[NUMPY], rtol=1e-8, atol=1e-10, err_msg=name)
    comparison.steps = {name: functools.partial(train, x, t, rng) for name, (train, _) in programs.items()}
    return comparison


def wide_samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(1024, 64)), rng.normal(size=(1024, 10))


def compiled_tanh(backend: str) -> Callable[[], Any]:
    if backend == "native":
        package("llvmlite")
    step = autograd.compile(Written((64, 64, 64, 10), tanh).loss, backend=backend)
    return functools.partial(step.value_and_grad, *wide_samples())


def wide_step() -> Comparison:
    comparison = Comparison("wide-step", "64-64-64-10, 1024 samples: value and gradient")
    samples = wide_samples()
    comparison.compare({
        NATIVE: lambda: compiled_tanh("native"),
        NUMPY: lambda: compiled_tanh("numpy"),
        TORCH: lambda: torch_tanh(*samples),
        JAX: lambda: jax_tanh(*samples),
        BY_HAND: lambda: tanh_by_hand(*samples),
    })  # fmt: skip
    return comparison


def gpt_step() -> Comparison:
    names, origin = gpt.first_names(10)
    work = f"gpt.py: a step with Adam, mean over {len(names)} {origin}"
    comparison = Comparison("gpt-step", work, rounds=5, parts=len(names))

    def steps() -> gpt.Steps:
        package("llvmlite")
        return gpt.Steps(names, "native")

    for both in present({NATIVE: steps}, comparison.absent.append).values():
        comparison.steps = {NATIVE: both.compiled, EAGER: both.eager}
    return comparison


# What a node costs --------------------------------------------------------------------------------------------------


def node(name: str, operation: array_peers.Operation, hips_step: str) -> Comparison:
    comparison = Comparison(name, f"{name[5:]} of ten elements, recorded and differentiated", parts=array_peers.LENGTH)
    comparison.compare({
        "glassgrad, Tensor": lambda: array_peers.our_chain(operation),
        HIPS: lambda: Hips(hips_step, array_peers.NUMBERS, array_peers.ONES, array_peers.LENGTH),
        MYGRAD: lambda: array_peers.mygrad_chain(mygrad_operation(name, operation)),
        TORCH: lambda: array_peers.torch_chain(operation),
    })  # fmt: skip
    return comparison


def mygrad_operation(name: str, operation: array_peers.Operation) -> array_peers.Operation:
    """Return the operation as MyGrad has it: its tensors have no method tanh."""
    return operation if name == "node-product" else lambda y, x: np.tanh(y)


def node_product() -> Comparison:
    return node("node-product", lambda y, x: y * x, "product")


def node_tanh() -> Comparison:
    return node("node-tanh", lambda y, x: y.tanh(), "tanh")


def mixture_of_gaussians() -> Comparison:
    sizes = f"{mixture.COMPONENTS} Gaussians in {mixture.DIMENSIONS} dimensions, {mixture.POINTS} points"
    comparison = Comparison("mixture", f"mixture of {sizes}: value and gradient")
    comparison.compare({
        "glassgrad, Tensor": array_peers.our_mixture,
        HIPS: lambda: Hips("mixture"),
        TORCH: array_peers.torch_mixture,
    })  # fmt: skip
    return comparison


# First calls --------------------------------------------------------------------------------------------------------


@contextmanager
def cache_in(folder: str) -> Iterator[None]:
    """Machine code is kept in this folder."""
    before = os.environ.get("GLASSGRAD_CACHE")
    os.environ["GLASSGRAD_CACHE"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["GLASSGRAD_CACHE"]
        else:
            os.environ["GLASSGRAD_CACHE"] = before


@dataclass
class FirstCall:
    """The first call of what is made anew for each time, without machine code from before, or with it."""

    make: Callable[[], Callable[[], Any]]
    cached: bool = False

    def seconds(self, turn: float) -> float:
        with tempfile.TemporaryDirectory() as folder, cache_in(folder):
            if self.cached:
                self.make()()
            return seconds_of(self.make())


def first_call(name: str, work: str, makes: dict[str, Callable[[], Callable[[], Any]]], rounds: int = 3) -> Comparison:
    comparison = Comparison(name, f"{work}: first call", rounds)

    def ready(make: Callable[[], Callable[[], Any]]) -> FirstCall:
        make()()  # LLVM is loaded
        return FirstCall(make)

    prepare = {program: functools.partial(ready, make) for program, make in makes.items()}
    comparison.steps = dict(present(prepare, comparison.absent.append))
    if NATIVE in comparison.steps:
        comparison.steps[f"{NATIVE}, code from the disk"] = FirstCall(makes[NATIVE], cached=True)
    return comparison


def iris_first_call() -> Comparison:
    makes = {program: functools.partial(peers.ours_compiled, backend) for program, backend in BACKENDS.items()}
    return first_call("iris-first-call", "MLP 4-16-16-3, value and gradient", makes | {JAX: peers.jax})


def digits_first_call() -> Comparison:
    rng = np.random.default_rng(0)
    x, t = rng.random((digits.BATCH, 784)), np.eye(10)[rng.integers(0, 10, digits.BATCH)]
    model = Written((784, 30, 10), sigmoid)

    def make(backend: str) -> Callable[[], Any]:
        if backend == "native":
            package("llvmlite")
        return functools.partial(autograd.compile(model.loss, backend=backend).value_and_grad, x, t)

    makes = {program: functools.partial(make, backend) for program, backend in BACKENDS.items()}
    return first_call("digits-first-call", "784-30-10 written with + and *, value and gradient", makes)


def gpt_first_call() -> Comparison:
    names, _ = gpt.first_names(1)

    def make() -> Callable[[], Any]:
        package("llvmlite")
        return steps().first_call()

    steps = functools.cache(lambda: gpt.Steps(names, "native"))
    return first_call("gpt-first-call", f"gpt.py, a name of {len(names[0])} letters", {NATIVE: make})


def irregular(size: int) -> Comparison:
    comparison = Comparison("irregular", f"a deep irregular graph of {size:,} operations, batch 1", rounds=1)
    graph = IrregularGraph(size, lately=20)
    numbers, x = graph.x.tolist(), graph.x[None]

    def eager() -> tuple[float, list[Any]]:
        for p in graph.parameters:
            p.grad = 0.0
        loss = graph(numbers)
        loss.backward()
        return loss.data, [p.grad for p in graph.parameters]

    def compiled() -> Callable[[], Any]:
        package("llvmlite")
        return functools.partial(autograd.compile(graph, backend="native").value_and_grad, x)

    def value() -> FirstCall:
        package("llvmlite")
        return FirstCall(lambda: functools.partial(autograd.compile(graph, backend="native"), x))

    comparison.compare({EAGER: lambda: eager, f"{NATIVE}, later calls": compiled})
    firsts = {
        f"{NATIVE}, first call for the value": value,
        f"{NATIVE}, first call for value and gradient": lambda: FirstCall(compiled),
    }
    comparison.steps |= present(firsts, comparison.absent.append)
    return comparison


COMPARISONS: dict[str, Callable[[], Comparison]] = {
    "iris-step": iris_step,
    "digits-epoch": digits_epoch,
    "wide-step": wide_step,
    "gpt-step": gpt_step,
    "node-product": node_product,
    "node-tanh": node_tanh,
    "mixture": mixture_of_gaussians,
    "iris-first-call": iris_first_call,
    "digits-first-call": digits_first_call,
    "gpt-first-call": gpt_first_call,
    "irregular": functools.partial(irregular, 100_000),
}


def prepared(name: str, *, quick: bool = False) -> Comparison:
    """Return a comparison; a quick one has few rounds."""
    comparison = irregular(10_000) if quick and name == "irregular" else COMPARISONS[name]()
    if quick:
        comparison.rounds, comparison.turn = min(comparison.rounds, 3), 0.02
    return comparison


def chosen(only: Sequence[str]) -> list[str]:
    """Return the names of the comparisons wanted, of all without a wish."""
    return [name for name in COMPARISONS if not only or name in only]
