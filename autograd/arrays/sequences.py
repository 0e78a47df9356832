"""Rows over many operands at once: sum, prod, dot, max, min, norm, logsumexp.

Such a row has no fixed arity. It is called with a sequence, and its node has one edge for every element. Called with an
array, it does what NumPy's function of that name does.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.arrays import reductions
from autograd.errors import ArgumentError, NotANumberError, SizeError, brief
from autograd.rows import Groups, Operand, Point, Primitive, register

__all__ = ["dot", "logsumexp", "max", "min", "norm", "prod", "sum"]


def many(
    name: str,
    array_function: Callable[..., Any],
    partials: Callable[..., Sequence[Sequence[Any]]],
    *,
    scalar: Callable[..., float],
    of_arrays: Callable[..., Any],
    gather: Callable[..., tuple[Sequence[Any], ...] | None] | None = None,
    split: Callable[[Sequence[Any]], tuple[Sequence[Any], ...]] = lambda operands: (operands,),
    count: int = 1,
    domain: tuple[float, float] = (-2.0, 2.0),
    symbol: str | None = None,
    kinks: dict[Point, Point] | None = None,
    doc: str,
) -> Primitive:
    """Add a row that takes any number of operands in groups; one group, unless ``gather`` and ``split`` say otherwise.

    Parameters
    ----------
    array_function, scalar : callable
        The value on groups of arrays, and on groups of floats.
    partials : callable
        ``partials(y, *groups)`` returns a sequence of partial derivatives for each group.
    of_arrays : callable
        What is called in place of the row when it is given Tensors or ndarrays.
    gather : callable
        Turns the arguments of a call into groups; None if they are whole arrays.
    split : callable
        Turns all operands, one behind the other, into groups again.
    count : int
        How many groups there are.
    """
    return register(
        Primitive(
            name,
            lambda *operands: array_function(*split(operands)),
            lambda y, *operands: tuple(itertools.chain.from_iterable(partials(y, *split(operands)))),
            arity=None,
            doc=doc,
            scalar_function=lambda *operands: scalar(*split(operands)),
            symbol=symbol,
            domain=((domain,),),
            kinks=kinks,
            groups=Groups(count, gather or _one_group(name), scalar, partials, of_arrays),
        )
    )


def _elements(row: str, usage: str, values: Any) -> Sequence[Any]:
    """Return the values of a flat sequence, or refuse it with the usage of the row."""
    if type(values) in (list, tuple):
        return values  # type: ignore[no-any-return]
    if isinstance(values, np.ndarray) and values.ndim == 1:
        return list(values.tolist())
    if isinstance(values, Operand | str | np.ndarray) or not isinstance(values, Iterable):
        raise NotANumberError(f"{row} takes {usage}, not {brief(values)}")
    return tuple(values)


def _are_arrays(*arguments: Any) -> bool:
    """Tell whether one of these is a Tensor, or all are ndarrays of numbers."""
    arrays = [x for x in arguments if hasattr(x, "dtype") and x.dtype.kind != "O"]
    return bool(arrays) and (len(arrays) == len(arguments) or any(isinstance(x, Operand) for x in arrays))


def _one_group(row: str, empty_has_a_value: bool = True) -> Callable[..., tuple[Sequence[Any]] | None]:
    usage = f"one flat sequence of numbers, as in {row}([a, b])"

    def gather(*sequences: Any, **settings: Any) -> tuple[Sequence[Any]] | None:
        if len(sequences) == 1 and type(sequences[0]) is list and not settings:  # the usual case
            operands: Sequence[Any] = sequences[0]
        elif sequences and _are_arrays(sequences[0]):
            return None
        elif settings:
            raise TypeError(f"{row} of a sequence takes no {', '.join(settings)}; make it an array, as by np.stack")
        elif len(sequences) != 1:
            raise NotANumberError(f"{row} takes {usage}, not {len(sequences)} arguments")
        else:
            operands = _elements(row, usage, sequences[0])
        if not operands and not empty_has_a_value:
            raise ArgumentError(f"{row} of an empty sequence has no value")
        return (operands,)

    gather.__qualname__ = row  # the name in Python's own messages about arguments
    return gather


sum = many(
    "sum",
    lambda xs: functools.reduce(np.add, xs, 0.0),
    reductions.SUM.of_list,
    scalar=lambda xs: builtins.sum(xs, 0.0),
    of_arrays=np.sum,
    symbol="Σ",
    doc="""sum(values)

