"""No time is taken before all programs find the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.benchmarks.peers import Step

__all__ = ["check_same", "flat"]


def flat(arrays: Sequence[Any]) -> np.ndarray:
    """Return all numbers in one row."""
    return np.concatenate([np.ravel(array) for array in arrays])


def check_same(steps: Mapping[str, Step], tolerance: float = 1e-10) -> None:
    """Make sure that all steps find the same value and gradients as the first one, the second time too."""
    (_, first), *_ = steps.items()
    value, gradients = first()
    expected = flat(gradients)
    for name, step in steps.items():
        for _ in range(2):
            its_value, its_gradients = step()
            np.testing.assert_allclose(its_value, value, rtol=tolerance, err_msg=name)
            np.testing.assert_allclose(
                flat(its_gradients), expected, rtol=0, atol=tolerance * np.abs(expected).max(), err_msg=name
            )
