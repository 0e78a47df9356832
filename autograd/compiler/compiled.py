"""compile: a function of single numbers, or of one sample, becomes a program for batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, final

import numpy as np

from autograd.arguments import Argnums, Arguments, name_of, parameters_of, positional_names
from autograd.compiler.arguments import Array, Batch, Part, taken_apart
from autograd.compiler.array_function import ArrayFunction
from autograd.compiler.array_plan import ArrayPlan
from autograd.compiler.backends import AutoExecutor, executor_named
from autograd.compiler.eagerly import Eager
from autograd.compiler.epochs import Training
from autograd.compiler.parameters import Parameters
from autograd.compiler.plan import Plan
from autograd.compiler.recorded import DIRECTION, GRADIENT, OUT, PRODUCT, VALUE, WEIGHTS, Recorded
from autograd.compiler.recording import record
from autograd.compiler.sample_lists import NotAnArrayError
from autograd.compiler.training import Elementwise, Optimizer, coefficients_at
from autograd.errors import ArgumentError, SizeError, TracingError, TracingWarning, brief, warn

__all__ = ["Compiled", "compile"]

KEPT = 64  # recorded structures; the one that was recorded first goes


def compile(
    f: Callable[..., Any],
    *,
    backend: str = "auto",
    static: int | str | Iterable[int | str] = (),
    fallback: bool = False,
    arrays: bool | None = None,
) -> Compiled:
    """Turn a function of single numbers into a program for batches.

    The function is recorded when it is first called, and again for arguments of another structure. The Values that it
    captures are its parameters: their numbers are read at each call.

    Parameters
    ----------
    f : callable
        Takes one sample: numbers, nested lists of numbers, and integers, which may pick from lists and tables. What is
        meant for arrays, such as ``x * 2`` of a list, is refused. Returns a Value, or lists, tuples and dicts of them.
    backend : {"auto", "numpy", "native"}, optional
        What runs the program.
    static : int, str, or several of them, optional
        Arguments, by position or name, that are handed to ``f`` as they are; it is recorded for each of their values.
    fallback : bool, optional
        Run ``f`` one sample after another where it cannot be recorded, with a `TracingWarning`, in place of an error.
    arrays : bool, optional
        Whether ``f`` is a function of Tensors, which takes whole arrays in place of one sample: see ``ArrayFunction``
        for what it can do. Without it, the first call finds out: it is, if ``f`` does not work for one sample, but does
        for whole arrays.

    Returns
    -------
    Compiled
        Call it with arrays that have the samples on axis 0; a function of Tensors, with what that takes.

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
    return Compiled(f, backend, static, fallback, arrays)


