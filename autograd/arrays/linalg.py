"""Linear algebra: inverses, determinants, systems of equations, powers."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function, plain_functions
from autograd.arrays.products import matmul, transposed
from autograd.errors import UnsupportedFunctionError
from autograd.settings import own

__all__: list[str] = []

plain_functions.add(np.linalg.matrix_rank)

SlogdetResult: Any = type(np.linalg.slogdet(np.eye(1)))


@numpy_function(np.linalg.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """The last two axes exchanged."""
    return np.matrix_transpose(x)


@numpy_function(np.linalg.diagonal)
def diagonal(x: Any, offset: int = 0) -> Any:
    """The diagonals of matrices."""
    return np.diagonal(x, offset, -2, -1)


@numpy_function(np.linalg.trace)
def trace(x: Any, offset: int = 0) -> Any:
    """The sums of the diagonals of matrices."""
    return np.trace(x, offset, -2, -1)


_inv = array_row("inv", lambda a: np.linalg.inv(a), [lambda g, y, a: -(transposed(y) @ g @ transposed(y))])


@numpy_function(np.linalg.inv)
def inv(a: Any) -> Any:
    """The inverse matrix."""
    return _inv(a)


def _cofactors_value(a: Any) -> Any:
    """Return det(a) inv(a).T. It is made of minors, and so exists for singular matrices too.

    There the singular values s give it: the product of the others takes the place of det / s[i]. For matrices that are
    nearly singular the errors of det and inv cancel (G. Stewart, On the adjugate matrix, Linear Algebra Appl. 283,
    1998).
    """
    det = np.linalg.det(a)
    if np.all(det):
        return det[..., None, None] * transposed(np.linalg.inv(a))
    u, s, vh = np.linalg.svd(a)
    return _turned(u, vh) * (u * _products_without(s, 1)[..., None, :]) @ vh


def _cofactors_transpose(g: Any, y: Any, a: Any) -> Any:
    """In the basis of the singular vectors: products of singular values in place of det / (s[i] s[j])."""
    u, s, vh = np.linalg.svd(a)
    h = transposed(u) @ g @ transposed(vh)
    products = _products_without(s, 2)
    own = np.eye(s.shape[-1], dtype=bool)
    traces = products @ np.sum(np.where(own, h, 0.0), axis=-1)[..., None]
    return _turned(u, vh) * (u @ (np.where(own, traces, 0.0) - products * transposed(h)) @ vh)


def _turned(u: Any, vh: Any) -> Any:
    """Return -1 for each pair of orthogonal matrices of which one is a reflection, else 1."""
    return np.sign(np.linalg.det(u) * np.linalg.det(vh))[..., None, None]


def _products_without(s: Any, count: int) -> Any:
    """Return the product of all elements but one, for each; or but two, for each pair, with 0 where the two are one."""
    one = np.eye(s.shape[-1], dtype=bool)
    if count == 1:
        return np.prod(np.where(one, 1.0, s[..., None, :]), axis=-1)
    return np.where(one, 0.0, np.prod(np.where(one[:, None] | one, 1.0, s[..., None, None, :]), axis=-1))


_cofactors = array_row(
    "cofactors",
    _cofactors_value,
    [_cofactors_transpose],
    doc="The derivative of the determinant by each element, det(a) inv(a).T, for singular matrices too.",
)
_det = array_row("det", lambda a: np.linalg.det(a), [lambda g, y, a: g[..., None, None] * _cofactors(a)])


@numpy_function(np.linalg.det)
def det(a: Any) -> Any:
    """The determinant; its first and second derivatives hold for singular matrices too."""
    return _det(a)


_slogdet = array_row(
    "slogdet",
    lambda a: np.stack(np.linalg.slogdet(a)),
    [lambda g, y, a: g[1][..., None, None] * transposed(np.linalg.inv(a))],
)


@numpy_function(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    """The sign of the determinant, whose derivative is 0, and the logarithm of its size."""
    both = _slogdet(a)
    return SlogdetResult(both[0], both[1])


_solve = array_row(
    "solve",
    lambda a, b: np.linalg.solve(a, b),
    [
        lambda g, y, a, b: -(np.linalg.solve(transposed(a), g) @ transposed(y)),
        lambda g, y, a, b: np.linalg.solve(transposed(a), g),
    ],
)


@numpy_function(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The x with a @ x = b."""
    if np.ndim(b) == 1:
        return _solve(a, np.reshape(b, (-1, 1)))[..., 0]
    return _solve(a, b)


