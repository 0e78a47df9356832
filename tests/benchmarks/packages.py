"""Other people's packages: one that is not installed makes a comparison smaller, and does not end it."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["Absent", "package", "present"]

EXTRAS = {"llvmlite": "jit"}

T = TypeVar("T")


class Absent(Exception):  # noqa: N818  # a fact, not a fault
    """A program that cannot take part; the message says what would let it."""


def package(module: str) -> Any:
    """Return a module, or raise Absent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of its own
            return importlib.import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        extra = EXTRAS.get(name, "bench")
        raise Absent(f"{name} comes with the extra {extra}: pip install -e '.[{extra}]'") from error


def present(prepare: Mapping[str, Callable[[], T]], note: Callable[[str], object]) -> dict[str, T]:
    """Return what is prepared, by name, without what is absent; of that, ``note`` is told."""
    prepared = {}
    for name, function in prepare.items():
        try:
            prepared[name] = function()
        except Absent as absent:
            note(f"without {name}: {absent}")
    return prepared
