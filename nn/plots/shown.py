"""Figures and axes that show themselves in Jupyter, though pyplot knows nothing of them."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograd import ArgumentError

__all__ = ["ShownAxes", "ShownFigure"]


class ShownFigure(Figure):
    """A figure that a notebook shows where it is the last line of a cell."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()


class ShownAxes(Axes):
    """Axes that a notebook shows as the figure they are in, and that are saved as it."""

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the whole figure to a file, in the format its ending says.

        Parameters
        ----------
        path : str or path
            Its ending is one of matplotlib's, such as ``.png``, ``.svg`` or ``.pdf``. An existing file is replaced.
        **options
            Those of ``Figure.savefig``, such as ``dpi=150``.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        ArgumentError
            If the ending is another one, or the folder does not exist.

        Examples
        --------
        >>> import tempfile
        >>> from nn import plot_history
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     plot_history({"loss": [1.2, 0.7, 0.4]}).save(f"{folder}/learning.png").name
        'learning.png'
        """
        figure: Any = self.figure
        path = Path(path)
        known = sorted(figure.canvas.get_supported_filetypes())
        if path.suffix.lower().removeprefix(".") not in known:
            endings = ", ".join(f".{ending}" for ending in known)
            raise ArgumentError(f"a plot is saved as one of {endings}, but {str(path)!r} ends with {path.suffix!r}")
        if not path.parent.is_dir():
            raise ArgumentError(
                f"there is no folder {str(path.parent)!r} to save {path.name!r} in; make it first: "
                f"Path({str(path.parent)!r}).mkdir(parents=True)"
            )
        figure.savefig(path, **options)
        return path

    def _repr_png_(self) -> bytes:
        figure: Any = self.figure  # a ShownFigure
        picture: bytes = figure._repr_png_()
        return picture
