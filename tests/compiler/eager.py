"""The oracle of compiled functions: the eager engine, one sample after another."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

import autograd as ag
from autograd import Value

Program = Callable[[Sequence[Any], Sequence[Any]], Any]
"""A function of its parameters and of one sample: both engines read the same text."""

BATCHES = (1, 7, 150)


@dataclass(frozen=True)
class Found:
    """What an engine finds, a row for each sample."""

    values: Any
    by_parameters: Any
    by_arguments: Any
    products: Any
    """Of the Hessian by the parameters with a direction."""


def direction(count: int) -> Any:
    """One along which no parameter stands still."""
    return np.linspace(0.5, 1.5, count)


def eagerly(f: Program, parameters: Sequence[float], samples: Any) -> Found:
    """What the eager engine finds for each sample."""
    w = [float(x) for x in parameters]
    towards = direction(len(w)).tolist()
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ag.DisconnectedWarning)
        warnings.simplefilter("ignore", ag.NonFiniteWarning)
        for x in np.asarray(samples).tolist():
            value, (by_w, by_x) = ag.value_and_grad(f, (0, 1))(w, x)
            found.append((value, by_w, by_x, ag.hvp(f)(w, x, towards) if w else []))
    return Found(*(np.array(column, float) for column in zip(*found, strict=True)))


class Compiled:
    """A program compiled with leaves for its parameters."""

    def __init__(self, f: Program, parameters: Sequence[float], backend: str) -> None:
        self.leaves = [Value(x) for x in parameters]
        self.step = ag.compile(lambda x: f(self.leaves, x), backend=backend)

    def _used(self) -> list[int]:
        """Where the parameters of the compiled function are among the leaves: those of no use are none."""
        place = {leaf: i for i, leaf in enumerate(self.leaves)}
        return [place[leaf] for leaf in self.step.parameters]

    def found(self, samples: Any) -> Found:
        """What the compiled function finds for each sample: the products one sample after another."""
        values = self.step(samples)
        used = self._used()
        by_parameters, products = np.zeros((2, len(samples), len(self.leaves)))
        if used:
            by_parameters[:, used] = self.step.per_sample_grad(samples)
            towards = direction(len(self.leaves))[used]
            for row, sample in zip(products, samples, strict=True):
                row[used] = self.step.hvp(towards, sample[None])
        return Found(values, by_parameters, self.step.jacobian(samples, argnums=0), products)

    def first_order(self, samples: Any) -> Found:
        """What it finds for each sample without a derivative by arguments or a second one; these are as they may be."""
        values = self.step(samples)
        by_parameters = np.zeros((len(samples), len(self.leaves)))
        used = self._used()
        if used:
            by_parameters[:, used] = self.step.per_sample_grad(samples)
        return Found(values, by_parameters, np.empty(0), np.empty(0))

    def means(self, samples: Any) -> Found:
        """The means over the samples that it finds in one program each."""
        value, by_arguments = self.step.value_and_grad(samples, argnums=0)
        used = self._used()
        by_parameters, product = np.zeros((2, len(self.leaves)))
        if used:
            value, by_parameters[used] = self.step.value_and_grad(samples)
            product[used] = self.step.hvp(direction(len(self.leaves))[used], samples)
        return Found(value, by_parameters, by_arguments.sum(0), product)


def assert_agree(found: Found, expected: Found, *, rtol: float = 1e-12) -> None:
    """Equal to 1e-12 of the number, or of the largest there is where that is made of terms that cancel.

    nan equals nan, and inf inf. What was not looked for is empty.
    """
    for field in fields(Found):
        x, y = getattr(found, field.name), getattr(expected, field.name)
        if x.ndim == 1 and not x.size:
            continue
        finite = np.abs(y[np.isfinite(y)])
        size = finite[finite < 1e100].max(initial=0.0)
        np.testing.assert_allclose(x, y, rtol=rtol, atol=1e-3 * rtol * size + 1e-307, err_msg=field.name)


def assert_means_agree(means: Found, expected: Found, rtol: float = 1e-12) -> None:
    """Equal to 1e-12 of the terms."""
    for field in fields(Found):
        x, terms = getattr(means, field.name), getattr(expected, field.name)
        size = np.abs(terms).max(initial=0.0)
        np.testing.assert_allclose(x, terms.mean(0), rtol=rtol, atol=rtol * size, err_msg=field.name)
