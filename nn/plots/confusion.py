"""The confusion matrix as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array
from nn.plots.axes import ink_on, name_ticks, new_or_given, room

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_confusion_matrix"]

SMALLEST, LARGEST = 6.0, 11.0  # of the numbers in the cells, in points


def plot_confusion_matrix(
    matrix: ArrayLike, labels: Sequence[Any] | None = None, normalize: bool = False, *, ax: Axes | None = None
) -> Axes:
    """Draw how often each true class is predicted as each class.

    Numbers too large for their cells at a readable size are left out; the bar beside tells the colours.

    Parameters
    ----------
    matrix : array-like of shape (classes, classes)
        Rows are true classes, as `nn.confusion_matrix` returns it.
    labels : sequence of shape (classes,), optional
        The names of the classes; by default 0, 1, 2, ...
    normalize : bool, optional
        Whether to show the part of its row for each cell, so that the diagonal is the recall.
    ax : matplotlib Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("confusion.png")`` writes.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    SizeError
        If the matrix is not square or empty, or there is not one label a class.
    ArgumentError
        If the matrix holds something that is no count.
    MissingExtraError
        If matplotlib is missing.

    Examples
    --------
    >>> from nn import confusion_matrix, plot_confusion_matrix
    >>> matrix = confusion_matrix(["cat", "cat", "dog"], ["cat", "dog", "dog"])
    >>> ax = plot_confusion_matrix(matrix, labels=["cat", "dog"])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('predicted class', 'true class')
    """
    counts = _counts(matrix)
    names = [str(label) for label in (range(len(counts)) if labels is None else labels)]
    if len(names) != len(counts):
        raise SizeError(f"labels must name each of {len(counts)} classes, but there are {len(names)} names")
    sums = counts.sum(axis=1, keepdims=True)
    shown = counts / np.where(sums == 0, 1, sums) if normalize else counts
    side = min(max(4.8, 0.55 * len(counts) + 1.5), 12.0)
    ax = new_or_given(ax, "plot_confusion_matrix", side + 0.8, side)
    image = ax.imshow(shown, cmap="cividis", vmin=0, vmax=1 if normalize else max(shown.max(), 1))
    bar = ax.inset_axes((1.03, 0.0, 0.05, 1.0))  # as high as the matrix, whatever the figure's shape
    ax.figure.colorbar(image, cax=bar, label="part of the true class" if normalize else "samples")
    ax.set(xlabel="predicted class", ylabel="true class")
    name_ticks(ax, names)
    name_ticks(ax, names, vertical=True)
    _write_numbers(ax, image, shown, normalize)
    return ax


def _counts(matrix: Any) -> NDArray[np.float64]:
    array = plain_array(matrix, "matrix")
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise SizeError(f"matrix must be square, a row and a column for each class, not of shape {array.shape}")
    if array.dtype.kind not in "biuf" or not np.all(np.isfinite(array)) or np.any(array < 0):
        raise ArgumentError("matrix must hold counts: finite numbers that are not negative")
    return array.astype(np.float64)


def _write_numbers(ax: Axes, image: Any, shown: NDArray[np.float64], normalize: bool) -> None:
    texts = [[f"{number:.2f}" if normalize else _short(number) for number in row] for row in shown]
    longest = max(len(text) for row in texts for text in row)
    width, height = (points / len(shown) for points in room(ax))
    size = min(LARGEST, 0.8 * width / (0.62 * longest), 0.7 * height)
    if size < SMALLEST:
        return
    for row, column in np.ndindex(*shown.shape):
        ax.text(
            column,
            row,
            texts[row][column],
            ha="center",
            va="center",
            fontsize=size,
            color=ink_on(image.cmap(image.norm(shown[row, column]))),
        )


def _short(number: float) -> str:
    return f"{number:.0f}" if number == round(number) or number >= 1000 else f"{number:.3g}"
