"""Rows for whole arrays: an operation's value, and the transpose of its derivative, both written in NumPy.

NumPy's own functions accept a `Tensor`, so the same expression is read on ndarrays, where it is a plain number, and on
Tensors, where it is recorded and has derivatives of its own. Elementwise rows stand in primitives.py; what they say is
read on arrays too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np

from autograd.errors import ArgumentError
from autograd.rows import Operand
from autograd.settings import static

__all__ = ["ArrayPrimitive", "array_registry", "array_row", "register_array_row"]

array_registry: dict[str, ArrayPrimitive] = {}
"""Every array row by name; tests walk it."""


class ArrayPrimitive:
    """One row: an operation on whole arrays.

    `array_row` makes it and puts it into the table.

    Attributes
    ----------
    name : str
        The function's name.
    value : callable
        ``value(*operands, **settings)`` on ndarrays.
    transposes : sequence of callables, or a callable
        For each operand ``transpose(g, y, *operands, **settings)``: the derivative of the final result by the operand,
        given ``g``, that by the output ``y``. A row of any number of operands has one callable, which takes the
        operand's ``position`` too. Where an operand was broadcast, the result may have the shape after broadcasting.
    linear : {"", "together", "each"}
        Whether the value is linear in all operands together (as concatenate), or in each of them (as matmul).
    add_to : callable or None
        ``add_to(total, g, **settings)`` adds what the transpose gives to an array, in place. A row that takes a part of
        its one operand has it: the derivatives of all parts together then cost as much as that of the whole.
    """

    arity = None
    add_to: Callable[..., None] | None = None

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        transposes: Sequence[Callable[..., Any]] | Callable[..., Any],
        *,
        linear: Literal["", "together", "each"] = "",
        symbol: str | None = None,
        doc: str = "",
    ) -> None:
        self.name = self.__name__ = name
        self.value = value
        self.transposes = transposes
        self.linear = linear
        each = [transposes] if callable(transposes) else list(transposes)
        if not callable(value) or not each or not all(map(callable, each)):
            raise ArgumentError(f"the array row {name!r} needs a function for its value, and for each transpose")
        if linear not in ("", "together", "each"):
            raise ArgumentError(f"the array row {name!r} is linear 'each', 'together' or '' (not), not {linear!r}")
        first = each[0]
        self.is_of_the_table = first.__module__.startswith(f"{__package__}.arrays.")
        self.symbol = symbol
        self.__doc__ = doc

    def __repr__(self) -> str:
        return f"<row {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], ArrayPrimitive], tuple[str]]:
        return array_registry.__getitem__, (self.name,)

    @property
    def label(self) -> str:
        """The name as a picture shows it."""
        return self.symbol or self.name

    def __call__(self, *operands: Any, **settings: Any) -> Any:
        """Apply the operation: an array for arrays, a node of the graph where an operand is a Tensor or a Value."""
        if settings and not self.is_of_the_table:  # the table's own functions have seen to theirs
            settings = {key: static(self.name, key, x) for key, x in settings.items()}
        for operand in operands:
            if isinstance(operand, Operand):
                return operand.apply_array_row(self, operands, settings)
        return self.value(*operands, **settings)

    def transpose(self, position: int, strong: bool = False) -> Callable[..., Any]:
        """Return the transpose of the derivative by the operand at ``position``; ``strong`` as in ``strongly``.

        A row that is not linear in each operand has them by ``reverse``, which walks over its transpose.
        """
        if callable(self.transposes):
            found: Callable[..., Any] = functools.partial(self.transposes, position=position)
        else:
            found = self.transposes[position]
        if not strong or self.linear != "each":
            return found

        def with_strong_zeros(g: Any, y: Any, *operands: Any, **settings: Any) -> Any:
            before, x, behind = operands[:position], operands[position], operands[position + 1 :]

            def of(g: Any, *others: Any) -> Any:
                return found(g, y, *others[:position], x, *others[position:], **settings)

            return strongly(of, g, *before, *behind)

        return with_strong_zeros

    def tangent(self, tangents: Sequence[Any], operands: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Return the derivative along ``tangents``, one for each operand, None for one that stands still.

        It is that at ``operands``, with the ``settings`` of the call. A row that is linear is its own derivative. For
        others NotImplemented comes back: their derivative is the transpose of the transpose, which forward mode finds.
        """
        if self.linear == "together":
            moving = [np.zeros_like(x) if t is None else t for x, t in zip(operands, tangents, strict=True)]
            return self(*moving, **settings)
        if self.linear == "each":
            product = functools.partial(self, **settings)
            terms = [
                strongly(product, *operands[:i], t, *operands[i + 1 :]) for i, t in enumerate(tangents) if t is not None
            ]
            return functools.reduce(np.add, terms)
        return NotImplemented


