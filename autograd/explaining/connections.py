"""disconnected: which parameters a result cannot reach, and where the path was cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd.debugging import made_at
from autograd.errors import ArgumentError, brief
from autograd.explaining.words import call, formula, is_zero, made_from, one, variable
from autograd.names import names_of
from autograd.numbers import outline
from autograd.reverse import adjoints, contributions
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["Connections", "Cut", "disconnected"]

FEW = 3  # places that are named one by one
EVERYWHERE = (-1.0, 0.0, 0.5, 1.0, 2.0)  # a copy of such a number is not known from it


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A parameter that gets no gradient, and why.

    Attributes
    ----------
    name : str
        The parameter's.
    parameter : Variable
        The parameter.
    kind : {"no path", "zero gradient"}
        The root was not made from it; or it was, but the gradient is exactly zero, in every element.
    places : tuple of Variable
        With no path, the values that may have been made from the parameter's bare number: leaves of the graph, and
        results of operations with a constant. With a zero gradient, the results of the operations at which it becomes
        zero, the nearest to the root first: their local gradient is zero, or its product with the adjoint underflows.
    reason : str
        Why, in a sentence.
    """

    name: str
    parameter: Variable
    kind: Literal["no path", "zero gradient"]
    places: tuple[Variable, ...]
    reason: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Connections:
    """Which parameters a root cannot reach. True if there are any; printed, it is a text.

    Attributes
    ----------
    root : Variable
        The result.
    cuts : tuple of Cut
        The parameters that get no gradient, in the order given.
    connected : tuple of str
        The names of the others.
    """

    root: Variable
    cuts: tuple[Cut, ...]
    connected: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.cuts)

    def __repr__(self) -> str:
        total = len(self.cuts) + len(self.connected)
        if not self.cuts:
            reached = ("no parameters were given", "the gradient reaches the one parameter")
            return reached[total] if total < len(reached) else f"the gradient reaches all {total:,} parameters"
        heading = f"the gradient does not reach {len(self.cuts):,} of {total:,} parameters:"
        return "\n".join([heading, *(f"  {cut.name}: {cut.reason}" for cut in self.cuts)])


def disconnected(root: Variable, parameters: Any) -> Connections:
    """Find the parameters that a result does not depend on, or by exact zeros alone, and where the path was cut.

    A node knows what it was made from, not what was made from it. So where there is no path the places are those that
    can be told from the graph of ``root``, and are what may have happened: a constant or a leaf with the parameter's
    very number (``.data``, ``float()``, a copy) or, if there is none, the nameless leaves made later: mere data, or
    results of `no_grad`. A gradient that is zero is followed to the operations that make it so: a dead relu, a step, a
    branch not taken, a factor of zero; or to where a long chain has made it smaller than any float.

    Parameters
    ----------
    root : Value or Tensor
        The result, such as a loss.
    parameters : module, mapping of names to Variables, iterable of Variables, or Variable
        What it should depend on. A module is anything with ``named_parameters()``.

    Returns
    -------
    Connections
        Plain data, which prints as text, and is True if a parameter is cut off.

    Raises
    ------
    ArgumentError
        If ``root`` or a parameter is not a Value or Tensor.
    GraphChangedError
        If a leaf was changed after it was used.

    Examples
    --------
    >>> from autograd import Value, disconnected
    >>> w, b, u = Value(2.5, name="w"), Value(-9.0, name="b"), Value(7.0, name="u")
    >>> loss = u * w.data + b.relu()
    >>> print(disconnected(loss, [w, b, u]))
    the gradient does not reach 2 of 3 parameters:
      w: no path; its very number, 2.5, stands as a constant in v1 = u * 2.5: from .data or float()?
      b: every path passes a local gradient of zero: at v2 = relu(b), where ∂v2/∂b = where(b <= 0, 0, 1) = 0
    """
    variable(root, "disconnected")
    wanted = _named(parameters)
    behind = made_from(root)
    names = names_of(behind)
    names |= {parameter: name for name, parameter in wanted.items()}
    found = adjoints({root: one(root)}, keep=True)
    of_nodes = {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}
    given = set(wanted.values())
    lost = {p for p in wanted.values() if p not in of_nodes}
    leaves = [node for node in behind if node.op is None and node not in given] if lost else []
    same = _same_numbers(behind, leaves, lost, names)
    uses = _uses(behind) if len(lost) < len(wanted) else {}
    cuts = []
    for name, parameter in wanted.items():
        if parameter in lost:
            cuts.append(_no_path(name, parameter, same[parameter], leaves, names))
        elif is_zero(of_nodes[parameter]):
            cuts.append(_zero_gradient(name, parameter, of_nodes, uses, names))
    off = {cut.parameter for cut in cuts}
    return Connections(root, tuple(cuts), tuple(name for name, p in wanted.items() if p not in off))


