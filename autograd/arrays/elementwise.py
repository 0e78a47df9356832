"""Elementwise functions that are no ufunc of NumPy's: where, clip, ..."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import primitives
from autograd.arrays.dispatch import numpy_function


@numpy_function(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Return x where the condition is true, else y; without them, where the condition is not zero."""
    return np.nonzero(condition) if x is None and y is None else primitives.where(condition, x, y)
