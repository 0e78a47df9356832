"""Features of mean 0 and standard deviation 1, by the numbers of the training part alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import ArgumentError, SizeError
from nn.checks import real_array

__all__ = ["Standardizer", "standardize"]

Floats = NDArray[np.floating[Any]]

NOT_GIVEN: Any = None


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Shifts and scales each feature, and back: ``(x - mean) / scale``.

    Attributes
    ----------
    mean, scale : ndarray of the shape of one sample, float64

    Examples
    --------
    >>> import numpy as np
    >>> from nn import datasets
    >>> scaler = datasets.Standardizer.fit([[1.0, 5.0], [3.0, 5.0]])
    >>> scaler.mean.tolist(), scaler.scale.tolist()
    ([2.0, 5.0], [1.0, 1.0])
    >>> z = scaler.transform([[4.0, 7.0]])
    >>> z.tolist(), scaler.inverse_transform(z).tolist()
    ([[2.0, 2.0]], [[4.0, 7.0]])
    """

    mean: NDArray[np.float64] = NOT_GIVEN
    scale: NDArray[np.float64] = NOT_GIVEN

    def __post_init__(self) -> None:
        if self.mean is NOT_GIVEN or self.scale is NOT_GIVEN:
            raise ArgumentError("a Standardizer is made by its fit, which needs no other: Standardizer.fit(x_train)")

    @classmethod
    def fit(cls, x: ArrayLike) -> Standardizer:
        """Take the mean and the standard deviation of each feature, as scikit-learn's ``StandardScaler``.

        Fit on the training part only: what is known of the test part would make its accuracy look better than it is.

        Parameters
        ----------
        x : array-like of shape (samples, ...)
            The training samples, or the targets of a regression, of shape (samples,).

        Returns
        -------
        Standardizer
            With the standard deviation of the population (divided by the number of samples) as scale. A feature that
            does not vary, except by rounding, has the scale 1: it becomes 0.

        Raises
        ------
        ArgumentError
            If a number is inf or nan.
        NotANumberError
            If something is no real number.
        SizeError
            If there is no sample.
        """
        samples = real_array(x, "x").astype(np.float64, copy=False)
        if not samples.ndim or not len(samples):
            raise SizeError(f"x must have samples, at least one, in its first dimension, not the shape {samples.shape}")
        # Scaled by a power of 2, which rounds nothing, no square leaves the range of floats.
        _, exponent = np.frexp(np.abs(samples).max(axis=0))
        small = np.ldexp(samples, -exponent)
        mean, deviation = small.mean(axis=0), small.std(axis=0)
        # The bound that StandardScaler keeps: a variance no larger than its own rounding error is none.
        error, n = np.finfo(np.float64).eps, len(samples)
        varies = deviation**2 > n * error * deviation**2 + (n * mean * error) ** 2
        scale = np.ldexp(deviation, exponent)
        return cls(np.asarray(np.ldexp(mean, exponent)), np.where(varies & (scale > 0), scale, 1.0))

    def transform(self, x: ArrayLike) -> Floats:
        """Return ``(x - mean) / scale``.

        Parameters
        ----------
        x : array-like
            Samples, of shape (samples, ...), or one sample.

        Returns
        -------
        ndarray
            Of the shape of ``x``; float32 for float32, else float64.

        Raises
        ------
        ArgumentError
            If a number is inf or nan.
        NotANumberError
            If something is no real number.
        SizeError
            If the samples are not of the shape of those this was fitted on.
        """
        samples = self._samples(x, "x")
        return ((samples - self.mean) / self.scale).astype(samples.dtype, copy=False)

    def inverse_transform(self, z: ArrayLike) -> Floats:
        """Return ``z * scale + mean``: what :meth:`transform` made ``z`` of.

        Parameters
        ----------
        z : array-like
            Standardised samples, of shape (samples, ...), or one of them.

        Returns
        -------
        ndarray
            Of the shape of ``z``; float32 for float32, else float64.

        Raises
        ------
        ArgumentError
            If a number is inf or nan.
        NotANumberError
            If something is no real number.
        SizeError
            If the samples are not of the shape of those this was fitted on.
        """
        samples = self._samples(z, "z")
        return (samples * self.scale + self.mean).astype(samples.dtype, copy=False)

    def _samples(self, x: ArrayLike, what: str) -> Floats:
        samples = real_array(x, what)
        shape = self.mean.shape
        if samples.shape[max(samples.ndim - len(shape), 0) :] != shape:
            raise SizeError(
                f"{what} must have samples of shape {shape}, as those the standardizer was fitted on, "
                f"but its shape is {samples.shape}"
            )
        return samples


def standardize(train: ArrayLike, *others: ArrayLike) -> tuple[Floats, ...]:
    """Return the training part with mean 0 and standard deviation 1, and other parts by the same mean and scale.

    Parameters
    ----------
    train : array-like of shape (samples, ...)
        The part whose mean and standard deviation are taken.
    *others : array-like of shape (samples, ...)
        Parts to validate or test with, of which nothing is learned.

    Returns
    -------
    tuple of ndarray
        As many as were given, each in its shape.

    Raises
    ------
    ArgumentError
        If a number is inf or nan.
    NotANumberError
        If something is no real number.
    SizeError
        If the training part has no sample, or the samples of another part are of another shape.

    See Also
    --------
    Standardizer : keeps the mean and the scale, for samples that come later and for the way back.

    Examples
    --------
    >>> from nn import datasets
    >>> train, test = datasets.standardize([[1.0], [3.0]], [[4.0]])
    >>> train.tolist(), test.tolist()
    ([[-1.0], [1.0]], [[2.0]])
    """
    scaler = Standardizer.fit(train)
    return tuple(scaler.transform(part) for part in (train, *others))
