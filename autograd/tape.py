"""Tape: one run of a function, recorded, over which derivatives walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.backward import adjoint_of
from autograd.containers import leaves, matched, places, rebuild
from autograd.errors import NotANumberError, SizeError, brief
from autograd.forward import tangents
from autograd.graph import next_stamp, operations, recording, set_recording, transform
from autograd.numbers import OTHER_ALGEBRAS, as_float
from autograd.primitives import positive
from autograd.reverse import adjoints, fitted
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable, primal

__all__ = ["Tape", "directions", "holds_objects", "plain_copy", "zeros_of"]


class Tape:
    """One run of a function on fresh variables, to be walked over in either direction any number of times.

    The variables are new, so nested transforms of one number stay apart. One made from a Value or Tensor from outside
    is its child, so that the outer derivative goes through.

    Parameters
    ----------
    run : callable
        Takes the points with variables in place of their leaves, and returns the result.
    points : sequence
        Where: numbers, arrays, Variables, or containers of them. A number becomes a `Value`, an array a `Tensor`.
    label : callable
        ``label(i)`` is what messages call the i-th leaf of the points.

    Attributes
    ----------
    variables : list of Variable
        One for each leaf of the points.
    result : object
        What came out.

    Raises
    ------
    NotANumberError
        If a leaf is neither a number nor an array of real numbers.
    """

    __slots__ = ("_is_nested", "first", "last", "result", "variables")

    def __init__(
        self, run: Callable[[Any], Any], points: Sequence[Any], label: Callable[[int], str] = "leaf {}".format
    ) -> None:
        self.first = next_stamp()
        variables: list[Any] = []
        for i, x in enumerate(leaves(points)):
            variable = _fresh(x)
            if variable is None:
                raise _refusal(x, label(i))
            variables.append(variable)
        self.last = next_stamp()
        self.variables: list[Variable] = variables
        self._is_nested = None
        for variable in variables:
            if variable.op is not None:
                self._is_nested = True
        with transform(variables):
            self.result = run(rebuild(points, variables))

    @property
    def outputs(self) -> list[Any]:
        """The leaves of the result."""
        return leaves(self.result)

    def reaches_out(self, nodes: Iterable[Variable] | None = None) -> bool:
        """Tell whether the result depends on a Variable from outside: then derivatives are recorded in their turn.

        ``nodes`` are the operations on the tape, where they are known already.
        """
        if self._is_nested is None:
            roots = [y for y in self.outputs if isinstance(y, Variable)]
            found = operations(roots, self.last) if nodes is None else nodes
            self._is_nested = any(root.is_older_than(self.first) for root in roots) or any(
                parent.is_older_than(self.first) for node in found for parent in node.parents
            )
        return self._is_nested

    def reached(self) -> list[bool]:
        """Tell for each variable whether the result depends on it."""
        roots = [y for y in self.outputs if isinstance(y, Variable)]
        nodes = operations(roots, self.last)
        self.reaches_out(nodes)
        found = {*roots, *(parent for node in nodes for parent in node.parents)}
        return [x in found for x in self.variables]

    def pull(self, seeds: Mapping[Variable, Any], create_graph: bool | None = None) -> Mapping[Variable, Any]:
        """Return what the result's adjoints ``seeds`` give for each variable, and for what else stands outside.

        They are recorded where there is an outer derivative to see it, unless ``create_graph`` says otherwise.
        """
        if create_graph is None:
            create_graph = recording() and any(isinstance(seed, Variable) for seed in seeds.values())
            if recording() and not create_graph:
                if self._is_nested is None and isinstance(self.result, Variable):  # the walk that is wanted tells
                    found = adjoints(seeds, since=self.last)
                    if not self.reaches_out(found.operations):
                        return _owned(found.of_leaves, found.of_operations)
                create_graph = self.reaches_out()
        if not create_graph:
            seeds = {root: primal(seed) for root, seed in seeds.items()}
        found = adjoints(seeds, create_graph=create_graph, since=self.last)
        return _owned(found.of_leaves, found.of_operations)

    def push(self, directions: Mapping[Variable, Any], create_graph: bool | None = None) -> list[Any]:
        """Return the tangent of each output, given those of variables; None for an output that stands still."""
        if create_graph is None:
            create_graph = recording() and (
                any(isinstance(t, Variable) for t in directions.values()) or self.reaches_out()
            )
        if not create_graph:
            directions = {x: primal(t) for x, t in directions.items()}
        outputs = self.outputs
        roots = [y for y in outputs if isinstance(y, Variable)]
        found = tangents(roots, directions, create_graph=create_graph, since=self.last)
        return [found.get(y) if isinstance(y, Variable) else None for y in outputs]

    def seen(self, y: Any) -> Any:
        """Return an output as the caller sees it: on the graph where there is an outer derivative, else plain."""
        if not isinstance(y, Variable):
            return y
        return y if recording() and self.reaches_out() else plain_copy(y)


def _fresh(x: Any) -> Variable | None:
    """Return a new variable for one leaf, or None for what is no number."""
    if x.__class__ is float:
        return Value(x)
    if isinstance(x, Variable):
        with set_recording(True):
            variable: Variable = positive(x)
            return variable
    if isinstance(x, np.ndarray):
        return Tensor(x) if x.dtype.kind in "biuf" and not isinstance(x, OTHER_ALGEBRAS) else None
    plain = as_float(x)
    return None if plain is None else Value(plain)


def _refusal(x: Any, what: str) -> NotANumberError:
    cure = ""
    if isinstance(x, OTHER_ALGEBRAS):
        cure = ". It calculates in a way of its own; give it as a plain array, by np.asarray or .filled()"
    elif holds_objects(x):
        cure = ". Values and Tensors are joined by autograd.stack([...])"
    return NotANumberError(f"{what} must be one real number, not {type(x).__name__}: {brief(x)}{cure}")


def holds_objects(x: Any) -> bool:
    """Tell an array of Python objects: NumPy makes it of Values, and walks do not see into it."""
    return isinstance(x, np.ndarray) and x.dtype == object


def _owned(of_leaves: Mapping[Variable, Any], of_operations: Iterable[Any]) -> Mapping[Variable, Any]:
    """Return adjoints of which no two share their memory, so that whoever gets one may write to it."""
    shared: set[int] | None = None
    for leaf, adjoint in of_leaves.items():
        if leaf.__class__ is Tensor and not isinstance(adjoint, Variable):
            shared = set(map(id, of_operations)) if shared is None else shared
            array = np.asarray(adjoint)
            if array.base is not None or id(array) in shared or not array.flags.writeable:
                array = np.array(array)
            shared.add(id(array))
            of_leaves[leaf] = array  # type: ignore[index]  # a dict that nobody else has
    return of_leaves


def plain_copy(x: Any) -> Any:
    """Return a number as a float, and an array as one of its own, as NumPy would: of no axes, a NumPy scalar."""
    x = primal(x)
    return x if x.__class__ is float else np.array(x)[()]


def zeros_of(x: Any) -> Any:
    """Return zeros of the shape and type of ``x``; a float for a number."""
    array = primal(x)
    return np.zeros_like(array) if isinstance(x, Tensor) or isinstance(array, np.ndarray) else 0.0


def directions(variables: Sequence[Any], form: Any, x: Any, what: str) -> list[Any]:
    """Return ``x`` as adjoints or tangents of ``variables``, which stand in ``form``; constants may be among them.

    ``what`` names ``x`` in messages, with braces for a place in it; see `matched`.

    Raises
    ------
    SizeError
        If ``x`` has not the form, or a part of it not the shape of its variable.
    NotANumberError
        If a part of it is not made of real numbers.
    """
    found = []
    for variable, part, place in zip(variables, matched(form, x, what), places(form), strict=True):
        if not isinstance(variable, Variable):
            found.append(part)
        elif isinstance(part, Variable):
            if np.shape(part._primal) != np.shape(variable._primal):
                raise SizeError(
                    f"{what.format(place)} must have the shape {np.shape(variable._primal)}, not "
                    f"{np.shape(part._primal)}"
                )
            found.append(fitted(part, variable))
        else:
            found.append(adjoint_of(variable, part, what.format(place)))
    return found
