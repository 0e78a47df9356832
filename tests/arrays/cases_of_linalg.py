"""Cases for linear algebra."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import expm
from tests.arrays.case import Case, symmetric_positive_definite

Draw = Callable[[np.random.Generator], np.ndarray]
spd = symmetric_positive_definite


def well_conditioned(*shape: int) -> Draw:
    """Draw matrices whose singular values lie between 1 and 2, apart from each other."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        u, _, vh = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
        return (u * np.linspace(2.0, 1.0, u.shape[-1])) @ vh

    return draw


def of_rank(rank: int, *shape: int) -> Draw:
    """Draw a matrix of low rank."""
    return lambda rng: rng.normal(size=(shape[0], rank)) @ rng.normal(size=(rank, shape[1]))


def symmetric(*shape: int) -> Draw:
    """Draw symmetric matrices whose eigenvalues are apart from each other, of either sign."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        q, _ = np.linalg.qr(rng.normal(size=shape))
        return (q * np.linspace(-1.0, 2.0, shape[-1])) @ np.swapaxes(q, -1, -2)

    return draw


def of_symmetric_part(f: Callable[..., Any]) -> Callable[[Any], Any]:
    """Give ``f`` a symmetric matrix, whatever direction a derivative is taken in."""
    return lambda a: f((a + np.swapaxes(a, -1, -2)) / 2)


def linalg(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    function = getattr(np.linalg, name)
    return lambda *operands: function(*operands, *args, **kwargs)


def svd_in_full(a: Any) -> Any:
    """The parts of a decomposition, as they do not depend on the signs of the vectors."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return u[..., :, :1] * vh[..., :1, :], u * u, s, vh * vh


def solution(a: Any, b: Any) -> Any:
    x, residuals, _, s = np.linalg.lstsq(a, b)
    return x, residuals, s


