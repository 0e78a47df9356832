"""MLPRegressor: a network that gives numbers, as an estimator of scikit-learn."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from autograd import SizeError
from nn.datasets import split
from nn.estimators.network import DTYPES, Array, Network, goes_by_epochs
from nn.losses import half_squared_error
from nn.metrics import r2_score

__all__ = ["MLPRegressor"]


@final
class MLPRegressor(RegressorMixin, Network):  # type: ignore[misc]  # scikit-learn has no types
    """A multi-layer perceptron that gives numbers, as an estimator of scikit-learn (extra ``sklearn``).

    Trained on the mean over the samples of 1/2 Σ (output - target)², the sum over the outputs, plus the penalty of
    `MLPClassifier`. Targets far from 0 and 1 take long to reach: scale them, as by
    ``sklearn.compose.TransformedTargetRegressor``.

    Parameters
    ----------
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate_init, max_iter : optional
        As of `MLPClassifier`, and the others too.
    random_state, tol, verbose, momentum, nesterovs_momentum, early_stopping, validation_fraction : optional
    beta_1, beta_2, epsilon, n_iter_no_change, max_fun : optional

    Attributes
    ----------
    model_ : Sequential
        The network; ``model_.summary()`` shows it.
    validation_scores_, best_validation_score_ : list of float and float, or None
        R² on the held-out samples after each epoch, and the highest; None without ``early_stopping``.
    loss_, loss_curve_, n_iter_, n_features_in_, n_outputs_, n_layers_, feature_names_in_
        As of `MLPClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> x = np.linspace(-3.0, 3.0, 100).reshape(-1, 1)
    >>> y = np.column_stack([np.sin(x[:, 0]), np.cos(x[:, 0])])
    >>> network = nn.MLPRegressor(20, "tanh", solver="lbfgs", max_iter=1000, random_state=0).fit(x, y)
    >>> network.score(x, y) > 0.99, network.predict(x).shape
    (True, (100, 2))
    """

    def predict(self, X: ArrayLike) -> Array:
        """Return the outputs for each sample.

        Parameters
        ----------
        X : array-like of shape (samples, features)

        Returns
        -------
        ndarray of shape (samples,), or (samples, outputs) of several outputs
        """
        outputs = self._outputs(X)
        return outputs[:, 0] if self.n_outputs_ == 1 else outputs

    @available_if(goes_by_epochs)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train for one epoch; go on with the network and its optimizer, if there are such. Not with "lbfgs".

        Parameters
        ----------
        X : array-like of shape (samples, features)
        y : array-like of shape (samples,) or (samples, outputs)
        sample_weight : array-like of shape (samples,), optional
            How much each sample counts.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            As `fit`; if there are other outputs than before; or if ``early_stopping`` is on, for which one epoch is no
            place.
        """
        return self._fit_further(X, y, sample_weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    # What Network asks for --------------------------------------------------------------------------------------

    def _samples(self, X: Any, y: Any, *, reset: bool) -> tuple[Array, Array]:
        checked: tuple[Array, Array] = validate_data(
            self, X, y, dtype=DTYPES, multi_output=True, y_numeric=True, reset=reset
        )
        return checked

    def _note_targets(self, y: Any) -> None:
        self.n_outputs_ = 1 if y.ndim == 1 else y.shape[1]

    def _as_outputs(self, y: Array, dtype: DTypeLike) -> Array:
        targets = y.reshape(len(y), -1)
        if targets.shape[1] != self.n_outputs_:
            raise SizeError(f"y has {targets.shape[1]} outputs for each sample, but the network has {self.n_outputs_}")
        return targets.astype(dtype)

    def _mean_loss(self, outputs: Any, targets: Any, weights: Any) -> Any:
        return half_squared_error(outputs, targets, weights=weights)

    def _held_out(self, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        return split(len(y), self.validation_fraction, seed=rng)

    def _score(self, outputs: Array, y: Array, weights: Array) -> float:
        return float(r2_score(y.reshape(len(y), -1), outputs, sample_weight=weights))
