"""Object code kept on disk, by a hash of all that decides it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
from pathlib import Path

__all__ = ["cached", "folder", "keep", "key_of"]

MOST_FILES = 500
SUFFIX = ".o"
DIGEST_BYTES = hashlib.sha256().digest_size


def folder() -> str:
    """Return where code is kept: ``$GLASSGRAD_CACHE``, or a folder among the user's caches."""
    if chosen := os.environ.get("GLASSGRAD_CACHE"):
        return chosen
    if sys.platform == "win32":
        parent = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        parent = "~/Library/Caches"
    else:
        parent = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return os.path.join(os.path.expanduser(parent), "glassgrad")


def key_of(*parts: str) -> str:
    """Return the name of the code that is decided by these parts, and by the sources that write it."""
    digest = hashlib.sha256(_sources())
    for part in parts:
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


@functools.cache
def _sources() -> bytes:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).digest()


def cached(key: str) -> bytes | None:
    """Return kept code, or None if there is none or the file is damaged."""
    file = os.path.join(folder(), f"{key}{SUFFIX}")
    try:
        with open(file, "rb") as opened:
            content = opened.read()
    except OSError:
        return None
    checksum, code = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if hashlib.sha256(code).digest() != checksum:
        return None
    with contextlib.suppress(OSError):
        os.utime(file)  # the ones not used for longest go first
    return code


def keep(key: str, code: bytes) -> None:
    """Keep code, if the folder can be written to. Other processes see the whole file or none."""
    with contextlib.suppress(OSError):
        place = Path(folder())
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=place, suffix=".part")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(hashlib.sha256(code).digest() + code)
            os.replace(name, place / f"{key}{SUFFIX}")
        except OSError:
            os.unlink(name)
            raise
        _remove_oldest(place)


def _remove_oldest(place: Path) -> None:
    files = list(place.glob(f"*{SUFFIX}"))
    if len(files) > MOST_FILES:
        ages = {file: file.stat().st_mtime for file in files}
        for file in sorted(files, key=ages.__getitem__)[: len(files) - MOST_FILES]:
            file.unlink(missing_ok=True)
