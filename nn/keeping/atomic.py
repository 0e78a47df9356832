"""Files that are whole or not there at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replacing"]


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path in the same folder to write to; what is written there takes the place of ``path`` at one blow.

    If the body raises, or the machine stops at any moment, the old file stays as it was.

    Parameters
    ----------
    path : str or path
        The file that is made or replaced. A link is followed.

    Yields
    ------
    Path
        Where the body must write a file.

    Raises
    ------
    FileNotFoundError
        If there is no folder for it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from nn.keeping.atomic import replacing
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/a.txt") as fresh:
    ...         _ = fresh.write_text("whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder to write a file in", str(target.parent))
    fresh = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        yield fresh
        _flush(fresh, os.O_RDWR)
        if target.exists():
            shutil.copymode(target, fresh)
        os.replace(fresh, target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # elsewhere folders cannot be opened
        _flush(target.parent, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    """Wait until it is on the disk: otherwise the new name may get there before the numbers."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
