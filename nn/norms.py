"""The Euclidean norm of gradients, however large or small they are."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["euclidean_norm"]


def euclidean_norm(x: Any) -> float:
    """Return the Euclidean norm of all numbers: scaled, so that squares neither overflow nor vanish.

    Examples
    --------
    >>> from nn.norms import euclidean_norm
    >>> euclidean_norm([3e200, 4e200]) / 1e200
    5.0
    """
    array = np.asarray(x, np.float64)
    largest = float(np.max(np.abs(array), initial=0.0))
    return largest * float(np.linalg.norm(array / largest)) if 0 < largest < np.inf else largest
