"""Nested lists, tuples and dicts: what is in them, where it is, and the same form with something else in it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd.errors import SizeError, brief

__all__ = ["CONTAINERS", "leaves", "like", "matched", "places", "rebuild"]

CONTAINERS = (list, tuple, dict)


def leaves(x: Any) -> list[Any]:
    """Return what stands in the lists, tuples and dicts of ``x``, in their order; ``x`` alone if it is none of them."""
    if not isinstance(x, CONTAINERS):
        return [x]
    parts: Iterable[Any] = x.values() if isinstance(x, dict) else x
    found = []
    for part in parts:
        if isinstance(part, CONTAINERS):
            found += leaves(part)
        else:
            found.append(part)
    return found


def places(x: Any, within: str = "") -> Iterator[str]:
    """Yield where each leaf of ``x`` is, as Python would write it behind the name of ``x``: such as ``['w'][2]``."""
    if isinstance(x, dict):
        for key, part in x.items():
            yield from places(part, f"{within}[{key!r}]")
    elif isinstance(x, list | tuple):
        for step, part in zip(_steps(x), x, strict=True):
            yield from places(part, f"{within}{step}")
    else:
        yield within


def _steps(x: Sequence[Any]) -> Iterable[str]:
    """Return how Python gets at each element of a list or tuple: by its name, if it has one."""
    names = getattr(x, "_fields", None)
    return (f"[{i}]" for i in range(len(x))) if names is None else (f".{name}" for name in names)


def rebuild(form: Any, elements: Iterable[Any]) -> Any:
    """Return a container of the form of ``form``, with these leaves in place of its own."""
    return _rebuilt(form, iter(elements).__next__)


def _rebuilt(form: Any, following: Callable[[], Any]) -> Any:
    if not isinstance(form, CONTAINERS):
        return following()
    if isinstance(form, dict):
        copied = copy.copy(form)  # a dict of any kind, with what else belongs to it
        for key, part in form.items():
            copied[key] = _rebuilt(part, following)
        return copied
    filled = [_rebuilt(part, following) if isinstance(part, CONTAINERS) else following() for part in form]
    return filled if form.__class__ is list else like(form, filled)


def like(original: Any, elements: Sequence[Any]) -> Any:
    """Return the elements in a list or tuple of the original's kind, named tuples included."""
    return type(original)(*elements) if hasattr(original, "_fields") else type(original)(elements)


def matched(form: Any, x: Any, what: str) -> list[Any]:
    """Return what ``x`` has in the place of each leaf of ``form``, in the order of ``form``.

    Lists and tuples may stand for each other; keys of dicts may come in any order.

    Parameters
    ----------
    form : container or leaf
        The form wanted.
    x : container or leaf
        What was given.
    what : str
        What to call ``x``, with braces where a place in it belongs: ``"tangent 1{} of jvp"``.

    Raises
    ------
    SizeError
        If ``x`` has not the form, naming the place.
    """
    return list(_matched(form, x, what, "")) if isinstance(form, CONTAINERS) else [x]


def _matched(form: Any, x: Any, what: str, place: str) -> Iterator[Any]:
    if isinstance(form, dict):
        if not isinstance(x, dict) or x.keys() != form.keys():
            raise SizeError(f"{what.format(place)} must be a dict with the keys {brief(list(form))}, not {brief(x)}")
        for key, part in form.items():
            yield from _matched(part, x[key], what, f"{place}[{key!r}]")
    elif isinstance(form, list | tuple):
        if not isinstance(x, list | tuple) or len(x) != len(form):
            raise SizeError(
                f"{what.format(place)} must be a {type(form).__name__} of {len(form)} elements, not {brief(x)}"
            )
        for step, part, given in zip(_steps(form), form, x, strict=True):
            yield from _matched(part, given, what, f"{place}{step}")
    else:
        yield x
