"""From a recorded graph to a Diagram."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from autograd.drawing.diagram import Diagram, Direction, Edge, Group, Kind, Node, Theme
from autograd.drawing.facts import facts, is_differentiated
from autograd.drawing.folding import folded_node
from autograd.drawing.frames import Frame, frame_of_each, frames_of
from autograd.drawing.jacobians import block_norm, edge_norm, quietly
from autograd.drawing.labels import given_names, labels
from autograd.drawing.selection import Place, Places, closed_to_fit, visible_operands
from autograd.drawing.text import counted, shorten
from autograd.errors import ArgumentError, brief
from autograd.graph import operations_and_leaves
from autograd.numbers import outline, shape_text
from autograd.reverse import adjoints
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable, primal

__all__ = ["Fold", "draw"]

Fold = Literal["auto"] | bool | Collection[str]

NAME_LIMIT = 32
NAME_IN_FORMULA_LIMIT = 26
FORMULA_LIMIT = 56
REACH = 8  # how many operations an arrow may pass; a longer one leaves the screen, and takes Graphviz minutes to lay
FOLDED = "more"  # the id of the node that stands for all values not drawn


def draw(
    root: Variable | Sequence[Variable],
    *,
    direction: Direction = "LR",
    formulas: bool = True,
    numbers: bool = True,
    backward: bool = True,
    fold: Fold = "auto",
    max_nodes: int = 300,
    highlight: Iterable[Variable] = (),
    theme: Theme = "auto",
    names: Mapping[str, Any] | None = None,
) -> Diagram:
    """Draw the graph behind a value, with the local gradient on every edge.

    A value shows its name, its number and its gradient: ``–`` if none was ever computed, the number of backward passes
    if several were added up, and ``no path to it`` if what was differentiated does not depend on it. The stronger its
    colour, the larger the gradient, on the logarithmic scale below the picture. One without a name is called v1, v2,
    ... in order of creation, so that formulas can refer to it. Where a value is needed again more than eight operations
    later, a dotted node with its name stands in for a long arrow.

    What one call of a module made has a frame around it, and so has that of a function under `scope`.

    Parameters
    ----------
    root : Value or Tensor, or list or tuple of them
        The results.
    direction : {"LR", "TB", "RL", "BT"}, optional
        Where the picture flows: from left to right, from top to bottom, from right to left, from bottom to top.
    formulas : bool, optional
        Write local gradients as formulas, such as ``∂c/∂a = b``.
    numbers : bool, optional
        Write numbers: data, gradients and local gradients; of arrays shape, range, and the shape and norm of Jacobians.
    backward : bool, optional
        Show gradients and local gradients. Without, the picture is of the forward pass alone.
    fold : {"auto"}, bool, or collection of str, optional
        Which frames to fold into one node each, which tells what is in it and the norm of its Jacobian: as many as
        needed for ``max_nodes``, all, none, or those of these names, such as ``["layers[0]"]``.
    max_nodes : int, optional
        Draw this many values and folded frames. Where folding leaves more, the newest are drawn, and everything behind
        them is one node. Of an operation with more than 40 operands the first 12 are drawn.
    highlight : iterable of Variable, optional
        Draw these, and the arrows between them, so that they stand out; such as ``explain(x, of=y).paths[0].nodes``.
    theme : {"auto", "light", "dark"}, optional
        The colours. With "auto" an SVG or HTML follows the reader's browser, and everything else is light.
    names : mapping of str to Value or Tensor, optional
        Names for what has none of its own; ``locals()`` will do, for other things in it are passed over.

    Returns
    -------
    Diagram
        Shows itself in Jupyter; ``.save("graph.svg")`` writes it, or in other formats, as the ending says.

    Raises
    ------
    ArgumentError
        If ``root`` is not made of Values and Tensors, an option has a value that makes no sense, or with ``fold=False``
        there are more than ``max_nodes``.
    GraphChangedError
        If a leaf was given a new number after it was used: the picture would mix old numbers with new ones.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.drawing import draw
    >>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    >>> c = a * b
    >>> c.name = "c"
    >>> for edge in draw(c).edges[:2]:
    ...     print(edge.formula, "=", edge.local_gradient)
    ∂c/∂a = b = -3
    ∂c/∂b = a = 2
    """
    _one_of("direction", direction, get_args(Direction))
    _one_of("theme", theme, get_args(Theme))
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ArgumentError(f"max_nodes must be a whole number, 1 or more, not {brief(max_nodes)}")
    roots = _roots(root)
    stand_out = _variables("highlight", highlight)
    operations, leaves = operations_and_leaves(roots)
    frames = frames_of(operations)
    frame_of = frame_of_each(frames, operations, leaves)
    count = len(operations) + len(leaves)
    places = Places(frame_of, _closed(fold, frames, count, count - len(frame_of), max_nodes))
    drawn = places.newest(roots, max_nodes)
    picture = _Picture(drawn, places, roots, given_names(names), stand_out, formulas and backward, numbers, backward)
    picture.add_all(frames, frame_of)
    if hidden := count - sum(len(places.members[x]) if isinstance(x, Frame) else 1 for x in drawn):
        picture.add_hidden(hidden)
    return Diagram(tuple(picture.nodes), tuple(picture.edges), direction, tuple(picture.groups), theme)


def _one_of(what: str, given: Any, known: Sequence[str]) -> None:
    if given not in known:
        raise ArgumentError(f"{what} must be one of {', '.join(known)}, not {brief(given)}")


def _roots(root: Any) -> list[Variable]:
    roots = root if isinstance(root, list | tuple) else [root]
    for x in roots:
        if not isinstance(x, Variable):
            raise ArgumentError(
                f"draw takes a Value or Tensor, or a list of them, not {type(x).__name__}: {brief(x)}; only what is "
                "computed from them has a graph to draw"
            )
    if not roots:
        raise ArgumentError("there is nothing to draw in an empty list; give draw at least one Value")
    return list(dict.fromkeys(roots))


def _variables(what: str, given: Any) -> set[Variable]:
    if isinstance(given, Variable) or not isinstance(given, Iterable):
        raise ArgumentError(f"{what} must be a list of Values or Tensors, not {brief(given)}")
    found = list(given)
    for x in found:
        if not isinstance(x, Variable):
            raise ArgumentError(f"{what} must be Values or Tensors, not {type(x).__name__}: {brief(x)}")
    return set(found)


def _closed(fold: Any, frames: Sequence[Frame], count: int, outside: int, limit: int) -> Collection[Frame]:
    """Return the frames to fold."""
    if fold is True:
        return {frame for frame in frames if frame.around is None}
    if fold is False:
        if count > limit:
            raise ArgumentError(
                f"the graph has {counted(count, 'value')}, more than max_nodes={limit}, and fold=False forbids to fold "
                f"any; draw it with fold='auto', or with max_nodes={count} if you can wait for Graphviz"
            )
        return ()
    if isinstance(fold, str):
        _one_of("fold", fold, ["auto"])
        return closed_to_fit(frames, outside, limit) if count > limit else ()
    if not isinstance(fold, Collection):
        raise ArgumentError(f"fold must be 'auto', True, False or a list of names of groups, not {brief(fold)}")
    for name in fold:
        if not any(name in (frame.name, frame.title) for frame in frames):
            known = ", ".join(repr(frame.title) for frame in frames[:10]) or "none"
            raise ArgumentError(f"there is no group {brief(name)} to fold; the groups: {known}")
    return {frame for frame in frames if frame.name in fold or frame.title in fold}


class _Picture:
    """Nodes and edges as they come together. Ids count in order of creation: same program, same picture."""

    def __init__(
        self,
        drawn: Sequence[Place],
        places: Places,
        roots: Sequence[Variable],
        given: Mapping[Variable, str],
        highlight: Collection[Variable],
        formulas: bool,
        numbers: bool,
        backward: bool,
    ) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.groups: list[Group] = []
        self.places = places
        self.roots = roots
        self.roots_set = set(roots)
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
        self.names = labels(self.values, places, given)
        self.brief_names: dict[Variable, str] = {
            value: shorten(name, NAME_IN_FORMULA_LIMIT, keep_end=NAME_IN_FORMULA_LIMIT // 2)
            for value, name in self.names.items()
        }
        self.adjoints = self._adjoints() if backward else {}
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
                self.nodes.append(folded_node(groups[place]))
                tails = dict.fromkeys(self.ids.get(x, FOLDED) for x in self.places.operands(place))
                self.edges += [Edge(tail, place.id) for tail in tails]
            else:
                around = frame_of[place].id if place in frame_of else ""
                if place.op is not None:
                    self._add_operation(place, place.op, int(self.ids[place].removeprefix("value")), around)
                self._add_value(place, around)

    def add_hidden(self, hidden: int) -> None:
        """Add one node for the values not drawn, if an operation needs them."""
        if any(edge.tail == FOLDED for edge in self.edges):
            self.nodes.insert(0, Node(FOLDED, "folded", f"… {counted(hidden, 'more value')}"))

    def _group(self, frame: Frame) -> Group:
        values = frame.all_values()
        members = set(values)
        entering = dict.fromkeys(x for value in values for x in value.parents if x not in members)
        inputs = [x for x in entering if id(x) not in frame.owned]
        outputs = [value for value in values if frame.scope in getattr(value, "scopes", ())]
        operations = sum(value.op is not None for value in values)
        contents = [counted(operations, "operation")]
        parameters = sum(value.op is None for value in values)
        if parameters:
            contents.append(counted(parameters, "parameter"))
        details = [", ".join(contents)]
        if self.numbers and self.backward and inputs and outputs:
            sizes = [sum(int(np.size(x._primal)) for x in xs) for xs in (outputs, inputs)]
            norm = block_norm(outputs, inputs, frame.scope.start, operations)
            details.append(f"Jacobian {sizes[0]}×{sizes[1]}" + (f", norm {norm}" if norm else ""))
        around = frame.around.id if frame.around is not None else ""
        return Group(frame.id, shorten(frame.name, NAME_LIMIT), frame.scope.kind, around, tuple(details))

    def _node_name(self, value: Variable) -> str:
        return shorten(self.names[value], NAME_LIMIT, keep_end=NAME_LIMIT // 2)

    def _add_value(self, value: Variable, around: str) -> None:
        kind: Kind = "leaf" if value.is_leaf else "result" if value in self.roots_set else "value"
        numbers = facts(value, self.reachable) if self.numbers else {}
        if not self.backward:
            numbers = {key: told for key, told in numbers.items() if key in ("data", "details", "number", "thumbnail")}
        adjoint = self.adjoints.get(value)
        if not isinstance(value, Tensor) and self.numbers and adjoint is not None:
            numbers["adjoint"] = float(adjoint)
        stands_out = value in self.highlight
        self.nodes.append(
            Node(self.ids[value], kind, self._node_name(value), group=around, highlight=stands_out, **numbers)
        )

    def _add_operation(self, value: Variable, row: Any, count: int, around: str) -> None:
        operation = f"operation{count}"
        visible = visible_operands(value)
        gradients = self._local_gradients(value)
        stands_out = value in self.highlight
        bundled: set[str] = set()  # of what is folded one arrow is enough
        for position, operand in enumerate(visible):
            if not isinstance(operand, Variable):
                constant = Node(f"constant{count}_{position}", "constant", outline(operand), group=around)
                self.nodes.append(constant)
                self.edges.append(Edge(constant.id, operation))
                continue
            gradient = {**next(gradients), "highlight": stands_out and operand in self.highlight}
            place = self.places.of(operand)
            source = place if place in self.ids else None
            if self.depths[value] - self.depths[source] > REACH:
                stands_for, again_name = self.ids.get(place, ""), self._node_name(operand)
                again = Node(f"again{count}_{position}", "reference", again_name, group=around, stands_for=stands_for)
                self.nodes.append(again)
                self.edges.append(Edge(again.id, operation, **gradient))
            elif place is operand and source is not None:
                self.edges.append(Edge(self.ids[source], operation, **gradient))
            elif (tail := self.ids.get(place, FOLDED)) not in bundled:
                bundled.add(tail)
                self.edges.append(Edge(tail, operation))
        if beyond := len(value.inputs) - len(visible):
            more = Node(f"more{count}", "folded", f"… {counted(beyond, 'more operand')}", group=around)
            self.nodes.append(more)
            self.edges.append(Edge(more.id, operation))
        self.nodes.append(Node(operation, "operation", row.label, group=around, highlight=stands_out))
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
