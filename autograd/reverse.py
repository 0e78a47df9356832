"""Reverse mode: one walk from the result to the leaves gives the derivative by all of them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from autograd.array_code import array_code, pullback
from autograd.arrays.shapes import astype
from autograd.errors import NotANumberError, SizeError, brief
from autograd.graph import ensure_unchanged, set_recording
from autograd.numbers import number
from autograd.primitives import positive, strong_mul
from autograd.rows import Primitive
from autograd.tensor import Tensor
from autograd.value import Value, as_value, recorded_value
from autograd.variable import Variable, primal, warn_of_limits

__all__ = [
    "Adjoints",
    "adjoints",
    "arrays_of",
    "contributions",
    "elementwise_partial",
    "fitted",
    "is_finite",
    "local_jacobian",
    "local_partials",
    "transpose_of",
]


class Adjoints(NamedTuple):
    """The derivative of a result by every node it depends on.

    Attributes
    ----------
    operations : list of Variable
        The nodes entered, newest first.
    of_operations : list
        Their adjoints, in the same order, if they were to be kept.
    of_leaves : dict
        The adjoints of the nodes not entered: leaves, and nodes older than the walk goes.
    is_finite : bool
        Whether all these are finite; not asked if no Tensor was met.
    """

    operations: list[Variable]
    of_operations: list[Any]
    of_leaves: dict[Variable, Any]
    is_finite: bool


def adjoints(
    seeds: Mapping[Variable, Any], *, create_graph: bool = False, since: int = -1, keep: bool = False
) -> Adjoints:
    """Return the adjoint (the derivative of the result by it) of every node the roots depend on.

    Pure: no node is touched. By the chain rule, the adjoint of a node is the sum over its uses of the adjoint of the
    result of that use times the local gradient there.

    Parameters
    ----------
    seeds : mapping of Variable to number, array or Variable
        The roots, each with its own adjoint.
    create_graph : bool, optional
        Read the rows again on Variables, so that adjoints are recorded expressions.
    since : int, optional
        Nodes no younger than this stamp get an adjoint but are not entered.
    keep : bool, optional
        Keep the adjoints of operations too, and not of leaves alone. Those of Tensors take memory.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    with np.errstate(all="ignore"):
        found = _walk(seeds, create_graph, since, keep, strong=False)
        # Zero times a partial that is not finite is zero. Arrays are not searched for it: a walk that met one has
        # nan or inf at a leaf, for neither ever turns finite again, and is walked once more, with care.
        return found if found.is_finite else _walk(seeds, create_graph, since, keep, strong=True)


def _walk(seeds: Mapping[Variable, Any], create_graph: bool, since: int, keep: bool, strong: bool) -> Adjoints:
    so_far = dict(seeds)
    operations: list[Variable] = []
    of_operations: list[Any] = []
    leaves: list[Variable] = []
    waiting: dict[int, Variable] = {}
    collecting: set[Variable] = set()  # whose adjoint is an array of this walk alone, for parts to be added to
    has_tensors = False
    order: list[int] = []  # a heap of falling stamps: a node is younger than its parents, so newest first is in order

    def meet(node: Variable) -> None:
        if node.op is None:
            leaves.append(node)
        elif node.stamp > since:
            waiting[-node.stamp] = node
            heappush(order, -node.stamp)

    for root in seeds:
        meet(root)
    while order:
        node: Any = waiting.pop(heappop(order))
        adjoint = so_far.pop(node)  # all uses are younger, so it is complete
        operations.append(node)
        if keep:
            of_operations.append(adjoint)
        if create_graph or node.__class__ is Tensor or adjoint - adjoint != 0:
            is_tensor = node.__class__ is Tensor
            has_tensors = has_tensors or is_tensor
            if is_tensor and not create_graph and getattr(node.op, "add_to", None) is not None:
                (parent,) = node.parents
                if parent not in collecting:
                    total = np.zeros(parent.shape, parent.dtype)
                    if parent in so_far:
                        total += so_far[parent]
                    else:
                        meet(parent)
                    so_far[parent] = total
                    collecting.add(parent)
                node.op.add_to(so_far[parent], adjoint, **node.settings)
                continue
            pull = _pulled_back if is_tensor else _contributions
            for parent, contribution in pull(node, adjoint, create_graph, strong):
                if parent in collecting:
                    so_far[parent] += contribution
                elif parent in so_far:
                    so_far[parent] = so_far[parent] + contribution
                else:
                    so_far[parent] = contribution
                    meet(parent)
        elif adjoint == 0:  # zero times anything is zero, inf and nan included
            for parent in node.parents:
                if parent not in so_far:
                    so_far[parent] = 0.0
                    meet(parent)
        else:  # the usual case, written out for speed: finite and not zero, so no product is zero times inf
            for parent, partial in zip(node.parents, node.partials):  # noqa: B905
                if parent in so_far:
                    so_far[parent] += adjoint * partial
                else:
                    so_far[parent] = adjoint * partial
                    meet(parent)
    ensure_unchanged(operations, leaves)
    return Adjoints(operations, of_operations, so_far, not has_tensors or all(map(is_finite, so_far.values())))


