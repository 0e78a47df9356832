"""backward: reverse mode that writes what it finds into ``.grad``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import (
    ArgumentError,
    DisconnectedWarning,
    NonFiniteWarning,
    NotANumberError,
    NotAScalarError,
    SizeError,
    brief,
    listed,
    warn,
)
from autograd.graph import inside_transform, recording, set_recording
from autograd.numbers import number
from autograd.primitives import positive
from autograd.reverse import Adjoints, adjoints, is_finite
from autograd.tensor import Tensor
from autograd.value import Value, as_value
from autograd.variable import Variable

__all__ = ["adjoint_of", "backward"]


def backward(outputs: Any, seeds: Sequence[Any] | None = None, *, create_graph: bool = False) -> None:
    """Find the derivative of several outputs together by everything they were made from; see `Value.backward`.

    Parameters
    ----------
    outputs : Value or Tensor, or sequence of them
        The results.
    seeds : sequence of numbers and arrays, optional
        The derivative of the final result by each output, one for each and of its shape; may be left out for a single
        output of one element.
    create_graph : bool, optional
        Record the derivatives too.

    Raises
    ------
    NotAScalarError
        If there are several outputs and no seeds: a gradient is of one number.
    NotANumberError
        If an output is not a Value or Tensor, or a seed is not made of numbers.
    SizeError
        If there are not as many seeds as outputs, or a seed has not the shape of its output.
    ArgumentError
        If there is no output, or ``seeds`` is no list.

    Examples
    --------
    >>> from autograd import Value, backward
    >>> x = Value(3.0)
    >>> backward([x * x, 2 * x], seeds=[1.0, 10.0])
    >>> x.grad
    26.0
    """
    if not isinstance(outputs, Variable | list | tuple):
        raise NotANumberError(
            f"backward starts from Values and Tensors, not from {type(outputs).__name__}: {brief(outputs)}"
        )
    roots = [outputs] if isinstance(outputs, Variable) else list(outputs)
    if not roots:
        raise ArgumentError("backward from an empty list: give it at least one Value")
    if seeds is None:
        if len(roots) != 1:
            raise NotAScalarError(
                f"backward from {len(roots)} outputs needs seeds, one for each: the derivative of the final result by "
                "it. To differentiate their sum, give seeds=[1, 1, ...] or call backward on the sum."
            )
        if roots[0].__class__ is Tensor and roots[0].size != 1:
            raise NotAScalarError(
                f"backward from a tensor of shape {roots[0].shape} needs a seed of that shape: the derivative of the "
                "final result by it. A gradient is of one number: take an element, or a sum."
            )
        seeds = [np.ones(roots[0].shape) if roots[0].__class__ is Tensor else 1.0]
    if not isinstance(seeds, list | tuple):
        raise ArgumentError(f"seeds must be a list with a number for each output, not {brief(seeds)}")
    if len(seeds) != len(roots):
        raise SizeError(f"backward needs a seed for each output, but got {len(roots)} outputs and {len(seeds)} seeds")
    adjoint: dict[Variable, Any] = {}
    for root, seed in zip(roots, seeds, strict=True):
        if not isinstance(root, Variable):
            raise NotANumberError(
                f"backward starts from Values and Tensors, not from {type(root).__name__}: {brief(root)}"
            )
        if root.is_leaf:
            warn(
                f"backward starts from {root!r}, which is a leaf: nothing was recorded that it was made from. Was it "
                "computed under no_grad()?",
                DisconnectedWarning,
            )
        if isinstance(seed, Variable) and not create_graph:
            raise NotANumberError("a seed that is on the graph needs create_graph=True; without it, give its number")
        seed = adjoint_of(root, seed, "the seed of backward")
        adjoint[root] = adjoint[root] + seed if root in adjoint else seed
    with set_recording(create_graph or recording()):
        found = adjoints(adjoint, create_graph=create_graph, keep=True)
        if not create_graph and not inside_transform().isdisjoint([*found.operations, *found.of_leaves]):
            warn(
                "backward() inside grad or jvp gives gradients as plain numbers, which the outer derivative does not "
                "see; use grad inside, or backward(create_graph=True)",
                DisconnectedWarning,
            )
        are_finite = _write(found, create_graph)
        lost = next(filter(_is_nan, roots), None) if are_finite else None
        if lost is not None:
            warn(
                f"backward starts from {brief(lost)}, which is nan though all gradients are finite; "
                "find_bad(result) names where that began",
                NonFiniteWarning,
            )


def _is_nan(root: Variable) -> bool:
    x = root._primal
    return bool(x != x) if x.__class__ is float or x.size == 1 else False  # nothing else differs from itself


def adjoint_of(variable: Variable, x: Any, what: str) -> Any:
    """Return ``x`` as the walks want an adjoint or a tangent of ``variable``, or refuse it as ``what``.

    Raises
    ------
    NotANumberError
        If it is not made of real numbers.
    SizeError
        If it has not the variable's shape.
    """
    if isinstance(variable, Value):
        return x if isinstance(x, Value) else number(x, what)
    assert isinstance(variable, Tensor)
    array = (
        x if isinstance(x, Tensor) else Tensor(x._primal if isinstance(x, Value) else x, dtype=variable.dtype)._primal
    )
    if array.shape != variable.shape:
        raise SizeError(f"{what} must have the shape of its tensor, {variable.shape}, not {array.shape}")
    return array


def _write(found: Adjoints, create_graph: bool) -> bool:
    """Write the gradients down, and tell whether those of leaves are finite."""
    shared = set() if create_graph else set(map(id, found.of_operations))
    for node, adjoint in zip(found.operations, found.of_operations):  # noqa: B905  # of one length by construction
        node._grad = _as_variable(node, adjoint) if create_graph else adjoint
        node.reached = 1
    non_finite = []
    for leaf, adjoint in found.of_leaves.items():
        gradient = _as_variable(leaf, adjoint) if create_graph else _own(leaf, adjoint, shared)
        leaf._grad = gradient if leaf._grad is None else _sum(leaf._grad, gradient)
        leaf.reached += 1
        if not (found.is_finite and isinstance(leaf, Tensor)) and not is_finite(gradient):
            non_finite.append(leaf)
    if non_finite:
        names = [
            node.name or (brief(node) if isinstance(node, Tensor) else f"Value({node._primal!r})")
            for node in non_finite
        ]
        warn(
            f"the gradient of {listed(names)} is not finite; find_bad(result) names the first local gradient that is "
            "inf or nan, and inside debug() its line",
            NonFiniteWarning,
        )
    return not non_finite


def _sum(before: Any, gradient: Any) -> Any:
    total = before + gradient
    return np.asarray(total) if isinstance(total, np.generic) else total  # of no axes, yet the owner's to write to


def _as_variable(node: Variable, adjoint: Any) -> Variable:
    if isinstance(node, Value):
        return as_value(adjoint)
    if isinstance(adjoint, Tensor):
        return adjoint
    return (
        Tensor.apply(positive, (adjoint,)) if isinstance(adjoint, Value) else Tensor(adjoint, dtype=node._primal.dtype)
    )


def _own(leaf: Variable, adjoint: Any, shared: set[int]) -> Any:
    """Return a gradient that shares its memory with no other, so that the leaf's owner may write to it."""
    if not isinstance(leaf, Tensor):
        return adjoint
    array = np.asarray(adjoint)
    if array.base is not None or id(array) in shared or not array.flags.writeable:
        array = np.array(array)
    shared.add(id(array))
    return array
