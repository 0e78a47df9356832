"""The table of a module: what is inside, what comes out of it, how many numbers are trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import Tensor, Value, no_grad
from nn.module import Module, alike, evaluated, watched

__all__ = ["summary_of"]


def summary_of(module: Module, inputs: tuple[Any, ...]) -> str:
    """Return the table as text; see `Module.summary`."""
    shapes: dict[int, str] = {}
    if inputs:
        with no_grad(), evaluated(module), watched(lambda part, y: shapes.setdefault(id(part), _shape(y))):
            module(*inputs)
    rows = [("layer", "output shape", "parameters"), *_rows(module, "", 0, shapes)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}".rstrip() for a, b, c in rows]
    ruler = "-" * (sum(widths) + 4)
    total = f"{module.num_parameters:,} parameters"
    return "\n".join([lines[0], ruler, *lines[1:], ruler, total])


def _rows(module: Module, place: str, depth: int, shapes: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    own = f"{place}: {type(module).__name__}" if place else type(module).__name__
    yield "  " * depth + own, shapes.get(id(module), ""), f"{module.num_parameters:,}"
    for places, part in alike(module):
        if len(places) == 1:
            yield from _rows(part, places[0], depth + 1, shapes)
        else:
            count, kind = len(places), type(part).__name__
            name = f"{places[0]} to {places[-1]}: {count} x {kind}"
            yield "  " * (depth + 1) + name, shapes.get(id(part), ""), f"{count} x {part.num_parameters:,}"


def _shape(outputs: Any) -> str:
    if isinstance(outputs, list | tuple) and any(isinstance(x, Value) for x in outputs):
        return f"({len(outputs)},)"
    if isinstance(outputs, Tensor | np.ndarray):
        return str(outputs.shape)
    if isinstance(outputs, Value | float):
        return "()"
    return type(outputs).__name__
