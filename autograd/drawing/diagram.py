"""Diagram: a picture as plain data, before it is written in any language."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from autograd.drawing.text import counted
from autograd.errors import ArgumentError, MissingExtraError

__all__ = ["Diagram", "Direction", "Edge", "Kind", "Node"]

Kind = Literal["leaf", "value", "result", "operation", "constant", "reference", "folded", "step", "gradient step"]
Direction = Literal["LR", "TB", "RL", "BT"]
ImageFormat = Literal["svg", "png", "pdf"]


@dataclass(frozen=True, slots=True)
class Node:
    """One shape of the picture. ``data`` and ``grad`` are texts, empty where there is nothing to show.

    The name of a step of a compiled program is its formula, with a line for each result; ``data`` has its shapes.
    """

    id: str
    kind: Kind
    name: str
    data: str = ""
    grad: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow of the picture, from the node ``tail`` to the node ``head``, with its local gradient if it has one."""

    tail: str
    head: str
    formula: str = ""
    local_gradient: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Diagram:
    """A picture of a graph, which shows itself in Jupyter and can be saved.

    Attributes
    ----------
    nodes : tuple of Node
        Values, operations, constants, and what stands for everything folded; in order of creation. Of a compiled
        program its steps and what they read.
    edges : tuple of Edge
        From each operand to its operation and from each operation to its result; from step to step.
    direction : {"LR", "TB", "RL", "BT"}
        Where the picture flows: from left to right, from top to bottom, and so on.

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

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, in the format its ending says.

        Parameters
        ----------
        path : str or path
            Ends with ``.svg``, ``.png``, ``.pdf`` or ``.dot``. An existing file is replaced.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        ArgumentError
            If the ending is another one, or the folder does not exist.
        MissingExtraError
            If nothing is installed that renders svg, png and pdf; dot needs nothing.
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
        path = Path(path)
        ending = path.suffix.lower().removeprefix(".")
        known = ("dot", *get_args(ImageFormat))
        if ending not in known:
            endings = ", ".join(f".{name}" for name in known)
            raise ArgumentError(f"a picture is saved as one of {endings}, but {str(path)!r} ends with {path.suffix!r}")
        if not path.parent.is_dir():
            raise ArgumentError(
                f"there is no folder {str(path.parent)!r} to save {path.name!r} in; make it first: "
                f"Path({str(path.parent)!r}).mkdir(parents=True)"
            )
        content = self._dot().encode() if ending == "dot" else self._image(ending)
        path.write_bytes(content)  # everything that can fail has been done
        return path

    def to_string(self, format: Literal["dot", "svg"] = "dot") -> str:
        """Return the picture as text: as DOT, the language of Graphviz, or as SVG.

        Raises
        ------
        ArgumentError
            If the format is another one.
        MissingExtraError
            If nothing is installed that renders svg.

        Examples
        --------
        >>> from autograd import Value
        >>> print(Value(2.0, name="a").exp().draw(numbers=False).to_string().splitlines()[0])
        digraph {
        """
        if format == "dot":
            return self._dot()
        if format == "svg":
            return self._image("svg").decode()
        raise ArgumentError(f"a picture is text as 'dot' or 'svg', not as {format!r}; save() also writes png and pdf")

    def _dot(self) -> str:
        from autograd.drawing.dot import to_dot  # the writers look down on the data

        return to_dot(self)

    def _image(self, format: str) -> bytes:
        from autograd.drawing.render import render

        return render(self._dot(), format)

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
