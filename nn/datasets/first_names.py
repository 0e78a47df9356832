"""A list of names, one a line, for a network that learns to make up new ones."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from nn.datasets.errors import BadFileError, MissingFileError

__all__ = ["names"]

NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""Letters of any script; hyphens and apostrophes between them."""


def names(path: str | PathLike[str]) -> list[str]:
    r"""Return the names in a text file, in lower case.

    Parameters
    ----------
    path : path-like
        A file in UTF-8 with one name a line, of letters, with hyphens and apostrophes between them. Blanks around a
        name and empty lines are left out.

    Returns
    -------
    list of str
        In the order of the file; a name that stands there twice comes twice.

    Raises
    ------
    BadFileError
        If the file is not UTF-8, has a line that is no name, or has no names at all.
    MissingFileError
        If there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from nn import datasets
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.txt")
    ...     _ = path.write_text("Emma\nOlivia\n", encoding="utf-8")
    ...     datasets.names(path)
    ['emma', 'olivia']
    """
    file = Path(path)
    if not file.is_file():
        raise MissingFileError(f"there is no file {file}: names are read from a text file that has one a line")
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadFileError(f"{file} must be a text in UTF-8, but is not at byte {error.start}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        name = line.strip()
        if name and not NAME.fullmatch(name):
            raise BadFileError(f"{file}, line {number}, must be one name, of letters, not {name[:40]!r}")
        if name:
            found.append(name.lower())
    if not found:
        raise BadFileError(f"{file} must have one name a line, but has none")
    return found
