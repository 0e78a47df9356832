"""Frames: the calls behind a graph, one inside the other, and which values each of them made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from autograd.scopes import Scope
from autograd.variable import Variable

__all__ = ["Frame", "frame_of_each", "frames_of"]


class Frame:
    """A scope, its place among the others, and the values in it and in no frame inside it."""

    def __init__(self, scope: Scope, id: str, name: str, around: Frame | None, owned: Collection[int]) -> None:
        self.scope = scope
        self.id = id
        self.name = name
        self.around = around
        self.owned = owned  # the ids of the parameters of what was called
        self.inside: list[Frame] = []
        self.values: list[Variable] = []
        if around is not None:
            around.inside.append(self)

    @property
    def title(self) -> str:
        """The kind and the name."""
        return f"{self.scope.kind} {self.name}".strip()

    def all_values(self) -> list[Variable]:
        """Return the values in this frame and in those inside it, the oldest first."""
        found = list(self.values)
        waiting = list(self.inside)
        while waiting:
            frame = waiting.pop()
            found += frame.values
            waiting += frame.inside
        return sorted(found, key=attrgetter("birth"))

    def chain(self) -> list[Frame]:
        """Return this frame and those around it, the innermost first."""
        found = [self]
        while found[-1].around is not None:
            found.append(found[-1].around)
        return found


def frames_of(operations: Collection[Variable]) -> list[Frame]:
    """Return the frames of the calls that the outputs among some operations remember, each before those inside it."""
    scopes = {scope for value in operations for scope in getattr(value, "scopes", ())}
    made = {value.stamp for value in operations} if scopes else set()
    scopes |= {part for scope in scopes for part in scope.in_turn() if part.end in made}
    frames: list[Frame] = []
    open_ones: list[Frame] = []
    calls: Counter[tuple[str, str]] = Counter()
    owned: dict[int, Collection[int]] = {}  # by the owner
    for count, scope in enumerate(sorted(scopes, key=lambda scope: (scope.start, -scope.end)), 1):
        while open_ones and open_ones[-1].scope.end <= scope.start:
            open_ones.pop()
        call = scope.kind, scope.name
        calls[call] += 1
        name = f"{scope.name} (call {calls[call]})".strip() if calls[call] > 1 else scope.name
        around = open_ones[-1] if open_ones else None
        open_ones.append(Frame(scope, f"group{count}", name, around, _parameters(scope, owned)))
        frames.append(open_ones[-1])
    return frames


def frame_of_each(
    frames: Sequence[Frame], operations: Iterable[Variable], leaves: Iterable[Variable]
) -> dict[Variable, Frame]:
    """Return the innermost frame of each value that is in one, and list the values in their frames.

    A result is in the innermost call during which it was made, and so is a leaf made in a function. A leaf that a
    module uses is in the innermost one that owns it as a parameter, around all its uses; what it was given is outside.
    """
    if not frames:
        return {}
    by_age = sorted([*operations, *leaves], key=attrgetter("birth"))
    found: dict[Variable, Frame] = {}
    waiting = iter(frames)
    coming = next(waiting, None)
    open_ones: list[Frame] = []
    for value in by_age:
        while coming is not None and coming.scope.start < value.birth:
            open_ones.append(coming)
            coming = next(waiting, None)
        while open_ones and open_ones[-1].scope.end < value.birth:
            open_ones.pop()
        if open_ones and (value.op is not None or isinstance(open_ones[-1].scope.called, str)):
            found[value] = open_ones[-1]
    found |= _of_parameters(found, by_age)
    for value in by_age:
        if value in found:
            found[value].values.append(value)
    return found


def _of_parameters(frame_of: dict[Variable, Frame], values: Iterable[Variable]) -> dict[Variable, Frame]:
    around: dict[Variable, list[Frame]] = {}  # the frames around all uses so far of each leaf, the innermost first
    for value in values:
        frame = frame_of.get(value)
        for leaf in value.parents:
            if leaf.op is None and leaf not in frame_of:
                owners = [] if frame is None else [f for f in frame.chain() if id(leaf) in f.owned]
                around[leaf] = [f for f in around[leaf] if f in owners] if leaf in around else owners
    return {leaf: owners[0] for leaf, owners in around.items() if owners}


def _parameters(scope: Scope, owned: dict[int, Collection[int]]) -> Collection[int]:
    if not hasattr(scope.called, "parameters"):
        return ()
    owner = id(scope.called)
    if owner not in owned:
        owned[owner] = frozenset(map(id, scope.called.parameters()))
    return owned[owner]
