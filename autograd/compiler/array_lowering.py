"""From two recordings of a function of arrays to what it computes: what differs between them must be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from autograd.array_rows import array_registry
from autograd.arrays.conditions import PlainRow
from autograd.compiler.array_gradient import PulledBack
from autograd.compiler.array_graph import ArrayGraph, Constant, Given, Operation, Slot
from autograd.errors import TracingError, brief
from autograd.graph import operations
from autograd.primitives import mul, positive, pow, relu, strong_mul
from autograd.rows import Primitive, comparisons
from autograd.symbols import Symbol, read_value
from autograd.tensor import Tensor
from autograd.variable import Variable

__all__ = ["Lowering", "MovedError", "Run"]

Array = np.ndarray[Any, Any]


class MovedError(TracingError):
    """A number differs between two recordings and is neither an argument nor made by recorded operations."""


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """What one recording was given, and what is known of it.

    Attributes
    ----------
    arguments : dict of Tensor to int
        The floating arguments, with their places among all arrays.
    integers : dict of int to ndarray
        The others, by place.
    derived : list
        As of `Trace`.
    start : int
        The stamp before it began.
    """

    arguments: Mapping[Tensor, int]
    integers: Mapping[int, Array]
    derived: Sequence[tuple[Any, Any, tuple[Any, ...]]]
    start: int


@final
class Lowering:
    """Two recordings of one function walked in step.

    Attributes
    ----------
    graph : ArrayGraph
        What is computed.
    moving : set of Tensor
        The operations, of both recordings, whose settings differ from call to call.
    """

    def __init__(self, name: str, first: Run, second: Run, parameters: dict[Tensor, int]) -> None:
        self.name = name
        self.first = first
        self.second = second
        self.parameters = parameters
        self.graph = ArrayGraph()
        self.moving: set[Variable] = set()
        self._made: dict[Variable, int] = {}
        self._partners: dict[Variable, Variable] = {}

    def lower(self, first: Sequence[Any], second: Sequence[Any]) -> list[int]:
        """Return the nodes of results, given as the two recordings have them.

        Raises
        ------
        TracingError
            If the recordings differ in what is no argument.
        """
        for pair in zip(first, second, strict=True):
            self._match(*pair)
        for node in reversed(operations([x for x in first if isinstance(x, Variable)])):
            if node not in self._made:
                self._made[node] = self._operation(node, self._partners[node])
        return [self._operand(a, b, "the result") for a, b in zip(first, second, strict=True)]

    def _match(self, a: Any, b: Any) -> None:
        """Find the partner of each operation."""
        waiting = [(a, b)]
        while waiting:
            a, b = waiting.pop()
            if not isinstance(a, Variable) or a.op is None or a in self._partners:
                continue
            if not isinstance(a, Tensor):
                raise TracingError(
                    f"{self.name} computes with a Value, {brief(a)}; a compiled function of whole arrays takes Tensors "
                    "only: make one of its number, outside of it"
                )
            if not isinstance(b, Tensor) or b.op is None or _row_key(a.op) != _row_key(b.op):
                raise self._moved(a.op.label, "another operation stands in its place")
            if a.shape != b.shape or a.dtype != b.dtype or len(a.inputs) != len(b.inputs):
                raise self._moved(
                    a.op.label, f"its result has the shape {a.shape}, then {b.shape}; a shape cannot depend on numbers"
                )
            self._partners[a] = b
            waiting.extend(zip(a.inputs, b.inputs, strict=True))

    # Operands -------------------------------------------------------------------------------------------------------

    def _operand(self, a: Any, b: Any, where: str, before: int | None = None) -> int:
        """Return the node of an operand; ``before`` as in `_constant`."""
        if isinstance(a, Variable):
            if a in self._made:
                return self._made[a]
            if a.op is None:
                return self._leaf(a, b, where)
        if isinstance(b, Variable):
            raise self._moved(where, "another operation stands in its place")
        return self._constant(a, b, where, before)

    def _leaf(self, a: Variable, b: Any, where: str) -> int:
        if not isinstance(a, Tensor):
            raise TracingError(
                f"{self.name} captures a Value, {brief(a)}; the parameters of a compiled function of whole arrays are "
                "Tensors: write Tensor(v.data)"
            )
        place = self.first.arguments.get(a)
        if place is not None:
            if self.second.arguments.get(b) != place:
                raise self._moved(where, "another argument stands in its place")
            return self.graph.add(Given("argument", place, a.shape, a.dtype))
        if a.is_older_than(self.first.start):
            if a is not b:
                raise self._moved(where, "another leaf stands in its place")
            index = self.parameters.setdefault(a, len(self.parameters))
            return self.graph.add(Given("parameter", index, a.shape, a.dtype))
        if not isinstance(b, Tensor):
            raise self._moved(where, "another operation stands in its place")
        return self._constant(a._primal, b._primal, where)  # made by the function itself

    def _constant(self, a: Any, b: Any, where: str, before: int | None = None) -> int:
        """Return the node of an operand that is not on the graph.

        It may be an array that was derived; one from which such an array is derived came before it.
        """
        derived = self.first.derived[:before]
        for place, (found, _, _) in enumerate(derived):
            if a is found and b is self.second.derived[place][0]:
                return self._derived(place, where)
        if _equal(a, b):
            return self.graph.add(Constant(a))
        if np.shape(a) != np.shape(b):
            raise self._moved(where, f"an array of shape {np.shape(a)} is one of {np.shape(b)}")
        if isinstance(a, np.ndarray):
            for place, (found, _, _) in enumerate(derived):
                if _is_of(a, found) and _is_of(b, self.second.derived[place][0]):
                    return self._like(self._derived(place, where), a)
            for place, given in self.first.integers.items():
                if _is_of(a, given) and _is_of(b, self.second.integers[place]):
                    return self._like(self._integers(place), a)
        raise self._moved(where, f"{brief(a, 60)} is now {brief(b, 60)}")

    def _integers(self, place: int) -> int:
        given = self.first.integers[place]
        return self.graph.add(Given("argument", place, given.shape, given.dtype))

    def _derived(self, place: int, where: str) -> int:
        found, function, arguments = self.first.derived[place]
        others = self.second.derived[place][2]
        operands = [self._operand(a, b, where, place) for a, b in zip(arguments, others, strict=True)]
        return self.graph.add(Operation(_name_of(function), function, tuple(operands), {}, 0, found.shape, found.dtype))

    def _like(self, number: int, x: Array) -> int:
        """Return a node in the shape and type of an array that has its elements."""
        node = self.graph.nodes[number]
        if node.shape != x.shape:
            number = self._add("reshape", np.reshape, [number], {"shape": x.shape}, x.shape, node.dtype)
        if node.dtype != x.dtype:
            number = self._cast(number, x.dtype)
        return number

    def _moved(self, where: str, how: str) -> MovedError:
        return MovedError(f"{self.name} does not compute the same each time: in {where}, {how}")

    # Operations -----------------------------------------------------------------------------------------------------

    def _operation(self, a: Any, b: Any) -> int:
        row = a.op
        where = f"{row.label} of {', '.join(str(np.shape(getattr(x, '_primal', x))) for x in a.inputs)}"
        operands = [self._operand(x, y, where) for x, y in zip(a.inputs, b.inputs, strict=True)]
        if isinstance(row, Primitive):
            number = self._elementwise(row, operands, a.dtype)
            return self._filled(number, a.shape, a.dtype)
        settings: dict[str, Any] = {}
        found: list[int] = []
        for key, x in a.settings.items():
            settings[key] = self._setting(x, b.settings[key], found, len(operands), f"the {key} of {where}")
        if found:
            self.moving |= {a, b}
        if row is _RESHAPE and self.graph.nodes[operands[0]].shape == a.shape and settings.get("order", "C") == "C":
            return operands[0]
        if row in _SHORT and not found and a.size:
            return _SHORT[row](self, operands[0], settings, a)
        return self._add(row.name, row.value, [*operands, *found], settings, a.shape, a.dtype, in_settings=len(found))

    def _sum(self, x: int, settings: Mapping[str, Any], a: Tensor) -> int:
        if not self.graph.nodes[x].shape:
            return self._cast(x, a.dtype)
        return self._fold(np.add, x, settings["axis"], settings["keepdims"], a.shape, a.dtype)

    def _softmax(self, x: int, settings: Mapping[str, Any], a: Tensor) -> int:
        _, powers, total = self._powers(x, settings["axis"], a)
        return self._ufunc(np.divide, [powers, total], a.dtype)

    def _log_softmax(self, x: int, settings: Mapping[str, Any], a: Tensor) -> int:
        below, _, total = self._powers(x, settings["axis"], a)
        return self._ufunc(np.subtract, [below, self._ufunc(np.log, [total], a.dtype)], a.dtype)

    def _powers(self, x: int, axis: int, a: Tensor) -> tuple[int, int, int]:
        """Return x less the largest, the exponential of it, and the sum of that, along an axis."""
        kept = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
        largest = self._fold(np.maximum, x, axis, True, kept, a.dtype)
        below = self._ufunc(np.subtract, [x, largest], a.dtype)
        powers = self._ufunc(np.exp, [below], a.dtype)
        return below, powers, self._fold(np.add, powers, axis, True, kept, a.dtype)

    def _fold(
        self, ufunc: np.ufunc, x: int, axis: Any, keepdims: bool, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> int:
        settings = {"axis": axis, "keepdims": keepdims}
        return self._add(f"{ufunc.__name__}.reduce", ufunc.reduce, [x], settings, shape, dtype)

    def _setting(self, a: Any, b: Any, found: list[int], first: int, where: str) -> Any:
        """Return a setting with slots for what differs from call to call, whose nodes go to ``found``."""
        if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
            return {key: self._setting(x, b[key], found, first, where) for key, x in a.items()}
        if isinstance(a, list | tuple) and type(a) is type(b) and len(a) == len(b):
            parts = [self._setting(x, y, found, first, where) for x, y in zip(a, b, strict=True)]
            return type(a)(*parts) if hasattr(a, "_fields") else type(a)(parts)
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            number = self._constant(a, b, where)
            if isinstance(self.graph.nodes[number], Constant):
                return a
            found.append(number)
            return Slot(first + len(found) - 1)
        if not _equal(a, b):
            raise self._moved(where, f"{brief(a)} is now {brief(b)}")
        return a

    def _elementwise(self, row: Primitive, operands: Sequence[int], dtype: np.dtype[Any]) -> int:
        nodes = self.graph.nodes
        constants = [node.value if isinstance(node := nodes[x], Constant) else None for x in operands]
        if all(isinstance(x, float) for x in constants):
            return self.graph.add(Constant(float(row.evaluate(*constants))))
        base = row.base
        if base is positive:
            return operands[0]
        if base is mul and (ones := [i for i, x in enumerate(constants) if isinstance(x, float) and x == 1]):
            return operands[1 - ones[0]]
        if base is relu:
            return self._ufunc(np.maximum, [operands[0], self.graph.add(Constant(0.0))], dtype)
        if base is pow and isinstance(constants[1], float) and constants[1] in _POWERS:
            return self._ufunc(_POWERS[constants[1]], operands[:1], dtype)
        if base is strong_mul and any(isinstance(x, float) and x != 0 and np.isfinite(x) for x in constants):
            return self._ufunc(np.multiply, operands, dtype)
        if row.composed:
            symbols = [Symbol(f"x{i}") for i in range(len(operands))]
            names = {symbol.text: x for symbol, x in zip(symbols, operands, strict=True)}
            return self._expression(read_value(row, symbols, row.settings), names, dtype)
        if isinstance(row.array_function, np.ufunc):
            return self._ufunc(row.array_function, operands, np.dtype(bool) if row in comparisons.values() else dtype)
        shape = np.broadcast_shapes(*(nodes[x].shape for x in operands))
        return self._add(row.name, row.array_function, operands, row.settings, shape, dtype)

    def _expression(self, expression: Any, names: Mapping[str, int], dtype: np.dtype[Any]) -> int:
        if not isinstance(expression, Symbol):
            return self.graph.add(Constant(float(expression)))
        if expression.row is None:
            return names[expression.text]
        operands = [self._expression(x, names, dtype) for x in expression.operands]
        return self._elementwise(expression.row, operands, dtype)

    def _ufunc(self, ufunc: np.ufunc, operands: Sequence[int], dtype: np.dtype[Any]) -> int:
        shape = np.broadcast_shapes(*(self.graph.nodes[x].shape for x in operands))
        return self._add(ufunc.__name__, ufunc, operands, {}, shape, dtype)

    def _filled(self, number: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
        """Return a node in this shape and type, where an expression has forgotten its operands."""
        node = self.graph.nodes[number]
        if isinstance(node, Constant) and (node.shape != shape or not isinstance(node.value, np.ndarray)):
            return self.graph.add(Constant(np.full(shape, node.value, dtype)))
        if node.shape != shape:
            number = self._add("broadcast_to", np.broadcast_to, [number], {"shape": shape}, shape, node.dtype)
        return number if node.dtype == dtype else self._cast(number, dtype)

    def _cast(self, number: int, dtype: np.dtype[Any]) -> int:
        return self._add("astype", np.asarray, [number], {"dtype": dtype}, self.graph.nodes[number].shape, dtype)

    def _add(
        self,
        name: str,
        function: Any,
        operands: Sequence[int],
        settings: Mapping[str, Any],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        *,
        in_settings: int = 0,
    ) -> int:
        nodes = [self.graph.nodes[x] for x in operands]
        if not in_settings and all(isinstance(node, Constant) for node in nodes):
            with np.errstate(all="ignore"):
                found = function(*(node.value for node in nodes if isinstance(node, Constant)), **settings)
            return self.graph.add(Constant(np.asarray(found, dtype)))
        return self.graph.add(Operation(name, function, tuple(operands), settings, in_settings, shape, dtype))


_SHORT = {
    array_registry["sum"]: Lowering._sum,
    array_registry["softmax"]: Lowering._softmax,
    array_registry["log_softmax"]: Lowering._log_softmax,
}
"""Array rows that are made of calls which write to a buffer."""

_RESHAPE = array_registry["reshape"]

_POWERS = {2.0: np.square, 0.5: np.sqrt, 1.0: np.positive, -1.0: np.reciprocal}
"""Exponents for which NumPy's operator has a short way."""


def _row_key(row: Any) -> Any:
    """Return what a row has in common with that of the same operation in another recording."""
    if isinstance(row, Primitive):
        return row.base, tuple(row.settings.items())
    if isinstance(row, PulledBack):
        return row.row, row.position
    return row.function if isinstance(row, PlainRow) else row


def _name_of(function: Any) -> str:
    name: str = function.__name__
    return "indices" if name == "<lambda>" else name.lstrip("_")


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        same = np.shape(a) == np.shape(b) and np.result_type(a) == np.result_type(b)
        return same and np.array_equal(a, b, equal_nan=np.result_type(a).kind == "f")
    if isinstance(a, float) and isinstance(b, float):
        return a.hex() == b.hex()
    return a is b or (type(a) is type(b) and bool(a == b))


def _is_of(x: Any, given: Any) -> bool:
    """Tell whether an array has the elements of another, in their order."""
    return isinstance(x, np.ndarray) and x.size == given.size and np.array_equal(np.ravel(x), np.ravel(given))
