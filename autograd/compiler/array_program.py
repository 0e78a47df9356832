"""A function of whole arrays made ready to run: NumPy's calls over buffers that are made once and used again."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import numpy as np

from autograd.array_rows import array_registry
from autograd.compiler.array_gradient import PulledBack
from autograd.compiler.array_graph import ArrayGraph, Constant, Given, Operation, Slot
from autograd.compiler.numpy_calls import negative

__all__ = ["ArrayProgram"]

Array = np.ndarray[Any, Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]

KEPT_BINDINGS = 8  # of threads that have run at once
FEW = 200  # elements that are added one by one


@final
class ArrayProgram:
    """Computes nodes of a graph. Threads may call it at once.

    Parameters
    ----------
    graph : ArrayGraph
        It gets nodes that copy, for results that are no arrays of their own.
    roots : sequence of int
        What is returned.

    Attributes
    ----------
    sources : list of Given
        The arrays it is called with.
    """

    def __init__(self, graph: ArrayGraph, roots: Sequence[int]) -> None:
        self.graph = graph
        self.roots = [_owned(graph, root, roots[:i]) for i, root in enumerate(roots)]
        self.live = graph.live(self.roots)
        found = [(number, graph.nodes[number]) for number in self.live]
        self.inputs = [number for number, node in found if isinstance(node, Given)]
        self.sources = [node for _, node in found if isinstance(node, Given)]
        self.operations = [number for number, node in found if isinstance(node, Operation)]
        self._bindings: list[_Binding] = []
        self._lock = threading.Lock()

    def __call__(self, given: Sequence[Array], outs: Sequence[Array | None]) -> list[Array]:
        """Return the results.

        Parameters
        ----------
        given : sequence of ndarray
            For each of `sources` its array, which is read where it is.
        outs : sequence of ndarray or None
            For each result the array to write it to, or None for a new one.
        """
        nodes = self.graph.nodes
        made = [
            np.empty(nodes[root].shape, nodes[root].dtype) if out is None else out
            for root, out in zip(self.roots, outs, strict=True)
        ]
        with self._lock:
            binding = self._bindings.pop() if self._bindings else None
        binding = _Binding(self) if binding is None else binding
        try:
            binding.run(given, made)
        finally:
            with self._lock:
                if len(self._bindings) < KEPT_BINDINGS:
                    self._bindings.append(binding)
        return made


def _owned(graph: ArrayGraph, root: int, before: Sequence[int]) -> int:
    """Return a node whose array belongs to nobody else."""
    node = graph.nodes[root]
    if isinstance(node, Operation) and root not in before and not is_view(graph, node):
        return root
    graph.nodes.append(Operation("copy", np.copy, (root,), {}, 0, node.shape, node.dtype))
    return len(graph.nodes) - 1


def is_view(graph: ArrayGraph, node: Operation) -> bool:
    """Tell an operation that moves nothing: its result is a view of its operand."""
    if node.in_settings:
        return False
    if node.function in _RESHAPES:  # which is a view of what lies in one piece, such as a buffer
        operand = graph.nodes[node.operands[0]]
        is_buffer = isinstance(operand, Operation) and not is_view(graph, operand)
        return is_buffer and node.settings.get("order", "C") == "C"
    if node.function is _PART:
        index = node.settings["index"]
        return all(i is None or i is Ellipsis or isinstance(i, int | slice | np.integer) for i in index)
    return node.function in _VIEWS


class _Binding:
    """Buffers of one run at a time, and the calls that work on them.

    Calls hold the arrays that they work on. Those that hold an array of the caller's are made anew where it is another
    one than in the run before.
    """

    def __init__(self, program: ArrayProgram) -> None:
        self.graph = program.graph
        self.inputs = program.inputs
        self.roots = program.roots
        self.arrays: dict[int, Any] = {}
        self.calls: list[Call] = []
        self._views: dict[int, list[int]] = {}  # of a caller's array, those that are views of it
        self._users: dict[int, list[int]] = {}  # and the places of the calls that hold it
        self._numbers: list[int] = []  # of each call, the node it computes
        for number in program.live:
            node = self.graph.nodes[number]
            if isinstance(node, Constant):
                self.arrays[number] = node.value
        self._lay_out(program.operations)

    def _lay_out(self, operations: Sequence[int]) -> None:
        """Give each operation its place: a buffer, one of the caller's arrays, or a view."""
        nodes = self.graph.nodes
        owner: dict[int, int] = {}  # whose memory a view shows
        callers = {*self.inputs, *self.roots}
        last_use: dict[int, int] = {}
        for number in operations:
            node = nodes[number]
            assert isinstance(node, Operation)
            owners = [owner.get(x, x) for x in node.operands]
            if is_view(self.graph, node):
                owner[number] = owners[0]
            last_use.update(dict.fromkeys(owners, number))
        dying: dict[int, list[int]] = {}
        for number, last in last_use.items():
            dying.setdefault(last, []).append(number)
        spare: dict[tuple[tuple[int, ...], Any], list[Array]] = {}
        for number in operations:
            node = nodes[number]
            assert isinstance(node, Operation)
            shown = owner.get(number)
            held = {root for x in node.operands if (root := owner.get(x, x)) in callers}
            if shown is not None:
                if shown in callers:
                    self._views.setdefault(shown, []).append(number)
                else:
                    self.arrays[number] = _view(node, self.arrays[node.operands[0]])
            else:
                if number in callers:
                    held.add(number)
                else:
                    free = spare.get((node.shape, node.dtype))
                    self.arrays[number] = free.pop() if free else np.empty(node.shape, node.dtype)
                for root in held:
                    self._users.setdefault(root, []).append(len(self._numbers))
                self._numbers.append(number)
            for old in dying.get(number, ()):
                if old not in callers and isinstance(nodes[old], Operation):
                    buffer = self.arrays[old]
                    spare.setdefault((buffer.shape, buffer.dtype), []).append(buffer)
        held_by_callers = {place for places in self._users.values() for place in places}
        self.calls = [
            (_nothing, ()) if place in held_by_callers else self._call(number)
            for place, number in enumerate(self._numbers)
        ]

    def _call(self, number: int) -> Call:
        node = self.graph.nodes[number]
        assert isinstance(node, Operation)
        return _call(node, [self.arrays[x] for x in node.operands], self.arrays[number])

    def run(self, given: Sequence[Array], outs: Sequence[Array]) -> None:
        """Make the calls."""
        arrays = self.arrays
        changed = []
        for numbers, theirs in ((self.inputs, given), (self.roots, outs)):
            for number, array in zip(numbers, theirs, strict=True):
                if arrays.get(number) is not array:
                    arrays[number] = array
                    changed.append(number)
        if changed:
            self._bind(changed)
        with np.errstate(all="ignore"):
            for function, arguments in self.calls:
                function(*arguments)

    def _bind(self, changed: Sequence[int]) -> None:
        """Make the calls anew that hold arrays which are other ones now."""
        for root in changed:
            for number in self._views.get(root, ()):
                node = self.graph.nodes[number]
                assert isinstance(node, Operation)
                self.arrays[number] = _view(node, self.arrays[node.operands[0]])
        for place in {place for root in changed for place in self._users.get(root, ())}:
            self.calls[place] = self._call(self._numbers[place])


