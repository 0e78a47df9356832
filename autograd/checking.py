"""Derivatives checked against differences: of a whole function, and of each operation of its graph."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.arguments import name_of
from autograd.checkpointing import Checkpoint
from autograd.containers import leaves, places, rebuild
from autograd.differences import difference
from autograd.errors import ArgumentError, DisconnectedWarning, GradcheckError, brief
from autograd.forward import tangents
from autograd.functional import numeric, one_number, value_and_grad
from autograd.graph import no_grad, operations, set_recording, transform
from autograd.numbers import number, outline
from autograd.products_of_jacobians import jvp, vjp
from autograd.reverse import adjoints, arrays_of
from autograd.tape import plain_copy
from autograd.tensor import Tensor
from autograd.value import Value
from autograd.variable import Variable, primal

__all__ = ["check_grads", "gradcheck"]


def gradcheck(f: Callable[..., Any], *args: Any, order: int = 2, rtol: float = 1e-6) -> None:
    """Check the derivatives of ``f`` at ``args`` against differences, operation by operation and as a whole.

    Every operation of the recorded graph is compared with a difference of its own value, so a wrong rule is found by
    name: a local gradient of a Value as a number, that of a Tensor along a direction drawn at random, in both modes.
    Then the whole gradient is compared, which also finds a number that left the graph. The check repeats on the
    derivative itself, up to ``order``.

    Parameters
    ----------
    f : callable
        A function that returns one number, as for `grad`.
    *args
        Where to check: numbers, arrays, and lists, tuples and dicts of them.
    order : int, optional
        The highest derivative to check.
    rtol : float, optional
        The relative error allowed, beside the estimated error of the difference.

    Raises
    ------
    GradcheckError
        Naming the operation and the operand whose rule is wrong, or the argument whose derivative is.
    ArgumentError
        If ``order`` is less than 1, or ``rtol`` not positive.
    NotANumberError
        If an argument is not made of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import gradcheck, sin
    >>> gradcheck(lambda x, y: x * sin(y), 1.5, 0.5)
    >>> gradcheck(lambda p: np.sum(np.tanh(p["w"]) @ p["w"]), {"w": np.array([1.0, 2.0])})
    """
    _ensure_sensible("gradcheck", order, rtol)
    points = [_points(x, f"argument {i}{{}} of gradcheck") for i, x in enumerate(args)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DisconnectedWarning)  # a zero is checked here like any other derivative
        with no_grad():
            _ensure_finite(f, points, f(*points))
        for _ in range(order):
            _check_operations(f, points, rtol)
            _check_whole(f, points, rtol)
            f = _mixed_derivative(f, len(points))


def _points(x: Any, what: str) -> Any:
    """Return a point with floats and arrays for its leaves."""
    return rebuild(x, [_point(leaf, what.format(place)) for leaf, place in zip(leaves(x), places(x), strict=True)])


def _point(x: Any, what: str) -> Any:
    x = primal(x)
    return x.astype(np.float64) if isinstance(x, np.ndarray) and x.dtype.kind in "biuf" else number(x, what)


def _ensure_finite(f: Callable[..., Any], points: Sequence[Any], y: Any) -> None:
    """Refuse a point where nothing can be checked."""
    if not all(np.isfinite(primal(numeric(f, leaf))).all() for leaf in leaves(y)):
        raise GradcheckError(
            f"{name_of(f)} has the value {brief(y)} at {brief(list(points))}, where a difference tells nothing; check "
            "it where it is finite"
        )


def _in_float64(x: Any) -> Any:
    """Return an array of numbers as one of float64, in which differences are good for something."""
    return x.astype(np.float64, copy=False) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def _check_operations(f: Callable[..., Any], points: Sequence[Any], rtol: float) -> None:
    variables = [Tensor(x) if isinstance(x, np.ndarray) else Value(x) for x in leaves(list(points))]
    with transform(variables):
        result = f(*rebuild(list(points), variables))
    rng = np.random.default_rng(0)
    with set_recording(True):
        for node in operations([result] if isinstance(result, Variable) else []):
            if isinstance(node.op, Checkpoint):  # no operation of its own; what it is made of is checked as a whole
                continue
            if isinstance(node, Tensor):
                _check_array_operation(node, rng, rtol)
            else:
                _check_edges(node, rtol)


def _check_edges(node: Any, rtol: float) -> None:
    numbers = [float(x) for x in arrays_of(node.inputs)]
    if not math.isfinite(node.op.evaluate(*numbers)):
        return  # no difference can be had, and no derivative is promised
    for edge in node.edges:
        i = edge.position

        def along(t: float, i: int = i) -> Any:
            return node.op.evaluate(*numbers[:i], t, *numbers[i + 1 :])

        right, expected = _is_right(edge.local_gradient, along, numbers[i], rtol)
        if not right:
            raise GradcheckError(
                f"the rule of {node.op.name!r} is wrong for operand {i}: it gives {edge.formula} = "
                f"{edge.local_gradient:.12g}, but a difference gives {expected:.12g}, at operands {numbers}"
            )


def _check_array_operation(node: Tensor, rng: np.random.Generator, rtol: float) -> None:
    """Compare what an operation on arrays gives along a direction, in both modes, with a difference of its value."""
    row: Any = node.op
    operands = [_in_float64(x) for x in arrays_of(node.inputs)]
    if not (node.size and np.isfinite(node._primal).all()):
        return  # no difference can be had, and no derivative is promised
    g = _direction(rng, node._primal)
    for i, parent in enumerate(node.inputs):
        if not isinstance(parent, Variable) or not np.size(operands[i]):
            continue
        v = _direction(rng, operands[i])

        def applied(x: Any, i: int = i) -> Any:
            return row(*operands[:i], x, *operands[i + 1 :], **node.settings)

        def along(t: float, i: int = i, v: Any = v, applied: Callable[[Any], Any] = applied) -> float:
            return _quietly(lambda: float(np.sum(g * applied(operands[i] + (t - HERE) * v))))

        x = Tensor(operands[i]) if isinstance(parent, Tensor) else Value(operands[i])
        y = applied(x)
        pulled = np.multiply(plain_copy(adjoints({y: g}).of_leaves.get(x, 0.0)), v)
        pushed = np.multiply(plain_copy(tangents([y], {x: v}).get(y, 0.0)), g)
        for mode, terms in (("reverse", pulled), ("forward", pushed)):
            found = float(np.sum(terms))
            right, expected = _is_right(found, along, HERE, rtol, float(np.sum(np.abs(terms))))
            if not right:
                raise GradcheckError(
                    f"the rule of {row.name!r} is wrong for operand {i}: along a direction, {mode} mode gives "
                    f"{found:.12g}, but a difference gives {expected:.12g}, at operands "
                    f"{', '.join(map(outline, operands))}"
                )


HERE = 1.0  # where a parameter along a direction starts: as for any number near 1, a difference knows how far to go


def _direction(rng: np.random.Generator, x: Any) -> Any:
    """Return a direction with no element near zero, in the form of ``x``."""
    found = [rng.uniform(0.5, 1.5, np.shape(leaf)) * rng.choice([-1.0, 1.0], np.shape(leaf)) for leaf in leaves(x)]
    return rebuild(
        x,
        [np.asarray(v) if isinstance(leaf, np.ndarray) else float(v) for v, leaf in zip(found, leaves(x), strict=True)],
    )


def _quietly(f: Callable[[], float]) -> float:
    """Return nan where there is no value: out of the domain."""
    with np.errstate(all="ignore"):
        try:
            return f()
        except np.linalg.LinAlgError:
            return math.nan


def _moved(points: Sequence[Any], v: Any, t: float) -> Any:
    """Return the points, moved along ``v``."""
    moved = [x + (t - HERE) * d for x, d in zip(leaves(points), leaves(v), strict=True)]
    return rebuild(points, moved)


def _check_whole(f: Callable[..., Any], points: Sequence[Any], rtol: float) -> None:
    _, gradients = value_and_grad(f, argnums=range(len(points)))(*points)
    rng = np.random.default_rng(1)
    for i, (x, gradient) in enumerate(zip(points, gradients, strict=True)):
        is_number = isinstance(x, float)
        v = 1.0 if is_number else _direction(rng, x)

        def along(t: float, i: int = i, x: Any = x, v: Any = v, is_number: bool = is_number) -> float:
            moved = t if is_number else _moved(x, v, t)
            return _quietly(lambda: one_number(f, primal(f(*points[:i], moved, *points[i + 1 :]))))

        terms = [np.multiply(g, d) for g, d in zip(map(primal, leaves(gradient)), leaves(v), strict=True)]
        found = _sum(terms)
        with no_grad():
            right, expected = _is_right(found, along, x if is_number else HERE, rtol, _sum(map(np.abs, terms)))
        if not right:
            direction = "" if is_number else " along a direction"
            raise GradcheckError(
                f"the derivative of {name_of(f)} by argument {i}{direction} is {found:.12g}, but a difference gives "
                f"{expected:.12g}, at {brief(list(points))}; every rule in its graph is right, so a number left the "
                "graph on its way (float(), .data, a function of math), or the function is not smooth here"
            )


def _sum(terms: Iterable[Any]) -> float:
    return math.fsum(float(np.sum(x)) for x in terms)


def _mixed_derivative(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return a combination of all first derivatives with unequal weights: its gradient checks all second ones."""

    def combination(*xs: Any) -> Any:
        _, gradients = value_and_grad(f, argnums=range(count))(*xs)
        return sum(np.sum(_weights(i, primal(g)) * g) for i, g in enumerate(leaves(gradients)))

    combination.__name__ = f"derivative of {name_of(f)}"
    return combination


