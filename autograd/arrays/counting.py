"""Sums of weights by bin. Where an element falls has no derivative; what it weighs has."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.arrays.dispatch import numpy_function
from autograd.arrays.rearrange import scatter
from autograd.settings import holds_operand, static
from autograd.tracing import numbers_of


@numpy_function(np.bincount)
def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """Return the sum of the weights of each number in x, or how often it occurs."""
    x = np.asarray(static("bincount", "x", x)) if np.size(x) else np.zeros(0, int)  # [] is no array of integers
    if not holds_operand(weights):
        return np.bincount(x, weights, minlength)
    if np.shape(x) != np.shape(weights):
        raise ValueError("The weights and list don't have the same length.")
    return scatter(weights, indices=x + 1, shape=np.bincount(x, minlength=minlength).shape)


@numpy_function(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Return the sum of the weights of the elements in each bin, and the edges of the bins."""
    bins, range = static("histogram", "bins", bins), static("histogram", "range", range)
    numbers = numbers_of(a, "np.histogram")
    if not holds_operand(weights):
        return np.histogram(numbers, bins, range, density, weights)
    if np.shape(a) != np.shape(weights):
        raise ValueError("weights should have the same shape as a.")
    edges = np.histogram_bin_edges(numbers, bins, range)
    numbers = np.ravel(numbers)
    bin_of_each = np.where(numbers == edges[-1], len(edges) - 1, np.searchsorted(edges, numbers, side="right"))
    bin_of_each[~((numbers >= edges[0]) & (numbers <= edges[-1]))] = 0  # none
    sums = scatter(np.ravel(weights), indices=bin_of_each, shape=(len(edges) - 1,))
    return sums / np.diff(edges).astype(sums.dtype) / np.sum(sums) if density else sums, edges
