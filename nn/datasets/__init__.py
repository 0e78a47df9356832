"""Data sets, and what is done to them before a network learns: splitting, standardising, minibatches."""

from nn.datasets.batching import minibatches
from nn.datasets.bundled import Dataset, digits, iris
from nn.datasets.scaling import Standardizer, standardize
from nn.datasets.splitting import split, stratified_split
from nn.datasets.synthetic import circles, moons, spirals

__all__ = [
    "Dataset",
    "Standardizer",
    "circles",
    "digits",
    "iris",
    "minibatches",
    "moons",
    "spirals",
    "split",
    "standardize",
    "stratified_split",
]
