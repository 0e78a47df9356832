"""What of a graph is drawn, and what is folded away: groups first, then all but the newest values."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from autograd.drawing.frames import Frame
from autograd.variable import Variable

__all__ = ["Place", "Places", "age", "closed_to_fit", "visible_operands"]

# An operation with more operands than anybody can follow shows a few of them.
MANY_OPERANDS = 40
FEW_OPERANDS = 12

Place = Variable | Frame
"""Where a value is seen in a picture: by itself, or in the frame that is folded around it."""


def visible_operands(value: Variable) -> tuple[Any, ...]:
    """Return the operands that get an arrow of their own, plain numbers included."""
    return value.inputs if len(value.inputs) <= MANY_OPERANDS else value.inputs[:FEW_OPERANDS]


def closed_to_fit(frames: Sequence[Frame], values_outside: int, limit: int) -> set[Frame]:
    """Return the frames to fold so that no more than ``limit`` values and folded frames are seen, if it can be done.

    All are folded at first, and opened from the outside inwards as long as what is in them fits.
    """
    waiting = deque(frame for frame in frames if frame.around is None)
    seen = values_outside + len(waiting)
    closed = set()
    while waiting:
        frame = waiting.popleft()
        more = len(frame.values) + len(frame.inside) - 1
        if seen + more <= limit:
            seen += more
            waiting.extend(frame.inside)
        else:
            closed.add(frame)
    return closed


class Places:
    """Where values are seen when some frames are folded."""

    def __init__(self, frame_of: Mapping[Variable, Frame], closed: Collection[Frame]) -> None:
        seen: dict[Frame, Frame | None] = {}
        for frame in (f for innermost in set(frame_of.values()) for f in reversed(innermost.chain())):
            around = seen[frame.around] if frame.around is not None else None
            seen[frame] = around or (frame if frame in closed else None)
        self._folded: dict[Variable, Frame] = {}
        for value, innermost in frame_of.items():
            folded = seen[innermost]
            if folded is not None:
                self._folded[value] = folded
        self.members: dict[Frame, list[Variable]] = {}
        for value, frame in self._folded.items():
            self.members.setdefault(frame, []).append(value)

    def of(self, value: Variable) -> Place:
        """Return the frame that is folded around a value, or the value itself."""
        return self._folded.get(value, value)

    def operands(self, place: Place) -> Iterable[Place]:
        """Yield the places of the operands of a place, more than once if used more than once."""
        if isinstance(place, Variable):
            return (self.of(x) for x in visible_operands(place) if isinstance(x, Variable))
        outside = (self.of(x) for member in self.members[place] for x in member.parents if id(x) not in place.owned)
        return dict.fromkeys(found for found in outside if found is not place)

    def count_in(self, frames: Iterable[Frame]) -> int:
        """Return how many values are in folded frames, the parameters of what was called included."""
        found = {value for frame in frames for value in self.members[frame]}
        owned = (x for frame in frames for value in self.members[frame] for x in value.parents if id(x) in frame.owned)
        return len(found.union(owned))

    def newest(self, roots: Iterable[Variable], limit: int, arrows: float) -> list[Place]:
        """Return the places of the roots and the newest behind them, in order of creation, at most ``limit``.

        No more are taken when they have that many ``arrows`` together. Each is that of a root or an operand of another
        one returned, so the picture hangs together.
        """
        met = dict.fromkeys(self.of(root) for root in sorted(roots, key=age))
        waiting = [(False, -age(place), place) for place in met]  # False sorts first: roots come before all others
        heapify(waiting)
        found: list[Place] = []
        while waiting and len(found) < limit and (arrows > 0 or not waiting[0][0]):
            *_, place = heappop(waiting)
            found.append(place)
            for operand in self.operands(place):
                arrows -= 1
                if operand not in met:
                    met[operand] = None
                    heappush(waiting, (True, -age(operand), operand))
        return sorted(found, key=age)

    def depths(self, drawn: Sequence[Place]) -> dict[Place | None, int]:
        """Return how many operations stand before each place in a picture.

        Leaves, and None for all that is not drawn, stand right before their first use.
        """
        depth: dict[Place | None, int] = {}
        first_use: dict[Place | None, int] = {}
        together = set(drawn)
        for place in drawn:
            if isinstance(place, Frame) or not place.is_leaf:
                operands = [x if x in together else None for x in self.operands(place)]
                depth[place] = 1 + max([depth.get(x, 0) for x in operands], default=0)
                for operand in operands:
                    first_use[operand] = min(first_use.get(operand, depth[place]), depth[place])
        return {source: use - 1 for source, use in first_use.items()} | depth


def age(place: Place) -> int:
    """Return the stamp by which places are put in order: a folded frame stands where the last of it was made."""
    return place.stamp if isinstance(place, Variable) else place.scope.end
