"""A Diagram told step by step: values appear one after the other, then adjoints flow back, each with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from autograd.drawing.captions import edge_lines
from autograd.drawing.diagram import Diagram, Edge, Node
from autograd.numbers import counted, outline

__all__ = ["VALUES", "Phase", "Step", "local_text", "note_of_grad", "result_name", "steps_of"]

Phase = Literal["forward", "gradient", "backward"]

VALUES = ("leaf", "value", "result")
"""The kinds of nodes that have a number and a gradient."""

INFIX = ("+", "-", "*", "/", "**", "@", "%", "//", "·")
MOST = 6  # terms written out in a formula


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment.

    Attributes
    ----------
    phase : {"forward", "gradient", "backward"}
        "gradient" for the second half of a compiled program, which computes gradients forwards.
    place : str
        The id of the node where it happens; empty for the first step, which gives the leaves.
    formula : str
        With numbers filled in, such as ``c = a * b = 2 * -3 = -6`` and ``∂L/∂a += ∂L/∂c · ∂c/∂a = 2 · -3 = -6``.
    notes : tuple of str
        Sentences: the local gradient's formula, the sum so far.
    active : tuple of str
        Ids of the nodes that take part.
    edges : tuple of int
        Numbers of the edges that take part; the first edge is 1.
    appears : tuple of str
        Ids of the nodes that are known from now on.
    gradients : tuple of (str, str)
        Ids of nodes and what is known of their adjoint from now on; a sum that is not complete ends with ``…``.
    """

    phase: Phase
    place: str
    formula: str
    notes: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    edges: tuple[int, ...] = ()
    appears: tuple[str, ...] = ()
    gradients: tuple[tuple[str, str], ...] = ()


def steps_of(diagram: Diagram) -> tuple[Step, ...]:
    """Return the forward pass and, if the diagram shows gradients, the backward pass, one step for each use of a value.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    >>> for step in steps_of((a * b).draw()):
    ...     print(f"{step.phase:8} {step.formula}")
    forward  a = 2,  b = -3
    forward  v1 = a * b = 2 * -3 = -6
    backward ∂v1/∂v1 = 1
    backward ∂v1/∂a += ∂v1/∂v1 · ∂v1/∂a = 1 · -3 = -3
    backward ∂v1/∂b += ∂v1/∂v1 · ∂v1/∂b = 1 · 2 = 2
    """
    story = _Story(diagram)
    forward = tuple(story.forward())
    return (*forward, *story.backward()) if story.has_gradients else forward


def result_name(diagram: Diagram) -> str:
    """Return the name of what is differentiated: the result, or the sum of the results."""
    names = [node.name for node in _results(diagram)]
    if len(names) > 3:
        return "Σ"
    return names[0] if len(names) == 1 else f"({' + '.join(names)})"


def note_of_grad(node: Node, result: str) -> str:
    """Return why ``.grad`` is not what one backward pass from the result gives; empty where it is, or nobody knows."""
    if not node.grad:
        return ""
    if node.adjoint is None:
        waits = node.state == "not computed"
        return f"{node.name}.grad was not computed yet when this was drawn: call backward() before." if waits else ""
    once = outline(node.adjoint)
    if node.state == "not computed":
        return f"{node.name}.grad was not computed yet when this was drawn: backward() of {result} gives {once}."
    if node.state == "unreachable":
        return f"{node.name}.grad has no part in this: what was differentiated before does not depend on {node.name}."
    if node.state == "accumulated":
        return f"{node.name}.grad is {node.grad}: each backward pass added to it; one pass from {result} gives {once}."
    if node.grad != once:
        return f"{node.name}.grad is {node.grad}, not {once}: it is of another result, or was changed since."
    return ""


def local_text(edge: Edge) -> str:
    """Return the local gradient on one line: its formula, and its number where that does not say it."""
    return (" " if edge.number is not None else "; ").join(edge_lines(edge))


def _results(diagram: Diagram) -> list[Node]:
    found = [node for node in diagram.nodes if node.root]
    return found or list(diagram.nodes[-1:])


