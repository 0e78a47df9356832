"""What the rows of a plan are called: by parameters and arguments, or by the step that computes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np

from autograd.compiler.gradient import adjoint_space
from autograd.compiler.plan import Fill, Index, Plan, Ref
from autograd.compiler.tangent import tangent_of
from autograd.symbols import to_text

__all__ = ["ADJOINT", "TANGENT", "Names", "derivative"]

ADJOINT, TANGENT = "∂", "δ"
MARKS = {adjoint_space(""): ADJOINT, tangent_of(Ref("", np.arange(0))).space: TANGENT}
MANY = 4  # parts of one operand; more are counted


def derivative(space: str) -> tuple[str, str]:
    """Return the marks of a space of derivatives, and the space of the numbers that they belong to."""
    marks = ""
    while (start := space[:2]) in MARKS:
        marks, space = marks + MARKS[start], space[2:]
    return marks, space


@dataclass(frozen=True, slots=True)
class _Region:
    """What one step writes: rows, in order, and their numbers if they are constants."""

    name: str
    rows: Index
    numbers: Any = None


class Names:
    """Names for what the steps of a plan read and write.

    What step 3 computes is ``v3``. A name with ``∂`` before it is the derivative of the result by that, one with ``δ``
    the derivative along a direction. ``w[*][0]`` is the first column of ``w``.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.inputs = {space: _Inputs(blocks) for space, blocks in _names_of_inputs(plan).items()}
        self.regions: list[_Region] = []
        self.owner = {name: np.full(space.rows, -1) for name, space in plan.spaces.items()}
        taken = [block[0] for blocks in plan.names.values() for block in blocks]
        self.letter = "v" if not any(re.fullmatch(r"v\d+[a-z]?", name) for name in taken) else "v_"
        results = {(ref.space, ref.index.tobytes()): name for name, ref in plan.outputs.items() if name not in taken}
        for number, step in enumerate((*plan.steps, *plan.updates), 1):
            for i, target in enumerate(step.targets):
                part = "" if len(step.targets) == 1 else ascii_lowercase[i] if i < 26 else f"_{i}"
                name = results.get((target.space, target.index.tobytes()), f"{self.letter}{number}{part}")
                self._claim(target, name, step.numbers if isinstance(step, Fill) else None)

    def _claim(self, target: Ref, name: str, numbers: Any) -> None:
        """Give rows the name of the step that writes them first, unless they have one."""
        owner = self.owner[target.space]
        rows = target.index.ravel()
        marks, base = derivative(target.space)
        if marks:
            rows = rows[rows >= self.plan.spaces[base].rows]  # room beyond what there are derivatives of
        elif target.space in self.inputs:
            rows = rows[rows >= self.inputs[target.space].count]
        rows = rows[owner[rows] < 0]
        if rows.size:
            owner[rows] = len(self.regions)
            self.regions.append(_Region(name, rows, numbers if len(rows) == target.size else None))

    def text(self, ref: Ref, *, with_numbers: bool = True) -> str:
        """Return what rows are called together; ``with_numbers``, constants are written as such."""
        listed, count = self._listed(ref, with_numbers)
        return listed if count == 1 else f"[{listed}]"

    def listed(self, ref: Ref) -> str:
        """Return the names of the parts that rows consist of, the first of many."""
        return self._listed(ref, True)[0]

    def _listed(self, ref: Ref, with_numbers: bool) -> tuple[str, int]:
        terms = self.terms(ref, with_numbers=with_numbers)
        more = [f"… {len(terms) - MANY + 1} more"] if len(terms) > MANY else []
        return ", ".join((*(terms[: MANY - 1] if more else terms), *more)), len(terms)

    def constant(self, ref: Ref) -> str | None:
        """Return the number that all rows are, if they are constants of one step and the same; else None."""
        owner = self.owner[ref.space][ref.index.ravel()]
        if not owner.size or owner[0] < 0 or (owner != owner[0]).any() or derivative(ref.space)[0]:
            return None
        region = self.regions[owner[0]]
        if region.numbers is None:
            return None
        numbers = region.numbers[np.isin(region.rows, ref.index)]
        text = to_text(numbers[0])
        return None if len(set(numbers.tolist())) > 1 else f"({text})" if text.startswith("-") else text

    def terms(self, ref: Ref, *, with_numbers: bool = True) -> list[str]:
        """Return the names of the parts that rows consist of, in order; ``with_numbers``, constants as numbers."""
        marks, base = derivative(ref.space)
        rows, first = np.unique(ref.index, return_index=True)
        found: list[tuple[int, str]] = []
        beyond = rows >= self.plan.spaces[base].rows
        for chosen, mark, space in ((~beyond, marks, base), (beyond, "", ref.space)):
            if chosen.any():
                named = self._named(space, rows[chosen], first[chosen], with_numbers and not marks)
                found += [(place, mark + name) for place, name in named]
        return [name for _, name in sorted(found)]

    def _named(self, space: str, rows: Index, first: Index, with_numbers: bool) -> Iterator[tuple[int, str]]:
        """Yield names of parts, each with where it begins."""
        inputs = self.inputs.get(space)
        is_input = rows < (inputs.count if inputs else 0)
        if inputs and is_input.any():
            known = rows[is_input]
            for kind in inputs.kinds_of(known):
                chosen = known if kind is None else known[inputs.kinds[known] == kind]
                yield int(first[np.isin(rows, chosen)].min()), inputs.text(kind, chosen)
        owner = self.owner[space][rows]
        for number in np.unique(owner[~is_input]):
            chosen = rows[~is_input & (owner == number)]
            name = f"{space}[{_range(chosen)}]" if number < 0 else self._part(self.regions[number], chosen)
            constant = self.constant(Ref(space, chosen)) if with_numbers else None
            yield int(first[np.isin(rows, chosen)].min()), constant or name

    def _part(self, region: _Region, rows: Index) -> str:
        places = np.flatnonzero(np.isin(region.rows, rows))
        return region.name if len(places) == len(region.rows) else f"{region.name}[{_range(places)}]"


