"""checkpoint: a function as one operation, which is computed again where its derivative is wanted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.arguments import name_of, named
from autograd.array_rows import ArrayPrimitive
from autograd.arrays.joining import concatenate
from autograd.arrays.shapes import reshape
from autograd.containers import leaves, rebuild
from autograd.errors import GraphChangedError
from autograd.functional import numeric
from autograd.graph import operations, recording
from autograd.reverse import fitted
from autograd.settings import own
from autograd.tape import Tape, zeros_of
from autograd.tensor import Tensor
from autograd.variable import Variable

__all__ = ["Checkpoint", "checkpoint"]


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``f`` as a function that does not keep its graph, but computes it again in the backward pass.

    Memory for time: of a chain of n checkpointed functions only the results between them are kept, and one graph at a
    time is built again (A. Griewank, Achieving logarithmic growth of temporal and spatial complexity in reverse
    automatic differentiation, Optimization Methods and Software 1, 1992). Values and derivatives are those of ``f``, in
    every mode and to any order; the derivatives are checkpointed in their turn. Values and Tensors that ``f`` uses
    without taking them as arguments have their derivatives too.

    Parameters
    ----------
    f : callable
        Takes anything, and returns numbers or arrays, or lists, tuples and dicts of them. Called again, it must return
        the same: a function that draws random numbers takes them as an argument.

    Returns
    -------
    callable
        Takes what ``f`` takes and returns what ``f`` returns.

    Raises
    ------
    NotAScalarError
        If a part of the result is neither a number nor an array.
    GraphChangedError
        In the backward pass, if ``f`` computed again returns something else than before.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import checkpoint, grad
    >>> layer = checkpoint(lambda x, w: np.tanh(x * w))
    >>> def loss(w):
    ...     return np.sum(layer(layer(np.array([1.0, 2.0]), w), w))
    >>> grad(loss)(0.0)
    0.0
    """
    return named("checkpoint", f, _checkpointed(f, name_of(f)))


def _checkpointed(f: Callable[..., Any], name: str) -> Callable[..., Any]:
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        if not recording():
            return f(*args, **kwargs)
        form = [args, kwargs]
        arguments = [own(x) for x in leaves(form)]
        moving = [i for i, x in enumerate(arguments) if isinstance(x, Variable)]

        def run(variables: Sequence[Any]) -> Any:
            everything = list(arguments)
            for i, x in zip(moving, variables, strict=True):
                everything[i] = x
            args, kwargs = rebuild(form, everything)
            return f(*args, **kwargs)

        run.__name__ = name  # what messages call it
        operands = [arguments[i] for i in moving]
        return _as_one_operation(name, run, operands)

    return checkpointed


def _as_one_operation(name: str, run: Callable[[Sequence[Any]], Any], operands: Sequence[Variable]) -> Any:
    """Run the function and return its result, made of one node in place of its graph."""
    tape = Tape(run, [_detached(x) for x in operands])
    outputs = [numeric(run, y) for y in tape.outputs]
    moving = [isinstance(y, Variable) and not (y.is_leaf and not y.is_older_than(tape.last)) for y in outputs]
    roots = list(itertools.compress(outputs, moving))
    captured = _captured(tape, roots)
    if not roots or not (operands or captured):
        return tape.result
    row = Checkpoint(name, run, [type(x) for x in operands], captured, moving, _packed([y._primal for y in roots]))
    node = Tensor.apply_array_row(row, (*operands, *captured), {})
    parts = iter(_unpacked(node, roots))
    return rebuild(tape.result, [next(parts) if moves else y for y, moves in zip(outputs, moving, strict=True)])


def _detached(x: Variable) -> Any:
    """Return what is in a Variable: for a Tensor an array, though it have no axes."""
    return np.asarray(x._primal) if isinstance(x, Tensor) else x._primal


def _captured(tape: Tape, roots: Sequence[Variable]) -> list[Variable]:
    """Return the Variables from outside that the result is made of, without their having been arguments."""
    candidates = itertools.chain(roots, *(node.parents for node in operations(roots, tape.last)))
    return list(dict.fromkeys(x for x in candidates if x.is_older_than(tape.first)))


def _packed(parts: Sequence[Any]) -> Any:
    """Return several results as one array, their elements one behind the other; one result as it is."""
    if len(parts) > 1:
        return concatenate([reshape(x, (-1,)) for x in parts])
    return parts[0] if isinstance(parts[0], Variable) else np.asarray(parts[0])


