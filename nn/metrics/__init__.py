"""Metrics: how good predictions are, as numbers a person reads; names and meanings as in scikit-learn."""

from nn.metrics.classification import accuracy, confusion_matrix, top_k_accuracy_score
from nn.metrics.errors import UndefinedMetricWarning
from nn.metrics.precision_recall import f1_score, precision_score, recall_score
from nn.metrics.regression import r2_score

__all__ = [
    "UndefinedMetricWarning",
    "accuracy",
    "confusion_matrix",
    "f1_score",
    "precision_score",
    "r2_score",
    "recall_score",
    "top_k_accuracy_score",
]