def _weights(i: int, g: Any) -> Any:
    weights = 1.0 + 0.5 * i + np.linspace(0.0, 1.0, np.size(g)).reshape(np.shape(g))
    return weights if isinstance(g, np.ndarray) else float(weights)


def _is_right(found: float, f: Callable[[float], Any], x: float, rtol: float, scale: float = 0.0) -> tuple[bool, float]:
    """Tell whether ``found`` may be the derivative of ``f`` at ``x``, and what a difference gives.

    ``scale`` is the size of the terms of which ``found`` is the sum. Where the slopes on the two sides differ, or one
    of them is no number, there is no derivative: every number from the one slope to the other is a fair choice.
    """
    expected, error = difference(f, x)
    if abs(found - expected) <= rtol * max(abs(expected), abs(found), scale) + max(10 * error, 1e-9):
        return True, expected
    h = 1e-7 * max(min(1.0, abs(x)), 1e-3)
    here = f(x)
    low, high = sorted([(here - f(x - h)) / h, (f(x + h) - here) / h])
    if not (math.isfinite(low) and math.isfinite(high)):
        return True, expected
    margin = 1e-4 * max(abs(low), abs(high))
    return high - low > 10 * margin and low - margin <= found <= high + margin, expected


MODES = {"fwd": "forward", "rev": "reverse", "forward": "forward", "reverse": "reverse"}


