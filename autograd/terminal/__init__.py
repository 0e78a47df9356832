"""The command ``python -m autograd``: differentiate an expression, and see how."""

from autograd.terminal.command import main

__all__ = ["main"]
