"""explain: the ledger of a gradient, the paths behind it, and the check that they sum to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, NotAScalarError, brief
from autograd.explaining.connections import Cut, disconnected
from autograd.explaining.paths import Network, Path
from autograd.explaining.words import call, count_text, formula, made_from, one, table, variable
from autograd.forward import tangents
from autograd.names import names_of
from autograd.numbers import outline
from autograd.primitives import strong_mul
from autograd.reverse import adjoints, contributions
from autograd.tensor import Tensor
from autograd.variable import Variable, primal

__all__ = ["Explanation", "Use", "explain"]

FEW_USES = 8
FEW_NODES = 8  # of a longer path the ends are shown


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One use of a variable: one line of the ledger of its gradient.

    Attributes
    ----------
    child : Variable
        What it was used for.
    position : int
        Which operand of the child it is, counted from 0, constants included.
    adjoint : float or ndarray
        The derivative of the root by the child.
    contribution : float or ndarray
        What this use gives to the gradient: the adjoint times the local gradient.
    formula : str
        The local gradient in words, such as ``∂v1/∂x = cos(x)``.
    """

    child: Variable
    position: int
    adjoint: Any
    contribution: Any
    formula: str

    @property
    def local_gradient(self) -> Any:
        """The partial derivative of the child by the variable here; of a Tensor see `Edge.local_gradient`."""
        return self.child.local_gradient(self.position)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Explanation:
    """Why a gradient is what it is. Printed, it is a text.

    Attributes
    ----------
    variable, root : Variable
        The derivative is of the root, by the variable.
    gradient : float or ndarray
        As the backward pass finds it.
    uses : tuple of Use
        The ledger, in order of creation; the contributions sum to the gradient.
    paths : tuple of Path
        Those with the largest products, the largest first.
    path_count : int
        How many paths there are from the variable to the root; counted, not enumerated.
    paths_through_zero : int
        How many of them pass a local gradient of exactly zero, and so give nothing.
    ledger_sum : float or ndarray
        The sum of the contributions.
    path_sum : float or ndarray or None
        The sum of the products of all paths, gone through one by one; None where there are too many.
    forward_gradient : float
        The sum over all paths as forward mode finds it, from the variable to the root. For a Tensor the derivative in
        one direction, the same as ``backward_in_direction`` if all is well.
    backward_in_direction : float
        The gradient in that direction; for one number the gradient.
    agrees : bool
        Whether all these sums are the gradient, but for rounding.
    underflows : bool
        Whether they are not because a product on the way is smaller than any float can be exactly, in one of them.
    cut : Cut or None
        Where the root does not depend on the variable, or by zeros alone: why.
    """

    variable: Variable
    root: Variable
    gradient: Any
    uses: tuple[Use, ...]
    paths: tuple[Path, ...]
    path_count: int
    paths_through_zero: int
    ledger_sum: Any
    path_sum: Any
    forward_gradient: float
    backward_in_direction: float
    agrees: bool
    underflows: bool
    cut: Cut | None
    _names: Mapping[Variable, str] = field(repr=False)
    _is_scalar: bool = field(repr=False)

    def __repr__(self) -> str:
        return "\n".join([*self._headline(), *self._ledger(), *self._paths(), *self._check()])

    def _headline(self) -> list[str]:
        x, root = self._names[self.variable], self._names[self.root]
        lines = [f"∂{root}/∂{x} = {outline(self.gradient)}    at {x} = {outline(self.variable._primal)}"]
        if self.uses:
            parts = [
                f"{outline(use.contribution)} via {use.child.op.name}[{use.position}]" for use in self.uses[:FEW_USES]
            ]
            more = len(self.uses) - FEW_USES
            rest = f" + … {more:,} more" if more > 0 else ""
            lines.append(f"  {outline(self.gradient)} = {' + '.join(parts).replace('+ -', '- ')}{rest}")
        elif self.variable is self.root:
            lines.append(f"  {x} is the root itself, and its derivative by itself is 1")
        if self.cut is not None:
            lines.append(f"  {self.cut.reason}")
        return lines

    def _ledger(self) -> list[str]:
        if not self.uses:
            return []
        root = self._names[self.root]
        rows = [("use", "adjoint of the result", "local gradient", "contribution")]
        for use in self.uses[:FEW_USES]:
            name = self._names[use.child]
            gradient = use.formula
            if self._is_scalar:
                number = outline(use.local_gradient)
                gradient += "" if gradient.endswith(f" = {number}") else f" = {number}"
            rows.append(
                (
                    f"{name} = {call(use.child, self._names)}",
                    f"∂{root}/∂{name} = {outline(use.adjoint)}",
                    f"· {gradient}",
                    f"= {outline(use.contribution)}",
                )
            )
        return ["", *table(rows)]

    def _paths(self) -> list[str]:
        if not self.uses:
            return []
        x, root = self._names[self.variable], self._names[self.root]
        many = "1 path" if self.path_count == 1 else f"{count_text(self.path_count)} paths"
        lines = ["", f"  {many} from {x} to {root}"]
        if self.paths_through_zero:
            lines[-1] += f", {count_text(self.paths_through_zero)} through a local gradient of zero"
        if not self.paths:
            if not self._is_scalar and self.path_sum is None:
                lines.append("  (through arrays a path's product is one of Jacobians; too many to try each)")
            return lines
        if len(self.paths) < self.path_count:
            lines[-1] += ", the largest:"
        else:
            lines[-1] += ":"
        return [*lines, *table([self._path_row(path) for path in self.paths], "    ")]

    def _path_row(self, path: Path) -> tuple[str, str, str]:
        def name(place: int) -> str:
            if not place:
                return self._names[path.nodes[0]]
            before, node = path.nodes[place - 1 : place + 1]
            is_repeated = sum(parent is before for parent in node.parents) > 1
            return self._names[node] + f"[{path.positions[place - 1]}]" * is_repeated

        def factor(place: int) -> str:
            number = outline(path.local_gradients[place])
            return f"({number})" if number.startswith("-") else number

        product = " · ".join(_ends(factor, len(path.local_gradients)))
        return outline(path.product), f"= {product}" if product else "", " → ".join(_ends(name, len(path.nodes)))

    def _check(self) -> list[str]:
        if not self.uses:
            return []
        parts = [f"backward {outline(self.backward_in_direction)}", f"forward {outline(self.forward_gradient)}"]
        direction = ""
        if np.ndim(self.gradient):
            direction = " in one direction"
        if self.path_sum is None:
            parts.append("path by path not tried, they are too many")
        elif not direction:
            parts.append(f"path by path {outline(self.path_sum)}")
        verdict = "all agree" if self.agrees else "they do NOT agree"
        if self.underflows:
            verdict = "they differ because a product underflows on the way: it is smaller than any float"
        return ["", f"  check{direction}: {', '.join(parts)}: {verdict}", f"  {self.state_of_grad}"]

    @property
    def state_of_grad(self) -> str:
        """What ``.grad`` of the variable holds at the moment, beside this gradient."""
        x = self._names[self.variable]
        grad, passes = primal(self.variable._grad), self.variable.reached
        if grad is None:
            return f"{x}.grad was never computed" if not passes else f"{x}.grad is zero"
        if _close(grad, self.gradient, _size(self.gradient)):
            return f"{x}.grad is this gradient"
        if passes > 1 and _close(grad, passes * self.gradient, passes * _size(self.gradient)):
            return f"{x}.grad is {outline(grad)}: {passes} times this gradient, from {passes} backward passes"
        since = f"it holds the sum of {passes} backward passes" if passes > 1 else "it is from another backward pass"
        return f"{x}.grad is {outline(grad)}, not this gradient: {since}, or was set"