def _unpacked(packed: Any, likes: Sequence[Variable]) -> list[Any]:
    """Return the parts of what was packed, each of the kind, type and shape of one of ``likes``."""
    if len(likes) == 1:
        return [fitted(packed, likes[0])]
    bounds = list(itertools.accumulate((np.size(x._primal) for x in likes), initial=0))
    return [
        fitted(reshape(packed[start:end], np.shape(x._primal)), x)
        for x, (start, end) in zip(likes, itertools.pairwise(bounds), strict=True)
    ]


def _same(a: Any, b: Any) -> bool:
    """Tell whether two arrays are the same but for rounding."""
    if a.shape != b.shape:
        return False
    largest = np.max(np.abs(b), where=np.isfinite(b), initial=0.0)
    return np.allclose(a, b, rtol=0.0, atol=largest * np.sqrt(np.finfo(b.dtype).eps), equal_nan=True)


class Checkpoint(ArrayPrimitive):
    """A row made for one call of a function: its operands are what the call was made of, its value the result.

    Attributes
    ----------
    run : callable
        Calls the function, with the operands that were arguments in their places.
    kinds : sequence of type
        What those are: Value or Tensor.
    captured : sequence of Variable
        The other operands, which the function gets hold of by itself.
    moving : sequence of bool
        Which leaves of the result belong to the value, where several are packed into one array.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[Any]], Any],
        kinds: Sequence[type],
        captured: Sequence[Variable],
        moving: Sequence[bool],
        result: Any,
    ) -> None:
        super().__init__(f"checkpoint({name})", lambda *arrays: result, self._transpose)
        self.function_name = name
        self.run = run
        self.kinds = kinds
        self.captured = captured
        self.moving = moving
        self.result = result
        self.pulled: tuple[Any, Any, Sequence[Any]] | None = None

    def _transpose(self, g: Any, y: Any, *operands: Any, position: int) -> Any:
        kept = self.pulled
        if kept is None or kept[0] is not g or kept[1] is not y:  # the first operand asks, and the others are answered
            if isinstance(y, Variable) or isinstance(g, Variable):
                kept = g, y, self._derivative(self._pull_recorded)(g, *operands)
            else:
                kept = g, y, self._pull(g, operands, create_graph=False)
        self.pulled = kept if position < len(operands) - 1 else None
        return kept[2][position]

    def _derivative(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return _checkpointed(function, f"derivative of {self.function_name}")

    def _pull_recorded(self, g: Any, *operands: Any) -> list[Any]:
        return self._pull(g, operands, create_graph=True)

    def _pull(self, g: Any, operands: Sequence[Any], create_graph: bool) -> list[Any]:
        """Return the derivative by each operand, given that by the result."""
        tape, roots = self._again(operands)
        seeds: dict[Variable, Any] = {}
        for root, seed in zip(roots, _unpacked(g, roots), strict=True):
            seeds[root] = seeds[root] + seed if root in seeds else seed
        found: Mapping[Variable, Any] = tape.pull(seeds, create_graph)
        return [found[x] if x in found else zeros_of(x) for x in (*tape.variables, *self.captured)]

    def tangent(self, tangents: Sequence[Any], operands: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Return the derivative along ``tangents``, which is that of the function itself."""
        everything = [*tangents, *operands]
        if any(isinstance(x, Variable) for x in everything):
            return self._derivative(self._push_recorded)(tangents, operands)
        return self._push(tangents, operands, create_graph=False)

    def _push_recorded(self, tangents: Sequence[Any], operands: Sequence[Any]) -> Any:
        return self._push(tangents, operands, create_graph=True)

    def _push(self, tangents: Sequence[Any], operands: Sequence[Any], create_graph: bool) -> Any:
        tape, roots = self._again(operands)
        variables = (*tape.variables, *self.captured)
        moving = {x: t for x, t in zip(variables, tangents, strict=True) if t is not None}
        pushed = itertools.compress(tape.push(moving, create_graph), self.moving)
        return _packed([zeros_of(y) if t is None else t for y, t in zip(roots, pushed, strict=True)])

    def _again(self, operands: Sequence[Any]) -> tuple[Tape, list[Variable]]:
        """Run the function once more, on the operands that were arguments."""
        points = [
            x if isinstance(x, Variable) else np.asarray(x) if kind is Tensor else float(x)
            for x, kind in zip(operands, self.kinds, strict=False)
        ]
        tape = Tape(self.run, points)
        outputs = tape.outputs
        roots = list(itertools.compress(outputs, self.moving))
        if not (
            len(outputs) == len(self.moving)
            and all(isinstance(y, Variable) for y in roots)
            and _same(_packed([y._primal for y in roots]), self.result)
            and set(self.captured).issuperset(_captured(tape, roots))
        ):
            raise GraphChangedError(
                f"{self.function_name}, computed again for its derivative, gave another result than before: it draws "
                "random numbers, or something that it uses has changed since. Give it as an argument what it uses"
            )
        return tape, roots