SQUARE = well_conditioned(3, 3)
STACK = well_conditioned(2, 3, 3)
VECTOR_ORDERS = [None, 1, 2, np.inf, -np.inf, 0, 3, 2.5, 1.5, -1, -2]
MATRIX_ORDERS = [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


CASES = [
    Case(np.linalg.matrix_transpose, [(2, 3, 4)]),
    Case(np.linalg.diagonal, [(2, 3, 4)], linalg("diagonal", offset=-1)),
    Case(np.linalg.trace, [(2, 3, 4)], linalg("trace", offset=1)),
    Case(np.linalg.inv, [SQUARE]),
    Case(np.linalg.inv, [STACK], note="stack"),
    Case(np.linalg.inv, [(0, 0)], note="empty"),
    Case(np.linalg.det, [SQUARE]),
    Case(np.linalg.det, [STACK], note="stack"),
    Case(np.linalg.det, [(0, 0)], note="empty"),
    Case(np.linalg.det, [(1, 1)]),
    Case(np.linalg.det, [lambda rng: np.eye(3)], note="identity"),
    Case(np.linalg.det, [lambda rng: np.diag([2.0, 1.0, 0.0])], note="rank 2 of 3"),
    Case(np.linalg.det, [lambda rng: np.diag([2.0, 0.0, 0.0])], note="rank 1 of 3"),
    Case(np.linalg.det, [lambda rng: np.array([[1.0, 2], [2, 4]])], note="rank 1 of 2"),
    Case(np.linalg.det, [of_rank(3, 4, 4)], note="rank 3 of 4 but for rounding"),
    Case(np.linalg.det, [lambda rng: np.stack([np.diag([3.0, 1, 0]), np.diag([1.0, -1, 1])])], note="one is singular"),
    Case(np.linalg.slogdet, [SQUARE]),
    Case(np.linalg.slogdet, [STACK], note="stack"),
    Case(np.linalg.slogdet, [STACK], lambda a: np.linalg.slogdet(a).logabsdet, note="by name"),
    Case(np.linalg.solve, [SQUARE, (3,)], note="vector"),
    Case(np.linalg.solve, [SQUARE, (3, 2)], note="matrix"),
    Case(np.linalg.solve, [STACK, (2, 3, 2)], note="stacks"),
    Case(np.linalg.solve, [STACK, (3,)], note="stack and vector"),
    Case(np.linalg.solve, [STACK, (4, 1, 3, 2)], note="stacks that are stretched"),
    Case(np.linalg.solve, [SQUARE, (2, 3, 2)], note="one matrix for a stack"),
    Case(
        np.linalg.tensorsolve,
        [well_conditioned(6, 6), (2, 3)],
        lambda a, b: np.linalg.tensorsolve(a.reshape(2, 3, 3, 2), b),
    ),
    Case(
        np.linalg.tensorsolve,
        [well_conditioned(6, 6), (2, 3)],
        lambda a, b: np.linalg.tensorsolve(a.reshape(3, 2, 2, 3).transpose(2, 0, 3, 1), b, axes=(1, 3)),
        note="axes",
    ),
    Case(np.linalg.tensorinv, [well_conditioned(6, 6)], lambda a: np.linalg.tensorinv(a.reshape(2, 3, 6), 2)),
    Case(
        np.linalg.tensorinv,
        [well_conditioned(6, 6)],
        lambda a: np.linalg.tensorinv(a.reshape(6, 3, 2), ind=1),
        note="ind",
    ),
    Case(np.linalg.pinv, [SQUARE]),
    Case(np.linalg.pinv, [well_conditioned(4, 2)], note="tall"),
    Case(np.linalg.pinv, [well_conditioned(2, 4)], note="wide"),
    Case(np.linalg.pinv, [well_conditioned(2, 2, 3)], linalg("pinv", rtol=1e-10), note="stack rtol"),
    Case(
        np.linalg.pinv,
        [well_conditioned(3, 2), well_conditioned(2, 4)],
        lambda a, b: np.linalg.pinv(a @ b, 1e-4),
        note="low rank",
    ),
    Case(np.linalg.pinv, [symmetric(3, 3)], of_symmetric_part(linalg("pinv", 1e-12, True)), note="hermitian"),
    Case(np.linalg.lstsq, [well_conditioned(4, 2), (4,)], solution, note="vector"),
    Case(np.linalg.lstsq, [well_conditioned(4, 2), (4, 3)], solution, note="matrix"),
    Case(np.linalg.lstsq, [well_conditioned(2, 4), (2,)], solution, note="wide"),
    Case(np.linalg.lstsq, [SQUARE, (3, 2)], solution, note="square"),
    *(Case(np.linalg.matrix_power, [SQUARE], linalg("matrix_power", n), note=str(n)) for n in (1, 2, 3, 7, -1, -3)),
    Case(np.linalg.matrix_power, [STACK], linalg("matrix_power", 5), note="stack"),
    Case(np.linalg.matrix_power, [STACK], linalg("matrix_power", 0), note="0"),
    Case(np.linalg.multi_dot, [(2, 3), (3, 2)], lambda *xs: np.linalg.multi_dot(xs)),
    Case(np.linalg.multi_dot, [(5, 2), (2, 4), (4, 1), (1, 3)], lambda *xs: np.linalg.multi_dot(xs)),
    Case(np.linalg.multi_dot, [(3,), (3, 2), (2, 2), (2,)], lambda *xs: np.linalg.multi_dot(xs)),
    *(Case(np.linalg.cond, [SQUARE], linalg("cond", p), note=str(p)) for p in (None, 2, -2, 1, -np.inf, "fro", "nuc")),
    Case(np.linalg.cond, [well_conditioned(2, 4, 3)], note="stack"),
    Case(np.linalg.cholesky, [spd(3, 3)], of_symmetric_part(np.linalg.cholesky)),
    Case(np.linalg.cholesky, [spd(2, 3, 3)], of_symmetric_part(np.linalg.cholesky), note="stack"),
    Case(np.linalg.cholesky, [spd(3, 3)], of_symmetric_part(linalg("cholesky", upper=True)), note="upper"),
    Case(np.linalg.eigh, [symmetric(3, 3)], of_symmetric_part(np.linalg.eigh)),
    Case(np.linalg.eigh, [symmetric(2, 3, 3)], of_symmetric_part(np.linalg.eigh), note="stack"),
    Case(np.linalg.eigh, [symmetric(3, 3)], of_symmetric_part(linalg("eigh", "U")), note="U"),
    Case(
        np.linalg.eigh,
        [symmetric(3, 3)],
        of_symmetric_part(lambda a: np.linalg.eigh(a).eigenvectors ** 2),
        note="vectors",
    ),
    Case(np.linalg.eigvalsh, [symmetric(3, 3)], of_symmetric_part(np.linalg.eigvalsh)),
    Case(np.linalg.eigvalsh, [symmetric(2, 3, 3)], of_symmetric_part(linalg("eigvalsh", "U")), note="stack U"),
    Case(
        np.linalg.eigvalsh,
        [lambda rng: np.eye(3)],
        of_symmetric_part(lambda a: np.linalg.eigvalsh(a).sum()),
        order=1,
        note="equal",
    ),
    Case(np.linalg.svd, [SQUARE], lambda a: np.linalg.svd(a), note="square"),
    Case(np.linalg.svd, [well_conditioned(4, 2)], svd_in_full, note="tall"),
    Case(np.linalg.svd, [well_conditioned(2, 4)], svd_in_full, note="wide"),
    Case(np.linalg.svd, [well_conditioned(2, 4, 2)], svd_in_full, note="stack of tall"),
    Case(np.linalg.svd, [well_conditioned(2, 2, 3)], svd_in_full, note="stack of wide"),
    Case(np.linalg.svd, [well_conditioned(4, 2)], linalg("svd", compute_uv=False), note="values alone"),
    Case(np.linalg.svdvals, [well_conditioned(2, 4, 3)]),
    Case(np.linalg.svdvals, [lambda rng: np.eye(3, 4)], lambda a: np.linalg.svdvals(a).sum(), order=1, note="equal"),
    Case(np.linalg.qr, [SQUARE]),
    Case(np.linalg.qr, [well_conditioned(4, 2)], note="tall"),
    Case(np.linalg.qr, [well_conditioned(2, 4)], note="wide"),
    Case(np.linalg.qr, [well_conditioned(2, 4, 3)], note="stack of tall"),
    Case(np.linalg.qr, [well_conditioned(2, 2, 3)], note="stack of wide"),
    Case(np.linalg.qr, [SQUARE], linalg("qr", "complete"), note="complete"),
    Case(np.linalg.qr, [well_conditioned(4, 3)], linalg("qr", mode="r"), note="r"),
    *(Case(np.linalg.norm, [(4,)], linalg("norm", p), note=str(p)) for p in VECTOR_ORDERS),
    *(Case(np.linalg.norm, [(2, 3)], linalg("norm", p, axis=0), note=f"{p} axis") for p in VECTOR_ORDERS),
    *(Case(np.linalg.norm, [(2, 3)], linalg("norm", p), note=str(p)) for p in MATRIX_ORDERS),
    *(
        Case(np.linalg.norm, [(2, 2, 3)], linalg("norm", p, axis=axes, keepdims=True), note=f"{p} {axes}")
        for p in MATRIX_ORDERS
        for axes in [(0, 1), (2, 0), (-1, 1)]
    ),
    Case(np.linalg.norm, [(2, 2, 3)], note="all elements"),
    Case(np.linalg.norm, [()], note="0-d"),
    Case(np.linalg.norm, [(0,)], note="empty"),
    Case(np.linalg.norm, [(2, 3)], linalg("norm", keepdims=True), note="keepdims"),
    Case(np.linalg.norm, [(2, 3)], linalg("norm", axis=(1,)), note="tuple of one"),
    Case(np.linalg.norm, [lambda rng: np.array([0.0, 1.0, -2.0])], note="an element is zero"),
    *(Case(np.linalg.vector_norm, [(2, 3)], linalg("vector_norm", ord=p), note=str(p)) for p in VECTOR_ORDERS[1:]),
    Case(np.linalg.vector_norm, [(2, 3, 2)], linalg("vector_norm", axis=(0, -1), keepdims=True), note="axes"),
    Case(np.linalg.vector_norm, [(2, 3, 2)], linalg("vector_norm", axis=(0, 1), ord=3), note="axes 3"),
    *(Case(np.linalg.matrix_norm, [(2, 2, 3)], linalg("matrix_norm", ord=p), note=str(p)) for p in MATRIX_ORDERS[1:]),
    Case(np.linalg.matrix_norm, [(2, 2, 3)], linalg("matrix_norm", keepdims=True), note="keepdims"),
    Case(expm, [(3, 3)]),
    Case(expm, [(0, 0)], note="empty"),
    Case(expm, [(2, 2, 2)], note="stack"),
    Case(expm, [lambda rng: 4 * rng.normal(size=(3, 3))], note="large"),
]
