"""Linear algebra: what the cases do not say."""

from typing import Any

import numpy as np
import pytest

from autograd import NonFiniteWarning, Tensor, UnsupportedFunctionError, expm, grad, hessian

SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


def gradient(f: Any, x: Any) -> Any:
    t = Tensor(x)
    f(t).backward()
    return t.grad


@pytest.mark.parametrize("name", ["eigh", "svd", "qr", "slogdet"])
def test_several_results_come_in_numpys_own_named_tuple(name: str) -> None:
    function = getattr(np.linalg, name)
    expected, results = function(np.eye(2)), function(Tensor(np.eye(2)))
    assert type(results) is type(expected)
    assert all(isinstance(x, Tensor) for x in results)


@pytest.mark.parametrize(
    "arguments", [("cholesky",), ("eigh",), ("eigh", "U"), ("eigvalsh",), ("eigvalsh", "U")], ids=str
)
def test_one_triangle_is_read_as_numpy_reads_it_and_the_derivative_is_shared_by_both(arguments: Any) -> None:
    name, *settings = arguments
    function = getattr(np.linalg, name)
    lopsided = np.array([[4.0, 1.0, 0.5], [3.0, 5.0, 1.0], [0.1, 0.7, 6.0]])
    t = Tensor(lopsided)
    results, expected = function(t, *settings), function(lopsided, *settings)
    if name == "eigh":
        results, expected = results.eigenvectors, expected.eigenvectors
    np.testing.assert_allclose(results.numpy(), expected, rtol=1e-13)
    (results**3).sum().backward()
    assert np.ptp(t.grad) > 0
    np.testing.assert_allclose(t.grad, t.grad.T, rtol=1e-14)


def test_the_upper_factor_reads_the_upper_triangle() -> None:
    lopsided = np.array([[4.0, 1.0], [3.0, 5.0]])
    assert (
        np.linalg.cholesky(Tensor(lopsided), upper=True).tolist() == np.linalg.cholesky(lopsided, upper=True).tolist()
    )


def test_functions_of_equal_eigenvalues_have_a_derivative() -> None:
    q, _ = np.linalg.qr(np.arange(16.0).reshape(4, 4) ** 2 % 7)
    for a in (np.eye(4), np.diag([1.0, 1.0, 2.0, 2.0]), (q * [1.0, 1.0, 3.0, 3.0]) @ q.T):
        a = (a + a.T) / 2
        np.testing.assert_allclose(gradient(lambda t: np.sum(np.linalg.eigvalsh(t) ** 3), a), 3 * a @ a, atol=1e-13)
        np.testing.assert_allclose(gradient(lambda t: np.sum(np.linalg.eigh(t)[0] ** 2), a), 2 * a, atol=1e-13)
        np.testing.assert_allclose(gradient(lambda t: np.sum(np.linalg.svdvals(t) ** 2), a), 2 * a, atol=1e-13)
        np.testing.assert_allclose(gradient(lambda t: np.sum(np.linalg.svd(t)[1] ** 4), a), 4 * a @ a @ a, atol=1e-13)


@pytest.mark.parametrize(
    "vectors", [lambda t: np.linalg.eigh(t)[1], lambda t: np.linalg.svd(t)[0]], ids=["eigh", "svd"]
)
def test_vectors_of_equal_values_have_none_and_backward_says_so(vectors: Any) -> None:
    a = Tensor(np.eye(2), name="a")
    with pytest.warns(NonFiniteWarning, match="gradient of a is not finite"):
        np.sum(vectors(a) * np.array([[1.0, 2.0], [3.0, 5.0]])).backward()


def test_singular_values_of_zero_leave_the_derivative_of_the_others_clean() -> None:
    low = np.outer([1.0, 2.0, 2.0], [3.0, 4.0])
    u, _, vh = np.linalg.svd(low, full_matrices=False)
    largest = gradient(lambda t: np.linalg.svdvals(t)[0], low)
    np.testing.assert_allclose(largest, np.outer(u[:, 0], vh[0]), atol=1e-14)
    assert np.isfinite(gradient(lambda t: np.linalg.norm(t, "nuc"), low)).all()


def test_the_derivative_of_every_norm_is_zero_at_zero() -> None:
    for p in (None, 1, 2, 3, 1.5, np.inf):
        assert gradient(lambda t, p=p: np.linalg.norm(t, p), np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    for q in ("fro", "nuc", 1, 2, np.inf):
        assert not gradient(lambda t, q=q: np.linalg.norm(t, q), np.zeros((2, 2))).any()


def test_a_norm_is_smooth_where_one_element_is_zero() -> None:
    t = Tensor([0.0, 2.0])
    np.linalg.norm(t).backward(create_graph=True)
    slope, t.grad = t.grad, None
    slope[0].backward()
    assert t.grad.tolist() == [0.5, 0.0]


def test_the_largest_share_the_derivative_equally() -> None:
    assert gradient(lambda t: np.linalg.norm(t, np.inf), [3.0, -3.0, 1.0]).tolist() == [0.5, -0.5, 0.0]
    np.testing.assert_allclose(gradient(lambda t: np.linalg.norm(t, 2), np.eye(2)), np.eye(2) / 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.linalg.norm(t, "fro", axis=0),
        lambda t: np.linalg.norm(t, 3),
        lambda t: np.linalg.norm(t, "max"),
        lambda t: np.linalg.norm(t[None], 2),
        lambda t: np.linalg.tensorinv(t, 0),
        lambda t: expm(t[:1]),
        lambda t: expm(t[0]),
        lambda t: np.linalg.inv(t[:1]),
        lambda t: np.linalg.det(t[0]),
        lambda t: np.linalg.inv(t * 0),
        lambda t: np.linalg.cholesky(-t),
        lambda t: np.linalg.matrix_power(t[:1], 2),
    ],
)
def test_what_numpy_refuses_is_refused(call: Any) -> None:
    with pytest.raises(ValueError):  # LinAlgError is one
        call(Tensor(np.eye(2)))


