"""Cases for what networks are made of. The references are the definitions, element by element."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograd import avg_pool2d, conv2d, cross_entropy, log_softmax, max_pool2d, softmax
from tests.arrays.case import Case, Operand, positive

Pair = tuple[int, int]


def probabilities(x: np.ndarray, axis: int = -1) -> np.ndarray:
    powers = np.exp(x)
    return powers / powers.sum(axis=axis, keepdims=True)


def surprise(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return -np.log(probabilities(x, axis))


def windows_of(x: np.ndarray, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, around: float) -> np.ndarray:
    """Return each window, shape (..., H', W', kh, kw), of images, filled element by element."""
    padded = np.full((*x.shape[:-2], *(n + 2 * p for n, p in zip(x.shape[-2:], padding, strict=True))), around)
    padded[..., padding[0] : padding[0] + x.shape[-2], padding[1] : padding[1] + x.shape[-1]] = x
    tops, lefts = (
        range(0, n - d * (k - 1), s) for n, k, s, d in zip(padded.shape[-2:], kernel, stride, dilation, strict=True)
    )
    found = np.empty((*x.shape[:-2], len(tops), len(lefts), *kernel))
    for (i, top), (j, left) in itertools.product(enumerate(tops), enumerate(lefts)):
        for p, q in itertools.product(*map(range, kernel)):
            found[..., i, j, p, q] = padded[..., top + p * dilation[0], left + q * dilation[1]]
    return found


def filtered(stride: Pair = (1, 1), padding: Pair = (0, 0), dilation: Pair = (1, 1)) -> Callable[..., Any]:
    def reference(x: np.ndarray, w: np.ndarray, bias: Any = None) -> np.ndarray:
        covered = windows_of(x, w.shape[2:], stride, padding, dilation, 0.0)
        y = np.einsum("ncijkl,fckl->nfij", covered, w)
        return y if bias is None else y + bias[:, None, None]

    return reference


def pooled(
    reduce: Callable[..., Any], kernel: Pair, stride: Pair, padding: Pair = (0, 0), around: float = 0.0
) -> Callable[..., Any]:
    return lambda x: reduce(windows_of(x, kernel, stride, padding, (1, 1), around), axis=(-2, -1))


def chances(*shape: int) -> Operand:
    """Draw probabilities along the last axis."""
    return lambda rng: rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])


SOFTMAX = [
    Case(softmax, [(3,)], reference=probabilities),
    Case(softmax, [(1,)], reference=np.ones_like, note="one"),
    Case(softmax, [(2, 3)], reference=probabilities),
    Case(softmax, [(2, 3, 2)], lambda x: softmax(x, 1), lambda x: probabilities(x, 1), note="axis"),
    Case(softmax, [(2, 3)], lambda x: softmax(x, axis=-2), lambda x: probabilities(x, 0), note="negative-axis"),
    Case(softmax, [(0, 3)], reference=probabilities, note="no-rows"),
    Case(softmax, [(2, 0)], reference=probabilities, note="no-classes"),
    Case(softmax, [(2, 2)], lambda x: softmax([x[0], x[1]]), reference=probabilities, note="a-list-of-tensors"),
    Case(log_softmax, [(3,)], reference=lambda x: -surprise(x)),
    Case(log_softmax, [(1,)], reference=np.zeros_like, note="one"),
    Case(log_softmax, [(2, 3, 2)], lambda x: log_softmax(x, 1), lambda x: -surprise(x, 1), note="axis"),
    Case(log_softmax, [(0, 3)], reference=lambda x: -surprise(x), note="no-rows"),
    Case(log_softmax, [(2, 0)], reference=lambda x: -surprise(x), note="no-classes"),
]

LABELS = np.array([2, 0, 2])
SCORES = np.arange(6.0).reshape(2, 3)
EACH_PLACE = np.array([[0, 2], [1, 1]])

LOSSES = [
    Case(cross_entropy, [(4,)], lambda z: cross_entropy(z, 1), lambda z: surprise(z)[1], note="one-sample"),
    Case(cross_entropy, [(3, 4)], lambda z: cross_entropy(z, LABELS), lambda z: surprise(z)[range(3), LABELS].mean()),
    Case(
        cross_entropy,
        [(3, 4)],
        lambda z: cross_entropy(z, LABELS, "sum"),
        lambda z: surprise(z)[range(3), LABELS].sum(),
        note="sum",
    ),
    Case(
        cross_entropy,
        [(3, 4)],
        lambda z: cross_entropy(z, LABELS.tolist(), reduction="none"),
        lambda z: surprise(z)[range(3), LABELS],
        note="none",
    ),
    Case(
        cross_entropy,
        [(2, 3, 2)],
        lambda z: cross_entropy(z, EACH_PLACE, axis=1),
        lambda z: np.take_along_axis(surprise(z, 1), EACH_PLACE[:, None], axis=1).mean(),
        note="axis",
    ),
    Case(
        cross_entropy,
        [(0, 3)],
        lambda z: cross_entropy(z, [], "sum"),
        lambda z: np.zeros(()),
        note="no-samples",
    ),
    Case(
        cross_entropy,
        [(3, 4), chances(3, 4)],
        reference=lambda z, t: (t * surprise(z)).sum() / 3,
        note="probabilities",
    ),
    Case(
        cross_entropy,
        [(2, 3, 2), positive(2, 3, 2)],
        lambda z, t: cross_entropy(z, t, "none", axis=-2),
        lambda z, t: (t * surprise(z, 1)).sum(axis=1),
        note="probabilities-axis",
    ),
    Case(
        cross_entropy,
        [chances(2, 3)],
        lambda t: cross_entropy(SCORES.astype(t.dtype), t),
        lambda t: (t * surprise(SCORES)).sum() / 2,
        note="by-the-probabilities-alone",
    ),
]

CONVOLUTIONS = [
    Case(conv2d, [(2, 3, 4, 5), (2, 3, 2, 3)], reference=filtered()),
    Case(conv2d, [(2, 2, 3, 3), (3, 2, 2, 2), (3,)], reference=filtered(), note="bias"),
    Case(conv2d, [(1, 1, 1, 1), (1, 1, 1, 1)], reference=filtered(), note="one"),
    Case(conv2d, [(1, 2, 3, 3), (2, 2, 3, 3)], reference=filtered(), note="one-place"),
    Case(conv2d, [(0, 2, 3, 3), (2, 2, 2, 2), (2,)], reference=filtered(), note="no-images"),
    Case(conv2d, [(2, 0, 3, 3), (2, 0, 2, 2)], reference=filtered(), note="no-channels"),
    Case(
        conv2d,
        [(1, 2, 5, 6), (2, 2, 2, 3)],
        lambda x, w: conv2d(x, w, stride=2),
        filtered(stride=(2, 2)),
        note="stride",
    ),
    Case(
        conv2d,
        [(1, 1, 3, 4), (2, 1, 3, 2), (2,)],
        lambda x, w, b: conv2d(x, w, b, 1, (2, 1)),
        filtered(padding=(2, 1)),
        note="padding",
    ),
    Case(
        conv2d,
        [(1, 2, 5, 6), (1, 2, 2, 3)],
        lambda x, w: conv2d(x, w, dilation=(3, 2)),
        filtered(dilation=(3, 2)),
        note="dilation",
    ),
    Case(
        conv2d,
        [(2, 2, 5, 6), (2, 2, 3, 2), (2,)],
        lambda x, w, b: conv2d(x, w, b, (3, 2), (1, 2), (2, 3)),
        filtered((3, 2), (1, 2), (2, 3)),
        note="all",
    ),
]

POOLS = [
    Case(max_pool2d, [(4, 4)], lambda x: max_pool2d(x, 2), pooled(np.max, (2, 2), (2, 2))),
    Case(max_pool2d, [(2, 2, 5, 7)], lambda x: max_pool2d(x, (2, 3)), pooled(np.max, (2, 3), (2, 3))),
    Case(max_pool2d, [(1, 2, 4, 5)], lambda x: max_pool2d(x, 3, 1), pooled(np.max, (3, 3), (1, 1)), note="overlap"),
    Case(
        max_pool2d,
        [(2, 3, 4)],
        lambda x: max_pool2d(x, (2, 3), (1, 2), 1),
        pooled(np.max, (2, 3), (1, 2), (1, 1), -np.inf),
        note="padding",
    ),
    Case(max_pool2d, [(0, 2, 4, 4)], lambda x: max_pool2d(x, 2), pooled(np.max, (2, 2), (2, 2)), note="no-images"),
    Case(avg_pool2d, [(4, 4)], lambda x: avg_pool2d(x, 2), pooled(np.mean, (2, 2), (2, 2))),
    Case(avg_pool2d, [(2, 2, 5, 7)], lambda x: avg_pool2d(x, (2, 3)), pooled(np.mean, (2, 3), (2, 3))),
    Case(avg_pool2d, [(1, 2, 4, 5)], lambda x: avg_pool2d(x, 3, 1), pooled(np.mean, (3, 3), (1, 1)), note="overlap"),
    Case(
        avg_pool2d,
        [(2, 3, 4)],
        lambda x: avg_pool2d(x, (2, 3), (1, 2), 1),
        pooled(np.mean, (2, 3), (1, 2), (1, 1)),
        note="padding",
    ),
    Case(avg_pool2d, [(0, 2, 4, 4)], lambda x: avg_pool2d(x, 2), pooled(np.mean, (2, 2), (2, 2)), note="no-images"),
]

WINDOWS = [
    Case(sliding_window_view, [(5,)], lambda x: sliding_window_view(x, 3)),
    Case(sliding_window_view, [(3, 4)], lambda x: sliding_window_view(x, (2, 3)), note="all-axes"),
    Case(sliding_window_view, [(3, 4, 2)], lambda x: sliding_window_view(x, 2, axis=-2), note="negative-axis"),
    Case(sliding_window_view, [(2, 4, 3)], lambda x: sliding_window_view(x, [3, 2], axis=(1, 0)), note="two-axes"),
    Case(sliding_window_view, [(2, 5)], lambda x: sliding_window_view(x, (2, 3), (1, 1)), note="an-axis-twice"),
    Case(sliding_window_view, [(2, 3)], lambda x: sliding_window_view(x, (), axis=()), note="no-axis"),
    Case(sliding_window_view, [()], lambda x: sliding_window_view(x, ()), note="0-d"),
    Case(sliding_window_view, [(3,)], lambda x: sliding_window_view(x, 0), note="nothing-in-a-window"),
    Case(sliding_window_view, [(0, 3)], lambda x: sliding_window_view(x, 2, axis=1), note="empty"),
    Case(sliding_window_view, [(5,)], lambda x: sliding_window_view(x, 3) ** 2, note="squared"),
]

CASES: list[Case] = [*SOFTMAX, *LOSSES, *CONVOLUTIONS, *POOLS, *WINDOWS]
