"""Elementary functions as vector code, to two units in the last place.

Reductions of arguments and the coefficients of log, sin and cos are those of fdlibm (Sun Microsystems, 1993; files
e_log.c, k_sin.c, k_cos.c, e_rem_pio2.c), those of tanh near 0 are Cephes' (Moshier, tanh.c), the series of exp is
Taylor's. Branches become choices, lane by lane.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from autograd.compiler.native.text import Vector

__all__ = ["cos", "exp", "expm1", "log", "log1p", "sin", "tanh"]

Kernel = Callable[[Vector, str], str]

INVERSE_FACTORIALS = [1.0 / math.factorial(k) for k in range(15)]
LOG2_E = 1.0 / math.log(2.0)
# log(2) in two parts; whole numbers of up to 20 bits times the first are exact.
LOG_2_HIGH, LOG_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
HALF_ROOT_BITS = 0x3FE6A09E667F3BCD  # of the root of 1/2
FRACTION_BITS = 52
SUBNORMAL_SHIFT = 54
LOG_SERIES = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
]
SIN_SERIES = [
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
]
COS_SERIES = [
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
]
TANH_NUMERATOR = [-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1]
TANH_DENOMINATOR = [4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1.0]
# pi/2 in parts of 33 bits, and what is left; whole numbers of up to 20 bits times a part are exact.
HALF_PI_PARTS = [1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624871116645580e-21]
HALF_PI_REST = 8.47842766036889956997e-32
LARGEST_ANGLE = 2.0**19 * math.pi / 2  # the C library reduces larger ones


def apart(kernel: Kernel) -> Kernel:
    """Return the kernel in a function of its own, which the code of a program has once."""

    @functools.wraps(kernel)
    def call(v: Vector, x: str) -> str:
        return v.apart(kernel.__name__, kernel, x)

    return call


def _between(v: Vector, low: float, x: str, high: float) -> str:
    """Return x held between two numbers; nan stays nan."""
    x = v.select(v.compare("olt", x, v.number(low)), v.number(low), x)
    return v.select(v.compare("ogt", x, v.number(high)), v.number(high), x)


def _powers(v: Vector, n: str) -> tuple[str, str]:
    """Return two powers of 2 whose product is 2**n: one alone may be too large or too small for a double."""
    n = v.cast("fptosi", v.select(v.compare("uno", n, n), v.number(0.0), n), "double", "i64")
    half = v.integers("ashr", n, v.integer(1))
    parts = (half, v.integers("sub", n, half))
    return tuple(_power(v, part) for part in parts)  # type: ignore[return-value]


def _power(v: Vector, n: str) -> str:
    bits = v.integers("shl", v.integers("add", n, v.integer(1023)), v.integer(FRACTION_BITS))
    return v.cast("bitcast", bits, "i64", "double")


def _reduced(v: Vector, x: str) -> tuple[str, str]:
    """Return n and r with x = n log(2) + r, and r at most half of log(2)."""
    n = v.call("rint", v.mul(x, v.number(LOG2_E)))
    r = v.fma(n, v.number(-LOG_2_HIGH), x)
    return n, v.fma(n, v.number(-LOG_2_LOW), r)


@apart
def exp(v: Vector, x: str) -> str:
    """Return e to the power x."""
    n, r = _reduced(v, _between(v, -746.0, x, 710.0))
    y = v.polynomial(r, INVERSE_FACTORIALS[:14])
    first, second = _powers(v, n)
    return v.mul(v.mul(y, first), second)


@apart
def expm1(v: Vector, x: str) -> str:
    """Return exp(x) - 1, accurate for small x."""
    n, r = _reduced(v, _between(v, -50.0, x, 711.0))
    square = v.mul(r, r)
    y = v.fma(square, v.polynomial(r, INVERSE_FACTORIALS[2:]), r)
    first, second = _powers(v, n)
    rest = v.sub(first, v.div(v.number(1.0), second))
    return v.call("copysign", v.mul(v.fma(y, first, rest), second), x)


@apart
def log(v: Vector, x: str) -> str:
    """Return the natural logarithm."""
    is_small = v.compare("olt", x, v.number(2.0**-1022))
    scaled = v.select(is_small, v.mul(x, v.number(2.0**SUBNORMAL_SHIFT)), x)
    bits = v.cast("bitcast", scaled, "double", "i64")
    k = v.integers("ashr", v.integers("sub", bits, v.integer(HALF_ROOT_BITS)), v.integer(FRACTION_BITS))
    fraction = v.integers("sub", bits, v.integers("shl", k, v.integer(FRACTION_BITS)))
    f = v.sub(v.cast("bitcast", fraction, "i64", "double"), v.number(1.0))
    shift = v.select(is_small, v.number(-float(SUBNORMAL_SHIFT)), v.number(0.0))
    exponent = v.add(v.cast("sitofp", k, "i64", "double"), shift)
    s = v.div(f, v.add(v.number(2.0), f))
    z = v.mul(s, s)
    half_square = v.mul(v.number(0.5), v.mul(f, f))
    inner = v.mul(s, v.fma(z, v.polynomial(z, LOG_SERIES), half_square))
    low = v.fma(exponent, v.number(LOG_2_LOW), inner)
    y = v.fma(exponent, v.number(LOG_2_HIGH), v.sub(f, v.sub(half_square, low)))
    y = v.select(v.compare("olt", x, v.number(0.0)), v.number(math.nan), y)
    y = v.select(v.compare("oeq", x, v.number(0.0)), v.number(-math.inf), y)
    is_itself = v.both(v.compare("uno", x, x), v.compare("oeq", x, v.number(math.inf)), "or")
    return v.select(is_itself, x, y)


@apart
def log1p(v: Vector, x: str) -> str:
    """Return log(1 + x), accurate for small x, by Kahan's correction for what 1 + x has lost."""
    u = v.add(v.number(1.0), x)
    lost = v.sub(x, v.sub(u, v.number(1.0)))
    lost = v.select(v.compare("ogt", v.call("fabs", x), v.number(2.0**53)), v.number(0.0), lost)
    is_lossless = v.compare("oeq", u, v.number(0.0))
    y = v.select(is_lossless, log(v, u), v.add(log(v, u), v.div(lost, u)))
    return v.select(v.compare("oeq", u, v.number(1.0)), x, y)


