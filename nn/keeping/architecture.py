"""The architecture of a model as plain data: which classes of nn, made with which arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograd import ArgumentError, Primitive, registry
from nn import modules
from nn.activations import activation_function, activation_label
from nn.checks import positive_int
from nn.layers import MLP, Layer, Neuron
from nn.module import Module

__all__ = ["CLASSES", "build", "describe", "shapes"]

Shape = tuple[int, ...]
Shapes = Iterable[tuple[str, Shape]]

DEEPEST = 100  # modules inside modules


@dataclass(frozen=True)
class Class:
    """A class that a file may name.

    Attributes
    ----------
    make : callable
        Makes a module from the arguments that its ``config()`` returns: the class itself, or a function.
    shapes : callable
        Takes the same arguments; returns the places and shapes of its own state, before anything is made.
    """

    make: Callable[..., Module]
    shapes: Callable[..., Shapes]


def _of_neuron(nin: int, activation: Any) -> Iterator[tuple[str, Shape]]:
    yield from ((f"w[{i}]", ()) for i in range(nin))
    yield "b", ()


def _of_layer(nin: int, nout: int, activation: Any) -> Iterator[tuple[str, Shape]]:
    for i in range(nout):
        yield from ((f"neurons[{i}].{place}", shape) for place, shape in _of_neuron(nin, activation))


def _of_mlp(nin: int, nouts: list[int], activation: Any, output: Any) -> Iterator[tuple[str, Shape]]:
    for i, (inputs, outputs) in enumerate(zip([nin, *nouts], nouts, strict=False)):
        yield from ((f"layers[{i}].{place}", shape) for place, shape in _of_layer(inputs, outputs, activation))


def _of_linear(nin: int, nout: int, bias: bool) -> Shapes:
    return [("weight", (nout, nin))] + [("bias", (nout,))] * bool(bias)


def _of_conv(channels: int, filters: int, kernel: Any, stride: Any, padding: Any, bias: bool) -> Shapes:
    return [("weight", (filters, channels, *kernel))] + [("bias", (filters,))] * bool(bias)


def _of_batch_norm(size: int, eps: float, momentum: float) -> Shapes:
    return [(place, (size,)) for place in ("weight", "bias", "running_mean", "running_var")]


def _of_layer_norm(shape: Any, eps: float) -> Shapes:
    return [("weight", tuple(shape)), ("bias", tuple(shape))]


CLASSES: Mapping[type[Module], Class] = {
    Neuron: Class(Neuron, _of_neuron),
    Layer: Class(Layer, _of_layer),
    MLP: Class(MLP, _of_mlp),
    modules.Sequential: Class(lambda layers: modules.Sequential(*layers), lambda layers: ()),
    modules.Linear: Class(modules.Linear, _of_linear),
    modules.Embedding: Class(modules.Embedding, lambda count, size: [("weight", (count, size))]),
    modules.Conv2d: Class(modules.Conv2d, _of_conv),
    modules.BatchNorm1d: Class(modules.BatchNorm1d, _of_batch_norm),
    modules.LayerNorm: Class(modules.LayerNorm, _of_layer_norm),
    modules.MaxPool2d: Class(modules.MaxPool2d, lambda kernel, stride: ()),
    modules.AvgPool2d: Class(modules.AvgPool2d, lambda kernel, stride: ()),
    modules.Flatten: Class(modules.Flatten, lambda: ()),
    modules.Dropout: Class(modules.Dropout, lambda p: ()),
    modules.LeakyReLU: Class(modules.LeakyReLU, lambda slope: ()),
    modules.ELU: Class(modules.ELU, lambda alpha: ()),
    modules.Softmax: Class(modules.Softmax, lambda axis: ()),
    modules.LogSoftmax: Class(modules.LogSoftmax, lambda axis: ()),
    modules.ReLU: Class(modules.ReLU, lambda: ()),
    modules.GELU: Class(modules.GELU, lambda: ()),
    modules.SiLU: Class(modules.SiLU, lambda: ()),
    modules.Softplus: Class(modules.Softplus, lambda: ()),
    modules.Sigmoid: Class(modules.Sigmoid, lambda: ()),
    modules.Tanh: Class(modules.Tanh, lambda: ()),
}
"""The closed list: what a file names is looked up here and never imported."""

_BY_NAME = {each.__name__: row for each, row in CLASSES.items()}


def describe(model: Module) -> dict[str, Any]:
    """Return how a model is made, as what JSON can hold.

    A module of it is ``{"class": name, "config": arguments}``; one that stands in a second place is ``{"again": n}``,
    the n-th of all that were finished before. An activation is ``{"function": name, "settings": numbers}``.

    Raises
    ------
    ArgumentError
        If it has a class or an activation of the user's own, or was changed into what no arguments make.
    """
    finished: dict[int, int] = {}

    def plain(thing: Any, place: str, depth: int) -> Any:
        if isinstance(thing, Module):
            return module(thing, place, depth + 1)
        if isinstance(thing, list | tuple):
            return [plain(part, f"{place}[{i}]", depth) for i, part in enumerate(thing)]
        if callable(thing):
            return _function(thing, place)
        if thing is not None and type(thing) not in (bool, int, float):
            raise ArgumentError(f"{place} is {type(thing).__name__}, which no module of nn is made with")
        return thing

    def module(part: Module, place: str, depth: int) -> dict[str, Any]:
        if id(part) in finished:
            return {"again": finished[id(part)]}
        name, where = type(part).__name__, f" at {place}" if place else ""
        if type(part) not in CLASSES:
            raise ArgumentError(f"{name}{where} is no class of nn")
        if depth > DEEPEST:
            raise ArgumentError(f"{name}{where} lies more than {DEEPEST} modules deep")
        prefix = f"{place}." if place else ""
        config = {key: plain(thing, f"{prefix}{key}", depth) for key, thing in part.config().items()}
        finished[id(part)] = len(finished)
        return {"class": name, "config": config}

    return module(model, "", 0)


def shapes(description: Any) -> Iterator[tuple[str, Shape]]:
    """Yield the places and shapes of the state that the described model has, one by one and without making anything.

    Raises
    ------
    ArgumentError
        If it is not what `describe` returns: an unknown class, a size that is no positive int, too deep.
    TypeError
        If the arguments are not those of the class.
    """
    return _shapes(description, "", 0)


def _shapes(description: Any, prefix: str, depth: int) -> Iterator[tuple[str, Shape]]:
    if depth > DEEPEST:
        raise ArgumentError(f"its architecture is more than {DEEPEST} modules deep")
    if _is_again(description):
        return
    row, config = _class_of(description)
    for place, shape in row.shapes(**config):
        yield prefix + place, tuple(positive_int(n, f"a size of {prefix}{place}") for n in shape)
    for key, thing in config.items():
        for i, part in enumerate(thing if isinstance(thing, list) else ()):
            if isinstance(part, dict):
                yield from _shapes(part, f"{prefix}{key}[{i}].", depth + 1)


def build(description: Any) -> Module:
    """Make the model that a description, looked through by `shapes`, says.

    Raises
    ------
    ArgumentError
        If an argument makes no sense, or an activation is not there.
    """
    finished: list[Module] = []

    def real(thing: Any) -> Any:
        if isinstance(thing, list):
            return [real(part) for part in thing]
        if not isinstance(thing, dict):
            return thing
        if set(thing) == {"function", "settings"}:
            return _function_named(**thing)
        if _is_again(thing):
            return finished[thing["again"]]
        row, config = _class_of(thing)
        module = row.make(**{key: real(part) for key, part in config.items()})
        finished.append(module)
        return module

    model = real(description)
    if not isinstance(model, Module):
        raise ArgumentError(f"its architecture is {type(model).__name__}, no module")
    return model


def _class_of(description: Any) -> tuple[Class, dict[str, Any]]:
    if not isinstance(description, dict) or set(description) != {"class", "config"}:
        raise ArgumentError(f"its architecture has {description!r:.100} where a module of nn was expected")
    name, config = description["class"], description["config"]
    if not isinstance(name, str) or name not in _BY_NAME:
        raise ArgumentError(f"its architecture names {name!r:.100}, but the classes of nn are {', '.join(_BY_NAME)}")
    if not isinstance(config, dict):
        raise ArgumentError(f"the arguments of {name} in its architecture are {config!r:.100}, but must be by name")
    return _BY_NAME[name], config


def _is_again(description: Any) -> bool:
    return isinstance(description, dict) and set(description) == {"again"}


def _function(function: Callable[..., Any], place: str) -> dict[str, Any]:
    row = registry.get(function.name) if isinstance(function, Primitive) else None
    if not isinstance(function, Primitive) or row is None or function.base is not row:
        raise ArgumentError(f"the {place} {activation_label(function)} is no function of autograd.registry")
    unusual = {key: number for key, number in function.settings.items() if number != row.settings[key]}
    return {"function": function.name, "settings": unusual}


def _function_named(function: Any, settings: Any) -> Any:
    if not isinstance(function, str) or not isinstance(settings, dict):
        raise ArgumentError(f"its architecture has {function!r:.100} where the name of an activation was expected")
    row = registry.get(function)
    if row is None or row.arity != 1:
        raise ArgumentError(
            f"its architecture has the activation {function!r:.100}, which is no function of one operand in "
            "autograd.registry. If it is one of your own, make it with autograd.elementwise before you load the model"
        )
    found: Any = activation_function(row.with_settings(**settings))
    return found
