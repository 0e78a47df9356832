"""What can be wrong with a file of data. The messages name the file, what was expected, what was found and the cure."""

from __future__ import annotations

from autograd import AutogradError

__all__ = ["BadFileError", "MissingFileError"]


class BadFileError(AutogradError, ValueError):
    """A file is there, but it is truncated, damaged, too large or holds something else."""


class MissingFileError(AutogradError, FileNotFoundError):
    """A file of data is not where it was looked for, or could not be downloaded."""
