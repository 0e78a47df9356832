"""What the tests of the examples share."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

__all__ = ["EXAMPLES", "example", "help_of", "is_picture", "refusal"]

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str) -> dict[str, Any]:
    """Return the names of an example, which is not run as a program."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


def is_picture(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG")


def help_of(main: Any, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what --help prints."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    return capsys.readouterr().out


def refusal(main: Any, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the message with which arguments are refused."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    return capsys.readouterr().err
