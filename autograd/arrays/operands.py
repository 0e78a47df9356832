"""What the functions that are not NumPy's take as an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.arrays.joining import stack
from autograd.errors import NotANumberError, brief
from autograd.rows import Operand
from autograd.settings import holds_operand

__all__ = ["as_array"]


def as_array(x: Any, what: str) -> Any:
    """Return ``x`` as an array of floats: a Tensor as it is, lists of Values or Tensors stacked, all else as ndarray.

    Raises
    ------
    NotANumberError
        If ``x``, which the message calls ``what``, is not made of real numbers.
    """
    if isinstance(x, Operand):
        return x
    if isinstance(x, list | tuple) and holds_operand(x):
        return stack([as_array(element, what) for element in x])
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise NotANumberError(f"{what} must be an array of real numbers, not {type(x).__name__}: {brief(x)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
