"""Derivatives as functions: grad(f) is again a function, and so can be differentiated again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.arguments import Argnums, Arguments, name_of, named
from autograd.containers import rebuild
from autograd.errors import DisconnectedWarning, NotAScalarError, brief, warn
from autograd.numbers import as_float
from autograd.tape import Tape, holds_objects, zeros_of
from autograd.tensor import Tensor
from autograd.variable import Variable

__all__ = [
    "elementwise_grad",
    "gathered",
    "grad",
    "numeric",
    "one_number",
    "record",
    "value_and_grad",
    "warn_disconnected",
]


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of ``f``.

    Parameters
    ----------
    f : callable
        A function that returns one number, written with operators, NumPy's functions and those of this package.
    argnums : int, str, or sequence of them, optional
        Which arguments to differentiate by: numbers count positional arguments from 0, names are those of parameters.
        The first, unless said otherwise.

    Returns
    -------
    callable
        Takes what ``f`` takes. What it differentiates by may be a number, an array, or lists, tuples and dicts of
        them, nested. Returns the derivative in the same form: a float for a number, for an array one of the same shape
        and type (float64 for integers); a tuple of them if ``argnums`` is a sequence. Where the derivative depends on a
        Value or Tensor from outside ``f``, one comes back instead, so derivatives nest in any order.

    Raises
    ------
    ArgumentError
        If ``argnums`` names an argument twice, or one that is not there when called.
    NotAScalarError
        When called, if ``f`` returns something other than one number.
    NotANumberError
        When called, if what to differentiate by is not made of real numbers; its place is named.

    Warns
    -----
    DisconnectedWarning
        When called, if the result does not depend on an argument it is differentiated by, or on a part of it.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad, sin
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(grad(sin)))(0.0)
    -1.0
    >>> grad(lambda p, x: np.sum((x @ p["w"] + p["b"]) ** 2))({"w": np.array([1.0, 2.0]), "b": 0.5}, np.eye(2))
    {'w': array([3., 5.]), 'b': 8.0}
    >>> grad(lambda x, scale: scale * x, "scale")(3.0, scale=2.0)
    3.0
    """
    differentiate = value_and_grad(f, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return differentiate(*args, **kwargs)[1]

    return named("grad", f, gradient)


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """Return the function that computes ``f`` and its derivative together.

    Parameters, errors and warnings are those of `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns the value, a float, and the derivative in the form `grad` gives it.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    >>> value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    (5.0, array([2., 4.]))
    """
    arguments = Arguments(f, argnums)

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        keys, points = arguments.find(args, kwargs)
        tape = record(arguments, keys, points, args, kwargs)
        result = tape.result
        found: Mapping[Variable, Any] = {}
        if not isinstance(result, Variable):
            value: Any = one_number(f, result)
        elif not isinstance(result, Tensor):
            found = tape.pull({result: 1.0})
            value = tape.seen(result)
        else:
            if result.size != 1:
                raise _not_one_number(f, result, f"Tensor of shape {result.shape}")
            found = tape.pull({result: np.ones(result.shape, result.dtype)})
            value = tape.seen(result)
            value = value if isinstance(value, Variable) else float(value.item())
        return value, _gradient(arguments, keys, points, tape, found)

    return named("value_and_grad", f, value_and_gradient)


def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes the derivative of the sum of all that ``f`` returns.

    Where ``f`` treats the elements of an array one by one, that is the derivative of each element of the result by its
    own: ``elementwise_grad(np.tanh)`` is the derivative of tanh, for arrays. Nested, it gives higher ones.

    Parameters, errors and warnings are those of `grad`, except that ``f`` may return numbers and arrays, and lists,
    tuples and dicts of them.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns the derivative in the form of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import elementwise_grad
    >>> elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0, 3.0]))
    array([ 3., 12., 27.])
    >>> elementwise_grad(elementwise_grad(lambda x: x**3))(np.array([1.0, 2.0, 3.0]))
    array([ 6., 12., 18.])
    """
    arguments = Arguments(f, argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        keys, points = arguments.find(args, kwargs)
        tape = record(arguments, keys, points, args, kwargs)
        seeds: dict[Variable, Any] = {}
        for y in tape.outputs:
            if isinstance(numeric(f, y), Variable):
                one = np.ones(y.shape, y.dtype) if isinstance(y, Tensor) else 1.0
                seeds[y] = seeds[y] + one if y in seeds else one
        return _gradient(arguments, keys, points, tape, tape.pull(seeds))

    return named("elementwise_grad", f, derivative)


def record(
    arguments: Arguments, keys: Sequence[Any], points: Sequence[Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Tape:
    """Run the function with variables in place of the arguments found at ``keys``, and record it."""

    def run(variables: Sequence[Any]) -> Any:
        by_position, by_name = list(args), dict(kwargs)
        for key, x in zip(keys, variables, strict=True):
            if isinstance(key, str):
                by_name[key] = x
            else:
                by_position[key] = x
        return arguments.f(*by_position, **by_name)

    def label(i: int) -> str:
        labels = [label for key, point in zip(keys, points, strict=True) for label in arguments.labels(key, point)]
        return f"{labels[i]} of {name_of(arguments.f)}"

    return Tape(run, points, label)


def gathered(arguments: Arguments, points: Sequence[Any], elements: Sequence[Any]) -> Any:
    """Return something for each leaf of the points in their form: a tuple of forms if several were asked for."""
    if not arguments.several and not isinstance(points[0], list | tuple | dict):
        return elements[0]
    forms = tuple(rebuild(list(points), elements))
    return forms if arguments.several else forms[0]


def _gradient(
    arguments: Arguments, keys: Sequence[Any], points: Sequence[Any], tape: Tape, found: Mapping[Variable, Any]
) -> Any:
    """Return the derivatives found in the form of the points; zeros, with a warning, where there is none."""
    gradients = [found.get(variable) for variable in tape.variables]
    is_reached = [g is not None for g in gradients]
    if not all(is_reached):
        warn_disconnected(arguments, keys, points, is_reached)
        gradients = [zeros_of(x) if g is None else g for x, g in zip(tape.variables, gradients, strict=True)]
    return gathered(arguments, points, gradients)


def numeric(f: Callable[..., Any], y: Any) -> Any:
    """Return one leaf of the result of ``f``, if it is on the graph, a number or an array of them.

    Raises
    ------
    NotAScalarError
        If it is something else.
    """
    if isinstance(y, Variable) or (isinstance(y, np.ndarray) and y.dtype.kind in "biuf") or as_float(y) is not None:
        return y
    raise _not_numbers(f, y)


def _not_numbers(f: Callable[..., Any], y: Any) -> NotAScalarError:
    if y is None:
        return NotAScalarError(f"{name_of(f)} returned None: is its return statement missing?")
    if holds_objects(y):
        return NotAScalarError(
            f"{name_of(f)} returned an array of Python objects, in which no derivative is seen: {brief(y)}. Values and "
            "Tensors are joined by autograd.stack([...])"
        )
    return NotAScalarError(
        f"{name_of(f)} must return numbers or arrays, or lists, tuples and dicts of them, to be differentiated, but "
        f"returned {type(y).__name__}: {brief(y)}"
    )


def one_number(f: Callable[..., Any], result: Any) -> float:
    """Return what ``f`` returned, off the graph, as a float.

    Raises
    ------
    NotAScalarError
        If it is not one number.
    """
    plain = as_float(result)
    if plain is None and isinstance(result, np.ndarray) and result.size == 1 and result.dtype.kind in "biuf":
        plain = float(result.item())
    if plain is None:
        is_said = result is None or holds_objects(result)
        raise _not_numbers(f, result) if is_said else _not_one_number(f, result, type(result).__name__)
    return plain


def _not_one_number(f: Callable[..., Any], result: Any, kind: str) -> NotAScalarError:
    return NotAScalarError(
        f"{name_of(f)} must return one number to be differentiated, but returned {kind}: {brief(result)}. Return one "
        "element, or a sum of them; jacobian gives the derivative of each, elementwise_grad that of their sum."
    )


def warn_disconnected(
    arguments: Arguments, keys: Sequence[Any], points: Sequence[Any], is_reached: Sequence[bool]
) -> None:
    """Warn of leaves of the points that the result does not depend on; ``is_reached`` tells which."""
    if not all(is_reached):
        warn(
            f"the result of {name_of(arguments.f)} does not depend on "
            f"{arguments.unreached(keys, points, is_reached)}, so the derivative is 0. If it should depend on it: was "
            "a number taken out by float(), .data or a function of math?",
            DisconnectedWarning,
        )
