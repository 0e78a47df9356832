"""The table of elementwise operations, one row each. What a row says, and how it is read, stands in rows.py."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.rows import Primitive, comparison, elementwise

APART = [((-2.0, 0.0), (0.5, 2.0)), ((0.5, 2.0), (-2.0, 0.0))]  # two operands that stay clear of a tie
AWAY_FROM_ZERO = [(-3.0, -0.1), (0.1, 3.0)]
BETWEEN_INTEGERS = [(-1.9, -1.1), (0.1, 0.9)]
BETWEEN_MULTIPLES = [((0.1, 0.9), (1.0, 2.0)), ((-0.9, -0.1), (1.0, 2.0)), ((4.5, 4.9), (-2.2, -2.0))]
LOG_2 = math.log(2.0)
LOG_10 = math.log(10.0)
TWO_BY_ROOT_PI = 2.0 / math.sqrt(math.pi)
ROOT_HALF = math.sqrt(0.5)
ROOT_HALF_BY_PI = math.sqrt(0.5 / math.pi)

comparison("greater", np.greater, operator.gt, ">")
comparison("greater_equal", np.greater_equal, operator.ge, ">=")
comparison("less", np.less, operator.lt, "<")
comparison("less_equal", np.less_equal, operator.le, "<=")
comparison("equal", np.equal, operator.eq, "==")
comparison("not_equal", np.not_equal, operator.ne, "!=")

# The names below are the names people type, so abs and pow hide Python's own from here on.

where: Primitive = elementwise(
    "where",
    np.where,
    lambda y, condition, a, b: (0.0, where(condition, 1.0, 0.0), where(condition, 0.0, 1.0)),
    scalar=lambda condition, a, b: a if condition else b,
    domain=[((0.5, 1.0), (-2.0, 2.0), (-2.0, 2.0)), ((0.0, 0.0), (-2.0, 2.0), (-2.0, 2.0))],
    doc="The second operand where the first is true, else the third.",
)
add = elementwise(
    "add", np.add, lambda y, a, b: (1.0, 1.0), scalar=operator.add, symbol="+", doc="The sum of two numbers."
)
sub = subtract = elementwise(
    "sub",
    np.subtract,
    lambda y, a, b: (1.0, -1.0),
    scalar=operator.sub,
    symbol="-",
    aliases=("subtract",),
    doc="The difference of two numbers.",
)
mul = multiply = elementwise(
    "mul",
    np.multiply,
    lambda y, a, b: (b, a),
    scalar=operator.mul,
    symbol="*",
    aliases=("multiply",),
    doc="The product of two numbers.",
)
div = divide = true_divide = elementwise(
    "div",
    np.divide,
    lambda y, a, b: (1 / b, -y / b),
    scalar=operator.truediv,
    symbol="/",
    domain=[((-2.0, 2.0), (0.5, 3.0)), ((-2.0, 2.0), (-3.0, -0.5))],
    aliases=("divide", "true_divide"),
    doc="The quotient of two numbers; 1/0 is inf.",
)
neg = negative = elementwise(
    "neg",
    np.negative,
    lambda y, x: (-1.0,),
    scalar=operator.neg,
    symbol="-",
    aliases=("negative",),
    doc="The number with the other sign.",
)
positive = elementwise(
    "positive",
    np.positive,
    lambda y, x: (1.0,),
    scalar=operator.pos,
    symbol="+",
    doc="The number itself, as a new node.",
)
conjugate = conj = elementwise(
    "conjugate",
    np.conjugate,
    lambda y, x: (1.0,),
    scalar=operator.pos,
    aliases=("conj",),
    doc="The number itself, for it is real.",
)


def _strong_mul_float(a: float, b: float) -> float:
    c = a * b
    return 0.0 if c != c and (a == 0 or b == 0) else c


def _strong_mul_array(a: Any, b: Any) -> Any:
    if isinstance(a, float) and a != 0 and math.isfinite(a):  # as in x**2; there is nothing to guard
        return a * b
    return np.where(np.equal(a, 0) | np.equal(b, 0), 0.0, np.multiply(a, b))


strong_mul = elementwise(
    "strong_mul",
    _strong_mul_array,
    lambda y, a, b: (b, a),
    scalar=_strong_mul_float,
    symbol="·",
    kinks={(0.0, math.inf): (math.inf, 0.0), (0.0, math.nan): (math.nan, 0.0)},
    doc="The product with a strong zero: zero times inf or nan is zero. The chain rule multiplies with it.",
)
log = elementwise(
    "log",
    np.log,
    lambda y, x: (1 / x,),
    scalar=math.log,
    domain=(0.2, 5.0),
    doc="The natural logarithm; log(0) is -inf.",
)
pow = power = elementwise(
    "pow",
    np.power,
    # A strong zero, because x**0 has derivative 0 everywhere; log 1 for log 0, because 0**b is 0 for every b > 0.
    lambda y, a, b: (strong_mul(b, a ** (b - 1)), y * log(where(a == 0, 1.0, a))),
    scalar=math.pow,
    symbol="**",
    domain=(0.5, 2.5),
    kinks={(0.0, 0.0): (0.0, 0.0), (0.0, 2.0): (0.0, 0.0), (0.0, 1.0): (1.0, 0.0)},
    aliases=("power",),
    doc="The first number to the power of the second.",
)
sign = elementwise(
    "sign",
    np.sign,
    lambda y, x: (0.0,),
    scalar=lambda x: math.copysign(1.0, x) if x < 0 or x > 0 else x,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    doc="-1, 0 or 1.",
)
abs = absolute = fabs = elementwise(
    "abs",
    np.abs,
    lambda y, x: (sign(x),),
    scalar=math.fabs,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    aliases=("absolute", "fabs"),
    doc="The distance from zero; its derivative at 0 is 0.",
)
copysign: Primitive = elementwise(
    "copysign",
    np.copysign,
    lambda y, a, b: (sign(a) * copysign(1.0, b), 0.0),
    scalar=math.copysign,
    domain=[((-2.0, -0.1), (-2.0, -0.1)), ((-2.0, -0.1), (0.1, 2.0)), ((0.1, 2.0), (-2.0, -0.1))],
    kinks={(0.0, 2.0): (0.0, 0.0)},
    doc="The first number with the sign of the second.",
)
heaviside = elementwise(
    "heaviside",
    np.heaviside,
    lambda y, x, h: (0.0, where(x == 0, 1.0, 0.0)),
    scalar=lambda x, h: h if x == 0 else x if x != x else 1.0 if x > 0 else 0.0,
    domain=[((-3.0, -0.1), (0.2, 0.8)), ((0.1, 3.0), (0.2, 0.8))],
    kinks={(0.0, 0.5): (0.0, 1.0)},
    doc="0 where x is negative, 1 where it is positive, and h at 0.",
)
floor = elementwise(
    "floor",
    np.floor,
    lambda y, x: (0.0,),
    scalar=lambda x: float(math.floor(x)),
    domain=BETWEEN_INTEGERS,
    kinks={1.0: 0.0},
    doc="The largest whole number that is not larger; its derivative is 0.",
)
ceil = elementwise(
    "ceil",
    np.ceil,
    lambda y, x: (0.0,),
    scalar=lambda x: float(math.ceil(x)),
    domain=BETWEEN_INTEGERS,
    kinks={1.0: 0.0},
    doc="The smallest whole number that is not smaller; its derivative is 0.",
)
trunc = elementwise(
    "trunc",
    np.trunc,
    lambda y, x: (0.0,),
    scalar=lambda x: float(math.trunc(x)),
    domain=BETWEEN_INTEGERS,
    kinks={1.0: 0.0},
    doc="The number without what is behind the point; its derivative is 0.",
)
rint = elementwise(
    "rint",
    np.rint,
    lambda y, x: (0.0,),
    scalar=lambda x: float(round(x)),
    domain=[(-1.4, -0.6), (0.6, 1.4)],
    kinks={0.5: 0.0},
    doc="The nearest whole number, the even one of two; its derivative is 0.",
)
floor_divide = elementwise(
    "floor_divide",
    np.floor_divide,
    lambda y, a, b: (0.0, 0.0),
    scalar=operator.floordiv,
    symbol="//",
    domain=BETWEEN_MULTIPLES,
    kinks={(2.0, 1.0): (0.0, 0.0)},
    doc="The quotient, rounded down; its derivatives are 0.",
)
mod = remainder = elementwise(
    "mod",
    np.mod,
    lambda y, a, b: (1.0, -floor_divide(a, b)),
    scalar=operator.mod,
    symbol="%",
    domain=BETWEEN_MULTIPLES,
    kinks={(2.0, 1.0): (1.0, -2.0)},
    aliases=("remainder",),
    doc="What floor_divide leaves over; it has the sign of the second number.",
)
fmod = elementwise(
    "fmod",
    np.fmod,
    lambda y, a, b: (1.0, -trunc(a / b)),
    scalar=math.fmod,
    domain=BETWEEN_MULTIPLES,
    kinks={(2.0, 1.0): (1.0, -2.0)},
    doc="What is left of the first number after division; it has the sign of the first.",
)
deg2rad = radians = elementwise(
    "deg2rad",
    np.deg2rad,
    lambda y, x: (math.pi / 180.0,),
    scalar=math.radians,
    domain=(-180.0, 180.0),
    aliases=("radians",),
    doc="An angle in radians, given in degrees.",
)
rad2deg = degrees = elementwise(
    "rad2deg",
    np.rad2deg,
    lambda y, x: (180.0 / math.pi,),
    scalar=math.degrees,
    domain=(-3.0, 3.0),
    aliases=("degrees",),
    doc="An angle in degrees, given in radians.",
)
sqrt = elementwise(
    "sqrt",
    np.sqrt,
    lambda y, x: (0.5 / y,),
    scalar=math.sqrt,
    domain=(0.1, 4.0),
    kinks={0.0: math.inf},
    doc="The square root; its derivative at 0 is inf.",
)
cbrt = elementwise(
    "cbrt",
    np.cbrt,
    lambda y, x: (1 / (3 * y * y),),
    scalar=math.cbrt,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: math.inf},
    doc="The cube root; its derivative at 0 is inf.",
)
square = elementwise("square", np.square, lambda y, x: (2 * x,), scalar=lambda x: x * x, doc="x * x.")
reciprocal = elementwise(
    "reciprocal",
    np.reciprocal,
    lambda y, x: (-y * y,),
    scalar=lambda x: 1.0 / x,
    domain=[(-3.0, -0.3), (0.3, 3.0)],
    doc="1 / x.",
)
exp = elementwise("exp", np.exp, lambda y, x: (y,), scalar=math.exp, doc="e to the power x.")
exp2 = elementwise("exp2", np.exp2, lambda y, x: (LOG_2 * y,), scalar=math.exp2, doc="2 to the power x.")
expm1 = elementwise(
    "expm1", np.expm1, lambda y, x: (exp(x),), scalar=math.expm1, doc="exp(x) - 1, accurate for small x."
)
log2 = elementwise(
    "log2",
    np.log2,
    lambda y, x: (1 / (LOG_2 * x),),
    scalar=math.log2,
    domain=(0.2, 5.0),
    doc="The logarithm to base 2.",
)
log10 = elementwise(
    "log10",
    np.log10,
    lambda y, x: (1 / (LOG_10 * x),),
    scalar=math.log10,
    domain=(0.2, 5.0),
    doc="The logarithm to base 10.",
)
log1p = elementwise(
    "log1p",
    np.log1p,
    lambda y, x: (1 / (1 + x),),
    scalar=math.log1p,
    domain=(-0.5, 3.0),
    doc="log(1 + x), accurate for small x.",
)
sin = elementwise("sin", np.sin, lambda y, x: (cos(x),), scalar=math.sin, domain=(-3.0, 3.0), doc="The sine.")
cos: Primitive = elementwise(
    "cos", np.cos, lambda y, x: (-sin(x),), scalar=math.cos, domain=(-3.0, 3.0), doc="The cosine."
)
tan = elementwise("tan", np.tan, lambda y, x: (1 + y * y,), scalar=math.tan, domain=(-1.3, 1.3), doc="The tangent.")
asin = arcsin = elementwise(
    "asin",
    np.arcsin,
    lambda y, x: (1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.asin,
    domain=(-0.9, 0.9),
    aliases=("arcsin",),
    doc="The inverse of the sine.",
)
acos = arccos = elementwise(
    "acos",
    np.arccos,
    lambda y, x: (-1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.acos,
    domain=(-0.9, 0.9),
    aliases=("arccos",),
    doc="The inverse of the cosine.",
)
atan = arctan = elementwise(
    "atan",
    np.arctan,
    lambda y, x: (1 / (1 + x * x),),
    scalar=math.atan,
    aliases=("arctan",),
    doc="The inverse of the tangent.",
)
hypot = elementwise(
    "hypot",
    np.hypot,
    lambda y, a, b: (where(y == 0, 0.0, a / y), where(y == 0, 0.0, b / y)),
    scalar=math.hypot,
    domain=(0.3, 2.0),
    kinks={(0.0, 0.0): (0.0, 0.0)},
    doc="sqrt(a * a + b * b), without overflow; its derivatives at (0, 0) are 0.",
)
atan2 = arctan2 = elementwise(
    "atan2",
    np.arctan2,
    lambda y, a, b: (
        where(hypot(a, b) == 0, 0.0, b / hypot(a, b) / hypot(a, b)),
        where(hypot(a, b) == 0, 0.0, -a / hypot(a, b) / hypot(a, b)),
    ),
    scalar=math.atan2,
    domain=(0.3, 2.0),
    kinks={(0.0, 0.0): (0.0, 0.0)},
    aliases=("arctan2",),
    doc="The angle of the point (b, a) with the axis b; its derivatives at (0, 0) are 0.",
)
sinh = elementwise("sinh", np.sinh, lambda y, x: (cosh(x),), scalar=math.sinh, doc="The hyperbolic sine.")
cosh: Primitive = elementwise("cosh", np.cosh, lambda y, x: (sinh(x),), scalar=math.cosh, doc="The hyperbolic cosine.")
tanh = elementwise(
    "tanh", np.tanh, lambda y, x: (1 - y * y,), scalar=math.tanh, domain=(-3.0, 3.0), doc="The hyperbolic tangent."
)
asinh = arcsinh = elementwise(
    "asinh",
    np.arcsinh,
    lambda y, x: (1 / hypot(x, 1.0),),
    scalar=math.asinh,
    aliases=("arcsinh",),
    doc="The inverse of the hyperbolic sine.",
)
acosh = arccosh = elementwise(
    "acosh",
    np.arccosh,
    lambda y, x: (1 / (sqrt(x - 1) * sqrt(x + 1)),),
    scalar=math.acosh,
    domain=(1.2, 4.0),
    aliases=("arccosh",),
    doc="The inverse of the hyperbolic cosine.",
)
atanh = arctanh = elementwise(
    "atanh",
    np.arctanh,
    lambda y, x: (1 / ((1 - x) * (1 + x)),),
    scalar=math.atanh,
    domain=(-0.8, 0.8),
    aliases=("arctanh",),
    doc="The inverse of the hyperbolic tangent.",
)
maximum = elementwise(
    "maximum",
    np.maximum,
    lambda y, a, b: (where(a < b, 0.0, where(a == b, 0.5, 1.0)), where(b < a, 0.0, where(a == b, 0.5, 1.0))),
    scalar=lambda a, b: a if a > b or a != a else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The larger of two numbers; a tie shares its derivative equally, and nan passes it on to both.",
)
minimum = elementwise(
    "minimum",
    np.minimum,
    lambda y, a, b: (where(a > b, 0.0, where(a == b, 0.5, 1.0)), where(b > a, 0.0, where(a == b, 0.5, 1.0))),
    scalar=lambda a, b: a if a < b or a != a else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The smaller of two numbers; a tie shares its derivative equally, and nan passes it on to both.",
)
fmax = elementwise(
    "fmax",
    np.fmax,
    lambda y, a, b: (
        where(a > b, 1.0, where(a == b, 0.5, where(b == b, 0.0, 1.0))),
        where(b > a, 1.0, where(a == b, 0.5, where(a == a, 0.0, 1.0))),
    ),
    scalar=lambda a, b: a if a >= b or b != b else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The larger of two numbers, or the one that is not nan; a tie shares its derivative equally.",
)
fmin = elementwise(
    "fmin",
    np.fmin,
    lambda y, a, b: (
        where(a < b, 1.0, where(a == b, 0.5, where(b == b, 0.0, 1.0))),
        where(b < a, 1.0, where(a == b, 0.5, where(a == a, 0.0, 1.0))),
    ),
    scalar=lambda a, b: a if a <= b or b != b else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The smaller of two numbers, or the one that is not nan; a tie shares its derivative equally.",
)
clip = elementwise(
    "clip",
    lambda x, min, max: minimum(maximum(x, min), max),
    lambda y, x, min, max: (where(x < min, 0.0, where(x > max, 0.0, 1.0)),),
    min=-math.inf,
    max=math.inf,
    doc="x held between min and max; its derivative at the bounds is 1.",
)
sigmoid = expit = elementwise(
    "sigmoid",
    lambda x, slope: 1 / (1 + exp(-(slope * x))),
    lambda y, x, slope: (slope * y * (1 - y),),
    slope=1.0,
    aliases=("expit",),
    domain=(-3.0, 3.0),
    doc="1 / (1 + exp(-slope * x)); 0 where the exponential is inf.",
)
logit = elementwise(
    "logit",
    lambda x: log(x) - log1p(-x),
    lambda y, x: (1 / (x * (1 - x)),),
    domain=(0.1, 0.9),
    doc="log(x / (1 - x)), the inverse of the sigmoid.",
)
softplus = elementwise(
    "softplus",
    lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))),
    lambda y, x: (sigmoid(x),),
    domain=(-3.0, 3.0),
    doc="log(1 + exp(x)), without overflow.",
)
relu = elementwise(
    "relu",
    lambda x: where(x <= 0, 0.0, x),
    lambda y, x: (where(x <= 0, 0.0, 1.0),),
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    doc="x where it is positive, else 0; its derivative at 0 is 0.",
)
leaky_relu = elementwise(
    "leaky_relu",
    lambda x, slope: where(x > 0, x, slope * x),
    lambda y, x, slope: (where(x > 0, 1.0, slope),),
    slope=0.01,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.01},
    doc="x where it is positive, else slope * x; its derivative at 0 is the slope.",
)
elu = elementwise(
    "elu",
    lambda x, alpha: where(x > 0, x, alpha * expm1(x)),
    lambda y, x, alpha: (where(x > 0, 1.0, alpha * exp(x)),),
    alpha=1.0,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 1.0},
    doc="x where it is positive, else alpha * (exp(x) - 1).",
)
_erf_elements = np.vectorize(math.erf, otypes=[np.float64])


def _erf_array(x: Any) -> Any:
    return _erf_elements(x).astype(np.asarray(x).dtype)[()]


erf = elementwise(
    "erf",
    _erf_array,
    lambda y, x: (TWO_BY_ROOT_PI * exp(-x * x),),
    scalar=math.erf,
    doc="The error function.",
)
gelu = elementwise(
    "gelu",
    lambda x: 0.5 * x * (1 + erf(ROOT_HALF * x)),
    lambda y, x: (0.5 * (1 + erf(ROOT_HALF * x)) + ROOT_HALF_BY_PI * x * exp(-0.5 * x * x),),
    doc="x times the normal distribution function of x (Hendrycks and Gimpel 2016), exact, not the tanh form.",
)
silu = elementwise(
    "silu",
    lambda x: x * sigmoid(x),
    lambda y, x: (sigmoid(x) + y * (1 - sigmoid(x)),),
    domain=(-3.0, 3.0),
    doc="x * sigmoid(x), also known as swish.",
)
step = elementwise(
    "step",
    lambda x: where(x > 0, 1.0, 0.0),
    lambda y, x: (0.0,),
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    doc="0 for x <= 0, else 1; its derivative is 0.",
)
logaddexp = elementwise(
    "logaddexp",
    np.logaddexp,
    lambda y, a, b: (sigmoid(where(y == -math.inf, y, a - b)), sigmoid(where(y == -math.inf, y, b - a))),
    scalar=lambda a, b: a + LOG_2 if a == b else (a if a > b else b) + math.log1p(math.exp(-math.fabs(a - b))),
    doc="log(exp(a) + exp(b)), without overflow.",
)
logaddexp2 = elementwise(
    "logaddexp2",
    np.logaddexp2,
    lambda y, a, b: (
        sigmoid(where(y == -math.inf, y, a - b), slope=LOG_2),
        sigmoid(where(y == -math.inf, y, b - a), slope=LOG_2),
    ),
    scalar=lambda a, b: a + 1.0 if a == b else (a if a > b else b) + math.log1p(math.exp2(-math.fabs(a - b))) / LOG_2,
    doc="log2(2**a + 2**b), without overflow.",
)
xlogy = elementwise(
    "xlogy",
    lambda x, z: where(x == 0, 0.0, x * log(z)),
    # 1 stands in for z at (0, 0), where the derivatives are chosen to be 0; elsewhere nothing is replaced.
    lambda y, x, z: (
        log(where(z == 0, where(x == 0, 1.0, z), z)),
        x / where(z == 0, where(x == 0, 1.0, z), z),
    ),
    domain=[((-2.0, 2.0), (0.3, 3.0))],
    kinks={(0.0, 0.0): (0.0, 0.0)},
    doc="x * log(z), and 0 where x is 0.",
)


def _sinc_slope_near_zero(x: Any) -> Any:
    """Taylor series of the derivative of sinc, to full precision for abs(x) < 0.1: the closed form cancels there."""
    square_of = math.pi * math.pi * x * x
    series: Any = 0.0
    for k in range(7, 0, -1):  # the derivative of sum (-1)^k (pi x)^(2k) / (2k+1)!, in Horner's form
        series = 2 * k * (-1.0) ** k / math.factorial(2 * k + 1) + square_of * series
    return math.pi * math.pi * x * series


def _sinc_float(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x != 0 else 1.0


sinc = elementwise(
    "sinc",
    np.sinc,
    lambda y, x: (where(abs(x) < 0.1, _sinc_slope_near_zero(x), (cos(math.pi * x) - y) / x),),
    scalar=_sinc_float,
    domain=(-1.5, 1.5),
    kinks={0.0: 0.0},
    doc="sin(pi x) / (pi x), and 1 at 0.",
)
