"""Cases for many elements of an array to one, for running sums and products, and for differences."""

import numpy as np

import autograd
from tests.arrays.case import Case, Operand, positive


def with_zeros(*numbers: float) -> Operand:
    return lambda rng: np.array(numbers)


def with_nan(*shape: int) -> Operand:
    """Draw numbers, every third of them nan."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        x = rng.permutation(np.linspace(-2.0, 2.0, int(np.prod(shape)))) + 0.1
        x[::3] = np.nan
        return x.reshape(shape)

    return draw


MASK = np.array([[True, False, True], [True, True, False]])
ONE_LEFT = np.array([[True, False, True], [False, True, False]])

SUMS = [
    Case(np.sum, [()], note="0-d"),
    Case(np.sum, [()], lambda a: np.sum(a, axis=0), note="0-d-axis"),
    Case(np.sum, [(2, 0)], note="empty"),
    Case(np.sum, [(2, 3, 4)], lambda a: np.sum(a, axis=(0, -1))),
    Case(np.sum, [(2, 3, 4)], lambda a: np.sum(a, axis=()), note="no-axis"),
    Case(np.sum, [(2, 3)], lambda a: np.sum(a, 1, keepdims=True), note="keepdims"),
    Case(np.sum, [(2, 3)], lambda a: np.sum(a, where=[True, False, True], axis=0), note="where"),
    Case(np.sum, [(2, 3)], lambda a: np.sum(a, axis=0, initial=2.5), note="initial"),
    Case(np.sum, [(2, 3)], lambda a: np.add.reduce(a), note="reduce"),
    Case(np.nansum, [with_nan(2, 5)], lambda a: np.nansum(a, axis=1, keepdims=True)),
    Case(np.nansum, [(2, 3)], lambda a: np.nansum(a, where=MASK, initial=1.0), note="where"),
    Case(np.prod, [()], note="0-d"),
    Case(np.prod, [()], lambda a: np.prod(a, axis=-1, keepdims=True), note="0-d-axis"),
    Case(np.prod, [(2, 0)], lambda a: np.prod(a, axis=1), note="empty"),
    Case(np.prod, [(0, 2)], lambda a: np.prod(a, axis=1), note="no-rows"),
    Case(np.prod, [(1,)], note="one"),
    Case(np.prod, [(2, 3)]),
    Case(np.prod, [(2, 3, 2)], lambda a: np.prod(a, axis=(0, -1)), note="axes"),
    Case(np.prod, [(2, 3, 2)], lambda a: np.prod(a, axis=-2, keepdims=True), note="keepdims"),
    Case(np.prod, [(2, 3)], lambda a: np.prod(a, keepdims=True), note="all-keepdims"),
    Case(np.prod, [(2, 3)], lambda a: np.prod(a, axis=1, where=MASK, initial=2.0), note="where"),
    Case(np.prod, [with_zeros(2.0, 0.0, -3.0, 0.5)], note="a-zero"),
    Case(np.prod, [with_zeros(2.0, 0.0, 0.0, 0.5)], note="two-zeros"),
    Case(np.prod, [with_zeros(0.0, 0.0, 0.0)], note="all-zeros"),
    Case(np.nanprod, [with_nan(2, 5)], lambda a: np.nanprod(a, axis=0)),
    Case(autograd.logsumexp, [()], reference=lambda a: a, note="0-d"),
    Case(autograd.logsumexp, [(3,)], reference=np.logaddexp.reduce),
    Case(autograd.logsumexp, [(2, 3)], reference=lambda a: np.log(np.sum(np.exp(a))), note="all"),
    Case(
        autograd.logsumexp,
        [(2, 3, 2)],
        lambda a: autograd.logsumexp(a, axis=(0, -1)),
        lambda a: np.log(np.sum(np.exp(a), axis=(0, -1))),
        note="axes",
    ),
    Case(
        autograd.logsumexp,
        [(2, 3)],
        lambda a: autograd.logsumexp(a * 400.0, 1, keepdims=True),
        lambda a: np.logaddexp.reduce(a * 400.0, axis=1, keepdims=True),
        note="large",
    ),
]

EXTREMES = [
    *(
        case
        for f in (np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin)
        for case in (
            Case(f, [()], note="0-d"),
            Case(f, [(2, 3)]),
            Case(f, [(0, 2)], lambda a, f=f: f(a, axis=1), note="empty"),
            Case(f, [(0, 2)], lambda a, f=f: f(a, axis=0, initial=1.5), note="empty-initial"),
            Case(f, [(2, 3, 4)], lambda a, f=f: f(a, axis=(0, -1)), note="axes"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=-2, keepdims=True), note="keepdims"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=1, initial=0.1), note="initial"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=1, where=MASK, initial=0.2), note="where"),
        )
    ),
    Case(np.max, [(2, 3)], lambda a: np.maximum.reduce(a, axis=1), note="reduce"),
    Case(np.nanmax, [with_nan(2, 5)], lambda a: np.nanmax(a, axis=1), note="nan"),
    Case(np.nanmin, [with_nan(2, 5)], lambda a: np.nanmin(a, initial=9.0), note="nan"),
    Case(np.ptp, [(2, 3)]),
    Case(np.ptp, [(2, 3, 2)], lambda a: np.ptp(a, axis=(-1, 0), keepdims=True), note="keepdims"),
]

MEANS = [
    Case(np.mean, [()], note="0-d"),
    Case(np.mean, [(0, 2)], lambda a: np.mean(a, axis=1), note="empty"),
    Case(np.mean, [(2, 3)]),
    Case(np.mean, [(2, 3, 4)], lambda a: np.mean(a, axis=(0, -1)), note="axes"),
    Case(np.mean, [(2, 3)], lambda a: np.mean(a, -1, keepdims=True), note="keepdims"),
    Case(np.mean, [(2, 3)], lambda a: np.mean(a, axis=1, where=MASK), note="where"),
    Case(np.mean, [(2, 3)], lambda a: np.mean(a, where=[True, False, True]), note="where-broadcast"),
    Case(np.nanmean, [with_nan(2, 5)]),
    Case(np.nanmean, [with_nan(2, 5)], lambda a: np.nanmean(a, axis=1, keepdims=True), note="keepdims"),
    *(
        case
        for f in (np.var, np.std)
        for case in (
            Case(f, [(0, 2)], lambda a, f=f: f(a, axis=1), note="empty"),
            Case(f, [(5,)]),
            Case(f, [(2, 3, 4)], lambda a, f=f: f(a, axis=(0, -1)), note="axes"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=1, ddof=1, keepdims=True), note="ddof"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=0, correction=0.5), note="correction"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, axis=1, where=MASK), note="where"),
            Case(f, [(2, 3)], lambda a, f=f: f(a, where=[True, False, True], ddof=1), note="where-broadcast"),
        )
    ),
    Case(np.var, [()], note="0-d"),
    Case(np.std, [()], order=1, note="zero"),
    Case(np.std, [(2, 3)], lambda a: np.std(a * ONE_LEFT, axis=1, where=ONE_LEFT), note="some-zero", order=1),
    Case(np.nanvar, [with_nan(2, 5)], lambda a: np.nanvar(a, axis=1, ddof=1)),
    Case(np.nanvar, [(2, 3)], lambda a: np.nanvar(a, axis=1, where=MASK), note="where"),
    Case(np.nanstd, [with_nan(2, 5)], lambda a: np.nanstd(a, keepdims=True)),
    Case(np.average, [(2, 3)]),
    Case(np.average, [(2, 3), positive(2, 3)], lambda a, weights: np.average(a, weights=weights), note="weights"),
    Case(np.average, [(2, 3), positive(3)], lambda a, w: np.average(a, axis=1, weights=w, returned=True), note="axis"),
    Case(
        np.average,
        [(2, 3, 4), positive(4, 2)],
        lambda a, w: np.average(a, axis=(2, 0), weights=w, keepdims=True),
        note="axes",
    ),
    Case(np.average, [(2, 3)], lambda a: np.average(a, axis=0, returned=True)[0], note="returned"),
    Case(np.average, [(2, 3)], lambda a: np.average(a, axis=-1, weights=np.float32([1, 2, 3])), note="fixed-weights"),
]

METHODS = [
    "linear",
    "lower",
    "higher",
    "nearest",
    "midpoint",
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "median_unbiased",
    "normal_unbiased",
]
QUANTILES = [
    Case(np.median, [()], note="0-d"),
    Case(np.median, [(5,)]),
    Case(np.median, [(2, 3)]),
    Case(np.median, [(2, 4, 3)], lambda a: np.median(a, axis=(0, -1), keepdims=True), note="keepdims"),
    Case(np.nanmedian, [with_nan(2, 5)], lambda a: np.nanmedian(a, axis=1)),
    *(
        Case(
            np.quantile, [(3, 7)], lambda a, m=m: np.quantile(a, [[0.1, 0.37, 0.5], [0, 1, 0.83]], 1, method=m), note=m
        )
        for m in METHODS
    ),
    Case(np.quantile, [(2, 3, 4)], lambda a: np.quantile(a, 0.3, axis=(0, 2)), note="axes"),
    Case(np.quantile, [(2, 3)], lambda a: np.quantile(a, [0.3, 0.9], keepdims=True), note="keepdims"),
    Case(np.quantile, [(2, 3, 4)], lambda a: np.quantile(a, [0.3], axis=(-1, 0), keepdims=True), note="axes-keepdims"),
    Case(np.nanquantile, [with_nan(2, 5)], lambda a: np.nanquantile(a, [0.2, 0.7], axis=1, keepdims=True)),
    Case(np.nanquantile, [with_nan(2, 5)], lambda a: np.nanquantile(a, 0.7, axis=0, method="higher"), note="higher"),
    Case(np.percentile, [(2, 5)], lambda a: np.percentile(a, [10, 60], axis=1)),
    Case(np.nanpercentile, [with_nan(2, 5)], lambda a: np.nanpercentile(a, 45)),
]

RUNNING = [
    *(
        case
        for f in (np.cumsum, np.cumprod, np.nancumsum, np.nancumprod)
        for case in (
            Case(f, [()], note="0-d"),
            Case(f, [(0,)], note="empty"),
            Case(f, [(3, 0, 2)], lambda a, f=f: f(a, axis=1), note="empty-axis"),
            Case(f, [(2, 3)]),
            Case(f, [(2, 5, 2)], lambda a, f=f: f(a, axis=-2), note="axis"),
        )
    ),
    Case(np.cumsum, [(3, 2)], lambda a: np.add.accumulate(a), note="accumulate"),
    Case(np.sum, [(700, 2, 4)], lambda a: np.sum(a, axis=-1), note="short rows"),
    Case(np.sum, [(1100, 4)], lambda a: np.sum(a, 1, keepdims=True), note="short rows, kept"),
    Case(np.cumprod, [with_zeros(2.0, 0.0, -3.0, 0.5)], note="a-zero"),
    Case(np.cumprod, [with_zeros(2.0, 0.0, -3.0, 0.0, 1.5)], note="two-zeros"),
    Case(np.cumprod, [(9,)], note="long"),
    Case(np.nancumsum, [with_nan(2, 5)], lambda a: np.nancumsum(a, axis=1), note="nan"),
    Case(np.nancumprod, [with_nan(2, 5)], lambda a: np.nancumprod(a, axis=1), note="nan"),
]
if hasattr(np, "cumulative_sum"):
    RUNNING += [
        Case(np.cumulative_sum, [(4,)]),
        Case(np.cumulative_sum, [(2, 3)], lambda a: np.cumulative_sum(a, axis=1, include_initial=True), note="initial"),
        Case(np.cumulative_prod, [(2, 3)], lambda a: np.cumulative_prod(a, axis=-2)),
        Case(np.cumulative_prod, [(4,)], lambda a: np.cumulative_prod(a, include_initial=True), note="initial"),
    ]

PLACES = np.array([0.0, 0.5, 1.5, 1.75, 3.0])
DIFFERENCES = [
    Case(np.diff, [(4,)]),
    Case(np.diff, [(1,)], note="one"),
    Case(np.diff, [(2, 5)], lambda a: np.diff(a, 3), note="third"),
    Case(np.diff, [(2, 5)], lambda a: np.diff(a, n=0), note="none"),
    Case(np.diff, [(3, 2, 2)], lambda a: np.diff(a, axis=0), note="axis"),
    Case(np.diff, [(2, 3), (), (2, 2)], lambda a, p, q: np.diff(a, prepend=p, append=q), note="ends"),
    Case(np.diff, [(2, 3)], lambda a: np.diff(a, axis=0, append=a[:1]), note="append"),
    Case(np.ediff1d, [(2, 3)]),
    Case(np.ediff1d, [(3,), (2,), ()], lambda a, e, b: np.ediff1d(a, to_end=e, to_begin=b), note="ends"),
    Case(np.ediff1d, [(0,)], note="empty"),
    Case(np.trapezoid, [(4,)]),
    Case(np.trapezoid, [(3, 4)], lambda y: np.trapezoid(y, dx=0.5, axis=0), note="dx"),
    Case(np.trapezoid, [(3, 4), (4,)], note="x"),
    Case(np.trapezoid, [(3, 4), (3, 4)], lambda y, x: np.trapezoid(y, x, axis=-2), note="x-of-each"),
    Case(np.gradient, [(5,)]),
    Case(np.gradient, [(2,)], note="two"),
    Case(np.gradient, [(3, 4)]),
    Case(np.gradient, [(3, 4)], lambda f: np.gradient(f, edge_order=2), note="edge-2"),
    Case(np.gradient, [(3, 4), positive(), positive()], note="spacings"),
    Case(np.gradient, [(3, 4), positive()], note="spacing"),
    Case(np.gradient, [(3, 5)], lambda f: np.gradient(f, 2, PLACES), note="places"),
    Case(np.gradient, [(3, 5)], lambda f: np.gradient(f, [1.0, 2.0, 3.0], PLACES), note="even-places"),
    Case(
        np.gradient,
        [(2, 5), lambda rng: PLACES],
        lambda f, x: np.gradient(f, x, axis=-1, edge_order=2),
        note="moving-places",
    ),
    Case(np.gradient, [(4,), lambda rng: np.arange(4.0)], note="even-moving"),
    Case(np.gradient, [(3, 4, 3)], lambda f: np.gradient(f, 0.5, axis=(2, 0)), note="axes"),
]

CASES = [*SUMS, *EXTREMES, *MEANS, *QUANTILES, *RUNNING, *DIFFERENCES]
