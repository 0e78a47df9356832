"""Activations by name, and how large the weights before each should start."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from typing import Any

from autograd import ArgumentError, registry

__all__ = ["activation_function", "activation_label", "gain"]

Function = Callable[[Any], Any]

IDENTITY = ("identity", "linear")
RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "silu")


def activation_function(activation: str | Function | None) -> Function | None:
    """Return the function that an activation argument means; None for the identity.

    Raises
    ------
    ArgumentError
        If it is neither None, nor callable, nor a name of a row of one operand.
    """
    if isinstance(activation, str):
        return None if activation in IDENTITY else _function_named(activation)
    if activation is not None and not callable(activation):
        raise ArgumentError(f"activation must be a name, a callable or None, not {type(activation).__name__}")
    return activation


def activation_label(function: Function | None) -> str:
    """Return what a repr calls the activation; a row's label shows its settings."""
    if function is None:
        return "identity"
    name = getattr(function, "__name__", type(function).__name__)
    return str(getattr(function, "label", name))


def gain(function: Function | None) -> float:
    """Return by how much weights must grow to make up for what the activation cuts off.

    The square root of 2 for a rectifier, which lets half of the variance through (He, Zhang, Ren and Sun 2015,
    Delving Deep into Rectifiers, section 2.2); 1 for every other one.
    """
    return math.sqrt(2.0) if getattr(function, "name", None) in RECTIFIERS else 1.0


def _function_named(name: str) -> Function:
    known = {name: row for row in registry.values() if row.arity == 1 for name in (row.name, *row.aliases)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, [*known, *IDENTITY])
    hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    raise ArgumentError(
        f"there is no activation {name!r}. {hint}Allowed are 'identity' (also 'linear' or None), any callable, and the "
        f"functions of one operand in autograd.registry: {', '.join(sorted(known))}"
    )
