"""What a compiled function does where it cannot be recorded: one sample after another, by the eager engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, final

import numpy as np

from autograd.compiler.arguments import Array, Batch
from autograd.compiler.recorded import GRADIENT, OUT, VALUE, WEIGHTS, Kind, formed
from autograd.compiler.recording import results
from autograd.compiler.sample_lists import nested
from autograd.compiler.scalars import Parameter
from autograd.errors import NotAScalarError, TracingError
from autograd.graph import next_stamp, no_grad, set_recording
from autograd.reverse import adjoints
from autograd.value import Value

__all__ = ["Eager"]


@final
class Eager:
    """Stands in for `Recorded`.

    Parameters
    ----------
    name : str
        What messages call the function.
    f : callable
        The function of one sample.
    parameters : dict of Value to Parameter
        The captured leaves met so far; new ones are put behind them.
    error : TracingError
        Why it cannot be recorded.
    """

    def __init__(
        self, name: str, f: Callable[..., Any], batch: Batch, parameters: dict[Value, Parameter], error: TracingError
    ) -> None:
        self.name = name
        self.f = f
        self.parts = batch.parts
        self.is_batched = any(part.batched for part in batch.parts)
        self.parameters = parameters
        self.error = error
        self.result: Any = None

    @property
    def latest(self) -> Any:
        """There is none."""
        raise self.error

    def inputs(self, batch: Batch, numbers: Array) -> dict[str, Any]:
        """Return what `run` reads."""
        return {"": batch}

    def run(self, kind: Kind, inputs: dict[str, Any], samples: int) -> dict[str, Array]:
        """Compute what a program of this kind does; only results and gradients by the parameters."""
        batch: Batch = inputs[""]
        what, by = kind
        if by is not None:
            raise self.error
        if what == "value":
            return {OUT: self._outputs(batch)}
        value, rows = self._gradients(batch, inputs[WEIGHTS][0])
        return {GRADIENT: rows.T} if what == "per_sample" else {VALUE: np.array([value]), GRADIENT: rows.sum(axis=0)}

    def formed(self, out: Array, batch: Batch) -> Any:
        """Return results in the form that the function gave them."""
        return formed(self.result, out, batch.samples, self.is_batched)

    def _outputs(self, batch: Batch) -> Array:
        columns = []
        with no_grad():
            for sample in _samples(batch, self.f):
                result = batch.call(self.f, sample)
                self.result = result if self.result is None else self.result
                columns.append([x._primal if isinstance(x, Value) else x for x in results(self.name, result)])
        return np.array(columns).T

    def _gradients(self, batch: Batch, weights: Array) -> tuple[float, Array]:
        """Return the weighted sum of the results, and the derivatives of each term by the parameters."""
        total = 0.0
        found: list[dict[Any, Any]] = []
        for sample, weight in zip(_samples(batch, self.f), weights.tolist(), strict=True):
            start = next_stamp()
            with set_recording(True):
                result = batch.call(self.f, sample)
            (out, *others) = results(self.name, result)
            if others or isinstance(result, list | tuple | dict):
                raise NotAScalarError(f"a gradient is of one number, but {self.name} returns several for a sample")
            total += weight * (out._primal if isinstance(out, Value) else out)
            of_leaves = adjoints({out: weight}).of_leaves if isinstance(out, Value) else {}
            captured = {leaf: g for leaf, g in of_leaves.items() if leaf.is_older_than(start)}
            for leaf in sorted(captured, key=attrgetter("birth")):
                self.parameters.setdefault(leaf, Parameter(len(self.parameters)))  # type: ignore[arg-type]
            found.append(captured)
        rows = np.zeros((len(found), len(self.parameters)))
        for row, derivatives in zip(rows, found, strict=True):
            for leaf, g in derivatives.items():
                row[self.parameters[leaf].position] = g
        return total, rows


def _samples(batch: Batch, f: Callable[..., Any]) -> Iterator[list[Any]]:
    """Yield the arguments of each sample, as numbers and lists."""
    arrays = list(zip(batch.arrays, batch.names(f), strict=True))
    for i in range(batch.samples):
        yield [nested(x[i].ravel().tolist(), x.shape[1:], name) if x.ndim else x.item() for x, name in arrays]
