"""Choices by an integer: recordings of one function for different integers, made into one program.

Where they differ, the integer picks: an element of a list, a row of a table, one of two branches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograd.compiler.arguments import Array
from autograd.compiler.scalars import Argument, Choice, Scalars
from autograd.errors import TracingError

__all__ = ["AmbiguousError", "labels_in_place", "merged"]


class AmbiguousError(Exception):
    """The recordings do not tell which of several integers picks.

    Attributes
    ----------
    numbers : tuple of int
        The node that is picked, for each run.
    """

    def __init__(self, message: str, numbers: tuple[int, ...]) -> None:
        super().__init__(message)
        self.numbers = numbers


Run = tuple[Mapping[int, Array], list[int]]


def merged(program: Scalars, runs: Sequence[Run], values: Mapping[int, list[int]], name: str) -> list[int]:
    """Return roots that are those of each run if the integers are those of the run.

    Parameters
    ----------
    program : Scalars
        It has the nodes of all runs, and gets those that choose.
    runs : sequence
        For each run the integers by argument, and the roots. For each argument there is a run for each value.
    values : mapping of list
        The values of each integer argument.
    name : str
        What messages call the function.

    Raises
    ------
    TracingError
        If the function is another one for several integers together.
    AmbiguousError
        If the runs do not tell which integer picks.
    """
    return _Merging(program, runs, values, name).run()


class _Merging:
    def __init__(self, program: Scalars, runs: Sequence[Run], values: Mapping[int, list[int]], name: str) -> None:
        self.program = program
        self.values = values
        self.name = name
        self.roots = list(zip(*(roots for _, roots in runs), strict=True))
        self.labels = {
            Argument(i, element): [int(integers[i].flat[element]) for integers, _ in runs]
            for i in values
            for element in range(runs[0][0][i].size)
        }
        everywhere = set.intersection(*(set(program.live(roots)) for _, roots in runs))
        self.is_everywhere = everywhere.__contains__
        self.made: dict[tuple[int, ...], int] = {}

    def run(self) -> list[int]:
        """Make the nodes, operands first, without recursion."""
        waiting = list(self.roots)
        while waiting:
            numbers = waiting[-1]
            if numbers in self.made:
                waiting.pop()
            elif self._is_one(numbers):
                self.made[numbers] = numbers[0]
            elif self._is_choice(numbers):
                self.made[numbers] = self._choice(numbers)
            else:
                columns = list(zip(*(self.program.nodes[x][1] for x in numbers), strict=True))
                if missing := [column for column in columns if column not in self.made]:
                    waiting.extend(missing)
                else:
                    head = self.program.nodes[numbers[0]][0]
                    self.made[numbers] = self.program.add(head, tuple(self.made[column] for column in columns))
        return [self.made[numbers] for numbers in self.roots]

    def _is_one(self, numbers: tuple[int, ...]) -> bool:
        return all(x == numbers[0] for x in numbers)

    def _is_choice(self, numbers: tuple[int, ...]) -> bool:
        """Tell whether nodes are to be chosen from: they differ in kind, or all are computed in any case."""
        head, operands = self.program.nodes[numbers[0]]
        others = [self.program.nodes[x] for x in numbers]
        differ = any(other != head or len(xs) != len(operands) for other, xs in others)
        return differ or all(map(self.is_everywhere, numbers))

    def _choice(self, numbers: tuple[int, ...]) -> int:
        fitting = []
        for label, taken in self.labels.items():
            table = dict(zip(taken, numbers, strict=True))
            fits = all(table[value] == x for value, x in zip(taken, numbers, strict=True))
            if fits and all(value in table for value in self.values[label.position]):
                fitting.append((label, table))
        if len(fitting) == 1:
            ((label, table),) = fitting
            return self.program.add(Choice(label), tuple(table[value] for value in self.values[label.position]))
        message = (
            f"what {self.name} computes depends on several integers of its arguments at once, such as an element of a "
            "table of tables, or a test whether two are equal; a compiled function picks from a list or table by one "
            "integer at a time. Make them one integer, give them as floats if they are numbers, or name the argument "
            "in static= to have the function recorded for each of its values"
        )
        if fitting:
            raise AmbiguousError(message, numbers)
        raise TracingError(message)


def labels_in_place(x: Array, values: Sequence[int]) -> Array:
    """Return, for each integer, its place among the values; -1 for those that are not there."""
    known = np.asarray(values)
    if known[0] == 0 and known[-1] == len(known) - 1:
        return np.where((x >= 0) & (x < len(known)), x, -1)
    place = np.clip(np.searchsorted(known, x), 0, len(known) - 1)
    return np.where(known[place] == x, place, -1)
