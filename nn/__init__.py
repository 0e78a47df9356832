"""Neural networks on the engine, small enough to look into."""

import autograd

if getattr(autograd, "DISTRIBUTION", None) != "glassgrad":
    raise ImportError(
        f"nn belongs to the distribution glassgrad, but the package autograd at {getattr(autograd, '__file__', None)} "
        "comes from another one. The distribution named autograd (HIPS) installs a package of the same name, and the "
        "two overwrite or hide each other. Run `pip uninstall autograd`, then install glassgrad again (from a clone: "
        "`pip install -e .`), and keep the two in separate environments."
    )

from nn import datasets
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, half_squared_error, hinge
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
from nn.optim import SGD, Adam, ElementwiseOptimizer, Optimizer
from nn.plots import (
    plot_activations,
    plot_confusion_matrix,
    plot_decision_boundary,
    plot_gradients,
    plot_history,
)

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "ElementwiseOptimizer",
    "Layer",
    "Module",
    "Neuron",
    "Optimizer",
    "UndefinedMetricWarning",
    "accuracy",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "f1_score",
    "half_squared_error",
    "hinge",
    "plot_activations",
    "plot_confusion_matrix",
    "plot_decision_boundary",
    "plot_gradients",
    "plot_history",
    "precision_score",
    "r2_score",
    "recall_score",
    "top_k_accuracy_score",
]
