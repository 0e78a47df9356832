"""Products with the Jacobian and the Hessian, which are never formed: jvp, vjp, hvp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.arguments import Argnums, Arguments, name_of, named
from autograd.containers import leaves, rebuild
from autograd.errors import ArgumentError, SizeError, brief
from autograd.functional import gathered, grad, numeric, record, warn_disconnected
from autograd.tape import directions, plain_copy, zeros_of
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["hessian_vector_product", "hvp", "jvp", "make_jvp", "make_vjp", "vjp"]


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute ``f`` and its derivative in one direction, in forward mode.

    Parameters
    ----------
    f : callable
        A function that returns numbers or arrays, or lists, tuples and dicts of them.
    primals : list or tuple
        The arguments of ``f``: numbers, arrays, and lists, tuples and dicts of them.
    tangents : list or tuple
        The direction: for each argument one of its form and shape.

    Returns
    -------
    value, tangent
        Each in the form that ``f`` returns. The tangent is the Jacobian times ``tangents``.

    Raises
    ------
    SizeError
        If there are not as many tangents as primals, or one has not the form or shape of its primal.
    ArgumentError
        If primals or tangents are not in a list or tuple.
    NotANumberError
        If a primal or a tangent is not made of real numbers.
    NotAScalarError
        If a part of the result is neither a number nor an array.

    Warns
    -----
    DisconnectedWarning
        If no result depends on any primal.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jvp
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    >>> jvp(lambda x: {"squares": x**2}, (np.array([1.0, 2.0]),), (np.array([1.0, 10.0]),))
    ({'squares': array([1., 4.])}, {'squares': array([ 2., 40.])})
    """
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple):
        raise ArgumentError("jvp takes its primals and its tangents in tuples: jvp(f, (x,), (1.0,))")
    if len(primals) != len(tangents):
        raise SizeError(
            f"jvp needs a tangent for each primal, but got {len(primals)} primals, {len(tangents)} tangents"
        )
    value, tangent = _linearized(f, range(len(primals)), primals, {}, "tangent {} of jvp")(tangents)
    return value, tangent


def make_jvp(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Callable[[Any], tuple[Any, Any]]]:
    """Return a function that records ``f`` at a point, for derivatives in many directions there.

    Parameters
    ----------
    f : callable
        As for `jvp`.
    argnums : int, str, or sequence of them, optional
        Which arguments move, as for `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes, and returns a function of a direction, which has the form of the argument (a tuple of
        them if ``argnums`` is a sequence). That function returns the value and the tangent, as `jvp` does, and can be
        called many times; ``f`` is run only once.

    Raises
    ------
    ArgumentError, SizeError, NotANumberError, NotAScalarError
        As by `jvp`, when called.

    Examples
    --------
    >>> from autograd import make_jvp
    >>> along = make_jvp(lambda x, y: x * y**2, argnums=(0, 1))(2.0, 3.0)
    >>> along((1.0, 0.0)), along((0.0, 1.0))
    ((18.0, 9.0), (18.0, 12.0))
    """

    def at(*args: Any, **kwargs: Any) -> Callable[[Any], tuple[Any, Any]]:
        return _linearized(f, argnums, args, kwargs, "part {} of a direction of make_jvp")

    return named("make_jvp", f, at)


def _linearized(
    f: Callable[..., Any], argnums: Any, args: Sequence[Any], kwargs: Any, what: str, *, may_be_constant: bool = False
) -> Callable[[Any], tuple[Any, Any]]:
    """Record ``f`` and return the function from a direction to the value and the tangent.

    ``what`` is what messages call a part of the direction, with braces for its number.
    """
    arguments = Arguments(f, argnums)
    keys, points = arguments.find(args, kwargs)
    tape = record(arguments, keys, points, args, kwargs)
    outputs = [numeric(f, y) for y in tape.outputs]

    def along(direction: Any) -> tuple[Any, Any]:
        parts = direction if arguments.several else [direction]
        if not isinstance(parts, list | tuple) or len(parts) != len(points):
            raise SizeError(
                f"a direction in {len(points)} arguments of {name_of(f)} is a tuple of as many parts, not "
                f"{brief(parts)}"
            )
        moving: list[Any] = []
        start = 0
        for i, (point, part) in enumerate(zip(points, parts, strict=True)):
            count = len(leaves(point))
            moving += directions(tape.variables[start : start + count], point, part, what.format(f"{i}{{}}"))
            start += count
        pushed = tape.push(dict(zip(tape.variables, moving, strict=True)))
        if not may_be_constant and all(t is None for t in pushed):
            warn_disconnected(arguments, keys, points, [False] * len(moving))
        tangents = [_as_output(y, t) for y, t in zip(outputs, pushed, strict=True)]
        return rebuild(tape.result, map(tape.seen, outputs)), rebuild(tape.result, tangents)

    return along