The sum of a sequence of numbers, as one node with an edge for each; of an array, as np.sum.

The derivative by each of them is 1.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
    With an array, the other arguments of np.sum may follow, such as ``axis``.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.sum gives it.

Raises
------
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, sum
>>> x = Value(2.0)
>>> y = sum([x, 3.0, x])
>>> y.backward()
>>> y.data, x.grad
(7.0, 2.0)
""",
)


def _products_of_the_others(y: Any, xs: Sequence[Any]) -> tuple[Sequence[Any]]:
    """Products before and behind each element, multiplied: no division, so a zero does no harm."""
    before = itertools.accumulate(xs[:-1], operator.mul, initial=1.0)
    behind = list(itertools.accumulate(xs[:0:-1], operator.mul, initial=1.0))
    return ([a * b for a, b in zip(before, reversed(behind), strict=True)][: len(xs)],)


prod = many(
    "prod",
    lambda xs: functools.reduce(np.multiply, xs, 1.0),
    _products_of_the_others,
    scalar=lambda xs: float(math.prod(xs)),
    of_arrays=np.prod,
    symbol="Π",
    kinks={(0.0, 2.0, 3.0): (6.0, 0.0, 0.0), (0.0, 0.0, 3.0): (0.0, 0.0, 0.0)},
    doc="""prod(values)

The product of a sequence of numbers; its derivatives hold where elements are zero. Of an array, as np.prod.

The derivative by each of them is the product of the others.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
    With an array, the other arguments of np.prod may follow, such as ``axis``.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.prod gives it.

Raises
------
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, prod
>>> x = Value(0.0)
>>> y = prod([x, 3.0, 5.0])
>>> y.backward()
>>> y.data, x.grad
(0.0, 15.0)
""",
)


def _dot_groups(xs: Any, ys: Any, start: Any = None) -> tuple[Sequence[Any], ...] | None:
    if type(xs) is not list or type(ys) is not list:
        if _are_arrays(xs, ys):
            return None
        usage = "two flat sequences of numbers, as in dot([a, b], [c, d])"
        xs, ys = _elements("dot", usage, xs), _elements("dot", usage, ys)
    if len(xs) != len(ys):
        raise SizeError(f"dot needs two sequences of one length, but they have {len(xs)} and {len(ys)} elements")
    if isinstance(start, (list, tuple)):
        raise NotANumberError(f"the start of dot must be one number, not {type(start).__name__}: {brief(start)}")
    return xs, ys, () if start is None else (start,)


_dot_groups.__qualname__ = "dot"


def _dot_split(operands: Sequence[Any]) -> tuple[Sequence[Any], ...]:
    half = len(operands) // 2
    return operands[:half], operands[half : 2 * half], operands[2 * half :]


def _dot_of_arrays(xs: Any, ys: Any, start: Any = None) -> Any:
    product = np.dot(xs, ys)
    return product if start is None else product + start


dot = many(
    "dot",
    lambda xs, ys, start: functools.reduce(np.add, map(np.multiply, xs, ys), start[0] if start else 0.0),
    lambda y, xs, ys, start: (ys, xs, (1.0,) * len(start)),
    scalar=lambda xs, ys, start: builtins.sum(map(operator.mul, xs, ys), start[0] if start else 0.0),
    of_arrays=_dot_of_arrays,
    gather=_dot_groups,
    split=_dot_split,
    count=3,
    symbol="w·x",
    doc="""dot(xs, ys, start=None)

The sum of the products of two sequences, plus an optional start: a neuron before its activation, as one node.
Its operands are all of xs, then all of ys, then the start. Of arrays, as np.dot.

The derivatives by ``xs`` are the ``ys``, those by ``ys`` the ``xs``; that by ``start`` is 1.

Parameters
----------
xs, ys : sequence of numbers and Values, or Tensor or ndarray
    Sequences of one length, or arrays of shapes that fit as np.dot wants them.
start : number or Value, optional
    What is added; to a product of arrays, an array too, of a shape that fits.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.dot gives it.

Raises
------
SizeError
    If the sequences differ in length.
NotANumberError
    If one of them is no flat sequence of numbers, and no array; or ``start`` is not one number.

