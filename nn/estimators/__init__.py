"""Estimators for scikit-learn, which they need (extra ``sklearn``); ``nn`` imports them when they are asked for."""

from nn.estimators.classifier import MLPClassifier
from nn.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
