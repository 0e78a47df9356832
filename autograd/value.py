"""Value: a float on the graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, final

import numpy as np

from autograd.errors import NotALeafError, NotANumberError, brief
from autograd.graph import next_stamp, recording
from autograd.numbers import as_float, number, refuse_copy, warn_of_float
from autograd.protocols import call_function, call_ufunc
from autograd.recorder import recorder
from autograd.rows import Operand, Primitive, comparisons, registry
from autograd.tracing import tracing
from autograd.variable import Variable

__all__ = ["Value", "as_value", "recorded_value"]


def as_value(x: Any) -> Value:
    """Return ``x`` as a Value: itself if it is one."""
    return x if isinstance(x, Value) else Value(x)


@final
class Value(Variable):
    """One number that remembers how it was made.

    Arithmetic on Values, with each other and with plain numbers, records a graph; `backward` then finds the
    derivative of the result by every leaf. Arithmetic is IEEE, as in NumPy: ``1 / Value(0)`` is inf.

    Comparisons are by number and give plain bools, ``==`` too; the hash is by identity.

    Parameters
    ----------
    data : real number
        Kept as a Python float (64 bits).
    name : str, optional
        What pictures, formulas and messages call it.

    Raises
    ------
    NotANumberError
        If ``data`` is not one real number.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    >>> c = a * b + a**2
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-2.0, 1.0, 2.0)
    >>> [edge.formula for edge in (a * b).edges]
    ['∂out/∂a = b', '∂out/∂b = a']
    """

    __slots__ = ("partials",)

    partials: Sequence[float]  # the local gradients, one a parent

    def __init__(self, data: Any, *, name: str | None = None) -> None:
        if isinstance(data, Value):
            raise NotANumberError(
                f"{data!r} is a Value already; +v is a new node made from it, Value(v.data) a new leaf that is not"
            )
        self._primal = number(data, "the data of a Value")
        self.name = name
        self._grad = None
        self.reached = 0
        self.stamp = next_stamp()
        self.op = None
        self.inputs = self.parents = self.partials = ()

    @property
    def data(self) -> float:
        """The number. A leaf may be given another one; graphs recorded before then belong to the old number."""
        trace = tracing()
        if trace is not None:
            trace.read(self, ".data")
        number: float = self._primal
        return number

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise NotALeafError(f"only a leaf can be given a new number, but {self!r} is the result of {self.op!r}")
        trace = tracing()
        if trace is not None:
            trace.write(self)
        self._primal = number(data, "the data of a Value")
        self.stamp_anew()

    def item(self) -> float:
        """Return the number, which is not on the graph; the same as ``data``."""
        return self.data

    def detach(self) -> Value:
        """Return a new leaf with the same number, cut off from the graph."""
        return Value(self.data, name=self._name)

    @property
    def grad(self) -> Any:
        """What `backward` found, 0.0 before it; a float, or a Value after ``backward(create_graph=True)``.

        ``reached`` tells a gradient that is zero from one that was never computed: it counts the backward passes
        accumulated here since the gradient was last set to zero.
        """
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is not None and not isinstance(grad, Value):
            grad = number(grad, "a gradient") or None  # zero is where gradients start
        self._grad = grad
        if grad is None:
            self.reached = 0

    def backward(self, seed: Any = 1.0, *, create_graph: bool = False) -> None:
        """Find the derivative of this value by every node it was made from.

        Leaves accumulate: a second pass adds to ``.grad``, over the same graph it doubles it exactly. On the nodes
        between, ``.grad`` is set.

        Parameters
        ----------
        seed : real number, optional
            The derivative of the final result by this value.
        create_graph : bool, optional
            Record the derivatives too, so that gradients are Values with gradients of their own. A leaf and its
            gradient then refer to each other; `autograd.grad` gives higher derivatives without that cycle.

        Raises
        ------
        GraphChangedError
            If a leaf was given a new number after it was used here.

        Warns
        -----
        NonFiniteWarning
            If the gradient of a leaf is inf or nan; the leaf is named.
        """
        from autograd.backward import backward  # the passes look down on the nodes

        backward(self, [seed], create_graph=create_graph)

    def local_gradient(self, position: int) -> float:
        """Return the partial derivative by the operand at ``position``; see `Edge.local_gradient`."""
        return self.partials[sum(isinstance(x, Variable) for x in self.inputs[:position])]

    @classmethod
    def apply(cls, row: Primitive, operands: Sequence[Any]) -> Value:
        """Apply ``row`` to Values and numbers, or to groups of them, recording a node."""
        result: Value = _recorder(row)(*operands)
        if result is NotImplemented:
            foreign = next(x for x in operands if not isinstance(x, Value) and as_float(x) is None)
            raise NotANumberError(
                f"{row.name} on a Value takes Values and numbers, not {type(foreign).__name__}: {brief(foreign)}"
            )
        return result

    @classmethod
    def apply_array_row(cls, row: Any, operands: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply a row for whole arrays: a Value is an array of no axes to it."""
        return _tensor().apply_array_row(row, operands, settings)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(map(_holds_objects, inputs)):
            return getattr(ufunc, method)(*map(_boxed, inputs), **kwargs)
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if any(map(_holds_objects, args)):
            return function(*map(_boxed, args), **kwargs)
        return call_function(function, args, kwargs)

    def __init_subclass__(cls) -> None:
        raise TypeError("Value is final: an operation looks for exactly this class")

    def __gt__(self, other: Any) -> bool:
        return self._compare(other, comparisons["greater"])

    def __ge__(self, other: Any) -> bool:
        return self._compare(other, comparisons["greater_equal"])

    def __lt__(self, other: Any) -> bool:
        return self._compare(other, comparisons["less"])

    def __le__(self, other: Any) -> bool:
        return self._compare(other, comparisons["less_equal"])

    def __eq__(self, other: Any) -> bool:
        return self._compare(other, comparisons["equal"])

    def __ne__(self, other: Any) -> bool:
        return self._compare(other, comparisons["not_equal"])

    __hash__ = object.__hash__

    def _compare(self, other: Any, comparison: Primitive) -> bool:
        number: Any = other._primal if isinstance(other, Value) else other
        if not isinstance(number, Real | np.bool_):
            return NotImplemented  # type: ignore[no-any-return]  # Python then asks the other operand
        if tracing() is not None:
            return comparison(self, other)  # type: ignore[no-any-return]  # a condition for where
        return bool(comparison.scalar_function(self._primal, number))

    def __bool__(self) -> bool:
        trace = tracing()
        if trace is not None:
            trace.branch(self)
        return bool(self._primal)

    def __float__(self) -> float:
        warn_of_float(self)
        return self.data

    def __format__(self, spec: str) -> str:
        return format(self._primal, spec) if spec else str(self)

    def __repr__(self) -> str:
        name = f", name={self._name!r}" if self._name else ""
        return f"Value({self._primal!r}{name}, grad={_grad_text(self.grad)})"

    def __reduce__(self) -> tuple[Callable[..., Value], tuple[float, str | None, float, int]]:
        refuse_copy(self, "v.data is its number, and Value(v.data) a new leaf with it")
        return _leaf_again, (self._primal, self._name, float(self.grad), self.reached)


