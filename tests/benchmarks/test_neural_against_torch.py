"""What networks are made of, against PyTorch: values and gradients are compared, and then the times are printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, avg_pool2d, conv2d, cross_entropy, log_softmax, max_pool2d, softmax
from tests.benchmarks.timing import interleaved_medians

torch = pytest.importorskip("torch")
F = torch.nn.functional

ROUNDS = 15
TURN = 0.05  # seconds

IMAGES, FILTERS = (16, 8, 28, 28), (16, 8, 3, 3)
LABELS = np.random.default_rng(1).integers(0, 1000, 64)


@dataclass(frozen=True)
class Pair:
    """One computation written for both, and the shapes of its operands."""

    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    shapes: Sequence[tuple[int, ...]]

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def labelled(loss: Callable[..., Any], labels: Any, **options: Any) -> Callable[..., Any]:
    return lambda z: loss(z, labels, **options)


def crossed(reduction: str) -> Pair:
    theirs = labelled(F.cross_entropy, torch.tensor(LABELS), reduction=reduction)
    return Pair(
        f"cross-entropy, {reduction}", labelled(cross_entropy, LABELS, reduction=reduction), theirs, [(64, 1000)]
    )


PAIRS = [
    Pair("softmax", softmax, lambda x: torch.softmax(x, -1), [(64, 1000)]),
    Pair("softmax of ten", softmax, lambda x: torch.softmax(x, -1), [(128, 10)]),
    Pair("log_softmax", log_softmax, lambda x: torch.log_softmax(x, -1), [(64, 1000)]),
    Pair("log_softmax axis", lambda x: log_softmax(x, 1), lambda x: torch.log_softmax(x, 1), [(16, 10, 28)]),
    *map(crossed, ("mean", "sum", "none")),
    Pair(
        "cross-entropy of ten",
        labelled(cross_entropy, LABELS % 10),
        labelled(F.cross_entropy, torch.tensor(LABELS % 10)),
        [(64, 10)],
    ),
    Pair("cross-entropy with probabilities", cross_entropy, F.cross_entropy, [(64, 10), (64, 10)]),
    Pair("conv2d", conv2d, F.conv2d, [IMAGES, FILTERS, (16,)]),
    Pair("conv2d without bias", conv2d, F.conv2d, [IMAGES, FILTERS]),
    Pair(
        "conv2d with stride 2 and padding 1",
        lambda x, w: conv2d(x, w, stride=2, padding=1),
        lambda x, w: F.conv2d(x, w, stride=2, padding=1),
        [IMAGES, FILTERS],
    ),
    Pair(
        "conv2d with everything",
        lambda x, w, b: conv2d(x, w, b, (3, 2), (1, 2), (2, 3)),
        lambda x, w, b: F.conv2d(x, w, b, (3, 2), (1, 2), (2, 3)),
        [IMAGES, FILTERS, (16,)],
    ),
    Pair("max_pool2d", lambda x: max_pool2d(x, 2), lambda x: F.max_pool2d(x, 2), [IMAGES]),
    Pair(
        "max_pool2d that overlaps",
        lambda x: max_pool2d(x, 3, 2, 1),
        lambda x: F.max_pool2d(x, 3, 2, 1),
        [IMAGES],
    ),
    Pair("avg_pool2d", lambda x: avg_pool2d(x, 2), lambda x: F.avg_pool2d(x, 2), [IMAGES]),
    Pair(
        "avg_pool2d that overlaps",
        lambda x: avg_pool2d(x, 3, 2, 1),
        lambda x: F.avg_pool2d(x, 3, 2, 1),
        [IMAGES],
    ),
    Pair(
        "windows",
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3)),
        lambda x: x.unfold(2, 3, 1).unfold(3, 3, 1),
        [IMAGES],
    ),
]
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=str)


class Sides:
    """The same operands for both, and how each finds the derivatives by all of them."""

    def __init__(self, pair: Pair, dtype: Any = np.float64) -> None:
        rng = np.random.default_rng(0)
        torch.set_num_threads(1)
        arrays = [rng.normal(size=shape).astype(dtype) for shape in pair.shapes]
        self.pair = pair
        self.operands = [Tensor(a) for a in arrays]
        self.their_operands = [torch.tensor(a, requires_grad=True) for a in arrays]
        self.weight = rng.normal(size=self.value().shape).astype(dtype)
        self.their_weight = torch.tensor(self.weight)

    def value(self) -> Tensor:
        y: Tensor = self.pair.ours(*self.operands)
        return y

    def ours(self) -> Tensor:
        for x in self.operands:
            x.grad = None
        y = self.value()
        y.backward(self.weight)
        return y

    def theirs(self) -> Any:
        for x in self.their_operands:
            x.grad = None
        y = self.pair.theirs(*self.their_operands)
        y.backward(self.their_weight)
        return y

    def our_second(self) -> list[np.ndarray]:
        """Return the derivative of the sum of the squares of the gradient's elements."""
        for x in self.operands:
            x.grad = None
        self.value().backward(self.weight, create_graph=True)
        slopes = [x.grad for x in self.operands]
        for x in self.operands:
            x.grad = None
        sum(np.sum(g * g) for g in slopes).backward()
        return [np.zeros(x.shape) if x.grad is None else x.grad for x in self.operands]

    def their_second(self) -> list[np.ndarray]:
        y = self.pair.theirs(*self.their_operands)
        slopes = torch.autograd.grad(y, self.their_operands, self.their_weight, create_graph=True)
        total = sum((g * g).sum() for g in slopes)
        if not total.requires_grad:  # the gradient is a constant
            return [np.zeros(x.shape) for x in self.operands]
        found = torch.autograd.grad(total, self.their_operands, allow_unused=True)
        return [np.zeros(x.shape) if c is None else c.numpy() for x, c in zip(self.operands, found, strict=True)]