@apart
def tanh(v: Vector, x: str) -> str:
    """Return the hyperbolic tangent."""
    size = v.call("fabs", x)
    z = v.mul(x, x)
    ratio = v.div(v.polynomial(z, TANH_NUMERATOR), v.polynomial(z, TANH_DENOMINATOR))
    small = v.fma(v.mul(size, z), ratio, size)
    power = exp(v, v.add(size, size))
    large = v.sub(v.number(1.0), v.div(v.number(2.0), v.add(power, v.number(1.0))))
    return v.call("copysign", v.select(v.compare("olt", size, v.number(0.625)), small, large), x)


@apart
def sin(v: Vector, x: str) -> str:
    """Return the sine."""
    return _circular(v, x, "sin")


@apart
def cos(v: Vector, x: str) -> str:
    """Return the cosine."""
    return _circular(v, x, "cos")


def _circular(v: Vector, x: str, name: str) -> str:
    """Turn x by a multiple of pi/2 to where the series holds; large angles are left to the C library."""
    f = v.function
    fits = v.compare("ole", v.call("fabs", x), v.number(LARGEST_ANGLE))
    angle = v.select(fits, x, v.number(0.0))
    n = v.call("rint", v.mul(angle, v.number(2.0 / math.pi)))
    first, second, third = (v.mul(n, v.number(part)) for part in HALF_PI_PARTS)
    high, low = _exact_difference(v, v.sub(angle, first), second)
    low = v.sub(v.sub(low, third), v.mul(n, v.number(HALF_PI_REST)))
    r = v.add(high, low)
    rest = v.add(v.sub(high, r), low)
    z = v.mul(r, r)
    sine = v.add(r, v.fma(v.mul(z, r), v.polynomial(z, SIN_SERIES), rest))
    half = v.mul(v.number(0.5), z)
    w = v.sub(v.number(1.0), half)
    lost = v.sub(v.sub(v.number(1.0), w), half)
    tail = v.fma(v.mul(z, z), v.polynomial(z, COS_SERIES), v.sub(lost, v.mul(r, rest)))
    cosine = v.add(w, tail)
    quarter = v.cast("fptosi", n, "double", "i64")
    if name == "cos":
        quarter = v.integers("add", quarter, v.integer(1))
    is_odd = f.let(f"icmp ne {v.of('i64')} {v.integers('and', quarter, v.integer(1))}, {v.integer(0)}")
    is_negative = f.let(f"icmp ne {v.of('i64')} {v.integers('and', quarter, v.integer(2))}, {v.integer(0)}")
    y = v.select(is_odd, cosine, sine)
    y = v.select(is_negative, v.neg(y), y)
    if name == "sin":  # which is -0.0 at -0.0
        y = v.select(v.compare("oeq", x, v.number(0.0)), x, y)
    out = f.variable(v.type, y)
    all_fit = fits
    if v.width > 1:
        reduce = f"llvm.vector.reduce.and.v{v.width}i1"
        f.module.declare(reduce, "i1", [v.of("i1")])
        all_fit = f.let(f"call i1 @{reduce}({v.of('i1')} {fits})")
    with f.when(f.let(f"xor i1 {all_fit}, true")):
        v.store(v.select(fits, y, v.each(name, x)), out)
    return v.load(out)


def _exact_difference(v: Vector, a: str, b: str) -> tuple[str, str]:
    """Return a - b, and what the rounding has lost (Knuth's two-sum)."""
    total = v.sub(a, b)
    part = v.sub(total, a)
    return total, v.sub(v.sub(a, v.sub(total, part)), v.add(b, part))
