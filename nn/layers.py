"""Neuron, Layer, MLP: networks of Values, to look into."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from autograd import ArgumentError, SizeError, Value, dot
from nn.activations import Function, activation_function, activation_label, gain
from nn.checks import generator, numbers, positive_int
from nn.module import Module, title

__all__ = ["MLP", "Activation", "Layer", "Neuron", "Seed"]

Activation = str | Function | None
Seed = int | np.random.Generator | None


@final
class Neuron(Module):
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

    def __init__(self, nin: int, activation: Activation = "tanh", *, seed: Seed = None) -> None:
        self.nin = positive_int(nin, "nin")
        self.activation = activation_function(activation)
        limit = gain(self.activation) * math.sqrt(3.0 / self.nin)
        self.w = [Value(weight) for weight in generator(seed).uniform(-limit, limit, self.nin).tolist()]
        self.b = Value(0.0)

    def __call__(self, x: Any) -> Value:
        """Return the output for one sample.

        Parameters
        ----------
        x : list, tuple or ndarray of shape (nin,)
            Numbers or Values.

        Raises
        ------
        SizeError
            If there are not ``nin`` inputs.
        NotANumberError
            If an input is neither a number nor a Value.
        """
        return self._output(_inputs(self, x))

    def _output(self, inputs: Sequence[Any]) -> Value:
        y: Value = dot(self.w, inputs, self.b)
        return y if self.activation is None else self.activation(y)

    def extra_repr(self) -> str:
        """Return the size and the activation."""
        return f"{self.nin}, {activation_label(self.activation)}"


@final
class Layer(Module):
    """Neurons side by side on the same inputs.

    Parameters
    ----------
    nin, nout : int
        How many inputs it takes, how many neurons it has.
    activation, seed
        As in `Neuron`.

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

    def __init__(self, nin: int, nout: int, activation: Activation = "tanh", *, seed: Seed = None) -> None:
        self.nin = positive_int(nin, "nin")
        self.nout = positive_int(nout, "nout")
        rng = generator(seed)
        self.neurons = [Neuron(self.nin, activation, seed=rng) for _ in range(self.nout)]

    def __call__(self, x: Any) -> Value | list[Value]:
        """Return the outputs for one sample: a list, or the Value itself if there is one neuron.

        Parameters
        ----------
        x : list, tuple or ndarray of shape (nin,)
            Numbers or Values.

        Raises
        ------
        SizeError
            If there are not ``nin`` inputs.
        NotANumberError
            If an input is neither a number nor a Value.
        """
        return _one_or_all(self._outputs(_inputs(self, x)))

    def _outputs(self, inputs: Sequence[Any]) -> list[Value]:
        return [neuron._output(inputs) for neuron in self.neurons]


@final
class MLP(Module):
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
    seed : int, numpy.random.Generator or None, optional
        As in `Neuron`.

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
        seed: Seed = None,
    ) -> None:
        self.nin = positive_int(nin, "nin")
        if not isinstance(nouts, list | tuple) or not nouts:
            raise ArgumentError(f"nouts must be a list of layer sizes with at least one, such as [8, 3], not {nouts!r}")
        sizes = [self.nin, *(positive_int(n, f"nouts[{i}]") for i, n in enumerate(nouts))]
        activations = [activation] * (len(nouts) - 1) + [output]
        rng = generator(seed)
        self.layers = [
            Layer(nin, nout, act, seed=rng) for nin, nout, act in zip(sizes[:-1], sizes[1:], activations, strict=True)
        ]

    def __call__(self, x: Any) -> Value | list[Value]:
        """Return the outputs for one sample: a list, or the Value itself if the last layer has one neuron.

        Parameters
        ----------
        x : list, tuple or ndarray of shape (nin,)
            Numbers or Values.

        Raises
        ------
        SizeError
            If there are not ``nin`` inputs.
        NotANumberError
            If an input is neither a number nor a Value.
        """
        signals = _inputs(self, x)
        for layer in self.layers:
            signals = layer._outputs(signals)
        return _one_or_all(signals)


def _inputs(module: Neuron | Layer | MLP, x: Any) -> list[Any]:
    inputs = numbers(x, f"the inputs of {title(module)}")
    if len(inputs) != module.nin:
        raise SizeError(f"{title(module)} takes {module.nin} inputs, but {len(inputs)} were given")
    return inputs


def _one_or_all(outputs: list[Value]) -> Value | list[Value]:
    return outputs[0] if len(outputs) == 1 else outputs
