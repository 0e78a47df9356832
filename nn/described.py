"""The repr of things that keep their settings as attributes."""

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["described"]


def described(thing: Any, *first: str) -> str:
    """Return the call that makes a thing like this: every argument of its class that is an attribute too.

    Parameters
    ----------
    thing : object
    *first : str
        What stands before the settings.

    Examples
    --------
    >>> from nn.described import described
    >>> class Halved:
    ...     def __init__(self, every, start=0):
    ...         self.every, self.start = every, start
    >>> described(Halved(10), "4 parameters")
    'Halved(4 parameters, every=10, start=0)'
    """
    names = [name for name in inspect.signature(type(thing)).parameters if name in vars(thing) and name != "parameters"]
    return f"{type(thing).__name__}({', '.join([*first, *(f'{name}={vars(thing)[name]!r}' for name in names)])})"