def _tensor() -> Any:
    from autograd.tensor import Tensor  # Tensors look down on Values, not the other way round

    return Tensor


def _holds_objects(x: Any) -> bool:
    """Tell an array of Values: NumPy goes through its elements one by one, and each stays a Value."""
    return isinstance(x, np.ndarray) and x.dtype == object


def _boxed(x: Any) -> Any:
    return np.array(x, dtype=object) if isinstance(x, Value) else x


def _grad_text(grad: Any) -> str:
    return repr(grad._primal if isinstance(grad, Value) else grad)


def _leaf_again(data: float, name: str | None, grad: float, reached: int) -> Value:
    value = Value(data, name=name)
    value.grad = grad
    value.reached = reached
    return value


def _recorder(row: Primitive) -> Callable[..., Any]:
    if row.record is None:
        row.record = recorder(row, Value, _other_operands if row.groups is None else _mixed_groups)
    return row.record


def _other_operands(row: Primitive, *operands: Any) -> Any:
    """Apply ``row`` to operands beside Values and Python's own numbers; NotImplemented where that has no sense."""
    for x in operands:
        if isinstance(x, Operand) and not isinstance(x, Value):
            return x.apply(row, operands)  # the other kind knows Values
    if not any(isinstance(x, Value) for x in operands):
        return row.dispatch(operands)
    if any(isinstance(x, np.ndarray) and x.ndim and x.dtype.kind in "biuf" for x in operands):
        return _tensor().apply(row, operands)
    converted = tuple(x if isinstance(x, Value) else as_float(x) for x in operands)
    return NotImplemented if any(x is None for x in converted) else _recorder(row)(*converted)


