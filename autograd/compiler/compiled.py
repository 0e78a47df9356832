"""compile: a function of single numbers, or of one sample, becomes a program for batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, final

import numpy as np

from autograd.arguments import Argnums, Arguments, name_of
from autograd.compiler.arguments import Array, Batch, Part, taken_apart
from autograd.compiler.executors import Executor
from autograd.compiler.numpy_executor import NumpyExecutor
from autograd.compiler.parameters import Parameters
from autograd.compiler.plan import Plan
from autograd.compiler.recorded import DIRECTION, WEIGHTS, Recorded
from autograd.compiler.recording import record
from autograd.errors import ArgumentError, SizeError, brief
from autograd.value import Value

__all__ = ["Compiled", "compile"]

KEPT = 64  # recorded structures; the one that was not used for longest goes


def compile(f: Callable[..., Any], *, backend: str = "auto", static: int | str | Iterable[int | str] = ()) -> Compiled:
    """Turn a function of single numbers into a program for batches.

    The function is recorded when it is first called, and again for arguments of another structure. The Values that it
    captures are its parameters: their numbers are read at each call.

    Parameters
    ----------
    f : callable
        Takes one sample: numbers, nested lists of numbers, and integers, which may pick from lists and tables. Returns
        a Value, or lists, tuples and dicts of them.
    backend : {"auto", "numpy", "native"}, optional
        What runs the program.
    static : int, str, or several of them, optional
        Arguments, by position or name, that are handed to ``f`` as they are; it is recorded for each of their values.

    Returns
    -------
    Compiled
        Call it with arrays that have the samples on axis 0.

    Raises
    ------
    ArgumentError
        If ``f`` is not callable, or the backend unknown.

    Examples
    --------
    >>> import autograd
    >>> from autograd import Value
    >>> w = Value(2.0, name="w")
    >>> step = autograd.compile(lambda x, y: (w * x - y) ** 2)
    >>> step.value_and_grad([1.0, 2.0], [2.5, 3.5])
    (0.25, array([0.5]))
    """
    return Compiled(f, backend, static)


@final
class Compiled:
    """A compiled function; `compile` makes it.

    Attributes
    ----------
    parameters : list of Value
        The leaves that the function captured, in the order in which they were made. Gradients follow it. Recording
        another structure may append to it.
    """

    def __init__(self, f: Callable[..., Any], backend: str, static: int | str | Iterable[int | str]) -> None:
        if not callable(f):
            raise ArgumentError(f"{brief(f)} is no function; write compile(f), where f is one")
        self.f = f
        self.__name__ = name_of(f)
        self.static = frozenset([static] if isinstance(static, int | str) else static)
        self.executor = _executor(backend)
        self._parameters = Parameters()
        self._recorded: dict[Any, Recorded] = {}
        self._lock = threading.RLock()
        self._latest: Recorded | None = None

    @property
    def parameters(self) -> list[Value]:
        """The leaves that the function captured."""
        return list(self._parameters.leaves)

    @property
    def plan(self) -> Plan:
        """The plan of the latest call."""
        if self._latest is None:
            raise ArgumentError(f"{self.__name__} has not been called yet, and is recorded when it first is")
        return self._latest.plan

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns, for each sample.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function, with the samples on axis 0. A single number is the same for all samples.

        Returns
        -------
        ndarray, or lists, tuples and dicts of them
            A list of numbers comes as one array of shape (samples, numbers).
        """
        batch, recorded, inputs = self._find(args, kwargs)
        return recorded.formed(recorded.run(("value", None), inputs, batch.samples)["out"], batch)

    def value_and_grad(
        self, *args: Any, weights: Any = None, argnums: Argnums | None = None, **kwargs: Any
    ) -> tuple[float, Any]:
        """Return the mean of the function over the samples, and its gradient.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function, with the samples on axis 0.
        weights : array_like of shape (samples,), optional
            How much each sample counts: the mean is weighted.
        argnums : int, str, or sequence of them, optional
            Differentiate by these arguments, and not by the parameters.

        Returns
        -------
        value : float
            The mean.
        gradient : ndarray of shape (parameters,)
            As `parameters`; by arguments, an array of the shape of each.

        Raises
        ------
        NotAScalarError
            If the function returns more than one number for a sample.
        """
        batch, recorded, inputs = self._find(args, kwargs)
        inputs[WEIGHTS] = recorded.even(batch.samples) if weights is None else _weights(weights, batch.samples)
        by = self._by(argnums, args, kwargs, batch)
        found = recorded.run(("gradient", by), inputs, batch.samples)
        if by is None:
            return found["value"].item(), self._of_all(found["gradient"])
        gradients = [_in_shape(found[f"gradient {i}"], recorded.parts[i]) for i in by]
        return found["value"].item(), _as_asked(argnums, gradients)

    def grad(self, *args: Any, weights: Any = None, argnums: Argnums | None = None, **kwargs: Any) -> Any:
        """Return the gradient of the mean over the samples; see `value_and_grad`."""
        return self.value_and_grad(*args, weights=weights, argnums=argnums, **kwargs)[1]

    def per_sample_grad(self, *args: Any, **kwargs: Any) -> Array:
        """Return the gradient by the parameters of each sample alone, of shape (samples, parameters).

        Raises
        ------
        NotAScalarError
            If the function returns more than one number for a sample.
        """
        batch, recorded, inputs = self._find(args, kwargs)
        inputs[WEIGHTS] = np.ones((1, batch.samples))
        found = recorded.run(("per_sample", None), inputs, batch.samples)
        return self._of_all(found["gradient"].T)

    def jacobian(self, *args: Any, argnums: Argnums | None = None, **kwargs: Any) -> Any:
        """Return the derivative of each number that the function returns, by each parameter, for each sample.

        Returns
        -------
        ndarray of shape (samples, numbers, parameters)
            By an argument, of shape (samples, numbers) and that of its samples. If the function returns one number, not
            in a list, there is no axis of numbers.
        """
        batch, recorded, inputs = self._find(args, kwargs)
        by = self._by(argnums, args, kwargs, batch)
        rows = recorded.plan.outputs["out"].size
        seeds = np.zeros((rows, batch.samples))
        inputs[WEIGHTS] = seeds
        found: dict[str, list[Array]] = {name: [] for name in recorded.wanted(by)}
        for row in range(rows):
            seeds[...] = 0.0
            seeds[row] = 1.0
            for name, x in recorded.run(("jacobian", by), inputs, batch.samples).items():
                found[name].append(x.T)
        stacked = [np.stack(parts, axis=1) for parts in found.values()]
        if not isinstance(recorded.result, list | tuple | dict):
            stacked = [x[:, 0] for x in stacked]
        if not recorded.is_batched:
            stacked = [x[0] for x in stacked]
        if by is None:
            return self._of_all(stacked[0])
        shaped = [x.reshape(*x.shape[:-1], *recorded.parts[i].shape) for i, x in zip(by, stacked, strict=True)]
        return _as_asked(argnums, shaped)

    def hvp(self, direction: Any, *args: Any, weights: Any = None, **kwargs: Any) -> Array:
        """Return the Hessian of the mean, by the parameters, times a direction.

        Parameters
        ----------
        direction : array_like of shape (parameters,)
            As `parameters`; those that are met for the first time stand still.
        *args, weights, **kwargs
            As of `value_and_grad`.
        """
        batch, recorded, inputs = self._find(args, kwargs)
        inputs[WEIGHTS] = recorded.even(batch.samples) if weights is None else _weights(weights, batch.samples)
        given = np.asarray(direction, np.float64)
        if given.shape != (len(self._parameters.leaves),):
            raise SizeError(
                f"the direction must have a number for each of the {len(self._parameters.leaves)} parameters, not the "
                f"shape {given.shape}"
            )
        inputs[DIRECTION] = given[: recorded.count]
        return self._of_all(recorded.run(("hvp", None), inputs, batch.samples)["product"])

    # How it is found --------------------------------------------------------------------------------------------

    def _find(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Batch, Recorded, dict[str, Array]]:
        """Return the arguments taken apart, what was recorded for such ones, and what its programs read."""
        batch = taken_apart(self.__name__, args, kwargs, self.static)
        structure = batch.structure
        recorded = self._recorded.get(structure)
        inputs = None if recorded is None else recorded.inputs(batch, self._parameters.numbers())
        while inputs is None:
            recorded = self._record(structure, batch)
            inputs = recorded.inputs(batch, self._parameters.numbers())
        assert recorded is not None
        self._latest = recorded
        return batch, recorded, inputs

    def _record(self, structure: Any, batch: Batch) -> Recorded:
        with self._lock:
            before = self._recorded.pop(structure, None)
            known = {} if before is None else {i: set(values) for i, values in before.values.items()}
            recording = record(self.f, batch, self._parameters.leaves, known)
            made = Recorded(self.__name__, recording, batch, len(self._parameters.leaves), self.executor)
            self._recorded[structure] = made
            while len(self._recorded) > KEPT:
                del self._recorded[next(iter(self._recorded))]
            return made

    def _by(
        self, argnums: Argnums | None, args: Sequence[Any], kwargs: Mapping[str, Any], batch: Batch
    ) -> tuple[int, ...] | None:
        """Return the places, among the arrays, of the arguments to differentiate by; None for the parameters."""
        if argnums is None:
            return None
        keys, _ = Arguments(self.f, argnums).find(args, kwargs)
        places = tuple(batch.place_of(key) for key in keys)
        for key, place in zip(keys, places, strict=True):
            if batch.parts[place].is_integer:
                raise ArgumentError(
                    f"{self.__name__} cannot be differentiated by its argument {key!r}, which is made of integers"
                )
        return places

    def _of_all(self, gradient: Array) -> Array:
        """Return derivatives by all parameters: zero by those that this structure does not use."""
        missing = len(self._parameters.leaves) - gradient.shape[-1]
        if not missing:
            return gradient
        return np.concatenate([gradient, np.zeros((*gradient.shape[:-1], missing))], axis=-1)


def _executor(backend: str) -> Executor:
    if backend in ("numpy", "auto"):
        return NumpyExecutor()
    raise ArgumentError(f"backend must be 'auto', 'numpy' or 'native', not {backend!r}")


def _weights(weights: Any, samples: int) -> Array:
    given = np.asarray(weights, np.float64)
    if given.shape != (samples,):
        raise SizeError(f"weights must have a number for each of the {samples} samples, not the shape {given.shape}")
    total = given.sum()
    if not (given >= 0).all() or not 0 < total < np.inf:
        raise ArgumentError("weights must be finite and not negative, and at least one positive")
    return (given / total)[None]


def _in_shape(rows: Array, part: Part) -> Array:
    return np.ascontiguousarray(rows.T).reshape(-1, *part.shape) if part.batched else rows.reshape(part.shape)


def _as_asked(argnums: Any, parts: Sequence[Any]) -> Any:
    return parts[0] if isinstance(argnums, int | str | np.integer) else tuple(parts)
