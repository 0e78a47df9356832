"""debug: every node recorded inside remembers the user's file and line."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.graph import noting

if TYPE_CHECKING:
    from autograd.variable import Variable

__all__ = ["debug", "made_at"]

# The two packages of this distribution: a line of a loss or of a layer is none that the user wrote.
_LIBRARY = tuple(f"{Path(__file__).parent.parent / package}{os.sep}" for package in ("autograd", "nn"))
_LIBRARY_FRAMES = (*_LIBRARY, "<recorder of ")


@contextmanager
def debug() -> Iterator[None]:
    """Have every node that is recorded inside remember the user's file and line.

    `find_bad`, `disconnected` and the warnings of a backward pass then name the line that made a node, also after the
    block. For ``with`` blocks, and as a decorator of functions (not of coroutines, which run after the call). It holds
    for this thread and this async task only. Outside it nothing is remembered, and recording costs what it did; inside,
    a node of Values costs about three times as much.

    Returns
    -------
    context manager

    Examples
    --------
    >>> import autograd
    >>> x = autograd.Value(0.0, name="x")
    >>> with autograd.debug():
    ...     y = x / x
    >>> autograd.find_bad(y).value.line.endswith("y = x / x")
    True
    """
    with noting(_note_line):
        yield


def _note_line(node: Variable) -> None:
    frame = innermost = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_LIBRARY_FRAMES):
        if frame.f_back is None:  # a thread that runs nothing but the library
            frame = innermost
            break
        frame = frame.f_back
    node.line = (frame.f_code.co_filename, frame.f_lineno)


def made_at(node: Variable) -> str:
    """Return the line that made a node, such as ``train.py, line 7: y = x / x``; nothing if it was not in `debug`."""
    if not hasattr(node, "line"):
        return ""
    path, line = node.line
    text = linecache.getline(path, line).strip()
    return f"{Path(path).name}, line {line}" + (f": {text}" if text else "")
