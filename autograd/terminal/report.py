"""What is said of an expression: value, derivatives, and the tree of its graph."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping

from autograd.checking import gradcheck
from autograd.drawing import Diagram, draw
from autograd.drawing.as_text import to_text
from autograd.drawing.text import columns, shorten
from autograd.errors import NonFiniteWarning, listed
from autograd.primitives import positive
from autograd.terminal.derivatives import derivative_name, derivatives
from autograd.terminal.expressions import Expression
from autograd.value import Value

__all__ = ["Report"]

LONGEST = 200  # characters of an expression


class Report:
    """An expression at one place, differentiated.

    Parameters
    ----------
    f : Expression
        What is differentiated.
    numbers : mapping of str to float
        A number for each of its variables, in its order.
    order : int
        The highest derivative.
    """

    def __init__(self, f: Expression, numbers: Mapping[str, float], order: int) -> None:
        self.f = f
        self.numbers = numbers
        self.order = order
        self.name = "f"
        while self.name in numbers:
            self.name += "'"
        variables = [Value(number, name=name) for name, number in numbers.items()]
        value = f(*variables)
        self.results = {self.name: float(value)}
        if isinstance(value, Value):
            self.root = positive(value) if value.is_leaf else value
            self.root.name = self.name
            for index, x in derivatives(self.root, variables, order).items():
                self.results[derivative_name(self.name, f.variables, index)] = x
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NonFiniteWarning)  # the report says so in its own words
                self.root.backward()

    def text(self) -> str:
        """Return value and derivatives, what of them is not finite, and the tree."""
        return "\n\n".join(self._parts()) + "\n"

    def _parts(self) -> Iterator[str]:
        place = ", ".join(f"{name} = {number!r}" for name, number in self.numbers.items())
        yield f"{self.name} = {shorten(self.f.text, LONGEST)}" + (f", at {place}" if place else "")
        width = max(map(columns, self.results))
        yield "\n".join(f"{name}{' ' * (width - columns(name))} = {x + 0.0!r}" for name, x in self.results.items())
        if infinite := [name for name, x in self.results.items() if not math.isfinite(x)]:
            yield f"not finite here: {listed(infinite)}"
        yield to_text(self.diagram()).rstrip("\n") if self.numbers else "there is no variable to differentiate by"

    def diagram(self) -> Diagram:
        """Return the graph as a picture; there is one if there are variables."""
        return draw(self.root)

    def check(self) -> None:
        """Compare the derivatives with differences.

        Raises
        ------
        GradcheckError
            If they do not agree.
        """
        gradcheck(self.f, *self.numbers.values(), order=self.order)
