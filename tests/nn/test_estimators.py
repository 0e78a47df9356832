"""The estimators are scikit-learn's in every way that it checks, and learn what its own networks learn."""

from __future__ import annotations

import copy
import math
import operator
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn comes with the extra sklearn")

from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import autograd
import nn
from autograd import ArgumentError, NonFiniteGradientError, SizeError
from nn import MLPClassifier, MLPRegressor
from nn.estimators.patience import Patience
from nn.training import History, Run

X, Y, *_ = nn.datasets.iris()
X = (X - X.mean(axis=0)) / X.std(axis=0)
LENGTHS = X[:, 0] + np.sin(X[:, 1])

KINDS = {"classifier": (MLPClassifier, Y), "regressor": (MLPRegressor, LENGTHS)}
each_kind = pytest.mark.parametrize(("kind", "targets"), KINDS.values(), ids=KINDS)
may_go_on = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def numbers(estimator: Any) -> np.ndarray:
    return np.concatenate([x.ravel() for x in estimator.model_.state_dict().values()])


# Scikit-learn's own checks ------------------------------------------------------------------------------------------


@may_go_on
@parametrize_with_checks([MLPClassifier(max_iter=40), MLPRegressor(max_iter=60)])
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@may_go_on
def test_a_pipeline_is_searched_by_two_processes() -> None:
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(8, solver="lbfgs", max_iter=20, random_state=0))
    search = GridSearchCV(pipeline, {"mlpclassifier__alpha": [0.1, 1e4]}, cv=3, n_jobs=2, error_score="raise")
    search.fit(X, Y)
    assert search.best_params_ == {"mlpclassifier__alpha": 0.1}
    assert search.score(X, Y) > 0.95


@may_go_on
def test_cross_validation_scores_each_part() -> None:
    estimator = MLPRegressor(20, solver="lbfgs", max_iter=100, random_state=0)
    scores = cross_val_score(estimator, X, LENGTHS, cv=KFold(3, shuffle=True, random_state=0))
    assert scores.shape == (3,)
    assert (scores > 0.9).all()


@may_go_on
@each_kind
def test_a_pickled_or_copied_estimator_goes_on_where_it_was(kind: Any, targets: np.ndarray) -> None:
    estimator = kind(8, max_iter=3, batch_size=16, random_state=0).fit(X, targets)
    others = pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)
    estimator.partial_fit(X, targets)
    for other in others:
        np.testing.assert_array_equal(other.partial_fit(X, targets).predict(X), estimator.predict(X))
    assert not hasattr(clone(estimator), "model_")


def test_the_classes_are_pickled_by_the_module_they_are_in() -> None:
    assert MLPClassifier.__module__ == "nn.estimators.classifier"
    assert b"nn.estimators.regressor" in pickle.dumps(MLPRegressor())


def test_nn_does_not_import_scikit_learn_until_it_is_asked_for_an_estimator() -> None:
    program = (
        "import sys, nn\n"
        "from nn import *\n"
        "assert 'sklearn' not in sys.modules and 'MLPClassifier' in dir(nn)\n"
        "assert nn.MLPClassifier is nn.MLPClassifier and 'sklearn' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_scikit_learn_nn_imports_and_an_estimator_names_the_extra() -> None:
    program = "import sys\nsys.modules['sklearn'] = None\nimport nn\nfrom nn import *\nnn.MLPRegressor"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "autograd.errors.MissingExtraError: nn.MLPRegressor needs an optional dependency: "
        "pip install 'glassgrad[sklearn]'"
    )


def test_what_nn_has_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'nn' has no attribute 'MLPTransformer'"):
        _ = nn.MLPTransformer  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("Relu", "did you mean nn.ReLU?"),
        ("Sequental", "did you mean nn.Sequential?"),
        ("MLPClasifier", "did you mean nn.MLPClassifier?"),
        ("CrossEntropyLoss", "here it is nn.cross_entropy"),
        ("CosineAnnealingLR", "here it is nn.CosineLR"),
        ("softmax", "here it is autograd.softmax"),
        ("moons", "here it is nn.datasets.moons"),
    ],
)
def test_a_name_of_another_library_or_spelling_leads_to_that_of_nn(name: str, cure: str) -> None:
    with pytest.raises(AttributeError, match=re.escape(f"module 'nn' has no attribute {name!r}; {cure}")):
        getattr(nn, name)


