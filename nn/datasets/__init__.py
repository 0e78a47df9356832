"""Data sets, and what is done to them before a network learns: splitting, standardising, minibatches."""

from nn.datasets.batching import minibatches
from nn.datasets.bundled import Dataset, digits, iris
from nn.datasets.errors import BadFileError, MissingFileError
from nn.datasets.first_names import names
from nn.datasets.handwritten import MNIST, mnist
from nn.datasets.idx import read_idx
from nn.datasets.scaling import Standardizer, standardize
from nn.datasets.splitting import split, stratified_split
from nn.datasets.synthetic import circles, moons, spirals

__all__ = [
    "MNIST",
    "BadFileError",
    "Dataset",
    "MissingFileError",
    "Standardizer",
    "circles",
    "digits",
    "iris",
    "minibatches",
    "mnist",
    "moons",
    "names",
    "read_idx",
    "spirals",
    "split",
    "standardize",
    "stratified_split",
]
