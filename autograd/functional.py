"""Derivatives as functions: grad(f) is again a function, and so can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import forward
from autograd.errors import ArgumentError, DisconnectedWarning, NotAScalarError, SizeError, brief, warn
from autograd.graph import operations, recording, set_recording, transform
from autograd.numbers import as_float, number
from autograd.primitives import positive
from autograd.reverse import adjoints
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["grad", "jvp", "value_and_grad"]


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f``.

    Parameters
    ----------
    f : callable
        A function of numbers that returns one number, written with operators and the functions of this package.
    argnums : int or sequence of int, optional
        Which positional arguments to differentiate by. The first, unless said otherwise.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns a float, or a tuple of them if ``argnums`` is a sequence. Where the derivative
        depends on a Value from outside ``f``, a Value comes back instead, so derivatives nest in any order.

    Raises
    ------
    ArgumentError
        If ``argnums`` names an argument twice, or one that is not there when called.
    NotAScalarError
        When called, if ``f`` returns something other than one number.
    NotANumberError
        When called, if an argument to differentiate by is not a number.

    Warns
    -----
    DisconnectedWarning
        When called, if the result does not depend on an argument it is differentiated by.

    Examples
    --------
    >>> from autograd import grad, sin
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(grad(sin)))(0.0)
    -1.0
    """
    differentiate = value_and_grad(f, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return differentiate(*args, **kwargs)[1]

    gradient.__name__ = f"grad({_name(f)})"
    return gradient


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., tuple[Any, Any]]:
    """Return the function that computes ``f`` and its derivative together.

    Parameters, errors and warnings are those of `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns the value, and the derivative in the form `grad` gives it.

    Examples
    --------
    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """
    which = list(argnums) if isinstance(argnums, Iterable) else [argnums]
    if not all(isinstance(i, int | np.integer) and not isinstance(i, bool) for i in which):
        raise ArgumentError(f"argnums must say which arguments of {_name(f)}, counted from 0, not {brief(argnums)}")
    if len(set(which)) < len(which):
        raise ArgumentError(f"an argument of {_name(f)} is named twice in argnums={tuple(which)}")

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        variables = _fresh_variables(f, args, which)
        inside = _Inside(variables)
        result = _run(f, args, dict(zip(which, variables, strict=True)), kwargs)
        if isinstance(result, Variable):
            value, found = _differentiate(result, inside)
        else:
            value, found = _one_number(f, result), {}
        for position, variable in zip(which, variables, strict=True):
            if variable not in found:
                _warn_disconnected(f, position)
        gradients = tuple(found.get(variable, 0.0) for variable in variables)
        return value, gradients if isinstance(argnums, Iterable) else gradients[0]

    value_and_gradient.__name__ = f"value_and_grad({_name(f)})"
    return value_and_gradient


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute ``f`` and its derivative in one direction, in forward mode.

    Parameters
    ----------
    f : callable
        A function of numbers that returns one number, or a list or tuple of them.
    primals : sequence of numbers
        The arguments of ``f``.
    tangents : sequence of numbers
        The direction: one number for each argument.

    Returns
    -------
    value, tangent
        Each in the form that ``f`` returns. Jacobian times ``tangents`` is the tangent.

    Raises
    ------
    SizeError
        If there are not as many tangents as primals.
    ArgumentError
        If primals or tangents are not in a list or tuple.
    NotANumberError
        If a primal or a tangent is not a number.
    NotAScalarError
        If the result is neither a number nor a sequence of them.

    Warns
    -----
    DisconnectedWarning
        If no result depends on any primal.

    Examples
    --------
    >>> from autograd import jvp
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple):
        raise ArgumentError("jvp takes its primals and its tangents in tuples: jvp(f, (x,), (1.0,))")
    if len(primals) != len(tangents):
        raise SizeError(
            f"jvp needs a tangent for each primal, but got {len(primals)} primals, {len(tangents)} tangents"
        )
    variables = _fresh_variables(f, primals, range(len(primals)))
    inside = _Inside(variables)
    result = _run(f, primals, dict(enumerate(variables)), {})
    outputs = list(result) if isinstance(result, list | tuple) else [result]
    roots = [y for y in outputs if isinstance(y, Variable)]
    directions: dict[Variable, Any] = {
        x: number(t, f"tangent {i} of jvp") for i, (x, t) in enumerate(zip(variables, tangents, strict=True))
    }
    nested = recording() and (
        any(isinstance(t, Value) for t in tangents) or inside.reaches_out(operations(roots, inside.last), roots)
    )
    if nested:
        directions = dict(zip(variables, tangents, strict=True))
    found = forward.tangents(roots, directions, create_graph=nested, since=inside.last)
    values = [_seen_outside(y, nested) if isinstance(y, Variable) else _one_number(f, y) for y in outputs]
    derivatives = [found.get(y, 0.0) if isinstance(y, Variable) else 0.0 for y in outputs]
    if not any(y in found for y in roots):
        for position in range(len(variables)):
            _warn_disconnected(f, position)
    if isinstance(result, list | tuple):
        return like(result, values), like(result, derivatives)
    return values[0], derivatives[0]


