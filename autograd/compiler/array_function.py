"""A compiled function of whole arrays: what is recorded of it, and how it is called."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, final

import numpy as np

from autograd.arguments import Argnums, Arguments, name_of
from autograd.compiler.array_arguments import WholeArrays, whole_arrays
from autograd.compiler.array_plan import ArrayPlan
from autograd.compiler.array_program import ArrayProgram
from autograd.compiler.array_recording import ArrayRecording, record_arrays
from autograd.compiler.training import Optimizer
from autograd.containers import leaves, rebuild
from autograd.errors import ArgumentError, SizeError
from autograd.graph import set_recording
from autograd.reverse import adjoints
from autograd.tensor import Tensor
from autograd.variable import primal

__all__ = ["ArrayFunction"]

Array = np.ndarray[Any, Any]
By = tuple[int, ...] | Literal[False] | None
"""By what to differentiate: arrays by their places, None for the parameters, False for no derivative."""

KEPT = 64  # recorded structures; the one that was not used for longest goes


@final
class ArrayFunction:
    """A compiled function of whole arrays; `compile` makes it.

    Attributes
    ----------
    parameters : list of Tensor
        The leaves that the function captured, in the order in which it uses them. Gradients follow it.
    """

    def __init__(self, f: Callable[..., Any], static: Iterable[int | str] = ()) -> None:
        self.f = f
        self.__name__ = name_of(f)
        self.static = frozenset(static)
        self._parameters: dict[Tensor, int] = {}
        self._recorded: dict[Any, _Recorded] = {}
        self._lock = threading.RLock()
        self._latest: _Recorded | None = None

    @property
    def parameters(self) -> list[Tensor]:
        """The leaves that the function captured."""
        return list(self._parameters)

    @property
    def plan(self) -> ArrayPlan:
        """The plan of the latest call."""
        if self._latest is None:
            raise ArgumentError(f"{self.__name__} has not been called yet, and is recorded when it first is")
        return self._latest.plan

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns, with arrays in place of Tensors.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function: arrays as it takes them.
        """
        arguments = whole_arrays(self.__name__, args, kwargs, self.static)
        recorded = self._find(arguments, False)
        found = recorded.run(arguments.arrays, [None] * recorded.results)
        if not all(map(_is_finite, found)):
            found = self._eager(arguments)
        return rebuild(recorded.result, [x[()] for x in found])

    def value_and_grad(
        self, *args: Any, argnums: Argnums | None = None, out: Sequence[Array] | None = None, **kwargs: Any
    ) -> tuple[float, Any]:
        """Return the number that the function computes, and its gradient.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function: arrays as it takes them.
        argnums : int, str, or sequence of them, optional
            Differentiate by these arguments, and not by the parameters.
        out : sequence of ndarray, optional
            Where to write the gradients by the parameters, each of the shape and type of its own; then nothing is
            allocated.

        Returns
        -------
        value : float
            The number.
        gradient : list of ndarray
            One for each of `parameters`; by arguments, in the form of each.

        Raises
        ------
        NotAScalarError
            If the function returns more than one number.
        SizeError
            If ``out`` does not fit the parameters.
        ArgumentError
            If the function captures no Tensors to differentiate by.
        """
        arguments = whole_arrays(self.__name__, args, kwargs, self.static)
        keys, by = self._by(argnums, arguments)
        recorded = self._find(arguments, by)
        if by is None and not self._parameters:
            raise ArgumentError(
                f"{self.__name__} captures no Tensors to differentiate by; the derivative by its first argument is "
                ".grad(..., argnums=0)"
            )
        outs: Sequence[Array | None] = [None] * len(recorded.wanted)
        if out is not None:
            outs = self._fitting(out)[: len(outs)]
        found = recorded.run(arguments.arrays, [None] * recorded.results + list(outs))
        if not all(map(_is_finite, found)):
            eager = self._eager(arguments, recorded.wanted)
            found = [_written(x, y) for x, y in zip(found, eager, strict=True)]
        value, gradients = float(found[0].item()), found[recorded.results :]
        if by is None:
            return value, self._of_all(recorded.wanted, gradients, out)
        return value, _as_asked(argnums, keys, arguments, gradients)

    def grad(
        self, *args: Any, argnums: Argnums | None = None, out: Sequence[Array] | None = None, **kwargs: Any
    ) -> Any:
        """Return the gradient; see `value_and_grad`."""
        return self.value_and_grad(*args, argnums=argnums, out=out, **kwargs)[1]

    def update(self, optimizer: Optimizer, *args: Any, **kwargs: Any) -> float:
        """Make one step of an optimizer by the gradient, and return the number that the function computes.

        Raises
        ------
        NonFiniteGradientError
            If a gradient is not finite; no parameter is changed.
        """
        value, gradient = self.value_and_grad(*args, **kwargs)
        for leaf, g in zip(self._parameters, gradient, strict=True):
            leaf._grad = g
            leaf.reached += 1
        optimizer.step()
        return value

    # How it is found ------------------------------------------------------------------------------------------------

    def _find(self, arguments: WholeArrays, by: By) -> _Recorded:
        key = (arguments.structure, by)
        recorded = self._recorded.get(key)
        if recorded is None:
            with self._lock:
                recorded = self._recorded.get(key)
                if recorded is None:
                    met = dict(self._parameters)  # of what cannot be recorded nothing is kept
                    recording = record_arrays(self.f, self.__name__, arguments, met, by)
                    self._parameters.update(met)
                    recorded = self._recorded[key] = _Recorded(recording, list(self._parameters))
                    while len(self._recorded) > KEPT:
                        del self._recorded[next(iter(self._recorded))]
        self._latest = recorded
        return recorded

    def _by(self, argnums: Argnums | None, arguments: WholeArrays) -> tuple[Sequence[Any], tuple[int, ...] | None]:
        """Return the arguments to differentiate by, and their places among the arrays; None for the parameters."""
        if argnums is None:
            return (), None
        keys, _ = Arguments(self.f, argnums).find(arguments.args, arguments.kwargs)
        places = []
        for key in keys:
            found = arguments.places_of(key)
            if not found or any(arguments.arrays[i].dtype.kind != "f" for i in found):
                raise ArgumentError(
                    f"{self.__name__} cannot be differentiated by its argument {key!r}, which is not made of floats"
                )
            places += found
        return keys, tuple(places)

    def _fitting(self, out: Sequence[Array]) -> list[Array]:
        for leaf, x in zip(self._parameters, out, strict=False):
            if not isinstance(x, np.ndarray) or x.shape != leaf.shape or x.dtype != leaf.dtype:
                raise SizeError(f"out must have an array for {leaf!r} of shape {leaf.shape} and type {leaf.dtype}")
        if len(out) != len(self._parameters):
            raise SizeError(f"out must have an array for each of the {len(self._parameters)} parameters")
        return list(out)

    def _of_all(self, wanted: Sequence[Any], gradients: Sequence[Array], out: Sequence[Array] | None) -> list[Array]:
        """Return the gradient by all parameters: zero by those that this structure does not use."""
        if len(gradients) == len(self._parameters) and all(
            a is b for a, b in zip(wanted, self._parameters, strict=True)
        ):
            return list(gradients)
        known = dict(zip(wanted, gradients, strict=True))
        return [known[leaf] if leaf in known else np.zeros(leaf.shape, leaf.dtype) for leaf in self._parameters]

    def _eager(self, arguments: WholeArrays, wanted: Sequence[Any] = ()) -> list[Array]:
        """Return results and gradients as the eager engine computes them, where zero times inf is zero."""
        elements: list[Any] = [Tensor(x) if x.dtype.kind == "f" else x for x in arguments.arrays]
        with set_recording(True):
            result = arguments.call(self.f, elements)
        found = [np.asarray(primal(x)) for x in leaves(result)]
        if not wanted:
            return found
        by = [elements[x] if isinstance(x, int) else x for x in wanted]
        seeds: dict[Any, Any] = {y: np.ones(y.shape, y.dtype) for y in leaves(result) if isinstance(y, Tensor)}
        gradients = adjoints(seeds).of_leaves
        return found + [np.asarray(gradients.get(x, np.zeros(x.shape, x.dtype))) for x in by]


