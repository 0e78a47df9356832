"""Lowering: a recorded program in few kinds of node, sums of products gathered into dots.

What is left: elementwise rows, sums, dots, largest and smallest, and choices by an integer.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd.compiler.scalars import Choice, Constant, Dot, Extreme, Head, Scalars, Sum
from autograd.primitives import abs, add, div, exp, fmax, log, mul, sqrt, sub, where
from autograd.rows import Primitive, comparisons

__all__ = ["lowered"]

LONG = 3  # from so many terms on, an addition is one node

_equal, _less = comparisons["equal"], comparisons["less"]

_with_derivative = Primitive(
    "with_derivative",
    lambda x, other: x,
    lambda y, x, other: (0.0, 1.0),
    arity=2,
    doc="The first number, with the derivative of the second one.",
)


def lowered(source: Scalars, roots: Sequence[int]) -> tuple[Scalars, list[int]]:
    """Return the program behind the roots in few kinds of node, and where the roots are there."""
    return _Lowering(source, roots).run(roots)


class _Terms(NamedTuple):
    """What a sum is made of, in order: single numbers, and products as pairs."""

    terms: list[int | tuple[int, int]]
    is_dot: bool


class _Lowering:
    def __init__(self, source: Scalars, roots: Sequence[int]) -> None:
        self.source = source
        self.live = source.live(roots)
        self.uses = Counter(roots)
        self.consumer: dict[int, int] = {}
        for number in self.live:
            for operand in source.nodes[number][1]:
                self.uses[operand] += 1
                self.consumer[operand] = number
        self.to = Scalars(source.unbatched_arguments)
        self.numbers: dict[int, int] = {}
        self.sums: dict[int, _Terms] = {}  # those that become part of another one

    def run(self, roots: Sequence[int]) -> tuple[Scalars, list[int]]:
        for number in self.live:
            head, operands = self.source.nodes[number]
            name = head.name if isinstance(head, Primitive) else ""
            if name in ("add", "sum", "dot"):
                terms = self._terms(name, operands)
                if self._is_part_of_a_sum(number):
                    self.sums[number] = terms
                else:
                    self.numbers[number] = self._sum(terms)
            elif name == "mul" and self._is_part_of_a_sum(number):
                a, b = operands
                self.sums[number] = _Terms([(self.numbers[a], self.numbers[b])], is_dot=False)
            else:
                self.numbers[number] = self._node(head, tuple(self.numbers[x] for x in operands))
        return self.to, [self.numbers[root] for root in roots]

    def _is_part_of_a_sum(self, number: int) -> bool:
        if self.uses[number] != 1 or number not in self.consumer:
            return False
        head, operands = self.source.nodes[self.consumer[number]]
        name = head.name if isinstance(head, Primitive) else ""
        return name in ("add", "sum") or (name == "dot" and len(operands) % 2 == 1 and operands[-1] == number)

    def _terms(self, name: str, operands: tuple[int, ...]) -> _Terms:
        if name != "dot":
            found = [self._part(x) for x in operands]
        else:
            half = len(operands) // 2
            pairs = zip(operands[:half], operands[half : 2 * half], strict=True)
            products = _Terms([(self.numbers[a], self.numbers[b]) for a, b in pairs], is_dot=True)
            found = [products, *(self._part(x) for x in operands[2 * half :])]
        if not found:
            return _Terms([], is_dot=False)
        longest = max(found, key=lambda part: len(part.terms))  # it is not copied: nobody else uses it
        for part in found:
            if part is not longest:
                longest.terms.extend(part.terms)
        return _Terms(longest.terms, any(part.is_dot for part in found))

    def _part(self, number: int) -> _Terms:
        """Return the terms of an operand of a sum."""
        return self.sums.pop(number) if number in self.sums else _Terms([self.numbers[number]], is_dot=False)

    def _sum(self, sum: _Terms) -> int:
        """Return the node of a sum: a dot if there are products to be gathered, else additions or one long one."""
        to = self.to
        if len(sum.terms) > 2:  # Python's own sum starts from 0, which is to leave no trace
            zero = to.constant(0.0)
            sum = _Terms([term for term in sum.terms if term != zero], sum.is_dot)
        products = [self._ordered(*term) for term in sum.terms if isinstance(term, tuple)]
        of_weights = sum_of_weights(to, products)
        if products and (sum.is_dot or len(products) > 1) and (sum.is_dot or of_weights or len(sum.terms) >= LONG):
            others = [term for term in sum.terms if not isinstance(term, tuple)]
            start = (self._total(others),) if others else ()
            left, right = [a for a, _ in products], [b for _, b in products]
            return to.add(Dot(len(products)), (*left, *right, *start))
        return self._total([term if isinstance(term, int) else to.apply(mul, *term) for term in sum.terms])

    def _ordered(self, a: int, b: int) -> tuple[int, int]:
        """Put the factor that is one for all samples first, as weights stand before inputs."""
        return (b, a) if self.to.batched[a] and not self.to.batched[b] else (a, b)

    def _total(self, terms: list[int]) -> int:
        if not terms:
            return self.to.constant(0.0)
        if len(terms) >= LONG:
            return self.to.add(Sum(), tuple(terms))
        return functools.reduce(lambda a, b: self.to.apply(add, a, b), terms)

    def _node(self, head: Head, operands: tuple[int, ...]) -> int:
        to = self.to
        if not isinstance(head, Primitive):
            return operands[0] if isinstance(head, Choice) and len(set(operands)) == 1 else to.add(head, operands)
        make = _OF_MANY.get(head.name) if head.arity is None else None
        return to.apply(head, *operands) if make is None else make(to, operands)


def sum_of_weights(to: Scalars, products: Sequence[tuple[int, int]]) -> bool:
    """Tell whether products are weights, which are one for all samples, times what differs from sample to sample."""
    return all(not to.batched[a] and to.batched[b] and not isinstance(to.nodes[a][0], Constant) for a, b in products)


def _prod(to: Scalars, xs: tuple[int, ...]) -> int:
    """A tree of products, so that its derivatives hold where elements are zero."""
    level = list(xs) or [to.constant(1.0)]
    while len(level) > 1:
        level = [to.apply(mul, *level[i : i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return level[0]


def _extreme(kind: str, to: Scalars, xs: tuple[int, ...]) -> int:
    """The mean of those that are equal to the largest, so that they share its derivative; of nan, nan for all."""
    largest = to.add(Extreme(kind), xs)
    zero, one = to.constant(0.0), to.constant(1.0)
    is_beaten = [to.apply(_less, *((x, largest) if kind == "maximum" else (largest, x))) for x in xs]
    chosen = [to.apply(where, beaten, zero, x) for beaten, x in zip(is_beaten, xs, strict=True)]
    ties = to.add(Sum(), tuple(to.apply(where, beaten, zero, one) for beaten in is_beaten))
    is_number = to.apply(_equal, largest, largest)
    return to.apply(div, to.add(Sum(), tuple(chosen)), to.apply(where, is_number, ties, to.constant(math.nan)))


def _logsumexp(to: Scalars, xs: tuple[int, ...]) -> int:
    """The logarithm of a sum of exponentials less the largest; inf if that is inf, where its derivative is nan."""
    largest, infinity = to.add(Extreme("maximum"), xs), to.constant(math.inf)
    is_nothing = to.apply(_equal, largest, to.constant(-math.inf))
    largest = to.apply(where, is_nothing, to.constant(0.0), largest)
    exponentials = tuple(to.apply(exp, to.apply(sub, x, largest)) for x in xs)
    y = to.apply(add, to.apply(log, to.add(Sum(), exponentials)), largest)
    return to.apply(_with_derivative, to.apply(where, to.apply(_equal, largest, infinity), infinity, y), y)


def _norm(to: Scalars, xs: tuple[int, ...]) -> int:
    """The root of the sum of squares, of numbers scaled by the largest, so that nothing overflows.

    It is inf if one of them is, where its derivative is nan, even if there is a nan beside it.
    """
    zero, one, infinity = (to.constant(x) for x in (0.0, 1.0, math.inf))
    if not xs:
        return zero
    sizes = tuple(to.apply(abs, x) for x in xs)
    numbers = tuple(to.apply(fmax, size, zero) for size in sizes)
    is_infinite = to.apply(_equal, to.add(Extreme("maximum"), numbers), infinity)
    largest = to.apply(where, is_infinite, infinity, to.add(Extreme("maximum"), sizes))
    is_zero = to.apply(_equal, largest, zero)
    scale = to.apply(where, is_zero, one, largest)
    rate = to.apply(where, is_infinite, one, to.apply(div, one, scale))  # 1 / inf would hide the nan
    scaled = [to.apply(_with_derivative, to.apply(div, x, scale), to.apply(mul, x, rate)) for x in xs]
    squares = to.add(Sum(), tuple(to.apply(mul, x, x) for x in scaled))
    y = to.apply(mul, scale, to.apply(sqrt, to.apply(where, is_zero, one, squares)))
    y = to.apply(where, is_zero, zero, y)
    return to.apply(_with_derivative, to.apply(where, is_infinite, infinity, y), y)


_OF_MANY: dict[str, Callable[[Scalars, tuple[int, ...]], int]] = {
    "prod": _prod,
    "max": functools.partial(_extreme, "maximum"),
    "min": functools.partial(_extreme, "minimum"),
    "logsumexp": _logsumexp,
    "norm": _norm,
}