def _contributions(node: Any, adjoint: Any, create_graph: bool, strong: bool) -> list[tuple[Variable, Any]]:
    """Return each parent with what its adjoint gains from that of a Value: the product with strong zeros."""
    partials = local_partials(node) if create_graph else node.partials
    warn_of_limits(node, [(number(adjoint, "an adjoint"), number(partial, "a partial")) for partial in partials])
    multiply = strong_mul if create_graph else strong_mul.scalar_function
    products = [multiply(adjoint, partial) for partial in partials]
    return [(parent, fitted(p, parent)) for parent, p in zip(node.parents, products, strict=True)]


def _pulled_back(node: Any, adjoint: Any, create_graph: bool, strong: bool) -> Iterator[tuple[Variable, Any]]:
    """Yield each parent with what its adjoint gains from that of a Tensor."""
    adjoint = np.float64(adjoint) if adjoint.__class__ is float else adjoint
    row, inputs = node.op, node.inputs
    y, operands = (node, inputs) if create_graph else (node._primal, arrays_of(inputs))
    is_elementwise = row.__class__ is Primitive
    is_usual = is_elementwise and not (create_graph or strong)
    for position, parent in enumerate(inputs):
        if parent.__class__ is Tensor or parent.__class__ is Value:
            if is_usual:
                pull = array_code(row).pullbacks[position]
            elif is_elementwise:
                if strong:
                    warn_of_limits(node, [(primal(adjoint), elementwise_partial(node, position))])
                pull = pullback(row, position, create_graph, strong)
            else:
                pull = transpose_of(row, position, strong)
                if strong and row.linear != "each":
                    pull = functools.partial(_pulled_strongly, pull, create_graph)
            try:
                contribution = pull(adjoint, y, *operands, **node.settings)
            except ArithmeticError:
                contribution = pull(adjoint, y, *_ieee(operands), **node.settings)
            yield parent, fitted(contribution, parent)


def contributions(node: Any, adjoint: Any) -> list[Any]:
    """Return what the adjoint of each of the node's parents gains from its own, in operand order; zeros are strong."""
    pull = _pulled_back if node.__class__ is Tensor else _contributions
    with np.errstate(all="ignore"):
        found = [part for _, part in pull(node, adjoint, False, False)]
        return found if all(map(is_finite, found)) else [part for _, part in pull(node, adjoint, False, True)]


def _pulled_strongly(
    pull: Callable[..., Any], create_graph: bool, g: Any, y: Any, *operands: Any, **settings: Any
) -> Any:
    """Return ``pull(g, y, *operands)`` with strong zeros: linear in ``g``, it is its own tangent along ``g``."""
    from autograd.forward import tangents  # which looks down on this mode

    with set_recording(True):
        still = Tensor(np.zeros(np.shape(primal(g)), primal(g).dtype))
        pulled = pull(still, y, *operands, **settings)
    if not isinstance(pulled, Variable):  # zero
        return pulled
    found = tangents([pulled], {still: g}, create_graph=create_graph, since=still.stamp, warns=False)
    return found.get(pulled, np.zeros_like(pulled._primal))


def transpose_of(row: Any, position: int, strong: bool = False) -> Callable[..., Any]:
    """Return the transpose that an array row states for the operand at ``position``; a user's is checked when called.

    Raises
    ------
    SizeError
        When called, if the row has not one transpose for each operand, or this one returns an array that has not the
        operand's shape, nor one from which a broadcasting is undone.
    NotANumberError
        When called, if it returns something else than a number, an array or a Variable.
    """
    if row.is_of_the_table:
        transpose: Callable[..., Any] = row.transpose(position, strong)
        return transpose
    return functools.partial(_checked_transpose, row, position, strong)


