"""Which function does for Tensors what a function of NumPy does for arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autograd.errors import UnsupportedFunctionError, brief

__all__ = ["numpy_function", "numpy_functions", "plain_functions", "refuse_argument", "shape_functions"]

numpy_functions: dict[Callable[..., Any], Callable[..., Any]] = {}
"""NumPy's functions, each with the one that does the same for Tensors; tests walk it."""

plain_functions: set[Callable[..., Any]] = set()
"""NumPy's functions whose result has no derivative (argmax, isnan, shape): applied to the arrays, not recorded."""

Function = TypeVar("Function", bound=Callable[..., Any])


def numpy_function(*originals: Callable[..., Any]) -> Callable[[Function], Function]:
    """Return a decorator: the function does for Tensors what NumPy's ``originals`` do for arrays.

    It gives its parameters NumPy's names. Those that it does not have, such as ``out``, are refused by name.
    """

    def decorate(function: Function) -> Function:
        for original in originals:
            numpy_functions[original] = _with_arguments_of(original, function)
        return function

    return decorate


def _with_arguments_of(original: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` taking the arguments of NumPy's ``original``, in NumPy's order."""
    try:
        signature = inspect.signature(original)
    except ValueError:  # some functions written in C do not tell: concatenate, where, dot, ...
        signature = inspect.signature(function)
    takes = inspect.signature(function).parameters
    in_order = 0
    for ours, theirs in zip(takes, signature.parameters, strict=False):
        if ours != theirs or takes[ours].kind is inspect.Parameter.VAR_POSITIONAL:
            break
        in_order += 1
    if any(p.kind is p.VAR_POSITIONAL for p in takes.values()):
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and len(args) <= in_order:
            return function(*args)
        if len(args) > in_order:
            bound = signature.bind(*args, **kwargs)
            args, kwargs = (), {**bound.arguments, **bound.arguments.pop("kwargs", {})}
        for name in [name for name, value in kwargs.items() if name not in takes or value is np._NoValue]:
            if name not in signature.parameters and "kwargs" not in signature.parameters and name != "out":
                raise TypeError(
                    f"{original.__name__} has no argument {name!r}; of a Tensor it takes {', '.join(takes)}"
                )
            refuse_argument(original, name, kwargs.pop(name))
        return function(*args, **kwargs)

    call.__name__, call.__doc__ = original.__name__, function.__doc__
    return call


def refuse_argument(original: Callable[..., Any], name: str, value: Any) -> None:
    """Refuse an argument of NumPy's that has no meaning here, unless it says nothing."""
    if value is None or value is np._NoValue or (isinstance(value, str | bool) and (name, value) in _DEFAULTS):
        return
    what, cure = f"{name} ({brief(value)})", "leave it out"
    if name == "out":
        what, cure = (
            name,
            "an array written to, by out= or +=, cannot remember how it was made; use what the function returns",
        )
    elif name == "dtype":
        cure = "use astype on the operand"
    raise UnsupportedFunctionError(f"{original.__name__} of a Tensor takes no {what}: {cure}")


_DEFAULTS = {
    ("copy", True),
    ("order", "C"),
    ("order", "K"),
    ("subok", True),
    ("subok", False),
    ("casting", "same_kind"),
    ("writeable", False),
}


_PLAIN = """
    all allclose any argmax argmin argpartition argsort argwhere array2string array_equal array_equiv array_repr
    array_str count_nonzero digitize empty_like equal flatnonzero greater greater_equal imag isclose iscomplex
    iscomplexobj isfinite isin isinf isnan isneginf isposinf isreal isrealobj less less_equal lexsort logical_and
    logical_not logical_or logical_xor may_share_memory nanargmax nanargmin ndim nonzero not_equal ones_like
    result_type searchsorted shape shares_memory signbit size unravel_index zeros_like
"""
plain_functions.update(getattr(np, name) for name in _PLAIN.split())

shape_functions = {
    np.empty_like,
    np.iscomplexobj,
    np.isrealobj,
    np.may_share_memory,
    np.ndim,
    np.ones_like,
    np.result_type,
    np.shape,
    np.shares_memory,
    np.size,
    np.zeros_like,
}
"""Those of the plain functions that look at shapes and types alone, not at the numbers."""
