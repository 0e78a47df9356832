"""Diagram: a picture as plain data, before it is written in any language."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograd.errors import ArgumentError, MissingExtraError
from autograd.numbers import counted

__all__ = ["Diagram", "Direction", "Edge", "Group", "Kind", "Mark", "Node", "State", "Theme", "Thumbnail"]

Kind = Literal[
    "leaf", "value", "result", "operation", "constant", "reference", "folded", "group", "step", "gradient step"
]
State = Literal["", "not computed", "zero", "computed", "accumulated", "unreachable"]
Mark = Literal["dead", "saturated", "non-finite"]
Direction = Literal["LR", "TB", "RL", "BT"]
Theme = Literal["auto", "light", "dark"]
Thumbnail = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One shape of the picture. Texts are empty where there is nothing to show.

    Attributes
    ----------
    id : str
        The same for the same program.
    kind : str
        "leaf", "value" or "result" for what has a number; "operation"; "constant"; "reference" for a value that stands
        elsewhere; "group" for one that is folded; "folded" for values that are not drawn; "step" and "gradient step"
        of a compiled program.
    name : str
        Of a step its formula, with a line for each result.
    data : str
        Its number, or the shape of its array. Of a step its shapes.
    grad : str
        What ``.grad`` holds.
    details : tuple of str
        More lines: of an array smallest, mean and largest element; of a folded group what is in it.
    state : str
        What is known of the gradient: "not computed", "zero", "computed", "accumulated" over ``passes`` backward
        passes, or "unreachable" from what was differentiated; empty for what has none.
    passes : int
        How many backward passes have added to ``.grad``.
    marks : tuple of str
        "dead" for a rectifier that lets nothing through, "saturated" for a sigmoid or tanh on its flat end,
        "non-finite" where a number or gradient is inf or nan.
    group : str
        The id of the innermost group it is in.
    number, adjoint : float or None
        Of a single number itself, and the derivative of the results (of their sum, if there are several) by it, found
        when the picture was made; ``.grad`` may hold something else.
    size : float or None
        How large ``.grad`` is: the root of the sum of squares.
    thumbnail : tuple of tuple of float, or None
        The elements of an array in rows, at most 32 by 32: means of blocks where there are more.
    highlight : bool
        Whether it stands out.
    stands_for : str
        Of a reference the id of what stands elsewhere: the value, or the folded group it is in; empty if not drawn.
    root : bool
        Whether it is one of the results that were drawn; a leaf may be.
    """

    id: str
    kind: Kind
    name: str
    data: str = ""
    grad: str = ""
    details: tuple[str, ...] = ()
    state: State = ""
    passes: int = 0
    marks: tuple[Mark, ...] = ()
    group: str = ""
    number: float | None = None
    adjoint: float | None = None
    size: float | None = None
    thumbnail: Thumbnail | None = None
    highlight: bool = False
    stands_for: str = ""
    root: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow of the picture, from the node ``tail`` to the node ``head``, with its local gradient if it has one.

    Attributes
    ----------
    tail, head : str
        Ids of nodes.
    formula : str
        Such as ``∂c/∂a = b``.
    local_gradient : str
        Its number; between arrays the shape of the Jacobian and its norm.
    number : float or None
        The local gradient of a number by a number, itself.
    contribution : float or None
        What this use adds to the operand's adjoint: the result's adjoint times the local gradient.
    highlight : bool
        Whether it stands out.
    """

    tail: str
    head: str
    formula: str = ""
    local_gradient: str = ""
    number: float | None = None
    contribution: float | None = None
    highlight: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A frame around what one call of a module or function made.

    Attributes
    ----------
    id : str
        The id of the node that stands for it when it is folded.
    name : str
        Such as ``layers[0].neurons[1]``.
    kind : str
        Such as ``Neuron``; may be empty.
    parent : str
        The id of the group it is in; empty for an outermost one.
    details : tuple of str
        What is in it, and the norm of its Jacobian: what is shown when it is folded.
    """

    id: str
    name: str
    kind: str = ""
    parent: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Diagram:
    """A picture of a graph, which shows itself in Jupyter and can be saved.

    Attributes
    ----------
    nodes : tuple of Node
        Values, operations, constants, and what stands for everything folded; in order of creation, so each operation
        stands behind its operands and before its result. Of a compiled program its steps and what they read.
    edges : tuple of Edge
        From each operand to its operation and from each operation to its result; from step to step.
    direction : {"LR", "TB", "RL", "BT"}
        Where the picture flows: from left to right, from top to bottom, and so on.
    groups : tuple of Group
        Frames, each before those inside it.
    theme : {"auto", "light", "dark"}
        The colours; "auto" leaves it to the reader's browser where the format can, and is light elsewhere.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    >>> picture = (a * b).draw()
    >>> picture
    <Diagram: 3 values, 1 operation, 3 edges; .save("graph.svg") writes it>
    >>> [edge.formula for edge in picture.edges if edge.formula]
    ['∂v1/∂a = b', '∂v1/∂b = a']
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    direction: Direction = "LR"
    groups: tuple[Group, ...] = ()
    theme: Theme = "auto"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, in the format its ending says.

        Parameters
        ----------
        path : str or path
            Its ending is one of those in ``autograd.drawing.formats``, such as ``.svg``. An existing file is replaced.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        ArgumentError
            If the ending is another one, or the folder does not exist.
        MissingExtraError
            If the format needs a layout and no Graphviz is installed; dot needs none.
        DrawingError
            If rendering fails. No file is written then.

        Examples
        --------
        >>> import tempfile
        >>> from autograd import Value
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Value(2.0).sqrt().draw().save(f"{folder}/root.dot")
        ...     file.name, file.read_text(encoding="utf-8").startswith("digraph")
        ('root.dot', True)
        """
        from autograd.drawing.formats import formats  # the writers look down on the data

        path = Path(path)
        ending = path.suffix.lower().removeprefix(".")
        if ending not in formats:
            endings = ", ".join(f".{name}" for name in formats)
            raise ArgumentError(f"a picture is saved as one of {endings}, but {str(path)!r} ends with {path.suffix!r}")
        if not path.parent.is_dir():
            raise ArgumentError(
                f"there is no folder {str(path.parent)!r} to save {path.name!r} in; make it first: "
                f"Path({str(path.parent)!r}).mkdir(parents=True)"
            )
        content = formats[ending](self)
        path.write_bytes(content.encode() if isinstance(content, str) else content)  # all that can fail has been done
        return path

    def to_string(self, format: str = "dot") -> str:
        """Return the picture as text, in any format of ``autograd.drawing.formats`` but png and pdf.

        Raises
        ------
        ArgumentError
            If the format is another one.
        MissingExtraError
            If the format needs a layout and no Graphviz is installed.

        Examples
        --------
        >>> from autograd import Value
        >>> print(Value(2.0, name="a").exp().draw(numbers=False).to_string().splitlines()[0])
        digraph {
        """
        from autograd.drawing.formats import binary, formats

        if format not in formats or format in binary:
            texts = ", ".join(repr(name) for name in formats if name not in binary)
            raise ArgumentError(f"a picture is text as {texts}, not as {format!r}; save() also writes png and pdf")
        content = formats[format](self)
        assert isinstance(content, str)
        return content

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        try:
            return {"image/svg+xml": self.to_string("svg"), "text/plain": repr(self)}
        except MissingExtraError:
            return {"text/plain": self.to_string("dot")}

    def __repr__(self) -> str:
        kinds = [node.kind for node in self.nodes]
        operations = kinds.count("operation")
        values = sum(kinds.count(kind) for kind in ("leaf", "value", "result"))
        steps = kinds.count("step") + kinds.count("gradient step")  # of a compiled program
        boxes = counted(steps, "step") if steps else f"{counted(values, 'value')}, {counted(operations, 'operation')}"
        contents = f"{boxes}, {counted(len(self.edges), 'edge')}"
        return f'<Diagram: {contents}; .save("graph.svg") writes it>'
