"""Sample points, outside oracles and random programs for tests that walk the registry of rows."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath
import pytest
from hypothesis import strategies as st

from autograd import Primitive, Value, registry

ROWS = tuple(registry.values())  # as collected: rows that tests and doctests add later are their own business
ONE_OPERAND_ROWS = tuple(row for row in ROWS if row.arity == 1)
ELEMENTWISE_ROWS = tuple(row for row in ROWS if row.arity is not None)
OTHER_SETTINGS = {
    "sigmoid": {"slope": 2.5},
    "leaky_relu": {"slope": 0.2},
    "elu": {"alpha": 1.7},
    "clip": {"min": -0.75, "max": 1.25},
}
VARIANTS = ROWS + tuple(registry[name].with_settings(**settings) for name, settings in OTHER_SETTINGS.items())
ELEMENTWISE_VARIANTS = tuple(row for row in VARIANTS if row.arity is not None)
DIGITS = 50  # of every number the oracles work with

Operands = tuple[float, ...]


def label(row: Primitive) -> str:
    """A row's name in a test id, with the settings that are not the usual ones."""
    return row.name if row is row.base else f"{row.name}-{'-'.join(f'{key}={x:g}' for key, x in row.settings.items())}"


def each(rows: Sequence[Primitive] = ROWS) -> Any:
    """Parametrise a test over rows."""
    return pytest.mark.parametrize("row", rows, ids=label)


def apply(row: Primitive, operands: Sequence[Any]) -> Any:
    """Call ``row`` as a user does, given its operands in the order in which a node keeps them."""
    if row.arity is not None:
        return row(*operands)
    if row.name == "dot":
        half = len(operands) // 2
        return row(operands[:half], operands[half : 2 * half], *operands[2 * half :])
    return row(list(operands))


def boxes(row: Primitive) -> Iterator[tuple[tuple[float, float], ...]]:
    """The boxes of the row's domain; a row of any number of operands is sampled with 2, 3 and 5 of them."""
    for box in row.domain:
        if row.arity is not None:
            yield box
        else:
            yield from (box * count for count in (2, 3, 5))


def points(row: Primitive, per_box: int = 3) -> list[Operands]:
    """Sample points inside the domain, the same in every run."""
    draw = random.Random(row.name)
    return [tuple(draw.uniform(*interval) for interval in box) for box in boxes(row) for _ in range(per_box)]


def varied(row: Primitive, box_or_point: Sequence[Any]) -> range:
    """Positions of the operands that have a derivative: all but the condition of ``where``."""
    return range(1 if row.name == "where" else 0, len(box_or_point))


# The oracles ------------------------------------------------------------------------------------------------------


def _many_hypot(*xs: Any) -> Any:
    return mpmath.sqrt(sum(x * x for x in xs))


def _dot(*xs: Any) -> Any:
    half = len(xs) // 2
    return mpmath.fdot(xs[:half], xs[half : 2 * half]) + sum(xs[2 * half :])


ORACLES: dict[str, Callable[..., Any]] = {
    "where": lambda condition, a, b: a if condition else b,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "strong_mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: mpmath.exp(b * mpmath.ln(a)),
    "neg": lambda x: -x,
    "positive": lambda x: x,
    "conjugate": lambda x: x,
    "copysign": lambda a, b: max(a, -a) * mpmath.sign(b),
    "heaviside": lambda x, h: h if x == 0 else mpmath.mpf(x > 0),
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "trunc": lambda x: mpmath.sign(x) * mpmath.floor(max(x, -x)),
    "rint": mpmath.nint,
    "floor_divide": lambda a, b: mpmath.floor(a / b),
    "mod": lambda a, b: a - b * mpmath.floor(a / b),
    "fmod": lambda a, b: mpmath.sign(a) * ((c := max(a, -a)) - (d := max(b, -b)) * mpmath.floor(c / d)),
    "deg2rad": lambda x: x * mpmath.pi / 180,
    "rad2deg": lambda x: x * 180 / mpmath.pi,
    "fmax": max,
    "fmin": min,
    "logaddexp2": lambda a, b: mpmath.log(mpmath.power(2, a) + mpmath.power(2, b), 2),
    "sign": mpmath.sign,
    "abs": lambda x: max(x, -x),
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.root(max(x, -x), 3),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "exp": mpmath.exp,
    "exp2": lambda x: mpmath.power(2, x),
    "expm1": mpmath.expm1,
    "log": mpmath.ln,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "log1p": lambda x: mpmath.ln(1 + x),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "atan2": mpmath.atan2,
    "hypot": _many_hypot,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "maximum": max,
    "minimum": min,
    "clip": lambda x, min, max: x if min <= x <= max else min if x < min else max,
    "sigmoid": lambda x, slope: 1 / (1 + mpmath.exp(-slope * x)),
    "logit": lambda x: mpmath.ln(x / (1 - x)),
    "softplus": lambda x: mpmath.ln(1 + mpmath.exp(x)),
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x),
    "erf": mpmath.erf,
    "gelu": lambda x: x * mpmath.ncdf(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "step": lambda x: mpmath.mpf(x > 0),
    "logaddexp": lambda a, b: mpmath.ln(mpmath.exp(a) + mpmath.exp(b)),
    "xlogy": lambda x, z: x * mpmath.ln(z),
    "sinc": mpmath.sincpi,
    "sum": lambda *xs: mpmath.fsum(xs),
    "prod": lambda *xs: mpmath.fprod(xs),
    "dot": _dot,
    "max": max,
    "min": min,
    "norm": _many_hypot,
    "logsumexp": lambda *xs: mpmath.ln(mpmath.fsum(mpmath.exp(x) for x in xs)),
}
"""Each row's value by mpmath, written from its mathematical definition and not from the row."""


