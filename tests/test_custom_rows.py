"""A row that a user adds by `elementwise` or `array_row`: it works everywhere, and what is wrong is said by name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    GradcheckError,
    NotANumberError,
    Primitive,
    SizeError,
    Tensor,
    UnsupportedFunctionError,
    Value,
    array_row,
    check_grads,
    checkpoint,
    draw,
    elementwise,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    jvp,
    registry,
    vjp,
)


@pytest.fixture
def own_row() -> Iterator[Callable[..., Primitive]]:
    """`elementwise`, with the rows it adds taken out of the registry afterwards."""
    before = set(registry)
    yield elementwise
    for name in set(registry) - before:
        del registry[name]


def test_a_users_row_composed_of_rows_works_everywhere(own_row: Callable[..., Primitive]) -> None:
    hill = own_row("hill", lambda x, k: x**k / (1 + x**k), lambda y, x, k: (k * y * (1 - y) / x,), k=2.0, domain=(1, 2))
    assert hill(1.0) == 0.5
    assert grad(hill)(1.0) == 0.5
    assert grad(grad(hill))(1.0) == pytest.approx(-0.5)  # of x²/(1+x²): (2-6x²)/(1+x²)³
    assert jvp(hill, (1.0,), (3.0,)) == (0.5, 1.5)
    assert hill(np.array([1.0, 2.0])) == pytest.approx([0.5, 0.8])
    gradcheck(lambda x: hill(x, 3.0), 1.25, order=3)
    x = Value(1.0, name="x")
    assert [edge.formula for edge in hill(x).edges] == ["∂out/∂x = 2·out·(1 - out)/x".replace("·", "*")]


def test_a_users_row_of_two_operands_with_its_own_scalar_works_everywhere(own_row: Callable[..., Primitive]) -> None:
    row = own_row(
        "twice_larger",
        lambda a, b: 2 * np.fmax(a, b),
        lambda y, a, b: (autograd.where(a > b, 2.0, 0.0), autograd.where(a > b, 0.0, 2.0)),
        scalar=lambda a, b: 2.0 * max(a, b),
    )
    a, b = Value(3.0), Value(1.0)
    out = row(a, b)
    out.backward()
    assert (out.data, a.grad, b.grad) == (6.0, 2.0, 0.0)
    gradcheck(row, 3.0, 1.0)


def test_a_users_wrong_row_is_found_by_name(own_row: Callable[..., Primitive]) -> None:
    wrong = own_row("wrong_cube", lambda x: x * x * x, lambda y, x: (2 * x * x,))
    with pytest.raises(GradcheckError, match="the rule of 'wrong_cube' is wrong for operand 0"):
        gradcheck(lambda x: autograd.sin(wrong(x)), 1.5)


@pytest.mark.parametrize(
    ("name", "message"),
    [("tanh", "'tanh' is a row of the table"), ("two words", "must be a Python identifier, not 'two words'")],
)
def test_a_users_row_needs_a_new_name_that_is_an_identifier(
    own_row: Callable[..., Primitive], name: str, message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        own_row(name, lambda x: x, lambda y, x: (1.0,))


@pytest.mark.parametrize("partials", [lambda y, x, z: (z,), lambda y, x, z: (z, x, 1.0), lambda y, x, z: x * z])
def test_a_users_row_needs_one_partial_for_each_operand(own_row: Callable[..., Primitive], partials: Any) -> None:
    lopsided = own_row("lopsided_product", lambda x, z: x * z, partials)
    with pytest.raises(ArgumentError, match="a tuple with one expression for each of its 2 operands"):
        lopsided(Value(2.0), Value(3.0))
    with pytest.raises(ArgumentError, match="a tuple with one expression for each of its 2 operands"):
        np.sum(lopsided(Tensor([2.0]), 3.0)).backward()


@pytest.mark.parametrize("name", ["recording", "new", "y", "x0", "node", "Value", "lambda_", "inputs"])
def test_a_users_row_and_its_settings_may_have_any_name(own_row: Callable[..., Primitive], name: str) -> None:
    row = own_row(name, np.sin, lambda y, x, n0: (n0 * autograd.cos(x),), scalar=lambda x, n0: n0 * math.sin(x), n0=2.0)
    assert row(Value(0.5)).data == row(0.5) == 2.0 * math.sin(0.5)
    assert row(Value(0.5), n0=3.0).data == 3.0 * math.sin(0.5)
    assert grad(lambda x: row(x, n0=3.0))(0.5) == 3.0 * math.cos(0.5)


@pytest.mark.filterwarnings("error")
def test_a_users_row_of_a_ufunc_alone_gives_floats(own_row: Callable[..., Primitive]) -> None:
    row = own_row("own_log", np.log, lambda y, x: (1 / x,))
    assert type(row(Value(2.0)).data) is type(row(2.0)) is float
    assert row(Value(0.0)).data == row(0.0) == -math.inf
    assert grad(lambda x: autograd.exp(row(x)))(2.0) == pytest.approx(1.0)


def test_a_row_defined_again_leaves_those_made_of_the_first_as_they_were(own_row: Callable[..., Primitive]) -> None:
    first = own_row("again", np.sin, lambda y, x: (autograd.cos(x),), scalar=math.sin)
    twice = own_row("twice_again", lambda x: 2 * first(x), lambda y, x: (2 * autograd.cos(x),))
    own_row("again", np.cos, lambda y, x: (-autograd.sin(x),), scalar=math.cos)
    assert twice(Value(0.5)).data == twice(0.5) == 2 * math.sin(0.5)


def test_a_users_row_without_an_operand_is_refused(own_row: Callable[..., Primitive]) -> None:
    with pytest.raises(ArgumentError, match="must take the output and at least one operand"):
        own_row("nothing", lambda: 1.0, lambda y: ())


def test_a_users_partial_with_an_if_is_told_to_use_where(own_row: Callable[..., Primitive]) -> None:
    branching = own_row("branching", lambda x: x, lambda y, x: (1.0 if x > 0 else 2.0,))
    with pytest.raises(
        ArgumentError, match=r"row 'branching' must be made of .* write where\(condition, a, b\), not if"
    ):
        branching(Value(1.0))


# Rows for whole arrays --------------------------------------------------------------------------------------------

pytestmark = pytest.mark.usefixtures("own_rows_removed")
Function = Callable[..., Any]
X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
V = np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]])


def square_rows(name: str = "square_rows", factor: float = 2.0) -> Any:
    """Σ_j x_ij² of each row i; the transpose gives 2 g_i x_ij."""
    return array_row(name, lambda x: np.sum(x * x, axis=1), [lambda g, y, x: factor * g[:, None] * x])


def scaled(factors: tuple[float, float] = (1.0, 1.0)) -> Any:
    """x * s, where s may be broadcast."""
    a, b = factors
    return array_row("scaled", np.multiply, [lambda g, y, x, s: a * g * s, lambda g, y, x, s: b * g * x])


def test_one_call_adds_a_row_that_every_transform_knows() -> None:
    row = square_rows()

    def f(x: Any) -> Any:  # Σ_i r_i², r_i = Σ_j x_ij²
        return np.sum(row(x) ** 2)

    r = np.sum(X**2, axis=1)
    gradient = 4 * r[:, None] * X
    product = 4 * r[:, None] * V + 8 * np.sum(X * V, axis=1)[:, None] * X
    jacobian_of_row = 2 * np.einsum("ai,ij->aij", np.eye(2), X)
    np.testing.assert_allclose(row(X), r)
    np.testing.assert_allclose(grad(f)(X), gradient)
    np.testing.assert_allclose(grad(checkpoint(f))(X), gradient)
    np.testing.assert_allclose(hvp(f)(X, V), product)
    np.testing.assert_allclose(hvp(checkpoint(f))(X, V), product)
    np.testing.assert_allclose(np.tensordot(hessian(f)(X), V, 2), product)
    for mode in ("forward", "reverse"):
        np.testing.assert_allclose(jacobian(row, mode=mode)(X), jacobian_of_row)  # type: ignore[arg-type]
    np.testing.assert_allclose(jvp(row, (X,), (V,))[1], 2 * np.sum(X * V, axis=1))
    np.testing.assert_allclose(vjp(row, X)[1](np.array([1.0, 10.0]))[0], 2 * np.array([[1.0], [10.0]]) * X)
    gradcheck(f, X)
    check_grads(row, order=3)(X)


def test_a_row_is_drawn_with_its_name_or_symbol() -> None:
    plain, signed = (
        square_rows(),
        array_row("norm2", lambda x: np.sum(x * x), [lambda g, y, x: 2 * g * x], symbol="‖·‖²"),
    )
    assert "square_rows" in draw(np.sum(plain(Tensor(X)))).to_string()
    assert "‖·‖²" in draw(signed(Tensor(X))).to_string()
    assert plain(Tensor(X, name="x")).edges[0].formula.startswith("∂out/∂x = ")
    np.testing.assert_allclose(plain(Tensor(X)).edges[0].local_gradient, 2 * np.einsum("ai,ij->aij", np.eye(2), X))


def test_a_linear_row_is_its_own_forward_mode() -> None:
    calls: list[Any] = []

    def doubled(x: Any) -> Any:
        calls.append(x)
        return np.concatenate([x, x])

    row = array_row("doubled", doubled, [lambda g, y, x: g[: len(x)] + g[len(x) :]], linear="each")
    np.testing.assert_allclose(jvp(row, (X,), (V,))[1], np.concatenate([V, V]))
    assert len(calls) == 2
    check_grads(row)(X)


def test_a_row_of_any_number_of_operands_has_one_transpose_that_is_told_the_position() -> None:
    row = array_row("total", lambda *xs: sum(xs[1:], xs[0]), lambda g, y, *xs, position: g, linear="together")
    assert [g.tolist() for g in grad(lambda a, b, c: np.sum(row(a, b, c) ** 2), (0, 2))(V, V, V)] == [
        (6 * V).tolist()
    ] * 2
    check_grads(row)(V, X, V)


@pytest.mark.parametrize(
    "s", [2.0, np.array([1.0, 2.0, 3.0]), np.array([[2.0], [3.0]]), np.array(2.0), np.ones((4, 1, 1))]
)
def test_where_an_operand_was_broadcast_the_transpose_need_not_undo_it(s: Any) -> None:
    check_grads(scaled())(X, s)
    found = grad(lambda s: np.sum(scaled()(X, s)))(s)
    expected = grad(lambda s: np.sum(X * s))(s)
    np.testing.assert_allclose(found, expected)
    assert np.shape(found) == np.shape(s)


def test_a_stack_of_matrices_may_be_broadcast_too() -> None:
    row = array_row(
        "product",
        np.matmul,
        [lambda g, y, a, b: g @ np.swapaxes(b, -1, -2), lambda g, y, a, b: np.swapaxes(a, -1, -2) @ g],
        linear="each",
    )
    check_grads(row)(np.stack([X, V]), X.T)
    check_grads(row)(X, np.stack([X.T, V.T, X.T]))


def test_a_row_keeps_float32() -> None:
    x = X.astype(np.float32)
    row = square_rows()
    assert grad(lambda x: np.sum(row(x)))(x).dtype == jvp(row, (x,), (x,))[1].dtype == np.float32


# What is wrong with a row is said by its name ---------------------------------------------------------------------

WALKS: dict[str, Function] = {
    "grad": lambda row, *x: grad(lambda *x: np.sum(row(*x)), range(len(x)))(*x),
    "jvp": lambda row, *x: jvp(row, x, x),
    "hvp": lambda row, *x: hvp(lambda *x: np.sum(row(*x)), range(len(x)))(*x, x),
    "edges": lambda row, *x: [edge.local_gradient for edge in row(*map(Tensor, x)).edges],
    "gradcheck": lambda row, *x: gradcheck(lambda *x: np.sum(row(*x)), *x),
    "check_grads": lambda row, *x: check_grads(row)(*x),
}
each_walk = pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())


@each_walk
@pytest.mark.parametrize("count", [1, 3])
def test_a_row_needs_one_transpose_for_each_operand(walk: Function, count: int) -> None:
    row = array_row("lopsided", np.multiply, [lambda g, y, a, b: g * b] * count)
    with pytest.raises(SizeError, match=f"row 'lopsided' needs one transpose for each operand, but has {count} for 2"):
        walk(row, X, X)


@each_walk
@pytest.mark.parametrize(
    ("transpose", "shape"),
    [
        (lambda g, y, x: (2 * g).T, (3, 2)),
        (lambda g, y, x: np.ravel(2 * g), (6,)),
        (lambda g, y, x: np.stack([g, g]), (2, 2, 3)),
        (lambda g, y, x: np.sum(g), ()),
        (lambda g, y, x: g[:1], (1, 3)),
        (lambda g, y, x: (2 * g)[None], (1, 2, 3)),
    ],
    ids=["transposed", "flat", "stacked", "summed", "a part", "an axis more"],
)
def test_a_transpose_must_return_the_shape_of_its_operand(walk: Function, transpose: Function, shape: Any) -> None:
    row = array_row("misshapen", lambda x: 2 * x, [transpose])
    expected = re.escape(
        f"row 'misshapen' for operand 0 must return an array of the operand's shape (2, 3), not of shape {shape}"
    )
    with pytest.raises(SizeError, match=expected):
        walk(row, X)


@each_walk
@pytest.mark.parametrize(
    "transpose", [lambda g, y, a, b: np.stack([g * a] * 5), lambda g, y, a, b: np.sum(g * a, axis=1)]
)
def test_only_axes_that_another_operand_has_are_summed(walk: Function, transpose: Function) -> None:
    row = array_row("misshapen", np.multiply, [lambda g, y, a, b: g * b, transpose])
    with pytest.raises(SizeError, match="row 'misshapen' for operand 1 must return an array of the operand's shape"):
        walk(row, X, np.ones(3))


@each_walk
@pytest.mark.parametrize("result", [None, "x", []], ids=["None", "text", "list"])
def test_a_transpose_must_return_an_array(walk: Function, result: Any) -> None:
    row = array_row("empty_handed", lambda x: 2 * x, [lambda g, y, x: result])
    with pytest.raises(
        NotANumberError, match=r"row 'empty_handed' for operand 0 must return an array, not (None|str|li)"
    ):
        walk(row, X)


def test_a_transpose_that_takes_numbers_out_of_the_graph_is_refused_in_forward_mode() -> None:
    row = array_row("detached", lambda x: 2 * x, [lambda g, y, x: 2 * (g.numpy() if isinstance(g, Tensor) else g)])
    with pytest.raises(UnsupportedFunctionError, match="row 'detached' for operand 0 takes numbers out of the graph"):
        jvp(row, (X,), (V,))
    zero = array_row("ceiling", np.ceil, [lambda g, y, x: np.zeros_like(x)])
    assert not jvp(zero, (X,), (V,))[1].any()


@pytest.mark.parametrize("place", [0, 1])
def test_a_transpose_that_is_wrong_by_a_thousandth_is_found_by_name(place: int) -> None:
    row = scaled((1.001, 1.0) if place == 0 else (1.0, 1.001))
    with pytest.raises(GradcheckError, match=f"the rule of 'scaled' is wrong for operand {place}"):
        gradcheck(lambda x, s: np.sum(np.tanh(row(x, s))), X, np.array([1.0, 2.0, 3.0]))
    with pytest.raises(GradcheckError, match="the rule of 'square_rows' is wrong for operand 0"):
        gradcheck(lambda x: np.sum(square_rows(factor=2.002)(x)), X, order=1)
    with pytest.raises(GradcheckError, match="mode is wrong at order 1"):
        check_grads(row)(X, np.ones(3))


def test_a_row_said_to_be_linear_that_is_not_is_found_by_name() -> None:
    row = array_row("squares", lambda x: x * x, [lambda g, y, x: 2 * g * x], linear="each")
    with pytest.raises(GradcheckError, match=r"the rule of 'squares' is wrong for operand 0: .*forward mode"):
        gradcheck(lambda x: np.sum(row(x)), X)


def test_a_wrong_elementwise_row_is_found_by_name_on_arrays_too(own_row: Callable[..., Primitive]) -> None:
    almost = own_row("almost_square", lambda x: x * x, lambda y, x: (2.002 * x,))
    with pytest.raises(GradcheckError, match="the rule of 'almost_square' is wrong for operand 0"):
        gradcheck(lambda x: np.sum(almost(x)), X, order=1)


def test_an_elementwise_row_works_in_every_transform_on_arrays(own_row: Callable[..., Primitive]) -> None:
    bump = own_row("bump", lambda x: autograd.exp(-x * x), lambda y, x: (-2 * x * y,), domain=(-1, 1))
    second = (4 * X**2 - 2) * np.exp(-(X**2))

    def f(x: Any) -> Any:
        return np.sum(bump(x))

    np.testing.assert_allclose(grad(f)(X), -2 * X * np.exp(-(X**2)))
    np.testing.assert_allclose(hvp(checkpoint(f))(X, V), second * V)
    np.testing.assert_allclose(hessian(f)(X[0]), np.diag(second[0]))
    np.testing.assert_allclose(jvp(bump, (X,), (V,))[1], -2 * X * np.exp(-(X**2)) * V)
    check_grads(bump, order=3)(X)
    gradcheck(f, X)
    assert "bump" in draw(f(Tensor(X))).to_string()


def test_a_misspelled_argument_of_elementwise_is_named(own_row: Callable[..., Primitive]) -> None:
    with pytest.raises(ArgumentError, match="elementwise has no argument 'domian'"):
        own_row("misspelled", lambda x: x * x, lambda y, x: (2 * x,), domian=(0, 1))


def test_a_misspelled_kind_of_linearity_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"'misspelled' is linear 'each', 'together' or .*, not True"):
        autograd.array_row("misspelled", lambda x: x, [lambda g, y, x: g], linear=True)  # type: ignore[arg-type]
