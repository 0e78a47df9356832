"""Numbers as they come, as they are shown in a few words, and as they leave the graph."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from autograd.errors import DisconnectedWarning, NotALeafError, NotANumberError, brief, warn
from autograd.graph import inside_transform, recording
from autograd.tracing import tracing
from autograd.variable import Variable

__all__ = [
    "OTHER_ALGEBRAS",
    "as_float",
    "constant_text",
    "counted",
    "euclidean_norm",
    "is_plain",
    "number",
    "outline",
    "refuse_copy",
    "shape_text",
    "warn_of_float",
]


def as_float(x: Any) -> float | None:
    """Return ``x`` as a float if it is a real number of any kind, NumPy's included, else None."""
    if x.__class__ is float:
        return x
    if isinstance(x, Real | np.bool_) or (isinstance(x, np.ndarray) and x.ndim == 0 and x.dtype.kind in "biuf"):
        try:
            return float(x)
        except OverflowError:
            raise NotANumberError(f"{brief(x)} is too large for a float64") from None
    return None


OTHER_ALGEBRAS = (np.matrix, np.ma.MaskedArray)
"""Arrays that calculate in another way than Tensors do: what is masked would count, ``*`` mean another product."""


def is_plain(x: Any) -> bool:
    """Tell whether ``x`` is a real array or number of NumPy's, of 64 bits at most, without rules of its own."""
    return (
        isinstance(x, np.ndarray | np.generic)
        and x.dtype.kind in "biuf"
        and x.dtype.itemsize <= 8
        and not isinstance(x, OTHER_ALGEBRAS)
    )


def number(x: Any, what: str) -> float:
    """Return ``x`` as a float, or refuse it as ``what``. A Value gives its number, and so does a Tensor of no axes."""
    plain = as_float(x._primal if isinstance(x, Variable) else x)
    if plain is None:
        raise NotANumberError(f"{what} must be one real number, not {type(x).__name__}: {brief(x)}")
    return plain


def warn_of_float(x: Variable) -> None:
    """Warn where ``float(x)`` takes a number out of the graph while a derivative is being found.

    Raises
    ------
    TracingError
        If a function is being recorded for the compiler and the number differs from call to call.
    """
    trace = tracing()
    if trace is not None:
        trace.read(x, "float()")
    if inside_transform() and recording():
        warn(
            f"float() takes {x!r} out of the graph, so the derivative will not see what is made of the number; "
            "math.sin and its kin do so too, and so does writing to an element of an ndarray. Use autograd's or "
            "NumPy's functions, np.stack to fill an array, or no_grad() if this is what you want.",
            DisconnectedWarning,
        )


def refuse_copy(x: Variable, cure: str) -> None:
    """Refuse to copy or pickle what is not a leaf, and warn where a copy disconnects."""
    if x.op is not None:
        raise NotALeafError(f"only a leaf can be copied or pickled, but {x!r} is the result of {x.op!r}; {cure}")
    if inside_transform() and recording():
        warn(f"a copy of {x!r} is a new leaf, so the derivative does not see it", DisconnectedWarning)


def counted(count: int, thing: str, things: str = "") -> str:
    """Return such as ``1 value`` and ``1,000 values``, with the plural where it is not made by an s."""
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"


FEW = 4  # numbers that are shown one by one


def outline(x: Any) -> str:
    """Return a number with four significant digits; of an array a few elements, or its shape and range."""
    array = np.asarray(x)
    if array.ndim == 0:
        return f"{float(array) + 0.0:.4g}"  # a zero has no sign
    if array.ndim == 1 and array.size <= FEW:
        return f"[{', '.join(map(outline, array))}]"
    dtype = "" if array.dtype == np.float64 else f" {array.dtype.name}"
    if not array.size:
        return f"{shape_text(array)}{dtype}"
    low, high = outline(array.min()), outline(array.max())
    return f"{shape_text(array)}{dtype} " + (f"of {low}" if low == high else f"in [{low}, {high}]")


def constant_text(x: Any) -> str | float:
    """Return a constant as a formula has it: a number, a few numbers, or such as ``array(2×3)``."""
    array = np.asarray(x)
    if array.size == 1:
        return float(array.item())
    if array.ndim == 1 and 0 < array.size <= FEW:
        return f"[{', '.join(f'{float(element):g}' for element in array)}]"
    return f"array({shape_text(array)})"


def euclidean_norm(x: Any) -> float:
    """Return the root of the sum of all squares; it neither overflows nor vanishes where a square would."""
    array = np.asarray(x, np.float64)
    largest = float(np.max(np.abs(array), initial=0.0))
    return largest * float(np.linalg.norm(array / largest)) if 0 < largest < np.inf else largest


def shape_text(x: Any) -> str:
    """Return such as ``2×3``; 1 for a number."""
    return "×".join(map(str, np.shape(x))) or "1"
