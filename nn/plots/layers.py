"""Layer by layer: how large the gradients are, and how the activations are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, SizeError
from nn.checks import plain_array, positive_int
from nn.layers import Neuron
from nn.module import Module, title
from nn.norms import euclidean_norm
from nn.plots.axes import COLORS, HUGE, name_ticks, new_or_given

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_activations", "plot_gradients"]

MARKERS = "os^Dv*PX"


def plot_gradients(gradients: Mapping[str, Any] | Module, *, label: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the Euclidean norm of each layer's gradient, from the first layer to the last.

    What a logarithmic axis cannot show is written at its edges: "0" at the lower one, "inf", "nan" and norms beyond
    1e100 at the upper one. Called again with the same ``ax``, it compares networks, told apart by ``label``.

    Parameters
    ----------
    gradients : mapping of str to array, or Module
        The gradient of each layer by its name, of any shape; or a module after ``backward()``, whose layers are the
        innermost modules around its parameters, a Neuron being a part of its Layer.
    label : str, optional
        The name of this curve, in a legend.
    ax : matplotlib Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("layers.png")`` writes.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        If there is nothing to plot, such as no gradient before ``backward()``, or something is not a number.
    MissingExtraError
        If matplotlib is missing.

    Examples
    --------
    >>> from nn import MLP, plot_gradients
    >>> model = MLP(2, [3, 1], seed=0)
    >>> model([1.0, 2.0]).backward()
    >>> ax = plot_gradients(model)
    >>> ax.get_yscale(), [text.get_text() for text in ax.get_xticklabels()]
    ('log', ['layers[0]', 'layers[1]'])
    """
    named = _gradients_of(gradients) if isinstance(gradients, Module) else _arrays(gradients, "gradients")
    norms = np.array([euclidean_norm(gradient) for gradient in named.values()])
    ax = new_or_given(ax, "plot_gradients", width=min(max(6.4, 0.3 * len(named) + 1.5), 12.0))
    layers = np.arange(len(named))
    shown = (norms > 1 / HUGE) & (norms < HUGE)
    before = len(ax.get_lines())
    color = COLORS[before % len(COLORS)]
    ax.plot(layers, np.where(shown, norms, np.nan), marker=MARKERS[before % len(MARKERS)], color=color, label=label)
    ax.set_yscale("log")
    ax.margins(y=0.15)  # room for what stands at the edges
    for layer in np.flatnonzero(~shown).tolist():
        lower = norms[layer] < 1.0
        ax.annotate(
            f"{norms[layer]:.0e}" if np.isfinite(norms[layer]) and norms[layer] else f"{norms[layer]:g}",
            (layer, 0.0 if lower else 1.0),
            (0, (4 + 12 * before) * (1 if lower else -1)),  # above those of the curves before
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="center",
            va="bottom" if lower else "top",
            color=color,
            weight="bold",
        )
    ax.set(xlabel="layer", ylabel="norm of the gradient", xlim=(-0.5, len(named) - 0.5))
    name_ticks(ax, list(named))
    if label is not None:
        ax.legend(loc="best")
    return ax


def plot_activations(activations: Mapping[str, Any], *, bins: int = 50, ax: Axes | None = None) -> Axes:
    """Draw how the activations of each layer are spread: a histogram for each, side by side.

    All share the bins; each is as wide as its fullest bin. Those that are nan or beyond ±1e100 are counted below the
    name.

    Parameters
    ----------
    activations : mapping of str to array
        The activations of each layer by its name, of any shape.
    bins : int, optional
        Into how many bins the range of all activations is divided.
    ax : matplotlib Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which ``ax.save("layers.png")`` writes.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        If there is nothing to plot, or something is not a number.
    MissingExtraError
        If matplotlib is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from nn import plot_activations
    >>> z = np.linspace(-3.0, 3.0, 100)
    >>> ax = plot_activations({"before": z, "after": np.tanh(z)})
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['before', 'after']
    """
    named = {name: array.ravel() for name, array in _arrays(activations, "activations").items()}
    finite = {name: array[np.abs(array) < HUGE] for name, array in named.items()}
    every = np.concatenate(list(finite.values()))
    if not every.size:
        raise ArgumentError("activations hold nothing to plot: there is no number in them that is neither nan nor huge")
    edges = np.linspace(*_range(every), positive_int(bins, "bins") + 1)
    ax = new_or_given(ax, "plot_activations", width=min(max(6.4, 0.8 * len(named) + 1.5), 12.0))
    for layer, array in enumerate(finite.values()):
        counts, _ = np.histogram(array, edges)
        start, width = layer - 0.42, 0.84 * counts / max(counts.max(), 1)
        ax.stairs(start + width, edges, baseline=start, orientation="horizontal", fill=True, color=COLORS[0])
        ax.axvline(start, color=COLORS[0], linewidth=0.8)
    ax.set(xlabel="layer", ylabel="activation", xlim=(-0.5, len(named) - 0.5))
    lost = [len(named[name]) - len(array) for name, array in finite.items()]
    name_ticks(ax, [f"{name}\n{n} nan or huge" if n else name for name, n in zip(named, lost, strict=True)])
    return ax


def _arrays(named: Any, what: str) -> dict[str, NDArray[np.float64]]:
    if not isinstance(named, Mapping):
        raise ArgumentError(f"{what} must be a mapping of layer names to arrays, not {type(named).__name__}")
    if not named:
        raise ArgumentError(f"{what} hold nothing to plot: there is no layer")
    arrays = {}
    for name, array in named.items():
        plain = plain_array(array, f"{what}[{name!r}]")
        if array is None or plain.dtype.kind not in "biuf":
            cure = ": no backward() has reached it" if array is None and what == "gradients" else ""
            raise ArgumentError(f"{what}[{name!r}] must be numbers, not {type(array).__name__}{cure}")
        if not plain.size:
            raise SizeError(f"{what}[{name!r}] must hold at least one number, but has shape {plain.shape}")
        arrays[str(name)] = plain.astype(np.float64)
    return arrays


def _gradients_of(model: Module) -> dict[str, NDArray[np.float64]]:
    """Return the gradient of all parameters of each layer, one behind the other."""
    layers = {place for place, part in model.named_parts() if isinstance(part, Module) and not isinstance(part, Neuron)}
    gradients: dict[str, list[NDArray[np.float64]]] = {}
    known = False
    for place, parameter in model.named_parameters():
        gradient = plain_array(0.0 if parameter.grad is None else parameter.grad, place).ravel()
        known = known or parameter.reached > 0 or bool(np.any(gradient != 0))
        gradients.setdefault(_innermost(place, layers) or type(model).__name__, []).append(gradient)
    if not known:
        raise ArgumentError(f"{title(model)} has no gradient to plot: call backward() of a loss first")
    return {layer: np.concatenate(parts) for layer, parts in gradients.items()}


def _innermost(place: str, layers: set[str]) -> str:
    """Return the place of the innermost of the layers around a place; none is empty."""
    while place and place not in layers:
        place = place.rpartition(".")[0]
    return place


def _range(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """Return between which numbers the bins lie: some way apart even if all numbers are the same."""
    low, high = float(numbers.min()), float(numbers.max())
    largest = max(abs(low), abs(high))
    size = largest if largest > 1 / HUGE else 1.0
    return (low, high) if high - low > 1e-9 * size else (low - 0.5 * size, high + 0.5 * size)