def explain(x: Variable, *, of: Variable, k: int = 5) -> Explanation:
    """Say why the derivative of ``of`` by ``x`` is what it is.

    The ledger has a line for each use of ``x``: what it gives is the adjoint of its result times the local gradient.
    The paths are all ways from ``x`` to ``of``; along each the local gradients are multiplied, and the products of all
    paths sum to the gradient (the chain rule). They are counted, and the largest found, without going through all.

    No ``.grad`` is changed. Names are the user's; values without one are v1, v2, ... in order of creation, as in a
    picture of ``of``.

    Parameters
    ----------
    x : Value or Tensor
        Anything ``of`` was made from, a leaf or not.
    of : Value, or Tensor of one element
        The result.
    k : int, optional
        Show this many paths, those with the largest products, in absolute value; those whose product is zero are left
        out. Between ``x`` and ``of`` all values may be single numbers: then the largest are found whatever their
        number. Through arrays a path's product is one of Jacobians, and an array of the shape of ``x``; the largest
        are those of the largest norm, and found as long as there are few enough paths to try each.

    Returns
    -------
    Explanation
        Plain data, which prints as text. Where ``of`` does not depend on ``x`` it has no uses, and says why.

    Raises
    ------
    ArgumentError
        If ``x`` or ``of`` is not on a graph, or ``k`` is not a whole number of 0 or more.
    NotAScalarError
        If ``of`` has more than one element.
    GraphChangedError
        If a leaf was changed after it was used.

    Examples
    --------
    >>> from autograd import Value, explain
    >>> a = Value(3.0, name="a")
    >>> print(explain(a, of=a * a))
    ∂v1/∂a = 6    at a = 3
      6 = 3 via mul[0] + 3 via mul[1]
    <BLANKLINE>
      use         adjoint of the result  local gradient    contribution
      v1 = a * a  ∂v1/∂v1 = 1            · ∂v1/∂a = a = 3  = 3
      v1 = a * a  ∂v1/∂v1 = 1            · ∂v1/∂a = a = 3  = 3
    <BLANKLINE>
      2 paths from a to v1:
        3  = 3  a → v1[0]
        3  = 3  a → v1[1]
    <BLANKLINE>
      check: backward 6, forward 6, path by path 6: all agree
      a.grad was never computed
    """
    variable(x, "explain")
    variable(of, "explain")
    if not isinstance(k, int) or k < 0:
        raise ArgumentError(f"k, how many paths to show, must be a whole number, 0 or more, not {brief(k)}")
    if isinstance(of, Tensor) and of.size != 1:
        raise NotAScalarError(
            f"explain is about the derivative of one number, and {of!r} has {of.size}; take an element or a sum"
        )
    behind = made_from(of)
    if x not in set(behind):
        behind.append(x)
        names = names_of(behind)
        cuts = disconnected(of, {names[x]: x}).cuts
        zero = 0.0 * x._primal if isinstance(x, Tensor) else 0.0
        return Explanation(x, of, zero, (), (), 0, 0, zero, zero, 0.0, 0.0, True, False, cuts[0], names, True)
    names = names_of(behind)
    network = Network(behind, x, of)
    seed = one(of)
    found = adjoints({of: seed}, since=x.stamp, keep=True)
    of_nodes = {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}
    gradient = of_nodes[x]
    uses = tuple(
        Use(
            child,
            position,
            of_nodes[child],
            contributions(child, of_nodes[child])[index],
            formula(child, position, names),
        )
        for child, position, index in network.uses()
    )
    ledger_sum = sum((use.contribution for use in uses[1:]), uses[0].contribution) if uses else gradient
    path_sum = None
    if network.can_be_listed:
        path_sum = sum(product for product, _ in network.one_by_one(1.0 if network.is_scalar else seed))
    direction = _direction(x)
    forward = primal(tangents([of], {x: direction}, since=x.stamp, warns=False)[of])
    along = float(np.sum(strong_mul(gradient, direction)))
    scale = network.scale() if network.is_scalar else sum(map(_size, [gradient, *(use.contribution for use in uses)]))
    tolerance_of_type = scale * (2e5 if gradient.__class__ is not float and gradient.dtype == np.float32 else 1.0)
    agrees = (
        _close(ledger_sum, gradient, tolerance_of_type)
        and (path_sum is None or _close(path_sum, gradient, tolerance_of_type))
        and _close(forward, along, tolerance_of_type * max(1.0, _size(direction)))
    )
    cuts = disconnected(of, {names[x]: x}).cuts if uses and not np.any(gradient) else ()
    return Explanation(
        x,
        of,
        gradient,
        uses,
        network.largest(k, seed),
        network.count,
        network.count_through_zero,
        ledger_sum,
        path_sum,
        float(np.reshape(forward, ())),
        along,
        agrees,
        not agrees and _underflows(x, of, direction),
        cuts[0] if cuts else None,
        names,
        network.is_scalar,
    )