@final
class Compiled:
    """A compiled function; `compile` makes it.

    Attributes
    ----------
    parameters : list of Value, or of Tensor
        The leaves that the function captured, in the order in which they were made. Gradients follow it. Recording
        another structure may append to it.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        backend: str,
        static: int | str | Iterable[int | str],
        fallback: bool,
        arrays: bool | None,
    ) -> None:
        if not callable(f):
            raise ArgumentError(f"{brief(f)} is no function; write compile(f), where f is one")
        self.f = f
        self.__name__ = name_of(f)
        self.static = _static(f, [static] if isinstance(static, int | str) else static)
        self.executor = executor_named(backend)
        self.fallback = fallback
        self.arrays = ArrayFunction(f, self.static) if arrays else None
        self._may_be_of_arrays = arrays is None
        self._parameters = Parameters()
        self._recorded: dict[Any, Recorded | Eager] = {}
        self._lock = threading.RLock()
        self._even: dict[int, Array] = {}  # weights of samples that count the same, by their number
        self._latest: Recorded | Eager | None = None

    @property
    def parameters(self) -> list[Any]:
        """The leaves that the function captured."""
        if self.arrays is not None:
            return self.arrays.parameters
        return list(self._parameters.leaves)

    @property
    def plan(self) -> Plan | ArrayPlan:
        """The plan of the latest call, be it of the function or of its gradient or another derivative with it.

        ``print(step.plan)`` shows its steps, ``step.plan.draw()`` draws them.

        Raises
        ------
        ArgumentError
            If there was no call.
        """
        if self.arrays is not None:
            return self.arrays.plan
        if self._latest is None:
            raise ArgumentError(f"{self.__name__} has not been called yet, and is recorded when it first is")
        return self._latest.latest

    @property
    def backend(self) -> str:
        """What runs the program of the latest call, and why."""
        if self.arrays is not None:
            return "numpy, because the function is one of whole arrays, and NumPy has their operations"
        if isinstance(self.executor, AutoExecutor) and isinstance(self.plan, Plan):
            executor, reason = self.executor.choose(self.plan)
            return f"{executor.name}, because {reason}"
        return f"{self.executor.name}, because compile was told so"

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
        if (whole := self._of_arrays(args, kwargs)) is not None:
            return whole(*args, **kwargs)
        batch, recorded, inputs = self._find(args, kwargs)
        return recorded.formed(recorded.run(("value", None), inputs, batch.samples)[OUT], batch)

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
        ArgumentError
            If it captures no Values to differentiate by.
        """
        if (whole := self._of_arrays(args, kwargs, weights)) is not None:
            return whole.value_and_grad(*args, argnums=argnums, **kwargs)
        batch, recorded, inputs = self._find(args, kwargs)
        inputs[WEIGHTS] = self._weights(weights, batch.samples)
        by = self._by(argnums, args, kwargs, batch)
        found = recorded.run(("gradient", by), inputs, batch.samples)
        if by is None:
            self._ensure_parameters()
            return found[VALUE].item(), self._of_all(found[GRADIENT])
        gradients = [_in_shape(found[f"gradient {i}"], recorded.parts[i]) for i in by]
        return found[VALUE].item(), _as_asked(argnums, gradients)

    def grad(self, *args: Any, weights: Any = None, argnums: Argnums | None = None, **kwargs: Any) -> Any:
        """Return the gradient of the mean over the samples; see `value_and_grad`."""
        return self.value_and_grad(*args, weights=weights, argnums=argnums, **kwargs)[1]

    def per_sample_grad(self, *args: Any, **kwargs: Any) -> Array:
        """Return the gradient by the parameters of each sample alone, of shape (samples, parameters).

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function, with the samples on axis 0.

        Raises
        ------
        NotAScalarError
            If the function returns more than one number for a sample.
        ArgumentError
            If it captures no Values to differentiate by.
        """
        batch, recorded, inputs = self._find(args, kwargs)
        inputs[WEIGHTS] = np.ones((1, batch.samples))
        found = recorded.run(("per_sample", None), inputs, batch.samples)
        self._ensure_parameters("jacobian")
        return self._of_all(found[GRADIENT].T)

    def jacobian(self, *args: Any, argnums: Argnums | None = None, **kwargs: Any) -> Any:
        """Return the derivative of each number that the function returns, by each parameter, for each sample.

        Parameters
        ----------
        *args, argnums, **kwargs
            As of `value_and_grad`.

        Returns
        -------
        ndarray of shape (samples, numbers, parameters)
            By an argument, of shape (samples, numbers) and that of its samples. If the function returns one number, not
            in a list, there is no axis of numbers.
        """
        batch, recorded, inputs = self._find_recorded(args, kwargs)
        by = self._by(argnums, args, kwargs, batch)
        if by is None:
            self._ensure_parameters("jacobian")
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

        Raises
        ------
        SizeError
            If the direction has not a number for each parameter.
        ArgumentError
            If the function captures no Values to differentiate by.
        """
        batch, recorded, inputs = self._find_recorded(args, kwargs)
        self._ensure_parameters()
        inputs[WEIGHTS] = self._weights(weights, batch.samples)
        given = np.asarray(direction, np.float64)
        if given.shape != (len(self._parameters.leaves),):
            raise SizeError(
                f"the direction must have a number for each of the {len(self._parameters.leaves)} parameters, not the "
                f"shape {given.shape}"
            )
        inputs[DIRECTION] = given[: recorded.count]
        return self._of_all(recorded.run(("hvp", None), inputs, batch.samples)[PRODUCT])

    # Training ---------------------------------------------------------------------------------------------------

    def update(self, optimizer: Optimizer, *args: Any, weights: Any = None, **kwargs: Any) -> float:
        """Make one step of an optimizer by the gradient of the mean over the samples, and return that mean.

        Parameters
        ----------
        optimizer : Optimizer
            Such as ``nn.SGD`` or ``nn.Adam``.
        *args, weights, **kwargs
            As of `value_and_grad`.

        Raises
        ------
        NonFiniteGradientError
            If a gradient is not finite; no parameter is changed.
        """
        if (whole := self._of_arrays(args, kwargs, weights)) is not None:
            return whole.update(optimizer, *args, **kwargs)
        _ensure_optimizer(optimizer)
        value, gradient = self.value_and_grad(*args, weights=weights, **kwargs)
        self._step(optimizer, gradient)
        return value

    def train(
        self,
        *args: Any,
        optimizer: Optimizer,
        epochs: int = 1,
        batch_size: int | None = None,
        seed: int | np.random.Generator | None = None,
        weights: Any = None,
    ) -> Array:
        """Train the parameters: a step for each minibatch of each epoch.

        With an optimizer that is given by a rule, such as ``nn.SGD`` and ``nn.Adam``, all is one program, and the
        parameters get their numbers when it is done.

        Parameters
        ----------
        *args
            The arguments of the function, with the samples on axis 0.
        optimizer : Optimizer
            What changes the parameters.
        epochs : int, optional
            How often each sample is taken.
        batch_size : int, optional
            How many samples there are in a minibatch; without it, all of them.
        seed : int or numpy.random.Generator, optional
            Of the order in which samples are taken.
        weights : array_like of shape (samples,), optional
            How much each sample counts in the mean over its minibatch.

        Returns
        -------
        ndarray of shape (epochs,)
            The mean loss of each epoch, taken as the steps went.

        Raises
        ------
        ArgumentError
            If ``epochs`` or ``batch_size`` is not a positive int, or ``optimizer`` is none.
        NonFiniteGradientError
            If a gradient is not finite; the parameters are as the steps before have left them.
        """
        for what, count in (("epochs", epochs), ("batch_size", batch_size)):
            if count is not None and (not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1):
                raise ArgumentError(f"{what} must be a positive int, not {count!r}")
        _ensure_optimizer(optimizer)
        samples = taken_apart(self.__name__, args, {}, self.static).samples
        counts = np.ones(samples) if weights is None else _normalized(weights, samples)[0]
        return Training(self, optimizer, args, counts).run(epochs, batch_size, np.random.default_rng(seed))

    def _step(self, optimizer: Optimizer, gradient: Array) -> None:
        """Make one step of an optimizer by a gradient."""
        if not isinstance(optimizer, Elementwise):
            for leaf, g in zip(self._parameters.leaves, gradient.tolist(), strict=True):
                leaf.grad = g
                leaf.reached += 1
            optimizer.step()
            return
        self._parameters.ensure_finite(gradient)
        rows, places = self._parameters.places_in(optimizer)
        old = self._parameters.numbers()
        with np.errstate(all="ignore"):
            states = [x[places] for x in optimizer.states.values()]
            new, *changed = optimizer.rule(old[rows], gradient[rows], *states, *coefficients_at(optimizer, places))
        numbers = old.copy()
        numbers[rows] = new
        for x, state in zip(optimizer.states.values(), changed, strict=True):
            x[places] = state
        self._parameters.set(numbers)
        optimizer.steps += 1

    # How it is found --------------------------------------------------------------------------------------------

    def _weights(self, weights: Any, samples: int) -> Array:
        """Return how much each sample counts, in a row that sums to 1."""
        if weights is not None:
            return _normalized(weights, samples)
        found = self._even.get(samples)
        if found is None:
            if len(self._even) > KEPT:
                self._even.clear()
            found = self._even[samples] = np.full((1, samples), 1.0 / samples)
        return found

    def _find_recorded(
        self, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Batch, Recorded, dict[str, Array]]:
        """Do as `_find`, where a fallback will not do."""
        batch, recorded, inputs = self._find(args, kwargs)
        if isinstance(recorded, Eager):
            raise recorded.error
        return batch, recorded, inputs

    def _of_arrays(self, args: Sequence[Any], kwargs: Mapping[str, Any], weights: Any = None) -> ArrayFunction | None:
        """Return the function as one of whole arrays, if it is; where that was not said, the first call tells."""
        if self._may_be_of_arrays:
            with self._lock:
                self._find_out(args, kwargs)
        if self.arrays is not None and weights is not None:
            raise ArgumentError(f"{self.__name__} takes whole arrays, and weighs them itself: it has no weights=")
        return self.arrays

    def _find_out(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Find out whether the function is one of whole arrays: it captures Tensors, and takes no single sample."""
        fallback, self.fallback = self.fallback, False
        try:
            self._find(args, kwargs)
        except Exception as error:
            whole = ArrayFunction(self.f, self.static)
            with suppress(Exception):  # whatever it is, the first error tells more
                whole(*args, **kwargs)
            if whole.parameters:
                self.arrays = whole
            elif not (fallback and isinstance(error, TracingError)):
                raise
        finally:
            self.fallback = fallback
        self._may_be_of_arrays = False

    def _find(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Batch, Recorded | Eager, dict[str, Array]]:
        """Return the arguments taken apart, what was recorded for such ones, and what its programs read."""
        if self.arrays is not None:
            raise ArgumentError(
                f"{self.__name__} takes whole arrays: it can be called, has value_and_grad, grad and update, and its "
                ".arrays more; what is done for each sample it has not"
            )
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

    def _record(self, structure: Any, batch: Batch) -> Recorded | Eager:
        with self._lock:
            made = self._recorded_anew(batch, self._recorded.pop(structure, None))
            self._recorded[structure] = made
            while len(self._recorded) > KEPT:
                del self._recorded[next(iter(self._recorded))]
            return made

    def _recorded_anew(self, batch: Batch, before: Recorded | Eager | None) -> Recorded | Eager:
        """Record the function for arguments of a structure, and for the integers that it was recorded for before."""
        known = {i: set(values) for i, values in before.values.items()} if isinstance(before, Recorded) else {}
        leaves = self._parameters.leaves
        met = dict(leaves)
        try:
            recording = record(self.f, batch, met, known)
        except TracingError as error:
            if not self.fallback or isinstance(error, NotAnArrayError):  # which it is for the eager engine too
                raise
            warn(f"{self.__name__} runs one sample after another, as it cannot be compiled: {error}", TracingWarning)
            return Eager(self.__name__, self.f, batch, leaves, error)
        made = Recorded(self.f, recording, batch, met, self.executor)
        leaves.update(met)
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

    def _ensure_parameters(self, by_argument: str = "grad") -> None:
        """Refuse a derivative by parameters where there are none."""
        if not self._parameters.leaves:
            raise ArgumentError(
                f"{self.__name__} captures no Values to differentiate by; the derivative by its first argument is "
                f".{by_argument}(..., argnums=0)"
            )

    def _of_all(self, gradient: Array) -> Array:
        """Return derivatives by all parameters: zero by those that this structure does not use."""
        missing = len(self._parameters.leaves) - gradient.shape[-1]
        if not missing:
            return gradient
        return np.concatenate([gradient, np.zeros((*gradient.shape[:-1], missing))], axis=-1)


