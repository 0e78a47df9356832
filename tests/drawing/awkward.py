"""A picture of names that mean something in some language that it is written in."""

from __future__ import annotations

from autograd import Value, scope
from autograd.drawing import Diagram

NAMES = (
    '"quoted"',
    "<b>",
    "a<b>c",
    "{x|y}",
    "back\\",
    "\\N\\G\\n",
    "\\begin{document}",
    "&amp; &lt; &#65;",
    "]]> <!-- -->",
    "it's 100%",
    "$x^2$ # _a_ ~ %%",
    "--",
    "a--b-->c",
    "- item",
    "1. one",
    "`md` **b**",
    "?`!`",
    "end",
    "click n1 href",
    "style:#42;",
    "[x]",
    "*",
    "^^41",
    "∂ü日本🎉",
    "e\u0301",
    "🧑‍🚀",
    "two\nlines",
    "x" * 10_000,
)


def picture() -> Diagram:
    """Every name on a value, on a frame, and in the formulas between them."""
    total = Value(1.0, name="start")
    for name in NAMES:
        total = scope(name)(lambda a, b: a * b)(total, Value(2.0, name=name))
    total.backward()
    return total.draw(max_nodes=1_000)