def _direction(x: Variable) -> Any:
    """Return a direction to differentiate in: of one number itself, else of signs and sizes that are all different."""
    if not isinstance(x, Tensor):
        return 1.0
    if x.size == 1:
        return np.ones(x.shape, x.dtype)
    return np.random.default_rng(0).standard_normal(x.shape).astype(x.dtype)


def _underflows(x: Variable, of: Variable, direction: Any) -> bool:
    """Tell whether a derivative on the way, backward or forward, is too small for a float of full precision.

    Both passes are linear: started from a multiple by a power of two they give this multiple, but where one underflows
    (or the other overflows).
    """

    def backward(seed: Any) -> dict[Variable, Any]:
        found = adjoints({of: seed}, since=x.stamp, keep=True)
        return {**dict(zip(found.operations, found.of_operations, strict=True)), **found.of_leaves}

    def forward(direction: Any) -> dict[Variable, Any]:
        return tangents([of], {x: direction}, since=x.stamp, warns=False)

    for sweep, start in ((backward, one(of)), (forward, direction)):
        larger = sweep(start * 2.0 ** (np.finfo(np.asarray(start).dtype).maxexp * 3 // 4))
        for node, derivative in sweep(start).items():
            small, large = np.asarray(primal(derivative)), np.asarray(primal(larger[node]))
            if np.any((np.abs(small) < np.finfo(small.dtype).tiny) & (large != 0) & np.isfinite(large)):
                return True
    return False


def _size(x: Any) -> float:
    """Return the norm, found without squares that underflow."""
    largest = float(np.max(np.abs(x), initial=0.0))
    return largest * float(np.linalg.norm(np.divide(x, largest))) if 0 < largest < np.inf else largest


def _close(a: Any, b: Any, scale: float) -> bool:
    """Tell whether two results are the same, but for rounding; ``scale`` is the size of what was summed."""
    with np.errstate(all="ignore"):
        near = np.abs(np.subtract(a, b)) <= 1e-9 * scale
    return bool(np.all(near | np.equal(a, b) | ~np.isfinite(a) & ~np.isfinite(b)))


def _ends(text: Callable[[int], str], count: int) -> list[str]:
    """Return the texts of ``count`` places, of many only the first and the last."""
    if count <= FEW_NODES:
        return list(map(text, range(count)))
    half = FEW_NODES // 2
    return [*map(text, range(half)), "…", *map(text, range(count - half + 1, count))]