# From operations to calls -------------------------------------------------------------------------------------------


def _call(node: Operation, operands: Sequence[Any], out: Array) -> Call:
    """Return the call that computes an operation where its result belongs."""
    function = node.function
    if function in (np.maximum, np.minimum):  # whose third argument by position is deprecated
        return functools.partial(function, out=out), tuple(operands)
    if function is np.negative and out.dtype.kind == "f":
        return negative, (operands[0], out)
    if isinstance(function, np.ufunc):
        return function, (*operands, out)
    if function in _FOLDS:
        return function, (operands[0], node.settings["axis"], None, out, node.settings["keepdims"])
    count = len(operands) - node.in_settings
    settings = _filled(node.settings, operands) if node.in_settings else node.settings
    if function in _KERNELS:
        return _KERNELS[function], (out, *operands[:count], *settings.values())
    if isinstance(owner := getattr(function, "__self__", None), PulledBack) and owner.row is _GETITEM:
        return _add_at, (out, operands[0], settings["index"])
    return _assign, (out, function, operands[:count], settings)


def _view(node: Operation, x: Any) -> Any:
    """Return what a view shows of an array, also of a single element."""
    if node.function is _PART and Ellipsis not in node.settings["index"]:
        return x[(*node.settings["index"], Ellipsis)]
    return node.function(x, **node.settings)


def _filled(x: Any, operands: Sequence[Any]) -> Any:
    """Return settings with what is computed in place of the slots."""
    if isinstance(x, Mapping):
        return {key: _filled(part, operands) for key, part in x.items()}
    if isinstance(x, list | tuple):
        parts = [_filled(part, operands) for part in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    return operands[x] if isinstance(x, Slot) else x


def _nothing() -> None:
    """Stand in the place of a call whose arrays are not known yet."""


def _assign(out: Array, function: Callable[..., Any], operands: Sequence[Any], settings: Mapping[str, Any]) -> None:
    out[...] = function(*operands, **settings)


def _add_at(out: Array, g: Array, index: Any) -> None:
    """Add each element where it was taken from, by the way that is the faster one for so many."""
    if g.size <= FEW:
        out.fill(0.0)
        np.add.at(out, index, g)
    else:
        numbers = np.arange(1, out.size + 1).reshape(out.shape)[index]
        out[...] = _SCATTER(g, numbers, out.shape)


def _copy(out: Array, x: Any, *_: Any) -> None:
    np.copyto(out, x, "unsafe")


def _where(out: Array, condition: Any, a: Any, b: Any) -> None:
    truth = condition if np.result_type(condition).kind == "b" else np.not_equal(condition, 0)
    np.copyto(out, b)
    np.copyto(out, a, where=truth)


def _reshaped(out: Array, x: Any, *settings: Any) -> None:
    out[...] = np.reshape(x, *settings)


def _place(out: Array, x: Any, shape: tuple[int, ...], index: Any) -> None:
    out.fill(0.0)
    out[index] = x


_FOLDS = (np.add.reduce, np.maximum.reduce, np.minimum.reduce)
_GETITEM, _SCATTER = array_registry["getitem"], array_registry["scatter"].value
_PART = array_registry["part"].value
_RESHAPES = (array_registry["reshape"].value, np.reshape)
_VIEWS = frozenset(array_registry[name].value for name in ("broadcast_to", "expand_dims", "squeeze", "transpose")) | {
    np.broadcast_to
}
_KERNELS: dict[Any, Callable[..., None]] = {
    np.asarray: _copy,
    np.copy: _copy,
    np.where: _where,
    array_registry["astype"].value: _copy,
    array_registry["place"].value: _place,
    array_registry["reshape"].value: _reshaped,
    np.reshape: _reshaped,
}
"""How operations that are no ufuncs write to a buffer; all others make an array that is copied."""
