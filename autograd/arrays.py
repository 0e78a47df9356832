"""Rows over many operands at once: sum, prod, dot, max, min, norm, logsumexp.

Such a row has no fixed arity. It is called with a sequence, and its node has one edge for every element.
"""

from __future__ import annotations

import builtins
import functools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, NotANumberError, SizeError, brief
from autograd.primitives import exp, where
from autograd.rows import Operand, Point, Primitive, register

__all__ = ["dot", "logsumexp", "max", "min", "norm", "prod", "sum"]


def many(
    name: str,
    array_function: Callable[..., Any],
    partials: Callable[..., Sequence[Any]],
    *,
    scalar: Callable[..., float],
    gather: Callable[..., tuple[Any, ...]] | None = None,
    domain: tuple[float, float] = (-2.0, 2.0),
    symbol: str | None = None,
    kinks: dict[Point, Point] | None = None,
    doc: str,
) -> Primitive:
    """Add a row that takes any number of operands; ``gather`` turns the call's arguments into its operands."""
    return register(
        Primitive(
            name,
            array_function,
            partials,
            arity=None,
            doc=doc,
            scalar_function=scalar,
            symbol=symbol,
            domain=((domain,),),
            kinks=kinks,
            gather=gather or functools.partial(_elements, name),
        )
    )


def _elements(name: str, *sequences: Any) -> tuple[Any, ...]:
    values: Any = sequences[0] if len(sequences) == 1 else None
    if type(values) in (list, tuple):
        return tuple(values)
    if isinstance(values, Operand | str) or not isinstance(values, Iterable):
        given = brief(values) if len(sequences) == 1 else f"{len(sequences)} arguments"
        raise NotANumberError(f"{name} takes one sequence of numbers, as in {name}([a, b]), not {given}")
    return tuple(values)


def _at_least_one(name: str, *sequences: Any) -> tuple[Any, ...]:
    operands = _elements(name, *sequences)
    if not operands:
        raise ArgumentError(f"{name} of an empty sequence has no value")
    return operands


sum = many(
    "sum",
    lambda *xs: functools.reduce(np.add, xs, 0.0),
    lambda y, *xs: (1.0,) * len(xs),
    scalar=lambda *xs: builtins.sum(xs, 0.0),
    symbol="Σ",
    doc="""sum(values)

The sum of a sequence of numbers, as one node with an edge for each.""",
)


def _products_of_the_others(y: Any, *xs: Any) -> tuple[Any, ...]:
    """Products before and behind each element, multiplied: no division, so a zero does no harm."""
    before: list[Any] = [1.0]
    behind: list[Any] = [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    for x in xs[:0:-1]:
        behind.append(x * behind[-1])
    return tuple(a * b for a, b in zip(before, reversed(behind), strict=True))[: len(xs)]


prod = many(
    "prod",
    lambda *xs: functools.reduce(np.multiply, xs, 1.0),
    _products_of_the_others,
    scalar=lambda *xs: float(math.prod(xs)),
    symbol="Π",
    kinks={(0.0, 2.0, 3.0): (6.0, 0.0, 0.0), (0.0, 0.0, 3.0): (0.0, 0.0, 0.0)},
    doc="""prod(values)

The product of a sequence of numbers; its derivatives hold where elements are zero.""",
)


def _dot_operands(xs: Iterable[Any], ys: Iterable[Any], start: Any = None) -> tuple[Any, ...]:
    xs, ys = _elements("dot", xs), _elements("dot", ys)
    if len(xs) != len(ys):
        raise SizeError(f"dot needs two sequences of one length, but they have {len(xs)} and {len(ys)} elements")
    if isinstance(start, list | tuple):
        raise NotANumberError(f"the start of dot must be one number, not {type(start).__name__}: {brief(start)}")
    return (*xs, *ys) if start is None else (*xs, *ys, start)


def _dot_float(*operands: float) -> float:
    half = len(operands) // 2
    start = operands[-1] if len(operands) % 2 else 0.0
    return builtins.sum(map(operator.mul, operands[:half], operands[half:]), start)


def _dot_array(*operands: Any) -> Any:
    half = len(operands) // 2
    start = operands[-1] if len(operands) % 2 else 0.0
    return functools.reduce(np.add, map(np.multiply, operands[:half], operands[half : 2 * half]), start)


def _dot_partials(y: Any, *operands: Any) -> tuple[Any, ...]:
    half = len(operands) // 2
    return operands[half : 2 * half] + operands[:half] + (1.0,) * (len(operands) % 2)


dot = many(
    "dot",
    _dot_array,
    _dot_partials,
    scalar=_dot_float,
    gather=_dot_operands,
    symbol="w·x",
    doc="""dot(xs, ys, start=None)

The sum of the products of two sequences, plus an optional start: a neuron before its activation, as one node.
Its operands are all of xs, then all of ys, then the start.""",
)


def _ties_share(y: Any, *xs: Any) -> tuple[Any, ...]:
    ties = [where(x == y, 1.0, 0.0) for x in xs]
    count = functools.reduce(operator.add, ties)
    return tuple(tie / count for tie in ties)


def _largest_float(*xs: float) -> float:
    return math.nan if any(x != x for x in xs) else builtins.max(xs)


def _smallest_float(*xs: float) -> float:
    return math.nan if any(x != x for x in xs) else builtins.min(xs)


max = many(
    "max",
    lambda *xs: functools.reduce(np.maximum, xs),
    _ties_share,
    scalar=_largest_float,
    gather=functools.partial(_at_least_one, "max"),
    kinks={(3.0, 1.0, 3.0): (0.5, 0.0, 0.5)},
    doc="""max(values)

The largest of a sequence of numbers; a tie shares its derivative equally.""",
)
min = many(
    "min",
    lambda *xs: functools.reduce(np.minimum, xs),
    _ties_share,
    scalar=_smallest_float,
    gather=functools.partial(_at_least_one, "min"),
    kinks={(1.0, 1.0, 3.0): (0.5, 0.5, 0.0)},
    doc="""min(values)

The smallest of a sequence of numbers; a tie shares its derivative equally.""",
)
norm = many(
    "norm",
    lambda *xs: functools.reduce(np.hypot, xs, 0.0),
    lambda y, *xs: tuple(where(y == 0, 0.0, x / y) for x in xs),
    scalar=math.hypot,
    domain=(0.2, 2.0),
    kinks={(0.0, 0.0, 0.0): (0.0, 0.0, 0.0)},
    doc="""norm(values)

The Euclidean length of a sequence of numbers; the derivative at the zero vector is 0.""",
)


def _logsumexp_float(*xs: float) -> float:
    largest = _largest_float(*xs)
    if not math.isfinite(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(x - largest) for x in xs))


logsumexp = many(
    "logsumexp",
    lambda *xs: functools.reduce(np.logaddexp, xs),
    lambda y, *xs: tuple(exp(x - y) for x in xs),
    scalar=_logsumexp_float,
    gather=functools.partial(_at_least_one, "logsumexp"),
    doc="""logsumexp(values)

log(exp(x0) + exp(x1) + ...), without overflow. Its partial derivatives are the softmax.""",
)
