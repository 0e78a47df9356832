"""Checkpoints: all that a training run depends on, in one file that is whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import ArgumentError

__all__ = ["read_checkpoint", "write_checkpoint"]

VERSION = 1
FACTS = "facts"  # the entry with all that is no array


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
    arrays = {f"{group}/{name}": np.asarray(x) for group, state in groups.items() for name, x in state.items()}
    arrays[FACTS] = np.array(json.dumps({"version": VERSION, **facts}))
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(number, "wb") as file:
            save: Any = np.savez  # whose types take names of arrays for those of its flag
            save(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


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
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ArgumentError(f"{path} is no checkpoint of nn.fit: {error}") from error
    groups: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        group, _, own = name.partition("/")
        groups.setdefault(group, {})[own] = array
    return facts, groups
