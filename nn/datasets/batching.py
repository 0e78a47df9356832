"""A pass over the samples, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import SizeError
from nn.checks import generator, positive_int, sample_count

__all__ = ["minibatches"]

Seed = int | np.random.Generator | None


@overload
def minibatches(
    data: int, batch_size: int, *, seed: Seed = ..., shuffle: bool = ..., drop_last: bool = ...
) -> Iterator[NDArray[np.intp]]: ...


@overload
def minibatches(
    data: tuple[ArrayLike, ...], batch_size: int, *, seed: Seed = ..., shuffle: bool = ..., drop_last: bool = ...
) -> Iterator[tuple[NDArray[Any], ...]]: ...


@overload
def minibatches(
    data: ArrayLike, batch_size: int, *, seed: Seed = ..., shuffle: bool = ..., drop_last: bool = ...
) -> Iterator[NDArray[Any]]: ...


def minibatches(
    data: Any, batch_size: int, *, seed: Seed = None, shuffle: bool = True, drop_last: bool = False
) -> Iterator[Any]:
    """Yield every sample once, ``batch_size`` at a time: one epoch.

    Parameters
    ----------
    data : int, array-like of shape (samples, ...) or tuple of such
        How many samples there are, or the samples, or several arrays that belong together, such as ``(x, y)``.
    batch_size : int
        How many samples a batch has; the last one has what is left.
    seed : int, numpy.random.Generator or None, optional
        Where the order is drawn from. The same int gives the same order at every call: for a new order each epoch,
        make one Generator and give it to every call.
    shuffle : bool, optional
        False keeps the samples in their order, and the batches are views of the arrays, not copies.
    drop_last : bool, optional
        Leave out a last batch that is smaller than the others.

    Yields
    ------
    ndarray or tuple of ndarray
        The indices of the batch's samples for an int, else its samples: an array, or a tuple of one for each given.

    Raises
    ------
    ArgumentError
        If ``batch_size`` or the number of samples is no int from 1 up, or the seed is unknown.
    SizeError
        If there are no samples, or the arrays differ in how many they have.

    Examples
    --------
    >>> from nn import datasets
    >>> import numpy as np
    >>> x, y, rng = np.arange(10.0).reshape(5, 2), np.arange(5), np.random.default_rng(0)
    >>> [len(xb) for xb, yb in datasets.minibatches((x, y), 2, seed=rng)]
    [2, 2, 1]
    >>> [indices.tolist() for indices in datasets.minibatches(5, 2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    """
    size = positive_int(batch_size, "batch_size")
    rng = generator(seed)
    if isinstance(data, tuple):
        arrays = tuple(map(np.asarray, data))
        counts = [sample_count(array, f"the samples of array {i}") for i, array in enumerate(arrays)]
        if len(set(counts)) != 1:
            raise SizeError(f"the arrays of a batch must have as many samples each, not {counts}")
        parts = _parts(counts[0], size, rng if shuffle else None, drop_last)
        return (tuple(array[part] for array in arrays) for part in parts)
    array = np.arange(positive_int(data, "samples")) if np.isscalar(data) else np.asarray(data)
    parts = _parts(sample_count(array, "samples"), size, rng if shuffle else None, drop_last)
    return (array[part] for part in parts)


def _parts(n: int, size: int, rng: np.random.Generator | None, drop_last: bool) -> list[NDArray[np.intp] | slice]:
    """Return what picks the samples of each batch, in their order where nothing draws another."""
    order = None if rng is None else rng.permutation(n)
    starts = range(0, n - n % size if drop_last else n, size)
    return [slice(start, start + size) if order is None else order[start : start + size] for start in starts]
