"""Figures and axes that show themselves in Jupyter, though pyplot knows nothing of them."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["ShownAxes", "ShownFigure"]


class ShownFigure(Figure):
    """A figure that a notebook shows where it is the last line of a cell."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()


class ShownAxes(Axes):
    """Axes that a notebook shows as the figure they are in."""

    def _repr_png_(self) -> bytes:
        figure: Any = self.figure  # a ShownFigure
        picture: bytes = figure._repr_png_()
        return picture
