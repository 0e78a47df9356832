"""What a row is: an operation's value and its partial derivatives, written once and read five ways.

Both are ordinary expressions. The same expression is read on floats, on ndarrays, on Values (so derivatives have
derivatives), on symbols (so a picture can say ``∂c/∂a = b``) and as code. Therefore a partial uses no ``if`` (there is
`where`), calls only functions of the registry, and may use the output ``y`` where that is the stable or cheap form.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, NotANumberError, brief

__all__ = [
    "PLAIN_NUMBERS",
    "Groups",
    "Operand",
    "Point",
    "Primitive",
    "comparison",
    "comparisons",
    "elementwise",
    "register",
    "registry",
]

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
    def apply(cls, row: Primitive, operands: Sequence[Any]) -> Any:
        """Apply ``row`` to ``operands``, or to groups of them if it has groups, and return the result.

        At least one operand is of this kind.

        Raises
        ------
        TypeError
            If this kind does not say what that means.
        """
        raise TypeError(f"{cls.__name__} does not say what applying {row.name} to it means")

    @classmethod
    def apply_array_row(cls, row: Any, operands: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply a ``row`` for whole arrays to ``operands``, with ``settings``, and return the result.

        At least one operand is of this kind.

        Raises
        ------
        TypeError
            If this kind does not say what that means.
        """
        raise TypeError(f"{cls.__name__} does not say what applying {row.name} to it means")

    def __add__(self, other: Any) -> Any:
        return registry["add"](self, other)

    def __radd__(self, other: Any) -> Any:
        return registry["add"](other, self)

    def __sub__(self, other: Any) -> Any:
        return registry["sub"](self, other)

    def __rsub__(self, other: Any) -> Any:
        return registry["sub"](other, self)

    def __mul__(self, other: Any) -> Any:
        return registry["mul"](self, other)

    def __rmul__(self, other: Any) -> Any:
        return registry["mul"](other, self)

    def __truediv__(self, other: Any) -> Any:
        return registry["div"](self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return registry["div"](other, self)

    def __pow__(self, other: Any) -> Any:
        return registry["pow"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return registry["pow"](other, self)

    def __mod__(self, other: Any) -> Any:
        return registry["mod"](self, other)

    def __rmod__(self, other: Any) -> Any:
        return registry["mod"](other, self)

    def __floordiv__(self, other: Any) -> Any:
        return registry["floor_divide"](self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return registry["floor_divide"](other, self)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __neg__(self) -> Any:
        return registry["neg"](self)

    def __pos__(self) -> Any:
        return registry["positive"](self)

    def __abs__(self) -> Any:
        return registry["abs"](self)

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


@dataclass(frozen=True, slots=True)
class Groups:
    """How a row of any number of operands takes them: in groups, as dot takes its two sequences and its start.

    A group is nearly always all Values or all numbers, and then read at one go.

    Attributes
    ----------
    count : int
        How many groups there are; some may be empty.
    gather : callable
        Turns the arguments of a call into groups; None if they are whole arrays.
    value : callable
        The value on groups of floats.
    partials : callable
        ``partials(y, *groups)`` returns a sequence of partial derivatives for each group.
    of_arrays : callable
        Does the same for whole arrays, as NumPy does it: ``of_arrays(*arguments, **settings)``.
    """

    count: int
    gather: Callable[..., tuple[Sequence[Any], ...] | None]
    value: Callable[..., float]
    partials: Callable[..., Sequence[Sequence[Any]]]
    of_arrays: Callable[..., Any]


class Primitive:
    """One row: an operation's value, its partial derivatives, and the places where they need care.

    `elementwise` makes it and puts it into the table.

    Call it like a function. It returns a float for plain numbers, an array for arrays, and records a node when an
    operand is a `Value` or a `Tensor`.

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
    groups : Groups or None
        How operands come to a row of any number of them; None for a row of fixed arity.
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
        groups: Groups | None = None,
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
        if scalar_function is None:
            scalar_function = _on_floats(array_function) if isinstance(array_function, np.ufunc) else array_function
        self.scalar_function = scalar_function
        self.partial_function = partials
        self.groups = groups
        self.base = self
        self.record: Callable[..., Any] | None = None  # the specialised function for Values, once there is one
        self.array_code: Any = None  # value and pullbacks on arrays, once there are any
        self.__doc__ = doc

    def __repr__(self) -> str:
        return f"<row {self.name if self.label == self.symbol else self.label}>"

    def __reduce__(self) -> tuple[Callable[..., Primitive], tuple[str, tuple[tuple[str, float], ...]]]:
        return _row_named, (self.name, tuple(self.settings.items()))

    @property
    def label(self) -> str:
        """As pictures show it, the sign if there is one, else the name; with the settings that are not the usual."""
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

    def copy_with(self, settings: Mapping[str, Any]) -> Primitive:
        """Return a copy with these settings, unchecked: they may be symbols, when the row is read as text."""
        row = Primitive.__new__(Primitive)
        row.__dict__.update(self.__dict__)
        row.settings = dict(settings)
        row.record = row.array_code = None
        return row

    def __call__(self, *arguments: Any, **settings: float) -> Any:
        """Apply the operation: a float for plain numbers, an array for arrays, a node for Values."""
        operands: Sequence[Any] = arguments
        if settings or len(arguments) != self.arity:  # a row with groups has no arity
            if self.groups is None:
                row, operands = self._split(arguments, settings)
                return row(*operands)
            groups = self.groups.gather(*arguments, **settings)
            if groups is None:
                return self.groups.of_arrays(*arguments, **settings)
            operands = groups
        if self.record is not None:
            result = self.record(*operands)
            if result is not NotImplemented:
                return result
        return self.dispatch(operands)

    def dispatch(self, operands: Sequence[Any]) -> Any:
        """Apply the operation by looking at what its ``operands`` are, and return the result."""
        for operand in self.flat(operands):
            if isinstance(operand, Operand):
                return operand.apply(self, operands)
        return self.evaluate(*self.flat(operands))

    def flat(self, operands: Sequence[Any]) -> Iterable[Any]:
        """Return the operands one behind the other, where they come in groups."""
        return operands if self.groups is None else itertools.chain.from_iterable(operands)

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
        by_position = dict(zip(self.settings, extra, strict=False))
        if twice := by_position.keys() & settings.keys():
            raise TypeError(f"{self.name} got the setting {twice.pop()!r} twice")
        return self.with_settings(**by_position, **settings), arguments[:arity]

    def evaluate(self, *operands: Any) -> Any:
        """Return the value of plain ``operands``, numbers (as float) or arrays (as array), with IEEE arithmetic."""
        if all(type(x) in PLAIN_NUMBERS for x in operands):
            try:
                return float(self.scalar_function(*operands, **self.settings))
            except (ArithmeticError, ValueError):
                return self.evaluate_ieee(operands)[0]
        arrays = [self._array(position, x) for position, x in enumerate(operands)]
        with np.errstate(all="ignore"):
            y = self.array_function(*arrays, **self.settings)
        floating = [x.dtype for x, given in zip(arrays, operands, strict=True) if _has_precision(x, given)]
        return _in_precision(np.result_type(*floating), y) if floating and y.dtype.kind == "f" else y

    def partials(self, y: Any, *operands: Any) -> Sequence[Any]:
        """Return the partial derivative by each of the ``operands``, given the value ``y`` there; reads on anything."""
        partials = self.partial_function(y, *operands, **self.settings)
        if isinstance(y, np.ndarray | np.generic):
            return [_in_precision(y.dtype, p) for p in partials]
        return partials

    def evaluate_ieee(self, operands: Iterable[Any]) -> tuple[float, tuple[float, ...]]:
        """Return value and partials at ``operands`` by reading the row on float64 scalars.

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


def _on_floats(ufunc: np.ufunc) -> Callable[..., float]:
    """Return the ufunc as a function of floats that gives a float, and says nothing of inf and nan."""

    def scalar(*operands: float) -> float:
        with np.errstate(all="ignore"):
            return float(ufunc(*operands))

    return scalar


def _has_precision(array: Any, given: Any) -> bool:
    """Tell whether an operand has a say in the precision of the result: plain numbers and truths have none."""
    return isinstance(array, np.ndarray | np.generic) and np.asarray(given).dtype.kind != "b"


def _in_precision(dtype: np.dtype[Any], x: Any) -> Any:
    """Keep float32 arrays float32, also where an expression such as ``where(x > 0, 1.0, 0.0)`` forgets them."""
    return x.astype(dtype, copy=False) if isinstance(x, np.ndarray | np.generic) else x


def _float64(row: Primitive, x: Any) -> np.float64:
    try:
        return np.float64(x)
    except OverflowError as error:
        raise NotANumberError(f"{row.name} was given an integer too large for a float64: {brief(x)}") from error


@functools.lru_cache(maxsize=1024)
def _with_settings(base: Primitive, settings: tuple[tuple[str, float], ...]) -> Primitive:
    return base.copy_with(dict(settings))


def _row_named(name: str, settings: tuple[tuple[str, float], ...]) -> Primitive:
    return registry[name].with_settings(**dict(settings))


def register(row: Primitive) -> Primitive:
    """Put ``row`` into the registry.

    A user's row may be put there again, as when the cell of a notebook runs a second time.

    Raises
    ------
    ArgumentError
        If the name is that of one of the table's own rows, or is not a Python identifier.
    """
    if not isinstance(row.name, str) or not row.name.isidentifier():
        raise ArgumentError(f"a row's name must be a Python identifier, not {row.name!r}")
    known = registry.get(row.name, comparisons.get(row.name))
    if known is not None and str(known.partial_function.__module__).startswith(f"{__package__}."):
        raise ArgumentError(f"{row.name!r} is a row of the table, which is not replaced; choose another name")
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
        The function's name, a Python identifier that is not the name of one of the table's own rows.
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
        If the name is one of the table's own, or no identifier.

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
    for key, value in settings.items():
        if not isinstance(value, Real):
            raise ArgumentError(
                f"elementwise has no argument {key!r}; if it is a setting of {name!r}, it must be a plain number, not "
                f"{brief(value)}"
            )
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
        "(an array comes back),\nValues or Tensors (a node of the graph comes back). Arithmetic is IEEE, as in NumPy."
    )


def _point(x: float | Point) -> Point:
    return x if isinstance(x, tuple) else (x,)


def _boxes(domain: Any, arity: int) -> tuple[Box, ...]:
    """Return the domain as boxes, however briefly it was written."""
    if not isinstance(domain[0], tuple):
        return ((tuple(domain),) * arity,)
    return tuple(box if isinstance(box[0], tuple) else (box,) * arity for box in domain)


def comparison(name: str, function: np.ufunc, scalar: Callable[[Any, Any], bool], symbol: str) -> Primitive:
    """Add a row whose value is a truth: a condition for `where`, with derivative zero."""
    row = _elementwise(
        name, function, lambda y, a, b: (0.0, 0.0), scalar, symbol, (-2.0, 2.0), None, (), f"a {symbol} b", {}
    )
    comparisons[name] = row
    return row
