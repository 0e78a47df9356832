"""How values are called in a picture and its formulas."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from autograd.drawing.selection import visible_operands
from autograd.drawing.text import one_line
from autograd.variable import Variable

__all__ = ["labels"]


def labels(drawn: Sequence[Variable]) -> dict[Variable, str]:
    """Name the values drawn, and those of their operands that are folded away, for formulas mention them.

    The user's name counts where there is one. Other values that are drawn are v1, v2, ... in the order given, leaving
    out what the user calls something else; one that is not drawn is only … .
    """
    operands = (x for value in drawn for x in visible_operands(value) if isinstance(x, Variable))
    names = {value: one_line(value.name or "") for value in itertools.chain(drawn, operands)}
    taken = set(names.values())
    unused = (handle for number in itertools.count(1) if (handle := f"v{number}") not in taken)
    for value in drawn:
        names[value] = names[value] or next(unused)
    return {value: name or "…" for value, name in names.items()}
