"""The formats a Diagram can be written in: the one table of writers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from autograd.drawing.diagram import Diagram
from autograd.drawing.dot import to_dot
from autograd.drawing.html import to_html
from autograd.drawing.render import render
from autograd.drawing.svg import to_svg

__all__ = ["binary", "formats"]


def _image(format: str, diagram: Diagram) -> bytes:
    return render(to_dot(diagram), format)


formats: Mapping[str, Callable[[Diagram], str | bytes]] = {
    "dot": to_dot,
    "svg": to_svg,
    "png": functools.partial(_image, "png"),
    "pdf": functools.partial(_image, "pdf"),
    "html": to_html,
}
"""What writes a diagram, by the ending of the file; tests walk it."""

binary = frozenset({"png", "pdf"})
"""Those that are not text."""