def _named(parameters: Any) -> dict[str, Variable]:
    if hasattr(parameters, "named_parameters"):
        pairs: Iterable[tuple[str, Any]] = parameters.named_parameters()
    elif isinstance(parameters, Mapping):
        pairs = parameters.items()
    else:
        given = [parameters] if isinstance(parameters, Variable) else parameters
        if not isinstance(given, Iterable):
            raise ArgumentError(
                "disconnected takes parameters as a module, a mapping of names to Variables or a list of Variables, "
                f"not {brief(parameters)}"
            )
        pairs = [(getattr(x, "name", None) or f"parameter {place}", x) for place, x in enumerate(given)]
    found: dict[str, Variable] = {}
    for name, x in pairs:
        variable(x, "disconnected")
        again = 2
        unique = name
        while unique in found:
            unique = f"{name} ({again})"
            again += 1
        found[unique] = x
    return found


Suspect = tuple[Variable, str]


def _same_numbers(
    behind: Sequence[Variable], leaves: Sequence[Variable], lost: set[Variable], names: Mapping[Variable, str]
) -> dict[Variable, list[Suspect]]:
    """Return, for each parameter without a path, the leaves and the constants that are its bare number."""
    by_number: dict[Any, list[Variable]] = {}
    for parameter in lost:
        key = _key(parameter._primal)
        if key is not None:
            by_number.setdefault(key, []).append(parameter)
    same: dict[Variable, list[Suspect]] = {parameter: [] for parameter in lost}
    if not by_number:
        return same
    for leaf in leaves:
        for parameter in by_number.get(_key(leaf._primal), ()):
            its = f"number, {outline(parameter._primal)}" if isinstance(parameter, Value) else "array"
            text = f"the leaf {names[leaf]} has its very {its}: a copy, or from .data or float()?"
            same[parameter].append((leaf, text))
    for node in behind:
        for x in node.inputs:
            if not isinstance(x, Variable):
                for parameter in by_number.get(_key(x), ()):
                    its = f"number, {outline(parameter._primal)}," if isinstance(parameter, Value) else "array"
                    place = f"{names[node]} = {call(node, names)}{_line(node)}"
                    text = f"its very {its} stands as a constant in {place}: from .data or float()?"
                    same[parameter].append((node, text))
    return same


def _key(x: Any) -> Any:
    """Return what equal numbers, or arrays of one shape, have in common; None of numbers that are found anywhere."""
    array = np.asarray(x)
    if array.size == 0 or (array.flat[0] in EVERYWHERE and np.all(array == array.flat[0])):
        return None
    return array.shape, array.astype(np.float64).tobytes()


def _no_path(
    name: str, parameter: Variable, same: Sequence[Suspect], leaves: Sequence[Variable], names: Mapping[Variable, str]
) -> Cut:
    reason, suspects = "no path", same
    if not same:  # only the age of leaves is left to tell by, and data are leaves too
        reason = "no path: nothing in the graph was made from it"
        text = "the nameless leaf {} = {} was made after it: data, or a result of no_grad()?"
        later = [leaf for leaf in leaves if leaf._name is None and leaf.birth > parameter.birth]
        suspects = [(leaf, text.format(names[leaf], outline(leaf._primal))) for leaf in later]
    more = [f"and {len(suspects) - FEW:,} more"] if len(suspects) > FEW else []
    reason = "; ".join([reason, *(text for _, text in suspects[:FEW]), *more])
    return Cut(name, parameter, "no path", tuple(node for node, _ in suspects), reason)


