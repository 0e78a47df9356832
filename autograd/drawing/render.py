"""DOT to pictures, by whichever Graphviz there is: the program on PATH, or the one inside pygraphviz's wheel."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import graphviz

from autograd.errors import DrawingError, MissingExtraError

__all__ = ["render"]


_DATE = re.compile(rb"(?<=/CreationDate \(D:)\d{14}")


def render(dot: str, format: str) -> bytes:
    """Return the picture that the DOT text describes, as svg, png or pdf: the same bytes for the same text.

    Raises
    ------
    MissingExtraError
        If there is no Graphviz of either kind.
    DrawingError
        If Graphviz fails.
    """
    image = _rendered(dot, format)
    return _DATE.sub(b"20000101000000", image) if format == "pdf" else image  # when it was made is nobody's business


def _rendered(dot: str, format: str) -> bytes:
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


# In a process of its own: the library inside the wheel writes to the terminal, and is not made for several threads.
_WITH_WHEEL = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


def _render_with_wheel(dot: str, format: str) -> bytes:
    if importlib.util.find_spec("pygraphviz") is None:
        raise MissingExtraError(
            f"a picture in {format}",
            "draw",
            "put Graphviz's program dot on PATH (its package is called graphviz in apt, dnf, brew, winget and conda)",
        )
    command = [sys.executable, "-P", "-c", _WITH_WHEEL, format]
    finished = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if finished.returncode != 0:
        reason = finished.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DrawingError(f"pygraphviz could not make a {format} of this graph: {reason}")
    return finished.stdout
