"""Data sets that come with the package, and how to split them."""

from nn.datasets.bundled import Dataset, iris
from nn.datasets.splitting import stratified_split

__all__ = ["Dataset", "iris", "stratified_split"]
