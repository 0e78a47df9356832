"""Saved states: plain dicts of numbers and arrays, taken back only where they fit whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from autograd import ArgumentError, SizeError

__all__ = ["matched"]

FITTING = {"f": "fiu", "i": "iu", "b": "b", "U": "U"}
"""Which kinds of NumPy's types may stand where one of this kind is."""


def matched(state: Any, template: Mapping[str, Any], same: Collection[str] = ()) -> dict[str, Any]:
    """Return the entries of a saved state in the types of a template, or refuse it whole.

    Parameters
    ----------
    state : mapping of str to number, str or array_like
        What ``state_dict()`` returned, or what `numpy.load` reads of it.
    template : mapping
        What ``state_dict()`` returns now: the same names, shapes and types. Its ``kind`` says of what the state is.
    same : collection of str, optional
        Arrays of the template that must be met number for number.

    Returns
    -------
    dict
        New arrays, and plain numbers where the template has such.

    Raises
    ------
    ArgumentError
        If ``state`` is no mapping, is that of something else, lacks an entry, has one too many, or has one of another
        type.
    SizeError
        If an array has another shape, or one of ``same`` other numbers.

    Examples
    --------
    >>> from nn.states import matched
    >>> matched({"kind": "Counter", "steps": np.array(3)}, {"kind": "Counter", "steps": 0})
    {'kind': 'Counter', 'steps': 3}
    """
    what = template["kind"]
    if not isinstance(state, Mapping):
        raise ArgumentError(f"the state of {what} must be a dict, as state_dict() returns it, not {state!r}")
    kind = str(state["kind"]) if "kind" in state else "something without a kind"
    if kind != what:
        raise ArgumentError(f"the state is of {kind}, and cannot be loaded into {what}")
    missing = [name for name in template if name not in state]
    unknown = [str(name) for name in state if name not in template]
    if missing or unknown:
        faults = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has also {', '.join(unknown)}"] * bool(unknown)
        raise ArgumentError(f"the state of {what} {' and '.join(faults)}; was it saved by another version?")
    found = {}
    for name, here in template.items():
        array, expected = np.asarray(state[name]), np.asarray(here)
        if array.dtype.kind not in FITTING[expected.dtype.kind]:
            raise ArgumentError(f"{name} in the state of {what} must be of type {expected.dtype}, not {array.dtype}")
        if array.shape != expected.shape:
            raise SizeError(
                f"{name} in the state of {what} has the shape {array.shape}, but here it is {expected.shape}"
            )
        if name in same and (differing := np.flatnonzero(array != expected)).size:
            i = differing[0]
            raise SizeError(
                f"{name}[{i}] in the state of {what} is {array[i]}, but here it is {expected[i]}; it was saved for "
                "other parameters, or for these in another order"
            )
        found[name] = array.astype(expected.dtype) if isinstance(here, np.ndarray) else array.item()
    return found
