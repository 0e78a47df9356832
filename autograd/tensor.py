"""Tensor: an ndarray on the graph."""

from __future__ import annotations

import contextvars
import operator
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from sys import getrefcount
from typing import Any, final

import numpy as np

from autograd.array_code import array_code
from autograd.arrays.axes import transpose
from autograd.arrays.indexing import getitem
from autograd.arrays.products import matmul
from autograd.arrays.shapes import cast
from autograd.errors import NotALeafError, NotANumberError, NotAScalarError, SizeError, brief
from autograd.graph import inside_transform, next_stamp, recording
from autograd.numbers import constant_text, is_plain, number, refuse_copy, warn_of_float
from autograd.protocols import call_function, call_ufunc
from autograd.rows import Primitive, comparisons, registry
from autograd.tracing import tracing
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["Tensor"]

NO_SETTINGS: Mapping[str, Any] = {}


@final
class Tensor(Variable):
    """An array that remembers how it was made.

    NumPy's operators and functions accept it and record a graph; `backward` then finds the derivative of the result by
    every leaf. A Tensor is always differentiable; constants are plain ndarrays, which may stand beside it anywhere.
    Comparisons give plain boolean arrays; the hash is by identity.

    Parameters
    ----------
    data : array_like of real numbers, of any shape
        Copied. float32 and float64 are kept, other real numbers become float64.
    name : str, optional
        What pictures, formulas and messages call it.
    dtype : numpy.float64 or numpy.float32, optional
        The type of its elements.

    Raises
    ------
    NotANumberError
        If ``data`` is not made of real numbers, or ``dtype`` is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> w = Tensor([1.0, 2.0], name="w")
    >>> loss = np.sum((np.array([[3.0, 1.0], [0.0, 1.0]]) @ w) ** 2)
    >>> loss.backward()
    >>> loss.item(), w.grad
    (29.0, array([30., 14.]))
    """

    __slots__ = ("_kept", "settings")

    settings: Mapping[str, Any]
    _kept: np.ndarray | None  # what the array held when last looked at, once a user has got hold of it

    def __init__(self, data: Any, *, name: str | None = None, dtype: Any = None) -> None:
        if isinstance(data, Variable):
            raise NotANumberError(f"{brief(data)} is on the graph already; t.detach() is a new leaf with its numbers")
        self._primal = _leaf_array(data, dtype)
        self.name = name
        self._grad = self._kept = None
        self.reached = 0
        self.stamp = next_stamp()
        self.op = None
        self.inputs = self.parents = ()
        self.settings = NO_SETTINGS

    @property
    def data(self) -> np.ndarray:
        """The array. A leaf's own may be written to, graphs recorded before belong to the old numbers; others not."""
        self._note_read(".data")
        if self.op is not None:
            return _read_only(self._primal)
        if self._kept is None:
            self._kept = self._primal.copy()
        array: np.ndarray = self._primal
        return array

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise NotALeafError(f"only a leaf can be given new numbers, but {self!r} is the result of {self.op!r}")
        if data is self._primal and self._kept is not None:  # t.data -= step: already done, in place
            self._kept = NOTHING
            return
        array = _leaf_array(data, self.dtype)
        if array.shape != self.shape:
            raise SizeError(f"{self!r} has the shape {self.shape} and cannot be given data of shape {array.shape}")
        self._primal, self._kept = array, None
        self.stamp_anew()

    def settle(self) -> None:
        """Notice what the holder of this leaf's array has written into it, and let it count as a change."""
        if self._kept is None:
            return
        is_changed = not _same(self._kept, self._primal)
        if is_changed:
            self.stamp_anew()
        if getrefcount(self._primal) == HELD_ONCE:  # given back: nobody else can write any more
            self._kept = None
        elif is_changed:
            self._kept = self._primal.copy()

    @property
    def grad(self) -> Any:
        """What `backward` found, None before it; an array, or a Tensor after ``backward(create_graph=True)``."""
        if self.op is None or self._grad is None or isinstance(self._grad, Tensor):
            return self._grad
        return _read_only(self._grad)  # between leaves, gradients share their memory

    @grad.setter
    def grad(self, grad: Any) -> None:
        if isinstance(grad, int | float) and grad == 0:  # which is where gradients start
            grad = None
        if grad is not None and not isinstance(grad, Tensor):
            grad = _leaf_array(grad, self.dtype)
        if grad is not None and grad.shape != self.shape:
            raise SizeError(f"{self!r} has the shape {self.shape} and cannot have a gradient of shape {grad.shape}")
        self._grad = grad
        if grad is None:
            self.reached = 0

    def backward(self, seed: Any = None, *, create_graph: bool = False) -> None:
        """Find the derivative of this tensor by everything it was made from.

        Leaves accumulate: a second pass adds to ``.grad``. On the nodes between, ``.grad`` is set.

        Parameters
        ----------
        seed : array_like of this shape, optional
            The derivative of the final result by this tensor; may be left out for a single element.
        create_graph : bool, optional
            Record the derivatives too, so that gradients are Tensors with gradients of their own.

        Raises
        ------
        NotAScalarError
            If there is more than one element and no seed.
        GraphChangedError
            If a leaf was given new numbers after it was used here.

        Warns
        -----
        NonFiniteWarning
            If the gradient of a leaf has an inf or a nan; the leaf is named.
        """
        from autograd.backward import backward  # the passes look down on the nodes

        backward(self, None if seed is None else [seed], create_graph=create_graph)

    def local_gradient(self, position: int) -> Any:
        """Return the partial derivative by the operand at ``position``; see `Edge.local_gradient`."""
        from autograd.reverse import local_jacobian  # the passes look down on the nodes

        return local_jacobian(self, position)

    def _partial_expressions(self, output: str, operands: Sequence[Any]) -> Sequence[Any]:
        texts = [x if isinstance(x, str | float | int) else constant_text(x) for x in operands]
        if isinstance(self.op, Primitive):
            return super()._partial_expressions(output, texts)
        assert self.op is not None
        said = {key: x for key, x in self.settings.items() if x is not None and x is not False}
        arguments = [str(x) for x in texts] + [f"{key}={brief(x, 20)}" for key, x in said.items()]
        call = f"{self.op.name}({', '.join(arguments)})"
        return [f"∂{call}/∂{x}" for x in texts]

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._primal.shape
        return shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there are."""
        size: int = self._primal.size
        return size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its elements."""
        dtype: np.dtype[Any] = self._primal.dtype
        return dtype

    @property
    def T(self) -> Tensor:
        """The tensor with its axes in reverse order."""
        transposed: Tensor = transpose(self)
        return transposed

    @property
    def mT(self) -> Tensor:
        """The tensor with its last two axes exchanged."""
        return np.matrix_transpose(self)  # type: ignore[return-value]  # NumPy's stubs know of arrays alone

    def __len__(self) -> int:
        return len(self._primal)

    def __iter__(self) -> Iterator[Tensor]:
        if self.ndim == 0:
            raise TypeError("a tensor of no axes is one number, over which nothing iterates")
        return (self[i] for i in range(len(self)))

    def item(self) -> float:
        """Return the number, if it is only one.

        Raises
        ------
        NotAScalarError
            If there is more than one element, or none.
        """
        if self.size != 1:
            raise NotAScalarError(f"item() is for a tensor of one element, and this one has the shape {self.shape}")
        self._note_read("item()")
        return float(self._primal.item())

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """As ``np.compress`` of this tensor."""
        return np.compress(condition, self, axis)

    def numpy(self) -> np.ndarray:
        """Return the numbers as a read-only array, which is not on the graph; ``.numpy().copy()`` may be written to."""
        self._note_read("numpy()")
        return _read_only(self._primal)

    def _note_read(self, how: str) -> None:
        """Refuse to give away numbers that differ from call to call, while a function is recorded for the compiler."""
        trace = tracing()
        if trace is not None:
            trace.read(self, how)

    def tolist(self) -> Any:
        """Return the numbers in nested lists."""
        self._note_read("tolist()")
        return self._primal.tolist()

    def detach(self) -> Tensor:
        """Return a new leaf with the same numbers, cut off from the graph."""
        self._note_read("detach()")
        return Tensor(self._primal, name=self._name)

    def __float__(self) -> float:
        warn_of_float(self)
        return self.item()

    def __bool__(self) -> bool:
        if self.size != 1:
            raise NotAScalarError(f"a tensor of shape {self.shape} has no one truth; use .numpy().any() or .all()")
        trace = tracing()
        if trace is not None:
            trace.branch(self)
        return bool(self._primal)

    def __contains__(self, x: Any) -> bool:
        return bool(np.any(self == x))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        trace = tracing()
        if trace is not None:
            trace.refuse(self, "np.asarray")
        raise NotANumberError(
            f"{brief(self)} would leave the graph if it were made an ndarray, and no derivative would see it. Write "
            "t.numpy() if this is what you want; to join tensors, use np.stack or np.concatenate."
        )

    def __repr__(self) -> str:
        numbers = np.array2string(np.asarray(self._primal), separator=", ", prefix="Tensor(", threshold=100)
        dtype = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        name = f", name={self._name!r}" if self._name else ""
        return f"Tensor({numbers}{dtype}{name})"

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __reduce__(self) -> tuple[Callable[..., Tensor], tuple[Any, ...]]:
        refuse_copy(self, "t.numpy() has its numbers, which plots take too, and t.detach() is a new leaf with them")
        grad = self._grad._primal if isinstance(self._grad, Tensor) else self._grad
        return _leaf_again, (self._primal, self._name, grad, self.reached)

    @classmethod
    def apply(cls, row: Primitive, operands: Sequence[Any]) -> Any:
        """Apply an elementwise ``row`` to Tensors, Values, arrays and numbers, recording a node."""
        if row.groups is not None:
            raise NotANumberError(
                f"{row.name} of a sequence takes Values and numbers, and this one holds a Tensor; use np.stack first"
            )
        return _record(row, operands, NO_SETTINGS)

    @classmethod
    def apply_array_row(cls, row: Any, operands: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply a row for whole arrays to Tensors, Values, arrays and numbers, recording a node."""
        return _record(row, operands, settings)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return call_function(function, args, kwargs)

    def __getitem__(self, index: Any) -> Tensor:
        part: Tensor = getitem(self, index)
        return part

    def __setitem__(self, index: Any, value: Any) -> None:
        raise NotALeafError(
            "a recorded tensor is not written to; write a leaf's numbers by t.data[...] = ..., or build the result "
            "with np.where or np.concatenate"
        )

    def __init_subclass__(cls) -> None:
        raise TypeError("Tensor is final: an operation looks for exactly this class")

    __hash__ = object.__hash__


def _leaf_array(data: Any, dtype: Any) -> np.ndarray:
    """Return a copy of ``data`` as a float array, or refuse it."""
    try:
        array = np.array(data)
    except ValueError as error:
        raise NotANumberError(f"the data of a Tensor must make a regular array: {error}") from None
    if not is_plain(data if isinstance(data, np.ndarray) else array):
        raise NotANumberError(
            f"the data of a Tensor must be a plain array of real numbers, not {type(data).__name__} of "
            f"{array.dtype.name}: {brief(data)}{_cure(array)}"
        )
    kind = np.dtype(dtype) if dtype is not None else array.dtype if array.dtype == np.float32 else np.dtype(np.float64)
    if kind not in (np.float64, np.float32):
        raise NotANumberError(f"a Tensor holds float64 or float32, not {kind.name}")
    return array.astype(kind, copy=False)


def _leaf_again(data: Any, name: str | None, grad: Any, reached: int) -> Tensor:
    tensor = Tensor(data, name=name)
    tensor.grad = grad
    tensor.reached = reached
    return tensor


def _read_only(x: Any) -> np.ndarray:
    view = np.asarray(x).view()
    view.flags.writeable = False
    return view


NOTHING = np.empty((0, 0))
"""What is known of an array that was just written to; of no shape that a leaf's array with elements has."""

_leaf = Tensor(0.0)
HELD_ONCE = getrefcount(_leaf._primal)
"""How many references an array has that only its Tensor holds, as Python counts them; views hold one each."""


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool((a == b).all() or np.array_equal(a, b, equal_nan=True))


class _Quiet(threading.local):
    """Runs NumPy in IEEE silence, in a context made once a thread; ``np.errstate`` costs more than a small ufunc.

    Not for a user's code, which would not see its own context variables.
    """

    def __init__(self) -> None:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


_quiet = _Quiet()
_new = object.__new__


def _record(row: Any, operands: Sequence[Any], settings: Mapping[str, Any]) -> Tensor:
    """Apply ``row`` to the arrays of the operands and return the node."""
    arrays = []
    inputs: Any = operands
    note = recording()
    for position, x in enumerate(operands):
        kind = x.__class__
        if kind is Tensor:
            if x._kept is not None:
                x.settle()
            arrays.append(x._primal)
        elif kind is Value:
            arrays.append(x._primal)
        elif kind is float:
            arrays.append(x)
        else:
            if inputs is operands:
                inputs = list(operands)
            inputs[position] = _constant(row, position, operands, bool(note))
            arrays.append(inputs[position])
    node: Tensor = _new(Tensor)
    node._primal = _value(row, arrays, settings)
    node._grad = node._name = node._kept = None
    node.reached = 0
    node.stamp = next_stamp()
    if note:
        node.op = row
        node.inputs = tuple(inputs)
        node.parents = tuple([x for x in inputs if isinstance(x, Variable)])  # type: ignore[misc]  # Values too
        node.settings = settings
        if note is not True:
            note(node)
    else:  # a leaf, which may be written to: its array is its own
        node.op = None
        node.inputs = node.parents = ()
        node.settings = NO_SETTINGS
        y = node._primal
        if not isinstance(y, np.ndarray) or y.base is not None or any(y is x for x in arrays):
            node._primal = np.array(y)
    return node


def _value(row: Any, arrays: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    if row.__class__ is not Primitive:
        if row.is_of_the_table:
            return _quiet.run(row.value, *arrays, **settings)
        with np.errstate(all="ignore"):
            return _result(row, row.value(*arrays, **settings))
    code = array_code(row).value
    if code is None:
        return row.evaluate(*arrays)
    y = _quiet.run(code, *arrays)
    if y.__class__ is float:  # an expression without its operands
        return np.full(np.broadcast_shapes(*map(np.shape, arrays)), y, np.result_type(*arrays))
    if row.composed and y.dtype == np.float64:  # an expression such as where(x > 0, 1.0, 0.0) forgets float32
        return y.astype(np.result_type(*arrays), copy=False)
    return y


def _result(row: Any, y: Any) -> Any:
    """Return what a user's row returned as an array of floats, or refuse it."""
    array = np.asarray(y)
    if not is_plain(array):
        raise NotANumberError(f"the row {row.name!r} must return an array of real numbers, not {brief(y)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _constant(row: Any, position: int, operands: Sequence[Any], is_recording: bool) -> Any:
    """Return an operand that is not on the graph as the graph may keep it: nobody else can write to it."""
    x = operands[position]
    if isinstance(x, int):
        return number(x, f"operand {position} of {row.name}")
    array = np.asarray(x) if isinstance(x, list | tuple) else x
    if not is_plain(array):
        raise NotANumberError(
            f"{row.name} on a Tensor takes Tensors, plain arrays and numbers; operand {position} is "
            f"{type(x).__name__}: {brief(x)}{_cure(array)}"
        )
    if array.dtype.kind != "f" and row.__class__ is Primitive:  # -a of a small integer would wrap around
        return array.astype(np.result_type(array, *(y.dtype for y in operands if isinstance(y, Tensor)), np.float32))
    return array.copy() if is_recording and isinstance(x, np.ndarray) and _is_writeable(array) else array


def _cure(array: Any) -> str:
    is_of_objects = isinstance(array, np.ndarray) and array.dtype.kind == "O"
    return ". Values are joined by autograd.stack" if is_of_objects else ""


def _is_writeable(array: Any) -> bool:
    """Tell whether anybody may write to this memory, by the array or by one that it is a view of."""
    while isinstance(array, np.ndarray):
        if array.flags.writeable:
            return True
        array = array.base
    return array is not None  # memory of another kind, such as a mapped file


def _operator(row: Any, *, reflected: bool = False) -> Callable[..., Any]:
    if row.arity == 1:
        return lambda self: _record(row, (self,), NO_SETTINGS)

    def method(self: Tensor, other: Any) -> Any:
        if isinstance(other, _UNDERSTOOD):
            return _record(row, (other, self) if reflected else (self, other), NO_SETTINGS)
        return NotImplemented

    return method


_UNDERSTOOD = (Tensor, float, int, np.ndarray, np.generic, Value, list, tuple)


def _in_place(operate: Callable[[Tensor, Any], Any]) -> Callable[..., Any]:
    """Return ``t -= x`` and its kin: under no_grad a leaf is updated; what is recorded is a new tensor of that name."""

    def method(self: Tensor, other: Any) -> Any:
        result = operate(self, other)
        if result is NotImplemented or self.op is not None or self in inside_transform():
            return result
        if recording():
            raise NotALeafError(
                f"{brief(self)} is a leaf, and would stay as it is while its name went to the result. To update it, "
                "write t.data -= step, or t -= step under no_grad(); for a new tensor, t = t - step"
            )
        array = self.data
        array[...] = result._primal
        self.data = array
        return self

    return method


def _comparison(compare: Callable[[Any, Any], Any], row: Primitive) -> Callable[..., Any]:
    def method(self: Tensor, other: Any) -> Any:
        if isinstance(other, _UNDERSTOOD):
            if tracing() is not None:  # a recorded condition
                return _record(row, (self, other), NO_SETTINGS)
            return compare(self._primal, other._primal if isinstance(other, Variable) else other)
        return NotImplemented

    return method


def _of_conditions(function: np.ufunc) -> Callable[..., Any]:
    """Return ``&``, ``|``, ``^`` or ``~`` for recorded conditions; numbers have none of them."""
    return lambda self, *other: function(self, *other) if self.dtype == bool else NotImplemented


def _row_method(row: Primitive) -> Callable[..., Any]:
    def method(self: Tensor, *args: float, **settings: float) -> Any:
        return row(self, *args, **settings) if args or settings else _record(row, (self,), NO_SETTINGS)

    method.__name__, method.__doc__ = row.name, row.__doc__
    return method


def _numpy_method(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if len(args) > 1 and name in _TAKES_A_TUPLE and not isinstance(args[0], tuple | list):
            args = (args,)  # t.reshape(2, 3)
        return call_function(function, (self, *args), kwargs)

    method.__name__, method.__doc__ = name, f"As ``np.{name}`` of this tensor."
    return method


_NUMPY_METHODS = """
    all any argmax argmin argpartition argsort choose clip copy cumprod cumsum diagonal dot max mean min
    nonzero prod ravel repeat reshape round searchsorted squeeze std sum swapaxes take trace transpose var
"""  # as ndarray has them, but for those that write in place
_TAKES_A_TUPLE = ("reshape", "transpose")  # or its numbers one by one

for _row in registry.values():
    if _row.arity == 1:
        for _name in (_row.name, *_row.aliases):
            setattr(Tensor, _name, _row_method(_row))
for _name in _NUMPY_METHODS.split():
    setattr(Tensor, _name, _numpy_method(_name))
Tensor.astype = cast  # type: ignore[attr-defined]
Tensor.flatten = _numpy_method("ravel")  # type: ignore[attr-defined]
for _name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv"):
    _row = registry[{"truediv": "div", "floordiv": "floor_divide"}.get(_name, _name)]
    setattr(Tensor, f"__{_name}__", _operator(_row))
    setattr(Tensor, f"__r{_name}__", _operator(_row, reflected=True))
    setattr(Tensor, f"__i{_name}__", _in_place(_operator(_row)))
for _name in ("__matmul__", "__rmatmul__"):
    setattr(Tensor, _name, _operator(matmul, reflected=_name == "__rmatmul__"))
for _name in ("neg", "pos", "abs"):
    setattr(Tensor, f"__{_name}__", _operator(registry["positive" if _name == "pos" else _name]))
for _row in comparisons.values():
    _name = _row.scalar_function.__name__
    setattr(Tensor, f"__{_name}__", _comparison(getattr(operator, _name), _row))
for _name in ("and", "or", "xor"):
    setattr(Tensor, f"__{_name}__", _of_conditions(getattr(np, f"logical_{_name}")))
    setattr(Tensor, f"__r{_name}__", _of_conditions(getattr(np, f"logical_{_name}")))
setattr(Tensor, "__invert__", _of_conditions(np.logical_not))  # noqa: B010  # as those above

# The C library of Linux gives large freed blocks back to the system until one of up to 32 MiB was freed, and keeps them
# from then on. A graph is made and freed in every step; without this, getting its memory back takes longer than the
# arithmetic. The block is not touched, so it costs nothing.
np.empty(2**25 - 2**16, np.uint8)