def _checked_transpose(row: Any, position: int, strong: bool, g: Any, y: Any, *operands: Any, **settings: Any) -> Any:
    if not callable(row.transposes) and len(row.transposes) != len(operands):
        raise SizeError(
            f"the row {row.name!r} needs one transpose for each operand, but has {len(row.transposes)} for "
            f"{len(operands)}"
        )
    found = row.transpose(position, strong)(g, y, *operands, **settings)
    if not isinstance(found, Variable | np.ndarray | np.number | float | int):
        raise NotANumberError(
            f"the transpose of the row {row.name!r} for operand {position} must return an array, not "
            f"{type(found).__name__}: {brief(found)}"
        )
    shape, *others = [np.shape(primal(x)) for x in (found, y, *operands)]
    wanted = others.pop(position + 1)
    if shape != wanted and not _undoes_broadcasting(shape, wanted, others):
        raise SizeError(
            f"the transpose of the row {row.name!r} for operand {position} must return an array of the operand's shape "
            f"{wanted}, not of shape {shape}"
        )
    return found


def _undoes_broadcasting(shape: Sequence[int], wanted: Sequence[int], others: Sequence[Sequence[int]]) -> bool:
    """Tell whether every axis too many or too long in ``shape`` is so in the output or an operand beside this one."""
    if len(shape) < len(wanted) or not any(others[1:]):  # an operand alone meets none to be broadcast with
        return False
    lengths = itertools.zip_longest(reversed(shape), reversed(wanted))
    return all(
        length == own or (own in (1, None) and any(len(s) > i and s[-1 - i] == length for s in others))
        for i, (length, own) in enumerate(lengths)
    )


def arrays_of(operands: Sequence[Any]) -> list[Any]:
    """Return the operands with arrays and numbers in place of Variables."""
    return [x._primal if x.__class__ is Tensor or x.__class__ is Value else x for x in operands]


def _ieee(operands: Sequence[Any]) -> list[Any]:
    """Return the operands with NumPy's numbers in place of Python's own floats, which raise in 1/0."""
    return [np.float64(x) if x.__class__ is float else x for x in operands]


def elementwise_partial(node: Any, position: int) -> Any:
    """Return the partial derivative of each element of a Tensor by one of its operands."""
    pull = array_code(node.op).pullbacks[position]
    return pull(np.ones(node.shape, node.dtype), node._primal, *_ieee(arrays_of(node.inputs)))


def fitted(x: Any, parent: Variable) -> Any:
    """Return ``x`` as an adjoint of ``parent``: broadcasting undone, and of the same type."""
    like = parent._primal
    if x.__class__ is np.ndarray and parent.__class__ is Tensor and x.shape == like.shape and x.dtype is like.dtype:
        return x
    if parent.__class__ is Value:
        if x.__class__ is Tensor:
            total = np.sum(x)
            return recorded_value(positive, total.item(), (total,), (1.0,))
        return x if x.__class__ is float or isinstance(x, Value) else float(np.sum(x))
    if x.__class__ is not np.ndarray and x.__class__ is not Tensor:
        x = Tensor.apply(positive, (x,)) if isinstance(x, Value) else np.asarray(x)[()]
    if x.shape != like.shape:
        beyond = x.ndim - like.ndim
        stretched = [i for i, length in enumerate(like.shape, beyond) if length == 1 and x.shape[i] != 1]
        x = x.sum(axis=(*range(beyond), *stretched)).reshape(like.shape)
    return x if x.dtype == like.dtype else astype(x, dtype=like.dtype)


def is_finite(x: Any) -> bool:
    """Tell whether no element is inf or nan."""
    return bool(np.isfinite(x._primal if isinstance(x, Variable) else x).all())


def local_partials(node: Any) -> tuple[Any, ...]:
    """Return the node's local gradients, one a parent, as recorded expressions in its operands."""
    assert node.op is not None
    try:
        partials = node.op.partials(node, *node.inputs)
    except ArithmeticError:  # Python's own floats raise in 1/0; a Value gives inf
        partials = node.op.partials(node, *(as_value(x) for x in node.inputs))
    return tuple(itertools.compress(partials, (isinstance(x, Variable) for x in node.inputs)))


def local_jacobian(node: Tensor, position: int) -> Any:
    """Return the partial derivative of a Tensor by one of its operands; see `Edge.local_gradient` for its shape."""
    row: Any = node.op
    arrays = arrays_of(node.inputs)
    with np.errstate(all="ignore"):
        if isinstance(row, Primitive):
            return np.broadcast_to(elementwise_partial(node, position), node.shape)
        transpose = transpose_of(row, position)
        one_by_one = np.eye(node.size, dtype=node.dtype).reshape(node.size, *node.shape)
        rows = [fitted(transpose(g, node._primal, *arrays, **node.settings), node.inputs[position]) for g in one_by_one]
    return np.reshape(rows, node.shape + np.shape(arrays[position]))
