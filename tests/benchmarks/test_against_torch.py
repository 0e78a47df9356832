"""First and second derivatives, compared with those of PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograd import Tensor
from autograd.arrays.matrix_functions import expm
from tests.arrays.case import distinct, symmetric_positive_definite

torch = pytest.importorskip("torch")

Draw = Callable[[np.random.Generator], np.ndarray]
la, tla = np.linalg, torch.linalg


@dataclass(frozen=True)
class Pair:
    """One computation written for both, and the shapes of its operands, or functions that draw them."""

    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    operands: Sequence[Sequence[int] | Draw]

    def draw(self) -> list[np.ndarray]:
        rng = np.random.default_rng(5)
        return [x(rng) if callable(x) else distinct(rng, tuple(x)) for x in self.operands]


def positive(*shape: int) -> Draw:
    return lambda rng: np.abs(distinct(rng, shape))


def symmetric(a: Any) -> Any:
    return (a + a.swapaxes(-1, -2)) / 2


def alike(module: Any, other: Any, names: str, *operands: Sequence[int] | Draw) -> list[Pair]:
    """Return functions that have one name in both."""
    return [Pair(name, getattr(module, name), getattr(other, name), operands) for name in names.split()]


spd = symmetric_positive_definite
PAIRS = [
    *alike(np, torch, "sin cos tanh exp expm1 arctan sinh", (3, 4)),
    *alike(np, torch, "log log1p sqrt log2", positive(3, 4)),
    *alike(np, torch, "multiply divide arctan2 hypot maximum", (3, 4), (4,)),
    Pair("power", np.power, torch.pow, [positive(3, 4), (4,)]),
    Pair("logaddexp", np.logaddexp, torch.logaddexp, [(3, 4), (4,)]),
    Pair("sum", lambda a: np.sum(a**3, axis=(0, -1)), lambda a: (a**3).sum((0, -1)), [(2, 3, 4)]),
    Pair("prod", lambda a: np.prod(a, axis=1), lambda a: a.prod(1), [(3, 4)]),
    Pair("var", lambda a: np.var(a, axis=1, ddof=1), lambda a: a.var(1), [(3, 4)]),
    Pair("max", lambda a: np.max(a, axis=0) ** 2, lambda a: a.amax(0) ** 2, [(3, 4)]),
    Pair("cumsum", lambda a: np.cumsum(a * a, axis=1), lambda a: (a * a).cumsum(1), [(3, 4)]),
    Pair("cumprod", lambda a: np.cumprod(a, axis=1), lambda a: a.cumprod(1), [(3, 4)]),
    Pair("transpose", lambda a: np.transpose(a, (2, 0, 1)) ** 2, lambda a: a.permute(2, 0, 1) ** 2, [(2, 3, 4)]),
    Pair("index", lambda a: a[[0, 2, 0], 1:] ** 2, lambda a: a[[0, 2, 0], 1:] ** 2, [(3, 4)]),
    Pair(
        "concatenate",
        lambda a, b: np.concatenate([a, b], 1) ** 2,
        lambda a, b: torch.cat([a, b], 1) ** 2,
        [(2, 3), (2, 1)],
    ),
    Pair("roll", lambda a: np.roll(a, 2, axis=1) ** 3, lambda a: a.roll(2, 1) ** 3, [(3, 4)]),
    Pair("sort", lambda a: np.sort(a, axis=1) ** 3, lambda a: a.sort(1).values ** 3, [(3, 4)]),
    *(
        Pair("matmul", np.matmul, torch.matmul, shapes)
        for shapes in (
            [(3,), (3,)],
            [(3,), (3, 2)],
            [(2, 3), (3,)],
            [(2, 3), (3, 4)],
            [(2, 2, 3), (3, 4)],
            [(2, 1, 2, 3), (3, 3, 2)],
        )
    ),
    Pair("inner", np.inner, torch.inner, [(2, 3), (4, 3)]),
    Pair("outer", np.outer, torch.outer, [(2,), (3,)]),
    Pair("kron", np.kron, torch.kron, [(2, 3), (2, 1)]),
    Pair("cross", np.cross, tla.cross, [(2, 3), (2, 3)]),
    Pair("vecdot", la.vecdot, tla.vecdot, [(2, 3), (2, 3)]),
    Pair(
        "tensordot",
        lambda a, b: np.tensordot(a, b, ([1, 2], [2, 0])),
        lambda a, b: torch.tensordot(a, b, ([1, 2], [2, 0])),
        [(2, 3, 4), (4, 5, 3)],
    ),
    *(
        Pair("einsum", lambda *xs, s=s: np.einsum(s, *xs), lambda *xs, s=s: torch.einsum(s, *xs), shapes)
        for s, *shapes in [
            ("ij,jk->ik", (2, 3), (3, 4)),
            ("ii->i", (3, 3)),
            ("ij,kl->ik", (2, 3), (2, 2)),
            ("...ij,...jk", (2, 3), (4, 3, 2)),
            ("i,ij,j->", (2,), (2, 3), (3,)),
        ]
    ),
    Pair(
        "convolve",
        lambda a, v: np.convolve(a, v),
        lambda a, v: torch.nn.functional.conv1d(a[None, None], v.flip(0)[None, None], padding=len(v) - 1)[0, 0],
        [(5,), (3,)],
    ),
    *alike(la, tla, "inv det svdvals pinv cond", spd(2, 3, 3)),
    Pair("slogdet", lambda a: la.slogdet(a)[1], lambda a: tla.slogdet(a)[1], [spd(2, 3, 3)]),
    Pair("solve", la.solve, tla.solve, [spd(2, 3, 3), (2, 3, 4)]),
    Pair("solve vector", la.solve, tla.solve, [spd(3, 3), (3,)]),
    Pair(
        "lstsq", lambda a, b: la.lstsq(a, b)[0], lambda a, b: tla.lstsq(a, b, driver="gels").solution, [(5, 3), (5, 2)]
    ),
    Pair("pinv tall", la.pinv, tla.pinv, [(4, 2)]),
    Pair("pinv wide", la.pinv, tla.pinv, [(2, 4)]),
    Pair("matrix_power", lambda a: la.matrix_power(a, 5), lambda a: tla.matrix_power(a, 5), [(3, 3)]),
    Pair("inverse power", lambda a: la.matrix_power(a, -2), lambda a: tla.matrix_power(a, -2), [spd(3, 3)]),
    Pair("multi_dot", lambda *xs: la.multi_dot(xs), lambda *xs: tla.multi_dot(xs), [(4, 2), (2, 5), (5, 1), (1, 3)]),
    Pair("cholesky", lambda a: la.cholesky(symmetric(a)), lambda a: tla.cholesky(symmetric(a)), [spd(2, 3, 3)]),
    Pair("eigvalsh", lambda a: la.eigvalsh(symmetric(a)), lambda a: tla.eigvalsh(symmetric(a)), [spd(2, 3, 3)]),
    Pair("eigh", lambda a: la.eigh(symmetric(a))[1] ** 2, lambda a: tla.eigh(symmetric(a))[1] ** 2, [spd(2, 3, 3)]),
    *(
        Pair(
            f"svd {part}",
            lambda a, part=part: la.svd(a, full_matrices=False)[part] ** 2,
            lambda a, part=part: tla.svd(a, full_matrices=False)[part] ** 2,
            [shape],
        )
        for part in range(3)
        for shape in [(4, 2), (3, 3), (2, 3)]
    ),
    *(
        Pair(f"qr {part}", lambda a, part=part: la.qr(a)[part], lambda a, part=part: tla.qr(a)[part], [shape])
        for part in range(2)
        for shape in [(2, 4, 2), (3, 3)]
    ),
    *(
        Pair(
            f"vector norm {p}",
            lambda a, p=p: la.vector_norm(a, ord=p, axis=1),
            lambda a, p=p: tla.vector_norm(a, p, 1),
            [(3, 4)],
        )
        for p in (1, 2, 3, 2.5, -1, np.inf, -np.inf)
    ),
    *(
        Pair(
            f"matrix norm {p}",
            lambda a, p=p: la.matrix_norm(a, ord=p),
            lambda a, p=p: tla.matrix_norm(a, p),
            [(2, 3, 3)],
        )
        for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    ),
    Pair("expm", expm, torch.matrix_exp, [(3, 3)]),
    Pair("expm of a large matrix", expm, torch.matrix_exp, [lambda rng: 3 * rng.normal(size=(2, 4, 4))]),
    Pair(
        "tensorsolve",
        lambda a, b: la.tensorsolve(a.reshape(2, 3, 6), b),
        lambda a, b: tla.tensorsolve(a.reshape(2, 3, 6), b),
        [spd(6, 6), (2, 3)],
    ),
    Pair(
        "tensorinv",
        lambda a: la.tensorinv(a.reshape(2, 3, 6)),
        lambda a: tla.tensorinv(a.reshape(2, 3, 6)),
        [spd(6, 6)],
    ),
]


def weights(seed: int, shapes: Sequence[Sequence[int]]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, shape) for shape in shapes]


def our_derivatives(pair: Pair, arrays: Sequence[np.ndarray]) -> tuple[Any, list[Any], list[Any]]:
    operands = [Tensor(a) for a in arrays]
    value = pair.ours(*operands)
    value.backward(*weights(1, [value.shape]), create_graph=True)
    slopes = [x.grad for x in operands]
    for x in operands:
        x.grad = None
    along = weights(2, [a.shape for a in arrays])
    sum(np.sum(g * v) for g, v in zip(slopes, along, strict=True)).backward()
    return (
        value.numpy(),
        [g.numpy() for g in slopes],
        [np.zeros(x.shape) if x.grad is None else x.grad for x in operands],
    )


def their_derivatives(pair: Pair, arrays: Sequence[np.ndarray]) -> tuple[Any, list[Any], list[Any]]:
    operands = [torch.tensor(a, requires_grad=True) for a in arrays]
    value = pair.theirs(*operands)
    (weight,) = weights(1, [value.shape])
    slopes = torch.autograd.grad(value, operands, torch.tensor(weight), create_graph=True)
    along = weights(2, [a.shape for a in arrays])
    direction = sum((g * torch.tensor(v)).sum() for g, v in zip(slopes, along, strict=True))
    if direction.requires_grad:
        curves = torch.autograd.grad(direction, operands, allow_unused=True)
    else:
        curves = [None] * len(operands)
    second = [np.zeros(x.shape) if c is None else c.numpy(force=True) for x, c in zip(operands, curves, strict=True)]
    return value.detach().numpy(), [g.detach().numpy() for g in slopes], second


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{pair.name}-{i}" for i, pair in enumerate(PAIRS)])
def test_value_and_both_derivatives_are_those_of_torch(pair: Pair) -> None:
    arrays = pair.draw()
    (value, first, second), (their_value, their_first, their_second) = (
        our_derivatives(pair, arrays),
        their_derivatives(pair, arrays),
    )
    np.testing.assert_allclose(value, their_value, rtol=1e-10, atol=1e-12)
    for ours, theirs in zip([*first, *second], [*their_first, *their_second], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10 * max(1.0, np.abs(theirs).max()))
