"""Sequential: modules one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

from autograd import ArgumentError
from nn.module import Module

__all__ = ["Sequential"]


@final
class Sequential(Module):
    """Modules one after another, each on the outputs of the one before.

    Parameters
    ----------
    *layers : Module
        In the order in which they are called.

    Attributes
    ----------
    layers : list of Module

    Raises
    ------
    ArgumentError
        If there is no layer, or one is no module.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import Linear, Sequential, Tanh
    >>> model = Sequential(Linear(4, 16, seed=0), Tanh(), Linear(16, 3, seed=1))
    >>> model(np.ones((10, 4))).shape, model.num_parameters
    ((10, 3), 131)
    >>> [place for place, _ in model.named_parameters()]
    ['layers[0].weight', 'layers[0].bias', 'layers[2].weight', 'layers[2].bias']
    """

    def __init__(self, *layers: Module) -> None:
        if not layers:
            raise ArgumentError("Sequential needs at least one module: Sequential(Linear(4, 3), Tanh())")
        for i, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise ArgumentError(f"layer {i} of Sequential must be a Module, such as Tanh(), not {_cured(layer)}")
        self.layers = list(layers)

    def forward(self, x: Any) -> Any:
        """Return the outputs of the last layer."""
        for layer in self.layers:
            x = layer(x)
        return x

    def config(self) -> dict[str, Any]:
        """Return the layers, which come one by one when another is made."""
        return {"layers": list(self.layers)}

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, place: int) -> Module:
        return self.layers[place]

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)


def _cured(layer: Any) -> str:
    """Return what was given in place of a module, and how it becomes one."""
    if isinstance(layer, type) and issubclass(layer, Module):
        return f"the class {layer.__name__}: call it, {layer.__name__}()"
    if not callable(layer):
        return f"{layer!r:.200}"
    name = getattr(layer, "__name__", repr(layer))
    return (
        f"the function {name}: give it a class that derives from nn.Module, with "
        f"`def forward(self, x): return {name}(x)`, and call that"
    )
