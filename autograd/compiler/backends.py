"""Backends by name, and how one is chosen."""

from __future__ import annotations

import importlib.util
from typing import final

import numpy as np

from autograd.compiler.executors import Executor, Program
from autograd.compiler.native import NativeExecutor
from autograd.compiler.numpy_executor import NumpyExecutor
from autograd.compiler.plan import MatMul, Outer, Plan
from autograd.errors import ArgumentError

__all__ = ["BACKENDS", "AutoExecutor", "executor_named"]

LARGE = 2_000_000  # products in one matmul, from which on BLAS, which also divides them into blocks, is ahead


@final
class AutoExecutor(Executor):
    """Takes the native executor where it can run the plan and is the faster one, else NumPy."""

    name = "auto"

    def choose(self, plan: Plan) -> tuple[Executor, str]:
        """Return the executor for a plan, and why it is the one."""
        if importlib.util.find_spec("llvmlite") is None:
            return NumpyExecutor(), "llvmlite is not installed; pip install 'glassgrad[jit]' brings machine code"
        native = NativeExecutor()
        refusal = native.refusal(plan)
        if refusal is not None:
            return NumpyExecutor(), refusal
        largest = max((_products(step) for step in plan.steps if isinstance(step, MatMul | Outer)), default=0)
        if largest >= LARGE:
            return NumpyExecutor(), f"its largest matmul has {largest:,} products a sample, which BLAS does faster"
        return native, "llvmlite is installed, and no matmul is so large that BLAS would be ahead"

    def prepare(self, plan: Plan) -> Program:
        """Make ``plan`` ready to run."""
        return self.choose(plan)[0].prepare(plan)


def _products(step: MatMul | Outer) -> int:
    left, right = (step.weights, step.inputs) if isinstance(step, MatMul) else (step.left, step.right)
    return int(np.prod(left.shape)) * right.shape[0 if isinstance(step, MatMul) else 1]


BACKENDS: dict[str, type[Executor]] = {"auto": AutoExecutor, "native": NativeExecutor, "numpy": NumpyExecutor}


def executor_named(backend: str) -> Executor:
    """Return the executor of that name.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    if backend not in BACKENDS:
        raise ArgumentError(f"backend must be {', '.join(map(repr, BACKENDS))}, not {backend!r}")
    return BACKENDS[backend]()