@final
class _Recorded:
    """What is kept of a function for one structure of its arguments.

    Attributes
    ----------
    result : object
        The form of its results, of which there are ``results``.
    wanted : list of Tensor or int
        By what it is differentiated.
    plan : ArrayPlan
        What is computed.
    """

    def __init__(self, recording: ArrayRecording, parameters: Sequence[Tensor]) -> None:
        self.result = rebuild(recording.result, [0.0] * len(leaves(recording.result)))
        self.results = len(leaves(recording.result))
        self.wanted = recording.wanted
        self.program = ArrayProgram(recording.graph, recording.roots)
        self.parameters = parameters

    def run(self, arrays: Sequence[Array], outs: Sequence[Array | None]) -> list[Array]:
        """Return results and gradients."""
        given = [
            arrays[source.index] if source.kind == "argument" else self.parameters[source.index]._primal
            for source in self.program.sources
        ]
        return self.program(given, outs)

    @property
    def plan(self) -> ArrayPlan:
        """The program as lines."""
        return ArrayPlan(self.program, [leaf.name for leaf in self.parameters])


def _is_finite(x: Array) -> bool:
    """Tell whether no element is inf or nan; at first by a sum of squares, which is then finite, or overflows."""
    if x.dtype.kind != "f":
        return True
    if x.flags.c_contiguous:
        flat = x.reshape(-1)
        if math.isfinite(np.dot(flat, flat)):
            return True
    return bool(np.isfinite(x).all())


def _written(x: Array, y: Array) -> Array:
    x[...] = y
    return x


def _as_asked(argnums: Any, keys: Sequence[Any], arguments: WholeArrays, gradients: Sequence[Array]) -> Any:
    """Return gradients in the form of the arguments: one, or a tuple of them if several were asked for."""
    following = iter(gradients)
    several = not isinstance(argnums, int | str | np.integer)
    given: dict[Any, Any] = {**dict(enumerate(arguments.args)), **arguments.kwargs}
    asked = [given[key] for key in keys]
    forms = [rebuild(x, following) if isinstance(x, tuple | dict) else next(following) for x in asked]
    return tuple(forms) if several else forms[0]
