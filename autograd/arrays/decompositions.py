"""Matrices taken apart: cholesky, eigh, svd, qr.

NumPy returns several arrays, and a row has one: it packs them into a matrix, one above the other, and the results are
parts of it. Singular vectors and eigenvectors have no derivative where their values coincide; it comes out as inf or
nan, and `backward` says so. The values themselves have one there, and it stays clean; their second derivative goes by
way of the vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function
from autograd.arrays.products import transposed
from autograd.errors import UnsupportedFunctionError
from autograd.primitives import strong_mul

__all__: list[str] = []

EighResult: Any = type(np.linalg.eigh(np.eye(1)))
QRResult: Any = type(np.linalg.qr(np.eye(1)))
SVDResult: Any = type(np.linalg.svd(np.eye(1)))


def _symmetric_part(x: Any) -> Any:
    return (x + transposed(x)) / 2


def _lower(n: int, dtype: Any) -> Any:
    """Return what takes of a matrix the part below the diagonal, and half of the diagonal."""
    return np.tri(n, dtype=dtype) - np.eye(n, dtype=dtype) / 2


def _cholesky_transpose(g: Any, y: Any, a: Any) -> Any:
    """The rule of I. Murray, Differentiation of the Cholesky decomposition (arXiv:1602.07527, 2016)."""
    inverse = np.linalg.inv(y)
    inner = (transposed(y) @ g) * _lower(y.shape[-1], g.dtype)
    return _symmetric_part(transposed(inverse) @ inner @ inverse)


_cholesky = array_row("cholesky", lambda a: np.linalg.cholesky(a), [_cholesky_transpose])


@numpy_function(np.linalg.cholesky)
def cholesky(a: Any, upper: bool = False) -> Any:
    """The lower triangular L with L @ L.T = a, or its transpose.

    NumPy reads one triangle of ``a`` only. The derivative is that of a symmetric matrix, shared by both triangles.
    """
    return transposed(_cholesky(transposed(a))) if upper else _cholesky(a)


def _reciprocal(gaps: Any) -> Any:
    """Return the reciprocals of the differences between each two values, with 0 on the diagonal."""
    return 1.0 / np.where(np.eye(gaps.shape[-1], dtype=bool), np.inf, gaps)


def _eigh_value(a: Any, UPLO: Any) -> Any:
    w, v = np.linalg.eigh(a, UPLO)
    return np.concatenate([w[..., None, :], v], axis=-2)


def _eigh_transpose(g: Any, y: Any, a: Any, UPLO: str) -> Any:
    (gw, gv), (w, v) = [(x[..., 0, :], x[..., 1:, :]) for x in (g, y)]
    turns = strong_mul(transposed(v) @ gv, _reciprocal(w[..., None, :] - w[..., :, None]))
    return _symmetric_part((v * gw[..., None, :] + v @ turns) @ transposed(v))


_eigh = array_row("eigh", _eigh_value, [_eigh_transpose])


@numpy_function(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues and eigenvectors of a symmetric matrix.

    NumPy reads one triangle of ``a`` only. The derivative is that of a symmetric matrix, shared by both triangles.
    """
    both = _eigh(a, UPLO=UPLO)
    return EighResult(both[..., 0, :], both[..., 1:, :])


@numpy_function(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of a symmetric matrix."""
    return _eigh(a, UPLO=UPLO)[..., 0, :]


def _svd_value(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([s[..., None, :], u, np.swapaxes(vh, -1, -2)], axis=-2)


def _svd_parts(packed: Any, rows: int) -> tuple[Any, Any, Any]:
    return packed[..., 0, :], packed[..., 1 : rows + 1, :], packed[..., rows + 1 :, :]


def _svd_transpose(g: Any, y: Any, a: Any) -> Any:
    """The rule of J. Townsend, Differentiating the singular value decomposition (2016)."""
    rows, columns = a.shape[-2:]
    (gs, gu, gv), (s, u, v) = _svd_parts(g, rows), _svd_parts(y, rows)
    by_row, by_column = s[..., :, None], s[..., None, :]
    turns = _reciprocal((by_column - by_row) * (by_column + by_row))
    of_u, of_v = transposed(u) @ gu, transposed(v) @ gv
    within = strong_mul(of_u - transposed(of_u), turns) * by_column
    within = within + strong_mul(of_v - transposed(of_v), turns) * by_row
    of_left = u * gs[..., None, :] + u @ within
    if rows > columns:  # the columns of u can turn out of the space that they span
        of_left = of_left + strong_mul(gu - u @ of_u, 1 / by_column)
    found = of_left @ transposed(v)
    if columns > rows:
        found = found + u @ transposed(strong_mul(gv - v @ of_v, 1 / by_column))
    return found


_svd = array_row("svd", _svd_value, [_svd_transpose])


@numpy_function(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The singular vectors and singular values of a matrix."""
    rows, columns = np.shape(a)[-2:]
    if hermitian:
        raise UnsupportedFunctionError("svd of a Tensor takes no hermitian=True: leave it out, or use np.linalg.eigh")
    if compute_uv and full_matrices and rows != columns:
        raise UnsupportedFunctionError(
            f"svd of a Tensor of shape {np.shape(a)} has no derivative with full_matrices=True: the vectors that fill "
            "up the square are an arbitrary choice; use full_matrices=False"
        )
    s, u, v = _svd_parts(_svd(a), rows)
    return SVDResult(u, s, transposed(v)) if compute_uv else s


@numpy_function(np.linalg.svdvals)
def svdvals(x: Any) -> Any:
    """The singular values of a matrix."""
    return np.linalg.svd(x, compute_uv=False)


def _qr_transpose(g: Any, y: Any, a: Any) -> Any:
    """The rule of S. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions (2010)."""
    rows = a.shape[-2]
    (gq, gr), (q, r) = [(x[..., :rows, :], x[..., rows:, :]) for x in (g, y)]
    m = (r @ transposed(gr) - transposed(gq) @ q) * _lower(r.shape[-1], g.dtype)
    return transposed(np.linalg.solve(r, transposed(gq + q @ (m + transposed(m)))))


_qr = array_row("qr", lambda a: np.concatenate(np.linalg.qr(a), axis=-2), [_qr_transpose])


@numpy_function(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """The factors Q, with orthonormal columns, and R, upper triangular, of a matrix of full rank."""
    rows, columns = np.shape(a)[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and rows == columns):
        raise UnsupportedFunctionError(
            f"qr of a Tensor of shape {np.shape(a)} has no derivative with mode={mode!r}; use mode='reduced'"
        )
    both = _qr(a[..., :rows])  # the columns beyond a square are multiples of Q
    q, r = both[..., :rows, :], both[..., rows:, :]
    if columns > rows:
        r = np.concatenate([r, transposed(q) @ a[..., rows:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)
