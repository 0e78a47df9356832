"""Products: what the cases do not say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import NonFiniteWarning, Tensor, UnsupportedFunctionError, array_row
from autograd.arrays.linalg import _cheapest
from autograd.arrays.products import matmul
from autograd.forward import tangents

MISSING = np.array([[1.0, 2.0], [np.nan, np.inf], [3.0, 4.0]])
KNOWN = np.array([True, False, True])
PRODUCTS: dict[str, Callable[..., Any]] = {
    "matmul": lambda x, w: x @ w,
    "dot": np.dot,
    "tensordot": lambda x, w: np.tensordot(x, w, axes=1),
    "einsum": lambda x, w: np.einsum("ij,j->i", x, w),
    "einsum of three": lambda x, w: np.einsum("ij,j,k->i", x, w, w),
}
each_product = pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)


@pytest.mark.parametrize("function", [np.matmul, np.dot, np.inner], ids=["matmul", "dot", "inner"])
def test_lists_stand_beside_tensors(function: Callable[..., Any]) -> None:
    t = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert function([[1, 0], [1, 1]], t).tolist() == function([[1, 0], [1, 1]], t.numpy()).tolist()
    assert np.linalg.vecdot([1, 2], t).tolist() == [5.0, 11.0]
    assert np.tensordot(t, [[1, 0], [0, 1]]).item() == 5.0
    assert ([[1, 0], [1, 1]] @ t).tolist() == [[1.0, 2.0], [4.0, 6.0]]


def test_matmul_is_one_node_and_refuses_single_numbers_as_numpy_does() -> None:
    a, b = Tensor(np.ones((2, 3))), Tensor(np.ones((3, 2)))
    assert (a @ b).parents == (a, b)
    with pytest.raises(ValueError, match="matmul"):
        a @ 2.0
    with pytest.raises(ValueError, match="matmul"):
        a @ a


def test_a_product_by_a_constant_array_asks_for_no_derivative_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    transposes = matmul.transposes
    monkeypatch.setattr(matmul, "transposes", [lambda *args: asked.append(0), lambda *args: transposes[1](*args)])
    (np.ones((2, 3)) @ Tensor(np.ones((3, 2)))).sum().backward()
    assert asked == []


def test_the_derivative_of_a_matrix_under_a_stack_of_vectors_is_one_product_of_matrices() -> None:
    x, w = np.arange(12.0).reshape(2, 2, 3), Tensor(np.ones((3, 4)))
    (x @ w).backward(np.ones((2, 2, 4)))
    assert w.grad.tolist() == (x.reshape(4, 3).T @ np.ones((4, 4))).tolist()


def test_vectors_of_the_plane_have_a_cross_product_as_numpy_has_it() -> None:
    a, b = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    t = Tensor(a)
    with pytest.warns(DeprecationWarning, match="2-dimensional vectors"):
        expected = np.cross(a, b)
    product = np.cross(t, b)
    assert product.item() == expected
    product.backward()
    assert t.grad.tolist() == [5.0, -3.0]
    with pytest.warns(DeprecationWarning, match="2-dimensional vectors"):
        expected = np.cross(a, [1.0, 2.0, 3.0])
    assert np.cross(t, np.array([1.0, 2.0, 3.0])).tolist() == expected.tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.linalg.outer(t, t),
        lambda t: np.linalg.cross(t, t),
        lambda t: np.cross(t[..., :1], t),
        lambda t: np.convolve(t, t),
        lambda t: np.correlate(t[0], t[0], "wide"),
        lambda t: np.convolve(t[0], np.zeros(0)),
        lambda t: np.einsum("ij,jk->ik", t),
        lambda t: np.einsum("i->i", t),
        lambda t: np.einsum("ij->ik", t),
        lambda t: np.tensordot(t, t, axes=1),
        lambda t: np.tensordot(t, t, axes=([0, 1], [1])),
        lambda t: np.linalg.multi_dot([t]),
    ],
)
def test_operands_that_do_not_fit_are_refused(call: Callable[[Tensor], Any]) -> None:
    with pytest.raises(ValueError):
        call(Tensor(np.ones((2, 4))))


def test_arguments_that_have_no_meaning_are_refused_by_name() -> None:
    t = Tensor(np.ones((2, 2)))
    for call in (lambda: np.einsum("ij->i", t, out=np.zeros(2)), lambda: np.dot(t, t, out=np.zeros((2, 2)))):
        with pytest.raises(UnsupportedFunctionError, match=r"takes no out: .*cannot remember how it was made"):
            call()
    with pytest.raises(UnsupportedFunctionError, match="einsum of a Tensor takes no dtype"):
        np.einsum("ij->i", t, dtype=np.float32)
    assert np.einsum("ij->i", t, order="K").tolist() == [2.0, 2.0]


def test_the_path_of_a_contraction_is_a_plain_result() -> None:
    t = Tensor(np.ones((2, 2)))
    assert np.einsum_path("ij,jk", t, t)[0] == ["einsum_path", (0, 1)]


def test_a_chain_of_matrices_is_multiplied_in_the_cheapest_order() -> None:
    assert _cheapest((10, 100, 5, 50)) == (7500, 2)
    assert _cheapest((100, 1, 100, 1)) == (200, 1)


@each_product
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_number_that_is_missing_and_not_used_leaves_the_gradient_clean(product: Any, create_graph: bool) -> None:
    w, other = Tensor([1.0, 2.0]), Tensor([1.0, 2.0])
    np.where(KNOWN, product(MISSING, w), 0.0).sum().backward(create_graph=create_graph)
    np.where(KNOWN, product(np.nan_to_num(MISSING), other), 0.0).sum().backward()
    assert w.grad.tolist() == other.grad.tolist()


@each_product
def test_a_number_that_is_missing_and_used_is_reported(product: Any) -> None:
    w = Tensor([1.0, 2.0], name="w")
    with pytest.warns(NonFiniteWarning, match="the gradient of w is not finite"):
        product(MISSING, w).sum().backward()


@each_product
def test_forward_mode_has_the_same_strong_zeros(product: Any) -> None:
    w = Tensor([1.0, 2.0])
    y = product(MISSING, w)
    assert tangents([y], {w: np.zeros(2)})[y].tolist() == [0.0, 0.0, 0.0]
    assert np.isfinite(tangents([y], {w: np.array([1.0, 0.0])})[y]).tolist() == [True, False, True]


def test_an_infinite_adjoint_meets_the_zeros_of_a_diagonal() -> None:
    a = Tensor(np.eye(2))
    with pytest.warns(NonFiniteWarning, match="not finite"):
        (np.einsum("ii", a) * np.inf).backward()
    assert a.grad.tolist() == [[np.inf, 0.0], [0.0, np.inf]]


def test_a_row_of_a_user_has_strong_zeros_where_its_terms_would_cancel() -> None:
    difference_of_products = array_row(
        "difference_of_products",
        lambda a, b: a[0] * b - a[1] * b,
        [lambda g, y, a, b: np.stack([np.sum(g * b), -np.sum(g * b)]), lambda g, y, a, b: g * a[0] - g * a[1]],
        linear="each",
    )
    a, b = np.array([np.inf, np.inf]), Tensor([1.0, 2.0])
    with pytest.warns(NonFiniteWarning, match="not finite"):
        np.sum(difference_of_products(a, b)[:1]).backward()
    assert np.isnan(b.grad[0])
    assert b.grad[1] == 0.0
