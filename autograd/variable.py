"""Variable: what every node of the graph is, whatever it holds: names, edges, gradient, backward."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd.debugging import made_at
from autograd.errors import ArgumentError, NonFiniteWarning, warn
from autograd.graph import latest_change, next_stamp
from autograd.rows import Operand, registry
from autograd.symbols import partial_expressions, to_text

if TYPE_CHECKING:
    from autograd.drawing import Diagram
    from autograd.explaining import Explanation

__all__ = ["Edge", "Variable", "primal", "warn_of_limits"]


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """One use of a variable by an operation, with the local gradient of that use.

    Attributes
    ----------
    parent : Variable
        The operand.
    child : Variable
        The result.
    position : int
        Which operand it is, counted from 0, constants included.
    """

    parent: Variable
    child: Variable
    position: int
    _left: str = field(repr=False)
    _right: Any = field(repr=False)

    @property
    def local_gradient(self) -> Any:
        """The partial derivative of the child by this operand, at the numbers of the forward pass.

        A float for a `Value`. For a `Tensor` made by an elementwise operation an array of the child's shape, with the
        derivative of each element; made by another, the Jacobian: the child's shape, then the operand's.
        """
        return self.child.local_gradient(self.position)

    @property
    def formula(self) -> str:
        """The local gradient in words, such as ``∂c/∂a = b``."""
        return f"{self._left} = {self._right if isinstance(self._right, str) else to_text(self._right)}"


def warn_of_limits(node: Variable, factors: Iterable[tuple[Any, Any]]) -> None:
    """Warn where the strong zero may hide a limit: an infinite derivative behind a local gradient of exactly zero.

    ``factors`` are pairs of numbers, or of arrays, in the order of the chain rule, the one nearer to the result first.
    Zero times inf is the branch not taken, and zero. Inf times zero is either that, or a limit such as that of
    cbrt(x**3) at 0, which is 1.
    """
    hidden = any(map(_hides_a_limit, factors))
    if hidden and node.op is not registry["strong_mul"]:  # that is a step of an earlier derivative, which has warned
        line = made_at(node)
        warn(
            f"behind {node!r}, the result of {node.op!r}{f' ({line})' if line else ''}, a derivative that is not "
            "finite meets one that is exactly zero; their product counts as zero, which may not be the limit",
            NonFiniteWarning,
        )


def _hides_a_limit(factors: tuple[Any, Any]) -> bool:
    nearer, farther = factors
    if isinstance(nearer, float) and isinstance(farther, float):
        return not math.isfinite(nearer) and farther == 0
    return bool(np.any(~np.isfinite(nearer) & np.equal(farther, 0)))


class Variable(Operand):
    """A node of the graph: a `Value`, which holds one number, or a `Tensor`, which holds an array.

    A leaf has no operation and no parents. ``inputs`` are all operands in order, plain numbers included; ``parents``
    are those of them that are Variables.

    Examples
    --------
    >>> from autograd import Tensor, Value, Variable
    >>> isinstance(Value(1.0), Variable), isinstance(Tensor([1.0]), Variable)
    (True, True)
    """

    __slots__ = ("_grad", "_name", "_primal", "born", "inputs", "line", "op", "parents", "reached", "scopes", "stamp")

    op: Any  # a row, elementwise or for whole arrays; None for a leaf
    inputs: tuple[Any, ...]
    parents: tuple[Self, ...]
    reached: int
    stamp: int  # when it was made, or given its numbers
    born: int  # when it was made, if it was given new numbers since
    line: tuple[str, int]  # the user's file and line, if it was recorded inside debug()
    scopes: tuple[Any, ...]  # the calls it is an output of, the outermost first, if it is one
    _primal: Any
    _grad: Any
    _name: str | None

    # The one-operand rows as methods. They are installed from the registry and only declared here, for type checkers
    # and readers; a test holds the two lists equal.
    if TYPE_CHECKING:
        positive: Callable[[], Self]
        conjugate: Callable[[], Self]
        conj: Callable[[], Self]
        floor: Callable[[], Self]
        ceil: Callable[[], Self]
        trunc: Callable[[], Self]
        rint: Callable[[], Self]
        deg2rad: Callable[[], Self]
        radians: Callable[[], Self]
        rad2deg: Callable[[], Self]
        degrees: Callable[[], Self]
        sign: Callable[[], Self]
        sqrt: Callable[[], Self]
        cbrt: Callable[[], Self]
        square: Callable[[], Self]
        reciprocal: Callable[[], Self]
        exp: Callable[[], Self]
        exp2: Callable[[], Self]
        expit: Callable[[], Self]
        expm1: Callable[[], Self]
        log: Callable[[], Self]
        log2: Callable[[], Self]
        log10: Callable[[], Self]
        log1p: Callable[[], Self]
        sin: Callable[[], Self]
        cos: Callable[[], Self]
        tan: Callable[[], Self]
        asin: Callable[[], Self]
        arcsin: Callable[[], Self]
        acos: Callable[[], Self]
        arccos: Callable[[], Self]
        atan: Callable[[], Self]
        arctan: Callable[[], Self]
        sinh: Callable[[], Self]
        cosh: Callable[[], Self]
        tanh: Callable[[], Self]
        asinh: Callable[[], Self]
        arcsinh: Callable[[], Self]
        acosh: Callable[[], Self]
        arccosh: Callable[[], Self]
        atanh: Callable[[], Self]
        arctanh: Callable[[], Self]
        sigmoid: Callable[..., Self]
        logit: Callable[[], Self]
        softplus: Callable[[], Self]
        relu: Callable[[], Self]
        leaky_relu: Callable[..., Self]
        elu: Callable[..., Self]
        gelu: Callable[[], Self]
        silu: Callable[[], Self]
        erf: Callable[[], Self]
        step: Callable[[], Self]
        clip: Callable[..., Self]
        sinc: Callable[[], Self]
        abs: Callable[[], Self]
        absolute: Callable[[], Self]
        fabs: Callable[[], Self]
        neg: Callable[[], Self]
        negative: Callable[[], Self]

    @property
    def name(self) -> str | None:
        """The name the user gave it, or its place in a module; None without one."""
        return self._name

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None and not isinstance(name, str):
            raise ArgumentError(f"a name must be a string, not {type(name).__name__}: {name!r}")
        self._name = name

    def settle(self) -> None:
        """Let a change of this leaf count that was made behind its back; nobody can get hold of a float."""

    def stamp_anew(self) -> None:
        """Let this leaf count as changed: graphs recorded before belong to the old numbers."""
        self.born = self.birth
        self.stamp = latest_change[0] = next_stamp()

    @property
    def birth(self) -> int:
        """When this node was made, whenever it was given its numbers."""
        return getattr(self, "born", self.stamp)

    def is_older_than(self, stamp: int) -> bool:
        """Tell whether this node was made before ``stamp``."""
        return self.birth < stamp

    @property
    def is_leaf(self) -> bool:
        """True when no operation made it."""
        return self.op is None

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges from its operands, in operand order, one for each use, so ``a * a`` has two."""
        return tuple(self.labelled_edges(self._local_labels()))

    def labelled_edges(self, labels: dict[Variable, str]) -> Iterator[Edge]:
        """Yield the `edges`, with ``labels`` naming this node and its parents in the formulas."""
        if self.op is None:
            return
        operands = [labels[x] if isinstance(x, Variable) else x for x in self.inputs]
        expressions = self._partial_expressions(labels[self], operands)
        for position, parent in enumerate(self.inputs):
            if isinstance(parent, Variable):
                left = f"∂{labels[self]}/∂{labels[parent]}"
                yield Edge(parent, self, position, left, expressions[position])

    @property
    def grad(self) -> Any:
        """What `backward` found."""
        return self._grad

    def local_gradient(self, position: int) -> Any:
        """Return the partial derivative by the operand at ``position``; see `Edge.local_gradient`."""
        raise NotImplementedError

    def _partial_expressions(self, output: str, operands: Sequence[Any]) -> Sequence[Any]:
        """Return the partial derivative by each operand, to be written down."""
        assert self.op is not None
        return partial_expressions(self.op, output, operands)

    def _local_labels(self) -> dict[Variable, str]:
        """Names for this node and its parents: the user's where given, else out, x, x0, x1, ..."""
        taken = {self._name, *(parent._name for parent in self.parents)}
        labels: dict[Variable, str] = {}

        def unused(name: str) -> str:
            while name in taken:
                name += "'"
            return name

        labels[self] = self._name or unused("out")
        for position, x in enumerate(self.inputs):
            if isinstance(x, Variable) and x not in labels:
                labels[x] = x._name or unused("x" if len(self.inputs) == 1 else f"x{position}")
        return labels

    def explain(self, *, of: Variable, k: int = 5) -> Explanation:
        """Say why the gradient of ``of`` by this variable is what it is; see `autograd.explain`."""
        from autograd.explaining import explain  # explaining looks down on the engine

        return explain(self, of=of, k=k)

    def draw(self, **options: Any) -> Diagram:
        """Draw the graph behind this variable; see `autograd.draw` for the options.

        Returns
        -------
        Diagram
            Shows itself in Jupyter; ``.save("graph.svg")`` writes it, also as png, pdf or dot.
        """
        from autograd.drawing import draw  # drawing looks down on the engine, not the other way round

        return draw(self, **options)


def primal(x: Any) -> Any:
    """Return the number or array behind a Variable, and anything else as it is."""
    return x._primal if isinstance(x, Variable) else x