def _mixed_groups(row: Primitive, *groups: Sequence[Any]) -> Any:
    """Apply ``row`` to groups that mix Values and numbers, or have numbers that are not floats."""
    if not any(isinstance(x, Value) for x in itertools.chain(*groups)):
        return row.dispatch(groups)
    inputs: tuple[Any, ...] = tuple(
        x if isinstance(x, Value) else number(x, f"an operand of {row.name}") for x in itertools.chain(*groups)
    )
    are_variables = [isinstance(x, Value) for x in inputs]
    numbers = [x._primal if isinstance(x, Value) else x for x in inputs]
    try:
        y = row.scalar_function(*numbers)
        partials = row.partials(y, *numbers)
    except (ArithmeticError, ValueError):
        y, partials = row.evaluate_ieee(numbers)
    return recorded_value(row, y, inputs, tuple(itertools.compress(partials, are_variables)))


def recorded_value(row: Primitive, y: float, inputs: tuple[Any, ...], partials: tuple[Any, ...]) -> Value:
    """Return a Value made by ``row`` from ``inputs``, with a partial for each of them that is on the graph."""
    node = Value(y)
    note = recording()
    if note:
        node.op = row
        node.inputs = inputs
        node.parents = tuple(x for x in inputs if isinstance(x, Variable))  # type: ignore[misc]
        node.partials = partials
        if note is not True:
            note(node)
    return node


def _install(row: Primitive) -> None:
    """Give Value the row as a method: under its names if it takes one operand, and as operator if it has one."""
    record = _recorder(row)
    record.__name__, record.__qualname__, record.__doc__ = row.name, f"Value.{row.name}", row.__doc__
    if row.arity == 1:
        method = _accepting_settings(row, record) if row.settings else record
        for name in (row.name, *row.aliases):
            setattr(Value, name, method)
    if row.name in ("neg", "abs"):
        setattr(Value, f"__{row.name}__", record)
    elif row.name == "positive":
        Value.__pos__ = record  # type: ignore[method-assign]
    elif row.name in ("add", "sub", "mul", "div", "pow", "mod", "floor_divide"):
        stem = {"div": "truediv", "floor_divide": "floordiv"}.get(row.name, row.name)
        setattr(Value, f"__{stem}__", record)
        setattr(Value, f"__r{stem}__", lambda self, other: record(other, self))


def _accepting_settings(row: Primitive, record: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that takes the row's settings too; without them it goes straight to the recorder."""

    def method(self: Value, *args: float, **settings: float) -> Any:
        return row(self, *args, **settings) if args or settings else record(self)

    method.__name__, method.__doc__ = row.name, row.__doc__
    return method


for _row in registry.values():
    if _row.arity is not None:
        _install(_row)