def like(original: Any, elements: Sequence[Any]) -> Any:
    """Return the elements in a list or tuple of the original's kind, named tuples included."""
    return type(original)(*elements) if hasattr(original, "_fields") else type(original)(elements)


def _fresh_variables(f: Callable[..., Any], args: Sequence[Any], which: Iterable[int]) -> list[Value]:
    """Return a new variable for each argument to differentiate by.

    New, so that nested transforms of one number stay apart; a Value from outside is its parent, so that the outer
    derivative goes through.
    """
    variables = []
    for position in which:
        if not 0 <= position < len(args):
            raise ArgumentError(
                f"{_name(f)} cannot be differentiated by its positional argument {position}: {len(args)} were given"
            )
        x = args[position]
        with set_recording(True):
            fresh = positive(x) if isinstance(x, Value) else Value(number(x, f"argument {position} of {_name(f)}"))
        variables.append(fresh)
    if not variables:
        raise ArgumentError(f"name at least one argument of {_name(f)} to differentiate by")
    return variables


def _run(f: Callable[..., Any], args: Sequence[Any], variables: Mapping[int, Value], kwargs: Mapping[str, Any]) -> Any:
    with transform(variables.values()):
        return f(*(variables.get(position, x) for position, x in enumerate(args)), **kwargs)


class _Inside:
    """What belongs to one transform: everything made after its variables were. Noted before the function runs."""

    def __init__(self, variables: Sequence[Value]) -> None:
        self.first, self.last = variables[0].stamp, variables[-1].stamp
        self.made_outside = any(variable.op is not None for variable in variables)

    def reaches_out(self, nodes: Iterable[Variable], roots: Iterable[Variable]) -> bool:
        """Tell whether a variable, a root or any node between is made from a Value older than the variables."""
        return (
            self.made_outside
            or any(root.stamp < self.first for root in roots)
            or any(parent.stamp < self.first for node in nodes for parent in node.parents)
        )


def _differentiate(result: Variable, inside: _Inside) -> tuple[Any, dict[Variable, Any]]:
    """Return the value and the adjoints: recorded if they depend on a Value from outside, else as floats."""
    found = adjoints({result: 1.0}, since=inside.last)
    nested = recording() and inside.reaches_out(found.operations, [result])
    if nested:
        found = adjoints({result: 1.0}, create_graph=True, since=inside.last)
    return _seen_outside(result, nested), found.of_leaves


def _seen_outside(node: Variable, nested: bool) -> Any:
    return node if nested else node._primal


def _one_number(f: Callable[..., Any], result: Any) -> float:
    plain = as_float(result)
    if plain is not None:
        return plain
    if result is None:
        raise NotAScalarError(f"{_name(f)} returned None: is its return statement missing?")
    raise NotAScalarError(
        f"{_name(f)} must return one number to be differentiated, but returned {type(result).__name__}: "
        f"{brief(result)}. Return one element, or a sum of them."
    )


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", None) or repr(f)


def _warn_disconnected(f: Callable[..., Any], position: int) -> None:
    warn(
        f"the result of {_name(f)} does not depend on its argument {position}, so the derivative is 0. If it should "
        "depend on it: was a number taken out by float(), .data or a function of math?",
        DisconnectedWarning,
    )
