"""Cases for many elements of an array to one."""

import numpy as np

from tests.arrays.case import Case

CASES = [
    Case(np.sum, [()], note="0-d"),
    Case(np.sum, [(2, 0)], note="empty"),
    Case(np.sum, [(2, 3, 4)], lambda a: np.sum(a, axis=(0, -1))),
    Case(np.sum, [(2, 3)], lambda a: np.sum(a, 1, keepdims=True), note="keepdims"),
    Case(np.sum, [(2, 3)], lambda a: np.sum(a, where=[True, False, True], axis=0), note="where"),
]
