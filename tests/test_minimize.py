"""minimize: SciPy's optimizers are given the derivatives that they can use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import ArgumentError, MissingExtraError, NotANumberError, NotAScalarError, Tensor, Value, minimize

optimize = pytest.importorskip("scipy.optimize")

Function = Callable[..., Any]


class Point(NamedTuple):
    x: Any
    y: Any


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


GRADIENT = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
PRODUCTS = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"]
HESSIAN = ["dogleg", "trust-exact"]
NONE = ["Nelder-Mead", "Powell", "COBYLA"]


@pytest.mark.parametrize("method", [None, *GRADIENT, *PRODUCTS, *HESSIAN, *NONE])
def test_every_method_finds_the_minimum(method: Any) -> None:
    target = np.array([1.0, -2.0])  # a convex function, for dogleg takes no other

    def bowl(x: Any) -> Any:
        return np.sum((x - target) ** 4 + 2 * (x - target) ** 2) + np.exp(np.sum((x - target) ** 2))

    found = minimize(bowl, np.array([0.8, -1.1]), method=method, tol=1e-8)
    np.testing.assert_allclose(found.x, target, atol=1e-3)


@pytest.mark.parametrize(
    ("methods", "keys"),
    [
        ([None, *GRADIENT, *[method.lower() for method in GRADIENT]], {"jac"}),
        ([*PRODUCTS, "NEWTON-CG"], {"jac", "hessp"}),
        (HESSIAN, {"jac", "hess"}),
        ([*NONE, "COBYQA", "nelder-mead"], set()),
    ],
)
def test_every_method_is_given_what_it_can_use(methods: Any, keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def spied(fun: Any, x0: Any, method: Any, **rest: Any) -> Any:
        given.clear()
        given.update(rest, fun=fun, x0=x0)
        return optimize.OptimizeResult(x=x0)

    monkeypatch.setattr(optimize, "minimize", spied)
    x, v = np.array([0.5, 2.0]), np.array([1.0, 10.0])
    gradient = [-400 * 0.5 * 1.75 - 2 * 0.5, 200 * 1.75]
    hessian = np.array([[1200 * 0.25 - 400 * 2.0 + 2, -200.0], [-200.0, 200.0]])
    for method in methods:
        minimize(rosenbrock, x, method=method)
        assert given.keys() == {"fun", "x0", *keys}
        value = given["fun"](x)
        if "jac" in keys:
            value, slope = value
            np.testing.assert_allclose(slope, gradient)
        assert value == pytest.approx(100 * 1.75**2 + 0.25)
        if "hessp" in keys:
            np.testing.assert_allclose(given["hessp"](x, v), hessian @ v)
            np.testing.assert_allclose(given["hessp"](2 * x, v)[1], -400.0 + 2000.0)
        if "hess" in keys:
            np.testing.assert_allclose(given["hess"](x), hessian)


def test_the_gradient_is_exact_so_few_evaluations_are_needed() -> None:
    x0 = np.full(20, 1.2)
    exact = minimize(rosenbrock, x0, method="BFGS")
    by_differences = optimize.minimize(rosenbrock, x0, method="BFGS")
    assert exact.nfev * 10 < by_differences.nfev
    assert exact.fun < 1e-10


@pytest.mark.parametrize(
    ("x0", "kind"),
    [(3.0, float), (3, float), (np.float64(3.0), float), (Value(3.0), float), (np.array(3.0), np.ndarray)],
)
def test_a_number_comes_back_as_a_number(x0: Any, kind: type) -> None:
    found = minimize(lambda x: (x - 1.5) ** 2, x0)
    assert isinstance(found.x, kind)
    assert np.shape(found.x) == ()
    assert found.x == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("x0", "dtype"),
    [
        (np.zeros((2, 3)), np.float64),
        (np.zeros((2, 3), int), np.float64),
        (np.zeros((2, 3), np.float32), np.float32),
        (Tensor(np.zeros((2, 3))), np.float64),
    ],
)
def test_an_array_comes_back_in_its_shape_and_type(x0: Any, dtype: Any) -> None:
    target = np.arange(6.0).reshape(2, 3)
    found = minimize(lambda x: np.sum((x - target) ** 2), x0)
    assert found.x.dtype == dtype
    np.testing.assert_allclose(found.x, target, atol=1e-4)


@pytest.mark.parametrize("method", ["BFGS", "trust-exact", "trust-ncg", "Powell"])
def test_a_container_comes_back_in_its_form(method: str) -> None:
    target = np.array([[1.0, -2.0]])

    def f(p: Any) -> Any:
        return (p["a"].x - 3) ** 2 + np.sum((p["b"][0] - target) ** 2) + (p["a"].y - p["a"].x) ** 2

    found = minimize(f, {"a": Point(0.0, 1), "b": [np.zeros((1, 2))]}, method=method)
    assert type(found.x["a"]) is Point
    assert type(found.x["a"].y) is float
    assert [found.x["a"].x, found.x["a"].y] == pytest.approx([3.0, 3.0], abs=1e-4)
    np.testing.assert_allclose(found.x["b"][0], target, atol=1e-4)


def test_scipys_own_options_pass_through() -> None:
    seen: list[Any] = []
    found = minimize(
        rosenbrock,
        np.array([0.1, 0.2]),
        method="L-BFGS-B",
        bounds=[(0.0, 0.5), (None, None)],
        callback=lambda x: seen.append(np.copy(x)),
        options={"maxiter": 100},
        tol=1e-12,
    )
    np.testing.assert_allclose(found.x, [0.5, 0.25], atol=1e-6)
    assert len(seen) == found.nit


def test_constraints_pass_through() -> None:
    on_a_line = {"type": "eq", "fun": lambda x: x[0] + x[1] - 1.0}
    found = minimize(lambda x: np.sum(x**2), np.array([3.0, 0.0]), method="SLSQP", constraints=on_a_line)
    np.testing.assert_allclose(found.x, [0.5, 0.5], atol=1e-7)


def test_derivatives_that_the_user_gives_are_used_in_place_of_ours() -> None:
    calls: list[str] = []

    def jac(x: Any) -> Any:
        calls.append("jac")
        return 2 * (x - 1)

    def hess(x: Any) -> Any:
        calls.append("hess")
        return 2 * np.eye(2)

    found = minimize(lambda x: np.sum((x - 1) ** 2), np.zeros(2), method="trust-exact", jac=jac, hess=hess)
    np.testing.assert_allclose(found.x, [1.0, 1.0])
    assert {"jac", "hess"} == set(calls)
    assert minimize(lambda x: (x - 1) ** 2, 3.0, jac="2-point").x == pytest.approx(1.0, abs=1e-5)


def test_a_method_may_be_a_function() -> None:
    def newton(fun: Any, x0: Any, args: Any = (), jac: Any = None, **rest: Any) -> Any:
        return optimize.OptimizeResult(x=x0 - jac(x0) / 2, fun=fun(x0))

    assert minimize(lambda x: (x - 1) ** 2, 3.0, method=newton).x == 1.0


def test_nothing_is_recorded_on_tensors_that_the_function_uses() -> None:
    w = Tensor([1.0, 2.0])
    found = minimize(lambda x: np.sum((x - w) ** 2), np.zeros(2), method="Newton-CG")
    np.testing.assert_allclose(found.x, [1.0, 2.0], atol=1e-6)
    assert isinstance(found.fun, float)
    assert (w.grad, w.reached) == (None, 0)


def test_x0_is_not_written_to() -> None:
    x0 = np.zeros(2)
    minimize(rosenbrock, x0)
    assert x0.tolist() == [0.0, 0.0]


def test_arguments_beside_x_are_refused_with_a_cure() -> None:
    with pytest.raises(ArgumentError, match=r"a function of x alone, without args: lambda x: f\(x, \.\.\.\)"):
        minimize(lambda x, a: (x - a) ** 2, 0.0, args=(1.0,))


@pytest.mark.parametrize("method", ["BFGS", "Powell", "trust-exact"])
def test_a_function_of_several_numbers_is_refused(method: str) -> None:
    with pytest.raises(NotAScalarError, match="must return one number"):
        minimize(lambda x: x**2, np.ones(2), method=method)


def test_a_start_that_is_no_number_is_refused_at_its_place() -> None:
    with pytest.raises(NotANumberError, match=r"x0\['a'\]\[1\] must be one real number, not str"):
        minimize(lambda p: p["a"][0], {"a": [1.0, "x"]})


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(
        MissingExtraError, match=r"minimize needs an optional dependency: pip install 'glassgrad\[scipy\]'"
    ):
        minimize(rosenbrock, np.zeros(2))
