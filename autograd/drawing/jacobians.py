"""How large a Jacobian is: its Frobenius norm, without writing it down where it is large."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.errors import NonFiniteWarning
from autograd.numbers import euclidean_norm, outline
from autograd.reverse import adjoints, arrays_of, elementwise_partial, fitted, transpose_of
from autograd.rows import Primitive
from autograd.variable import Variable, primal

__all__ = ["block_norm", "edge_norm", "quietly"]

EXACT = 64  # elements of the output up to which each row of the Jacobian is found
PROBES = 16  # random directions otherwise
LARGEST_WALK = 2_000_000  # operations walked over for one norm


def edge_norm(node: Any, position: int) -> str:
    """Return the norm of the derivative of a node by one of its operands, as text.

    Elementwise, of a matrix product, and of 64 elements at most, it is exact; else estimated to one digit, and marked
    by ``≈``, as the root of the mean of ‖vᵀJ‖² over 16 vectors v of random signs (Hutchinson 1990).
    """
    with quietly():
        if isinstance(node.op, Primitive):
            partial = np.broadcast_to(elementwise_partial(node, position), node.shape)
            return outline(euclidean_norm(partial))
        arrays = arrays_of(node.inputs)
        if node.op.name == "matmul":  # each element of the other factor stands in the Jacobian once for each product
            largest = float(np.max(np.abs(arrays[1 - position]), initial=0.0)) or 1.0
            squares = [np.square(np.divide(x, largest, dtype=np.float64)) for x in arrays]
            squares[position] = np.ones_like(squares[position])
            return outline(largest * math.sqrt(np.sum(np.matmul(*squares))))
        transpose = transpose_of(node.op, position)

        def pulled(seed: np.ndarray) -> float:
            back = fitted(transpose(seed, node._primal, *arrays, **node.settings), node.inputs[position])
            return euclidean_norm(back)

        return _norm(node.shape, node.dtype, pulled)


def block_norm(outputs: Sequence[Variable], inputs: Collection[Variable], since: int, size: int) -> str:
    """Return the norm of the derivative of the outputs of a block by its inputs, as text; empty if it is too large.

    Parameters
    ----------
    outputs, inputs : sequence of Variable
        Of the block.
    since : int
        The stamp behind which its operations lie.
    size : int
        How many they are.
    """
    shapes = [np.shape(x._primal) for x in outputs]
    sizes = [int(np.prod(shape)) for shape in shapes]
    total = sum(sizes)
    if size * (total if total <= EXACT else PROBES) > LARGEST_WALK:
        return ""

    def pulled(seed: np.ndarray) -> float:
        parts = np.split(seed, list(itertools.accumulate(sizes))[:-1])
        seeds: Mapping[Variable, Any] = {
            x: part.reshape(shape).astype(x._primal.dtype) if isinstance(x._primal, np.ndarray) else float(part[0])
            for x, part, shape in zip(outputs, parts, shapes, strict=True)
        }
        found = adjoints(seeds, since=since).of_leaves
        return euclidean_norm([euclidean_norm(primal(found[x])) for x in inputs if x in found])

    with quietly():
        return _norm((total,), np.float64, pulled)


def _norm(shape: tuple[int, ...], dtype: Any, pulled: Callable[[np.ndarray], float]) -> str:
    """Return the norm of a Jacobian, given what gives ‖vᵀJ‖ for a vector v of the shape of the output."""
    size = int(np.prod(shape))
    if size <= EXACT:
        return outline(euclidean_norm([pulled(row.reshape(shape)) for row in np.eye(size, dtype=dtype)]))
    rng = np.random.default_rng(0)
    signs = (rng.integers(0, 2, shape).astype(dtype) * 2 - 1 for _ in range(PROBES))
    estimate = euclidean_norm(list(map(pulled, signs))) / math.sqrt(PROBES)
    return f"≈{outline(float(f'{estimate:.1g}'))}"  # more digits would be noise


@contextmanager
def quietly() -> Iterator[None]:
    """Let numbers that are not finite pass without warning: a picture shows them."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", NonFiniteWarning)
        yield
