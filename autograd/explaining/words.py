"""The graph in words: what a root was made from, how an operation is written, numbers and tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, brief
from autograd.graph import operations_and_leaves
from autograd.numbers import outline
from autograd.rows import Primitive
from autograd.symbols import to_text
from autograd.tensor import Tensor
from autograd.variable import Variable

__all__ = ["call", "count_text", "formula", "is_zero", "made_from", "one", "table", "variable"]

SEVERAL_OPERANDS = 4  # an operation with more is written with a few and …
FEW_OPERANDS = 2
MANY_OPERANDS = 40  # a formula may mention every operand; with more it is for nobody
LONGEST_FORMULA = 60
LARGEST_EXACT = 10**9  # a larger count is given by its order of magnitude


def variable(x: Any, function: str) -> Variable:
    """Return ``x``, which ``function`` was given where it needs a Value or Tensor, or refuse it.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if not isinstance(x, Variable):
        raise ArgumentError(f"{function} takes Values and Tensors, not {type(x).__name__}: {brief(x)}")
    return x


def made_from(root: Variable) -> list[Variable]:
    """Return the root and everything behind it, in order of creation.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    operations, leaves = operations_and_leaves([root])
    return sorted([*operations, *leaves], key=attrgetter("stamp"))


def one(root: Variable) -> Any:
    """Return the adjoint of a root by itself."""
    return np.ones(root.shape, root.dtype) if isinstance(root, Tensor) else 1.0


def call(node: Variable, names: Mapping[Variable, str]) -> str:
    """Return the operation that made a node, such as ``a * b`` or ``dot(w, x)``; of a leaf nothing."""
    if node.op is None:
        return ""
    is_long = len(node.inputs) > SEVERAL_OPERANDS
    written = node.inputs[:FEW_OPERANDS] if is_long else node.inputs
    operands = [names[x] if isinstance(x, Variable) else outline(x) for x in written] + ["…"] * is_long
    is_infix = node.op.arity == 2 or not isinstance(node.op, Primitive)
    if is_infix and len(operands) == 2 and node.op.symbol:
        return f"{operands[0]} {node.op.symbol} {operands[1]}"
    return f"{node.op.name}({', '.join(operands)})"


def formula(node: Variable, position: int, names: Mapping[Variable, str]) -> str:
    """Return the local gradient of a node by one of its operands in symbols, such as ``∂c/∂a = b``."""
    parent = node.inputs[position]
    left = f"∂{names[node]}/∂{names[parent]}"
    if len(node.inputs) > MANY_OPERANDS:
        return left
    operands = [names[x] if isinstance(x, Variable) else x for x in node.inputs]
    right = node._partial_expressions(names[node], operands)[position]
    text = right if isinstance(right, str) else to_text(right)
    is_new = len(text) <= LONGEST_FORMULA and not text.startswith("∂")
    return f"{left} = {text}" if is_new else left


def count_text(count: int) -> str:
    """Return a count with commas, or, of one too long to be read, its order of magnitude: ``about 10^37``."""
    return f"{count:,}" if count < LARGEST_EXACT else f"about 10^{math.log10(count):.0f}"


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> list[str]:
    """Return the rows as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def is_zero(x: Any) -> bool:
    """Tell whether a number is zero, or every element of an array."""
    return not np.any(x)
