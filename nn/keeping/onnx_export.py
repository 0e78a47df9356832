"""A model as an ONNX file, for the programs that run such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

import numpy as np

import autograd
from autograd import ArgumentError, MissingExtraError, SizeError, no_grad
from nn import modules
from nn.checks import positive_int
from nn.keeping.atomic import replacing
from nn.keeping.onnx_graph import Graph
from nn.layers import MLP, Layer, Neuron
from nn.module import Module, evaluated, title

__all__ = ["to_onnx"]

LARGEST = 2**31 - 1  # bytes; what a protobuf may have


def to_onnx(model: Module, path: str | PathLike[str], *, input_shape: Sequence[int] | None = None) -> None:
    """Write what a model does when it is not trained to an ONNX file, for batches of any size.

    The file has one input, ``inputs``, and one output, ``outputs``, with the samples on axis 0; their numbers are
    float32 if all of the model's are, else float64; an `Embedding` at the start takes int64. `Dropout` does nothing
    there, `BatchNorm1d` uses its running means. The model stays as it is. A failure leaves the old file.

    Parameters
    ----------
    model : Neuron, Layer, MLP or Sequential, or another module of ``nn``
    path : str or path
        The file, which usually ends in ``.onnx``.
    input_shape : sequence of int, optional
        The shape of one sample, without the axis of samples, such as ``(1, 28, 28)``. It may be left out if the first
        layer tells it, as `Linear` does and `Conv2d` does not.

    Raises
    ------
    ArgumentError
        If a class or an activation is not known here, the shape of a sample is not known, or the file would have more
        than 2 GB.
    SizeError
        If samples of ``input_shape`` do not fit the model.
    MissingExtraError
        If ``onnx`` is not there.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import nn
    >>> from onnx.reference import ReferenceEvaluator
    >>> model = nn.MLP(2, [3, 1], seed=0)
    >>> x = np.array([[1.0, -1.0], [0.5, 2.0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.to_onnx(model, f"{folder}/model.onnx")
    ...     (y,) = ReferenceEvaluator(f"{folder}/model.onnx").run(None, {"inputs": x})
    >>> bool(np.allclose(y, model(x)))
    True
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("to_onnx", "onnx") from error
    if not isinstance(model, Module):
        raise ArgumentError(f"model must be a Module, such as nn.Linear(4, 3), not {type(model).__name__}")
    state = model.state_dict()
    graph = Graph(onnx, np.result_type(*(array.dtype for array in state.values())) if state else np.dtype(np.float64))
    proto = _whole(graph, model, _shape_of_sample(model) if input_shape is None else _shape(input_shape))
    if proto.ByteSize() > LARGEST:
        raise ArgumentError(f"{title(model)} takes {proto.ByteSize()} bytes, but an ONNX file has at most 2 GB")
    with replacing(path) as fresh:
        fresh.write_bytes(proto.SerializeToString())


def _whole(graph: Graph, model: Module, shape: tuple[int, ...]) -> Any:
    """Return the ModelProto. Two samples of zeros are sent through the layers: what does not fit is refused by them."""
    is_looked_up = isinstance(_leaves(model)[0], modules.Embedding)
    dtype = np.dtype(np.int64) if is_looked_up else graph.dtype
    places = {id(part): place for place, part in model.named_parts()}
    with no_grad(), evaluated(model):
        name, outputs = _written(graph, model, ("inputs", np.zeros((2, *shape), dtype)), places)
    of_outputs = ["samples", *np.shape(outputs)[1:]]
    return graph.model(("inputs", dtype, ["samples", *shape]), (name, of_outputs), type(model).__name__)


def _written(graph: Graph, module: Module, signal: Signal, places: dict[int, str]) -> Signal:
    """Write what a module does to a signal; return the signal behind it."""
    if isinstance(module, modules.Sequential):
        for layer in module:
            signal = _written(graph, layer, signal, places)
        return signal
    name, batch = signal
    graph.place = places.get(id(module), "")
    if isinstance(module, Neuron | Layer | MLP):
        return _of_values(graph, module, name, np.shape(batch))
    if type(module) not in WRITERS:
        raise ArgumentError(
            f"to_onnx does not know {title(module)}; it knows Neuron, Layer, MLP, Sequential, "
            f"{', '.join(sorted(each.__name__ for each in WRITERS))}"
        )
    after = module(batch)
    return WRITERS[type(module)](graph, module, name, np.ndim(batch)), after


def _of_values(graph: Graph, module: Neuron | Layer | MLP, x: str, shape: tuple[int, ...]) -> Signal:
    if len(shape) != 2 or shape[1] != module.nin:
        raise SizeError(f"{title(module)} takes {module.nin} inputs, not samples of the shape {shape[1:]}")
    layers = module.layers if isinstance(module, MLP) else [module]
    outer = graph.place
    for i, layer in enumerate(layers):
        neurons = layer.neurons if isinstance(layer, Layer) else [layer]
        if isinstance(module, MLP):
            graph.place = f"{outer}.layers[{i}]" if outer else f"layers[{i}]"
        weights = graph.constant("w.T", np.array([[w.data for w in neuron.w] for neuron in neurons]).T)
        biases = graph.constant("b", [neuron.b.data for neuron in neurons])
        x = graph.node("Add", graph.node("MatMul", x, weights), biases)
        x = graph.function(layer.config()["activation"], x, title(layer))
    if len(neurons) == 1:  # such a module returns no list of one
        return graph.node("Squeeze", x, graph.constant("axis", [1], np.int64)), np.zeros(2)
    return x, np.zeros((2, len(neurons)))


def _linear(graph: Graph, module: modules.Linear, x: str, axes: int) -> str:
    y = graph.node("MatMul", x, graph.constant("weight.T", module.weight.numpy().T))
    return y if module.bias is None else graph.node("Add", y, graph.constant("bias", module.bias.numpy()))


def _embedding(graph: Graph, module: modules.Embedding, x: str, axes: int) -> str:
    return graph.node("Gather", graph.constant("weight", module.weight.numpy()), x)


def _batch_norm(graph: Graph, module: modules.BatchNorm1d, x: str, axes: int) -> str:
    scale = module.weight.numpy() / np.sqrt(module.running_var + module.eps)
    centred = graph.node("Sub", x, graph.constant("running_mean", module.running_mean))
    scaled = graph.node("Mul", centred, graph.constant("scale", scale))
    return graph.node("Add", scaled, graph.constant("bias", module.bias.numpy()))


def _layer_norm(graph: Graph, module: modules.LayerNorm, x: str, axes: int) -> str:
    """Write the formula out: the eps of LayerNormalization is an attribute in single precision."""
    last = graph.constant("axes", range(-len(module.shape), 0), np.int64)
    centred = graph.node("Sub", x, graph.node("ReduceMean", x, last))
    variance = graph.node("ReduceMean", graph.node("Mul", centred, centred), last)
    deviation = graph.node("Sqrt", graph.node("Add", variance, graph.constant("eps", module.eps)))
    scaled = graph.node("Mul", graph.node("Div", centred, deviation), graph.constant("weight", module.weight.numpy()))
    return graph.node("Add", scaled, graph.constant("bias", module.bias.numpy()))


def _conv(graph: Graph, module: modules.Conv2d, x: str, axes: int) -> str:
    weights = [graph.constant("weight", module.weight.numpy())]
    if module.bias is not None:
        weights.append(graph.constant("bias", module.bias.numpy()))
    pads = [*module.padding, *module.padding]
    return graph.node("Conv", x, *weights, kernel_shape=module.kernel, strides=module.stride, pads=pads)


def _pool(op: str) -> Writer:
    def write(graph: Graph, module: Any, x: str, axes: int) -> str:
        if axes != 4:
            raise ArgumentError(
                f"to_onnx knows {title(module)} for images of shape (samples, channels, height, width) only, not for "
                f"arrays of {axes} axes"
            )
        return graph.node(op, x, kernel_shape=module.kernel, strides=module.stride)

    return write


def _along_axis(op: str) -> Writer:
    return lambda graph, module, x, axes: graph.node(op, x, axis=module.axis)


def _row(name: str) -> Writer:
    """Write the row of this name; the arguments of the module are its settings."""
    row = autograd.registry[name]
    return lambda graph, module, x, axes: graph.function(row.with_settings(**module.config()), x, title(module))


Signal = tuple[str, Any]
"""What it is called, and a batch of two that goes through in its place."""

Writer = Callable[[Graph, Any, str, int], str]
"""Takes the graph, the module, what its input is called and how many axes it has; returns what its output is called."""

KEEPING_SHAPE: dict[type[Module], Writer] = {
    modules.ReLU: _row("relu"),
    modules.LeakyReLU: _row("leaky_relu"),
    modules.ELU: _row("elu"),
    modules.GELU: _row("gelu"),
    modules.SiLU: _row("silu"),
    modules.Softplus: _row("softplus"),
    modules.Sigmoid: _row("sigmoid"),
    modules.Tanh: _row("tanh"),
    modules.Softmax: _along_axis("Softmax"),
    modules.LogSoftmax: _along_axis("LogSoftmax"),
    modules.Dropout: lambda graph, module, x, axes: x,
}
WRITERS: dict[type[Module], Writer] = KEEPING_SHAPE | {
    modules.Linear: _linear,
    modules.Embedding: _embedding,
    modules.BatchNorm1d: _batch_norm,
    modules.LayerNorm: _layer_norm,
    modules.Conv2d: _conv,
    modules.MaxPool2d: _pool("MaxPool"),
    modules.AvgPool2d: _pool("AveragePool"),
    modules.Flatten: lambda graph, module, x, axes: graph.node("Flatten", x, axis=1),
}


def _shape(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list | tuple):
        raise ArgumentError(f"input_shape must be the shape of one sample, such as (1, 28, 28), not {given!r}")
    return tuple(positive_int(n, f"input_shape[{i}]") for i, n in enumerate(given))


def _shape_of_sample(model: Module) -> tuple[int, ...]:
    """Return the shape of one sample, which the first layer that could change it may tell."""
    first = next((leaf for leaf in _leaves(model) if type(leaf) not in KEEPING_SHAPE), model)
    if isinstance(first, Neuron | Layer | MLP | modules.Linear):
        return (first.nin,)
    if isinstance(first, modules.BatchNorm1d):
        return (first.size,)
    if isinstance(first, modules.LayerNorm):
        return first.shape
    raise ArgumentError(
        f"{title(first)} does not tell the shape of one sample; give it without the axis of samples, such as "
        "input_shape=(1, 28, 28)"
    )


def _leaves(module: Module) -> list[Module]:
    """Return the layers of nested Sequentials, in the order in which they are called."""
    if not isinstance(module, modules.Sequential):
        return [module]
    return [leaf for layer in module for leaf in _leaves(layer)]