def test_what_is_said_to_be_in_place_of_a_name_is_there() -> None:
    from nn.elsewhere import EQUALS

    for cure in EQUALS.values():
        for package, path in re.findall(r"\b(nn|autograd)\.([\w.]*\w)", cure):
            assert operator.attrgetter(path)({"nn": nn, "autograd": autograd}[package]) is not None
    assert not [name for name in EQUALS if name in nn.__all__]


def test_an_argument_that_is_not_known_is_refused_by_the_name_of_the_estimator() -> None:
    with pytest.raises(TypeError, match=r"MLPClassifier.__init__\(\) got an unexpected keyword argument 'hidden'"):
        nn.MLPClassifier(hidden=8)  # type: ignore[call-arg]


def test_an_estimator_is_saved_by_pickle_and_its_network_by_nn(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"MLPClassifier is an estimator: pickle.dump.*nn.save\(estimator.model_"):
        nn.save(nn.MLPClassifier(), tmp_path / "model.npz")  # type: ignore[arg-type]


# What is learned ----------------------------------------------------------------------------------------------------


def started_alike(kind: Any, theirs: Any, x: np.ndarray, y: np.ndarray, settings: dict[str, Any]) -> tuple[Any, Any]:
    """Return ours, and scikit-learn's with the first weights that ours will have."""
    ours = kind(**settings)
    before = kind(**settings | {"learning_rate_init": 1e-300, "max_iter": 1}).fit(x, y)  # moves by less than a rounding
    other = theirs(**settings | {"warm_start": True, "max_iter": 1, "tol": 0.0}).fit(x, y)
    layers = [layer for layer in before.model_ if isinstance(layer, nn.Linear)]
    other.coefs_ = [layer.weight.numpy().T.copy() for layer in layers]
    other.intercepts_ = [layer.bias.numpy().copy() for layer in layers]
    other.best_loss_ = math.inf
    return ours, other.set_params(max_iter=settings["max_iter"], tol=settings["tol"])


@may_go_on
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@each_kind
def test_from_the_same_start_scikit_learn_goes_the_same_way(kind: Any, targets: np.ndarray, activation: str) -> None:
    settings = {
        "hidden_layer_sizes": (7, 5),
        "activation": activation,
        "solver": "sgd",
        "learning_rate_init": 0.1,
        "alpha": 2.0,
        "batch_size": len(X),  # then the order of the samples does not matter
        "max_iter": 150,
        "tol": 5e-4,
        "n_iter_no_change": 3,
        "random_state": 0,
    }
    weights = np.random.default_rng(0).integers(0, 4, len(X))
    ours, theirs = started_alike(kind, getattr(neural_network, kind.__name__), X, targets, settings)
    ours.fit(X, targets, sample_weight=weights)
    theirs.set_params(batch_size=weights.sum()).fit(X.repeat(weights, axis=0), targets.repeat(weights))
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_[1:], rtol=1e-9)
    assert ours.n_iter_ == theirs.n_iter_
    predict = "predict" if kind is MLPRegressor else "predict_proba"
    np.testing.assert_allclose(getattr(ours, predict)(X), getattr(theirs, predict)(X), rtol=1e-8)


@may_go_on
@each_kind
def test_adam_goes_the_same_way_but_for_where_epsilon_is_added(kind: Any, targets: np.ndarray) -> None:
    settings = {
        "hidden_layer_sizes": 7,
        "learning_rate_init": 0.01,
        "batch_size": len(X),
        "max_iter": 30,
        "tol": 0.0,
        "random_state": 0,
    }
    ours, theirs = started_alike(kind, getattr(neural_network, kind.__name__), X, targets, settings)
    np.testing.assert_allclose(ours.fit(X, targets).loss_curve_, theirs.fit(X, targets).loss_curve_[1:], rtol=1e-4)


def test_without_hidden_layers_the_classifier_is_a_logistic_regression() -> None:
    ours = MLPClassifier((), solver="lbfgs", alpha=2.0, tol=1e-7, max_iter=1000, random_state=0).fit(X, Y)
    theirs = LogisticRegression(C=0.5, tol=1e-9, max_iter=1000).fit(X, Y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-4)


def test_without_hidden_layers_the_regressor_is_a_ridge_regression() -> None:
    targets = np.column_stack([LENGTHS, X[:, 2] ** 2])
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(X))
    ours = MLPRegressor((), solver="lbfgs", alpha=3.0, tol=1e-7, max_iter=1000, random_state=0)
    ours.fit(X, targets, sample_weight=weights)
    theirs = Ridge(alpha=3.0).fit(X, targets, sample_weight=weights)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-3)
    np.testing.assert_allclose(ours.model_[0].weight.numpy(), theirs.coef_, atol=1e-3)


