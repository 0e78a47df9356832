"""Many elements to one: sums, products, logsumexp; and what the derivative by one of the elements is."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.array_code import pullback
from autograd.array_rows import array_row
from autograd.arrays.cumulative import products_of_the_others
from autograd.arrays.dispatch import numpy_function
from autograd.primitives import exp, where
from autograd.rows import Operand, Primitive
from autograd.symbols import Symbol, to_code

__all__ = ["EXTREME", "LOGSUMEXP", "NORM", "SUM", "Axis", "ByElement", "expanded", "in_one_axis", "logsumexp", "only"]

Axis = int | tuple[int, ...] | None


def expanded(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """Return ``g``, the result of a reduction of ``x``, with the reduced axes as axes of length one."""
    if keepdims or np.ndim(x) == 0:
        return g
    if axis is None:
        return np.reshape(g, (1,) * np.ndim(x))
    return np.expand_dims(g, axis)


def in_one_axis(x: Any, axis: Axis) -> Any:
    """Return ``x`` with the axes to be reduced at the end, as a single one."""
    if axis is None or np.ndim(x) == 0:
        return x if np.ndim(x) == 1 else np.ravel(x)
    axes = normalize_axis_tuple(axis, np.ndim(x))
    ends = tuple(range(np.ndim(x) - len(axes), np.ndim(x)))
    moved = x if axes == ends else np.moveaxis(x, axes, ends)
    shape = np.shape(moved)
    kept = shape[: len(shape) - len(axes)]
    return moved if len(axes) == 1 else np.reshape(moved, (*kept, math.prod(shape[len(kept) :])))


def only(where: Any, x: Any, neutral: float) -> Any:
    """Return ``x`` with an element that changes nothing in place of those that ``where`` leaves out."""
    return x if where is True else np.where(np.broadcast_to(where, np.shape(x)), x, neutral)


class ByElement:
    """The partial derivative of a reduction by one of its elements: one expression, for lists and for arrays.

    Attributes
    ----------
    partial : callable
        ``partial(y, x)``, for the result ``y`` and an element ``x``, in functions of primitives.py.
    """

    def __init__(self, partial: Callable[[Any, Any], Any]) -> None:
        self.partial = partial
        read = partial(Symbol("y"), Symbol("x"))
        self._constant = None if isinstance(read, Symbol) else float(read)
        self._row = Primitive("by_element", partial, lambda y, x: (partial(y, x),), arity=1)
        functions: dict[str, Primitive] = {}
        text = f"lambda y, xs: [{to_code(read, functions)} for x in xs]"
        self._of_floats = eval(text, {"inf": math.inf, **{name: f.scalar_function for name, f in functions.items()}})

    def of_list(self, y: Any, xs: Sequence[Any]) -> tuple[Sequence[Any]]:
        """Return the partial derivatives by the elements of a list."""
        if self._constant is not None:
            return ((self._constant,) * len(xs),)
        return (self._of_floats(y, xs) if y.__class__ is float else [self.partial(y, x) for x in xs],)

    def of_array(self, g: Any, y: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
        """Return ``g`` times the partial derivatives by the elements of an array that was reduced along ``axis``."""
        if self._constant is None:
            y = expanded(y, x, axis, keepdims)
        recorded = isinstance(g, Operand) or isinstance(y, Operand) or isinstance(x, Operand)
        g = pullback(self._row, 0, recorded)(expanded(g, x, axis, keepdims), y, x)
        return g if np.shape(g) == np.shape(x) else np.broadcast_to(g, np.shape(x))


class Ties:
    """As `ByElement`, where those elements that meet a condition share the derivative equally.

    Attributes
    ----------
    takes_part : callable
        ``takes_part(y, x)`` tells whether an element ``x`` has a share in the result ``y``.
    """

    def __init__(self, takes_part: Callable[[Any, Any], Any]) -> None:
        self.takes_part = takes_part

    def of_list(self, y: Any, xs: Sequence[Any]) -> tuple[Sequence[Any]]:
        """Return the partial derivatives by the elements of a list."""
        shares = [where(self.takes_part(y, x), 1.0, 0.0) for x in xs]
        count = functools.reduce(operator.add, shares)
        return ([share / count for share in shares],)

    def of_array(self, g: Any, y: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
        """Return ``g`` times the partial derivatives by the elements of an array that was reduced along ``axis``."""
        shares = self.takes_part(expanded(y, x, axis, keepdims), x)
        count = np.sum(shares, axis=axis, keepdims=True, dtype=g.dtype)
        return expanded(g, x, axis, keepdims) * (shares / count)  # nan where none has a share, as of nan


SUM = ByElement(lambda y, x: 1.0)
EXTREME = Ties(lambda y, x: x == y)
NORM = ByElement(lambda y, x: x / where(y == 0, math.inf, y))  # at the zero vector 0
LOGSUMEXP = ByElement(lambda y, x: exp(x - where(y == -math.inf, 0.0, y)))  # where all elements are -inf, 0

SHORT, MANY = 32, 4096  # numbers in a row, and numbers in all


def _sum_value(x: Any, axis: Axis, keepdims: bool) -> Any:
    """Return the sum; along a short last axis einsum takes a quarter of np.sum's time, which goes row by row."""
    if np.ndim(x) > 1 and axis in (-1, x.ndim - 1) and x.shape[-1] <= SHORT and x.size >= MANY:
        total = np.einsum("...i->...", x)
        return total[..., None] if keepdims else total
    return np.sum(x, axis=axis, keepdims=keepdims)


