"""Training: fit, its history, and what is asked after each epoch."""

from nn.training.callbacks import Callback, EarlyStopping, Run
from nn.training.fitting import fit
from nn.training.history import History
from nn.training.snapshots import Snapshots

__all__ = ["Callback", "EarlyStopping", "History", "Run", "Snapshots", "fit"]
