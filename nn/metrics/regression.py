"""R²: how much of the targets' variance a regression explains."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array
from nn.metrics.errors import UndefinedMetricWarning
from nn.metrics.labels import sample_weights

__all__ = ["r2_score"]

MULTIOUTPUT = ("raw_values", "uniform_average", "variance_weighted")


def r2_score(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: ArrayLike | None = None,
    multioutput: str | ArrayLike = "uniform_average",
    force_finite: bool = True,
) -> float | NDArray[np.float64]:
    """Return the coefficient of determination, R² = 1 - Σ (t - p)² / Σ (t - mean t)².

    1 for predictions without error, 0 for those no better than the mean of the targets, negative for worse ones
    (Draper and Smith 1998, Applied Regression Analysis, section 1.3).

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, outputs)
        The targets and the predictions. Of Tensors and Values the numbers are taken.
    sample_weight : array-like of shape (n,), optional
    multioutput : str or array-like of shape (outputs,), optional
        "uniform_average", the mean over the outputs; "variance_weighted", weighted by each output's variance;
        "raw_values", an array of one R² an output; or the weights themselves.
    force_finite : bool, optional
        Whether a target that is constant gives 1 where it is met and 0 where it is not, in place of nan and -inf.

    Returns
    -------
    float, or ndarray of shape (outputs,)
        nan, with a warning, for fewer than two samples.

    Raises
    ------
    SizeError
        If the two differ in shape, are empty, or have more than two dimensions.
    ArgumentError
        If something is not a finite number, or ``multioutput`` is unknown.

    Examples
    --------
    >>> from nn import r2_score
    >>> r2_score([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0])
    0.8
    """
    true, predicted = _columns(y_true, "y_true"), _columns(y_pred, "y_pred")
    if true.shape != predicted.shape:
        raise SizeError(f"y_true and y_pred must be of one shape, but are (n, outputs) {true.shape}, {predicted.shape}")
    weight = sample_weights(sample_weight, len(true))[:, None]
    if len(true) < 2:
        warnings.warn("r2_score is undefined for fewer than two samples", UndefinedMetricWarning, stacklevel=2)
        return float("nan")
    residual = np.sum(weight * (true - predicted) ** 2, axis=0)
    total = np.sum(weight * (true - np.average(true, axis=0, weights=weight[:, 0])) ** 2, axis=0)
    total[np.ptp(true, axis=0) == 0] = 0.0  # the mean of equal numbers may differ from them by rounding
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = 1.0 - residual / total
    if force_finite:
        scores = np.where(total == 0, np.where(residual == 0, 1.0, 0.0), scores)
    return _over_outputs(scores, total, multioutput)


def _columns(y: Any, what: str) -> NDArray[np.float64]:
    array = plain_array(y, what)
    if array.ndim not in (1, 2) or not array.size:
        raise SizeError(f"{what} must be of shape (n,) or (n, outputs), not empty, but has shape {array.shape}")
    if array.dtype.kind not in "biuf" or not np.all(np.isfinite(array)):
        cure = ", not text; nn.accuracy compares labels" if array.dtype.kind in "UT" else ""
        raise ArgumentError(f"{what} must be finite numbers{cure}")
    return array.reshape(len(array), -1).astype(np.float64)


def _over_outputs(
    scores: NDArray[np.float64], total: NDArray[np.float64], multioutput: Any
) -> float | NDArray[np.float64]:
    if isinstance(multioutput, str):
        if multioutput not in MULTIOUTPUT:
            known = ", ".join(map(repr, MULTIOUTPUT))
            raise ArgumentError(f"multioutput must be one of {known} or weights, not {multioutput!r}")
        if multioutput == "raw_values":
            return scores
        weights = total if multioutput == "variance_weighted" and np.any(total) else None
    else:
        weights = plain_array(multioutput, "multioutput")
        if weights.shape != scores.shape:
            raise SizeError(f"multioutput must be a weight for each of {len(scores)} outputs, not {weights.shape}")
    return float(np.average(scores, weights=weights))
