"""Cases for elementwise functions that are no rows by themselves; tests/arrays/test_elementwise.py walks the rows."""

from __future__ import annotations

import numpy as np

from tests.arrays.case import Case, Operand, positive

MASK = np.array([[True], [False]])
LOW, HIGH = np.float32([-0.5, -np.inf, 0.0]), np.float32([[0.5], [1.0]])
WITH_HOLES = np.float32([[np.nan, 1.0, np.inf], [-np.inf, 2.0, 3.0]])


def above_integers(*shape: int) -> Operand:
    """Draw numbers that are 0.11 to 0.14 above an integer: clear of every place where rounding jumps."""
    return lambda rng: rng.uniform(0.11, 0.14, shape) + rng.integers(-3, 3, shape)


CASES = [
    Case(np.where, [(2, 3), (2, 3)], lambda x, y: np.where(MASK, x, y)),
    Case(np.where, [(3,), ()], lambda x, y: np.where(MASK, x, y), note="broadcast"),
    Case(np.where, [(2, 3)], lambda x: np.where(x > 0, x**2, 0.0), note="constant"),
    Case(np.where, [(0, 3), (3,)], lambda x, y: np.where(x > 0, x, y), note="empty"),
    Case(np.where, [(), ()], lambda x, y: np.where(True, x, y)),
    Case(np.clip, [(2, 3)], lambda x: np.clip(x, -0.6, 0.9)),
    Case(np.clip, [()], lambda x: np.clip(x, -0.2, 0.2)),
    Case(np.clip, [(0,)], lambda x: np.clip(x, None, 0.9)),
    Case(np.clip, [(2, 3)], lambda x: np.clip(x, None, 0.9), note="no lower bound"),
    Case(np.clip, [(2, 3)], lambda x: np.clip(x, 0.9, None), note="no upper bound"),
    Case(np.clip, [(2, 3)], lambda x: np.clip(x, LOW, HIGH), note="bounds are arrays"),
    Case(np.clip, [(2, 3), (3,), (2, 1)], lambda x, low, high: np.clip(x, low, high + 1), note="bounds move"),
    Case(np.clip, [(2, 3)], lambda x: np.clip(x**2, a_max=0.5, a_min=1.0), note="bounds crossed"),
    Case(np.clip, [(3,)], lambda x: x.clip(0.0, max=1.0), note="method"),
    Case(np.round, [above_integers(3)], lambda x: np.round(x)),
    Case(np.round, [above_integers(2, 1)], lambda x: np.round(x, 1) * x, note="decimals"),
    Case(np.round, [()], lambda x: np.round(100 * x, -2), note="tens"),
    Case(np.round, [above_integers(3)], lambda x: x.round(), note="method"),
    Case(np.fix, [above_integers(2, 3)]),
    Case(np.nan_to_num, [(2, 3)], lambda x: np.nan_to_num(x * WITH_HOLES, posinf=1.0, neginf=-1.0)),
    Case(np.nan_to_num, [(2, 3)], lambda x: np.nan_to_num(x + WITH_HOLES, nan=2.0, posinf=1.0, neginf=0.0)),
    Case(np.nan_to_num, [()]),
    Case(np.nan_to_num, [(2,)], lambda x: np.nan_to_num(x, True, 1.0, 2.0, 3.0), note="by position"),
    Case(np.nan_to_num, [(0, 2)]),
    Case(np.sinc, [(2, 3)]),
    Case(np.sinc, [()]),
    Case(np.sinc, [(0,)]),
    Case(np.around, [above_integers(2)], lambda x: np.around(x, 1) * x),
    Case(np.float_power, [positive(2, 3), (3,)], lambda x, y: np.float_power(x, y).astype(x.dtype)),
    Case(np.real, [(2, 3)], lambda x: np.real(x) ** 2),
    Case(np.real_if_close, [()], lambda x: np.real_if_close(x) ** 2),
    Case(np.divmod, [(2, 3), (3,)], lambda x, y: np.divmod(x, y)),
    Case(np.divmod, [(), ()], lambda x, y: divmod(x, y), note="operator"),
    Case(np.divmod, [(3,)], lambda x: divmod(x, 0.25), note="number"),
    Case(np.modf, [above_integers(2, 1)]),
    Case(np.modf, [()]),
]