Examples
--------
>>> from autograd import Value, dot
>>> w = [Value(0.5), Value(-1.0)]
>>> y = dot(w, [3.0, 4.0], 10.0)
>>> y.backward()
>>> y.data, [x.grad for x in w]
(7.5, [3.0, 4.0])
""",
)


def _largest_float(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else builtins.max(xs)


def _smallest_float(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else builtins.min(xs)


max = many(
    "max",
    lambda xs: functools.reduce(np.maximum, xs),
    reductions.EXTREME.of_list,
    scalar=_largest_float,
    of_arrays=np.max,
    gather=_one_group("max", empty_has_a_value=False),
    kinks={(3.0, 1.0, 3.0): (0.5, 0.0, 0.5)},
    doc="""max(values)

The largest of a sequence of numbers; a tie shares its derivative equally. Of an array, as np.max.

The derivative by that one is 1, by the others 0.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
    With an array, the other arguments of np.max may follow, such as ``axis``.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.max gives it.

Raises
------
ArgumentError
    If the sequence is empty.
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, max
>>> x = Value(3.0)
>>> y = max([2.0, x])
>>> y.backward()
>>> y.data, x.grad
(3.0, 1.0)
""",
)
min = many(
    "min",
    lambda xs: functools.reduce(np.minimum, xs),
    reductions.EXTREME.of_list,
    scalar=_smallest_float,
    of_arrays=np.min,
    gather=_one_group("min", empty_has_a_value=False),
    kinks={(1.0, 1.0, 3.0): (0.5, 0.5, 0.0)},
    doc="""min(values)

The smallest of a sequence of numbers; a tie shares its derivative equally. Of an array, as np.min.

The derivative by that one is 1, by the others 0.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
    With an array, the other arguments of np.min may follow, such as ``axis``.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.min gives it.

Raises
------
ArgumentError
    If the sequence is empty.
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, min
>>> x = Value(3.0)
>>> y = min([2.0, x])
>>> y.backward()
>>> y.data, x.grad
(2.0, 0.0)
""",
)
norm = many(
    "norm",
    lambda xs: functools.reduce(np.hypot, xs, 0.0),
    reductions.NORM.of_list,
    scalar=lambda xs: math.hypot(*xs),
    of_arrays=np.linalg.norm,
    domain=(0.2, 2.0),
    kinks={(0.0, 0.0, 0.0): (0.0, 0.0, 0.0)},
    doc="""norm(values)

The Euclidean length of a sequence of numbers; the derivative at the zero vector is 0. Of an array, as
np.linalg.norm.

The derivative by each number x is x / norm.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
    With an array, the other arguments of np.linalg.norm may follow, such as ``axis``.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in the shape that np.linalg.norm gives it.

Raises
------
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, norm
>>> x = Value(3.0)
>>> y = norm([x, 4.0])
>>> y.backward()
>>> y.data, x.grad
(5.0, 0.6)
""",
)


def _logsumexp_float(xs: Sequence[float]) -> float:
    largest = _largest_float(xs)
    if not math.isfinite(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(x - largest) for x in xs))


logsumexp = many(
    "logsumexp",
    lambda xs: functools.reduce(np.logaddexp, xs),
    reductions.LOGSUMEXP.of_list,
    scalar=_logsumexp_float,
    of_arrays=reductions.logsumexp,
    gather=_one_group("logsumexp", empty_has_a_value=False),
    doc="""logsumexp(values, axis=None, keepdims=False)

log(exp(x0) + exp(x1) + ...), without overflow. Its partial derivatives are the softmax.

Parameters
----------
values : sequence of numbers and Values, or Tensor or ndarray of any shape
axis : int or tuple of int, optional
    Of an array: along which axes; along all if it is None.
keepdims : bool, optional
    Of an array: keep these axes, with length 1.

Returns
-------
float, Value, Tensor or ndarray
    A node of the graph if something given is one. Of an array, in its shape without the axes.

Raises
------
ArgumentError
    If the sequence is empty.
NotANumberError
    If ``values`` is no flat sequence of numbers, and no array.

Examples
--------
>>> from autograd import Value, logsumexp
>>> x = Value(1000.0)
>>> y = logsumexp([x, 1000.0])
>>> y.backward()
>>> round(y.data, 4), round(x.grad, 4)
(1000.6931, 0.5)
""",
)

__test__ = {row.name: row.__doc__ for row in (sum, prod, dot, max, min, norm, logsumexp)}
"""Where doctest looks for examples beside functions and classes."""
