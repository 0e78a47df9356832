"""From a recorded graph to a Diagram."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, get_args

from autograd.drawing.diagram import Diagram, Direction, Edge, Kind, Node
from autograd.drawing.labels import labels
from autograd.drawing.selection import count_values, depths, newest, visible_operands
from autograd.drawing.text import counted, shorten
from autograd.errors import ArgumentError, brief
from autograd.numbers import outline, shape_text
from autograd.rows import Primitive
from autograd.variable import Variable, primal

__all__ = ["draw"]

NAME_LIMIT = 32
NAME_IN_FORMULA_LIMIT = 26
FORMULA_LIMIT = 56
REACH = 8  # how many operations an arrow may pass; a longer one leaves the screen, and takes Graphviz minutes to lay
NEVER_COMPUTED = "–"
FOLDED = "more"  # the id of the node that stands for all values not drawn


def draw(
    root: Variable | Sequence[Variable],
    *,
    direction: Direction = "LR",
    formulas: bool = True,
    numbers: bool = True,
    max_nodes: int = 300,
) -> Diagram:
    """Draw the graph behind a value, with the local gradient on every edge.

    A value shows its name, its number and its gradient, or ``–`` if no gradient was ever computed. One without a name
    is called v1, v2, ... in order of creation, so that formulas can refer to it. Where a value is needed again more
    than eight operations later, a dotted node with its name stands in for a long arrow.

    Parameters
    ----------
    root : Value or Tensor, or list or tuple of them
        The results.
    direction : {"LR", "TB", "RL", "BT"}, optional
        Where the picture flows: from left to right, from top to bottom, from right to left, from bottom to top.
    formulas : bool, optional
        Write local gradients as formulas, such as ``∂c/∂a = b``.
    numbers : bool, optional
        Write numbers: data, gradients and local gradients.
    max_nodes : int, optional
        Draw this many values, the newest, and fold everything behind them into one node. Of an operation with more
        than 40 operands the first 12 are drawn.

    Returns
    -------
    Diagram
        Shows itself in Jupyter; ``.save("graph.svg")`` writes it, also as png, pdf or dot.

    Raises
    ------
    ArgumentError
        If ``root`` is not made of Values and Tensors, or an option has a value that makes no sense.
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
    if direction not in get_args(Direction):
        raise ArgumentError(f"direction must be one of {', '.join(get_args(Direction))}, not {brief(direction)}")
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ArgumentError(f"max_nodes must be a whole number, 1 or more, not {brief(max_nodes)}")
    roots = _roots(root)
    count = count_values(roots)
    values = newest(roots, max_nodes)
    picture = _Picture(values, roots, formulas, numbers)
    picture.add_all(count - len(values))
    return Diagram(tuple(picture.nodes), tuple(picture.edges), direction)


def _roots(root: Any) -> set[Variable]:
    roots = root if isinstance(root, list | tuple) else [root]
    for x in roots:
        if not isinstance(x, Variable):
            raise ArgumentError(
                f"draw takes a Value or Tensor, or a list of them, not {type(x).__name__}: {brief(x)}; only what is "
                "computed from them has a graph to draw"
            )
    if not roots:
        raise ArgumentError("there is nothing to draw in an empty list; give draw at least one Value")
    return set(roots)


class _Picture:
    """Nodes and edges as they come together. Ids count in order of creation: same program, same picture."""

    def __init__(self, values: Sequence[Variable], roots: Collection[Variable], formulas: bool, numbers: bool) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.roots = roots
        self.formulas = formulas
        self.numbers = numbers
        self.ids = {value: f"value{count}" for count, value in enumerate(values, 1)}
        self.depths = depths(values)
        self.names = labels(values)
        self.brief_names: dict[Variable, str] = {
            value: shorten(name, NAME_IN_FORMULA_LIMIT, keep_end=NAME_IN_FORMULA_LIMIT // 2)
            for value, name in self.names.items()
        }

    def add_all(self, hidden: int) -> None:
        """Add every value with its operation, and one node for the ``hidden`` values if an operation needs them."""
        for count, value in enumerate(self.ids, 1):
            if value.op is not None:
                self._add_operation(value, value.op, count)
            self._add_value(value)
        if any(edge.tail == FOLDED for edge in self.edges):
            self.nodes.insert(0, Node(FOLDED, "folded", f"… {counted(hidden, 'more value')}"))

    def _node_name(self, value: Variable) -> str:
        return shorten(self.names[value], NAME_LIMIT, keep_end=NAME_LIMIT // 2)

    def _add_value(self, value: Variable) -> None:
        kind: Kind = "leaf" if value.is_leaf else "result" if value in self.roots else "value"
        numbers = (outline(value._primal), _gradient(value)) if self.numbers else ()
        self.nodes.append(Node(self.ids[value], kind, self._node_name(value), *numbers))

    def _add_operation(self, value: Variable, row: Primitive, count: int) -> None:
        operation = f"operation{count}"
        visible = visible_operands(value)
        gradients = self._local_gradients(value)
        folded = False
        for position, operand in enumerate(visible):
            if not isinstance(operand, Variable):
                constant = Node(f"constant{count}_{position}", "constant", outline(operand))
                self.nodes.append(constant)
                self.edges.append(Edge(constant.id, operation))
                continue
            gradient = next(gradients)
            source = operand if operand in self.ids else None
            if self.depths[value] - self.depths[source] > REACH:
                again = Node(f"again{count}_{position}", "reference", self._node_name(operand))
                self.nodes.append(again)
                self.edges.append(Edge(again.id, operation, *gradient))
            elif source is not None:
                self.edges.append(Edge(self.ids[source], operation, *gradient))
            elif not folded:  # one arrow is enough for all that is folded
                folded = True
                self.edges.append(Edge(FOLDED, operation))
        if beyond := len(value.inputs) - len(visible):
            more = Node(f"more{count}", "folded", f"… {counted(beyond, 'more operand')}")
            self.nodes.append(more)
            self.edges.append(Edge(more.id, operation))
        self.nodes.append(Node(operation, "operation", row.label))
        self.edges.append(Edge(operation, self.ids[value]))

    def _local_gradients(self, value: Variable) -> Iterator[tuple[str, str]]:
        """Return formula and number of the local gradient for each operand on the graph, both empty if not wanted.

        An operation with folded operands goes without formulas: each might mention all of a million operands.
        """
        formulas: Iterable[str] = itertools.repeat("")
        if self.formulas and len(visible_operands(value)) == len(value.inputs):
            formulas = (shorten(edge.formula, FORMULA_LIMIT) for edge in value.labelled_edges(self.brief_names))
        positions = [i for i, x in enumerate(visible_operands(value)) if isinstance(x, Variable)]
        numbers = (_local_gradient(value, i) for i in positions) if self.numbers else itertools.repeat("")
        return zip(formulas, numbers, strict=False)


def _local_gradient(value: Variable, position: int) -> str:
    if isinstance(value.op, Primitive):  # each element by itself
        return outline(value.local_gradient(position))
    return f"Jacobian {shape_text(value._primal)} by {shape_text(primal(value.inputs[position]))}"


def _gradient(value: Variable) -> str:
    return NEVER_COMPUTED if value._grad is None and not value.reached else outline(primal(value.grad))
