"""Every exception and warning this package raises. Each message names the thing, where it came from and the cure."""

from __future__ import annotations

import linecache
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "ArgumentError",
    "AutogradError",
    "DisconnectedWarning",
    "DrawingError",
    "GradcheckError",
    "GraphChangedError",
    "MissingExtraError",
    "NonFiniteGradientError",
    "NonFiniteWarning",
    "NotALeafError",
    "NotANumberError",
    "NotAScalarError",
    "SizeError",
    "TracingError",
    "TracingWarning",
    "UnsupportedFunctionError",
    "brief",
    "listed",
    "user_line",
    "warn",
]


class AutogradError(Exception):
    """Base of every exception raised by ``autograd`` and ``nn``."""


class ArgumentError(AutogradError, ValueError):
    """An argument has a value that makes no sense here: a negative learning rate, an unknown activation."""


class NotANumberError(AutogradError, TypeError):
    """Something that is not a real number was given where one is needed."""


class NotAScalarError(AutogradError, TypeError):
    """A derivative was asked of something that is not one number, and no seed says in which direction."""


class SizeError(AutogradError, ValueError):
    """Two sizes that must agree do not."""


class UnsupportedFunctionError(AutogradError, TypeError):
    """A function has no derivative here, or not with these arguments; the message names the nearest way."""


class TracingError(AutogradError, TypeError):
    """A function cannot be compiled: a number that differs from call to call would be frozen into the program."""


class NotALeafError(AutogradError, RuntimeError):
    """Only a leaf may be changed, copied or trained; this one is the result of an operation."""


class GraphChangedError(AutogradError, RuntimeError):
    """A leaf was given a new number between the forward pass and the derivative of it."""


class NonFiniteGradientError(AutogradError, ArithmeticError):
    """A gradient is inf or nan, and using it would destroy what was learned."""


class GradcheckError(AutogradError, AssertionError):
    """A derivative and its finite difference disagree."""


class DrawingError(AutogradError, RuntimeError):
    """A picture could not be made."""


class MissingExtraError(AutogradError, ImportError):
    """An optional dependency is missing; the message names the extra that brings it, and any other cure."""

    def __init__(self, feature: str, extra: str, other_cure: str = "") -> None:
        cure = f"pip install 'glassgrad[{extra}]'{'; or ' if other_cure else ''}{other_cure}"
        super().__init__(f"{feature} needs an optional dependency: {cure}")
        self.arguments = (feature, extra, other_cure)

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        return type(self), self.arguments


class DisconnectedWarning(UserWarning):
    """A result does not depend on a variable it is differentiated by, or a number left the graph on its way."""


class NonFiniteWarning(RuntimeWarning):
    """A backward pass produced an inf or nan gradient."""


class TracingWarning(UserWarning):
    """A function could not be compiled, and runs one sample after another; the message names the line."""


def brief(x: object, limit: int = 60) -> str:
    """Return ``repr(x)`` cut to a length that suits an error message."""
    try:
        text = " ".join(repr(x).split())  # in one line
    except ValueError:  # an int of more than 4,300 digits has no repr
        text = f"an object of type {type(x).__name__}"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(names: Sequence[str], limit: int = 5) -> str:
    """Return names in a row, those beyond the limit only counted, as suits an error message."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{', '.join(names[:limit])}{more}"


_PACKAGE = f"{Path(__file__).parent}{os.sep}"


def _user_level() -> int:
    """Return how many frames up, from the caller of this, the nearest one outside this package is."""
    level = 2
    while sys._getframe(level).f_code.co_filename.startswith((_PACKAGE, "<recorder of ")):
        level += 1
    return level - 1


def warn(message: str, category: type[Warning]) -> None:
    """Warn as from the user's line: the nearest caller outside this package."""
    warnings.warn(message, category, stacklevel=_user_level() + 1)


def user_line() -> str:
    """Return the user's line in words: the nearest caller outside this package."""
    frame = sys._getframe(_user_level())
    path, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(path, line).strip()
    return f"{Path(path).name}, line {line}" + (f": {text}" if text else "")
