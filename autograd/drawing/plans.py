"""From a plan to a Diagram: a box for each step, and for the parameters and arguments that the steps read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np

from autograd.compiler.plan import Map, MatMul, Outer, Plan, Ref, Scatter, Step
from autograd.compiler.plan_text import GRADIENT, PlanText
from autograd.drawing.diagram import Diagram, Direction, Edge, Kind, Node
from autograd.drawing.picture import FOLDED
from autograd.drawing.text import shorten
from autograd.errors import ArgumentError, brief
from autograd.names import one_line
from autograd.numbers import counted

__all__ = ["draw_plan"]

FORMULA_LIMIT = 64
NAME_LIMIT = 40
REACH = 3  # how many steps an arrow may pass


def draw_plan(plan: Plan, *, direction: Direction = "TB", max_steps: int = 100) -> Diagram:
    """Draw a compiled program: a box for each step, with its formula, shapes and operations.

    Constants stand in the formulas. Where a step reads what was computed long before, a dotted box with its name stands
    in for a long arrow.

    Parameters
    ----------
    plan : Plan
        Such as ``step.plan`` of a compiled function that was called.
    direction : {"TB", "LR", "BT", "RL"}, optional
        Where the picture flows: from top to bottom, from left to right, and so on.
    max_steps : int, optional
        Draw this many steps, the last ones, and fold those before into one box.

    Returns
    -------
    Diagram
        Shows itself in Jupyter; ``.save("plan.svg")`` writes it, also as png, pdf or dot.

    Raises
    ------
    ArgumentError
        If an option has a value that makes no sense.

    Examples
    --------
    >>> import autograd
    >>> w = autograd.Value(2.0, name="w")
    >>> step = autograd.compile(lambda x: (w * x) ** 2)
    >>> step([1.0, 2.0])
    array([ 4., 16.])
    >>> [node.name for node in step.plan.draw().nodes]
    ['w', 'x', 'v1 = w*x', 'out = square(v1)', 'out']
    """
    if direction not in get_args(Direction):
        raise ArgumentError(f"direction must be one of {', '.join(get_args(Direction))}, not {brief(direction)}")
    if not isinstance(max_steps, int) or max_steps < 1:
        raise ArgumentError(f"max_steps must be a whole number, 1 or more, not {brief(max_steps)}")
    picture = _Picture(plan, max_steps)
    picture.add_all()
    return Diagram(tuple(picture.nodes), tuple(picture.edges), direction)


class _Picture:
    """Nodes and edges as they come together. A source is the number of a step, or the name of an input."""

    def __init__(self, plan: Plan, max_steps: int) -> None:
        self.plan = plan
        self.text = PlanText(plan)
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.first = max(len(self.text.steps) - max_steps, 0) + 1  # of those that are drawn
        self.writers = {name: np.zeros(space.rows, int) for name, space in plan.spaces.items()}
        self.boxes: dict[int | str, tuple[str, int]] = {}  # the latest of each source, and how far down it stands

    def add_all(self) -> None:
        """Add every step with what it reads, and the results."""
        for number, step in enumerate(self.text.steps, 1):
            sources = self._sources(*_needed(step)) if number >= self.first else {}
            if sources:  # a step that reads nothing is drawn where something reads what it writes
                self._add_step(number, sources)
            for target in step.targets:
                self.writers[target.space][target.index] = number
        for name, ref in self.plan.outputs.items():
            self._add(Node(f"result_{name}", "result", name, root=True), self._sources(ref))
        if any(edge.tail == FOLDED for edge in self.edges):
            self.nodes.insert(0, Node(FOLDED, "folded", f"… {counted(self.first - 1, 'more step')}"))

    def _sources(self, *refs: Ref) -> dict[int | str, str]:
        """Return the steps that wrote rows last, and the inputs among them, with their names; but no constants."""
        found: dict[int | str, str] = {}
        for ref in refs:
            writers = self.writers[ref.space][ref.index]
            for number in np.unique(writers).tolist():
                part = Ref(ref.space, ref.index[writers == number])
                if number == 0:
                    found |= {name: name for name in self.text.names.terms(part)}
                elif self.text.names.constant(part) is None:
                    found[number] = self.text.names.text(part)
        return found

    def _add_step(self, number: int, sources: Mapping[int | str, str], place: int = 1) -> None:
        """Add the box of a step, at this place or behind what it reads."""
        kind: Kind = "gradient step" if self.text.parts[number - 1] == GRADIENT else "step"
        formulas = "\n".join(shorten(one_line(formula), FORMULA_LIMIT) for formula in self.text.formulas(number))
        flops = self.text.flops(number)
        costs = self.text.shapes(number) + (f", {flops} flops" if flops else "")
        place = self._add(Node(f"step{number}", kind, formulas, costs), sources, place)
        self.boxes[number] = f"step{number}", place

    def _add(self, node: Node, sources: Mapping[int | str, str], place: int = 1) -> int:
        """Add a box with its arrows, and return its place: how many boxes stand before it."""
        place = max([place, *(1 + self.boxes[source][1] for source in sources if source in self.boxes)])
        tails = [self._tail(source, name, place) for source, name in sources.items()]
        self.nodes.append(node)
        self.edges += [Edge(tail, node.id) for tail in dict.fromkeys(tails)]
        return place

    def _tail(self, source: int | str, name: str, place: int) -> str:
        """Return a box that stands for a source near a place; it is added if there is none."""
        box = self.boxes.get(source)
        if box is not None and place - box[1] <= REACH:
            return box[0]
        if isinstance(source, int) and source < self.first:
            return FOLDED
        if isinstance(source, int) and box is None:
            self._add_step(source, {}, place - 1)
            return f"step{source}"
        kind: Kind = "leaf" if box is None else "reference"
        node = Node(f"input{len(self.nodes)}", kind, shorten(one_line(name), NAME_LIMIT, keep_end=NAME_LIMIT // 2))
        self.nodes.append(node)
        self.boxes[source] = node.id, place - 1
        return node.id


def _needed(step: Step) -> list[Ref]:
    """Return what a step reads, and what it adds to."""
    if isinstance(step, Map):
        return [*step.reads, *(write.target for write in step.writes if write.adds)]
    adds = isinstance(step, Scatter) or (isinstance(step, MatMul | Outer) and step.adds)
    return [*step.reads, *(step.targets if adds else ())]
