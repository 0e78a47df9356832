"""HIPS autograd in a process of its own, asked for a time in turn with the others."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.packages import Absent

__all__ = ["Hips"]


class Hips:
    """A step by HIPS autograd.

    Parameters
    ----------
    step : str
        Its name in `hips_worker`.
    *arrays : ndarray or int
        What it is made of.

    Attributes
    ----------
    version : str
        That of HIPS autograd.
    """

    def __init__(self, step: str, *arrays: Any) -> None:
        python = os.environ.get("HIPS_PYTHON")
        if not python:
            raise Absent("HIPS_PYTHON must name the python of an environment with HIPS autograd and SciPy")
        folder = Path(__file__).parent
        self.process = subprocess.Popen(
            [Path(python).absolute(), folder / "hips_worker.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
        )  # fmt: skip
        given = [array.tolist() if isinstance(array, np.ndarray) else array for array in arrays]
        self.version, self.value, self.gradients = json.loads(self.ask([step, given]))

    def ask(self, question: Any) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.process.stdout.readline()

    def result(self) -> tuple[Any, list[Any]]:
        """Return the value and the gradients, in flat lists."""
        value = self.value[0] if len(self.value) == 1 else self.value
        return value, self.gradients

    def seconds(self, turn: float) -> float:
        """Return the mean time of a step in a turn of so many seconds."""
        return float(self.ask(turn))

    def close(self) -> None:
        self.process.communicate()  # it reads to the end
