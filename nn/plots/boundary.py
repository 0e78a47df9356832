"""What a classifier of two features decides where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array, positive_int
from nn.metrics.labels import label_array, positions
from nn.plots.axes import COLORS, add_legend, height_with_legend, ink, new_or_given

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_decision_boundary"]

MARKERS = "os^Dv*PX<>"


def plot_decision_boundary(
    predict: Callable[[NDArray[np.float64]], Any],
    x: ArrayLike,
    y: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    feature_names: Sequence[str] = ("feature 0", "feature 1"),
    threshold: float | None = None,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw the samples, and around them the class that is predicted at each point of the plane.

    Parameters
    ----------
    predict : callable
        Takes an array of shape (n, 2) and returns the class of each row, of shape (n,); a score of each class, of
        shape (n, classes), the highest of which wins; or one score, of shape (n,) or (n, 1), for two classes, of
        which the second has the scores above ``threshold``.
    x : array-like of shape (samples, 2)
    y : array-like of shape (samples,)
        The true classes.
    labels : sequence of shape (classes,), optional
        The names of the classes, in the sorted order of the classes.
    feature_names : sequence of two str, optional
    threshold : float, optional
        Where one score changes the class; by default 0.5 if all scores drawn are from 0 to 1, as probabilities are,
        else 0.
    resolution : int, optional
        On how many points along each feature to predict.
    ax : matplotlib Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("boundary.png")`` writes.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    SizeError
        If there are not two features, or one class a sample, or one prediction a point, or one name a class.
    ArgumentError
        If the predictions are neither classes nor finite scores.
    MissingExtraError
        If matplotlib is missing.

    Examples
    --------
    >>> from nn import plot_decision_boundary
    >>> x, y = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 0, 0, 1]
    >>> ax = plot_decision_boundary(lambda points: points.sum(axis=1) - 1.5, x, y, labels=["no", "yes"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['no', 'yes']
    """
    points, true = _samples(x, y)
    if len(feature_names) != 2:
        raise SizeError(f"feature_names must be two, not {len(feature_names)}")
    sides = [_side(points[:, i], positive_int(resolution, "resolution")) for i in range(2)]
    grid = np.stack(np.meshgrid(*sides), axis=-1)
    classes, margins = _margins(predict(grid.reshape(-1, 2)), true, grid.shape[0] * grid.shape[1], threshold)
    names = [str(label) for label in (classes.tolist() if labels is None else labels)]
    if len(names) != len(classes):
        raise SizeError(f"labels must name each of {len(classes)} classes {classes.tolist()}, but are {names}")

    ax = new_or_given(ax, "plot_decision_boundary", height=height_with_legend(names))
    handles = []
    for c, name in enumerate(names):
        color, margin = COLORS[c % len(COLORS)], margins[c].reshape(grid.shape[:2])
        if margin.max() > 0:
            ax.contourf(*sides, margin, levels=[0.0, margin.max()], colors=[color], alpha=0.3)
            if margin.min() < 0:
                ax.contour(*sides, margin, levels=[0.0], colors=[ink(ax)], linewidths=0.8)
        of_class = points[true == classes[c]]
        handles.append(
            ax.scatter(
                of_class[:, 0],
                of_class[:, 1],
                s=30,
                color=color,
                marker=MARKERS[c % len(MARKERS)],
                edgecolors=[ink(ax)],
                linewidths=0.6,
                zorder=3,
                label=name,
            )
        )
    ax.set(xlabel=feature_names[0], ylabel=feature_names[1])
    add_legend(ax, handles)
    return ax


def _samples(x: Any, y: Any) -> tuple[NDArray[np.float64], NDArray[Any]]:
    points = plain_array(x, "x")
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise SizeError(
            f"plot_decision_boundary draws samples of two features, but x has shape {points.shape}; of more features "
            "take two, as x[:, :2], and a classifier of these"
        )
    if points.dtype.kind not in "biuf" or not np.all(np.isfinite(points)):
        raise ArgumentError("x must be finite numbers")
    true = label_array(y, "y")
    if len(true) != len(points):
        raise SizeError(f"y must be one class for each of {len(points)} samples, but there are {len(true)}")
    return points.astype(np.float64), true


def _side(feature: NDArray[np.float64], resolution: int) -> NDArray[np.float64]:
    margin = 0.08 * np.ptp(feature) or 1.0
    return np.linspace(feature.min() - margin, feature.max() + margin, max(resolution, 2))


def _margins(predicted: Any, true: NDArray[Any], points: int, threshold: float | None) -> tuple[Any, NDArray[Any]]:
    """Return the classes, and by how much each leads at each point: above 0 where it is predicted."""
    scores = plain_array(predicted, "the result of predict")
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    if scores.ndim not in (1, 2) or len(scores) != points:
        raise SizeError(
            f"predict must return a class or scores for each of {points} points, of shape ({points},) or "
            f"({points}, classes), not {scores.shape}"
        )
    if scores.dtype.kind == "f" and not np.all(np.isfinite(scores)):
        raise ArgumentError("predict returned inf or nan somewhere among the samples")
    occurring = np.unique(true)
    if scores.ndim == 2:
        classes = _classes_of_columns(occurring, scores.shape[1])
        ranked = np.sort(scores, axis=1)
        rival = np.where(scores == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])
        return classes, (scores - rival).T
    if scores.dtype.kind == "f" and np.any(scores != np.trunc(scores)):
        if threshold is None:
            threshold = 0.5 if scores.min() >= 0 and scores.max() <= 1 else 0.0
        return _classes_of_columns(occurring, 2), np.stack([threshold - scores, scores - threshold])
    classes = np.union1d(occurring, label_array(scores, "the result of predict"))
    at = positions(scores, classes)
    return classes, np.where(at == np.arange(len(classes))[:, None], 0.5, -0.5)


def _classes_of_columns(occurring: NDArray[Any], columns: int) -> NDArray[Any]:
    """Return the class that each column of scores stands for."""
    if len(occurring) == columns:
        return occurring
    indices = np.arange(columns)
    if occurring.dtype.kind in "biuf" and np.all(np.isin(occurring, indices)):
        return indices
    raise SizeError(f"predict must return a score for each class of y, {occurring.tolist()}, not for {columns} classes")
