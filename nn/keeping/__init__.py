"""Keeping models: files that are written whole, read with suspicion, and rebuilt from."""

from nn.keeping.errors import ModelFileError
from nn.keeping.onnx_export import to_onnx
from nn.keeping.saving import load, save

__all__ = ["ModelFileError", "load", "save", "to_onnx"]