def test_what_has_no_derivative_is_refused_with_the_cure() -> None:
    square, tall = Tensor(np.eye(2)), Tensor(np.ones((3, 2)))
    with pytest.raises(UnsupportedFunctionError, match=r"svd .*\(3, 2\).* use full_matrices=False"):
        np.linalg.svd(tall)
    with pytest.raises(UnsupportedFunctionError, match=r"svd .* no hermitian=True: .*eigh"):
        np.linalg.svd(square, hermitian=True)
    with pytest.raises(UnsupportedFunctionError, match=r"qr .*mode='complete'; use mode='reduced'"):
        np.linalg.qr(tall, mode="complete")
    with pytest.raises(UnsupportedFunctionError, match=r"qr .*mode='raw'"):
        np.linalg.qr(square, "raw")
    with pytest.raises(UnsupportedFunctionError, match=r"lstsq .*\(3, 2\), has rank 1.* Leave out dependent columns"):
        np.linalg.lstsq(tall, np.ones(3))
    for function in (np.linalg.eig, np.linalg.eigvals):
        with pytest.raises(UnsupportedFunctionError, match=rf"{function.__name__} of a Tensor .*eig(h|valsh)"):
            function(square)


def test_lstsq_returns_what_numpy_returns() -> None:
    a, b = np.array([[1.0, 0], [1, 1], [1, 2]]), np.array([1.0, 2.0, 4.0])
    for results, expected in (
        (np.linalg.lstsq(Tensor(a), b), np.linalg.lstsq(a, b)),
        (np.linalg.lstsq(a, Tensor(b)), np.linalg.lstsq(a, b)),
        (np.linalg.lstsq(Tensor(a[:2]), b[:2], rcond=-1), np.linalg.lstsq(a[:2], b[:2], rcond=-1)),
    ):
        for found, known in zip(results, expected, strict=True):
            assert np.shape(found) == np.shape(known)
            np.testing.assert_allclose(found.numpy() if isinstance(found, Tensor) else found, known, rtol=1e-12)


def test_the_rank_is_a_plain_number() -> None:
    assert np.linalg.matrix_rank(Tensor(SINGULAR)) == 1


def test_the_derivative_of_the_determinant_of_a_singular_matrix_is_its_cofactors() -> None:
    np.testing.assert_allclose(gradient(np.linalg.det, SINGULAR), [[4.0, -2.0], [-2.0, 1.0]], rtol=1e-14)
    assert not gradient(np.linalg.det, np.zeros((3, 3))).any()
    nearly = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    np.testing.assert_allclose(gradient(np.linalg.det, nearly), [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]], rtol=1e-13)


def test_the_sign_of_a_determinant_has_the_derivative_zero() -> None:
    assert gradient(lambda t: np.linalg.slogdet(t).sign, [[0.0, 1.0], [1.0, 0.0]]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_large_determinant_has_a_logarithm_with_a_derivative() -> None:
    a = 1e10 * np.eye(40)
    np.testing.assert_allclose(gradient(lambda t: np.linalg.slogdet(t)[1], a), 1e-10 * np.eye(40))


def test_the_exponential_is_that_of_scipy() -> None:
    scipy = pytest.importorskip("scipy.linalg")
    rng = np.random.default_rng(3)
    for size in (1e-9, 0.1, 1.0, 5.0, 60.0):
        a = size * rng.normal(size=(5, 5)) / 5**0.5
        np.testing.assert_allclose(expm(a), scipy.expm(a), rtol=1e-12, atol=1e-12 * np.abs(scipy.expm(a)).max())
        direction = rng.normal(size=(5, 5))
        exact = scipy.expm_frechet(a.T, direction, compute_expm=False)
        t = Tensor(a)
        expm(t).backward(direction)
        np.testing.assert_allclose(t.grad, exact, rtol=1e-11, atol=1e-12 * np.abs(exact).max())


def test_the_exponential_of_what_is_no_number_is_no_number() -> None:
    assert np.isnan(expm(np.full((2, 2), np.nan))).all()
    assert expm([[0, 0], [0, 0]]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_an_exponential_of_integers_and_of_float32() -> None:
    assert expm(np.array([[0, 1], [0, 0]])).tolist() == [[1.0, 1.0], [0.0, 1.0]]
    assert expm(Tensor([[0.0, 9.0], [0.0, 0.0]], dtype=np.float32)).dtype == np.float32


@pytest.mark.parametrize("p", [2, 2.5, 3])
def test_at_the_zero_vector_every_derivative_of_a_norm_is_zero(p: float) -> None:
    f = lambda x: np.linalg.norm(x, p)
    assert grad(f)(np.zeros(2)).tolist() == [0.0, 0.0]
    assert hessian(f)(np.zeros(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
