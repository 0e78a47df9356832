"""`.safetensors`: a header of JSON that says where each array lies, and their bytes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograd import ArgumentError, MissingExtraError
from nn.keeping.kept import LONGEST_TEXT, Kept

__all__ = ["opened", "write"]

TEXT, DIGEST = "glassgrad", "sha256"
LONGEST_HEADER = 100_000_000  # bytes; the format's own limit
TYPES = {f"{kind}{8 * n}": np.dtype(f"{kind.lower()}{n}") for kind in "FIU" for n in (2, 4, 8)}  # those of NumPy
TYPES |= {"I8": np.dtype(np.int8), "U8": np.dtype(np.uint8), "BOOL": np.dtype(np.bool_)}


def write(path: Path, text: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a text and arrays by name, with a digest of all: the format has none, and damage would go unnoticed.

    The library writes memory as it lies there, so transposed and sliced arrays are copied into order before.
    """
    library = _library()
    ordered = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    library.numpy.save_file(ordered, path, metadata={TEXT: text, DIGEST: _digest(text, ordered)})


@contextmanager
def opened(path: Path) -> Iterator[Kept]:
    """Open what `write` wrote. The library lets names stand twice in the header, so that is looked through before."""
    library = _library()
    metadata = _metadata(path)
    text, digest = metadata[TEXT], metadata[DIGEST]
    if len(text) > LONGEST_TEXT:
        raise ArgumentError(f"its architecture has {len(text)} characters, more than the {LONGEST_TEXT} allowed")
    with library.safe_open(path, framework="numpy") as file:
        parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
        for name, part in parts.items():
            if part.get_dtype() not in TYPES:
                raise ArgumentError(f"{name:.100} is of type {part.get_dtype()}, which NumPy has not")

        def look(name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
            return tuple(parts[name].get_shape()), TYPES[parts[name].get_dtype()]

        def read() -> dict[str, np.ndarray]:
            arrays = {name: file.get_tensor(name) for name in parts}
            if _digest(text, arrays) != digest:
                raise ArgumentError("it is damaged: the digest of its numbers is not the one that was saved")
            return arrays

        yield Kept(text, {name: _size(part) for name, part in parts.items()}, 0, look, read)


def _metadata(path: Path) -> dict[str, str]:
    """Return what the header says beside where arrays lie."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(LONGEST_HEADER, path.stat().st_size - 8):
            raise ArgumentError(f"its header claims {length} bytes, more than the file has or the format allows")
        header = json.loads(file.read(length), object_pairs_hook=_once)
    metadata: dict[str, str] = header.get("__metadata__", {})
    if not {TEXT, DIGEST} <= metadata.keys():
        raise ArgumentError(
            f"it has no metadata {TEXT!r} and {DIGEST!r}, so nn.save did not write it. Arrays of other programs are "
            "taken over by model.load_state_dict(...)"
        )
    return metadata


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ArgumentError("a name stands twice in its header")
    return found


def _size(part: Any) -> int:
    size: int = math.prod(part.get_shape()) * TYPES[part.get_dtype()].itemsize
    return size


def _digest(text: str, arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(arrays[name].tobytes() if not arrays[name].size else arrays[name].data)
    return digest.hexdigest()


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise MissingExtraError("a .safetensors file", "io") from error
    return safetensors
