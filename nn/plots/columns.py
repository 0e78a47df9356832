"""A chain of dense layers as columns of neurons: one plain description for networks of Values and of Tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, SizeError, Tensor, Value, no_grad
from nn.activations import activation_label
from nn.checks import plain_array
from nn.layers import MLP, Layer, Neuron
from nn.module import Module, evaluated, title
from nn.modules import (
    ELU,
    GELU,
    BatchNorm1d,
    Dropout,
    Flatten,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)

__all__ = ["Column", "columns_of"]

Numbers = NDArray[np.float64]

DENSE = (Neuron, Layer, Linear)
PASSING = (Dropout, Flatten, BatchNorm1d, LayerNorm)  # which keep the neurons, and are no activation
ACTIVATIONS: dict[type[Module], str] = {
    ELU: "elu",
    GELU: "gelu",
    LeakyReLU: "leaky_relu",
    LogSoftmax: "log_softmax",
    ReLU: "relu",
    SiLU: "silu",
    Sigmoid: "sigmoid",
    Softmax: "softmax",
    Softplus: "softplus",
    Tanh: "tanh",
}
"""By the names that a network of Values knows them by."""


@dataclass
class Column:
    """Neurons side by side, or the inputs.

    Attributes
    ----------
    size : int
    edges : ndarray of shape (size, size of the column before), or None
        The weights, or their gradients; None for the inputs.
    circles : ndarray of shape (size,), or None
        The biases, or their gradients; None if there are none.
    steps : list of str
        What the weighted sums go through to become the outputs: the activation, and a norm before it.
    bands : list of str
        What stands between this column and the next.
    outputs : ndarray of shape (size,), or None
        For the sample that is shown; None if there is none.
    reached : bool
        Whether the gradients of the weights are known; True where weights are shown.
    """

    size: int
    edges: Numbers | None = None
    circles: Numbers | None = None
    steps: list[str] = field(default_factory=list)
    bands: list[str] = field(default_factory=list)
    outputs: Numbers | None = None
    reached: bool = True

    @property
    def title(self) -> str:
        """What stands above the column, such as "16 tanh"."""
        if self.edges is None:
            return f"{self.size} input{'s' * (self.size != 1)}"
        return f"{self.size} {', '.join(self.steps) or 'identity'}{'' if self.reached else ' (no gradient)'}"


def columns_of(model: Module, x: Any = None, *, gradients: bool = False) -> list[Column]:
    """Return the inputs and the dense layers of a chain, with its weights or with their gradients.

    Parameters
    ----------
    model : Neuron, Layer, MLP, Linear or Sequential
    x : array-like of as many numbers as there are inputs, optional
        A sample, for the outputs of each column.
    gradients : bool, optional

    Raises
    ------
    ArgumentError
        If the network is no chain of dense layers, or has no gradient.
    SizeError
        If a layer takes another number of inputs than the one before gives, or ``x`` is not one sample.
    """
    chain = list(_chain(model))
    places = [i for i, part in enumerate(chain) if isinstance(part, DENSE)]
    if not places:
        raise ArgumentError(f"{title(model)} cannot be drawn as columns of neurons: there is no dense layer in it")
    if gradients and not any(map(_is_reached, model.parameters())):
        raise ArgumentError(f"{title(model)} has no gradient to draw: call backward() of a loss first")
    columns = [Column(chain[places[0]].nin, bands=[_label(part) for part in chain[: places[0]]])]
    for part in chain[places[0] :]:
        column = columns[-1]
        if isinstance(part, DENSE):
            columns.append(_dense(part, column.size, gradients))
        elif type(part) in ACTIVATIONS:
            column.steps += [*column.bands, _label(part)]
            column.bands = []
        else:
            column.bands.append(_label(part))
    if x is not None:
        _run(model, chain, columns, plain_array(x, "x"))
    return columns


def _chain(module: Module) -> Iterator[Any]:
    if isinstance(module, Sequential | MLP):
        for layer in module.layers:
            yield from _chain(layer)
    elif isinstance(module, DENSE + PASSING) or type(module) in ACTIVATIONS:
        yield module
    else:
        raise ArgumentError(
            f"{title(module)} cannot be drawn as columns of neurons, as Neuron, Layer, MLP, Linear and Sequentials of "
            "these and activations can; draw(loss) draws the graph of any network"
        )


def _dense(part: Any, before: int, gradients: bool) -> Column:
    read: Callable[[Any], Numbers] = _gradient if gradients else _data
    if isinstance(part, Linear):
        parameters: list[Value | Tensor] = [part.weight]
        steps: list[str] = []
        weights, biases = read(part.weight), None if part.bias is None else read(part.bias)
    else:
        neurons = part.neurons if isinstance(part, Layer) else [part]
        parameters = [w for neuron in neurons for w in neuron.w]
        weights = np.array([[read(w) for w in neuron.w] for neuron in neurons])
        biases = np.array([read(neuron.b) for neuron in neurons])
        labels = list(dict.fromkeys(activation_label(neuron.activation) for neuron in neurons))
        steps = [] if labels == ["identity"] else labels
    size, nin = weights.shape
    if nin != before:
        raise SizeError(f"{title(part)} takes {nin} inputs, but there are {before} neurons before it")
    return Column(size, weights, biases, steps, reached=not gradients or any(map(_is_reached, parameters)))


def _label(part: Module) -> str:
    return ACTIVATIONS.get(type(part)) or repr(part).removesuffix("()")


def _data(parameter: Value | Tensor) -> Numbers:
    return np.asarray(plain_array(parameter, "a parameter"), np.float64)


def _gradient(parameter: Value | Tensor) -> Numbers:
    if parameter.grad is None:
        return np.zeros(np.shape(parameter.data))
    return np.asarray(plain_array(parameter.grad, "a gradient"), np.float64)


def _is_reached(parameter: Value | Tensor) -> bool:
    return parameter.reached > 0 or (parameter.grad is not None and bool(np.any(_gradient(parameter) != 0)))


def _run(model: Module, chain: list[Module], columns: list[Column], x: NDArray[Any]) -> None:
    """Call the layers one by one on a sample, and note what each column gives out."""
    if x.dtype.kind not in "biuf":
        raise ArgumentError(f"x must be a sample of real numbers, not of {x.dtype}")
    if x.size != columns[0].size:
        raise SizeError(f"x must be one sample of {columns[0].size} numbers, not an array of shape {x.shape}")
    columns[0].outputs = x.ravel().astype(np.float64)
    place = 0
    with no_grad(), evaluated(model):
        signal: Any = x[None] if isinstance(chain[0], Flatten) else x.reshape(1, -1)
        if any(isinstance(part, Neuron | Layer) for part in chain):
            signal = x.ravel().tolist()  # which take one sample
        for part in chain:
            signal = part(signal)
            signal = [signal] if isinstance(signal, Value) else signal
            place += isinstance(part, DENSE)
            if isinstance(part, DENSE) or (place and type(part) in ACTIVATIONS):
                columns[place].outputs = plain_array(signal, "the outputs").astype(np.float64).ravel()
