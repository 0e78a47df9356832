"""The native executor: a plan as machine code."""

from __future__ import annotations

import importlib.util
import struct
import threading
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from autograd.compiler.executors import Arrays, Executor
from autograd.compiler.native.cache import cached, keep, key_of
from autograd.compiler.native.driver import DATA_FIELDS, DIFFERS, ENTRY, HEADER, INPUT_FIELDS, IS_KEPT, write
from autograd.compiler.native.formulas import UnreadableRowError, read
from autograd.compiler.native.layout import Layout
from autograd.compiler.plan import Map, Plan
from autograd.errors import MissingExtraError

__all__ = ["NativeExecutor", "NativeProgram"]

Array = np.ndarray[Any, Any]
ALIGNMENT = 64  # bytes of the longest vector


@final
class NativeExecutor(Executor):
    """Runs plans as machine code that LLVM makes for this processor.

    Parameters
    ----------
    inlined : bool, optional
        Whether the numbers of steps are written into the code; by the size of a plan if not given.
    """

    name = "native"

    def __init__(self, inlined: bool | None = None) -> None:
        self.inlined = inlined

    def prepare(self, plan: Plan) -> NativeProgram:
        """Make ``plan`` ready to run.

        Raises
        ------
        MissingExtraError
            If llvmlite is not installed.
        """
        if importlib.util.find_spec("llvmlite") is None:
            raise MissingExtraError("the native executor", "jit")
        return NativeProgram(plan, self.inlined)

    def refusal(self, plan: Plan) -> str | None:
        """Tell which row cannot be made code; None if all can."""
        try:
            for step in (*plan.steps, *plan.updates):
                if isinstance(step, Map):
                    read([write.expression for write in step.writes])
        except UnreadableRowError as error:
            return str(error)
        return None


@final
class NativeProgram:
    """A plan made ready to run; see `Program`."""

    def __init__(self, plan: Plan, inlined: bool | None = None) -> None:
        self.plan = plan
        self._inlined = inlined
        self._lock = threading.Lock()
        self._inputs = [(name, space.batched) for name, space in plan.spaces.items() if space.is_input]
        self._outputs = [(name, ref.shape, plan.spaces[ref.space].batched) for name, ref in plan.outputs.items()]
        fields = HEADER + INPUT_FIELDS * len(self._inputs) + len(self._outputs)
        self._pack = struct.Struct(f"{fields}q").pack
        self._variants: dict[bool, _Variant] = {}

    def __call__(self, inputs: Arrays, samples: int) -> tuple[dict[str, Array], bool]:
        """Run the plan once; see `Program`."""
        variant = self._variants.get(samples == 1) or self._variant(samples == 1)
        arguments = [0, 0, 1, 0, 0, samples]
        for name, _ in self._inputs:
            arguments += (id(inputs[name]), 0)
        found = {}
        for name, shape, is_batched in self._outputs:
            found[name] = out = np.empty((*shape, samples) if is_batched else shape)
            arguments.append(id(out))
        return found, variant(self._pack(*arguments)) == 1

    def repeat(
        self, inputs: Arrays, order: Array, starts: Array, each: Arrays, kept: Sequence[str]
    ) -> tuple[int, dict[str, Array]]:
        """Run the plan, and its updates, once for each minibatch; see `Program`."""
        count = len(starts) - 1
        order, starts = np.ascontiguousarray(order, np.int64), np.ascontiguousarray(starts, np.int64)
        arguments = [_address(starts), _address(order), count, 1, 0, 0]
        held = {}  # arrays as the code takes them
        for name, is_batched in self._inputs:
            x = each.get(name, inputs.get(name))
            held[name] = x = x if is_batched else np.ascontiguousarray(x)
            arguments += (id(x), DIFFERS if name in each else IS_KEPT if name in kept else 0)
        found = {}
        for name, shape, is_batched in self._outputs:
            if is_batched:
                arguments.append(0)
            else:
                found[name] = np.empty((count, *shape))
                arguments.append(id(found[name]))
        is_single = bool((np.diff(starts) == 1).all())
        variant = self._variants.get(is_single) or self._variant(is_single)
        done = variant(self._pack(*arguments)) if count else 0
        for name in kept:
            if held[name] is not inputs[name]:
                inputs[name][...] = held[name]
        return done, {name: x[:done] for name, x in found.items()}

    def _variant(self, one_sample: bool) -> _Variant:
        with self._lock:
            if one_sample not in self._variants:
                self._variants[one_sample] = _Variant(self.plan, one_sample, self._inlined)
            return self._variants[one_sample]


class _Variant:
    """A plan made ready for one sample, or for any number of them."""

    def __init__(self, plan: Plan, one_sample: bool, inlined: bool | None) -> None:
        from autograd.compiler.native.machine import Code, machine

        layout = Layout(plan, machine().width, one_sample, inlined)
        self._size = layout.size
        key = key_of(machine().identity, layout.identity)
        objects = cached(key)
        if objects is None:
            objects = machine().compile(write(layout))
            keep(key, objects)
        self._code = Code(machine(), objects, ENTRY)
        self._data = [_joined(layout.tables, np.int32), _joined(layout.constants, np.float64), _numbers(layout)]
        self._free: list[tuple[Array, int]] = []  # memory that no call uses now

    def __call__(self, arguments: bytes) -> int:
        try:
            memory = self._free.pop()
        except IndexError:
            memory = self._memory()
        done: int = self._code.run(arguments, memory[1])
        self._free.append(memory)
        return done

    def _memory(self) -> tuple[Array, int]:
        """Return memory for one call at a time: addresses of what is constant, then the numbers of the plan."""
        block = np.zeros(DATA_FIELDS + self._size + ALIGNMENT // 8)
        start = -(-_address(block) // ALIGNMENT) * ALIGNMENT
        first = (start - _address(block)) // 8
        block.view(np.int64)[first : first + len(self._data)] = [_address(x) for x in self._data]
        return block, start


def _numbers(layout: Layout) -> Array:
    """Return the program of a plan whose numbers are not in its code: where phases begin, then the steps."""
    numbers: list[int] = []
    if layout.inlined:
        return np.zeros(1, np.int64)
    _, calls = layout.program()
    bounds = [len(calls) + 1]
    for phase in calls:
        for function, own in phase:
            numbers += (function, len(own), *own)
        bounds.append(len(calls) + 1 + len(numbers))
    return np.array([*bounds, *numbers], np.int64)


def _joined(parts: list[Array], kind: Any) -> Array:
    return np.concatenate([*parts, np.zeros(1, kind)])


def _address(x: Array) -> int:
    return x.__array_interface__["data"][0]  # type: ignore[no-any-return]
