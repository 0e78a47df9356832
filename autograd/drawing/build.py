"""From a recorded graph to a Diagram: what is drawn, under which name, and what is folded away."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, get_args

from autograd.drawing.diagram import Diagram, Direction, Edge, Kind, Node
from autograd.drawing.text import counted, number, one_line, shorten
from autograd.errors import ArgumentError, brief
from autograd.graph import operations
from autograd.value import Value
from autograd.variable import Variable

__all__ = ["draw"]

MAX_OPERANDS = 40  # of one operation; a picture with more arrows into one point cannot be read
NAME_LIMIT = 32
NAME_IN_FORMULA_LIMIT = 16
FORMULA_LIMIT = 40
NEVER_COMPUTED = "–"
FOLDED = "more"  # the id of the node that stands for all values not drawn


def draw(
    root: Value | Sequence[Value],
    *,
    direction: Direction = "LR",
    formulas: bool = True,
    numbers: bool = True,
    max_nodes: int = 300,
) -> Diagram:
    """Draw the graph behind a value, with the local gradient on every edge.

    A value shows its name, its number and its gradient, ``–`` where no gradient was computed yet. One without a name
    gets a short one, v1, v2, ... in order of creation, so that formulas can refer to it.

    Parameters
    ----------
    root : Value, or list or tuple of Values
        The results.
    direction : {"LR", "TB", "RL", "BT"}, optional
        Where the picture flows: from left to right, from top to bottom, from right to left, from bottom to top.
    formulas : bool, optional
        Write local gradients as formulas, such as ``∂c/∂a = b``.
    numbers : bool, optional
        Write numbers: data, gradients and local gradients.
    max_nodes : int, optional
        Draw this many values, the newest, and fold everything behind them into one node. Operands of one operation
        beyond the fortieth are folded too.

    Returns
    -------
    Diagram
        Shows itself in Jupyter; ``.save("graph.svg")`` writes it, also as png, pdf or dot.

    Raises
    ------
    ArgumentError
        If ``root`` is not made of Values, or an option has a value that makes no sense.
    GraphChangedError
        If a leaf was given a new number after it was used: the picture would mix old numbers and new ones.

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
    roots = _checked_roots(root)
    if direction not in get_args(Direction):
        known = ", ".join(get_args(Direction))
        raise ArgumentError(f"direction must be one of {known}, not {brief(direction)}")
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ArgumentError(f"max_nodes must be a whole number, at least 1, not {brief(max_nodes)}")
    values = _newest(roots, max_nodes)
    ids = {value: f"value{position}" for position, value in enumerate(values, 1)}
    labels = _labels(values)
    nodes: list[Node] = []
    edges: list[Edge] = []
    for value in values:
        kind: Kind = "leaf" if value.is_leaf else "result" if value in roots else "value"
        if value.op is not None:
            operation = ids[value].replace("value", "operation")
            nodes.append(Node(operation, "operation", value.op.label))
            for node, edge in _operands(value, operation, ids, labels, formulas, numbers):
                nodes += [node] if node else []
                edges.append(edge)
            edges.append(Edge(operation, ids[value]))
        name = shorten(labels[value], NAME_LIMIT, keep_end=NAME_LIMIT // 2)
        nodes.append(Node(ids[value], kind, name, number(value.data), _gradient(value)) if numbers else Node(ids[value], kind, name))
    return Diagram(tuple(nodes), tuple(edges), direction)