def _as_output(y: Any, tangent: Any) -> Any:
    """Return the tangent of an output as the caller sees it: zeros for one that stands still."""
    if tangent is None:
        return plain_copy(zeros_of(y))
    if isinstance(tangent, Variable):
        return tangent
    return float(tangent) if isinstance(y, Value) else plain_copy(tangent)


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Compute ``f``, and the function that pulls derivatives by its result back to its arguments, in reverse mode.

    Parameters
    ----------
    f : callable
        A function that returns numbers or arrays, or lists, tuples and dicts of them.
    *primals
        The arguments of ``f``: numbers, arrays, and lists, tuples and dicts of them.

    Returns
    -------
    value, pull
        The value in the form that ``f`` returns. ``pull(seed)`` takes the derivative of something by the value, in the
        value's form and shapes, and returns the derivative of it by the primals: a tuple of cotangents, each in the
        form of its primal. It can be called many times; ``f`` is run only once.

    Raises
    ------
    NotANumberError
        If a primal or a seed is not made of real numbers.
    NotAScalarError
        If a part of the result is neither a number nor an array.
    SizeError
        By ``pull``, if a seed has not the form or shape of the value.

    Warns
    -----
    DisconnectedWarning
        If the result does not depend on a primal, or on a part of it.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import vjp
    >>> value, pull = vjp(lambda x, s: s * x**2, np.array([1.0, 2.0, 3.0]), 2.0)
    >>> value
    array([ 2.,  8., 18.])
    >>> pull(np.array([1.0, 0.0, 0.0]))
    (array([4., 0., 0.]), 1.0)
    """
    pull, value = _pulling(f, range(len(primals)), primals, {})
    return value, pull


def make_vjp(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Callable[[Any], Any], Any]]:
    """Return a function that records ``f`` at a point, to pull derivatives by its result back to an argument.

    Parameters
    ----------
    f : callable
        As for `vjp`.
    argnums : int, str, or sequence of them, optional
        Which arguments to pull back to, as for `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes, and returns ``(pull, value)``. ``pull(seed)`` is as that of `vjp`, but returns the
        cotangent of the argument alone; a tuple of them if ``argnums`` is a sequence.

    Raises
    ------
    ArgumentError, SizeError, NotANumberError, NotAScalarError
        As by `grad` and `vjp`, when called.

    Warns
    -----
    DisconnectedWarning
        As by `vjp`.

    Examples
    --------
    >>> from autograd import make_vjp
    >>> pull, value = make_vjp(lambda x, y: (x * y, x + y))(2.0, 3.0)
    >>> value, pull((1.0, 0.0)), pull((0.0, 1.0))
    ((6.0, 5.0), 3.0, 1.0)
    """

    def at(*args: Any, **kwargs: Any) -> tuple[Callable[[Any], Any], Any]:
        return _pulling(f, argnums, args, kwargs)

    return named("make_vjp", f, at)


def _pulling(f: Callable[..., Any], argnums: Any, args: Sequence[Any], kwargs: Any) -> tuple[Callable[[Any], Any], Any]:
    arguments = Arguments(f, argnums)
    keys, points = arguments.find(args, kwargs)
    tape = record(arguments, keys, points, args, kwargs)
    outputs = [numeric(f, y) for y in tape.outputs]
    warn_disconnected(arguments, keys, points, tape.reached())

    def pull(seed: Any) -> Any:
        seeds: dict[Variable, Any] = {}
        for y, adjoint in zip(outputs, directions(outputs, tape.result, seed, "the seed{} of vjp"), strict=True):
            if isinstance(y, Variable):
                seeds[y] = seeds[y] + adjoint if y in seeds else adjoint
        found = tape.pull(seeds)
        return gathered(arguments, points, [found[x] if x in found else zeros_of(x) for x in tape.variables])

    return pull, rebuild(tape.result, map(tape.seen, outputs))


def hvp(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes the Hessian of ``f`` times a vector, without the Hessian.

    The derivative of the gradient in one direction: forward mode over reverse mode, at the price of a few gradients
    whatever the size (B. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6, 1994).

    Parameters
    ----------
    f : callable
        A function that returns one number, as for `grad`.
    argnums : int, str, or sequence of them, optional
        Which arguments to differentiate by, as for `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes, and behind the last positional argument the vector, which has the form of what is
        differentiated by (a tuple of forms if ``argnums`` is a sequence). Returns the product in the same form.

    Raises
    ------
    ArgumentError, NotAScalarError, NotANumberError
        As by `grad`, when called.
    SizeError
        When called, if the vector has not the form or shape of the argument.

    Warns
    -----
    DisconnectedWarning
        When called, if the result does not depend on an argument. A second derivative of zero is no reason.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import hvp
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """

    def product(*args: Any, **kwargs: Any) -> Any:
        if not args:
            raise ArgumentError(f"hvp({name_of(f)}) takes a vector behind the arguments of {name_of(f)}")
        return linearized_gradient(f, argnums, args[:-1], kwargs)(args[-1])

    product.__name__ = f"hvp({name_of(f)})"
    return product


hessian_vector_product = hvp


def linearized_gradient(
    f: Callable[..., Any], argnums: Argnums, args: Sequence[Any], kwargs: Any
) -> Callable[[Any], Any]:
    """Record the gradient of ``f`` at a point, and return the function that multiplies vectors with the Hessian."""
    what = "part {} of the vector of hvp"
    along = _linearized(grad(f, argnums), argnums, args, kwargs, what, may_be_constant=True)
    return lambda vector: along(vector)[1]
