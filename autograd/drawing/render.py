"""DOT to pictures, by whichever Graphviz there is: the program on PATH, or the one inside pygraphviz's wheel."""

from __future__ import annotations

import subprocess

import graphviz

from autograd.errors import DrawingError, MissingExtraError

__all__ = ["render"]


def render(dot: str, format: str) -> bytes:
    """Return the picture that the DOT text describes, as svg, png or pdf.

    Raises
    ------
    MissingExtraError
        If there is no Graphviz of either kind.
    DrawingError
        If Graphviz fails.
    """
    try:
        image: bytes = graphviz.pipe("dot", format, dot.encode(), quiet=True)
    except graphviz.ExecutableNotFound:
        return _render_with_wheel(dot, format)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or b"").decode(errors="replace").strip()
        raise DrawingError(
            f"Graphviz's program dot could not make a {format} of this graph: {reason or error}. "
            'save("graph.dot") writes the graph itself; `dot -V` tells whether the program works at all'
        ) from error
    return image


def _render_with_wheel(dot: str, format: str) -> bytes:
    try:
        import pygraphviz
    except ImportError as error:
        raise MissingExtraError(
            f"a picture in {format}, without Graphviz's program dot on PATH (its package is called graphviz in apt, "
            "dnf, brew, winget and conda; with it nothing else is needed),",
            "draw",
        ) from error
    try:
        image: bytes = pygraphviz.AGraph(string=dot).draw(format=format, prog="dot")
    except (OSError, ValueError) as error:
        raise DrawingError(f"pygraphviz could not make a {format} of this graph: {error}") from error
    return image
