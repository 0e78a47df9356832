"""The formats a Diagram can be written in: the one table of writers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from autograd.drawing.as_json import to_json
from autograd.drawing.as_text import to_text
from autograd.drawing.diagram import Diagram
from autograd.drawing.dot import to_dot
from autograd.drawing.html import to_html
from autograd.drawing.mermaid import to_mermaid
from autograd.drawing.render import render
from autograd.drawing.svg import to_svg
from autograd.drawing.tikz import to_tikz

__all__ = ["binary", "formats"]


def _image(format: str, diagram: Diagram) -> bytes:
    return render(to_dot(diagram), format)


formats: Mapping[str, Callable[[Diagram], str | bytes]] = {
    "dot": to_dot,
    "svg": to_svg,
    "png": functools.partial(_image, "png"),
    "pdf": functools.partial(_image, "pdf"),
    "html": to_html,
    "mmd": to_mermaid,
    "tex": to_tikz,
    "json": to_json,
    "txt": to_text,
}
"""What writes a diagram, by the ending of the file; tests walk it."""

binary = frozenset({"png", "pdf"})
"""Those that are not text."""
