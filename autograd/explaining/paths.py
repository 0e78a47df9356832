"""The paths from a variable to a root: counted, summed, the largest of them found; never all written down."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from typing import Any

import numpy as np

from autograd.primitives import strong_mul
from autograd.reverse import contributions
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["Network", "Path"]

MOST_PATHS = 10_000  # more are not gone through one by one
MOST_STEPS = 2_000_000
MOST_ARRAY_STEPS = 10_000  # each is a product with a Jacobian

NOT_FINITE = 1e12  # the logarithm that inf and nan are given: larger than that of any product of numbers

Step = tuple[Variable, int, Any]  # a parent, its place among the operands, what comes of it
Onward = tuple[Variable, int]
Sidetrack = tuple[float, Variable, int]
Link = tuple[Variable, int, "Link"] | None  # a path from its variable on: (child, position, the rest)

_times = strong_mul.scalar_function


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Path:
    """One way from a variable to a root, and what goes along it.

    Attributes
    ----------
    nodes : tuple of Variable
        From the variable to the root; ``draw(root, highlight=path)`` shows it.
    positions : tuple of int
        Which operand of the next node each of them but the root is.
    local_gradients : tuple of float
        Those along the path, from the variable on. Empty where there are arrays on the way.
    product : float or ndarray
        Their product, which is the path's part of the gradient: a number, or an array of the variable's shape.
    """

    nodes: tuple[Variable, ...]
    positions: tuple[int, ...]
    local_gradients: tuple[float, ...]
    product: Any

    def __repr__(self) -> str:
        return f"<Path of {len(self.nodes):,} nodes, product {self.product!r}>"


class Network:
    """The nodes on the way from a variable to a root, and the edges between them.

    Attributes
    ----------
    nodes : list of Variable
        In order of creation: the variable first, the root last.
    is_scalar : bool
        Whether each of them is one number, so that every edge has one number too, and a path their product.
    count : int
        How many paths there are.
    count_through_zero : int
        How many of them pass a local gradient of exactly zero; 0 if the edges have no numbers.
    """

    def __init__(self, behind: Sequence[Variable], x: Variable, root: Variable) -> None:
        """Find the part that depends on ``x`` of everything ``behind`` the root, which is in order of creation."""
        self.x = x
        self.root = root
        self.nodes = [x]
        self._between = {x}
        for node in behind:
            if not self._between.isdisjoint(node.parents) and node is not x:
                self._between.add(node)
                self.nodes.append(node)
        self.is_scalar = all(node.__class__ is Value or np.size(node._primal) == 1 for node in self.nodes)
        self._edges = {node: list(self._edges_into(node)) for node in self.nodes[1:]}
        self._not_zero = self._edges  # the edges that are left where those of zero are left out
        if any(weight == 0 for edges in self._edges.values() for _, _, weight in edges):
            self._not_zero = {node: [e for e in edges if e[2] != 0] for node, edges in self._edges.items()}
        self.count, self._steps = self._counted(self._edges)
        through_others = self.count if self._not_zero is self._edges else self._counted(self._not_zero)[0]
        self.count_through_zero = self.count - through_others

    def uses(self) -> Iterator[tuple[Variable, int, int]]:
        """Yield each use of the variable: the child, the position among its inputs and that among its parents."""
        for node in self.nodes[1:]:
            variables = (i for i, operand in enumerate(node.inputs) if isinstance(operand, Variable))
            for among_parents, position in enumerate(variables):
                if node.inputs[position] is self.x:
                    yield node, position, among_parents

    def _edges_into(self, node: Any) -> Iterator[Step]:
        """Yield the edges into a node that belong to paths, with their local gradients where these are numbers."""
        if not self.is_scalar:
            weights: Sequence[Any] = [math.nan] * len(node.parents)  # an edge has a Jacobian there
        elif isinstance(node, Value):
            weights = node.partials
        else:
            weights = contributions(node, np.ones(node.shape, node.dtype))
        variables = (i for i, operand in enumerate(node.inputs) if isinstance(operand, Variable))
        for position, parent, weight in zip(variables, node.parents, weights, strict=True):
            if parent in self._between:
                yield parent, position, weight if weight.__class__ is float else _plain(weight)

    def _counted(self, edges: Mapping[Variable, Sequence[Step]]) -> tuple[int, int]:
        """Return the number of paths, and that of all ends of theirs, which going through one by one would meet."""
        so_far = {self.root: 1}
        steps = 0
        for node in reversed(self.nodes):
            if node is self.x:
                break
            count = so_far.pop(node, 0)  # all its uses are younger, so it is complete
            steps = min(steps + count, MOST_STEPS + 1)  # which may have 30,000 digits
            for parent, _, _ in edges[node]:
                so_far[parent] = so_far.get(parent, 0) + count
        return so_far.get(self.x, 0), steps

    @property
    def can_be_listed(self) -> bool:
        """Whether the paths are few enough to go through them one by one."""
        return self.count <= MOST_PATHS and self._steps <= (MOST_STEPS if self.is_scalar else MOST_ARRAY_STEPS)

    def scale(self) -> float:
        """Return the sum of the absolute values of all products, by which a rounding error is measured."""
        sums = {self.x: 1.0}
        for node in self.nodes[1:]:
            sums[node] = sum(_times(sums[parent], abs(weight)) for parent, _, weight in self._edges[node])
        return sums[self.root]

    def one_by_one(self, seed: Any) -> Iterator[tuple[Any, Link]]:
        """Yield each path's part of the gradient, with the path."""
        waiting: list[tuple[Variable, Any, Link]] = [(self.root, seed, None)]
        while waiting:
            node, adjoint, link = waiting.pop()
            if node is self.x:
                yield adjoint, link
                continue
            steps = self._steps_of_numbers(node, adjoint) if self.is_scalar else self._steps_of_arrays(node, adjoint)
            onward = [(parent, part, (node, position, link)) for parent, position, part in steps]
            waiting.extend(reversed(onward))  # the first operand first

    def _steps_of_numbers(self, node: Variable, adjoint: float) -> Iterator[Step]:
        return ((parent, position, _times(adjoint, weight)) for parent, position, weight in self._edges[node])

    def _steps_of_arrays(self, node: Any, adjoint: Any) -> Iterator[Step]:
        variables = (i for i, operand in enumerate(node.inputs) if isinstance(operand, Variable))
        for position, parent, part in zip(variables, node.parents, contributions(node, adjoint), strict=True):
            if parent in self._between:
                yield parent, position, part

    def largest(self, k: int, seed: Any) -> tuple[Path, ...]:
        """Return the ``k`` paths with the largest products, the largest first, without those whose product is zero.

        Where all is scalar they are found without going through the others: see `_by_deviations`. Where there are
        arrays the largest are those of the largest norm, and that of a product of Jacobians is not known before it is
        worked out: all paths are gone through, and none is returned where they are too many.
        """
        if self.is_scalar:
            paths = list(map(self._path, self._by_deviations(k)))
        elif self.can_be_listed:
            found = [(part, link) for part, link in self.one_by_one(seed) if np.any(part)]
            found.sort(key=lambda each: -_size(each[0]))
            paths = [self._path(link, part) for part, link in found[:k]]
        else:
            paths = []
        return tuple(sorted(paths, key=lambda path: -_size(path.product)))

    def _by_deviations(self, k: int) -> Iterator[Link]:
        """Yield the ``k`` paths of the largest products, the largest first, each found in one walk from the root down.

        The best path follows from each node the edge of the largest product behind it. Every other path deviates from
        one that is better, and loses by it the difference of the logarithms; the deviation that loses least comes next.
        (Eppstein, Finding the k Shortest Paths, 1998: the sidetracks, without his heap of heaps.)
        """
        onward, sidetracks = self._onward_and_sidetracks()
        order = itertools.count()
        waiting: list[tuple[float, int, Variable, Link]] = []
        least = [-math.inf] * max(k, 1)  # a heap of the k least losses met, negated: no larger one is needed
        if self.root is self.x or self.root in onward:
            waiting.append((0.0, next(order), self.root, None))
        for _ in range(k):
            if not waiting:
                return
            loss, _, node, link = heappop(waiting)
            while node is not self.x:
                for lost, parent, position in sidetracks.get(node, ()):
                    if loss + lost < -least[0]:
                        heapreplace(least, -(loss + lost))
                        heappush(waiting, (loss + lost, next(order), parent, (node, position, link)))
                parent, position = onward[node]
                node, link = parent, (node, position, link)
            yield link

    def _onward_and_sidetracks(self) -> tuple[dict[Variable, Onward], dict[Variable, list[Sidetrack]]]:
        """Return the best edge into each node, and the others with what a path loses by them."""
        best = {self.x: 0.0}  # the logarithm of the largest product from the variable to a node
        onward: dict[Variable, Onward] = {}
        sidetracks: dict[Variable, list[Sidetrack]] = {}
        for node in self.nodes[1:]:
            steps = [(best[p] + _log(weight), p, at) for p, at, weight in self._not_zero[node] if p in best]
            if steps:
                first = max(range(len(steps)), key=lambda i, steps=steps: steps[i][0])  # type: ignore[misc]
                best[node], parent, position = steps.pop(first)
                onward[node] = parent, position
                if steps:
                    sidetracks[node] = [(best[node] - length, p, at) for length, p, at in steps]
        return onward, sidetracks

    def _path(self, link: Link, part: Any = None) -> Path:
        nodes, positions = [self.x], []
        weights = []
        while link is not None:
            node, position, link = link
            if self.is_scalar:
                before = nodes[-1]
                weights += [w for parent, at, w in self._edges[node] if at == position and parent is before]
            nodes.append(node)
            positions.append(position)
        product = math.prod(reversed(weights)) if part is None else part  # from the root on, as a backward pass
        return Path(tuple(nodes), tuple(positions), tuple(weights), product)


def _plain(weight: Any) -> float:
    number: float = np.reshape(weight, ()).item()
    return float(number)


def _log(weight: float) -> float:
    return math.log(abs(weight)) if math.isfinite(weight) else NOT_FINITE


def _size(x: Any) -> float:
    """Return the absolute value, or the norm of an array; what is not finite is larger than all else."""
    size = abs(x) if isinstance(x, float) else float(np.linalg.norm(x))
    return size if math.isfinite(size) else math.inf
