"""Module: something with parameters, which are called by their place in it, and with a state that can be kept."""

from __future__ import annotations

import inspect
import itertools
import reprlib
import textwrap
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from autograd import ArgumentError, Scope, SizeError, Tensor, Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nn.training import History

__all__ = ["LoadedState", "Module", "alike", "evaluated", "observe", "title", "watched"]

Parameter = Value | Tensor
Watcher = Callable[["Module", Any], object]

_watcher: ContextVar[Watcher | None] = ContextVar("_watcher", default=None)


class LoadedState(NamedTuple):
    """What did not fit when a state was loaded that need not fit.

    Attributes
    ----------
    missing : list of str
        Places of the module that the state has not.
    unexpected : list of str
        Places of the state that the module has not.
    """

    missing: list[str]
    unexpected: list[str]


class Place(str):
    """A name given by a module. Its own type tells it from a name the user gave, which is never replaced."""

    __slots__ = ()


class _NamedWhenBuilt(ABCMeta):
    @property
    def __signature__(cls) -> inspect.Signature:
        """What the class is called with: that of its ``__init__``, which help would not find behind ``__call__``."""
        if cls.__init__ is object.__init__:  # type: ignore[misc]
            return inspect.Signature()
        own = inspect.signature(cls.__init__)  # type: ignore[misc]
        return own.replace(parameters=list(own.parameters.values())[1:])

    # Places are known when the last line of the outermost __init__ has run. Only the call of the class comes after
    # that line; __init_subclass__ could wrap each __init__, but would then name once for every class in the line.
    # An inner module is built, and names, before the outer one, so the outermost place wins. Copying and unpickling
    # do not call the class, so they keep the names.
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        module = super().__call__(*args, **kwargs)
        for place, part in module.named_parts():
            if part.name is None or isinstance(part.name, Place):
                part.name = Place(place)
        return module


