"""MLPClassifier: a network that tells classes apart, as an estimator of scikit-learn."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from autograd import ArgumentError, log_softmax, softmax
from nn.datasets import stratified_split
from nn.estimators.network import DTYPES, Array, Network, goes_by_epochs
from nn.losses import cross_entropy
from nn.metrics import accuracy

__all__ = ["MLPClassifier"]


@final
class MLPClassifier(ClassifierMixin, Network):  # type: ignore[misc]  # scikit-learn has no types
    """A multi-layer perceptron that tells classes apart, as an estimator of scikit-learn (extra ``sklearn``).

    Made of `Linear` and activations, and trained by `nn.fit` on the mean cross-entropy of each minibatch plus
    alpha / (2 n) Σ w² over its n samples; biases are left out of the sum. Names, defaults and the rule when to stop are
    those of ``sklearn.neural_network.MLPClassifier``, with two exceptions: there are as many outputs as classes, also
    if those are two, and epsilon is added as in `Adam`.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, optional
        The sizes of the hidden layers; an empty one makes a linear model.
    activation : str, optional
        What stands behind each hidden layer: "identity", "logistic", "tanh", "relu", "elu", "gelu", "leaky_relu",
        "silu" or "softplus".
    solver : {"adam", "sgd", "lbfgs"}, optional
        The optimizer: `Adam`, `SGD`, or for small sets of samples `LBFGS`.
    alpha : float, optional
        The strength of the L2 penalty, not negative.
    batch_size : int or "auto", optional
        How many samples a minibatch has; "auto" is 200. No more than there are samples. For "lbfgs" always all.
    learning_rate_init : float, optional
        The learning rate of "adam" and "sgd".
    max_iter : int, optional
        How many epochs there are at most; for "lbfgs" iterations.
    random_state : int, numpy.random.RandomState or None, optional
        Of the first weights, the held-out samples, and the order of the samples in each epoch.
    tol : float, optional
        By how much an epoch must lower the loss, or raise the score of ``early_stopping``, to count as better. For
        "lbfgs" the largest number of the gradient at which it ends.
    verbose : bool, optional
        Whether a bar shows the epochs (extra ``progress``).
    momentum : float, optional
        Of "sgd", at least 0 and less than 1.
    nesterovs_momentum : bool, optional
        Whether it is Nesterov's.
    early_stopping : bool, optional
        Whether to hold samples out, stop by the score on them, and keep the weights of the best epoch.
    validation_fraction : float, optional
        The part of the samples held out, between 0 and 1; of a classifier, of each class.
    beta_1, beta_2, epsilon : float, optional
        Those of "adam".
    n_iter_no_change : int or inf, optional
        For how many epochs in a row it may become no better before the training ends.
    max_fun : int, optional
        How often "lbfgs" computes the loss at most.

    Attributes
    ----------
    model_ : Sequential
        The network, whose outputs are logits in the order of ``classes_``; ``model_.summary()`` shows it.
    classes_ : ndarray of shape (classes,)
        The labels, sorted.
    loss_ : float
        The mean loss of the last epoch as its minibatches were met; with "lbfgs" that at the end.
    loss_curve_ : list of float
        The loss of each epoch; empty with "lbfgs".
    n_iter_ : int
        How many epochs there were; with "lbfgs" iterations.
    validation_scores_, best_validation_score_ : list of float and float, or None
        The accuracy on the held-out samples after each epoch, and the highest; None without ``early_stopping``.
    n_features_in_, n_outputs_, n_layers_ : int
        How many inputs and outputs there are, and layers with the inputs counted.
    feature_names_in_ : ndarray of str of shape (n_features,)
        The names of the features, if they have such.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> import nn
    >>> x, y, *_ = nn.datasets.iris()
    >>> network = nn.MLPClassifier(16, "tanh", solver="lbfgs", alpha=0.1, random_state=0)
    >>> pipeline = make_pipeline(StandardScaler(), network).fit(x[::2], y[::2])
    >>> pipeline.score(x[1::2], y[1::2]) > 0.9
    True
    >>> network.model_
    Sequential(
      layers[0]: Linear(4, 16)
      layers[1]: Tanh()
      layers[2]: Linear(16, 3)
    )
    """

    def predict(self, X: ArrayLike) -> Array:
        """Return the most probable class of each sample.

        Parameters
        ----------
        X : array-like of shape (samples, features)

        Returns
        -------
        ndarray of shape (samples,)
        """
        return self._chosen(self._outputs(X))

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class for each sample: the softmax of the logits.

        Parameters
        ----------
        X : array-like of shape (samples, features)

        Returns
        -------
        ndarray of shape (samples, classes)
        """
        return np.asarray(softmax(self._outputs(X)))

    def predict_log_proba(self, X: ArrayLike) -> Array:
        """Return the logarithm of each probability, with all its digits where that is near 0.

        Parameters
        ----------
        X : array-like of shape (samples, features)

        Returns
        -------
        ndarray of shape (samples, classes)
        """
        return np.asarray(log_softmax(self._outputs(X)))

    @available_if(goes_by_epochs)  # type: ignore[untyped-decorator]
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, classes: ArrayLike | None = None
    ) -> Self:
        """Train for one epoch; go on with the network and its optimizer, if there are such. Not with "lbfgs".

        Parameters
        ----------
        X : array-like of shape (samples, features)
        y : array-like of shape (samples,)
        sample_weight : array-like of shape (samples,), optional
            How much each sample counts.
        classes : array-like of shape (classes,), optional
            All that there will be; needed the first time, and the same later if it is given.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            As `fit`; if ``classes`` are missing the first time, change, or lack one of ``y``; or if ``early_stopping``
            is on, for which one epoch is no place.
        """
        known = getattr(self, "classes_", None)
        if known is None and classes is None:
            raise ArgumentError("the first call of partial_fit needs classes=, all labels that there will be")
        if known is not None and classes is not None and not np.array_equal(known, np.unique(classes)):
            raise ArgumentError(
                f"classes are {np.unique(classes)} in this call of partial_fit, but were {known} before"
            )
        return self._fit_further(X, y, sample_weight, classes)

    # What Network asks for --------------------------------------------------------------------------------------

    def _samples(self, X: Any, y: Any, *, reset: bool) -> tuple[Array, Array]:
        X, y = validate_data(self, X, y, dtype=DTYPES, reset=reset)
        check_classification_targets(y)
        return X, y

    def _note_targets(self, y: Any) -> None:
        self.classes_ = np.unique(y)
        self.n_outputs_ = len(self.classes_)

    def _as_outputs(self, y: Array, dtype: DTypeLike) -> Array:
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise ArgumentError(f"y has {unknown}, but the classes are {self.classes_}")
        return np.asarray(y[:, np.newaxis] == self.classes_, dtype)

    def _mean_loss(self, outputs: Any, targets: Any, weights: Any) -> Any:
        return cross_entropy(outputs, targets, weights=weights)

    def _held_out(self, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        return stratified_split(y, self.validation_fraction, seed=rng)

    def _score(self, outputs: Array, y: Array, weights: Array) -> float:
        return accuracy(y, self._chosen(outputs), sample_weight=weights)

    def _chosen(self, outputs: Array) -> Array:
        chosen: Array = self.classes_[outputs.argmax(axis=1)]
        return chosen
