"""Elementwise functions that are no ufunc of NumPy's: where, clip, ..."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import primitives
from autograd.arrays.dispatch import numpy_function


@numpy_function(np.where)
def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition is true, else y."""
    return primitives.where(condition, x, y)
