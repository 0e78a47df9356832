"""Cases for elements chosen, and for interpolation."""

from collections.abc import Callable

import numpy as np

from tests.arrays.case import Case

INDEX = np.array([[2, 0, 2], [1, -1, 0]])


def within(low: float, high: float, *shape: int) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda rng: rng.uniform(low, high, shape)


def increasing(n: int) -> Callable[[np.random.Generator], np.ndarray]:
    return lambda rng: np.arange(n) + rng.uniform(-0.2, 0.2, n)


OF_CHOICE = [
    Case(np.take, [(3, 4)], lambda a: np.take(a, [0, -1, 0])),
    Case(np.take, [(3, 4)], lambda a: np.take(a, INDEX, axis=0), note="axis"),
    Case(np.take, [(3, 4)], lambda a: np.take(a, [5, -7], axis=-1, mode="wrap"), note="wrap"),
    Case(np.take, [(3,)], lambda a: np.take(a, [5, -7, 1], mode="clip"), note="clip"),
    Case(np.take, [(3,)], lambda a: np.take(a, 1), note="one"),
    Case(np.take_along_axis, [(2, 3)], lambda a: np.take_along_axis(a, INDEX, axis=1)),
    Case(np.take_along_axis, [(2, 3)], lambda a: np.take_along_axis(a, np.array([5, 5, 0]), axis=None), note="flat"),
    Case(np.choose, [(3,), ()], lambda a, b: np.choose([0, 1, 0], [a, b])),
    Case(np.choose, [(2, 3)], lambda a: np.choose([5, -1, 0], a, mode="clip"), note="clip"),
    Case(np.select, [(3,), (3,)], lambda a, b: np.select([[True, False, False], [True, True, False]], [a, b])),
    Case(np.select, [(3,), ()], lambda a, d: np.select([np.arange(3) > 0], [a], default=d), note="default"),
    Case(np.compress, [(3, 4)], lambda a: np.compress([True, False, True], a, axis=0)),
    Case(np.compress, [(3, 4)], lambda a: np.compress([False, True], a), note="flat"),
    Case(np.extract, [(2, 3)], lambda a: np.extract(np.arange(6).reshape(2, 3) % 2, a)),
    Case(np.extract, [(2, 3)], lambda a: np.extract(a > 0, a), note="of its own"),
]

OF_SIZE = [
    Case(np.sort, [(3, 4)]),
    Case(np.sort, [(3, 4)], lambda a: np.sort(a, axis=0, kind="heapsort"), note="axis"),
    Case(np.sort, [(3, 4)], lambda a: np.sort(a, None, stable=True), note="flat"),
    Case(np.sort, [(0, 2)], note="empty"),
    Case(np.partition, [(5,)], lambda a: np.partition(a, [0, 2, 3])),  # where all places are determined
    Case(np.partition, [(2, 4)], lambda a: np.partition(a, -1, axis=1)[:, -1], note="largest"),
    Case(np.partition, [(2, 2)], lambda a: np.partition(a, 1, axis=None)[1], note="flat"),
]

OF_PLACE = [
    Case(np.diagonal, [(3, 4)]),
    Case(np.diagonal, [(3, 4)], lambda a: np.diagonal(a, offset=-1), note="below"),
    Case(np.diagonal, [(2, 3, 4)], lambda a: np.diagonal(a, 1, axis1=-1, axis2=0), note="axes"),
    Case(np.diagonal, [(2, 3)], lambda a: np.diagonal(a, 7), note="none"),
    Case(np.diag, [(3,)]),
    Case(np.diag, [(2,)], lambda v: np.diag(v, -2), note="below"),
    Case(np.diag, [(4, 3)], lambda v: np.diag(v, k=1), note="of a matrix"),
    Case(np.diagflat, [(2, 2)], lambda v: np.diagflat(v, 1)),
    Case(np.trace, [(3, 4)]),
    Case(np.trace, [(2, 3, 4)], lambda a: np.trace(a, 1, 1, 2), note="axes"),
    Case(np.tril, [(3, 4)]),
    Case(np.tril, [(2, 3, 3)], lambda m: np.tril(m, -1), note="stack"),
    Case(np.triu, [(3, 4)]),
    Case(np.triu, [(3,)], lambda m: np.triu(m, k=1), note="1-d"),
]

OF_INTERPOLATION = [
    Case(np.interp, [within(0.3, 0.7, 2, 3), (4,)], lambda x, fp: np.interp(x, range(4), fp)),
    Case(np.interp, [(4,)], lambda fp: np.interp([-1.0, 0.0, 1.0, 1.5, 3.0, 4.0], np.arange(4), fp), note="at points"),
    Case(np.interp, [within(1.3, 1.7), increasing(4), (4,)], note="in all three"),
    Case(
        np.interp,
        [within(-2, -1, 2), (), ()],
        lambda x, left, right: np.interp(
            np.concatenate([x, -x, x * 0.1 + 1.0]), [0.0, 0.5, 1.0], [1.0, 5.0, 2.0], left, right
        ),
        note="beyond",
    ),
    Case(np.interp, [within(4.4, 4.6, 3), (3,)], lambda x, fp: np.interp(x, [5, -8, 3], fp, period=-4), note="period"),
    Case(np.interp, [(1,)], lambda fp: np.interp([0.0, 1.0, 2.0], [1.0], fp, left=7.0), note="one point"),
    Case(np.interp, [(3,)], lambda fp: np.interp([1.0, 0.5], [0.0, 1.0, 1.0], fp), note="a jump"),
]

DATA = np.array([0.0, 1.0, 2.5, 3.0, 7.0, np.nan])

OF_COUNTING = [
    Case(np.bincount, [(4,)], lambda weights: np.bincount([3, 1, 3, 0], weights)),
    Case(np.bincount, [(0,)], lambda weights: np.bincount([], weights, minlength=2), note="empty"),
    Case(np.histogram, [(6,)], lambda weights: np.histogram(DATA, [0, 1, 1.5, 3], weights=weights)[0]),
    Case(
        np.histogram,
        [(5,)],
        lambda weights: np.histogram(DATA[:5], 4, (1, 7), weights=weights, density=True)[0],
        note="density",
    ),
]

CASES = [*OF_CHOICE, *OF_SIZE, *OF_PLACE, *OF_INTERPOLATION, *OF_COUNTING]
