"""How a model is trained on minibatches: compiled where its loss can be recorded, else by the engine itself."""

from __future__ import annotations

import copy
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

import autograd
from autograd import Tensor, TracingError, TracingWarning, Value, no_grad
from nn.datasets import minibatches
from nn.module import Module
from nn.norms import euclidean_norm
from nn.optim import Optimizer

__all__ = ["Data", "Runner", "runner_for"]

Loss = Callable[[Any, Any], Any]
Data = tuple[np.ndarray, np.ndarray]
Array = np.ndarray

CHUNK = 1024  # samples at a time, where there is no gradient


class Runner(ABC):
    """Makes the steps of one epoch, and looks at the model without training it."""

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer

    @abstractmethod
    def epoch(self, x: Array, y: Array, batch_size: int, rng: np.random.Generator) -> tuple[float, float]:
        """Make a step for each minibatch, and return the mean loss and the norm of the last gradient."""

    @abstractmethod
    def mean_loss(self, x: Array, y: Array) -> float:
        """Return the mean loss over samples."""

    @abstractmethod
    def outputs(self, x: Array) -> Array:
        """Return what the model gives for each sample."""


@final
class ScalarRunner(Runner):
    """For models of Values, whose loss is that of one sample."""

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer, compiled: bool) -> None:
        super().__init__(model, loss, optimizer)
        self.step = autograd.compile(lambda x, y: loss(model(x), y), fallback=True) if compiled else None
        self.forward = autograd.compile(model.forward, fallback=True) if compiled else None

    def epoch(self, x: Array, y: Array, batch_size: int, rng: np.random.Generator) -> tuple[float, float]:
        """Make the steps, in one program if that can be."""
        *_, last = _minibatches(len(x), batch_size, copy.deepcopy(rng))
        if self.step is not None:
            (loss,) = self.step.train(x, y, optimizer=self.optimizer, batch_size=batch_size, seed=rng)
            trained = {id(parameter) for parameter in self.optimizer.parameters}
            rows = [id(parameter) in trained for parameter in self.step.parameters]
            return float(loss), euclidean_norm(self.step.grad(x[last], y[last])[rows])
        total = 0.0
        for chosen in _minibatches(len(x), batch_size, rng):
            self.optimizer.zero_grad()
            losses = [self.loss(self.model(_plain(x[i])), _plain(y[i])) for i in chosen]
            mean = sum(losses[1:], start=losses[0]) / len(losses)
            mean.backward()
            self.optimizer.step()
            total += mean.data * len(chosen)
        gradients = [parameter.grad for parameter in self.optimizer.parameters]
        return total / len(x), euclidean_norm(gradients)

    def mean_loss(self, x: Array, y: Array) -> float:
        """Return the mean loss over samples."""
        if self.step is not None:
            return float(np.mean(self.step(x, y)))
        with no_grad():
            losses = [self.loss(self.model(_plain(a)), _plain(b)) for a, b in zip(x, y, strict=True)]
        return float(np.mean([_number(loss) for loss in losses]))

    def outputs(self, x: Array) -> Array:
        """Return what the model gives for each sample."""
        if self.forward is not None:
            return np.asarray(self.forward(x))
        with no_grad():
            found = [self.model(_plain(row)) for row in x]
        return np.array([[_number(a) for a in out] if isinstance(out, list) else _number(out) for out in found])


@final
class TensorRunner(Runner):
    """For models of Tensors, whose loss is that of a minibatch."""

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer, compiled: bool) -> None:
        super().__init__(model, loss, optimizer)
        compiled = compiled and all(module.recordable for module in model.modules())
        self.step: Any = autograd.compile(lambda x, y: loss(model(x), y), arrays=True) if compiled else None
        self.rngs = list(generators(model).values())

    def epoch(self, x: Array, y: Array, batch_size: int, rng: np.random.Generator) -> tuple[float, float]:
        """Make the steps one by one."""
        self.model.train()
        total = 0.0
        for chosen in _minibatches(len(x), batch_size, rng):
            total += self._make_step(x[chosen], y[chosen]) * len(chosen)
        gradients = [p.grad.ravel() for p in self.optimizer.parameters if p.grad is not None]
        return total / len(x), euclidean_norm(np.concatenate(gradients)) if gradients else 0.0

    def _make_step(self, x: Array, y: Array) -> float:
        if self.step is not None:
            states = [(rng, rng.bit_generator.state) for rng in self.rngs]
            try:
                value, gradients = self.step.value_and_grad(x, y)
            except TracingError as error:
                for rng, state in states:  # what recording drew was not drawn for the model
                    rng.bit_generator.state = state
                warnings.warn(f"the model is not compiled: {error}", TracingWarning, stacklevel=5)
                self.step = None
            else:
                self.optimizer.zero_grad()
                for parameter, gradient in zip(self.step.parameters, gradients, strict=True):
                    parameter.grad = gradient
                    parameter.reached += 1
                self.optimizer.step()
                return float(value)
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return float(loss.item())

    def mean_loss(self, x: Array, y: Array) -> float:
        """Return the mean loss over samples."""
        self.model.eval()
        total = 0.0
        with no_grad():
            for i in range(0, len(x), CHUNK):
                part = x[i : i + CHUNK]
                total += float(self.loss(self.model(part), y[i : i + CHUNK])) * len(part)
        return total / len(x)

    def outputs(self, x: Array) -> Array:
        """Return what the model gives for each sample."""
        return np.concatenate([self._evaluated(x[i : i + CHUNK]) for i in range(0, len(x), CHUNK)])

    def _evaluated(self, x: Array) -> Array:
        self.model.eval()
        with no_grad():
            outputs = self.model(x)
        return outputs.numpy() if isinstance(outputs, Tensor) else np.asarray(outputs)


def runner_for(model: Module, loss: Loss, optimizer: Optimizer, compiled: bool) -> Runner:
    """Return what trains a model of Values, or of Tensors."""
    if any(isinstance(parameter, Tensor) for parameter in model.parameters()):
        return TensorRunner(model, loss, optimizer, compiled)
    return ScalarRunner(model, loss, optimizer, compiled)


def generators(model: Module) -> dict[str, np.random.Generator]:
    """Return the generators that modules draw from, each once, by place."""
    parts = [("", model), *((f"{place}.", part) for place, part in model.named_parts() if isinstance(part, Module))]
    found = {
        f"{place}{name}": thing
        for place, part in parts
        for name, thing in vars(part).items()
        if isinstance(thing, np.random.Generator)
    }
    return {place: rng for place, rng in found.items() if place == next(k for k, r in found.items() if r is rng)}


def _minibatches(samples: int, batch_size: int, rng: np.random.Generator) -> Iterator[Array]:
    """Yield the places of samples, in an order of this epoch; of all samples at once, the order does not matter."""
    return minibatches(samples, batch_size, seed=rng, shuffle=batch_size < samples)


def _plain(x: Any) -> Any:
    """Return a sample as the engine takes it quickest: Python's numbers, and lists of them."""
    return x.tolist() if isinstance(x, np.ndarray | np.generic) else x


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)