@may_go_on
def test_digits_are_recognised_as_well_as_by_scikit_learn() -> None:
    x, y, *_ = nn.datasets.digits()
    parts = train_test_split(x / 16.0, y, test_size=0.25, stratify=y, random_state=0)
    scores = {}
    for kind in (MLPClassifier, neural_network.MLPClassifier):
        estimator = kind(max_iter=100, random_state=0).fit(parts[0], parts[2])
        scores[kind] = estimator.score(parts[1], parts[3])
    assert scores[MLPClassifier] >= 0.97
    assert scores[MLPClassifier] >= scores[neural_network.MLPClassifier] - 0.01


@may_go_on
def test_a_regression_is_as_good_as_by_scikit_learn() -> None:
    x, y = make_friedman1(1200, noise=0.5, random_state=0)
    parts = train_test_split(x - 0.5, (y - y.mean()) / y.std(), random_state=0)
    settings = {"hidden_layer_sizes": (50,), "learning_rate_init": 0.01, "random_state": 0}
    ours, theirs = MLPRegressor(**settings), neural_network.MLPRegressor(**settings)
    r2 = [estimator.fit(parts[0], parts[2]).score(parts[1], parts[3]) for estimator in (ours, theirs)]
    assert r2[0] > 0.95
    assert r2[0] >= r2[1] - 0.01


@may_go_on
def test_labels_may_be_words() -> None:
    words = np.array(["setosa", "versicolor", "virginica"])[Y]
    estimator = MLPClassifier(8, solver="lbfgs", max_iter=50, random_state=0).fit(X, words)
    assert estimator.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert estimator.score(X, words) > 0.95


@may_go_on
def test_several_outputs_are_learned_together_and_one_output_has_no_axis_of_its_own() -> None:
    both = np.column_stack([LENGTHS, -LENGTHS])
    estimator = MLPRegressor(20, solver="lbfgs", max_iter=200, random_state=0)
    assert estimator.fit(X, both).predict(X).shape == (150, 2)
    assert estimator.score(X, both) > 0.99
    assert estimator.fit(X, LENGTHS).predict(X).shape == (150,)
    assert estimator.fit(X, LENGTHS.reshape(-1, 1)).predict(X).shape == (150,)


@may_go_on
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@each_kind
def test_float32_samples_are_learned_from_in_float32(kind: Any, targets: np.ndarray, solver: str) -> None:
    narrow = kind(8, solver=solver, max_iter=10, random_state=0).fit(X.astype(np.float32), targets)
    wide = kind(8, solver=solver, max_iter=10, random_state=0).fit(X, targets)
    assert {x.dtype for x in narrow.model_.state_dict().values()} == {np.dtype(np.float32)}
    assert {x.dtype for x in wide.model_.state_dict().values()} == {np.dtype(np.float64)}
    assert narrow.loss_ == pytest.approx(wide.loss_, rel=1e-3)


def test_log_probabilities_keep_their_digits_where_probabilities_are_0() -> None:
    estimator = MLPClassifier((), solver="lbfgs", alpha=1.0, random_state=0).fit(X, Y)
    far = np.array([[0.0, 0.0, 3000.0, 3000.0]])
    assert estimator.predict_proba(far)[0, 0] == 0.0
    logits = estimator.model_(far).numpy()[0]
    np.testing.assert_allclose(estimator.predict_log_proba(far)[0], logits - logits.max())
    np.testing.assert_allclose(np.exp(estimator.predict_log_proba(X)), estimator.predict_proba(X))


# Weights of samples -------------------------------------------------------------------------------------------------


