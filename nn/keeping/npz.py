"""`.npz`: a zip of NumPy's arrays, one an entry, and a JSON text."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from autograd import ArgumentError
from nn.keeping.kept import LONGEST_TEXT, Kept

__all__ = ["opened", "write"]

TEXT = "architecture.json"
LONGEST_HEADER = 10_000  # bytes before the numbers of an array; NumPy's own limit


def write(path: Path, text: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a text and arrays by name. The same ones give the same file, byte for byte: entries bear no date."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(TEXT), text)
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


@contextmanager
def opened(path: Path) -> Iterator[Kept]:
    """Open what `write` wrote. Entries are looked at before they are read; none may be compressed.

    Then no entry is larger than the file, and a small file cannot fill the memory.
    """
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        by_name = {entry.filename: entry for entry in entries}
        if len(by_name) < len(entries):
            raise ArgumentError("two of its entries have the same name")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise ArgumentError(f"its entry {entry.filename:.100} is compressed, which nn.save does not do")
        if sum(entry.file_size for entry in entries) > path.stat().st_size:
            raise ArgumentError("its entries claim to be larger than the file")
        text = by_name.pop(TEXT, None)
        if text is None:
            raise ArgumentError(
                f"it has no entry {TEXT}, so nn.save did not write it. Arrays of other programs are taken over by "
                "model.load_state_dict(...)"
            )
        if text.file_size > LONGEST_TEXT:
            raise ArgumentError(f"its entry {TEXT} has {text.file_size} bytes, more than the {LONGEST_TEXT} allowed")
        if strange := [name for name in by_name if not name.endswith(".npy")]:
            raise ArgumentError(f"its entry {strange[0]:.100} is no array")
        by_place = {name.removesuffix(".npy"): entry for name, entry in by_name.items()}

        def look(place: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
            with archive.open(by_place[place]) as entry:
                shape, _, dtype = _header(entry)
            return shape, dtype

        def read() -> dict[str, np.ndarray]:
            return {place: _array(archive.read(entry), place) for place, entry in by_place.items()}

        sizes = {place: entry.file_size for place, entry in by_place.items()}
        yield Kept(archive.read(text).decode(), sizes, LONGEST_HEADER, look, read)


def _array(entry: bytes, place: str) -> np.ndarray:
    """Return the array of an entry; its declared size must be the one that is there."""
    stream = io.BytesIO(entry)
    shape, is_transposed, dtype = _header(stream)
    if dtype.hasobject:
        raise ArgumentError(f"{place} is an array of objects, which are not loaded: they could run any program")
    expected, found = math.prod(shape) * dtype.itemsize, len(entry) - stream.tell()
    if expected != found:
        raise ArgumentError(f"{place} of shape {shape}, {dtype}, must have {expected} bytes, but has {found}")
    array: np.ndarray = np.frombuffer(entry, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if is_transposed else "C")


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return the shape, whether the first axis runs fastest, and the type."""
    version = np.lib.format.read_magic(stream)
    reader: Any = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    header: tuple[tuple[int, ...], bool, np.dtype[Any]] = reader(stream, max_header_size=LONGEST_HEADER)
    return header
