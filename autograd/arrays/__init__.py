"""The table of array operations, and which of NumPy's functions each of them stands for."""

from autograd.arrays import elementwise, linalg, neural, products, reductions, selection, shapes
from autograd.arrays.sequences import dot, logsumexp, max, min, norm, prod, sum

__all__ = ["dot", "elementwise", "linalg", "logsumexp", "max", "min", "neural", "norm", "prod", "products", "reductions", "selection", "shapes", "sum"]
