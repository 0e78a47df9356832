"""Cases for arrays in another shape, joined, taken apart, rearranged."""

import numpy as np

from tests.arrays.case import Case

CASES = [
    Case(np.reshape, [(2, 3)], lambda a: np.reshape(a, (3, 2))),
    Case(np.transpose, [(2, 3, 4)]),
    Case(np.transpose, [(2, 3, 4)], lambda a: np.transpose(a, (1, -1, 0)), note="axes"),
    Case(np.broadcast_to, [(3, 1)], lambda array: np.broadcast_to(array, (2, 3, 4))),
    Case(np.ravel, [(2, 3)]),
    Case(np.roll, [(3, 4)], lambda a: np.roll(a, 2, axis=1)),
    Case(np.repeat, [(3,)], lambda a: np.repeat(a, [1, 0, 2])),
]
