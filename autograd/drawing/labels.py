"""How values are called in a picture and its formulas."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.drawing.selection import visible_operands
from autograd.names import names_of
from autograd.variable import Variable

__all__ = ["labels"]


def labels(drawn: Sequence[Variable]) -> dict[Variable, str]:
    """Name the values drawn, and those of their operands that are folded away, for formulas mention them."""
    return names_of(drawn, (x for value in drawn for x in visible_operands(value) if isinstance(x, Variable)))
