"""Fifty steps of each optimizer, on Values and on Tensors, lead where PyTorch's lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value
from nn import SGD, Adam, Optimizer

torch = pytest.importorskip("torch")

STEPS = 50
START = np.random.default_rng(0).normal(size=(2, 3))
CENTRE = np.random.default_rng(1).normal(size=(2, 3))

PAIRS = {
    "SGD": (lambda p: SGD(p, lr=0.02), lambda p: torch.optim.SGD(p, lr=0.02)),
    "momentum": (
        lambda p: SGD(p, lr=0.02, momentum=0.9),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    ),
    "Nesterov": (
        lambda p: SGD(p, lr=0.02, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True),
    ),
    "Adam": (lambda p: Adam(p, lr=0.05), lambda p: torch.optim.Adam(p, lr=0.05)),
    "Adam, other settings": (
        lambda p: Adam(p, lr=0.1, betas=(0.7, 0.95), eps=1e-4),
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.7, 0.95), eps=1e-4),
    ),
}


def loss(x: Any, centre: Any) -> Any:
    """Return a valley along each axis, with a bend."""
    distance = x - centre
    return distance**2 + 0.5 * distance**4


def on_tensors(make: Callable[[Any], Optimizer]) -> list[np.ndarray]:
    x = Tensor(START)
    optimizer, path = make([x]), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        np.sum(loss(x, CENTRE)).backward()
        optimizer.step()
        path.append(x.numpy().copy())
    return path


def on_values(make: Callable[[Any], Optimizer]) -> list[np.ndarray]:
    leaves = [Value(x) for x in START.ravel()]
    optimizer, path = make(leaves), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        sum(loss(x, centre) for x, centre in zip(leaves, CENTRE.ravel().tolist(), strict=True)).backward()
        optimizer.step()
        path.append(np.reshape([x.data for x in leaves], START.shape))
    return path


def in_torch(make: Callable[[Any], Any]) -> list[np.ndarray]:
    x = torch.tensor(START, requires_grad=True)
    optimizer, path = make([x]), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(x, torch.tensor(CENTRE)).sum().backward()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    return path


@pytest.mark.parametrize("ours", [on_values, on_tensors])
@pytest.mark.parametrize("name", PAIRS)
def test_fifty_steps_are_those_of_torch(name: str, ours: Callable[..., list[np.ndarray]]) -> None:
    make, their_make = PAIRS[name]
    np.testing.assert_allclose(ours(make), in_torch(their_make), rtol=1e-12, atol=1e-14)
