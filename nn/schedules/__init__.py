"""Schedules: how the learning rate goes from epoch to epoch."""

from nn.schedules.decays import CosineLR, ExponentialLR, InverseTimeLR, StepLR
from nn.schedules.plateau import ReduceOnPlateau
from nn.schedules.schedule import Schedule
from nn.schedules.warmup import WarmupLR

__all__ = ["CosineLR", "ExponentialLR", "InverseTimeLR", "ReduceOnPlateau", "Schedule", "StepLR", "WarmupLR"]
