"""The table of operations: one row each, read five ways.

A row holds an operation's value and its partial derivatives, written once as ordinary expressions. The same
expression is read on floats, on ndarrays, on Values (so derivatives have derivatives), on symbols (so a picture can
say ``∂c/∂a = b``) and as code. Therefore a partial uses no ``if`` (there is `where`), calls only functions of this
table, and may use the output ``y`` where that is the stable or cheap form.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, NotANumberError, brief

__all__ = ["Operand", "Primitive", "comparisons", "elementwise", "registry"]

Interval = tuple[float, float]
Box = tuple[Interval, ...]
Point = tuple[float, ...]

registry: dict[str, Primitive] = {}
"""Every differentiable row by name; tests, methods and the compiler walk it."""

comparisons: dict[str, Primitive] = {}
"""Rows whose value is a truth, such as ``x > 0``: conditions for `where`."""

PLAIN_NUMBERS = frozenset({float, int, bool})


class Operand:
    """Anything a row can be applied to beside plain numbers and arrays; each kind says what applying means."""

    __slots__ = ()

    @classmethod
    def apply(cls, row: Primitive, operands: tuple[Any, ...]) -> Any:
        """Apply ``row`` to ``operands``, at least one of which is of this kind."""
        raise TypeError(f"{cls.__name__} does not say what applying {row.name} to it means")

    def __add__(self, other: Any) -> Any:
        return add(self, other)

    def __radd__(self, other: Any) -> Any:
        return add(other, self)

    def __sub__(self, other: Any) -> Any:
        return sub(self, other)

    def __rsub__(self, other: Any) -> Any:
        return sub(other, self)

    def __mul__(self, other: Any) -> Any:
        return mul(self, other)

    def __rmul__(self, other: Any) -> Any:
        return mul(other, self)

    def __truediv__(self, other: Any) -> Any:
        return div(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return div(other, self)

    def __pow__(self, other: Any) -> Any:
        return pow(self, other)

    def __rpow__(self, other: Any) -> Any:
        return pow(other, self)

    def __neg__(self) -> Any:
        return neg(self)

    def __pos__(self) -> Any:
        return positive(self)

    def __abs__(self) -> Any:
        return abs(self)

    def __gt__(self, other: Any) -> Any:
        return comparisons["greater"](self, other)

    def __ge__(self, other: Any) -> Any:
        return comparisons["greater_equal"](self, other)

    def __lt__(self, other: Any) -> Any:
        return comparisons["less"](self, other)

    def __le__(self, other: Any) -> Any:
        return comparisons["less_equal"](self, other)

    def __eq__(self, other: Any) -> Any:
        return comparisons["equal"](self, other)

    def __ne__(self, other: Any) -> Any:
        return comparisons["not_equal"](self, other)

    __hash__ = object.__hash__


class Primitive:
    """One row: an operation's value, its partial derivatives, and the places where they need care.

    Call it like a function. It returns a float for plain numbers, an array for arrays, and records a node when an
    operand is a `Value`.

    Attributes
    ----------
    name : str
        The function's name.
    arity : int or None
        How many operands it takes; None when it takes any number of them.
    symbol : str or None
        The infix or prefix sign people write for it, if there is one.
    settings : dict
        Static numbers that belong to the operation and are not differentiated, such as the slope of a sigmoid.
    domain : tuple of boxes
        Where the operation is smooth: each box gives an interval for every operand. Tests sample here.
    kinks : dict
        Points where the derivative is a choice, and the partial derivatives chosen there.
    composed : bool
        True when the value is itself an expression in other rows.
    """

    def __init__(
        self,
        name: str,
        array_function: Callable[..., Any],
        partials: Callable[..., Sequence[Any]],
        *,
        arity: int | None,
        doc: str = "",
        scalar_function: Callable[..., float] | None = None,
        symbol: str | None = None,
        settings: Mapping[str, float] | None = None,
        domain: tuple[Box, ...] = (),
        kinks: Mapping[Point, Point] | None = None,
        aliases: tuple[str, ...] = (),
        gather: Callable[..., tuple[Any, ...]] | None = None,
    ) -> None:
        self.name = self.__name__ = name
        self.arity = arity
        self.symbol = symbol
        self.settings = dict(settings or {})
        self.domain = domain
        self.kinks = dict(kinks or {})
        self.aliases = aliases
        self.composed = scalar_function is None and not isinstance(array_function, np.ufunc)
        self.array_function = array_function
        self.scalar_function = scalar_function or array_function
        self.partial_function = partials
        self.gather = gather
        self.base = self
        self.__doc__ = doc

    def __repr__(self) -> str:
        return f"<row {self.label}>"

    def __reduce__(self) -> tuple[Callable[..., Primitive], tuple[str, tuple[tuple[str, float], ...]]]:
        return _row_named, (self.name, tuple(self.settings.items()))

    @property
    def label(self) -> str:
        """The name as a picture shows it: the sign if there is one, with the settings that are not the usual ones."""
        usual = self.base.settings
        unusual = ", ".join(f"{key}={value:g}" for key, value in self.settings.items() if value != usual[key])
        return f"{self.name}({unusual})" if unusual else self.symbol or self.name

    def with_settings(self, **settings: float) -> Primitive:
        """Return this row with other static settings.

        Raises
        ------
        ArgumentError
            If the row has no setting of that name.
        NotANumberError
            If a setting is not a plain number; a setting is not differentiated, so a `Value` is refused.
        """
        for key, value in settings.items():
            if key not in self.settings:
                known = ", ".join(self.settings) or "none"
                raise ArgumentError(f"{self.name} has no setting {key!r}; its settings: {known}")
            if not isinstance(value, Real):
                raise NotANumberError(
                    f"the setting {key!r} of {self.name} must be a plain number, not {type(value).__name__}; "
                    "it is not differentiated. To learn it, write the expression out with the operators."
                )
        merged = {**self.settings, **{key: float(value) for key, value in settings.items()}}
        return self if merged == self.settings else _with_settings(self.base, tuple(merged.items()))

    def __call__(self, *arguments: Any, **settings: float) -> Any:
        if self.gather is not None:
            row, operands = self, self.gather(*arguments, **settings)
        else:
            row, operands = self._split(arguments, settings)
        for operand in operands:
            if isinstance(operand, Operand):
                return type(operand).apply(row, operands)
        return row.evaluate(*operands)

    def _split(self, arguments: tuple[Any, ...], settings: dict[str, float]) -> tuple[Primitive, tuple[Any, ...]]:
        """Tell operands from settings, which may be given by position behind the operands or by name."""
        arity = self.arity
        assert arity is not None
        extra = arguments[arity:]
        if len(arguments) < arity or len(extra) > len(self.settings):
            takes = f"{arity} operand{'s' if arity > 1 else ''}"
            if self.settings:
                takes += f" and the settings {', '.join(self.settings)}"
            raise TypeError(f"{self.name} takes {takes}, but {len(arguments)} arguments were given")
        if not extra and not settings:
            return self, arguments
        by_position = dict(zip(self.settings, extra, strict=False))
        if twice := by_position.keys() & settings.keys():
            raise TypeError(f"{self.name} got the setting {twice.pop()!r} twice")
        return self.with_settings(**by_position, **settings), arguments[:arity]

    def evaluate(self, *operands: Any) -> Any:
        """Return the value on plain numbers (as float) or on arrays (as array), with IEEE arithmetic."""
        if all(type(x) in PLAIN_NUMBERS for x in operands):
            try:
                return float(self.scalar_function(*operands, **self.settings))
            except (ArithmeticError, ValueError):
                return self.evaluate_ieee(operands)[0]
        arrays = [self._array(position, x) for position, x in enumerate(operands)]
        with np.errstate(all="ignore"):
            return self.array_function(*arrays, **self.settings)

    def partials(self, y: Any, *operands: Any) -> Sequence[Any]:
        """Return the partial derivative by each operand, given the value ``y`` there; reads on anything."""
        return self.partial_function(y, *operands, **self.settings)

    def evaluate_ieee(self, operands: Iterable[Any]) -> tuple[float, tuple[float, ...]]:
        """Return value and partials by reading the row on float64 scalars.

        Python's own floats raise where IEEE 754 has an answer (1/0, log(0), exp(1000)); NumPy's give the answer.
        """
        numbers = [_float64(self, x) for x in operands]
        with np.errstate(all="ignore"):
            y = self.array_function(*numbers, **self.settings)
            partials = self.partials(y, *numbers)
        return float(y), tuple(float(p) for p in partials)

    def _array(self, position: int, x: Any) -> Any:
        """Return ``x`` as the array function takes it: integer arrays as float64, everything else as it is."""
        if type(x) in PLAIN_NUMBERS:
            return x
        array = np.asarray(x)
        if array.dtype.kind not in "biuf":
            raise NotANumberError(
                f"{self.name} takes numbers, arrays of numbers or Values; operand {position} is "
                f"{type(x).__name__}: {brief(x)}"
            )
        return array.astype(np.float64)[()] if array.dtype.kind != "f" else array[()]


def _float64(row: Primitive, x: Any) -> np.float64:
    try:
        return np.float64(x)
    except OverflowError as error:
        raise NotANumberError(f"{row.name} was given an integer too large for a float64: {brief(x)}") from error


@functools.lru_cache(maxsize=1024)
def _with_settings(base: Primitive, settings: tuple[tuple[str, float], ...]) -> Primitive:
    row = Primitive.__new__(Primitive)
    row.__dict__.update(base.__dict__)
    row.settings = dict(settings)
    return row


def _row_named(name: str, settings: tuple[tuple[str, float], ...]) -> Primitive:
    return registry[name].with_settings(**dict(settings))


def register(row: Primitive) -> Primitive:
    """Put ``row`` into the registry, under a name that must be new.

    Raises
    ------
    ArgumentError
        If the name is taken or is not a Python identifier.
    """
    if not row.name.isidentifier():
        raise ArgumentError(f"a row's name must be a Python identifier, not {row.name!r}")
    if row.name in registry:
        raise ArgumentError(f"there is already a row named {row.name!r}; choose another name")
    registry[row.name] = row
    return row


def elementwise(
    name: str,
    forward: Callable[..., Any],
    partials: Callable[..., Sequence[Any]],
    *,
    scalar: Callable[..., float] | None = None,
    symbol: str | None = None,
    domain: Interval | Sequence[Interval] | Sequence[Box] = (-2.0, 2.0),
    kinks: Mapping[float | Point, float | Point] | None = None,
    aliases: tuple[str, ...] = (),
    doc: str = "",
    **settings: float,
) -> Primitive:
    """Add an elementwise operation to the table and return its function. Users add their own by the same call.

    Parameters
    ----------
    name : str
        The function's name, a new Python identifier.
    forward : callable
        The value. Either a NumPy ufunc (or any function of arrays, with ``scalar`` beside it), or an expression in
        functions of this table, which then needs no ``scalar``.
    partials : callable
        ``partials(y, *operands, **settings)`` returns one expression for each operand: the partial derivative, in
        terms of the output ``y``, the operands and functions of this table.
    scalar : callable, optional
        The value on Python floats, such as ``math.tanh``. It may raise where IEEE arithmetic has an answer; the array
        function is asked then.
    symbol : str, optional
        The sign people write for it.
    domain : interval, or list of intervals, or list of boxes, optional
        Where the operation is smooth. One interval holds for all operands; a box has one for each.
    kinks : dict, optional
        Points where the derivative is a choice, with the partials chosen.
    aliases : tuple of str, optional
        Other names, NumPy's for example.
    doc : str, optional
        One line for ``help()``.
    **settings : float
        Static numbers with their usual values; they reach ``forward`` and ``partials`` by name.

    Returns
    -------
    Primitive
        The row, which is also the function.

    Raises
    ------
    ArgumentError
        If the name is taken or is no identifier.

    Examples
    --------
    >>> import autograd
    >>> cube = autograd.elementwise("cube", lambda x: x * x * x, lambda y, x: (3 * x * x,))
    >>> cube(2.0), autograd.grad(cube)(2.0), autograd.grad(autograd.grad(cube))(2.0)
    (8.0, 12.0, 12.0)
    """
    return register(_elementwise(name, forward, partials, scalar, symbol, domain, kinks, aliases, doc, settings))


def _elementwise(
    name: str,
    forward: Callable[..., Any],
    partials: Callable[..., Sequence[Any]],
    scalar: Callable[..., float] | None,
    symbol: str | None,
    domain: Any,
    kinks: Mapping[float | Point, float | Point] | None,
    aliases: tuple[str, ...],
    doc: str,
    settings: Mapping[str, float],
) -> Primitive:
    names = [p for p in inspect.signature(partials).parameters if p not in settings]
    arity = len(names) - 1  # the first is the output
    if arity < 1:
        raise ArgumentError(f"the partials of {name!r} must take the output and at least one operand")
    operands = ", ".join([*names[1:], *(f"{key}={value:g}" for key, value in settings.items())])
    return Primitive(
        name,
        forward,
        partials,
        arity=arity,
        doc=_document(name, operands, doc, aliases),
        scalar_function=scalar,
        symbol=symbol,
        settings=settings,
        domain=_boxes(domain, arity),
        kinks={_point(at): _point(chosen) for at, chosen in (kinks or {}).items()},
        aliases=aliases,
    )


def _document(name: str, operands: str, doc: str, aliases: tuple[str, ...]) -> str:
    also = f"\n\nAlso known as {', '.join(aliases)}." if aliases else ""
    return (
        f"{name}({operands})\n\n{doc}{also}\n\nOperands may be plain numbers (a float comes back), arrays "
        "(an array comes back)\nor Values (a node of the graph comes back). Arithmetic is IEEE, as in NumPy."
    )


def _point(x: float | Point) -> Point:
    return x if isinstance(x, tuple) else (x,)


def _boxes(domain: Any, arity: int) -> tuple[Box, ...]:
    """Return the domain as boxes, however briefly it was written."""
    if not isinstance(domain[0], tuple):
        return ((tuple(domain),) * arity,)
    return tuple(box if isinstance(box[0], tuple) else (box,) * arity for box in domain)


def _comparison(name: str, function: np.ufunc, scalar: Callable[[Any, Any], bool], symbol: str) -> Primitive:
    row = _elementwise(
        name, function, lambda y, a, b: (0.0, 0.0), scalar, symbol, (-2.0, 2.0), None, (), f"a {symbol} b", {}
    )
    comparisons[name] = row
    return row


_comparison("greater", np.greater, operator.gt, ">")
_comparison("greater_equal", np.greater_equal, operator.ge, ">=")
_comparison("less", np.less, operator.lt, "<")
_comparison("less_equal", np.less_equal, operator.le, "<=")
_comparison("equal", np.equal, operator.eq, "==")
_comparison("not_equal", np.not_equal, operator.ne, "!=")


# Below stands the table. Its names are the names people type, so abs and pow hide Python's own from here on.

APART = [((-2.0, 0.0), (0.5, 2.0)), ((0.5, 2.0), (-2.0, 0.0))]  # two operands that stay clear of a tie
AWAY_FROM_ZERO = [(-3.0, -0.1), (0.1, 3.0)]
LOG_2 = math.log(2.0)
LOG_10 = math.log(10.0)
TWO_BY_ROOT_PI = 2.0 / math.sqrt(math.pi)
ROOT_HALF = math.sqrt(0.5)
ROOT_HALF_BY_PI = math.sqrt(0.5 / math.pi)


add = elementwise(
    "add", np.add, lambda y, a, b: (1.0, 1.0), scalar=operator.add, symbol="+", doc="The sum of two numbers."
)
sub = elementwise(
    "sub",
    np.subtract,
    lambda y, a, b: (1.0, -1.0),
    scalar=operator.sub,
    symbol="-",
    aliases=("subtract",),
    doc="The difference of two numbers.",
)
mul = elementwise(
    "mul",
    np.multiply,
    lambda y, a, b: (b, a),
    scalar=operator.mul,
    symbol="*",
    aliases=("multiply",),
    doc="The product of two numbers.",
)
div = elementwise(
    "div",
    np.divide,
    lambda y, a, b: (1 / b, -y / b),
    scalar=operator.truediv,
    symbol="/",
    domain=[((-2.0, 2.0), (0.5, 3.0)), ((-2.0, 2.0), (-3.0, -0.5))],
    aliases=("divide", "true_divide"),
    doc="The quotient of two numbers; 1/0 is inf.",
)
neg = elementwise(
    "neg",
    np.negative,
    lambda y, x: (-1.0,),
    scalar=operator.neg,
    symbol="-",
    aliases=("negative",),
    doc="The number with the other sign.",
)
positive = elementwise(
    "positive", np.positive, lambda y, x: (1.0,), scalar=operator.pos, symbol="+", doc="The number itself, as a new node."
)


def _strong_mul_float(a: float, b: float) -> float:
    c = a * b
    return 0.0 if c != c and (a == 0 or b == 0) else c


strong_mul = elementwise(
    "strong_mul",
    lambda a, b: np.where((np.equal(a, 0)) | (np.equal(b, 0)), 0.0, np.multiply(a, b)),
    lambda y, a, b: (b, a),
    scalar=_strong_mul_float,
    symbol="·",
    kinks={(0.0, math.inf): (math.inf, 0.0), (0.0, math.nan): (math.nan, 0.0)},
    doc="The product with a strong zero: zero times inf or nan is zero. The chain rule multiplies with it.",
)
pow = elementwise(
    "pow",
    np.power,
    # A strong zero, because x**0 has derivative 0 everywhere; log 1 for log 0, because 0**b is 0 on both sides of b > 0.
    lambda y, a, b: (strong_mul(b, a ** (b - 1)), y * log(where(a == 0, 1.0, a))),
    scalar=math.pow,
    symbol="**",
    domain=(0.5, 2.5),
    kinks={(0.0, 0.0): (0.0, 0.0), (0.0, 2.0): (0.0, 0.0), (0.0, 1.0): (1.0, 0.0)},
    aliases=("power",),
    doc="The first number to the power of the second.",
)
abs = elementwise(
    "abs",
    np.abs,
    lambda y, x: (sign(x),),
    scalar=math.fabs,
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    aliases=("absolute",),
    doc="The distance from zero; its derivative at 0 is 0.",
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
log = elementwise(
    "log", np.log, lambda y, x: (1 / x,), scalar=math.log, domain=(0.2, 5.0), doc="The natural logarithm; log(0) is -inf."
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
cos = elementwise("cos", np.cos, lambda y, x: (-sin(x),), scalar=math.cos, domain=(-3.0, 3.0), doc="The cosine.")
tan = elementwise("tan", np.tan, lambda y, x: (1 + y * y,), scalar=math.tan, domain=(-1.3, 1.3), doc="The tangent.")
asin = elementwise(
    "asin",
    np.arcsin,
    lambda y, x: (1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.asin,
    domain=(-0.9, 0.9),
    aliases=("arcsin",),
    doc="The inverse of the sine.",
)
acos = elementwise(
    "acos",
    np.arccos,
    lambda y, x: (-1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.acos,
    domain=(-0.9, 0.9),
    aliases=("arccos",),
    doc="The inverse of the cosine.",
)
atan = elementwise(
    "atan",
    np.arctan,
    lambda y, x: (1 / (1 + x * x),),
    scalar=math.atan,
    aliases=("arctan",),
    doc="The inverse of the tangent.",
)
atan2 = elementwise(
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
cosh = elementwise("cosh", np.cosh, lambda y, x: (sinh(x),), scalar=math.cosh, doc="The hyperbolic cosine.")
tanh = elementwise(
    "tanh", np.tanh, lambda y, x: (1 - y * y,), scalar=math.tanh, domain=(-3.0, 3.0), doc="The hyperbolic tangent."
)
asinh = elementwise(
    "asinh",
    np.arcsinh,
    lambda y, x: (1 / hypot(x, 1.0),),
    scalar=math.asinh,
    aliases=("arcsinh",),
    doc="The inverse of the hyperbolic sine.",
)
acosh = elementwise(
    "acosh",
    np.arccosh,
    lambda y, x: (1 / sqrt((x - 1) * (x + 1)),),
    scalar=math.acosh,
    domain=(1.2, 4.0),
    aliases=("arccosh",),
    doc="The inverse of the hyperbolic cosine.",
)
atanh = elementwise(
    "atanh",
    np.arctanh,
    lambda y, x: (1 / ((1 - x) * (1 + x)),),
    scalar=math.atanh,
    domain=(-0.8, 0.8),
    aliases=("arctanh",),
    doc="The inverse of the hyperbolic tangent.",
)
sigmoid = elementwise(
    "sigmoid",
    lambda x, slope: exp(minimum(slope * x, 0.0)) / (1 + exp(-abs(slope * x))),
    lambda y, x, slope: (slope * y * (1 - y),),
    slope=1.0,
    domain=(-3.0, 3.0),
    doc="1 / (1 + exp(-slope * x)), without overflow.",
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
    lambda y, x: (where(x > 0, 1.0, 0.0),),
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
step = elementwise(
    "step",
    lambda x: where(x > 0, 1.0, 0.0),
    lambda y, x: (0.0,),
    domain=AWAY_FROM_ZERO,
    kinks={0.0: 0.0},
    doc="0 for x <= 0, else 1; its derivative is 0.",
)
maximum = elementwise(
    "maximum",
    np.maximum,
    lambda y, a, b: (where(a > b, 1.0, where(a == b, 0.5, 0.0)), where(b > a, 1.0, where(a == b, 0.5, 0.0))),
    scalar=lambda a, b: a if a > b or a != a else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The larger of two numbers; a tie shares its derivative equally.",
)
minimum = elementwise(
    "minimum",
    np.minimum,
    lambda y, a, b: (where(a < b, 1.0, where(a == b, 0.5, 0.0)), where(b < a, 1.0, where(a == b, 0.5, 0.0))),
    scalar=lambda a, b: a if a < b or a != a else b,
    domain=APART,
    kinks={(1.0, 1.0): (0.5, 0.5)},
    doc="The smaller of two numbers; a tie shares its derivative equally.",
)
clip = elementwise(
    "clip",
    lambda x, min, max: minimum(maximum(x, min), max),
    lambda y, x, min, max: (where(x < min, 0.0, where(x > max, 0.0, 1.0)),),
    min=-math.inf,
    max=math.inf,
    doc="x held between min and max; its derivative at the bounds is 1.",
)
where = elementwise(
    "where",
    np.where,
    lambda y, condition, a, b: (0.0, where(condition, 1.0, 0.0), where(condition, 0.0, 1.0)),
    scalar=lambda condition, a, b: a if condition else b,
    domain=[((0.5, 1.0), (-2.0, 2.0), (-2.0, 2.0)), ((0.0, 0.0), (-2.0, 2.0), (-2.0, 2.0))],
    doc="The second operand where the first is true, else the third.",
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
logaddexp = elementwise(
    "logaddexp",
    np.logaddexp,
    lambda y, a, b: (exp(a - y), exp(b - y)),
    scalar=lambda a, b: a + LOG_2 if a == b else (a if a > b else b) + math.log1p(math.exp(-math.fabs(a - b))),
    doc="log(exp(a) + exp(b)), without overflow.",
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
