"""The gradient of a function of arrays, recorded: each row's own transpose, read on Tensors where it can be."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, final

import numpy as np

from autograd.array_code import pullback
from autograd.array_rows import ArrayPrimitive
from autograd.arrays.conditions import PlainRow
from autograd.errors import UnsupportedFunctionError
from autograd.graph import operations, set_recording
from autograd.reverse import fitted, transpose_of
from autograd.rows import Primitive
from autograd.symbols import Symbol, read_partials
from autograd.tensor import Tensor
from autograd.variable import Variable

__all__ = ["PulledBack", "gradients"]


@final
class PulledBack(ArrayPrimitive):
    """What an operand's derivative gains from that of a result, as an operation of its own; it has no derivative.

    For transposes that look at numbers, or whose settings differ from call to call.
    """

    def __init__(self, row: Any, position: int, parent: Tensor) -> None:
        super().__init__(f"pulled_back_{row.name}", self._pulled, [_no_transpose])
        self.row = row
        self.position = position
        self.pull = transpose_of(row, position)
        self.like = Tensor(0.0)
        self.like._primal = np.broadcast_to(np.zeros((), parent.dtype), parent.shape)

    def _pulled(self, g: Any, y: Any, *operands: Any, **settings: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(fitted(self.pull(g, y, *operands, **settings), self.like))


def _no_transpose(g: Any, y: Any, *operands: Any, **settings: Any) -> Any:
    raise UnsupportedFunctionError(
        "a derivative that was compiled as an operation of its own, since it looks at numbers or at integers "
        "that change, has no derivative itself; differentiate the function that is compiled, or run it without compile"
    )


def gradients(y: Tensor, wanted: Collection[Tensor], opaque: Collection[Variable]) -> list[Any]:
    """Return the derivative of the sum of ``y`` by each wanted leaf: a recorded Tensor, an array, or None for zero.

    Parameters
    ----------
    y : Tensor
        The result.
    wanted : collection of Tensor
        Leaves it is made of.
    opaque : collection of Variable
        Operations whose transposes are not to be read on Tensors, for their settings differ from call to call.
    """
    nodes = operations([y])
    needed: set[Variable] = set(wanted)
    for node in reversed(nodes):
        if _has_derivative(node) and not needed.isdisjoint(node.parents):
            needed.add(node)
    so_far: dict[Variable, Any] = {y: Tensor(np.ones(y.shape, y.dtype))}  # so that all that is made of it is recorded
    with set_recording(True), np.errstate(all="ignore"):
        for node in nodes:
            if node not in needed or node not in so_far:
                continue
            g = so_far[node]
            for position, parent in enumerate(node.inputs):
                if isinstance(parent, Tensor) and parent in needed:
                    gained = _contribution(node, position, g, node in opaque)
                    if gained is not None:
                        so_far[parent] = so_far[parent] + gained if parent in so_far else gained
    return [so_far.get(leaf) for leaf in wanted]


def _has_derivative(node: Any) -> bool:
    return node.dtype.kind == "f" and not isinstance(node.op, PlainRow)


def _contribution(node: Any, position: int, g: Any, is_opaque: bool) -> Any:
    """Return what an operand's derivative gains; None for nothing."""
    row, parent = node.op, node.inputs[position]
    if isinstance(row, Primitive):
        symbols = [Symbol(f"x{i}") for i in range(row.arity or 0)]
        partial = read_partials(row, symbols, row.settings)[position]
        if not isinstance(partial, Symbol) and partial == 0:
            return None
        pull = pullback(row, position, recorded=True)
        try:
            return fitted(pull(g, node, *node.inputs), parent)
        except ArithmeticError:  # Python's own floats raise in 1/0
            return fitted(pull(g, node, *(np.float64(x) if isinstance(x, float) else x for x in node.inputs)), parent)
    if not is_opaque:
        try:
            return fitted(transpose_of(row, position)(g, node, *node.inputs, **node.settings), parent)
        except Exception:  # whatever it does that cannot be recorded, it does at each call
            pass
    # Not by a call, which copies settings: by itself, an array tells what it was derived from.
    return Tensor.apply_array_row(PulledBack(row, position, parent), (g, node, *node.inputs), node.settings)