def check_grads(
    f: Callable[..., Any], modes: Sequence[str] = ("fwd", "rev"), order: int = 2, rtol: float = 1e-6
) -> Callable[..., None]:
    """Return a check of the derivatives of ``f`` against differences, in both modes and every mix of them.

    Each derivative is compared along directions drawn at random, so the cost does not grow with the number of elements.
    `gradcheck` tells which operation is wrong.

    Parameters
    ----------
    f : callable
        A function that returns numbers or arrays, or lists, tuples and dicts of them.
    modes : sequence of {"fwd", "rev"}, optional
        Which modes to check.
    order : int, optional
        The highest derivative to check.
    rtol : float, optional
        The relative error allowed, beside the estimated error of the difference.

    Returns
    -------
    callable
        Takes what ``f`` takes: numbers, arrays, and lists, tuples and dicts of them; says nothing if all is right.

    Raises
    ------
    GradcheckError
        When called, naming the mode and the order that is wrong.
    ArgumentError
        If a mode is unknown, ``order`` less than 1, or ``rtol`` not positive.
    NotANumberError
        When called, if an argument is not made of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_grads
    >>> check_grads(lambda a, b: np.tanh(a @ b))(np.eye(2), np.array([1.0, 2.0]))
    """
    _ensure_sensible("check_grads", order, rtol)
    chosen = [modes] if isinstance(modes, str) else list(modes) if isinstance(modes, list | tuple) else []
    if not chosen or not all(isinstance(mode, str) and mode in MODES for mode in chosen):
        raise ArgumentError(
            f"check_grads knows the modes 'fwd' and 'rev', not {brief(modes)}; the arguments of {name_of(f)} follow: "
            "check_grads(f)(x)"
        )

    def check(*args: Any) -> None:
        points = tuple(_points(x, f"argument {i}{{}} of check_grads") for i, x in enumerate(args))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DisconnectedWarning)  # a zero is checked here like any other derivative
            _check_directions(f, name_of(f), points, chosen, order, rtol, [])

    return check


def _check_directions(
    f: Callable[..., Any], name: str, points: Any, modes: Sequence[str], order: int, rtol: float, before: list[str]
) -> None:
    rng = np.random.default_rng(len(before))
    v = _direction(rng, points)
    with no_grad():
        y = f(*points)
    if not before:
        _ensure_finite(f, points, y)
    g = _direction(rng, rebuild(y, [_in_float64(numeric(f, primal(leaf))) for leaf in leaves(y)]))

    def along(t: float) -> float:
        return _quietly(lambda: _sum(map(np.multiply, leaves(g), map(primal, leaves(f(*_moved(points, v, t)))))))

    def forward(*xs: Any) -> Any:
        return jvp(f, xs, v)[1]

    def reverse(*xs: Any) -> Any:
        return vjp(f, *xs)[1](g)

    for mode in modes:
        derivative, weights = (forward, g) if mode == "fwd" else (reverse, v)
        terms = list(map(np.multiply, leaves(derivative(*points)), leaves(weights)))
        found, scale = _sum(terms), _sum(map(np.abs, terms))
        with no_grad():
            right, expected = _is_right(found, along, HERE, rtol, scale)
        so_far = [*before, MODES[mode]]
        if not right:
            over = " over ".join(reversed(so_far))
            raise GradcheckError(
                f"{MODES[mode]} mode is wrong at order {len(so_far)} ({over}): the derivative of {name} along a "
                f"direction is {found:.12g}, but a difference gives {expected:.12g}, at {brief(list(points))}"
            )
        if len(so_far) < order:
            _check_directions(derivative, name, points, modes, order, rtol, so_far)


def _ensure_sensible(what: str, order: int, rtol: float) -> None:
    if not isinstance(order, int) or order < 1:
        raise ArgumentError(f"{what} needs an order of at least 1, not {order!r}")
    if not rtol > 0:
        raise ArgumentError(f"{what} needs a positive rtol, not {rtol!r}")
