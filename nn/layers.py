"""Neuron, Layer, MLP: networks of Values, to look into."""

from __future__ import annotations

import math
import operator
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, final

import numpy as np

import autograd
from autograd import ArgumentError, SizeError, Value, dot
from nn.activations import Function, activation_function, activation_label, gain
from nn.checks import generator, numbers, positive_int
from nn.init import Initialiser, uniform, zeros
from nn.module import Module, observe, title

__all__ = ["MLP", "Activation", "Layer", "Neuron", "Seed"]

Activation = str | Function | None
Seed = int | np.random.Generator | None


class _OfValues(Module):
    """A module that takes one sample; a batch of them it takes through the compiler."""

    nin: int
    _compiled: tuple[Any, list[Any]] | None = None  # and what it was made of

    def forward(self, x: Any) -> Any:
        """Return the outputs for one sample, or for a batch.

        Parameters
        ----------
        x : list, tuple or ndarray of shape (nin,), or ndarray of shape (samples, nin)
            Numbers or Values; of a batch, numbers.

        Returns
        -------
        Value, or list of Value
            The Value itself if there is one output. For a batch, an ndarray of shape (samples, outputs), or (samples,)
            if there is one output, made by `autograd.compile`: plain numbers, without a graph.

        Raises
        ------
        SizeError
            If there are not ``nin`` inputs.
        NotANumberError
            If an input is neither a number nor a Value.
        """
        if isinstance(x, np.ndarray) and x.ndim == 2 and x.dtype.kind in "biuf":
            if x.shape[1] != self.nin:
                raise SizeError(f"{title(self)} takes {self.nin} inputs, but {x.shape[1]} were given for each sample")
            if not len(x):
                raise SizeError(f"{title(self)} was given a batch without a sample")
            return self._program()(np.asarray(x, np.float64))
        inputs = numbers(x, f"the inputs of {title(self)}")
        if len(inputs) != self.nin:
            raise SizeError(f"{title(self)} takes {self.nin} inputs, but {len(inputs)} were given")
        return self._of_sample(inputs)

    @abstractmethod
    def _of_sample(self, inputs: Sequence[Any]) -> Value | list[Value]:
        """Return the outputs for one sample."""

    @abstractmethod
    def _made_of(self) -> Iterator[Any]:
        """Yield the parameters and the activations, which decide what a compiled function does."""

    def _program(self) -> Any:
        """Return the compiled function; it is made again if a parameter or an activation was replaced."""
        parts = list(self._made_of())
        known = self._compiled
        if known is None or len(known[1]) != len(parts) or not all(map(operator.is_, known[1], parts)):
            known = self._compiled = (autograd.compile(self._of_sample), parts)
        return known[0]

    def __getstate__(self) -> dict[str, Any]:
        return {name: thing for name, thing in vars(self).items() if name != "_compiled"}


@final
class Neuron(_OfValues):
    """A weighted sum of the inputs plus a bias, through an activation: two nodes of the graph.

    Weights start uniform in ±gain·sqrt(3 / nin), which keeps the variance of the inputs: gain 1 (LeCun, Bottou, Orr
    and Müller 1998, Efficient BackProp, section 4.6), or sqrt(2) for rectifiers (He, Zhang, Ren and Sun 2015). The
    bias starts at 0.

    Parameters
    ----------
    nin : int
        How many inputs it takes.
    activation : str, callable or None, optional
        The name of a function of one operand in ``autograd.registry``; "identity", "linear" or None for none; or any
        function from a Value to a Value.
    weight_init, bias_init : callable, optional
        How they start instead, such as ``nn.init.normal()``.
    seed : int, numpy.random.Generator or None, optional
        Where the weights are drawn from. The same int gives the same weights, bit for bit.

    Attributes
    ----------
    w : list of Value
        The weights, one an input.
    b : Value
        The bias.

    Raises
    ------
    ArgumentError
        If ``nin`` is not a positive int, or the activation or the seed is unknown.

    Examples
    --------
    >>> from nn import Neuron
    >>> neuron = Neuron(2, "relu", seed=0)
    >>> neuron
    Neuron(2, relu)
    >>> output = neuron([1.0, 2.0])
    >>> output.backward()
    >>> [p.name for p in neuron.parameters()]
    ['w[0]', 'w[1]', 'b']
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = "tanh",
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin = positive_int(nin, "nin")
        self.activation = activation_function(activation)
        weights, biases = _start(self.nin, 1, self.activation, weight_init, bias_init, generator(seed))
        self.w = [Value(weight) for weight in weights[0].tolist()]
        self.b = Value(biases.item())

    def _of_sample(self, inputs: Sequence[Any]) -> Value:
        y: Value = dot(self.w, inputs, self.b)
        return y if self.activation is None else self.activation(y)

    def _made_of(self) -> Iterator[Any]:
        yield from self.w
        yield self.b
        yield self.activation

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this."""
        return {"nin": self.nin, "activation": self.activation}

    def extra_repr(self) -> str:
        """Return the size and the activation."""
        return f"{self.nin}, {activation_label(self.activation)}"