@numpy_function(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The x with tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        chosen = [i % np.ndim(a) for i in axes]
        a = np.transpose(a, [i for i in range(np.ndim(a)) if i not in chosen] + chosen)
    shape = np.shape(a)[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (-1, math.prod(shape))), np.ravel(b)), shape)


@numpy_function(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse of tensordot with a over ``ind`` axes."""
    if ind <= 0:
        raise ValueError(f"ind must be positive, not {ind}")
    shape = np.shape(a)
    return np.reshape(np.linalg.inv(np.reshape(a, (math.prod(shape[:ind]), -1))), shape[ind:] + shape[:ind])


def _pinv_transpose(g: Any, y: Any, a: Any, hermitian: bool, **cutoff: Any) -> Any:
    """The rule of Golub and Pereyra (SIAM J. Numer. Anal. 10, 1973), for matrices whose rank does not change."""
    yT = transposed(y)
    left, right = transposed(g) @ y @ yT, yT @ y @ transposed(g)
    found = left - transposed(a @ y) @ left + right - right @ transposed(y @ a) - yT @ g @ yT
    return (found + transposed(found)) / 2 if hermitian else found


_pinv = array_row("pinv", lambda a, **settings: np.linalg.pinv(a, **settings), [_pinv_transpose])


@numpy_function(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Any:
    """The pseudoinverse; its derivative is that among matrices of the same rank."""
    cutoff = {"rcond": own(rcond)} if rtol is None else {"rtol": own(rtol)}
    return _pinv(a, hermitian=hermitian, **cutoff)


@numpy_function(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """The x for which a @ x is nearest to b, the squared residuals, the rank, and the singular values of a."""
    rows, columns = np.shape(a)
    s = np.linalg.svdvals(a)
    epsilon = np.finfo(s.dtype).eps
    cutoff = epsilon * max(rows, columns) if rcond is None else epsilon if rcond == -1 else rcond
    rank = np.count_nonzero(s > cutoff * s[:1])
    if rank < min(rows, columns):
        raise UnsupportedFunctionError(
            f"lstsq of a Tensor needs a matrix of full rank; this one, of shape {(rows, columns)}, has rank {rank}, "
            "and its solution jumps where the rank changes. Leave out dependent columns, or solve "
            "a.T @ a + c * np.eye(n) for a small c"
        )
    x = matmul(np.linalg.pinv(a, cutoff), b)
    residuals = np.reshape(np.sum((b - matmul(a, x)) ** 2, axis=0), -1) if rows > columns else np.zeros(0, s.dtype)
    return x, residuals, rank, s


@numpy_function(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """The product of n equal matrices, or of -n inverses: by repeated squaring."""
    n = operator.index(n)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError(f"matrix_power takes square matrices, not an array of shape {a.shape}")
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 0:
        return np.where(True, np.eye(a.shape[-1], dtype=a.dtype), a)
    if n == 1:
        return a
    half = matrix_power(a, n // 2)
    return half @ half @ a if n % 2 else half @ half


@numpy_function(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any]) -> Any:
    """The product of several matrices, in the order that costs least; the first and the last may be vectors."""
    if len(arrays) < 2:
        raise ValueError("multi_dot takes at least two arrays")
    first, last = np.shape(arrays[0]), np.shape(arrays[-1])
    lengths = [first[0] if len(first) == 2 else 1, *(np.shape(x)[0] for x in arrays[1:])]
    return _product(arrays, (*lengths, last[1] if len(last) == 2 else 1))


def _product(arrays: Sequence[Any], lengths: tuple[int, ...]) -> Any:
    if len(arrays) == 1:
        return arrays[0]
    _, k = _cheapest(lengths)
    return matmul(_product(arrays[:k], lengths[: k + 1]), _product(arrays[k:], lengths[k:]))


@functools.lru_cache(maxsize=4096)
def _cheapest(lengths: tuple[int, ...]) -> tuple[int, int]:
    """Return the cost of a product of matrices, and how many of them stand before its last multiplication."""
    return min(
        (
            (_cheapest(lengths[: k + 1])[0] + _cheapest(lengths[k:])[0] + lengths[0] * lengths[k] * lengths[-1], k)
            for k in range(1, len(lengths) - 1)
        ),
        default=(0, 0),
    )


@numpy_function(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """How much the solution of equations with this matrix can magnify an error."""
    if p in (None, 2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))
