"""What a picture tells of one value: its numbers, what is known of its gradient, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd.drawing.diagram import Mark, State
from autograd.drawing.heat import thumbnail
from autograd.numbers import FEW, euclidean_norm, outline, shape_text
from autograd.reverse import is_finite
from autograd.tensor import Tensor
from autograd.variable import Variable, primal

__all__ = ["facts", "is_differentiated"]

LARGEST_SLOPE = {"tanh": 1.0, "sigmoid": 0.25}  # of the functions that saturate
SATURATED = 0.01  # share of the largest slope below which one is flat


def facts(value: Variable, reachable: Collection[Variable] | None) -> dict[str, Any]:
    """Return the fields of a `Node` that tell the numbers of a value.

    Parameters
    ----------
    value : Variable
        The value.
    reachable : collection of Variable or None
        What the differentiated results depend on; None if all that is drawn.
    """
    data, details = _data(value)
    share, mark = _flat_share(value)
    if mark and isinstance(value, Tensor) and share:
        details = (*details, f"{round(share * value.size):,} of {value.size:,} {mark}")
    marks: list[Mark] = [mark] if mark and share == 1 else []
    gradient = primal(value.grad)
    state = _state(value, gradient, reachable)
    if not is_finite(value._primal) or (state in ("computed", "accumulated") and not is_finite(gradient)):
        marks.append("non-finite")
    return {
        "data": data,
        "grad": _grad(value, gradient, state),
        "details": details,
        "state": state,
        "passes": value.reached,
        "marks": tuple(marks),
        "number": None if isinstance(value, Tensor) else value._primal,
        "size": euclidean_norm(gradient) if state in ("zero", "computed", "accumulated") else None,
        "thumbnail": thumbnail(value._primal) if isinstance(value, Tensor) else None,
    }


def is_differentiated(value: Variable) -> bool:
    """Tell whether a gradient stands at a value, be it one of zero."""
    return value._grad is not None or value.reached > 0


def _data(value: Variable) -> tuple[str, tuple[str, ...]]:
    array = value._primal
    if not isinstance(value, Tensor):
        return outline(array), ()
    kind = f"{shape_text(array)} {array.dtype.name}"
    if not array.size:
        return kind, ()
    if array.ndim < 2 and array.size <= FEW:
        return outline(array), (kind,)
    with np.errstate(all="ignore"):
        low, middle, high = (outline(summary(array)) for summary in (np.min, _mean, np.max))
    return kind, (f"min {low}, mean {middle}, max {high}",)


def _state(value: Variable, gradient: Any, reachable: Collection[Variable] | None) -> State:
    if not is_differentiated(value):
        return "not computed" if reachable is None or value in reachable else "unreachable"
    if value.reached > 1:
        return "accumulated"
    return "zero" if not np.any(gradient) else "computed"


def _grad(value: Variable, gradient: Any, state: State) -> str:
    if state in ("not computed", "unreachable"):
        return "–" if state == "not computed" else "no path to it"
    array = np.asarray(gradient)
    many = array.size > FEW or array.ndim > 1
    text = f"norm {outline(euclidean_norm(array))}" if many else outline(array)
    return f"{text} ({value.reached} passes)" if state == "accumulated" else text


def _mean(array: np.ndarray) -> float:
    """Return the mean, also where the sum would overflow."""
    largest = float(np.max(np.abs(array))) or 1.0
    return largest * float(np.mean(array / largest))


def _flat_share(value: Variable) -> tuple[float, Mark | None]:
    """Return which share of the elements lets no gradient through, or hardly any; and what that is called."""
    name = getattr(value.op, "name", "")
    if name != "relu" and name not in LARGEST_SLOPE:
        return 0.0, None
    with np.errstate(all="ignore"):
        slopes = np.abs(value.local_gradient(0))
    if name == "relu":
        return float(np.mean(slopes == 0)), "dead"
    slope = value.op.settings.get("slope", 1.0)
    return float(np.mean(slopes < SATURATED * LARGEST_SLOPE[name] * abs(slope))), "saturated"