class _Story:
    """The diagram, with what stands at both ends of each edge at hand, and the sums so far."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.nodes = {node.id: node for node in diagram.nodes}
        self.results = _results(diagram)
        self.target = result_name(diagram)
        self.into: dict[str, list[int]] = {node.id: [] for node in diagram.nodes}
        self.uses = dict.fromkeys(self.nodes, 0)
        self.result_edge: dict[str, int] = {}  # of an operation
        for number, edge in enumerate(diagram.edges, 1):
            self.into[edge.head].append(number)
            self.uses[self._standing(edge.tail)] += 1
            if self.nodes[edge.tail].kind == "operation":
                self.result_edge[edge.tail] = number
        self.left = dict(self.uses)  # uses that the backward pass has not come to
        self.sums: dict[str, float | None] = dict.fromkeys(self.nodes, 0.0)  # None once something is not known
        self.has_gradients = any(edge.formula or edge.local_gradient for edge in diagram.edges) or any(
            node.adjoint is not None for node in diagram.nodes
        )

    def forward(self) -> Iterator[Step]:
        """Yield the leaves, then each operation, folded group or step of a plan."""
        late = {node.id for node in self.diagram.nodes if node.kind in ("operation", "group", "step", "gradient step")}
        computed = {self.diagram.edges[number - 1].head for number in self.result_edge.values()}
        late |= computed | {node.id for node in self.results if self.into[node.id]}
        given = [node for node in self.diagram.nodes if node.id not in late and node.kind != "reference"]
        leaves = [node for node in given if node.kind in VALUES]
        terms = [f"{node.name} = {node.data}" if node.data else node.name for node in leaves]
        notes = (f"{counted(len(leaves), 'leaf', 'leaves')}: what the calculation starts from.",)
        yield Step("forward", "", _listed(terms, ",  ", 4), notes, appears=tuple(node.id for node in given))
        for node in self.diagram.nodes:
            if node.kind == "operation":
                yield self._operation(node)
            elif node.id in late and node.id not in computed:
                yield self._box(node)

    def backward(self) -> Iterator[Step]:
        """Yield the results' own adjoints, then each use of each value, the last first."""
        for result in self.results:
            self._add(result, 1.0 if result.number is not None else None)
            formula = f"∂{self.target}/∂{result.name} = 1"
            notes = ("The backward pass starts from the result: its derivative by itself is 1.",)
            if len(self.results) > 1:
                notes = ("The backward pass starts from the results: their sum changes as much as each of them.",)
            gradients = ((result.id, self._so_far(result) or "1"),) if result.data else ()  # which has no numbers
            yield Step("backward", result.id, formula, notes, (result.id,), gradients=gradients)
        for node in reversed(self.diagram.nodes):
            if node.kind == "operation" and node.id in self.result_edge:
                for number in self.into[node.id]:
                    if self.nodes[self._standing(self.diagram.edges[number - 1].tail)].kind != "constant":
                        yield self._use(node, number)
            elif node.kind == "group":
                yield self._through(node)

    def _standing(self, id: str) -> str:
        """Return what a reference stands for, if it is drawn; anything else itself."""
        return self.nodes[id].stands_for or id

    def _tails(self, id: str) -> list[str]:
        """Return what goes into a node, and what the references among them stand for."""
        tails = [self.diagram.edges[number - 1].tail for number in self.into[id]]
        return list(dict.fromkeys([*tails, *map(self._standing, tails)]))

    def _operation(self, node: Node) -> Step:
        tails = self._tails(node.id)
        references = [id for id in tails if self.nodes[id].kind == "reference"]
        edges = [*self.into[node.id]]
        appears = [node.id, *references]
        if node.id not in self.result_edge:
            return Step("forward", node.id, node.name, (), (node.id, *tails), tuple(edges), tuple(appears))
        edges.append(self.result_edge[node.id])
        result = self.nodes[self.diagram.edges[edges[-1] - 1].head]
        operands = [self.nodes[self.diagram.edges[number - 1].tail] for number in self.into[node.id]]
        formula = f"{result.name} = {_expression(node.name, [x.name for x in operands])}"
        numbers = [x.name if x.kind == "constant" else self.nodes[self._standing(x.id)].data for x in operands]
        if result.number is not None:
            formula += f" = {_expression(node.name, numbers)}" if all(numbers) else ""
            formula += f" = {result.data}"
        notes = () if result.number is not None else tuple(part for part in (result.data, *result.details) if part)
        active = (node.id, result.id, *tails)
        return Step("forward", node.id, formula, notes, active, tuple(edges), (*appears, result.id))

    def _box(self, node: Node) -> Step:
        """Tell of a box without an operation: a folded group, a step or a result of a compiled program."""
        edges, tails = tuple(self.into[node.id]), self._tails(node.id)
        notes = [*node.name.split("\n")[1:], node.data, *node.details]
        if node.kind == "group":
            notes.append("It was folded when this was drawn, so what happens inside is not in this file.")
        phase: Phase = "gradient" if node.kind == "gradient step" else "forward"
        references = (id for id in tails if self.nodes[id].kind == "reference")
        notes = [note for note in notes if note]
        formula = node.name.split("\n")[0] + (" is computed" if node.root else "")
        return Step(phase, node.id, formula, tuple(notes), (node.id, *tails), edges, (node.id, *references))

    def _use(self, operation: Node, number: int) -> Step:
        """Tell what one use of a value adds to its adjoint."""
        edge = self.diagram.edges[number - 1]
        result_edge = self.result_edge[operation.id]
        result = self.nodes[self.diagram.edges[result_edge - 1].head]
        operand = self.nodes[self._standing(edge.tail)]
        active = (result.id, operation.id, *dict.fromkeys((edge.tail, operand.id)))
        edges = (result_edge, number)
        if operand.kind not in VALUES:
            name = self.nodes[edge.tail].name
            formula = f"∂{self.target}/∂{result.name} flows on into {name}"
            if edge.formula or edge.local_gradient:  # a value inside a group that was folded when drawn
                formula = self._product(edge, result, name)
            unseen = ("It is not drawn, so what happens there is not in this file.",)
            return Step("backward", operation.id, formula, unseen, active, edges)
        self._add(operand, edge.contribution)
        self.left[operand.id] -= 1
        local = local_text(edge) if edge.formula or edge.number is None else ""  # the product says the number
        notes = tuple(note for note in (local, self._sum_note(operand)) if note)
        gradients = ((operand.id, self._so_far(operand)),)
        formula = self._product(edge, result, operand.name)
        return Step("backward", operation.id, formula, notes, active, edges, gradients=gradients)

    def _through(self, group: Node) -> Step:
        """Tell what a folded group does to the adjoints of what goes into it."""
        gradients, notes = [], [f"{group.name} was folded when this was drawn: what each use adds is not in this file."]
        for number in self.into[group.id]:
            operand = self.nodes[self._standing(self.diagram.edges[number - 1].tail)]
            if operand.kind in VALUES:
                self._add(operand, None)
                self.left[operand.id] -= 1
                gradients.append((operand.id, self._so_far(operand)))
                notes.append(self._sum_note(operand))
        formula = f"Back through {group.name}"
        active = (group.id, *self._tails(group.id))
        return Step(
            "backward", group.id, formula, tuple(notes), active, tuple(self.into[group.id]), gradients=tuple(gradients)
        )

    def _product(self, edge: Edge, result: Node, operand: str) -> str:
        target = self.target
        formula = f"∂{target}/∂{operand} += ∂{target}/∂{result.name} · ∂{result.name}/∂{operand}"
        if edge.contribution is None or result.adjoint is None:
            return formula
        return f"{formula} = {outline(result.adjoint)} · {edge.local_gradient} = {outline(edge.contribution)}"

    def _add(self, node: Node, contribution: float | None) -> None:
        before = self.sums[node.id]
        self.sums[node.id] = None if before is None or contribution is None else before + contribution

    def _so_far(self, node: Node) -> str:
        """Return the adjoint of a value once it is complete, else the sum so far with dots behind it."""
        if not self.left[node.id]:
            if node.adjoint is not None:
                return outline(node.adjoint)
            return node.grad if node.state in ("zero", "computed", "accumulated") else ""
        so_far = self.sums[node.id]
        return "…" if so_far is None else f"{outline(so_far)} + …"

    def _sum_note(self, node: Node) -> str:
        """Say how many uses have been counted, and what they come to."""
        uses, left = self.uses[node.id], self.left[node.id]
        sum = self._so_far(node).removesuffix(" + …")
        name = f"∂{self.target}/∂{node.name}"
        if not sum:
            return "" if left or uses < 2 else f"All {uses} uses of {node.name} are counted."
        if left:
            known = "" if sum == "…" else f": so far {name} = {sum}"
            return f"Use {uses - left} of {uses} of {node.name}{known}."
        of_grad = "" if node.adjoint is not None else f" ({node.name}.grad when this was drawn)"
        complete = f"{name} = {sum}{of_grad}."
        return f"All {uses} uses of {node.name} are counted: {complete}" if uses > 1 else f"Used once: {complete}"


def _expression(operation: str, operands: Sequence[str]) -> str:
    """Write an operation with its operands: between them, or in front of them in parentheses."""
    if operation == "w·x" and len(operands) > 1:
        pairs, half = [], len(operands) // 2
        for weight, x in zip(operands[:half], operands[half:], strict=False):
            pairs.append(f"{weight}·{x}")
        return _listed(pairs + list(operands[2 * half :]), " + ")
    if operation == "Σ" and len(operands) > 1:
        return _listed(operands, " + ")
    if operation in INFIX and len(operands) == 2:
        left, right = operands
        left = f"({left})" if operation == "**" and left.startswith("-") else left
        return f"{left} {operation} {right}"
    if operation == "-" and len(operands) == 1:
        return f"-({operands[0]})" if operands[0].startswith("-") else f"-{operands[0]}"
    return f"{operation}({_listed(operands, ', ')})"


def _listed(terms: Sequence[str], between: str, most: int = MOST) -> str:
    """Join terms; of many the first few and the last."""
    if len(terms) > most:
        terms = [*terms[: most - 2], f"… {len(terms) - most + 1} more …", terms[-1]]
    return between.join(terms)