def check(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * max(1.0, np.abs(expected).max()))


@each_pair
def test_values_and_gradients_are_those_of_torch(pair: Pair) -> None:
    sides = Sides(pair)
    check(sides.ours().numpy(), sides.theirs().detach().numpy())
    for ours, theirs in zip(sides.operands, sides.their_operands, strict=True):
        check(ours.grad, theirs.grad.numpy())


@each_pair
def test_second_derivatives_are_those_of_torch(pair: Pair) -> None:
    sides = Sides(pair)
    for ours, theirs in zip(sides.our_second(), sides.their_second(), strict=True):
        check(ours, theirs)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_time_of_value_and_gradient(dtype: Any) -> None:
    print(f"\nvalue and gradient, {np.dtype(dtype).name}, one thread: ours, torch eager, ours / torch")
    for pair in PAIRS:
        sides = Sides(pair, dtype)
        medians = interleaved_medians({"ours": sides.ours, "torch": sides.theirs}, ROUNDS, TURN)
        ours, theirs = medians["ours"], medians["torch"]
        print(f"  {pair.name:<36} {ours * 1e6:>10.1f} us {theirs * 1e6:>10.1f} us {ours / theirs:>8.2f}")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_time_of_a_convolution_that_is_not_differentiated(dtype: Any) -> None:
    sides = Sides(next(pair for pair in PAIRS if pair.name == "conv2d"), dtype)
    arrays = [x.numpy() for x in sides.operands]

    def ours() -> None:
        with autograd.no_grad():
            sides.value()

    def theirs() -> None:
        with torch.no_grad():
            sides.pair.theirs(*sides.their_operands)

    steps = {"ours, ndarrays": lambda: conv2d(*arrays), "ours, no_grad": ours, "torch eager, no_grad": theirs}
    medians = interleaved_medians(steps, ROUNDS, TURN)
    print(f"\nconv2d, value alone, {np.dtype(dtype).name}, one thread")
    for name, median in medians.items():
        print(f"  {name:<24} {median * 1e6:>10.1f} us {median / medians['torch eager, no_grad']:>8.2f} x torch")
