"""jacobian and hessian: every derivative of every output by every input, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

from autograd.arguments import Argnums, Arguments, named
from autograd.arrays.joining import stack
from autograd.arrays.shapes import astype, reshape
from autograd.containers import rebuild
from autograd.errors import ArgumentError
from autograd.functional import gathered, grad, numeric, record, warn_disconnected
from autograd.tape import Tape, plain_copy, zeros_of
from autograd.tensor import Tensor
from autograd.variable import Variable, primal

__all__ = ["hessian", "jacobian"]

Mode = Literal["auto", "forward", "reverse"]


def jacobian(f: Callable[..., Any], argnums: Argnums = 0, mode: Mode = "auto") -> Callable[..., Any]:
    """Return the function that computes the derivative of every output of ``f`` by every input.

    ``f`` is recorded once, and the graph is walked over once for each input element (forward mode) or once for each
    output element (reverse mode).

    Parameters
    ----------
    f : callable
        A function that returns numbers or arrays, or lists, tuples and dicts of them.
    argnums : int, str, or sequence of them, optional
        Which arguments to differentiate by, as for `grad`.
    mode : {"auto", "forward", "reverse"}, optional
        Which way to walk; reverse where there are no more output elements than input elements, unless said otherwise.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns an array of shape ``out.shape + in.shape``, of the type of the input; a number
        has no axes, and the derivative of a number by a number is a float. Containers nest: outside is the form of the
        result, in the place of each leaf the form of the argument (a tuple of forms if ``argnums`` is a sequence).

    Raises
    ------
    ArgumentError
        If ``mode`` is none of the three; and as by `grad`.
    NotANumberError
        When called, if what to differentiate by is not made of real numbers; its place is named.
    NotAScalarError
        When called, if a part of the result is neither a number nor an array.

    Warns
    -----
    DisconnectedWarning
        When called, if the result does not depend on an argument, or on a part of it.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import jacobian
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[1] ** 2]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [0., 6.]])
    >>> jacobian(lambda p: {"sum": p["a"] + p["b"]})({"a": 1.0, "b": np.array([1.0, 2.0])})
    {'sum': {'a': array([1., 1.]), 'b': array([[1., 0.],
           [0., 1.]])}}
    """
    return named("jacobian", f, _jacobian(f, argnums, mode, may_be_constant=False))


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function that computes every second derivative of ``f``: forward mode over reverse mode.

    Parameters
    ----------
    f : callable
        A function that returns one number, as for `grad`.
    argnums : int, str, or sequence of them, optional
        Which arguments to differentiate by, as for `grad`.

    Returns
    -------
    callable
        Takes what ``f`` takes. Returns for an array of shape ``s`` one of shape ``s + s``, for a number a float; for
        containers the form of the argument, with one of that form in the place of each leaf, as `jacobian` does.

    Raises
    ------
    ArgumentError, NotAScalarError, NotANumberError
        As by `grad`.

    Warns
    -----
    DisconnectedWarning
        When called, if the result does not depend on an argument. A second derivative of zero is no reason.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return named("hessian", f, _jacobian(grad(f, argnums), argnums, "forward", may_be_constant=True))


def _jacobian(f: Callable[..., Any], argnums: Argnums, mode: str, may_be_constant: bool) -> Callable[..., Any]:
    if mode not in ("auto", "forward", "reverse"):
        raise ArgumentError(f"jacobian works in the mode 'auto', 'forward' or 'reverse', not {mode!r}")
    arguments = Arguments(f, argnums)

    def derivatives(*args: Any, **kwargs: Any) -> Any:
        keys, points = arguments.find(args, kwargs)
        tape = record(arguments, keys, points, args, kwargs)
        outputs = [numeric(f, y) for y in tape.outputs]
        is_reached = tape.reached()
        if not may_be_constant:
            warn_disconnected(arguments, keys, points, is_reached)
        forward = mode == "forward" or (mode == "auto" and _size(outputs) > _size(tape.variables))
        blocks = (_by_columns if forward else _by_rows)(tape, outputs)
        return rebuild(tape.result, (gathered(arguments, points, blocks_of_output) for blocks_of_output in blocks))

    return derivatives


def _size(xs: Sequence[Any]) -> int:
    return sum(int(np.size(primal(x))) for x in xs)


def _by_rows(tape: Tape, outputs: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield for each output the blocks by each variable, in reverse mode: a walk for each element of the output."""
    tape.reaches_out()
    for y in outputs:
        shape = np.shape(primal(y))
        if not isinstance(y, Variable):
            yield [_block([], 0, shape + np.shape(x._primal), x) for x in tape.variables]
            continue
        walks = [tape.pull({y: seed}) for seed in _unit_vectors(y)]
        yield [
            _block([w[x] if x in w else zeros_of(x) for w in walks], 0, shape + np.shape(x._primal), x)
            for x in tape.variables
        ]


def _by_columns(tape: Tape, outputs: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield for each output the blocks by each variable, in forward mode: a walk for each element of the variables."""
    walks = [[tape.push({x: unit}) for unit in _unit_vectors(x)] for x in tape.variables]
    for k, y in enumerate(outputs):
        shape = np.shape(primal(y))
        yield [
            _block([zeros_of(y) if w[k] is None else w[k] for w in of_x], -1, shape + np.shape(x._primal), x)
            for x, of_x in zip(tape.variables, walks, strict=True)
        ]


def _unit_vectors(x: Variable) -> Iterator[Any]:
    """Yield the seeds of each element of ``x``: one there, zero everywhere else."""
    if not isinstance(x, Tensor):
        yield 1.0
        return
    for i in range(x.size):
        unit = np.zeros(x.size, x.dtype)
        unit[i] = 1.0
        yield unit.reshape(x.shape)


def _block(parts: Sequence[Any], axis: int, shape: tuple[int, ...], x: Variable) -> Any:
    """Return derivatives that come in parts along ``axis`` as one array, or as the number that it is."""
    if shape == () and parts:
        return parts[0] if isinstance(parts[0], Variable) else plain_copy(parts[0])
    dtype = x.dtype if isinstance(x, Tensor) else np.dtype(np.float64)
    if not parts:
        return np.zeros(shape, dtype) if shape else plain_copy(zeros_of(x))
    block = reshape(stack(parts, axis), shape)
    return block if block.dtype == dtype else astype(block, dtype=dtype)
