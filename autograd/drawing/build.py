"""From a recorded graph to a Diagram."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from autograd.drawing.diagram import Diagram, Direction, Theme
from autograd.drawing.frames import Frame, frame_of_each, frames_of
from autograd.drawing.labels import given_names
from autograd.drawing.picture import Highlight, Picture
from autograd.drawing.selection import Places, closed_to_fit
from autograd.errors import ArgumentError, brief
from autograd.explaining.paths import Path
from autograd.graph import operations_and_leaves
from autograd.numbers import counted
from autograd.variable import Variable

__all__ = ["Fold", "draw"]

Fold = Literal["auto"] | bool | Collection[str]

ARROWS = 4  # for each value that may be drawn; Graphviz takes minutes to lay a net that is denser


def draw(
    root: Variable | Sequence[Variable],
    *,
    direction: Direction = "LR",
    formulas: bool = True,
    numbers: bool = True,
    backward: bool = True,
    fold: Fold = "auto",
    max_nodes: int = 300,
    highlight: Iterable[Variable] | Path = (),
    theme: Theme = "auto",
    names: Mapping[str, Any] | None = None,
) -> Diagram:
    """Draw the graph behind a value, with the local gradient on every edge.

    A value shows its name, its number and its gradient: ``–`` if none was ever computed, the number of backward passes
    if several were added up, and ``no path to it`` if what was differentiated does not depend on it. The stronger its
    colour, the larger the gradient, on the logarithmic scale below the picture. One without a name is called v1, v2,
    ... in order of creation, so that formulas can refer to it. Where a value is needed again more than eight operations
    later, a dotted node with its name stands in for a long arrow.

    What one call of a module made has a frame around it, and so has that of a function under `scope`.

    Parameters
    ----------
    root : Value or Tensor, or list or tuple of them
        The results.
    direction : {"LR", "TB", "RL", "BT"}, optional
        Where the picture flows: from left to right, from top to bottom, from right to left, from bottom to top.
    formulas : bool, optional
        Write local gradients as formulas, such as ``∂c/∂a = b``.
    numbers : bool, optional
        Write numbers: data, gradients and local gradients; of arrays shape, range, and the shape and norm of Jacobians.
    backward : bool, optional
        Show gradients and local gradients. Without, the picture is of the forward pass alone.
    fold : {"auto"}, bool, or collection of str, optional
        Which frames to fold into one node each, which tells what is in it and the norm of its Jacobian: as many as
        needed for ``max_nodes``, all, none, or those of these names, such as ``["layers[0]"]``.
    max_nodes : int, optional
        Draw this many values and folded frames, and about four times as many arrows. Where folding leaves more, the
        newest are drawn, and everything behind them is one node. Of an operation with more than 40 operands the first
        12 are drawn.
    highlight : iterable of Variable, or Path, optional
        Draw these, and the arrows between them, so that they stand out; or a path, such as
        ``explain(x, of=y).paths[0]``, with the arrows along it alone.
    theme : {"auto", "light", "dark"}, optional
        The colours. With "auto" an SVG or HTML follows the reader's browser, and everything else is light.
    names : mapping of str to Value or Tensor, optional
        Names for what has none of its own; ``locals()`` will do, for other things in it are passed over.

    Returns
    -------
    Diagram
        Shows itself in Jupyter; ``.save("graph.svg")`` writes it, or in other formats, as the ending says.

    Raises
    ------
    ArgumentError
        If ``root`` is not made of Values and Tensors, an option has a value that makes no sense, or with ``fold=False``
        there are more than ``max_nodes``.
    GraphChangedError
        If a leaf was given a new number after it was used: the picture would mix old numbers with new ones.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.drawing import draw
    >>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    >>> c = a * b
    >>> c.name = "c"
    >>> for edge in draw(c).edges[:2]:
    ...     print(edge.formula, "=", edge.local_gradient)
    ∂c/∂a = b = -3
    ∂c/∂b = a = 2
    """
    _one_of("direction", direction, get_args(Direction))
    _one_of("theme", theme, get_args(Theme))
    for option, given in (("formulas", formulas), ("numbers", numbers), ("backward", backward)):
        if not isinstance(given, bool):
            raise ArgumentError(f"{option} must be True or False, not {brief(given)}")
    if not isinstance(max_nodes, int) or isinstance(max_nodes, bool) or max_nodes < 1:
        raise ArgumentError(f"max_nodes must be a whole number, 1 or more, not {brief(max_nodes)}")
    roots = _roots(root)
    stand_out = Highlight(highlight)
    operations, leaves = operations_and_leaves(roots)
    stand_out.ensure_within({*operations, *leaves})
    frames = frames_of(operations)
    frame_of = frame_of_each(frames, operations, leaves)
    count = len(operations) + len(leaves)
    places = Places(frame_of, _closed(fold, frames, count, count - len(frame_of), max_nodes))
    drawn = places.newest(roots, max_nodes, math.inf if fold is False else ARROWS * max_nodes)
    picture = Picture(drawn, places, roots, given_names(names), stand_out, formulas and backward, numbers, backward)
    picture.add_all(frames, frame_of)
    picture.add_hidden(count - len(picture.values) - places.count_in(picture.frames))
    return Diagram(tuple(picture.nodes), tuple(picture.edges), direction, tuple(picture.groups), theme)


def _one_of(what: str, given: Any, known: Sequence[str]) -> None:
    if given not in known:
        raise ArgumentError(f"{what} must be one of {', '.join(known)}, not {brief(given)}")


def _roots(root: Any) -> list[Variable]:
    roots = root if isinstance(root, list | tuple) else [root]
    for x in roots:
        if not isinstance(x, Variable):
            raise ArgumentError(
                f"draw takes a Value or Tensor, or a list of them, not {type(x).__name__}: {brief(x)}; only what is "
                "computed from them has a graph to draw"
            )
    if not roots:
        raise ArgumentError("there is nothing to draw in an empty list; give draw at least one Value")
    return list(dict.fromkeys(roots))


def _closed(fold: Any, frames: Sequence[Frame], count: int, outside: int, limit: int) -> Collection[Frame]:
    """Return the frames to fold."""
    if fold is True:
        return {frame for frame in frames if frame.around is None}
    if fold is False:
        if count > limit:
            raise ArgumentError(
                f"the graph has {counted(count, 'value')}, more than max_nodes={limit}, and fold=False forbids to fold "
                f"any; draw it with fold='auto', or with max_nodes={count} if you can wait for Graphviz"
            )
        return ()
    if isinstance(fold, str) and fold == "auto":
        return closed_to_fit(frames, outside, limit) if count > limit else ()
    if isinstance(fold, str) or not isinstance(fold, Collection):
        raise ArgumentError(f"fold must be 'auto', True, False or a list of names of groups, not {brief(fold)}")
    for name in fold:
        if not any(name in (frame.name, frame.title) for frame in frames):
            known = ", ".join(repr(frame.title) for frame in frames[:10]) or "none"
            raise ArgumentError(f"there is no group {brief(name)} to fold; the groups: {known}")
    return {frame for frame in frames if frame.name in fold or frame.title in fold}
