"""The leaves that are trained: which can be, their numbers and gradients as one array, and how they get new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd import ArgumentError, NonFiniteGradientError, NotALeafError, Tensor, Value

__all__ = ["called", "ensure_finite", "flat", "gradient_of", "leaves_of", "names_of", "numbers_of", "size_of", "write"]


def leaves_of(parameters: Any) -> list[Value | Tensor]:
    """Return the parameters as a list, or refuse the first that cannot be trained."""
    if not isinstance(parameters, Iterable) or isinstance(parameters, Tensor):
        raise ArgumentError(
            "parameters must be Values and Tensors in a list, such as model.parameters() or [weights], not "
            f"{type(parameters).__name__}"
        )
    leaves = list(parameters)
    if not leaves:
        raise ArgumentError("there is no parameter to train; was parameters an iterator that had been used up?")
    first: dict[int, int] = {}
    for i, parameter in enumerate(leaves):
        if not isinstance(parameter, Value | Tensor):
            raise ArgumentError(
                f"parameter {i} must be a Value or a Tensor, not {type(parameter).__name__}: {parameter!r}"
            )
        if not parameter.is_leaf:
            raise NotALeafError(f"{called(parameter, i)} is the result of {parameter.op!r}; only a leaf can be trained")
        if id(parameter) in first:
            raise ArgumentError(
                f"{called(parameter, i)} is given twice, at positions {first[id(parameter)]} and {i}, "
                "and would be changed twice a step"
            )
        first[id(parameter)] = i
    return leaves


def called(parameter: Value | Tensor, position: int) -> str:
    """Return what a message calls a parameter: its name, or its position and what it is."""
    what = repr(parameter) if isinstance(parameter, Value) else f"a Tensor of shape {parameter.shape}"
    return parameter.name or f"parameter {position} ({what})"


def names_of(parameters: Sequence[Value | Tensor], positions: Sequence[int]) -> str:
    """Return what a message calls the parameters at some positions; those beyond the fifth are only counted."""
    names = ", ".join(called(parameters[i], i) for i in positions[:5])
    return f"{names} and {len(positions) - 5} more" if len(positions) > 5 else names


def size_of(parameter: Value | Tensor) -> int:
    """Return how many numbers a parameter has."""
    return 1 if isinstance(parameter, Value) else parameter.size


def gradient_of(parameter: Value | Tensor) -> Any:
    """Return the gradient as plain numbers: of a Value a float, of a Tensor an array, zeros where there is none."""
    gradient = parameter.grad
    if isinstance(gradient, Value | Tensor):  # recorded, by create_graph
        gradient = gradient.data
    if isinstance(parameter, Value):
        return float(gradient)
    return np.zeros(parameter.shape, parameter.dtype) if gradient is None else gradient


def ensure_finite(parameters: Sequence[Value | Tensor], gradients: Sequence[Any], what: str, cure: str) -> None:
    """Refuse gradients that are not finite, naming the parameters.

    Raises
    ------
    NonFiniteGradientError
        If one is inf or nan somewhere; ``what`` says what was not done for it, and ``cure`` what to do.
    """
    if not np.isfinite(flat(gradients)).all():
        bad = [i for i, gradient in enumerate(gradients) if not np.isfinite(gradient).all()]
        raise NonFiniteGradientError(
            f"{what}, because the gradient of {names_of(parameters, bad)} is not finite. {cure}"
        )


def flat(parts: Sequence[Any]) -> np.ndarray:
    """Return numbers and the elements of arrays one behind the other, as float64."""
    if any(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts, axis=None, dtype=np.float64)
    return np.array(parts, np.float64)  # numbers alone: ten times as fast


def numbers_of(parameters: Sequence[Value | Tensor]) -> np.ndarray:
    """Return the numbers of all parameters one behind the other, as float64."""
    return flat([p.data if isinstance(p, Value) else p.numpy() for p in parameters])


def write(parameters: Sequence[Value | Tensor], numbers: np.ndarray) -> None:
    """Give the parameters new numbers; those of a Tensor are written into its array, in its type."""
    start = 0
    for parameter in parameters:
        if isinstance(parameter, Value):
            parameter.data = numbers.item(start)
            start += 1
        else:
            parameter.data[...] = numbers[start : start + parameter.size].reshape(parameter.shape)
            start += parameter.size