class Module(metaclass=_NamedWhenBuilt):
    """Base of everything that has parameters. A subclass sets attributes and says in ``forward`` what calling it does.

    Its parameters are the leaf Values and Tensors found in its attributes, in modules there, and in lists, tuples and
    dicts of these, nested in any way. When the module is built, each is given its place as its name, unless it has one.

    Attributes
    ----------
    training : bool
        Whether it is being trained: `Dropout` and `BatchNorm1d` do something else when it is not.
    buffers : tuple of str
        The names of attributes, arrays, that belong to the state of this class but are not trained.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import Module
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.start = Value(1.0)
    ...
    ...     def forward(self, x):
    ...         return self.slope * x + self.start
    >>> line = Line()
    >>> line(3.0).data
    7.0
    >>> line.parameters()
    [Value(2.0, name='slope', grad=0.0), Value(1.0, name='start', grad=0.0)]
    """

    name: str | None = None
    """Its place in the module it is part of; None for the outermost."""

    training: bool = True
    buffers: ClassVar[tuple[str, ...]] = ()
    recordable: ClassVar[bool] = True
    """Whether a training step computes outputs and nothing else. If it also draws or counts, it is not compiled."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs, as ``forward`` does."""
        return observe(self, self.forward, *args, **kwargs)

    @abstractmethod
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs; of a module of Values for one sample, of one of Tensors for a batch.

        Parameters
        ----------
        *args, **kwargs
            What the module is called with; a subclass names its own.
        """

    # Parts ------------------------------------------------------------------------------------------------------

    def named_parts(self) -> Iterator[tuple[str, Parameter | Module]]:
        """Yield every parameter and every module inside, each once, with its place.

        Yields
        ------
        place : str
            The Python expression that reaches it from this module, such as ``layers[0].neurons[2].w[1]``.
        part : Value, Tensor or Module

        Examples
        --------
        >>> from nn import Layer
        >>> [place for place, _ in Layer(1, 2).named_parts()]
        ['neurons[0]', 'neurons[0].w[0]', 'neurons[0].b', 'neurons[1]', 'neurons[1].w[0]', 'neurons[1].b']
        """
        return _walk(self, "", {id(self)})

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter once, with its place in this module.

        Yields
        ------
        place : str
            As in `named_parts`. It is the place even where the user has given the parameter a name.
        parameter : Value or Tensor

        Examples
        --------
        >>> from nn import Neuron
        >>> [place for place, _ in Neuron(2).named_parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        return ((place, part) for place, part in self.named_parts() if not isinstance(part, Module))

    def parameters(self) -> list[Any]:
        """Return every parameter once.

        Examples
        --------
        >>> from nn import Neuron
        >>> len(Neuron(2).parameters())
        3
        """
        return [parameter for _, parameter in self.named_parameters()]

    @property
    def num_parameters(self) -> int:
        """How many numbers are trained, a shared one counted once."""
        return sum(1 if isinstance(parameter, Value) else parameter.size for parameter in self.parameters())

    def zero_grad(self) -> None:
        """Forget every parameter's gradient: that of a Value is 0 then, that of a Tensor None.

        Examples
        --------
        >>> from nn import Neuron
        >>> neuron = Neuron(2)
        >>> neuron([1.0, 2.0]).backward()
        >>> neuron.zero_grad()
        >>> [p.grad for p in neuron.parameters()]
        [0.0, 0.0, 0.0]
        """
        for parameter in self.parameters():
            parameter.grad = 0.0

    # State ------------------------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Say that this module, and all inside, are being trained, or not; return the module.

        Parameters
        ----------
        mode : bool, optional
            Whether they are being trained.

        Examples
        --------
        >>> from nn import Dropout
        >>> Dropout(0.5).train(False)([1.0, 2.0])
        array([1., 2.])
        """
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Say that this module, and all inside, are used and not trained; return the module."""
        return self.train(False)

    def modules(self) -> list[Module]:
        """Return this module and all inside, each once."""
        return [self, *(part for _, part in self.named_parts() if isinstance(part, Module))]

    def state_dict(self) -> dict[str, np.ndarray]:
        """Return a copy of all numbers of the parameters and buffers, by place.

        Returns
        -------
        dict of ndarray
            A Value is an array of no axis.

        Examples
        --------
        >>> from nn import Linear
        >>> {place: array.shape for place, array in Linear(3, 2).state_dict().items()}
        {'weight': (2, 3), 'bias': (2,)}
        """
        state = {place: _numbers(parameter).copy() for place, parameter in self.named_parameters()}
        return state | {place: np.array(getattr(module, name)) for place, (module, name) in self._buffers().items()}

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> LoadedState:
        """Take over the numbers of a state, by place. If something does not fit, nothing is changed.

        Parameters
        ----------
        state : mapping of str to array-like
            As `state_dict` returns it.
        strict : bool, optional
            Whether the places must be the same ones; otherwise those that both have are taken over.

        Returns
        -------
        LoadedState
            The places that only one of the two has.

        Raises
        ------
        ArgumentError
            If ``strict``, and a place is missing or unexpected; or numbers are not real.
        SizeError
            If an array has another shape than the parameter.

        Examples
        --------
        >>> from nn import Linear
        >>> one, other = Linear(3, 2, seed=0), Linear(3, 2, seed=1)
        >>> other.load_state_dict(one.state_dict())
        LoadedState(missing=[], unexpected=[])
        """
        parameters, buffers = dict(self.named_parameters()), self._buffers()
        known = {**parameters, **buffers}
        found = LoadedState([x for x in known if x not in state], [x for x in state if x not in known])
        if strict and (found.missing or found.unexpected):
            parts = [
                f"{what}: {', '.join(names[:5])}" for what, names in zip(found._fields, found, strict=True) if names
            ]
            raise ArgumentError(
                f"the state does not fit {title(self)}; {'; '.join(parts)}. With strict=False what both have is loaded"
            )
        current = {place: _numbers(parameter) for place, parameter in parameters.items()}
        current |= {place: getattr(module, name) for place, (module, name) in buffers.items()}
        arrays = {place: _fitting(place, state[place], x) for place, x in current.items() if place in state}
        for place, array in arrays.items():
            if place in buffers:
                module, name = buffers[place]
                setattr(module, name, array)
            else:
                parameters[place].data = array.item() if isinstance(parameters[place], Value) else array
        return found

    def _buffers(self) -> dict[str, tuple[Module, str]]:
        """Return where buffers are, by place."""
        modules = [("", self), *((f"{place}.", part) for place, part in self.named_parts() if isinstance(part, Module))]
        return {f"{place}{name}": (module, name) for place, module in modules for name in module.buffers}

    def extra_repr(self) -> str:
        """Return what the repr shows beside the modules inside; a subclass may override it."""
        return ""

    def config(self) -> dict[str, Any]:
        """Return the arguments that make another module like this one, without its numbers and without a seed.

        `nn.save` keeps them for the classes of ``nn``. A class of the user's own needs none: its models are loaded
        into one that is there.

        Examples
        --------
        >>> from nn import Linear
        >>> Linear(4, 3).config()
        {'nin': 4, 'nout': 3, 'bias': True}
        """
        return {}

    def summary(self, *inputs: Any) -> str:
        """Return a table of what is inside, and how many numbers are trained there.

        Parameters
        ----------
        *inputs
            What the module is called with, to see the shapes of all outputs; a sample or a batch. Without them the
            table has no shapes. The module is called as if not trained, and stays as it is.

        Examples
        --------
        >>> import numpy as np
        >>> from nn import Linear, Sequential, Tanh
        >>> print(Sequential(Linear(4, 16), Tanh(), Linear(16, 3)).summary(np.ones((10, 4))))
        layer                output shape  parameters
        ---------------------------------------------
        Sequential           (10, 3)              131
          layers[0]: Linear  (10, 16)              80
          layers[1]: Tanh    (10, 16)               0
          layers[2]: Linear  (10, 3)               51
        ---------------------------------------------
        131 parameters
        """
        from nn.summary import summary_of  # which looks down on modules

        return summary_of(self, inputs)

    def draw(
        self,
        x: Any = None,
        *,
        color: str = "weight",
        feature_names: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        numbers: bool | None = None,
        max_neurons: int = 16,
        history: History | None = None,
        frames: int = 6,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the network as columns of neurons: for `Neuron`, `Layer`, `MLP`, `Linear` and `Sequential` of such.

        An edge has the colour and the width of its weight, a neuron the colour of its bias, on a light or a dark ground
        as matplotlib's style says. Nothing of the model is changed.

        Parameters
        ----------
        x : array-like of as many numbers as there are inputs, optional
            A sample: each neuron is filled by what it puts out for it, and shows the number. The colours are relative
            to the largest output of the column.
        color : {"weight", "gradient"}, optional
            Whether weights and biases are shown, or their gradients, after ``backward()``.
        feature_names, labels : sequence of str, optional
            The names of the inputs, and of the outputs.
        numbers : bool, optional
            Whether edges have numbers, and neurons that of their bias; by default if there are at most 20 edges.
        max_neurons : int, optional
            Of a column with more, only the first and the last are shown, with their edges, and the others counted.
        history : History, optional
            Draw a filmstrip of the weights that the callback `Snapshots` kept in it, in colours of one scale.
        frames : int, optional
            How many pictures a filmstrip has at most.
        ax : matplotlib Axes, optional
            Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("network.png")`` writes. In small
            axes texts are small, and those left out for which there is no room; but names, and numbers that are asked
            for, are written.

        Returns
        -------
        matplotlib Axes
            Those of the first picture; others are the next in ``ax.figure.axes``, and that of the colours the last.

        Raises
        ------
        ArgumentError
            If the network is no chain of dense layers; there is no gradient, or no snapshot; or an option makes no
            sense.
        SizeError
            If ``x`` is not one sample, or there is not a name for each input or output.
        MissingExtraError
            If matplotlib is missing.

        Examples
        --------
        >>> from nn import MLP
        >>> ax = MLP(2, [4, 1], seed=0).draw(feature_names=["width", "height"])
        >>> [text.get_text() for text in ax.texts if "width" in text.get_text() or "tanh" in text.get_text()]
        ['4 tanh', 'width']
        """
        from nn.plots.network import draw_network  # which looks down on modules

        return draw_network(self, x, color, feature_names, labels, numbers, max_neurons, history, frames, ax)

    @reprlib.recursive_repr()
    def __repr__(self) -> str:
        lines = [self.extra_repr()] if self.extra_repr() else []
        inside = [
            f"{f'{places[0]} to {places[-1]}: {len(places)} x' if len(places) > 1 else f'{places[0]}:'} {part!r}"
            for places, part in alike(self)
        ]
        lines += inside
        text = "\n" + textwrap.indent("\n".join(lines), "  ") + "\n" if inside else "".join(lines)
        return f"{type(self).__name__}({text})"


