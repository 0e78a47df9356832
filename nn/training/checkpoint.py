"""Checkpoints: all that a training run depends on, in one file that is whole or not there."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import ArgumentError
from nn.keeping.atomic import replacing

__all__ = ["as_json", "read_checkpoint", "write_checkpoint"]

VERSION = 1
FACTS, SINGLES = "facts", "singles"  # the entries with all that is no array, and with single numbers


def write_checkpoint(path: Path, facts: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a checkpoint in place of the one that is there; who reads sees one of the two, whole.

    Parameters
    ----------
    path : Path
        The file.
    facts : mapping
        What JSON can say.
    groups : mapping of mapping
        Arrays, numbers and texts by name, in groups.
    """
    arrays: dict[str, np.ndarray] = {}
    singles: dict[str, list[str]] = {}  # of a network of Values there are many, which together are one array
    for group, state in groups.items():
        parts = {name: np.asarray(x) for name, x in state.items()}
        singles[group] = [name for name, x in parts.items() if x.shape == () and x.dtype == np.float64]
        arrays[f"{group}/{SINGLES}"] = np.array([parts.pop(name) for name in singles[group]], np.float64)
        arrays |= {f"{group}/{name}": x for name, x in parts.items()}
    arrays[FACTS] = np.array(as_json({"version": VERSION, SINGLES: singles, **facts}))
    with replacing(path) as fresh, open(fresh, "wb") as file:
        save: Any = np.savez  # whose types take names of arrays for those of its flag
        save(file, **arrays)


def as_json(facts: Any) -> str:
    """Return facts as JSON, arrays in them as lists: some generators have such in their states."""
    return json.dumps(facts, default=lambda x: np.asarray(x).tolist())


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the facts and the groups of a checkpoint.

    Raises
    ------
    ArgumentError
        If the file is none.
    """
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(str(arrays.pop(FACTS)))
        if facts.pop("version") != VERSION:
            raise ValueError("it was written by another version")
        groups: dict[str, dict[str, Any]] = {
            group: dict(zip(names, arrays.pop(f"{group}/{SINGLES}"), strict=True))
            for group, names in facts.pop(SINGLES).items()
        }
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ArgumentError(f"{path} is no checkpoint of nn.fit: {error}") from error
    for name, array in arrays.items():
        group, _, own = name.partition("/")
        groups.setdefault(group, {})[own] = array
    return facts, groups
