"""jacobian, hessian, hvp, vjp, jvp and what records them, on arrays: against formulas found by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import (
    ArgumentError,
    DisconnectedWarning,
    NotANumberError,
    NotAScalarError,
    SizeError,
    Tensor,
    Value,
    elementwise_grad,
    grad,
    gradcheck,
    hessian,
    hessian_vector_product,
    hvp,
    jacobian,
    jvp,
    make_jvp,
    make_vjp,
    no_grad,
    vjp,
)
from autograd.tape import Tape
from autograd.variable import primal

Function = Callable[..., Any]

each_mode = pytest.mark.parametrize("mode", ["forward", "reverse"])
rng = np.random.default_rng(0)
A = rng.normal(size=(3, 3))
B = rng.normal(size=(3, 3))
C = rng.normal(size=(3, 3))
X = rng.normal(size=(3, 3))


def close(found: Any, expected: Any, rtol: float = 1e-12) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-13)


# jacobian ---------------------------------------------------------------------------------------------------------


@each_mode
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,), (2, 0)], ids=str)
@pytest.mark.parametrize("out", [(), (1,), (2,), (2, 2), (0,), (0, 3)], ids=str)
def test_a_jacobian_has_the_shape_of_the_output_and_then_that_of_the_input(mode: Any, shape: Any, out: Any) -> None:
    weights = rng.normal(size=(*out, *shape))
    x = rng.normal(size=shape)
    found = jacobian(lambda x: np.sum(np.reshape(weights * x**2, (*out, np.size(x))), axis=-1), mode=mode)(x)
    close(found, 2 * weights * x)


@each_mode
def test_nothing_by_something_and_something_by_nothing_are_empty(mode: Any) -> None:
    assert jacobian(lambda x: x[:0], mode=mode)(np.ones(3)).shape == (0, 3)
    assert jacobian(lambda x: np.sum(x) * np.ones(2), mode=mode)(np.ones((0, 4))).shape == (2, 0, 4)
    assert jacobian(lambda x: x, mode=mode)(np.zeros((0, 2), np.float32)).dtype == np.float32


@each_mode
def test_of_a_number_and_by_a_number_there_are_no_axes(mode: Any) -> None:
    slope = jacobian(lambda x: x**3, mode=mode)(2.0)
    assert (slope, type(slope)) == (12.0, float)
    close(jacobian(lambda x: x * np.array([1.0, 2.0]), mode=mode)(5.0), [1.0, 2.0])
    close(jacobian(lambda x: np.sum(x**2), mode=mode)(np.array([1.0, 2.0])), [2.0, 4.0])
    assert jacobian(lambda x: x**3, mode=mode)(np.array(2.0)) == 12.0


@each_mode
def test_a_jacobian_is_that_of_the_formula(mode: Any) -> None:
    identity = np.eye(3)
    close(jacobian(lambda x: A @ x @ B, mode=mode)(X), np.einsum("ik,lj->ijkl", A, B))
    close(
        jacobian(lambda x: x @ x, mode=mode)(X),
        np.einsum("ik,lj->ijkl", identity, X) + np.einsum("ik,jl->ijkl", X, identity),
    )
    inverse = np.linalg.inv(X)
    close(jacobian(np.linalg.inv, mode=mode)(X), -np.einsum("ik,lj->ijkl", inverse, inverse), rtol=1e-10)

    def softmax(x: Any) -> Any:
        e = np.exp(x)
        return e / np.sum(e)

    p = softmax(X[0])
    close(jacobian(softmax, mode=mode)(X[0]), np.diag(p) - np.outer(p, p))


@each_mode
@pytest.mark.parametrize("out", [np.float32, np.float64])
def test_a_jacobian_has_the_type_of_the_input(mode: Any, out: Any) -> None:
    x = np.ones(2, np.float32)
    assert jacobian(lambda x: (x * x).astype(out), mode=mode)(x).dtype == np.float32
    assert jacobian(lambda x: x.astype(out) * x.astype(out), mode=mode)(np.ones(2)).dtype == np.float64
    assert jacobian(lambda x: x * np.ones(2, out), mode=mode)(2.0).dtype == np.float64
    assert jacobian(lambda x: x * x, mode=mode)(np.array([1, 2])).dtype == np.float64


@each_mode
def test_an_output_that_is_constant_has_a_jacobian_of_zeros_of_the_inputs_type(mode: Any) -> None:
    def f(x: Any) -> Any:
        return np.sum(x), np.array([1, 2]), 3

    _, of_array, of_number = jacobian(f, mode=mode)(np.ones(2, np.float32))
    assert (of_array.dtype, of_array.tolist()) == (np.float32, [[0, 0], [0, 0]])
    assert (of_number.dtype, of_number.tolist()) == (np.float32, [0, 0])
    found = jacobian(lambda x: (x, 3), mode=mode)(2.0)
    assert [(slope, type(slope)) for slope in found] == [(1.0, float), (0.0, float)]


@pytest.mark.parametrize(("inputs", "outputs", "pulls", "pushes"), [(7, 2, 2, 0), (2, 7, 0, 2), (3, 3, 3, 0)])
def test_the_cheaper_mode_is_chosen(
    inputs: int, outputs: int, pulls: int, pushes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = {"pull": 0, "push": 0}

    def counted(name: str) -> Function:
        walk = getattr(Tape, name)

        def count(self: Tape, *args: Any) -> Any:
            walks[name] += 1
            return walk(self, *args)

        return count

    for name in walks:
        monkeypatch.setattr(Tape, name, counted(name))
    matrix = rng.normal(size=(outputs, inputs))
    close(jacobian(lambda x: matrix @ x)(np.ones(inputs)), matrix)
    assert walks == {"pull": pulls, "push": pushes}


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_the_function_is_run_once_whatever_the_size(mode: Any) -> None:
    runs = []

    def f(x: Any) -> Any:
        runs.append(x)
        return np.tanh(A @ x)

    jacobian(f, mode=mode)(np.ones(3))
    assert len(runs) == 1


def test_another_mode_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'auto', 'forward' or 'reverse', not 'sideways'"):
        jacobian(np.sin, mode="sideways")  # type: ignore[arg-type]


def test_a_result_that_does_not_depend_on_an_argument_is_warned_about() -> None:
    with pytest.warns(DisconnectedWarning, match="does not depend on its argument 1"):
        found = jacobian(lambda x, y: x * x, (0, 1))(np.ones(2), np.ones(3))
    assert found[1].tolist() == np.zeros((2, 3)).tolist()


# hessian and hvp --------------------------------------------------------------------------------------------------


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def test_the_hessian_of_rosenbrock_is_exact() -> None:
    def by_hand(x: Any) -> Any:
        inner = 1200.0 * x**2 - 400.0 * np.append(x[1:], 0.0) + 202.0
        inner[0] -= 200.0
        inner[-1] = 200.0
        return np.diag(inner) + np.diag(-400.0 * x[:-1], 1) + np.diag(-400.0 * x[:-1], -1)

    x = np.array([-2.0, 1.0, 3.0, 5.0, -7.0])
    assert (hessian(rosenbrock)(x) == by_hand(x)).all()
    assert (np.stack([hvp(rosenbrock)(x, unit) for unit in np.eye(5)]) == by_hand(x)).all()


def test_a_hessian_has_the_shape_of_the_input_twice() -> None:
    found = hessian(lambda x: np.sum((A @ x) ** 2))(X)
    close(found, 2 * np.einsum("ik,jl->ijkl", A.T @ A, np.eye(3)))
    assert hessian(lambda x: np.sum(x**2))(np.zeros((0, 2))).shape == (0, 2, 0, 2)
    assert hessian(lambda x: x * x)(np.array([3.0])).tolist() == [[2.0]]
    assert hessian(lambda x: np.sum(x**2))(np.ones(2, np.float32)).dtype == np.float32


def test_the_hessian_of_logsumexp_is_that_of_the_formula() -> None:
    x = X[0]
    p = np.exp(x) / np.exp(x).sum()
    v = X[1]
    close(hessian(lambda x: np.log(np.sum(np.exp(x))))(x), np.diag(p) - np.outer(p, p))
    close(hvp(lambda x: np.log(np.sum(np.exp(x))))(x, v), p * v - p * (p @ v))


@pytest.mark.parametrize("of", [hessian, lambda f: lambda x: hvp(f)(x, np.ones(3))], ids=["hessian", "hvp"])
def test_a_second_derivative_of_zero_is_no_reason_to_warn(of: Function) -> None:
    assert not np.any(of(lambda x: np.sum(A @ x))(np.ones(3)))


def test_hvp_by_several_arguments_takes_a_tuple() -> None:
    found = hvp(lambda a, b: np.sum(a * b**2), (0, 1))(np.array([1.0, 2.0]), 3.0, (np.array([1.0, 0.0]), 10.0))
    close(found[0], [60.0, 60.0])
    assert found[1] == pytest.approx(6.0 + 60.0)


def test_hvp_without_a_vector_is_refused() -> None:
    with pytest.raises(ArgumentError, match="takes a vector behind the arguments"):
        hvp(rosenbrock)()
    with pytest.raises(SizeError, match=r"vector of hvp must have the shape .*\(2,\), not \(3,\)"):
        hvp(rosenbrock)(np.ones(2), np.ones(3))


def test_hessian_vector_product_is_another_name() -> None:
    assert hessian_vector_product is hvp


@pytest.mark.parametrize("of", [hessian, lambda f: lambda x: hvp(f)(x, x)], ids=["hessian", "hvp"])
def test_a_function_of_more_than_one_number_has_no_hessian(of: Function) -> None:
    with pytest.raises(NotAScalarError, match="must return one number"):
        of(np.sin)(np.ones(2))


# vjp and jvp ------------------------------------------------------------------------------------------------------


def test_vjp_and_jvp_are_products_with_the_jacobian_on_either_side() -> None:
    g, v = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    value, pull = vjp(lambda x: A @ x @ x, X)
    close(value, A @ X @ X)
    close(pull(g)[0], A.T @ g @ X.T + (A @ X).T @ g)
    value, tangent = jvp(lambda x: A @ x @ x, (X,), (v,))
    close(value, A @ X @ X)
    close(tangent, A @ (v @ X + X @ v))


def test_a_recorded_function_is_run_once_and_walked_many_times() -> None:
    runs = []

    def f(x: Any, y: Any) -> Any:
        runs.append(x)
        return x * y**2

    pull, value = make_vjp(f, (0, 1))(X, 2.0)
    along = make_jvp(f, (0, 1))(X, 2.0)
    close(value, 4 * X)
    for g in (np.ones((3, 3)), A):
        by_x, by_y = pull(g)
        close(by_x, 4 * g)
        assert by_y == pytest.approx(4 * np.sum(g * X))
        close(along((g, 10.0))[1], 4 * g + 40 * X)
    assert len(runs) == 2


def test_what_comes_back_may_be_written_to_without_harm() -> None:
    seed, x = np.ones(3), np.ones(3)
    value, pull = vjp(lambda x: x, x)
    value[0] = 5.0
    pull(seed)[0][0] = 7.0
    assert seed.tolist() == x.tolist() == pull(seed)[0].tolist() == [1.0, 1.0, 1.0]
    along = make_jvp(lambda x: x * x)(x)
    for part in along(seed):
        part[:] = 9.0
    assert [part.tolist() for part in along(seed)] == [[1.0] * 3, [2.0] * 3]


def test_a_result_that_stands_twice_has_the_sum_of_its_seeds() -> None:
    _, pull = vjp(lambda x: (x, x, x + 0.0), np.ones(2))
    close(pull((np.array([1.0, 2.0]), np.array([10.0, 20.0]), np.array([100.0, 200.0])))[0], [111.0, 222.0])


def test_float32_stays_float32() -> None:
    x = np.ones(2, np.float32)
    value, pull = vjp(lambda x: np.tanh(x) * 2.0, x)
    assert (value.dtype, pull(x)[0].dtype) == (np.float32, np.float32)
    assert [part.dtype for part in jvp(lambda x: np.tanh(x) * 2.0, (x,), (np.ones(2),))] == [np.float32] * 2
    assert elementwise_grad(np.tanh)(x).dtype == grad(lambda x: np.sum(x**2))(x).dtype == np.float32


@pytest.mark.parametrize("x", [np.array(3.0), np.float64(3.0), 3, 3.0])
def test_numbers_of_every_kind_are_numbers(x: Any) -> None:
    assert jvp(lambda x: x * x, (x,), (1,)) == (9.0, 6.0)
    value, pull = vjp(lambda x: x * x, x)
    assert (value, pull(2.0)[0]) == (9.0, 12.0)
    assert hessian(lambda x: x**3)(x) == hvp(lambda x: x**3)(x, 1.0) == 18.0


def test_numbers_come_back_as_floats() -> None:
    x, v = np.array([1.0, 2.0]), np.ones(2)
    assert type(hvp(lambda p: np.sum(p[0] * p[1] ** 2))([x, 3.0], [v, 1.0])[1]) is float
    assert type(jvp(lambda s: s * s, (2,), (np.float64(1.0),))[1]) is float


@pytest.mark.parametrize("seed", [np.ones(2), 1.0, np.ones((3, 1))])
def test_a_seed_or_tangent_of_another_shape_is_not_broadcast(seed: Any) -> None:
    with pytest.raises(SizeError, match=r"the seed of vjp must have the shape .*\(3,\)"):
        vjp(np.sin, np.ones(3))[1](seed)
    with pytest.raises(SizeError, match=r"tangent 0 of jvp must have the shape .*\(3,\)"):
        jvp(np.sin, (np.ones(3),), (seed,))
    with pytest.raises(SizeError, match=r"the seed of vjp must have the shape .*\(3,\)"):
        vjp(np.sin, np.ones(3))[1](Tensor(seed))


@pytest.mark.parametrize("x", [np.array([1j]), np.array(["x"]), np.array([None])])
def test_arrays_of_no_real_numbers_are_refused(x: Any) -> None:
    for differentiate in (jacobian(np.sum), hessian(np.sum), grad(np.sum), make_vjp(np.sum), make_jvp(np.sum)):
        with pytest.raises(NotANumberError, match=r"argument 0 of (grad\(sum\)|sum) must be"):
            differentiate(x)


# Nesting ----------------------------------------------------------------------------------------------------------

FIRST: dict[str, Function] = {
    "forward": lambda f: jacobian(f, mode="forward"),
    "reverse": lambda f: jacobian(f, mode="reverse"),
}


@pytest.mark.parametrize("modes", [*itertools.product(FIRST, repeat=3)], ids="-".join)
def test_third_derivatives_through_matmul_agree_in_every_mix_of_modes(modes: tuple[str, ...]) -> None:
    def f(x: Any) -> Any:  # tr(A x B x C x)
        return np.trace(A @ x @ B @ x @ C @ x)

    # Linear in each of three places, so the third derivative is the sum over the 6 orders in which E_ij, E_kl, E_mn
    # stand in them; tr(A E_ij B E_kl C E_mn) = A_ni B_jk C_lm.
    term = np.einsum("ni,jk,lm->ijklmn", A, B, C).reshape(9, 9, 9)
    expected = sum(term.transpose(order) for order in itertools.permutations(range(3)))
    derivative: Function = f
    for mode in modes:
        derivative = FIRST[mode](derivative)
    close(derivative(X), np.reshape(expected, (3,) * 6))


def forward_grad(f: Function) -> Function:
    return jacobian(f, mode="forward")


each_pair = pytest.mark.parametrize(
    ("d", "inner"),
    [
        pytest.param(*pair, id="-over-".join(x.__name__ for x in pair))
        for pair in itertools.product((grad, forward_grad), repeat=2)
    ],
)
V = np.array([2.0, -3.0])


@each_pair
def test_an_inner_derivative_does_not_see_the_outer_variable(d: Function, inner: Function) -> None:
    assert d(lambda x: x * inner(lambda y: x + y)(1.0))(5.0) == 1.0
    close(d(lambda x: np.sum(x * inner(lambda y: np.sum(x + y))(np.ones(2))))(V), [1.0, 1.0])
    close(d(lambda x: np.sum(x * inner(lambda y: np.sum(x * y))(np.ones(2))))(V), 2 * V)
    close(d(lambda x: np.sum(x * inner(lambda y: np.sum(x * y**2))(x)))(V), 6 * V**2)  # of 2 x³


@each_pair
def test_three_levels_keep_their_arrays_apart(d: Function, inner: Function) -> None:
    def f(x: Any) -> Any:  # d/dy Σ 3 x y⁴ at y = x: 12 x⁴
        return np.sum(inner(lambda y: np.sum(inner(lambda z: np.sum(x * y**2 * z**3))(y)))(x))

    close(f(V), np.sum(12 * V**4))
    close(d(f)(V), 48 * V**3)


def test_jvp_in_grad_in_jvp() -> None:
    def directional(x: Any) -> Any:  # along x: Σ x · 3x² = 3 Σ x³
        return jvp(lambda y: np.sum(y**3), (x,), (x,))[1]

    value, tangent = jvp(grad(directional), (V,), (np.array([1.0, 10.0]),))
    close(value, 9 * V**2)
    close(tangent, 18 * V * [1.0, 10.0])


def test_a_tangent_that_depends_on_the_outer_variable_is_differentiated() -> None:
    close(grad(lambda x: np.sum(jvp(np.sin, (V,), (x,))[1]))(V), np.cos(V))
    close(grad(lambda x: np.sum(vjp(np.sin, V)[1](x**2)[0]))(V), 2 * V * np.cos(V))
    close(jacobian(lambda x: hvp(lambda y: np.sum(y**3))(V, x), mode="forward")(V), np.diag(6 * V))


def test_a_recorded_function_may_be_walked_inside_a_later_derivative() -> None:
    _, pull = vjp(np.sin, V)
    along = make_jvp(np.sin)(V)
    close(primal(grad(lambda g: np.sum(pull(g)[0] ** 2))(V)), 2 * np.cos(V) ** 2 * V)
    close(primal(grad(lambda t: np.sum(along(t)[1] ** 2))(V)), 2 * np.cos(V) ** 2 * V)


@pytest.mark.parametrize("transform", [jacobian, forward_grad, hessian, elementwise_grad, grad])
def test_a_derivative_that_depends_on_a_tensor_from_outside_is_a_tensor(transform: Function) -> None:
    w = Tensor([1.0, 2.0])
    found = transform(lambda x: np.sum(w**2 * x**3))(V)
    assert isinstance(found, Tensor)
    np.sum(found).backward()
    factor = 6 * V if transform is hessian else 3 * V**2
    close(w.grad, 2 * w.numpy() * factor)


@pytest.mark.parametrize("transform", [jacobian, forward_grad, hessian, grad])
def test_a_derivative_at_a_tensor_is_a_tensor_and_under_no_grad_an_array(transform: Function) -> None:
    x = Tensor(V)
    found = transform(lambda x: np.sum(x**4))(x)
    np.sum(found).backward()
    close(x.grad, 24 * V if transform is hessian else 12 * V**2)
    with no_grad():
        assert isinstance(transform(lambda x: np.sum(x**4))(x), np.ndarray)


def test_values_and_tensors_meet_in_nested_derivatives() -> None:
    a = Value(2.0)
    found = jacobian(lambda x: a**2 * x**2)(V)
    np.sum(found).backward()
    assert a.grad == pytest.approx(4.0 * np.sum(2 * V))
    assert grad(lambda s: np.sum(jacobian(lambda x: s**2 * x**2)(V)))(2.0) == pytest.approx(4.0 * np.sum(2 * V))


def test_a_hessian_may_be_differentiated_again() -> None:
    close(grad(lambda x: np.sum(hessian(lambda y: np.sum(y**4))(x)))(V), 24 * V)
    close(jacobian(hessian(lambda y: np.sum(y**3)))(V), 6 * np.einsum("ij,jk->ijk", np.eye(2), np.eye(2)))
    gradcheck(lambda x: np.sum(hessian(lambda y: np.sum(np.sin(y)) ** 2)(x) ** 2), V, order=1)


def test_an_error_inside_leaves_everything_as_it_was() -> None:
    w = Tensor(V)

    def fails(x: Any) -> Any:
        np.sum(w * x)
        raise RuntimeError("inside")

    for transform in (grad, jacobian, hessian, make_vjp, make_jvp):
        with pytest.raises(RuntimeError, match="inside"):
            transform(fails)(V)
    with no_grad(), pytest.raises(RuntimeError, match="inside"):
        hessian(fails)(V)
    assert (w.grad, w.reached) == (None, 0)
    assert not (w * 2.0).is_leaf
    assert float(Value(1.0)) == 1.0  # outside of any derivative again
