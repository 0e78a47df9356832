"""Save a model to a file, and load it again."""

from __future__ import annotations

import json
import math
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograd import ArgumentError, Tensor
from nn.keeping import npz, tensors
from nn.keeping.architecture import build, describe, shapes
from nn.keeping.atomic import replacing
from nn.keeping.errors import refused
from nn.keeping.kept import LONGEST_TEXT, Kept
from nn.module import Module, title

__all__ = ["load", "save"]

VERSION = 1  # of the text; what an older one cannot read must raise it
FORMATS = {".npz": npz, ".safetensors": tensors}

Declared = dict[str, tuple[tuple[int, ...], set[np.dtype[Any]]]]
"""The shape and the possible types of every array, by place."""

FLOATS: set[np.dtype[Any]] = {np.dtype(np.float64), np.dtype(np.float32)}


def save(model: Module, path: str | PathLike[str]) -> None:
    """Write all numbers of a model, and how it is made, to a file, at one blow: a failure leaves the old file.

    The names in the file are those of ``model.state_dict()``. Beside them stands, as JSON, how the model is made, so
    that `load` can rebuild it. Of a model with a class or an activation of your own only the numbers are kept. Neither
    are gradients, seeds, and whether the model is being trained.

    Parameters
    ----------
    model : Module
        Of Values or Tensors.
    path : str or path
        Ends in ``.npz`` (NumPy's own) or ``.safetensors`` (needs the extra ``io``).

    Raises
    ------
    ArgumentError
        If ``model`` is no Module, or ``path`` ends otherwise, or a buffer is not made of real numbers.
    MissingExtraError
        If ``path`` ends in ``.safetensors`` and the library is not there.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import nn
    >>> model = nn.Sequential(nn.Linear(4, 16, seed=0), nn.Tanh(), nn.Linear(16, 3, seed=1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(model, f"{folder}/model.npz")
    ...     twin = nn.load(f"{folder}/model.npz")
    >>> twin
    Sequential(
      layers[0]: Linear(4, 16)
      layers[1]: Tanh()
      layers[2]: Linear(16, 3)
    )
    >>> bool((twin([1.0, 2.0, 3.0, 4.0]).numpy() == model([1.0, 2.0, 3.0, 4.0]).numpy()).all())
    True
    """
    form = _format_of(path)
    state = _module(model).state_dict()
    for place, array in state.items():
        if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
            raise ArgumentError(f"{place} of {title(model)} is an array of {array.dtype}, which no file can keep")
    notes = {"format": "glassgrad", "version": VERSION, **_architecture(model, state)}
    text = json.dumps(notes)
    if len(text) > LONGEST_TEXT:
        raise ArgumentError(
            f"the architecture of {title(model)} takes {len(text)} characters, more than {LONGEST_TEXT}"
        )
    with replacing(path) as fresh:
        form.write(fresh, text, state)


def load(path: str | PathLike[str], model: Module | None = None) -> Module:
    """Return the model that `save` wrote, rebuilt, or fill one that is there.

    No program is run that the file names: only the classes of ``nn`` are made, and arrays of objects are refused. If
    anything is wrong, nothing is changed.

    Parameters
    ----------
    path : str or path
        Ends in ``.npz`` or ``.safetensors``.
    model : Module, optional
        What takes over the numbers; its places, shapes and types must be those of the file. Needed for a class or an
        activation of your own.

    Returns
    -------
    Module
        ``model``, or a new one, whose arrays have the types of the file. A new one counts as being trained, as every
        new module: call ``eval()`` before you use one with `Dropout` or `BatchNorm1d`.

    Raises
    ------
    ModelFileError
        If the file is damaged, hostile or something else, does not fit ``model``, or cannot be rebuilt without one.
    ArgumentError
        If ``path`` ends otherwise, or ``model`` is no Module.
    MissingExtraError
        If ``path`` ends in ``.safetensors`` and the library is not there.
    OSError
        If there is no such file, or it cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.save(nn.MLP(2, [3, 1], "relu", seed=0), f"{folder}/model.npz")
    ...     model = nn.load(f"{folder}/model.npz", nn.MLP(2, [3, 1], "relu"))
    >>> model([1.0, -1.0]).data == nn.MLP(2, [3, 1], "relu", seed=0)([1.0, -1.0]).data
    True
    """
    form = _format_of(path)
    if model is not None:
        _module(model)
    with open(path, "rb"):  # a file that is not there is no damaged one
        pass
    with refused(path), form.opened(Path(path)) as kept:
        notes = _notes(kept.text)
        if model is not None:
            model.load_state_dict(_fitting(kept, _declared(model)))
            return model
        architecture = notes.get("architecture")
        if architecture is None:
            raise ArgumentError(
                f"it has the numbers of a model, but not how to make it: {notes.get('why')}. Make the model and fill "
                "it: nn.load(path, model)"
            )
        arrays = _fitting(kept, _declared_by(architecture, len(kept.sizes)))
        rebuilt = build(architecture)
        _take_types(rebuilt, arrays)
        rebuilt.load_state_dict(arrays)
        return rebuilt