def _names_of_inputs(plan: Plan) -> dict[str, Sequence[tuple[str, tuple[int, ...]]]]:
    """Return the names of inputs; one without any, that the plan does not fill itself, is called as its space is."""
    filled = {target.space for step in plan.steps for target in step.targets}
    return {
        space: plan.names.get(space) or [(space.rpartition(" ")[2], (like.rows,) if like.rows > 1 else ())]
        for space, like in plan.spaces.items()
        if like.is_input and (space in plan.names or space not in filled)
    }


class _Inputs:
    """Names of the rows of an input, by the places in them: those that differ only in these belong together."""

    def __init__(self, blocks: Sequence[tuple[str, tuple[int, ...]]]) -> None:
        patterns: dict[tuple[str, ...], int] = {}
        kinds: list[Index] = []
        places: dict[int, list[Index]] = {}
        for name, shape in blocks:
            literals = re.split(r"\[(\d+)\]", name)
            kind = patterns.setdefault((*literals[::2], *[""] * len(shape)), len(patterns))
            size = int(np.prod(shape, dtype=int))
            kinds.append(np.full(size, kind))
            outer = np.broadcast_to(np.array(literals[1::2], np.intp), (size, len(literals) // 2))
            places.setdefault(kind, []).append(np.hstack([outer, np.indices(shape).reshape(len(shape), size).T]))
        self.patterns = list(patterns)
        self.kinds = np.concatenate([np.arange(0), *kinds])
        self.count = len(self.kinds)
        self.places = {kind: np.concatenate(parts) for kind, parts in places.items()}

    def kinds_of(self, rows: Index) -> list[int | None]:
        """Return the patterns of rows; None for all rows there are, where these are of several patterns."""
        if len(self.patterns) > 1 and len(rows) == self.count:
            return [None]
        return [int(kind) for kind in np.unique(self.kinds[rows])]

    def text(self, kind: int | None, rows: Index) -> str:
        """Return what rows of one pattern are called together, such as ``layers[0].neurons[*].w``."""
        if kind is None:
            return "parameters"
        everything = self.places[kind]
        chosen = everything[np.searchsorted(np.flatnonzero(self.kinds == kind), rows)]
        fixed = (chosen == chosen[0]).all(axis=0)
        alike = everything[(everything[:, fixed] == chosen[0, fixed]).all(axis=1)]
        distinct = [np.unique(column) for column in chosen.T]
        is_block = np.prod([len(column) for column in distinct], dtype=int) == len(chosen)
        text = self.patterns[kind][0]
        for axis, literal in enumerate(self.patterns[kind][1:]):
            if not fixed[axis] and (len(alike) == len(chosen) or len(np.unique(alike[:, axis])) == len(distinct[axis])):
                place = "*" if is_block or len(alike) == len(chosen) else "…"
            else:
                place = _range(distinct[axis]) if is_block else "…"
            text += f"[{place}]{literal}"
        return re.sub(r"(\[\*\])+$", "", text)


def _range(places: Index) -> str:
    """Write distinct places, in order, as a slice where they are one."""
    first, last = int(places[0]), int(places[-1])
    steps = np.unique(np.diff(places))
    if len(places) == 1:
        return str(first)
    if len(steps) > 1:
        return f"{first}…{last}"
    return f"{first}:{last + 1}" + (f":{steps[0]}" if steps[0] > 1 else "")