def strongly(product: Callable[..., Any], *factors: Any) -> Any:
    """Return ``product(*factors)``, where zero times inf or nan is zero.

    ``product`` is linear in each factor, so each element of the result is a sum of products. In the sums where every
    factor that is not finite meets a zero, it counts as zero; the others stay as they are. Which are which, the product
    itself tells, of marks in the places of the numbers; they are random, so that no sum of them vanishes by chance.
    """
    found = product(*factors)
    if np.isfinite(_array(found)).all():
        return found
    rng = np.random.default_rng(0)

    def marks(places: Any) -> Any:
        return np.where(places, rng.uniform(1.0, 2.0, np.shape(places)), 0.0)

    arrays = [_array(x) for x in factors]
    not_zero = [marks(x != 0) for x in arrays]
    met = [product(*not_zero[:i], marks(~np.isfinite(x)), *not_zero[i + 1 :]) for i, x in enumerate(arrays)]
    finite = [np.where(np.isfinite(a), x, 0.0) for a, x in zip(arrays, factors, strict=True)]
    return np.where(functools.reduce(np.add, met) == 0, product(*finite), found)


def _array(x: Any) -> Any:
    return np.asarray(getattr(x, "_primal", x))


Row = TypeVar("Row", bound=ArrayPrimitive)


def register_array_row(row: Row) -> Row:
    """Put ``row`` into the registry; a user's row may be put there again.

    Raises
    ------
    ArgumentError
        If the name is that of one of the table's own rows, or is not a Python identifier.
    """
    if not isinstance(row.name, str) or not row.name.isidentifier():
        raise ArgumentError(f"a row's name must be a Python identifier, not {row.name!r}")
    known = array_registry.get(row.name)
    if known is not None and known.is_of_the_table:
        raise ArgumentError(f"{row.name!r} is a row of the table, which is not replaced; choose another name")
    array_registry[row.name] = row
    return row


def array_row(
    name: str,
    value: Callable[..., Any],
    transposes: Sequence[Callable[..., Any]] | Callable[..., Any],
    *,
    linear: Literal["", "together", "each"] = "",
    symbol: str | None = None,
    doc: str = "",
) -> ArrayPrimitive:
    """Add an operation on whole arrays and return its function. Users add their own by the same call.

    Parameters
    ----------
    name : str
        The function's name, a Python identifier that is not the name of one of the table's own rows.
    value : callable
        ``value(*operands, **settings)`` on ndarrays. What is differentiated comes as an operand, all else by name.
    transposes : sequence of callables, or a callable
        For each operand ``transpose(g, y, *operands, **settings)``: the derivative of the final result by the operand,
        given ``g``, that by the output ``y``; written in NumPy and in functions of this package, so that it can be
        read on Tensors too. A row of any number of operands has one callable, which takes ``position`` too.
    linear : {"", "together", "each"}, optional
        Whether the value is linear in all operands together (as concatenate), or in each of them (as matmul). Forward
        mode then uses the row itself.
    symbol : str, optional
        The sign people write for it.
    doc : str, optional
        One line for ``help()``.

    Returns
    -------
    ArrayPrimitive
        The row, which is also the function.

    Raises
    ------
    ArgumentError
        If the name is one of the table's own, or no identifier.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, array_row
    >>> twice = array_row(
    ...     "twice",
    ...     lambda x: np.concatenate([x, x]),
    ...     [lambda g, y, x: g[: len(x)] + g[len(x) :]],
    ...     linear="each",
    ... )
    >>> t = Tensor([1.0, 2.0])
    >>> twice(t).sum().backward()
    >>> t.grad
    array([2., 2.])
    """
    return register_array_row(ArrayPrimitive(name, value, transposes, linear=linear, symbol=symbol, doc=doc))