@final
class Layer(_OfValues):
    """Neurons side by side on the same inputs.

    Parameters
    ----------
    nin, nout : int
        How many inputs it takes, how many neurons it has.
    activation, weight_init, bias_init, seed
        As in `Neuron`; the weights of all neurons are drawn together.

    Attributes
    ----------
    neurons : list of Neuron

    Raises
    ------
    ArgumentError
        If a size is not a positive int, or the activation or the seed is unknown.

    Examples
    --------
    >>> from nn import Layer
    >>> layer = Layer(2, 3, "sigmoid", seed=0)
    >>> len(layer([1.0, -1.0])), layer.num_parameters
    (3, 9)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "tanh",
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin = positive_int(nin, "nin")
        self.nout = positive_int(nout, "nout")
        function = activation_function(activation)
        weights, biases = _start(self.nin, self.nout, function, weight_init, bias_init, generator(seed))
        self.neurons = [
            Neuron(self.nin, activation, weight_init=_fixed(row), bias_init=_fixed(bias))
            for row, bias in zip(weights, biases, strict=True)
        ]

    def _of_sample(self, inputs: Sequence[Any]) -> Value | list[Value]:
        return _one_or_all(self._outputs(inputs))

    def _outputs(self, inputs: Sequence[Any]) -> list[Value]:
        return [neuron._of_sample(inputs) for neuron in self.neurons]

    @property
    def in_turn(self) -> list[Neuron]:
        """What makes one output each, one after the other; pictures frame each by itself."""
        return self.neurons

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this.

        Raises
        ------
        ArgumentError
            If neurons were given different activations, which no argument says.
        """
        activation = _the_same([neuron.activation for neuron in self.neurons], f"the neurons of {title(self)}")
        return {"nin": self.nin, "nout": len(self.neurons), "activation": activation}

    def _made_of(self) -> Iterator[Any]:
        return chain.from_iterable(neuron._made_of() for neuron in self.neurons)


@final
class MLP(_OfValues):
    """A multilayer perceptron: layers one after another.

    Parameters
    ----------
    nin : int
        How many inputs it takes.
    nouts : sequence of int
        How many neurons each layer has, the last one included.
    activation : str, callable or None, optional
        Of every layer but the last; as in `Neuron`.
    output : str, callable or None, optional
        The activation of the last layer.
    weight_init, bias_init, seed
        As in `Layer`.

    Attributes
    ----------
    layers : list of Layer

    Raises
    ------
    ArgumentError
        If a size is not a positive int, there is no layer, or an activation or the seed is unknown.

    Examples
    --------
    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], seed=0)
    >>> model
    MLP(
      layers[0]: Layer(
        neurons[0] to neurons[2]: 3 x Neuron(2, tanh)
      )
      layers[1]: Layer(
        neurons[0]: Neuron(3, identity)
      )
    )
    >>> y = model([1.0, -1.0])
    >>> y.backward()
    >>> model.layers[0].neurons[2].w[1].name
    'layers[0].neurons[2].w[1]'
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "tanh",
        output: Activation = "identity",
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin = positive_int(nin, "nin")
        if not isinstance(nouts, list | tuple) or not nouts:
            raise ArgumentError(f"nouts must be a list of layer sizes with at least one, such as [8, 3], not {nouts!r}")
        sizes = [self.nin, *(positive_int(n, f"nouts[{i}]") for i, n in enumerate(nouts))]
        activations = [activation] * (len(nouts) - 1) + [output]
        rng = generator(seed)
        self.layers = [
            Layer(nin, nout, act, weight_init=weight_init, bias_init=bias_init, seed=rng)
            for nin, nout, act in zip(sizes[:-1], sizes[1:], activations, strict=True)
        ]

    def _of_sample(self, inputs: Sequence[Any]) -> Value | list[Value]:
        for layer in self.layers:
            inputs = observe(layer, layer._outputs, inputs)
        return _one_or_all(list(inputs))

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this.

        Raises
        ------
        ArgumentError
            If neurons, or layers before the last, were given different activations, which no argument says.
        """
        *hidden, output = [layer.config()["activation"] for layer in self.layers]
        activation = _the_same(hidden or [output], f"the hidden layers of {title(self)}")
        nouts = [len(layer.neurons) for layer in self.layers]
        return {"nin": self.nin, "nouts": nouts, "activation": activation, "output": output}

    def _made_of(self) -> Iterator[Any]:
        return chain.from_iterable(layer._made_of() for layer in self.layers)


def _the_same(activations: list[Function | None], what: str) -> Function | None:
    if any(other is not activations[0] for other in activations):
        labels = ", ".join(sorted({activation_label(activation) for activation in activations}))
        raise ArgumentError(f"{what} have different activations ({labels}), which no argument says")
    return activations[0]


def _start(
    nin: int,
    nout: int,
    function: Function | None,
    weight_init: Initialiser | None,
    bias_init: Initialiser | None,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights, a row for each neuron, and the biases."""
    limit = gain(function) * math.sqrt(3.0 / nin)
    weights = (weight_init or uniform(-limit, limit))((nout, nin), rng)
    return weights, (bias_init or zeros())((nout,), rng)


def _fixed(numbers: Any) -> Initialiser:
    return lambda shape, _: np.reshape(numbers, shape)


def _one_or_all(outputs: list[Value]) -> Value | list[Value]:
    return outputs[0] if len(outputs) == 1 else outputs
