"""NumPy's protocols: np.sin(t), ndarray * t, np.concatenate([t, x]) arrive here, and find their row."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.arrays.conditions import recorded_plain
from autograd.arrays.dispatch import numpy_functions, plain_functions, refuse_argument, shape_functions
from autograd.errors import UnsupportedFunctionError
from autograd.rows import registry
from autograd.tracing import tracing
from autograd.variable import Variable

__all__ = ["call_function", "call_ufunc", "ufunc_rows"]


def _ufunc_rows() -> dict[np.ufunc, Callable[..., Any]]:
    found: dict[np.ufunc, Callable[..., Any]] = {}
    for row in registry.values():
        for name in (row.name, *row.aliases):
            ufunc = getattr(np, name, None)
            if isinstance(ufunc, np.ufunc):
                found[ufunc] = row
    return found


ufunc_rows = _ufunc_rows()
"""NumPy's elementwise functions, each with its row."""

_rows_by_name = {name: row for row in registry.values() for name in (row.name, *row.aliases)}


def _row_of(ufunc: np.ufunc) -> Any:
    """Return the row of a ufunc, or None; those of SciPy, such as expit, are known by name."""
    found = ufunc_rows.get(ufunc)
    return _rows_by_name.get(ufunc.__name__) if found is None else found


def call_ufunc(ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Do for Tensors what ``ufunc``, or a method of it such as ``reduce``, does for arrays."""
    row = _row_of(ufunc)
    if row is not None and method in ("__call__", "outer"):
        _refuse_arguments(ufunc, kwargs)
        if method == "outer":
            a, b = inputs
            return row(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
        return row(*inputs)
    if method == "__call__":
        if ufunc in numpy_functions:  # matmul and its kin
            return numpy_functions[ufunc](*inputs, **kwargs)
        if ufunc in plain_functions:
            return _without_derivative(ufunc, inputs, kwargs)
        raise _unsupported(ufunc.__name__, "np." if getattr(np, ufunc.__name__, None) is ufunc else "")
    name = _REDUCTIONS.get((ufunc.__name__, method))
    if name is None:
        raise _unsupported(f"{ufunc.__name__}.{method}")
    return numpy_functions[getattr(np, name)](*inputs, **{"axis": 0, **kwargs})


_REDUCTIONS = {
    ("add", "reduce"): "sum",
    ("multiply", "reduce"): "prod",
    ("maximum", "reduce"): "max",
    ("minimum", "reduce"): "min",
    ("add", "accumulate"): "cumsum",
    ("multiply", "accumulate"): "cumprod",
}


def _refuse_arguments(ufunc: np.ufunc, kwargs: Mapping[str, Any]) -> None:
    for name, value in kwargs.items():
        if name == "where" and value is not True:
            raise UnsupportedFunctionError(
                f"{ufunc.__name__} of a Tensor takes no where: elements left out would have no value. Use np.where "
                "on the result."
            )
        if name != "where":
            refuse_argument(ufunc, name, value)


def call_function(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Do for Tensors what NumPy's ``function`` does for arrays."""
    ours = numpy_functions.get(function)
    if ours is not None:
        return ours(*args, **kwargs)
    if function in plain_functions:
        return _without_derivative(function, args, kwargs)
    raise _unsupported(_full_name(function))


def _without_derivative(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    found = function(*plain(args), **plain(kwargs))
    trace = tracing()
    if trace is None or function in shape_functions:
        return found
    return recorded_plain(function, args, kwargs, found, trace)


def plain(x: Any) -> Any:
    """Return ``x`` with arrays in place of Tensors, in nested lists, tuples and dicts too."""
    if isinstance(x, Variable):
        return x._primal
    if isinstance(x, list | tuple):
        return type(x)(map(plain, x))
    return {key: plain(value) for key, value in x.items()} if isinstance(x, dict) else x


def _unsupported(name: str, module: str = "np.") -> UnsupportedFunctionError:
    known = {full.rpartition(".")[2]: full for full in map(_full_name, [*ufunc_rows, *numpy_functions])}
    near = difflib.get_close_matches(name.rpartition(".")[2], known, n=3, cutoff=0.6)
    hint = f"; the nearest that have one: {', '.join(f'np.{known[n]}' for n in near)}" if near else ""
    return UnsupportedFunctionError(
        f"{module}{name} of a Tensor has no derivative here{hint}. Write it with functions that have one, add it by "
        "autograd.array_row, or take t.numpy() if no derivative is wanted"
    )


def _full_name(function: Any) -> str:
    """Return the name of a function of NumPy, as it is written behind ``np.``."""
    module = (getattr(function, "__module__", None) or "").removeprefix("numpy").lstrip(".")
    return f"{module}.{function.__name__}" if module else str(function.__name__)
