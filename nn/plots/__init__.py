"""Pictures of how a network learns and what it has learned; they need the extra ``plot``."""

from nn.plots.boundary import plot_decision_boundary
from nn.plots.confusion import plot_confusion_matrix
from nn.plots.history import plot_history
from nn.plots.layers import plot_activations, plot_gradients

__all__ = [
    "plot_activations",
    "plot_confusion_matrix",
    "plot_decision_boundary",
    "plot_gradients",
    "plot_history",
]
