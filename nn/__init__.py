"""Neural networks on the engine, small enough to look into."""

from typing import TYPE_CHECKING, Any

import autograd

if getattr(autograd, "DISTRIBUTION", None) != "glassgrad":
    raise ImportError(
        f"nn belongs to the distribution glassgrad, but the package autograd at {getattr(autograd, '__file__', None)} "
        "comes from another one. The distribution named autograd (HIPS) installs a package of the same name, and the "
        "two overwrite or hide each other. Run `pip uninstall autograd`, then install glassgrad again (from a clone: "
        "`pip install -e .`), and keep the two in separate environments."
    )

from nn import datasets, init
from nn.keeping import ModelFileError, load, save, to_onnx
from nn.layers import MLP, Layer, Neuron
from nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    huber,
    kl_div,
    l1,
    l1_penalty,
    l2_penalty,
    mse,
    nll,
)
from nn.metrics import (
    UndefinedMetricWarning,
    accuracy,
    confusion_matrix,
    f1_score,
    precision_score,
    r2_score,
    recall_score,
    top_k_accuracy_score,
)
from nn.module import Module
from nn.modules import (
    ELU,
    GELU,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from nn.optim import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    ElementwiseOptimizer,
    Optimizer,
    RMSprop,
    clip_grad_norm,
    clip_grad_value,
)
from nn.plots import plot_activations, plot_confusion_matrix, plot_decision_boundary, plot_gradients, plot_history
from nn.schedules import CosineLR, ExponentialLR, InverseTimeLR, ReduceOnPlateau, Schedule, StepLR, WarmupLR
from nn.training import Callback, EarlyStopping, History, Run, Snapshots, fit

if TYPE_CHECKING:
    from nn.estimators import MLPClassifier as MLPClassifier
    from nn.estimators import MLPRegressor as MLPRegressor

__all__ = [
    "ELU",
    "GELU",
    "LBFGS",
    "MLP",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "AvgPool2d",
    "BatchNorm1d",
    "Callback",
    "Conv2d",
    "CosineLR",
    "Dropout",
    "EarlyStopping",
    "ElementwiseOptimizer",
    "Embedding",
    "ExponentialLR",
    "Flatten",
    "History",
    "InverseTimeLR",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "ModelFileError",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSprop",
    "ReLU",
    "ReduceOnPlateau",
    "Run",
    "Schedule",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Snapshots",
    "Softmax",
    "Softplus",
    "StepLR",
    "Tanh",
    "UndefinedMetricWarning",
    "WarmupLR",
    "accuracy",
    "binary_cross_entropy",
    "clip_grad_norm",
    "clip_grad_value",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "f1_score",
    "fit",
    "half_squared_error",
    "hinge",
    "huber",
    "init",
    "kl_div",
    "l1",
    "l1_penalty",
    "l2_penalty",
    "load",
    "mse",
    "nll",
    "plot_activations",
    "plot_confusion_matrix",
    "plot_decision_boundary",
    "plot_gradients",
    "plot_history",
    "precision_score",
    "r2_score",
    "recall_score",
    "save",
    "to_onnx",
    "top_k_accuracy_score",
]

ESTIMATORS = ("MLPClassifier", "MLPRegressor")
"""Public too, but not in ``__all__``: ``from nn import *`` works without scikit-learn, and does not wait for it."""


def __getattr__(name: str) -> Any:
    """Import the estimators when one is first asked for, since they need scikit-learn; of other names say the cure."""
    if name not in ESTIMATORS:
        from nn.elsewhere import instead_of

        places = {"autograd": autograd, "nn.datasets": datasets, "nn.init": init}
        hint = "" if name.startswith("_") else instead_of(name, [*__all__, *ESTIMATORS], places)
        raise AttributeError(f"module 'nn' has no attribute {name!r}{hint}")
    try:
        from nn import estimators
    except ImportError as error:
        raise autograd.MissingExtraError(f"nn.{name}", "sklearn") from error
    return globals().setdefault(name, getattr(estimators, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *ESTIMATORS})
