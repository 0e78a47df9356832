"""What can be wrong with the file of a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath

from autograd import AutogradError, MissingExtraError

__all__ = ["ModelFileError", "refused"]


class ModelFileError(AutogradError, ValueError):
    """The file of a model is damaged, is something else, or does not fit; the message names the file and the place."""


@contextmanager
def refused(path: str | PathLike[str]) -> Iterator[None]:
    """Turn whatever goes wrong while a file is read into one kind of error, which names it.

    Readers of damaged bytes raise exceptions of any kind: of NumPy, zipfile, json, struct and safetensors.
    """
    try:
        yield
    except (MissingExtraError, MemoryError):  # no fault of the file
        raise
    except AutogradError as error:  # which says what it found
        raise ModelFileError(f"{fspath(path)}: {error}") from error
    except Exception as error:
        raise ModelFileError(
            f"{fspath(path)} is damaged, or no file that nn.save wrote: {type(error).__name__}: {error!s:.200}"
        ) from error