_sum = array_row(
    "sum",
    _sum_value,
    [SUM.of_array],
    linear="each",
    symbol="Σ",
)


@numpy_function(np.sum)
def sum(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The sum of the elements along ``axis``, of all by default."""
    total = _sum(only(where, a, 0.0), axis=axis, keepdims=keepdims)
    return total if initial is None else total + initial


@numpy_function(np.nansum)
def nansum(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The sum of the elements that are not nan."""
    return sum(only(~np.isnan(a), a, 0.0), axis, keepdims, initial, where)


_prod = array_row(
    "prod",
    lambda x: np.prod(x, axis=-1),
    [lambda g, y, x: np.expand_dims(g, -1) * products_of_the_others(x)],
    symbol="Π",
    doc="The product of the elements along the last axis.",
)


@numpy_function(np.prod)
def prod(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The product of the elements along ``axis``; its derivatives of any order hold where elements are zero."""
    product = _prod(in_one_axis(only(where, a, 1.0), axis))
    product = expanded(product, a, axis, keepdims=False) if keepdims else product
    return product if initial is None else product * initial


@numpy_function(np.nanprod)
def nanprod(a: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The product of the elements that are not nan."""
    return prod(only(~np.isnan(a), a, 1.0), axis, keepdims, initial, where)


def _logsumexp_value(x: Any, axis: Axis, keepdims: bool) -> Any:
    largest = np.max(x, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    y = np.log(_sum_value(np.exp(x - largest), axis, keepdims=True)) + largest
    return y if keepdims else np.squeeze(y, axis)[()]


_logsumexp = array_row(
    "logsumexp",
    _logsumexp_value,
    [LOGSUMEXP.of_array],
    doc="log(exp(x0) + exp(x1) + ...) along an axis, without overflow.",
)


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the logarithm of the sum of the exponentials along ``axis``: `autograd.logsumexp` of an array.

    The largest element is taken out first, so nothing overflows. The derivative is the softmax, exp(x - y), written by
    the result ``y``; where all elements are -inf, it is 0.

    Parameters
    ----------
    x : array or Tensor of any shape
        The exponents.
    axis : int or tuple of int, optional
        The axes to reduce; all by default.
    keepdims : bool, optional
        Keep the reduced axes, with length one.

    Returns
    -------
    array or Tensor
        log(exp(x0) + exp(x1) + ...), of the shape that is left.

    Raises
    ------
    ValueError
        If there is nothing along ``axis``.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([[1000.0, 1000.0], [0.0, -1000.0]])
    >>> y = autograd.logsumexp(t, axis=1)
    >>> y.backward([1.0, 1.0])
    >>> t.grad.round(6)
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    with np.errstate(all="ignore"):
        return _logsumexp(x, axis=axis, keepdims=keepdims)