def oracle(row: Primitive) -> Callable[..., Any]:
    """The row's value as a function of mpmath numbers."""
    return functools.partial(ORACLES[row.name], **{key: mpmath.mpf(x) for key, x in row.settings.items()})


def oracle_derivative(row: Primitive, point: Sequence[float], *by: int) -> float:
    """The derivative of the oracle by the operands at the positions ``by``, by differences in 50 digits."""
    with mpmath.workdps(DIGITS):
        orders = tuple(by.count(position) for position in range(len(point)))
        if len(point) == 1:
            return float(mpmath.diff(oracle(row), mpmath.mpf(point[0]), orders[0]))
        return float(mpmath.diff(oracle(row), tuple(map(mpmath.mpf, point)), orders))


# Random programs --------------------------------------------------------------------------------------------------

Functions = dict[str, Callable[..., Any]]

ENGINE: Functions = {row.name: functools.partial(lambda row, *xs: apply(row, xs), row) for row in ROWS}
MPMATH: Functions = {row.name: oracle(row) for row in ROWS if row.name in ORACLES}

PHRASES: tuple[Callable[..., Any], ...] = (
    lambda f, a, b, c: f["add"](a, b),
    lambda f, a, b, c: f["sub"](a, b),
    lambda f, a, b, c: f["sub"](a, f["add"](b, c)),
    lambda f, a, b, c: f["mul"](a, b),
    lambda f, a, b, c: f["neg"](f["mul"](a, f["add"](b, c))),
    lambda f, a, b, c: f["div"](a, f["add"](f["square"](b), 1.5)),
    lambda f, a, b, c: f["pow"](f["add"](f["square"](a), 0.5), f["tanh"](b)),
    lambda f, a, b, c: f["pow"](2.0, f["sin"](a)),
    lambda f, a, b, c: f["sin"](a),
    lambda f, a, b, c: f["cos"](a),
    lambda f, a, b, c: f["tanh"](a),
    lambda f, a, b, c: f["exp"](f["sin"](a)),
    lambda f, a, b, c: f["log"](f["add"](f["square"](a), 0.5)),
    lambda f, a, b, c: f["sqrt"](f["add"](f["square"](a), 1.0)),
    lambda f, a, b, c: f["reciprocal"](f["add"](1.0, f["square"](a))),
    lambda f, a, b, c: f["atan"](a),
    lambda f, a, b, c: f["atan2"](a, f["add"](f["square"](b), 0.25)),
    lambda f, a, b, c: f["hypot"](a, f["add"](f["square"](b), 1.0)),
    lambda f, a, b, c: f["sigmoid"](f["sub"](a, b)),
    lambda f, a, b, c: f["softplus"](a),
    lambda f, a, b, c: f["silu"](a),
    lambda f, a, b, c: f["gelu"](a),
    lambda f, a, b, c: f["sum"](a, b, c, a),
    lambda f, a, b, c: f["prod"](a, b, c),
    lambda f, a, b, c: f["dot"](a, b, c, a, 0.5),
    lambda f, a, b, c: f["logsumexp"](a, b, c),
    lambda f, a, b, c: f["logaddexp"](a, b),
)
"""Smooth everywhere on the real line, so that any program made of them has derivatives everywhere."""

Step = tuple[int, tuple[Any, Any, Any]]

_operand = st.one_of(st.integers(0, 7), st.floats(-2.0, 2.0).map(lambda x: round(x, 3)))
_step = st.tuples(st.integers(0, len(PHRASES) - 1), st.tuples(_operand, _operand, _operand))
programs: st.SearchStrategy[list[Step]] = st.lists(_step, min_size=1, max_size=6)
"""Lists of steps: a phrase, and for each operand either a constant or how many results to count back."""

arguments = st.tuples(*[st.floats(-2.0, 2.0).map(lambda x: round(x, 3))] * 2)


def run(program: Sequence[Step], variables: Sequence[Any], functions: Functions) -> Any:
    """Run a program; its result is the sum of its last result and a product of its variables, so all are used."""
    results = list(variables)
    for phrase, operands in program:
        chosen = [x if isinstance(x, float) else results[-1 - x % len(results)] for x in operands]
        results.append(PHRASES[phrase](functions, *chosen))
    return functions["sum"](results[-1], functions["prod"](*variables))


def engine(program: Sequence[Step]) -> Callable[..., Any]:
    """The program as a function of numbers or Values."""
    return lambda *variables: run(program, variables, ENGINE)


def same(a: float, b: float, rel: float = 0.0) -> bool:
    """Equal, nan to nan and inf to inf included."""
    return (math.isnan(a) and math.isnan(b)) or a == b or math.isclose(a, b, rel_tol=rel)


def values(numbers: Sequence[float]) -> list[Value]:
    """Each number as a new leaf."""
    return [Value(x) for x in numbers]