def alike(module: Module) -> Iterator[tuple[list[str], Module]]:
    """Yield the modules directly inside with their places, those that stand side by side and look the same together."""
    modules = [(place, part, repr(part)) for place, part in _direct_parts(module) if isinstance(part, Module)]
    for _, group in itertools.groupby(modules, key=lambda entry: (_container(entry[0]), entry[2])):
        members = list(group)
        yield [place for place, _, _ in members], members[0][1]


def title(module: Module) -> str:
    """Return what an error message calls the module: its kind and, if it is part of another, its place there."""
    return f"{type(module).__name__} {module.name}" if module.name else type(module).__name__


def observe(module: Module, forward: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call ``forward`` as the module, so that pictures show it; return the outputs, and show them to who watches."""
    outputs = Scope(module).close(forward(*args, **kwargs))
    watcher = _watcher.get()
    if watcher is not None:
        watcher(module, outputs)
    return outputs


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have each module that is called shown to ``watcher``, with its outputs."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


@contextmanager
def evaluated(module: Module) -> Iterator[None]:
    """Have a module, and all inside, used as if not trained; each goes back into the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        module.eval()
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _numbers(parameter: Parameter) -> np.ndarray:
    return np.asarray(parameter.data) if isinstance(parameter, Value) else parameter.numpy()


def _fitting(place: str, given: Any, current: np.ndarray) -> np.ndarray:
    array = np.asarray(given)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"{place} must be real numbers, not an array of {array.dtype}")
    if array.shape != current.shape:
        raise SizeError(f"{place} has the shape {current.shape}, but the state has one of {array.shape}")
    return array.astype(current.dtype)


def _walk(module: Module, prefix: str, seen: set[int]) -> Iterator[tuple[str, Parameter | Module]]:
    for place, part in _direct_parts(module):
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield prefix + place, part
        if isinstance(part, Module):
            yield from _walk(part, f"{prefix}{place}.", seen)


def _direct_parts(module: Module) -> Iterator[tuple[str, Parameter | Module]]:
    for attribute, thing in vars(module).items():
        yield from _parts_in(thing, attribute)


def _parts_in(thing: Any, place: str) -> Iterator[tuple[str, Parameter | Module]]:
    if isinstance(thing, Module) or (isinstance(thing, Value | Tensor) and thing.is_leaf):
        yield place, thing
    elif isinstance(thing, list | tuple) or (isinstance(thing, np.ndarray) and thing.dtype == object and thing.ndim):
        for index, element in enumerate(thing):
            yield from _parts_in(element, f"{place}[{index}]")
    elif isinstance(thing, dict):
        for key, element in thing.items():
            yield from _parts_in(element, f"{place}[{key!r}]")


def _container(place: str) -> str:
    return place.rpartition("[")[0] if place.endswith("]") else place
