"""minimize: SciPy's optimizers, given exact derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.containers import leaves, places, rebuild
from autograd.errors import ArgumentError, MissingExtraError
from autograd.functional import one_number, value_and_grad
from autograd.graph import no_grad
from autograd.numbers import number
from autograd.products_of_jacobians import linearized_gradient
from autograd.variable import primal

__all__ = ["minimize"]

WITHOUT_GRADIENT = {"nelder-mead", "powell", "cobyla", "cobyqa"}
WITH_PRODUCTS = {"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"}  # of the Hessian and a vector
WITH_HESSIAN = {"dogleg", "trust-exact"}


def minimize(f: Callable[[Any], Any], x0: Any, *, method: Any = None, **options: Any) -> Any:
    """Find a minimum of ``f`` by ``scipy.optimize.minimize``, which is given the derivatives.

    Parameters
    ----------
    f : callable
        A function of what ``x0`` is, returning one number.
    x0 : number, ndarray, or lists, tuples and dicts of them
        Where to start. Arrays may have any shape.
    method : str or callable, optional
        SciPy's name of the method. Those that use a gradient get it; Newton-CG, trust-ncg, trust-krylov and
        trust-constr get products with the Hessian too, dogleg and trust-exact the Hessian.
    **options
        What else SciPy's function takes: ``bounds``, ``constraints``, ``tol``, ``callback``, ``options``; also ``jac``,
        ``hess`` and ``hessp``, in place of ours. These know of x only as a vector, in which the elements of ``x0``
        stand one behind the other.

    Returns
    -------
    scipy.optimize.OptimizeResult
        Its ``x`` is in the form of ``x0``.

    Raises
    ------
    ArgumentError
        If ``args`` are given: a function of more than x is closed over the rest.
    MissingExtraError
        If SciPy is missing; the extra ``scipy`` brings it.
    NotAScalarError
        If ``f`` does not return one number.
    NotANumberError
        If ``x0`` is not made of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import minimize
    >>> found = minimize(lambda p: (p["a"] - 1.0) ** 2 + np.sum((p["b"] - 2.0) ** 2), {"a": 0.0, "b": np.zeros(2)})
    >>> round(found.x["a"], 6), found.x["b"].round(6)
    (1.0, array([2., 2.]))
    """
    try:
        from scipy import optimize
    except ImportError as error:
        raise MissingExtraError("minimize", "scipy") from error

    if "args" in options:
        raise ArgumentError("minimize takes a function of x alone, without args: lambda x: f(x, ...)")
    points = [_point(x, f"x0{place}") for x, place in zip(leaves(x0), places(x0), strict=True)]
    ends = np.cumsum([np.size(x) for x in points])[:-1]

    def formed(vector: Any) -> Any:
        parts = np.split(np.asarray(vector), ends)
        return rebuild(x0, [_like(x, part) for x, part in zip(points, parts, strict=True)])

    given = {**_derivatives(f, formed, method, options), **options}
    result = optimize.minimize(given.pop("fun"), _flat(points), method=method, **given)
    result.x = formed(result.x)
    return result


def _derivatives(f: Callable[[Any], Any], formed: Callable[[Any], Any], method: Any, options: Any) -> dict[str, Any]:
    """Return what SciPy is given for the method: the function, and such derivatives as the user does not give."""
    kind = method.lower() if isinstance(method, str) else ""
    differentiate = value_and_grad(f)

    def value(vector: Any) -> float:
        with no_grad():
            return one_number(f, primal(f(formed(vector))))

    def value_and_gradient(vector: Any) -> tuple[float, Any]:
        with no_grad():
            value, gradient = differentiate(formed(vector))
        return value, _flat(leaves(gradient))

    @functools.lru_cache(maxsize=1)  # methods ask for many products at one point; its gradient is recorded once
    def products_at(point: tuple[float, ...]) -> Callable[[Any], Any]:
        with no_grad():
            return linearized_gradient(f, 0, [formed(point)], {})

    def product(vector: Any, direction: Any) -> Any:
        with no_grad():
            return _flat(leaves(products_at(tuple(vector))(formed(direction))))

    def matrix(vector: Any) -> Any:
        return np.array([product(vector, unit) for unit in np.eye(len(vector))])

    if kind in WITHOUT_GRADIENT or "jac" in options:
        given: dict[str, Any] = {"fun": value}
    else:
        given = {"fun": value_and_gradient, "jac": True}
    if not options.keys() & {"hess", "hessp"}:
        if kind in WITH_PRODUCTS:
            given["hessp"] = product
        elif kind in WITH_HESSIAN:
            given["hess"] = matrix
    return given


def _point(x: Any, what: str) -> Any:
    x = primal(x)
    return x if isinstance(x, np.ndarray) and x.dtype.kind in "biuf" else number(x, what)


def _flat(parts: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(x) for x in parts]).astype(np.float64) if parts else np.zeros(0)


def _like(x: Any, part: Any) -> Any:
    """Return a part of a vector in the shape and type of ``x``, in float64 for integers."""
    if not isinstance(x, np.ndarray):
        return float(part[0])
    return part.reshape(x.shape).astype(x.dtype if x.dtype.kind == "f" else np.float64)
