"""Keeping models: files that are written whole, read with suspicion, and rebuilt from."""

from nn.keeping.errors import ModelFileError
from nn.keeping.saving import load, save

__all__ = ["ModelFileError", "load", "save"]
