"""Nodes, edges and groups as they come together to a picture."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.drawing.diagram import Edge, Group, Kind, Node
from autograd.drawing.facts import facts, is_differentiated
from autograd.drawing.folding import Edges, folded_node
from autograd.drawing.frames import Frame
from autograd.drawing.jacobians import block_norm, edge_norm, quietly
from autograd.drawing.labels import labels, told_apart
from autograd.drawing.selection import Place, Places, visible_operands
from autograd.drawing.text import shorten
from autograd.errors import ArgumentError, brief
from autograd.explaining.paths import Path
from autograd.graph import operations_and_leaves
from autograd.numbers import counted, outline, shape_text
from autograd.reverse import adjoints
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable, primal

__all__ = ["FOLDED", "Highlight", "Picture"]

NAME_LIMIT = 32
NAME_IN_FORMULA_LIMIT = 26
FORMULA_LIMIT = 56
SHORT = 8  # a number of no more characters is written exactly
REACH = 8  # how many operations an arrow may pass; a longer one leaves the screen, and takes Graphviz minutes to lay
FOLDED = "more"  # the id of the node that stands for all values not drawn


class Highlight:
    """What is to stand out."""

    def __init__(self, given: Any) -> None:
        self._steps: set[tuple[Variable, int]] | None = None  # along a path: the child, and which operand of it
        if isinstance(given, Path):
            self._steps = set(zip(given.nodes[1:], given.positions, strict=True))
            given = given.nodes
        if isinstance(given, Variable) or not isinstance(given, Iterable):
            raise ArgumentError(f"highlight must be a list of Values or Tensors, or a path, not {brief(given)}")
        found = list(given)
        for x in found:
            if not isinstance(x, Variable):
                raise ArgumentError(f"highlight must be Values or Tensors, not {type(x).__name__}: {brief(x)}")
        self._values = set(found)

    def ensure_within(self, graph: Collection[Variable]) -> None:
        """Refuse to highlight what is not in the graph.

        Raises
        ------
        ArgumentError
            Naming it.
        """
        for x in self._values:
            if x not in graph:
                raise ArgumentError(f"highlight has {brief(x)}, which is not in the graph that is drawn")

    def value(self, value: Variable) -> bool:
        """Tell whether a value stands out, and the operation that made it."""
        return value in self._values

    def use(self, child: Variable, position: int) -> bool:
        """Tell whether an arrow from an operand stands out."""
        if self._steps is not None:
            return (child, position) in self._steps
        return child in self._values and child.inputs[position] in self._values


class Picture:
    """Nodes and edges as they come together. Ids count in order of creation: same program, same picture."""

    def __init__(
        self,
        drawn: Sequence[Place],
        places: Places,
        roots: Sequence[Variable],
        given: Mapping[Variable, str],
        highlight: Highlight,
        formulas: bool,
        numbers: bool,
        backward: bool,
    ) -> None:
        self.nodes: list[Node] = []
        self.edges = Edges()
        self.groups: list[Group] = []
        self.places = places
        self.roots = dict.fromkeys(roots)
        self.highlight = highlight
        self.formulas = formulas
        self.numbers = numbers
        self.backward = backward
        self.frames = [place for place in drawn if isinstance(place, Frame)]
        self.values = [place for place in drawn if isinstance(place, Variable)]
        self.order = drawn
        self.ids: dict[Place, str] = {value: f"value{count}" for count, value in enumerate(self.values, 1)}
        self.ids |= {frame: frame.id for frame in self.frames}
        self.depths = places.depths(drawn)
        names = labels(self.values, places, given)
        self.names, self.brief_names = told_apart(names, self.values, NAME_LIMIT, NAME_IN_FORMULA_LIMIT)
        self.adjoints = self._adjoints() if self._shows_gradients else {}
        differentiated = [root for root in roots if is_differentiated(root)]
        self.reachable: set[Variable] | None = None
        if 0 < len(differentiated) < len(roots):
            self.reachable = {x for part in operations_and_leaves(differentiated) for x in part}

    def _adjoints(self) -> dict[Variable, Any]:
        """Return the derivative of the sum of the results by each value that is drawn."""
        seeds = {root: np.ones(root.shape, root.dtype) if isinstance(root, Tensor) else 1.0 for root in self.roots}
        since = min((value.stamp for value in self.values), default=0) - 1
        with quietly():
            found = adjoints(seeds, since=since, keep=True)
        return dict(zip(found.operations, found.of_operations, strict=True)) | found.of_leaves

    def add_all(self, frames: Sequence[Frame], frame_of: Mapping[Variable, Frame]) -> None:
        """Add every place, a value with its operation, and the frames around them."""
        inside = {frame_of[value] for value in self.values if value in frame_of}
        open_ones = {around for frame in inside for around in frame.chain()}
        open_ones |= {around for frame in self.frames for around in frame.chain()[1:]}
        groups = {frame: self._group(frame) for frame in frames if frame in open_ones or frame in self.ids}
        self.groups += [groups[frame] for frame in frames if frame in open_ones]
        for place in self.order:
            if isinstance(place, Frame):
                self._add_folded(place, groups[place])
            else:
                around = frame_of[place].id if place in frame_of else ""
                if place.op is not None:
                    self._add_operation(place, around)
                self._add_value(place, around)

    def add_hidden(self, hidden: int) -> None:
        """Add one node for the values not drawn, if an operation needs them."""
        if any(edge.tail == FOLDED for edge in self.edges):
            self.nodes.insert(0, Node(FOLDED, "folded", f"… {counted(hidden, 'more value')}"))

    def _add_folded(self, frame: Frame, group: Group) -> None:
        members = self.places.members[frame]
        for member in members:
            for position, operand in enumerate(member.inputs):
                if isinstance(operand, Variable) and id(operand) not in frame.owned:
                    place = self.places.of(operand)
                    if place is not frame:
                        self.edges.bundle(self.ids.get(place, FOLDED), frame.id, self.highlight.use(member, position))
        self.nodes.append(folded_node(group, any(map(self.highlight.value, members))))

    def _group(self, frame: Frame) -> Group:
        values = frame.all_values()
        members = set(values)
        leaves = [value for value in values if value.op is None]
        entering = dict.fromkeys(x for value in values for x in value.parents if x not in members)
        inputs = [x for x in entering if id(x) not in frame.owned]
        ends = set(frame.scope.ends)
        outputs = [value for value in values if value.stamp in ends]
        operations = len(values) - len(leaves)
        contents = [counted(operations, "operation")]
        parameters = sum(int(np.size(x._primal)) for x in (*leaves, *entering) if id(x) in frame.owned)
        if parameters:
            contents.append(counted(parameters, "parameter"))
        details = [", ".join(contents)]
        if self._shows_gradients and inputs and outputs:
            sizes = [sum(int(np.size(x._primal)) for x in xs) for xs in (outputs, inputs)]
            norm = block_norm(outputs, inputs, frame.scope.start, operations)
            details.append(f"Jacobian {sizes[0]}×{sizes[1]}" + (f", norm {norm}" if norm else ""))
        around = frame.around.id if frame.around is not None else ""
        return Group(frame.id, shorten(frame.name, NAME_LIMIT), frame.scope.kind, around, tuple(details))

    def _add_value(self, value: Variable, around: str) -> None:
        is_root = value in self.roots
        kind: Kind = "leaf" if value.is_leaf else "result" if is_root else "value"
        numbers = facts(value, self.reachable) if self.numbers else {}
        if not self.backward:
            numbers = {key: told for key, told in numbers.items() if key in ("data", "details", "number", "thumbnail")}
        adjoint = self.adjoints.get(value)
        if not isinstance(value, Tensor) and self.numbers and adjoint is not None:
            numbers["adjoint"] = float(adjoint)
        stands_out = self.highlight.value(value)
        self.nodes.append(
            Node(self.ids[value], kind, self.names[value], group=around, root=is_root, highlight=stands_out, **numbers)
        )

    def _add_operation(self, value: Variable, around: str) -> None:
        count = self.ids[value].removeprefix("value")
        operation = f"operation{count}"
        visible = visible_operands(value)
        gradients = self._local_gradients(value)
        stands_out = self.highlight.value(value)
        for position, operand in enumerate(visible):
            if not isinstance(operand, Variable):
                constant = Node(f"constant{count}_{position}", "constant", _constant(operand), group=around)
                self.nodes.append(constant)
                self.edges.append(Edge(constant.id, operation))
                continue
            gradient = {**next(gradients), "highlight": self.highlight.use(value, position)}
            place = self.places.of(operand)
            source = place if place in self.ids else None
            if self.depths[value] - self.depths[source] > REACH:
                id, stands_for = f"again{count}_{position}", self.ids.get(place, "")
                again = Node(id, "reference", self.names[operand], group=around, stands_for=stands_for)
                self.nodes.append(again)
                self.edges.append(Edge(again.id, operation, **gradient))
            elif place is operand and source is not None:
                self.edges.append(Edge(self.ids[source], operation, **gradient))
            else:
                self.edges.bundle(self.ids.get(place, FOLDED), operation, self.highlight.use(value, position))
        if beyond := len(value.inputs) - len(visible):
            more = Node(f"more{count}", "folded", f"… {counted(beyond, 'more operand')}", group=around)
            self.nodes.append(more)
            self.edges.append(Edge(more.id, operation))
        self.nodes.append(Node(operation, "operation", value.op.label, group=around, highlight=stands_out))
        self.edges.append(Edge(operation, self.ids[value], highlight=stands_out))

    def _local_gradients(self, value: Variable) -> Iterator[dict[str, Any]]:
        """Yield the fields of an `Edge` that tell the local gradient for each operand on the graph.

        An operation with folded operands goes without formulas: each might mention all of a million operands.
        """
        formulas: Iterable[str] = itertools.repeat("")
        if self.formulas and len(visible_operands(value)) == len(value.inputs):
            formulas = (shorten(edge.formula, FORMULA_LIMIT) for edge in value.labelled_edges(self.brief_names))
        positions = [i for i, x in enumerate(visible_operands(value)) if isinstance(x, Variable)]
        for position, formula in zip(positions, formulas, strict=False):
            yield {"formula": formula, **(self._local_gradient(value, position) if self._shows_gradients else {})}

    @property
    def _shows_gradients(self) -> bool:
        return self.numbers and self.backward

    def _local_gradient(self, value: Variable, position: int) -> dict[str, Any]:
        operand = value.inputs[position]
        if isinstance(value, Value) and isinstance(operand, Value):
            number = value.local_gradient(position)
            adjoint = primal(self.adjoints.get(value))
            contribution = None if adjoint is None else float(adjoint * number) if adjoint else 0.0  # a strong zero
            return {"local_gradient": outline(number), "number": float(number), "contribution": contribution}
        shapes = f"{shape_text(value._primal)} by {shape_text(operand._primal)}"
        return {"local_gradient": f"Jacobian {shapes}, norm {edge_norm(value, position)}"}


def _constant(x: Any) -> str:
    """Return a constant, exactly if that is short."""
    exact = "" if np.ndim(x) else f"{float(x):.16g}"
    return exact if 0 < len(exact) <= SHORT else outline(x)
