"""How values are called in a picture and its formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.drawing.selection import Places, visible_operands
from autograd.drawing.text import shorten
from autograd.errors import ArgumentError, brief
from autograd.names import names_of
from autograd.variable import Variable

__all__ = ["given_names", "labels", "told_apart"]


def given_names(names: Mapping[str, Any] | None) -> dict[Variable, str]:
    """Return the names of the Variables in such as ``locals()``, the first where there are several.

    Raises
    ------
    ArgumentError
        If it is no mapping, or a name is not a string.
    """
    if names is None:
        return {}
    if not isinstance(names, Mapping) or not all(isinstance(name, str) for name in names):
        raise ArgumentError(f"names must map names to Values or Tensors, as locals() does, not be {brief(names)}")
    found: dict[Variable, str] = {}
    for name, thing in names.items():
        if isinstance(thing, Variable):
            found.setdefault(thing, name)
    return found


def labels(drawn: Sequence[Variable], places: Places, given: Mapping[Variable, str]) -> dict[Variable, str]:
    """Name the values drawn, and those of their operands that are folded away, for formulas mention them.

    The user's name counts where there is one, on the value or else ``given``. Other values that are drawn are v1, v2,
    ... in the order given, leaving out what the user calls something else; one that is not drawn is called as the
    folded group that it is in, or only … .
    """
    operands = (x for value in drawn for x in visible_operands(value) if isinstance(x, Variable))
    names = names_of(drawn, operands, given)
    return {value: name or _folded_name(places, value) for value, name in names.items()}


def told_apart(
    names: Mapping[Variable, str], drawn: Sequence[Variable], *limits: int
) -> tuple[dict[Variable, str], ...]:
    """Return the names cut to each of some limits, the last the smallest.

    Of values drawn that would be called the same, the second is ``w (2)``, and so on.
    """
    cut = [{value: shorten(name, limit, keep_end=limit // 2) for value, name in names.items()} for limit in limits]
    met: Counter[str] = Counter()
    for value in drawn:
        name = cut[-1][value]
        met[name] += 1
        if met[name] > 1:
            for shortened in cut:
                shortened[value] += f" ({met[name]})"
    return tuple(cut)


def _folded_name(places: Places, value: Variable) -> str:
    place = places.of(value)
    return "…" if isinstance(place, Variable) else place.name or "…"
