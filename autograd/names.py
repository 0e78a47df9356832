"""What the values of a graph are called in pictures and in words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from autograd.variable import Variable

__all__ = ["names_of", "one_line"]

# What XML 1.0 has no way to write, half a surrogate pair included.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """Return the text on one line; a character that no picture can hold is shown as �."""
    return _UNWRITABLE.sub("�", " ".join(text.split()))


def names_of(
    shown: Iterable[Variable], others: Iterable[Variable] = (), given: Mapping[Variable, str] = MappingProxyType({})
) -> dict[Variable, str]:
    """Name the values shown, and ``others`` that formulas mention.

    The user's name counts where there is one, on the value or else ``given``. Other values shown are v1, v2, ... in the
    order given, leaving out what the user calls something else; the name of one that is not shown is empty.
    """
    shown = list(shown)
    names = {value: one_line(value._name or given.get(value, "")) for value in itertools.chain(shown, others)}
    taken = set(names.values())
    unused = (handle for number in itertools.count(1) if (handle := f"v{number}") not in taken)
    for value in shown:
        names[value] = names[value] or next(unused)
    return names
