"""The table of rows as code: for each row of the registry that is no expression of others, what LLVM does for it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

from autograd.compiler.native import kernels
from autograd.compiler.native.text import Vector

__all__ = ["CONDITIONS", "ROWS", "power"]

Emitter = Callable[..., str]

CONDITIONS = {
    "greater": "ogt",
    "greater_equal": "oge",
    "less": "olt",
    "less_equal": "ole",
    "equal": "oeq",
    "not_equal": "une",
}
"""Rows whose value is a truth, and LLVM's comparisons."""


def _library(name: str) -> Emitter:
    return lambda v, *operands: v.each(name, *operands)


def _intrinsic(name: str) -> Emitter:
    return lambda v, *operands: v.call(name, *operands)


def _times(factor: float) -> Emitter:
    return lambda v, x: v.mul(x, v.number(factor))


def _fold(row: Emitter, start: float | None = None) -> Emitter:
    """Return a row of any number of operands, which folds them from the left."""

    def fold(v: Vector, *operands: str) -> str:
        first = [] if start is None else [v.number(start)]
        return functools.reduce(lambda a, b: row(v, a, b), [*first, *operands])

    return fold


def _is_nan(v: Vector, x: str) -> str:
    return v.compare("uno", x, x)


def _is_zero(v: Vector, x: str) -> str:
    return v.compare("oeq", x, v.number(0.0))


def _is_negative(v: Vector, x: str) -> str:
    return v.compare("olt", x, v.number(0.0))


def _strong_mul(v: Vector, a: str, b: str) -> str:
    has_zero = v.both(_is_zero(v, a), _is_zero(v, b), "or")
    return v.select(has_zero, v.number(0.0), v.mul(a, b))


def _sign(v: Vector, x: str) -> str:
    y = v.select(v.compare("ogt", x, v.number(0.0)), v.number(1.0), x)
    return v.select(_is_negative(v, x), v.number(-1.0), y)


def _heaviside(v: Vector, x: str, h: str) -> str:
    y = v.select(v.compare("ogt", x, v.number(0.0)), v.number(1.0), v.number(0.0))
    return v.select(_is_zero(v, x), h, v.select(_is_nan(v, x), x, y))


def _larger(how: str, keeps_nan: bool) -> Emitter:
    """Return the larger or smaller of two; nan if one is nan, or the other one."""

    def choose(v: Vector, a: str, b: str) -> str:
        takes_first = v.both(v.compare(how, a, b), _is_nan(v, a if keeps_nan else b), "or")
        return v.select(takes_first, a, b)

    return choose


def _mod_parts(v: Vector, a: str, b: str) -> tuple[str, str, str]:
    """Return what is left in the sense of C, whether that is not 0, and whether its sign is not that of ``b``."""
    left = v.each("fmod", a, b)
    is_some = v.compare("une", left, v.number(0.0))
    has_other_sign = v.both(_is_negative(v, b), _is_negative(v, left), "xor")
    return left, is_some, v.both(is_some, has_other_sign)


def _mod(v: Vector, a: str, b: str) -> str:
    left, is_some, is_off = _mod_parts(v, a, b)
    y = v.select(is_some, v.select(is_off, v.add(left, b), left), v.call("copysign", v.number(0.0), b))
    return v.select(_is_zero(v, b), left, y)


def _floor_divide(v: Vector, a: str, b: str) -> str:
    """Do as NumPy: the quotient of what fmod leaves out is nearly whole, so it is rounded rather than cut."""
    left, _, is_off = _mod_parts(v, a, b)
    quotient = v.div(v.sub(a, left), b)
    quotient = v.select(is_off, v.sub(quotient, v.number(1.0)), quotient)
    whole = v.call("floor", quotient)
    is_above = v.compare("ogt", v.sub(quotient, whole), v.number(0.5))
    whole = v.select(is_above, v.add(whole, v.number(1.0)), whole)
    ratio = v.div(a, b)
    y = v.select(_is_zero(v, quotient), v.call("copysign", v.number(0.0), ratio), whole)
    return v.select(_is_zero(v, b), ratio, y)


def _log_add(v: Vector, a: str, b: str, exp: Emitter, unit: float) -> str:
    """Return the larger number plus the logarithm of what the smaller one adds, in multiples of ``unit``."""
    apart = v.sub(a, b)
    is_first = v.compare("ogt", apart, v.number(0.0))
    gain = v.mul(kernels.log1p(v, exp(v, v.neg(v.call("fabs", apart)))), v.number(1.0 / unit))
    y = v.add(v.select(is_first, a, b), gain)
    tie = v.add(a, v.number(math.log(2.0) / unit))
    return v.select(v.compare("oeq", a, b), tie, v.select(_is_nan(v, apart), apart, y))


