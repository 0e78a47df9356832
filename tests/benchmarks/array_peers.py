"""Steps on arrays in several programs: a chain of small operations, and the mixture of Gaussians.

A step returns the value and the gradients, and leaves the parameters as it found them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from tests.benchmarks import mixture
from tests.benchmarks.packages import package

__all__ = ["LENGTH", "NUMBERS", "ONES", "mygrad_chain", "our_chain", "our_mixture", "torch_chain", "torch_mixture"]

Step = Callable[[], tuple[Any, list[Any]]]
Operation = Callable[[Any, Any], Any]  # the next link, from the latest one and the first

# A chain of one elementwise operation on ten elements: what a node costs, recorded and differentiated ---------------

NUMBERS = np.linspace(0.9, 1.0, 10)
ONES = np.ones(10)
LENGTH = 100


def chain(operation: Operation, x: Any) -> Any:
    y = x
    for _ in range(LENGTH):
        y = operation(y, x)
    return y


def our_chain(operation: Operation) -> Step:
    x = Tensor(NUMBERS)

    def step() -> tuple[Any, list[Any]]:
        y = chain(operation, x)
        y.backward(ONES)
        gradient, x.grad = x.grad, None
        return y.data, [gradient]

    return step


def torch_chain(operation: Operation) -> Step:
    torch = package("torch")
    torch.set_num_threads(1)
    x, ones = torch.tensor(NUMBERS, requires_grad=True), torch.tensor(ONES)

    def step() -> tuple[Any, list[Any]]:
        y = chain(operation, x)
        y.backward(ones)
        gradient, x.grad = x.grad, None
        return y.detach(), [gradient]

    return step


def mygrad_chain(operation: Operation) -> Step:
    x = package("mygrad").tensor(NUMBERS)

    def step() -> tuple[Any, list[Any]]:
        y = chain(operation, x)
        y.backward(ONES)
        gradient = x.grad
        x.null_grad()
        return y.data, [gradient]

    return step


# The mixture of Gaussians -------------------------------------------------------------------------------------------


def our_mixture() -> Step:
    return mixture_step([Tensor(a) for a in mixture.PARAMETERS], mixture.log_density(np, autograd.logsumexp))


def torch_mixture() -> Step:
    torch = package("torch")
    torch.set_num_threads(1)
    parameters = [torch.tensor(array, requires_grad=True) for array in mixture.PARAMETERS]
    return mixture_step(parameters, mixture.log_density(torch, torch.logsumexp, torch.tensor))


def mixture_step(parameters: list[Any], log_density: Callable[..., Any]) -> Step:
    def step() -> tuple[Any, list[Any]]:
        for p in parameters:
            p.grad = None
        value = log_density(*parameters)
        value.backward()
        return value.item(), [p.grad for p in parameters]

    return step