def _static(f: Callable[..., Any], given: Iterable[int | str]) -> frozenset[int | str]:
    """Return the positions and the names of arguments, whichever of the two was given."""
    parameters = parameters_of(f)
    names = list(parameters)
    positional = positional_names(f)
    takes_any = not parameters or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters.values())
    found: set[int | str] = set()
    for key in given:
        if not takes_any and not (key in names if isinstance(key, str) else 0 <= key < len(names)):
            raise ArgumentError(f"{name_of(f)} has no argument {key!r} to be static; its arguments: {', '.join(names)}")
        found.add(key)
        if isinstance(key, str) and key in positional:
            found.add(positional.index(key))
        elif isinstance(key, int) and key < len(positional):
            found.add(positional[key])
    return frozenset(found)


def _ensure_optimizer(optimizer: Any) -> None:
    if not callable(getattr(optimizer, "step", None)) or not hasattr(optimizer, "parameters"):
        raise ArgumentError(f"optimizer must be one such as nn.SGD(model.parameters(), lr=0.1), not {brief(optimizer)}")


def _normalized(weights: Any, samples: int) -> Array:
    given = np.asarray(weights, np.float64)
    if given.shape != (samples,):
        raise SizeError(f"weights must have a number for each of the {samples} samples, not the shape {given.shape}")
    total = given.sum()
    if not (given >= 0).all() or not 0 < total < np.inf:
        raise ArgumentError("weights must be finite and not negative, and at least one positive")
    normalized: Array = (given / total)[None]
    return normalized


def _in_shape(rows: Array, part: Part) -> Array:
    return np.ascontiguousarray(rows.T).reshape(-1, *part.shape) if part.batched else rows.reshape(part.shape)


def _as_asked(argnums: Any, parts: Sequence[Any]) -> Any:
    return parts[0] if isinstance(argnums, int | str | np.integer) else tuple(parts)
