"""The recorded graph: whether to record, and walks over it, newest node first.

Every node carries a stamp, the order of creation. A node is younger than its parents, so newest-first is a
topological order, whatever the graph looks like; and a leaf that was changed is stamped anew, so an edge from a parent
younger than its child tells that the leaf changed after the operation was recorded.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from operator import attrgetter
from typing import TYPE_CHECKING, Any, final

from autograd.errors import GraphChangedError

if TYPE_CHECKING:
    from autograd.variable import Variable

__all__ = [
    "ensure_unchanged",
    "inside_transform",
    "latest_change",
    "next_stamp",
    "no_grad",
    "noting",
    "operations",
    "operations_and_leaves",
    "recording",
    "set_recording",
    "transform",
]

_recording: ContextVar[Any] = ContextVar("recording", default=True)

recording = _recording.get
"""``recording()`` is truthy while operations are recorded, in this thread and async task: True, or what is to be called
with each node once it is made."""

_noted: ContextVar[Any] = ContextVar("noted", default=True)  # what recording() gives where it is switched on

_inside_transform: ContextVar[frozenset[Variable]] = ContextVar("inside_transform", default=frozenset())

inside_transform = _inside_transform.get
"""``inside_transform()`` are the variables by which `grad`, `jvp` or a kin of theirs differentiates at the moment."""

_outer: ContextVar[tuple[Any, ...]] = ContextVar("outer", default=())  # what to go back to, one for each no_grad

next_stamp = itertools.count().__next__

latest_change = [0]
"""The stamp of the latest leaf that was given new numbers: as long as it stays, nothing has changed anywhere."""


@contextmanager
def set_recording(on: bool) -> Iterator[None]:
    """Switch recording on or off inside a ``with`` block or a decorated function, for this thread and task only."""
    token = _recording.set(on and _noted.get())
    try:
        yield
    finally:
        _recording.reset(token)


@contextmanager
def noting(note: Callable[[Any], None]) -> Iterator[None]:
    """Have ``note`` called with each node that is recorded inside, in this thread and task only."""
    outer = _noted.set(note)
    try:
        with set_recording(bool(recording())):
            yield
    finally:
        _noted.reset(outer)


@contextmanager
def transform(variables: Iterable[Variable]) -> Iterator[None]:
    """Record what a user's function does with ``variables``, because a transform of it (`grad`, `jvp`) asked for it."""
    token = _inside_transform.set(inside_transform().union(variables))
    try:
        with set_recording(True):
            yield
    finally:
        _inside_transform.reset(token)


@final
class no_grad(ContextDecorator):  # noqa: N801  # the name PyTorch gave it
    """Compute without recording: results inside are leaves, and no derivative flows through them.

    For ``with`` blocks, and as a decorator of functions (not of coroutines, which run after the call). It holds for
    this thread and this async task only.

    Examples
    --------
    >>> import autograd
    >>> a = autograd.Value(3.0)
    >>> with autograd.no_grad():
    ...     b = a * a
    >>> b.parents
    ()
    """

    def __enter__(self) -> None:
        _outer.set((*_outer.get(), recording()))
        _recording.set(False)

    def __exit__(self, *exception: object) -> None:
        *outer, before = _outer.get()
        _outer.set(tuple(outer))
        _recording.set(before)


def operations(roots: Iterable[Variable], since: int = -1) -> list[Variable]:
    """Return every operation younger than ``since`` that the roots depend on, newest first.

    Raises
    ------
    GraphChangedError
        If a leaf was changed after it was used.
    """
    return operations_and_leaves(roots, since)[0]


def operations_and_leaves(roots: Iterable[Variable], since: int = -1) -> tuple[list[Variable], list[Variable]]:
    """Return what `operations` does, and the leaves behind it."""
    reached = set(roots)
    waiting = list(reached)
    found, leaves = [], []
    while waiting:
        node = waiting.pop()
        if node.op is None:
            leaves.append(node)
        elif node.stamp > since:
            found.append(node)
            for parent in node.parents:
                if parent not in reached:
                    reached.add(parent)
                    waiting.append(parent)
    found.sort(key=attrgetter("stamp"), reverse=True)
    ensure_unchanged(found, leaves)
    return found, leaves


def ensure_unchanged(operations: Sequence[Variable], leaves: Iterable[Variable]) -> None:
    """Refuse a graph of which a leaf was given a new number after an operation had used the old one.

    Parameters
    ----------
    operations : sequence of Variable
        Newest first.
    leaves : iterable of Variable
        What they are made of.

    Raises
    ------
    GraphChangedError
        Naming the leaf and the operation.
    """
    for leaf in leaves:
        leaf.settle()
    oldest = operations[-1].stamp if operations else next_stamp()
    suspects = {leaf for leaf in leaves if leaf.stamp > oldest}
    if not suspects:  # the usual case: every leaf is older than every operation
        return
    for node in operations:
        for parent in node.parents:
            if parent in suspects and parent.stamp > node.stamp:
                raise GraphChangedError(
                    f"the leaf {parent!r} was given a new number after {node.op!r} had used the old one, so this graph "
                    "no longer belongs to it. Run the forward pass again, or update leaves after backward()."
                )


class _CollectorPace:
    """Keeps Python's cyclic collector from scanning live graphs over and over.

    Graph nodes form no cycles (but for what `backward(create_graph=True)` leaves in ``.grad``) and die by reference
    count, but the collector does not know: it starts after every 700 new containers and, on a large graph, spends more
    time than the program. So, when most of what was made since the last collection were nodes, the next one is put
    off, to at most a million containers; when they were not, the user's own threshold comes back.
    """

    CONTAINERS_A_NODE = 3  # the node, its operands, its partials
    FACTOR = 8
    LARGEST = 1_000_000

    def __init__(self) -> None:
        self.last_stamp = 0
        self.usual: int | None = None  # the user's own threshold while ours is set
        self.ours = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase != "stop":
            return
        threshold, *older = gc.get_threshold()
        stamp = next_stamp()
        made = (stamp - self.last_stamp) * self.CONTAINERS_A_NODE
        self.last_stamp = stamp
        if self.usual is not None and threshold != self.ours:
            self.usual = None  # somebody else has set it since: theirs counts
        if threshold and 2 * made >= threshold:
            if self.usual is None:
                self.usual = threshold
            self.ours = min(threshold * self.FACTOR, max(self.LARGEST, self.usual))
            gc.set_threshold(self.ours, *older)
        elif self.usual is not None:
            gc.set_threshold(self.usual, *older)
            self.usual = None


gc.callbacks.append(_CollectorPace())
