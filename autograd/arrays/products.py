"""Products of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function

_matmul = array_row(
    "matmul",
    np.matmul,
    [lambda g, y, a, b: g @ b.T, lambda g, y, a, b: a.T @ g],
    linear="each",
    symbol="@",
)


@numpy_function(np.matmul)
def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product."""
    return _matmul(x1, x2)
