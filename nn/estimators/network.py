"""What the estimators share: their settings, and their training by nn.fit."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Iterable
from types import FunctionType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

import autograd
from autograd import ArgumentError, SizeError, no_grad
from nn.checks import flag, fraction, not_negative, positive, positive_int
from nn.estimators.building import ACTIVATIONS, hidden_sizes, perceptron
from nn.estimators.patience import Patience
from nn.losses import l2_penalty
from nn.modules import Sequential
from nn.optim import LBFGS, SGD, Adam, Optimizer
from nn.training import fit

__all__ = ["DTYPES", "Array", "Network", "goes_by_epochs"]

Array = np.ndarray[Any, Any]

DTYPES = (np.float64, np.float32)
"""What samples may be of; others become the first."""

SOLVERS = ("adam", "sgd", "lbfgs")


def goes_by_epochs(network: Network) -> bool:
    """Tell that there is a ``partial_fit``, or say why not."""
    if network.solver == "lbfgs":
        raise AttributeError("solver='lbfgs' takes all samples at once, so it has no partial_fit; 'adam' and 'sgd' do")
    return True


class Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Base of the estimators. A subclass says what a sample's target is, what its loss, and how good outputs are."""

    model_: Sequential
    loss_curve_: list[float]
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    _optimizer: Optimizer | None

    def __init__(
        self,
        hidden_layer_sizes: int | Iterable[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" not in vars(cls):  # Python's messages should name the class that was called
            cls.__init__ = _renamed(Network.__init__, f"{cls.__name__}.__init__")  # type: ignore[method-assign]

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Build a new network and train it.

        Parameters
        ----------
        X : array-like of shape (samples, features)
            float32 samples are learned from in float32, all others in float64.
        y : array-like of shape (samples,), of a regressor also (samples, outputs)
            The targets.
        sample_weight : array-like of shape (samples,), optional
            How much each sample counts. One of weight 0 is as if it were not there.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a setting makes no sense, or the samples, targets and weights are not finite numbers that fit.
        NonFiniteGradientError
            If the loss or a gradient overflows on the way.

        Warns
        -----
        ConvergenceWarning
            If the training has not settled when it ends.
        """
        self._check_settings()
        X, y, weights = self._weighted_samples(X, y, sample_weight, reset=True)
        self._note_targets(y)
        self._begin(X)
        if self.solver == "lbfgs":
            return self._fit_at_once(X, y, weights)
        if not self.early_stopping:
            return self._fit_epochs(X, y, weights, Patience(self.tol, self.n_iter_no_change))
        kept, held = self._held_out(y, self._rng)
        patience = Patience(
            self.tol, self.n_iter_no_change, lambda: self._score(self._forward(X[held]), y[held], weights[held])
        )
        self._fit_epochs(X[kept], y[kept], weights[kept], patience)
        self.validation_scores_, self.best_validation_score_ = patience.scores, patience.best
        return self

    # What a subclass says ---------------------------------------------------------------------------------------

    @abstractmethod
    def _samples(self, X: Any, y: Any, *, reset: bool) -> tuple[Array, Array]:
        """Return checked samples, and checked targets as they were given."""

    @abstractmethod
    def _note_targets(self, y: Any) -> None:
        """Remember what the outputs stand for, and how many there are as ``n_outputs_``."""

    @abstractmethod
    def _as_outputs(self, y: Array, dtype: DTypeLike) -> Array:
        """Return what the network should give for each sample, of shape (samples, outputs)."""

    @abstractmethod
    def _mean_loss(self, outputs: Any, targets: Any, weights: Any) -> Any:
        """Return Σ w l / Σ w."""

    @abstractmethod
    def _held_out(self, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return the indices of the samples to learn from, and of those to judge by."""

    @abstractmethod
    def _score(self, outputs: Array, y: Array, weights: Array) -> float:
        """Return how good outputs are; the higher, the better."""

    # Before the training ----------------------------------------------------------------------------------------

    def _check_settings(self) -> None:
        """Refuse settings that make no sense, also those of other solvers."""
        for name, known in (("activation", tuple(ACTIVATIONS)), ("solver", SOLVERS)):
            if getattr(self, name) not in known:
                raise ArgumentError(f"{name} must be one of {', '.join(map(repr, known))}, not {getattr(self, name)!r}")
        hidden_sizes(self.hidden_layer_sizes)
        if self.batch_size != "auto":
            positive_int(self.batch_size, "batch_size, if it is not 'auto',")
        if self.n_iter_no_change != math.inf:
            positive_int(self.n_iter_no_change, "n_iter_no_change, if it is not inf,")
        for check, names in (
            (positive_int, ("max_iter", "max_fun")),
            (positive, ("learning_rate_init", "epsilon", "validation_fraction")),
            (not_negative, ("alpha", "tol")),
            (fraction, ("momentum", "beta_1", "beta_2", "validation_fraction")),
            (flag, ("verbose", "nesterovs_momentum", "early_stopping")),
        ):
            for name in names:
                check(getattr(self, name), name)

    def _weighted_samples(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array]:
        """Return the samples, targets and weights, without samples of weight 0."""
        X, y = self._samples(X, y, reset=reset)
        if sample_weight is None:
            return X, y, np.ones(len(X), X.dtype)
        weights = check_array(sample_weight, ensure_2d=False, dtype=X.dtype, input_name="sample_weight")
        if weights.ndim != 1:
            raise SizeError(f"sample_weight must have the shape ({len(X)},), not {weights.shape}")
        check_consistent_length(X, weights)
        if (weights < 0).any():
            raise ArgumentError(f"sample_weight must not be negative, not {weights.min()}")
        counts = weights > 0
        if not counts.any():
            raise ArgumentError("sample_weight is zero for every sample, so there is nothing to learn from")
        return X[counts], y[counts], weights[counts]

    def _begin(self, X: Array) -> None:
        """Build the network, which has not been trained yet."""
        self._rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        sizes = [X.shape[1], *hidden_sizes(self.hidden_layer_sizes), self.n_outputs_]
        self.model_ = perceptron(sizes, self.activation, X.dtype, self._rng)
        self.n_layers_ = len(sizes)
        self._optimizer = None
        self.loss_curve_ = []
        self.validation_scores_ = self.best_validation_score_ = None

    def _new_optimizer(self) -> Optimizer:
        parameters, lr = self.model_.parameters(), self.learning_rate_init
        if self.solver == "adam":
            return Adam(parameters, lr, betas=(self.beta_1, self.beta_2), eps=self.epsilon)
        nesterov = self.nesterovs_momentum and self.momentum > 0
        return SGD(parameters, lr, momentum=self.momentum, nesterov=nesterov)

    # The training -----------------------------------------------------------------------------------------------

    def _weighted_targets(self, X: Array, y: Array, weights: Array) -> Array:
        """Return what nn.fit takes for targets: it knows of one array of them, so the weights are its last column."""
        return np.column_stack([self._as_outputs(y, X.dtype), weights])

    def _loss(self, outputs: Any, weighted_targets: Any) -> Any:
        """Return the mean loss of a minibatch, and the penalty over the number of its samples, as in scikit-learn."""
        targets, weights = weighted_targets[:, :-1], weighted_targets[:, -1]
        penalty = l2_penalty(self.model_, self.alpha) / np.sum(weights)
        return self._mean_loss(outputs, targets, weights) + penalty

    def _fit_epochs(self, X: Array, y: Array, weights: Array, patience: Patience | None) -> Self:
        """Train until patience is over; without it, for one epoch."""
        if self._optimizer is None:
            self._optimizer = self._new_optimizer()
        batch_size: Any = 200 if self.batch_size == "auto" else self.batch_size
        history = fit(
            self.model_,
            X,
            self._weighted_targets(X, y, weights),
            loss=self._loss,
            optimizer=self._optimizer,
            epochs=1 if patience is None else self.max_iter,
            batch_size=min(batch_size, len(X)),
            callbacks=[] if patience is None else [patience],
            seed=self._rng,
            progress=bool(self.verbose),
        )
        self.loss_curve_ += [figures["loss"] for figures in history.epochs]
        self.n_iter_ = len(self.loss_curve_)
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else math.nan
        if patience is not None and not patience.is_over:
            self._warn(history.stopped or "max_iter is reached")
        return self

    def _fit_further(self, X: Any, y: Any, sample_weight: Any, targets: Any = None) -> Self:
        """Train for one epoch more; for the first one ``targets``, or else ``y``, say what there will be."""
        self._check_settings()
        if self.early_stopping:
            raise ArgumentError("partial_fit makes a single epoch, so early_stopping must be False")
        is_first = not hasattr(self, "model_")
        X, y, weights = self._weighted_samples(X, y, sample_weight, reset=is_first)
        if is_first:
            self._note_targets(y if targets is None else targets)
            self._begin(X)
        return self._fit_epochs(X, y, weights, None)

    def _fit_at_once(self, X: Array, y: Array, weights: Array) -> Self:
        """Train by LBFGS, which is none of nn.fit's: it asks for the loss of all samples where it wants to."""
        targets = self._weighted_targets(X, y, weights)
        step = autograd.compile(lambda x, t: self._loss(self.model_(x), t), arrays=True)
        lbfgs = LBFGS(
            self.model_.parameters(), self.max_iter, max_eval=self.max_fun, tolerance_grad=self.tol, history_size=10
        )

        def closure() -> Any:
            loss, gradients = step.value_and_grad(X, targets)
            for parameter, gradient in zip(step.parameters, gradients, strict=True):
                parameter.grad = gradient
            return loss

        lbfgs.step(closure)
        self.n_iter_, self.loss_ = int(lbfgs.result.nit), float(lbfgs.result.fun)
        if not lbfgs.result.success:
            self._warn(lbfgs.result.message)
        return self

    def _warn(self, reason: str) -> None:
        name = type(self).__name__
        message = f"{name} has not converged ({reason}): its loss is {self.loss_:.6g} after {self.n_iter_} iterations"
        warnings.warn(message, ConvergenceWarning, stacklevel=4)

    # Afterwards -------------------------------------------------------------------------------------------------

    def _outputs(self, X: Any) -> Array:
        """Return what the network gives for samples that are still to be checked."""
        check_is_fitted(self)
        return self._forward(validate_data(self, X, dtype=DTYPES, reset=False))

    def _forward(self, X: Array) -> Array:
        with no_grad():
            outputs: Array = self.model_(X).numpy()
        return outputs


def _renamed(function: Any, name: str) -> Any:
    """Return the same function under another qualified name."""
    twin = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    twin.__kwdefaults__, twin.__annotations__ = function.__kwdefaults__, function.__annotations__
    twin.__qualname__ = name
    return twin