@may_go_on
@each_kind
def test_a_sample_of_weight_0_is_as_if_it_were_not_there(kind: Any, targets: np.ndarray) -> None:
    weights = np.random.default_rng(0).integers(0, 3, len(X)).astype(float)
    there = weights > 0
    settings = {"max_iter": 5, "batch_size": 16, "early_stopping": True, "validation_fraction": 0.2, "random_state": 0}
    weighted = kind(8, **settings).fit(X, targets, sample_weight=weights)
    fewer = kind(8, **settings).fit(X[there], targets[there], sample_weight=weights[there])
    np.testing.assert_array_equal(numbers(weighted), numbers(fewer))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros(150), "sample_weight is zero for every sample"),
        (np.linspace(-1.0, 1.0, 150), r"sample_weight must not be negative, not -1\.0"),
        (np.ones((150, 2)), r"sample_weight must have the shape \(150,\), not \(150, 2\)"),
        (np.ones(149), "inconsistent numbers of samples"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier().fit(X, Y, sample_weight=weights)


# Epoch by epoch -----------------------------------------------------------------------------------------------------


@may_go_on
@each_kind
def test_partial_fit_called_again_and_again_is_fit(kind: Any, targets: np.ndarray) -> None:
    whole = kind(8, max_iter=3, batch_size=16, random_state=0).fit(X, targets)
    parts = kind(8, batch_size=16, random_state=0)
    more = {"classes": [2, 1, 0]} if kind is MLPClassifier else {}
    for _ in range(3):
        parts.partial_fit(X, targets, **more)
    np.testing.assert_array_equal(numbers(parts), numbers(whole))
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.n_iter_ == 3


def test_partial_fit_needs_the_classes_once_and_has_no_others() -> None:
    with pytest.raises(ArgumentError, match=r"the first call of partial_fit needs classes="):
        MLPClassifier().partial_fit(X, Y)
    estimator = MLPClassifier(random_state=0).partial_fit(X[:50], Y[:50], classes=[0, 1])
    assert estimator.predict_proba(X).shape == (150, 2)
    with pytest.raises(ArgumentError, match=r"y has \[2\], but the classes are \[0 1\]"):
        estimator.partial_fit(X, Y)
    with pytest.raises(ArgumentError, match=r"classes are \[0 1 2\] in this call of partial_fit, but were \[0 1\]"):
        estimator.partial_fit(X, Y, classes=[0, 1, 2])


def test_partial_fit_refuses_another_number_of_outputs() -> None:
    estimator = MLPRegressor(random_state=0).partial_fit(X, LENGTHS)
    with pytest.raises(SizeError, match="y has 4 outputs for each sample, but the network has 1"):
        estimator.partial_fit(X, X)


@each_kind
def test_partial_fit_is_for_solvers_that_go_by_epochs_and_for_no_early_stopping(kind: Any, targets: np.ndarray) -> None:
    assert not hasattr(kind(solver="lbfgs"), "partial_fit")
    more = {"classes": [0, 1, 2]} if kind is MLPClassifier else {}
    with pytest.raises(ArgumentError, match="early_stopping must be False"):
        kind(early_stopping=True).partial_fit(X, targets, **more)


@may_go_on
@each_kind
def test_what_lbfgs_has_found_may_be_trained_further_by_epochs(kind: Any, targets: np.ndarray) -> None:
    estimator = kind(8, solver="lbfgs", max_iter=20, random_state=0).fit(X, targets)
    before = estimator.loss_
    for _ in range(20):
        estimator.set_params(solver="adam").partial_fit(X, targets)
    assert estimator.loss_ < before
    assert estimator.n_iter_ == 20


# When it ends -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_run_that_has_not_settled_gives_the_warning_of_scikit_learn(solver: str) -> None:
    with pytest.warns(ConvergenceWarning, match=r"MLPClassifier has not converged \(.*(max_iter|LIMIT)") as caught:
        MLPClassifier(solver=solver, max_iter=2, random_state=0).fit(X, Y)
    assert [warning.filename for warning in caught] == [__file__]


@may_go_on
@each_kind
def test_early_stopping_keeps_the_best_epoch_of_the_samples_held_out(kind: Any, targets: np.ndarray) -> None:
    settings = {"learning_rate_init": 0.05, "batch_size": 16, "validation_fraction": 0.2, "random_state": 0}
    estimator = kind(8, early_stopping=True, n_iter_no_change=4, **settings).fit(X, targets)
    scores = estimator.validation_scores_
    assert len(scores) == estimator.n_iter_ < 200
    assert estimator.best_validation_score_ == max(scores)
    assert max(scores[:-5]) >= max(scores[-5:]) - 1e-4
    shorter = kind(8, early_stopping=True, max_iter=int(np.argmax(scores)) + 1, **settings).fit(X, targets)
    np.testing.assert_array_equal(numbers(estimator), numbers(shorter))


def test_patience_counts_epochs_that_are_not_better_by_tol_in_a_row() -> None:
    model = nn.Linear(1, 1, seed=0)
    scores = iter([1.0, 2.0, 2.05, 2.0, 3.0, 3.0, 2.0, 3.01])
    patience = Patience(0.1, 2, lambda: next(scores))
    run = Run(model, nn.SGD(model.parameters()), History())
    reasons = []
    for epoch in range(8):
        model.bias.data[...] = epoch
        reasons.append(patience.after_epoch(run))
    patience.after_run(run)
    assert reasons[:-1] == [None] * 7
    assert reasons[-1] == "no better by 0.1 for 3 epochs in a row"
    assert patience.best == 3.01
    assert model.bias.data[0] == 7.0


def test_ctrl_c_keeps_what_was_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    step = nn.Adam.step

    def interrupted(self: Any) -> None:
        if self.steps == 3:
            raise KeyboardInterrupt
        step(self)

    monkeypatch.setattr(nn.Adam, "step", interrupted)
    with pytest.warns(ConvergenceWarning, match="interrupted in epoch 4"):
        estimator = MLPClassifier(random_state=0).fit(X, Y)
    assert estimator.n_iter_ == 3
    assert estimator.predict(X).shape == (150,)


def test_an_overflow_is_named() -> None:
    with np.errstate(all="ignore"), pytest.raises(NonFiniteGradientError, match="epoch"):
        MLPRegressor(activation="identity", solver="sgd", learning_rate_init=1e200, random_state=0).fit(X, LENGTHS)


# Settings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"activation": "step"}, "activation must be one of 'identity', 'logistic', 'tanh', 'relu', .*, not 'step'"),
        ({"solver": "rprop"}, "solver must be one of 'adam', 'sgd', 'lbfgs', not 'rprop'"),
        ({"hidden_layer_sizes": (10, 0)}, "each size in hidden_layer_sizes must be a positive int, not 0"),
        ({"hidden_layer_sizes": "10"}, "each size in hidden_layer_sizes must be a positive int, not '10'"),
        ({"batch_size": "all"}, "batch_size, if it is not 'auto', must be a positive int, not 'all'"),
        ({"n_iter_no_change": 0.5}, "n_iter_no_change, if it is not inf, must be a positive int, not 0.5"),
        ({"max_iter": 0}, "max_iter must be a positive int, not 0"),
        ({"alpha": -1.0}, "alpha must not be negative, not -1.0"),
        ({"learning_rate_init": 0}, "learning_rate_init must be positive, not 0"),
        ({"validation_fraction": 1.0}, "validation_fraction must be at least 0 and less than 1, not 1.0"),
        ({"momentum": 1.0}, "momentum must be at least 0 and less than 1, not 1.0"),
        ({"beta_2": -0.1}, "beta_2 must be at least 0 and less than 1, not -0.1"),
        ({"early_stopping": "yes"}, "early_stopping must be True or False, not 'yes'"),
    ],
)
@each_kind
def test_a_setting_that_makes_no_sense_is_refused_by_its_name(
    kind: Any, targets: np.ndarray, setting: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        kind(**setting).fit(X, targets)


@may_go_on
@pytest.mark.parametrize("activation", ["elu", "gelu", "leaky_relu", "silu", "softplus"])
def test_the_other_activations_of_nn_may_be_chosen_too(activation: str) -> None:
    estimator = MLPClassifier(16, activation, solver="lbfgs", max_iter=100, random_state=0).fit(X, Y)
    assert estimator.score(X, Y) > 0.95
    assert type(estimator.model_[1]).__name__.lower() == activation.replace("_", "")


@may_go_on
def test_momentum_may_be_left_out() -> None:
    plain = MLPClassifier(8, solver="sgd", momentum=0.0, max_iter=3, random_state=0).fit(X, Y)
    other = MLPClassifier(8, solver="sgd", momentum=0.0, nesterovs_momentum=False, max_iter=3, random_state=0).fit(X, Y)
    np.testing.assert_array_equal(numbers(plain), numbers(other))


@may_go_on
def test_without_an_int_for_a_seed_no_two_networks_are_the_same() -> None:
    one, other = (MLPClassifier(8, max_iter=1).fit(X, Y) for _ in range(2))
    assert not np.array_equal(numbers(one), numbers(other))


@may_go_on
def test_any_patience_is_the_longest() -> None:
    estimator = MLPClassifier(8, tol=10.0, n_iter_no_change=math.inf, max_iter=30, random_state=0).fit(X, Y)
    assert estimator.n_iter_ == 30