def _format_of(path: str | PathLike[str]) -> ModuleType:
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise ArgumentError(f"the file of a model ends in {' or '.join(FORMATS)}, not {ending!r}: {Path(path)}")
    return FORMATS[ending]


def _module(model: Any) -> Module:
    if not isinstance(model, Module):
        if hasattr(model, "get_params"):
            raise ArgumentError(
                f"{type(model).__name__} is an estimator: pickle.dump(estimator, file) keeps all of it, and nn.save("
                "estimator.model_, path), once it is fitted, the network inside, which knows nothing of its classes"
            )
        raise ArgumentError(f"model must be a Module, such as nn.Linear(4, 3), not {type(model).__name__}")
    return model


def _architecture(model: Module, state: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return how the model is made; or, if what is made so has not this state, why it cannot be said."""
    try:
        description = describe(model)
        made = dict(shapes(description))
    except ArgumentError as error:
        return {"architecture": None, "why": str(error)}
    here = {place: array.shape for place, array in state.items()}
    if made == here:
        return {"architecture": description}
    place = next(place for place in [*made, *here] if made.get(place) != here.get(place))
    return {"architecture": None, "why": f"{place} of {title(model)} was changed after it was made"}


def _notes(text: str) -> dict[str, Any]:
    notes = json.loads(text)
    if not isinstance(notes, dict) or notes.get("format") != "glassgrad":
        raise ArgumentError("it says nothing of a model that nn.save wrote")
    if notes.get("version") != VERSION:
        raise ArgumentError(
            f"it was saved in version {notes.get('version')!r:.100} of the format, but this is version {VERSION}; "
            "update glassgrad"
        )
    return notes


def _declared(model: Module) -> Declared:
    return {place: (array.shape, {array.dtype}) for place, array in model.state_dict().items()}


def _declared_by(architecture: Any, arrays: int) -> Declared:
    """Return what the architecture needs, and stop where it needs more than there is."""
    declared: Declared = {}
    for place, shape in shapes(architecture):
        declared[place] = shape, FLOATS if shape else {np.dtype(np.float64)}
        if len(declared) > arrays:
            raise ArgumentError(f"{place} is missing: its architecture needs more than the {arrays} arrays it has")
    return declared


def _fitting(kept: Kept, declared: Declared) -> dict[str, np.ndarray]:
    """Return the arrays, if they are those that were declared; their sizes are looked at before they are read."""
    faults = [
        f"{what}: {', '.join(places[:5])}{f' and {len(places) - 5} more' if len(places) > 5 else ''}"
        for what, places in (
            ("missing", [place for place in declared if place not in kept.sizes]),
            ("unexpected", [f"{place:.100}" for place in kept.sizes if place not in declared]),
        )
        if places
    ]
    if faults:
        raise ArgumentError(f"it does not fit the model; {'; '.join(faults)}")
    for place, (shape, types) in declared.items():
        needed = [math.prod(shape) * dtype.itemsize for dtype in types]
        if not min(needed) <= kept.sizes[place] <= max(needed) + kept.header:
            _expect(place, shape, types, *kept.look(place))
            raise ArgumentError(f"{place} of shape {shape} takes {max(needed)} bytes, but has {kept.sizes[place]}")
    arrays = kept.read()
    for place, (shape, types) in declared.items():
        _expect(place, shape, types, arrays[place].shape, arrays[place].dtype)
    return arrays


def _expect(place: str, shape: Any, types: set[np.dtype[Any]], found: Any, dtype: np.dtype[Any]) -> None:
    if found != shape or dtype not in types:
        kinds = " or ".join(sorted(map(str, types)))
        raise ArgumentError(f"{place} must be of shape {shape}, {kinds}, but is of shape {found}, {dtype}")


def _take_types(model: Module, arrays: dict[str, np.ndarray]) -> None:
    """Give a new model, made in float64, the types of the arrays it is about to take over."""
    owners = {"": model, **{place: part for place, part in model.named_parts() if isinstance(part, Module)}}
    for place, array in arrays.items():
        owner, _, name = place.rpartition(".")
        current = vars(owners[owner]).get(name)  # the weights of neurons lie in lists, and are float64
        if isinstance(current, Tensor):
            setattr(owners[owner], name, Tensor(array, name=current.name))
        elif isinstance(current, np.ndarray):
            setattr(owners[owner], name, array.copy())
