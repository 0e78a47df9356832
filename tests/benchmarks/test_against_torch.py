"""First and second derivatives, compared with those of PyTorch: of the whole table, and of functions of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Primitive, Tensor, expm
from tests.arrays.case import distinct, symmetric_positive_definite
from tests.samples import ELEMENTWISE_ROWS, points

torch = pytest.importorskip("torch")

HOLES = np.array([[True, False, False, True], [False, False, True, False], [False, False, True, False]])
LEVELS = torch.tensor([0.2, 0.7], dtype=torch.float64)
COLUMNS = torch.tensor([0, 2, 0])
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


def both(names: str) -> list[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """Return functions of NumPy and of PyTorch that have one name in both."""
    return [(name, getattr(np, name), getattr(torch, name)) for name in names.split()]


OF_ANOTHER_NAME: dict[str, Callable[..., Any]] = {
    "clip": lambda x: x.clip(-torch.inf, torch.inf),
    "cbrt": lambda x: x.sign() * x.abs() ** (1 / 3),
    "floor_divide": lambda x, y: torch.floor(x / y),  # PyTorch's own has no derivative, not even zero
    "heaviside": lambda x, y: torch.where(x > 0, 1.0, torch.where(x < 0, 0.0, y)),  # neither has this
    "mod": torch.remainder,
    "rint": torch.round,
    "step": lambda x: torch.where(x > 0, 1.0, 0.0) + 0 * x,
    "strong_mul": torch.mul,
    "where": lambda condition, x, y: torch.where(condition != 0, x, y),
}


def of_row(row: Primitive) -> Pair:
    """Return a row of the table beside PyTorch's function of that name, at the row's sample points."""
    peers = (
        getattr(module, name, None) for module in (torch, torch.nn.functional) for name in (row.name, *row.aliases)
    )
    theirs = OF_ANOTHER_NAME.get(row.name) or next(filter(None, peers))
    arrays = map(np.array, zip(*points(row), strict=True))
    return Pair(row.name, row, theirs, [lambda rng, x=x: x for x in arrays])


spd = symmetric_positive_definite
PAIRS = [
    *map(of_row, ELEMENTWISE_ROWS),
    *alike(np, torch, "multiply divide arctan2 hypot maximum", (3, 4), (4,)),
    Pair("clip", lambda a: np.clip(a, -0.5, 1.0), lambda a: a.clip(-0.5, 1.0), [(3, 4)]),
    Pair("clip between arrays", np.clip, torch.clamp, [(3, 4), lambda rng: -positive(4)(rng), positive(3, 1)]),
    Pair("where", lambda a, b: np.where(a > 0, a * b, b), lambda a, b: torch.where(a > 0, a * b, b), [(3, 4), (4,)]),
    Pair("round", lambda a: np.round(a, 1) * a, lambda a: a.round(decimals=1) * a, [(3, 4)]),
    *(
        Pair(
            name,
            lambda a, f=ours: f(np.where(HOLES, np.nan, a)) ** 2,
            lambda a, f=theirs: f(torch.where(torch.tensor(HOLES), torch.nan, a)) ** 2,
            [(3, 4)],
        )
        for name, ours, theirs in both("nan_to_num nansum nanmean")
    ),
    Pair("mean", lambda a: np.mean(a**3, axis=1), lambda a: (a**3).mean(1), [(3, 4)]),
    Pair("std", lambda a: np.std(a, axis=0, ddof=1), lambda a: a.std(0), [(3, 4)]),
    Pair("min", lambda a: np.min(a) ** 2, lambda a: a.amin() ** 2, [(3, 4)]),
    Pair("max with ties", lambda a: np.max(np.round(a)) * a, lambda a: a.round().amax() * a, [(3, 4)]),
    Pair("median", lambda a: np.median(a, axis=1) ** 2, lambda a: a.quantile(0.5, 1) ** 2, [(3, 4)]),
    Pair("quantile", lambda a: np.quantile(a, [0.2, 0.7], 0) ** 2, lambda a: a.quantile(LEVELS, 0) ** 2, [(3, 4)]),
    Pair("trapezoid", lambda a: np.trapezoid(a**2, dx=0.5), lambda a: torch.trapezoid(a**2, dx=0.5), [(3, 4)]),
    Pair("trapezoid over x", np.trapezoid, torch.trapezoid, [(3, 4), (4,)]),
    Pair("diff", lambda a: np.diff(a**2, 2, axis=0), lambda a: torch.diff(a**2, 2, 0), [(4, 3)]),
    Pair("gradient", lambda a: np.gradient(a**2, axis=1), lambda a: torch.gradient(a**2, dim=1)[0], [(3, 4)]),
    Pair("logsumexp", lambda a: autograd.logsumexp(a, axis=1), lambda a: a.logsumexp(1), [(3, 4)]),
    Pair("reshape", lambda a: np.reshape(a, (4, 3)) ** 2, lambda a: a.reshape(4, 3) ** 2, [(3, 4)]),
    Pair("ravel", lambda a: np.ravel(a.T) ** 2, lambda a: a.T.ravel() ** 2, [(3, 4)]),
    Pair("moveaxis", lambda a: np.moveaxis(a, 0, -1) ** 2, lambda a: a.moveaxis(0, -1) ** 2, [(2, 3, 4)]),
    Pair("swapaxes", lambda a: np.swapaxes(a, 0, 2) ** 2, lambda a: a.swapaxes(0, 2) ** 2, [(2, 3, 4)]),
    Pair("squeeze", lambda a: np.squeeze(a) ** 2, lambda a: a.squeeze() ** 2, [(2, 1, 3)]),
    Pair("expand_dims", lambda a: np.expand_dims(a, 1) ** 2, lambda a: a.unsqueeze(1) ** 2, [(2, 3)]),
    Pair("broadcast_to", lambda a: np.broadcast_to(a, (2, 3)) ** 2, lambda a: a.broadcast_to((2, 3)) ** 2, [(3,)]),
    Pair("flip", lambda a: np.flip(a, (0, 1)) ** 2, lambda a: a.flip((0, 1)) ** 2, [(2, 3)]),
    Pair("rot90", lambda a: np.rot90(a) ** 2, lambda a: torch.rot90(a) ** 2, [(2, 3)]),
    Pair("tile", lambda a: np.tile(a, (2, 2)) ** 2, lambda a: a.tile((2, 2)) ** 2, [(2, 3)]),
    Pair("repeat", lambda a: np.repeat(a, 2, 1) ** 2, lambda a: a.repeat_interleave(2, 1) ** 2, [(2, 3)]),
    *(
        Pair(
            f"pad {ours}",
            lambda a, mode=ours: np.pad(a, ((0, 0), (2, 1)), mode=mode) ** 2,
            lambda a, mode=theirs: torch.nn.functional.pad(a, (2, 1), mode=mode) ** 2,
            [(2, 4)],
        )
        for ours, theirs in (
            ("constant", "constant"),
            ("reflect", "reflect"),
            ("edge", "replicate"),
            ("wrap", "circular"),
        )
    ),
    *(
        Pair(
            name,
            lambda a, b, f=ours: f((a, b)) ** 2,
            lambda a, b, f=theirs: f((a, b)) ** 2,
            [(2, 2), (2, 2)],
        )
        for name, ours, theirs in both("stack vstack hstack dstack column_stack")
    ),
    Pair("split", lambda a: np.split(a, [1], 1)[1] ** 2, lambda a: a.tensor_split([1], 1)[1] ** 2, [(2, 3)]),
    Pair("take", lambda a: np.take(a, [0, 2, 0], 1) ** 2, lambda a: a.index_select(1, COLUMNS) ** 2, [(2, 3)]),
    Pair(
        "take_along_axis",
        lambda a: np.take_along_axis(a, COLUMNS.numpy()[None], 1) ** 2,
        lambda a: a.take_along_dim(COLUMNS[None], 1) ** 2,
        [(2, 3)],
    ),
    Pair("mask", lambda a: a[a > 0] ** 2, lambda a: a[a > 0] ** 2, [(3, 4)]),
    Pair("diagonal", lambda a: np.diagonal(a, 1) ** 2, lambda a: a.diagonal(1) ** 2, [(3, 4)]),
    Pair("diag", lambda a: np.diag(a) @ a, lambda a: a.diag() @ a, [(3,)]),
    Pair("tril", lambda a: np.tril(a, 1) ** 2, lambda a: a.tril(1) ** 2, [(3, 4)]),
    Pair("triu", lambda a: np.triu(a) ** 2, lambda a: a.triu() ** 2, [(3, 4)]),
    Pair("trace", lambda a: np.trace(a @ a), lambda a: (a @ a).trace(), [(3, 3)]),
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
    slopes = [Tensor(np.zeros(x.shape)) if x.grad is None else x.grad for x in operands]
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
    slopes = torch.autograd.grad(
        value, operands, torch.tensor(weight), create_graph=True, allow_unused=True, materialize_grads=True
    )
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