def _logaddexp(v: Vector, a: str, b: str) -> str:
    return _log_add(v, a, b, kernels.exp, 1.0)


def _logaddexp2(v: Vector, a: str, b: str) -> str:
    return _log_add(v, a, b, _library("exp2"), math.log(2.0))


def _sinc(v: Vector, x: str) -> str:
    angle = v.mul(x, v.number(math.pi))
    return v.select(_is_zero(v, x), v.number(1.0), v.div(kernels.sin(v, angle), angle))


def _dot(v: Vector, *operands: str) -> str:
    half = len(operands) // 2
    products = map(v.mul, operands[:half], operands[half : 2 * half])
    return functools.reduce(v.add, products, operands[-1] if len(operands) % 2 else v.number(0.0))


def _norm(v: Vector, *operands: str) -> str:
    return _fold(_library("hypot"), 0.0)(v, *operands)


_maximum, _minimum = _larger("oge", True), _larger("ole", True)

ROWS: dict[str, Emitter] = {
    "where": Vector.select,
    "add": Vector.add,
    "sub": Vector.sub,
    "mul": Vector.mul,
    "div": Vector.div,
    "neg": Vector.neg,
    "positive": lambda v, x: x,
    "conjugate": lambda v, x: x,
    "strong_mul": _strong_mul,
    "log": kernels.log,
    "pow": _library("pow"),
    "sign": _sign,
    "abs": _intrinsic("fabs"),
    "copysign": _intrinsic("copysign"),
    "heaviside": _heaviside,
    "floor": _intrinsic("floor"),
    "ceil": _intrinsic("ceil"),
    "trunc": _intrinsic("trunc"),
    "rint": _intrinsic("rint"),
    "floor_divide": _floor_divide,
    "mod": _mod,
    "fmod": _library("fmod"),
    "deg2rad": _times(math.pi / 180.0),
    "rad2deg": _times(180.0 / math.pi),
    "sqrt": _intrinsic("sqrt"),
    "cbrt": _library("cbrt"),
    "square": lambda v, x: v.mul(x, x),
    "reciprocal": lambda v, x: v.div(v.number(1.0), x),
    "exp": kernels.exp,
    "exp2": _library("exp2"),
    "expm1": kernels.expm1,
    "log2": _library("log2"),
    "log10": _library("log10"),
    "log1p": kernels.log1p,
    "sin": kernels.sin,
    "cos": kernels.cos,
    "tan": _library("tan"),
    "asin": _library("asin"),
    "acos": _library("acos"),
    "atan": _library("atan"),
    "hypot": _library("hypot"),
    "atan2": _library("atan2"),
    "sinh": _library("sinh"),
    "cosh": _library("cosh"),
    "tanh": kernels.tanh,
    "asinh": _library("asinh"),
    "acosh": _library("acosh"),
    "atanh": _library("atanh"),
    "maximum": _maximum,
    "minimum": _minimum,
    "fmax": _larger("oge", False),
    "fmin": _larger("ole", False),
    "erf": _library("erf"),
    "logaddexp": _logaddexp,
    "logaddexp2": _logaddexp2,
    "sinc": _sinc,
    "sum": _fold(Vector.add, 0.0),
    "prod": _fold(Vector.mul, 1.0),
    "dot": _dot,
    "max": _fold(_maximum),
    "min": _fold(_minimum),
    "norm": _norm,
    "logsumexp": _fold(_logaddexp),
}


def _root(v: Vector, x: str) -> str:
    """Return pow(x, 0.5), which differs from the square root at -0.0 and -inf."""
    root = v.call("sqrt", v.add(x, v.number(0.0)))
    return v.select(v.compare("oeq", x, v.number(-math.inf)), v.number(math.inf), root)


_POWERS: dict[float, Callable[[Vector, str], str]] = {
    0.0: lambda v, x: v.number(1.0),
    1.0: lambda v, x: x,
    2.0: lambda v, x: v.mul(x, x),
    3.0: lambda v, x: v.mul(v.mul(x, x), x),
    -1.0: lambda v, x: v.div(v.number(1.0), x),
    0.5: _root,
    -0.5: lambda v, x: v.div(v.number(1.0), _root(v, x)),
}


def power(v: Vector, operands: Sequence[str], exponent: float) -> str:
    """Return the first operand to the power of the second, which is a known number."""
    known = _POWERS.get(exponent)
    return v.each("pow", *operands) if known is None else known(v, operands[0])
