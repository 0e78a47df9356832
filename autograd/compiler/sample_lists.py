"""What a compiled function sees of an argument with several numbers for each sample: a list, and no array.

A plain list would be repeated by ``x * 2`` and joined by ``x + x``, where an array computes with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.errors import TracingError, brief, user_line
from autograd.tensor import Tensor

__all__ = ["NotAnArrayError", "SampleList", "nested"]

BINARY = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@"}
UNARY = {"neg": "-{}", "pos": "+{}", "abs": "abs({})"}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

NUMPYS = (np.ndarray, np.generic, Tensor)
"""What takes a list beside it for an array, and computes with its numbers."""


class NotAnArrayError(TracingError, AttributeError):
    """A list of the numbers of one sample was used as an array; an AttributeError, for what asks by ``hasattr``."""


class SampleList(list[Any]):
    """The numbers of one sample, or rows of them: a list that refuses what means something else for an array.

    Parameters
    ----------
    elements : iterable
        Numbers, or such lists.
    name : str, optional
        What messages call it: the name of the argument, and the place in it.
    """

    __slots__ = ("name",)

    def __init__(self, elements: Iterable[Any] = (), name: str = "x") -> None:
        super().__init__(elements)
        self.name = name

    def refusal(self, what: str, cure: str) -> NotAnArrayError:
        """Return the error for what is meant for an array."""
        return NotAnArrayError(
            f"{what} is meant for arrays, but in a function that is being compiled {self.name} is a list of what one "
            f"sample has ({user_line()}). {cure}. A function that takes whole arrays captures Tensors, or is compiled "
            "with arrays=True"
        )

    def copy(self) -> SampleList:
        """Return a list of the same elements, which refuses the same."""
        return SampleList(self, self.name)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple | list | np.ndarray) or key is None or key is ...:
            x, index = self.name, "i, j" if isinstance(key, tuple) else brief(key)
            raise self.refusal(f"{x}[{index}]", f"Write one index at a time: {x}[i][j], or [row[j] for row in {x}]")
        found = super().__getitem__(key)
        return SampleList(found, self.name) if isinstance(key, slice) else found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"'list' object has no attribute {name!r}", name=name, obj=self)
        x = self.name
        raise self.refusal(
            f"{x}.{name}", f"Use its elements, and what takes a list, as len({x}) and autograd.sum({x}) do"
        )


def _refusing(symbol: str, is_right: bool = False) -> Callable[[SampleList, Any], Any]:
    def refuse(self: SampleList, other: Any) -> Any:
        if isinstance(other, NUMPYS):
            return NotImplemented  # Python then asks the array
        x = self.name
        form = f"{{1}} {symbol} {{0}}" if is_right else f"{{0}} {symbol} {{1}}"
        what, each, pair = form.format(x, "y"), form.format("a", "y"), form.format("a", "b")
        if symbol == "@":
            cure = f"Write autograd.dot({x}, y)"
        elif isinstance(other, list | tuple):
            cure = f"Write [{pair} for a, b in zip({x}, y)]" + (f"; to join lists, [*{x}, *y]" if symbol == "+" else "")
        else:
            cure = f"Write [{each} for a in {x}]"
        raise self.refusal(what, cure)

    return refuse


def _refusing_comparison(symbol: str, default: Callable[[Any, Any], Any]) -> Callable[[SampleList, Any], Any]:
    refuse = _refusing(symbol)
    return lambda self, other: default(self, other) if other is None or isinstance(other, str) else refuse(self, other)


def _refusing_unary(form: str) -> Callable[[SampleList], Any]:
    def refuse(self: SampleList) -> Any:
        raise self.refusal(form.format(self.name), f"Write [{form.format('a')} for a in {self.name}]")

    return refuse


for _name, _symbol in BINARY.items():
    for _kind in ("", "r", "i"):
        setattr(SampleList, f"__{_kind}{_name}__", _refusing(_symbol, is_right=_kind == "r"))
for _name, _symbol in COMPARISONS.items():
    setattr(SampleList, f"__{_name}__", _refusing_comparison(_symbol, getattr(list, f"__{_name}__")))
for _name, _symbol in UNARY.items():
    setattr(SampleList, f"__{_name}__", _refusing_unary(_symbol))
SampleList.__hash__ = None  # as of any list


def nested(elements: Sequence[Any], shape: tuple[int, ...], name: str) -> Any:
    """Return elements in row-major order as nested lists of this shape; the only one as it is, if it has no axes."""
    if not shape:
        return elements[0]
    if len(shape) == 1:
        return SampleList(elements, name)
    step = len(elements) // shape[0] if shape[0] else 0
    rows = (nested(elements[i * step : (i + 1) * step], shape[1:], f"{name}[{i}]") for i in range(shape[0]))
    return SampleList(rows, name)