DeadEnd = tuple[Variable, int, bool]  # a result, the place of an operand, whether the product underflows there
Uses = Mapping[Variable, list[tuple[Variable, int, int]]]


def _uses(behind: Sequence[Variable]) -> Uses:
    """Return, for each node, its uses: the child, the place among its inputs and that among its parents."""
    found: dict[Variable, list[tuple[Variable, int, int]]] = {}
    for node in behind:
        places = (i for i, x in enumerate(node.inputs) if isinstance(x, Variable))
        for index, position in enumerate(places):
            found.setdefault(node.inputs[position], []).append((node, position, index))
    return found


def _zero_gradient(
    name: str, parameter: Variable, of_nodes: Mapping[Variable, Any], uses: Uses, names: Mapping[Variable, str]
) -> Cut:
    """Follow the zeros from the parameter to where they begin: below a result whose adjoint is not zero."""
    if not np.size(parameter._primal):
        return Cut(name, parameter, "zero gradient", (), "it has no elements, and so no gradient")
    met = {parameter}
    waiting = [parameter]
    cancelling = []
    where: list[DeadEnd] = []
    while waiting:
        node = waiting.pop()
        sizes = []
        for child, position, index in uses.get(node, ()):
            if is_zero(of_nodes[child]):
                if child not in met:
                    met.add(child)
                    waiting.append(child)
            elif is_zero(contributions(child, of_nodes[child])[index]):
                where.append((child, position, _underflows(child, of_nodes[child], index)))
            else:
                sizes.append(child)
        if sizes:
            cancelling.append(node)
    if cancelling:
        first = max(cancelling, key=lambda node: node.stamp)
        called = "its uses" if first is parameter else f"the uses of {names[first]}{_line(first)}"
        return Cut(name, parameter, "zero gradient", tuple(cancelling), f"what {called} give sums to exactly zero")
    where.sort(key=lambda place: -place[0].stamp)
    texts = list(_dead_ends(where[:FEW], names))
    more = f" and {len(where) - FEW:,} more" if len(where) > FEW else ""
    kinds = sorted({underflows for _, _, underflows in where})
    why = " or ".join("underflows" if underflows else "passes a local gradient of zero" for underflows in kinds)
    reason = f"every path {why}: {'; '.join(texts)}{more}"
    return Cut(name, parameter, "zero gradient", tuple(dict.fromkeys(child for child, _, _ in where)), reason)


def _underflows(child: Variable, adjoint: Any, index: int) -> bool:
    """Tell whether a part of zero is none by the local gradient, but because its product with the adjoint underflows.

    The part is linear in the adjoint, and multiplied by a power of two a sum that cancels still does.
    """
    _, exponent = np.frexp(np.max(np.abs(adjoint)))
    larger = np.ldexp(adjoint, max(0, -int(exponent)))
    return not is_zero(contributions(child, larger if isinstance(child, Tensor) else float(larger))[index])


def _dead_ends(where: Iterable[DeadEnd], names: Mapping[Variable, str]) -> Iterator[str]:
    for child, position, underflows in where:
        text = formula(child, position, names)
        if not np.size(child.inputs[position]._primal):
            text = f"{names[child.inputs[position]]} has no elements"
        elif underflows:
            text += ", but its product with the adjoint of the result is smaller than any float"
        elif isinstance(child, Tensor):
            text += " is zero wherever the gradient of the result is not"
        elif not text.endswith(" = 0"):
            text += " = 0"
        yield f"at {names[child]} = {call(child, names)}, where {text}{_line(child)}"


def _line(node: Variable) -> str:
    line = made_at(node)
    return line and f" ({line})"
