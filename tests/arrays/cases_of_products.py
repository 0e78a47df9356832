"""Cases for products of arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.arrays.case import Case

MATMUL_SHAPES = [
    [(3,), (3,)],
    [(3,), (3, 2)],
    [(2, 3), (3,)],
    [(2, 3), (3, 4)],
    [(0, 3), (3, 2)],
    [(2, 0), (0, 3)],
    [(3,), (2, 3, 4)],
    [(2, 4, 3), (3,)],
    [(2, 2, 3), (3, 4)],
    [(2, 0, 3), (3, 2)],
    [(2, 0), (3, 0, 2)],
    [(2, 3), (2, 3, 2)],
    [(2, 1, 2, 3), (3, 3, 2)],
    [(2, 2, 3), (2, 3, 2)],
]
DOT_SHAPES = [
    [(), ()],
    [(), (2, 3)],
    [(2,), ()],
    [(3,), (3,)],
    [(2, 3), (3,)],
    [(2, 3), (3, 2)],
    [(3,), (2, 3, 2)],
    [(2, 2, 3), (3, 2)],
    [(2, 3), (2, 3, 2)],
]
EINSUM = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 2)),
    ("ba, c b", (2, 3), (2, 2)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("ij->j", (2, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iij->ji", (2, 2, 3)),
    ("iiijj->ij", (2, 2, 2, 3, 3)),
    ("i->", (0,)),
    (",", (), ()),
    (",ij->i", (), (2, 3)),
    ("i,j", (2,), (3,)),
    ("i,j->i", (2,), (3,)),
    ("ij,kl->ik", (2, 3), (2, 2)),
    ("ii,i,ij->j", (2, 2), (2,), (2, 3)),
    ("i,ij,j->", (2,), (2, 3), (3,)),
    ("ab,bc,cd,de", (2, 3), (3, 2), (2, 2), (2, 1)),
    ("...ij,...jk->...ik", (2, 3), (2, 3, 2)),
    ("...ij,...jk", (2, 1, 2, 3), (3, 3, 2)),
    ("i...,...i->...", (3, 2), (2, 3)),
    ("...ii->...i", (2, 3, 3)),
    ("...", (2, 3)),
    ("...,...", (2, 3), (3,)),
    ("i...->...", (2, 3)),
    ("i,i->i", (1,), (3,)),
    ("i,i", (1,), (3,)),
    ("ij,ij->", (2, 1), (1, 3)),
]


def einsum(subscripts: str, optimize: Any = False) -> Callable[..., Any]:
    return lambda *operands: np.einsum(subscripts, *operands, optimize=optimize)


def tensordot(axes: Any) -> Callable[..., Any]:
    return lambda a, b: np.tensordot(a, b, axes=axes)


def cross(**axes: int) -> Callable[..., Any]:
    return lambda a, b: np.cross(a, b, **axes)


CASES = [
    *(Case(np.matmul, shapes) for shapes in MATMUL_SHAPES),
    Case(np.matmul, [(2, 3), (3, 2)], lambda a, b: a @ b, note="operator"),
    Case(np.matmul, [(2, 3)], lambda a: np.array([[1, 2], [3, 4]], np.float32) @ a, note="array first"),
    Case(np.matmul, [(2, 2)], lambda a: a @ a, note="square"),
    *(Case(np.dot, shapes) for shapes in DOT_SHAPES),
    Case(np.vdot, [(2, 3), (3, 2)]),
    Case(np.vdot, [(), ()]),
    *(Case(np.inner, shapes) for shapes in [[(), (2,)], [(3,), (3,)], [(2, 3), (3,)], [(2, 3), (2, 2, 3)]]),
    *(Case(np.outer, shapes) for shapes in [[(), (2,)], [(2,), (3,)], [(2, 2), (3, 1)], [(0,), (2,)]]),
    *(
        Case(getattr(np, name), shapes)
        for name, *all_shapes in [
            ("vecdot", [(3,), (3,)], [(2, 3), (3,)], [(2, 1, 3), (2, 3)]),
            ("matvec", [(2, 3), (3,)], [(2, 2, 3), (3,)], [(2, 3), (4, 3)]),
            ("vecmat", [(3,), (3, 2)], [(3,), (2, 3, 2)], [(4, 3), (3, 2)]),
        ]
        for shapes in all_shapes
        if hasattr(np, name)  # the last two since NumPy 2.2
    ),
    *(Case(np.kron, shapes) for shapes in [[(2,), (3,)], [(2, 3), (2, 1)], [(2,), (2, 1, 2)], [(), (2,)]]),
    Case(np.cross, [(3,), (3,)]),
    Case(np.cross, [(2, 1, 3), (2, 3)]),
    Case(np.cross, [(3, 2), (2, 3)], cross(axisa=0), note="axisa"),
    Case(np.cross, [(2, 3), (3, 2)], cross(axisb=0, axisc=0), note="axisb axisc"),
    Case(np.cross, [(3, 2), (3, 2)], cross(axis=0), note="axis"),
    Case(np.linalg.matmul, [(2, 3), (3, 2)]),
    Case(np.linalg.outer, [(2,), (3,)]),
    Case(np.linalg.vecdot, [(2, 3), (3,)]),
    Case(np.linalg.vecdot, [(3, 2), (3, 1)], lambda a, b: np.linalg.vecdot(a, b, axis=0), note="axis"),
    Case(np.linalg.cross, [(2, 3), (3,)]),
    Case(np.linalg.cross, [(3, 2), (3, 2)], lambda a, b: np.linalg.cross(a, b, axis=0), note="axis"),
    *(
        Case(f, [m, n], lambda a, v, f=f, mode=mode: f(a, v, mode), note=mode)
        for f in (np.convolve, np.correlate)
        for mode in ("full", "same", "valid")
        for m, n in [((5,), (3,)), ((5,), (2,)), ((2,), (5,)), ((3,), (6,)), ((3,), (3,)), ((4,), (4,))]
    ),
    Case(np.tensordot, [(2, 3, 2), (3, 2, 2)]),
    Case(np.tensordot, [(2, 3), (2, 2)], tensordot(0), note="none"),
    Case(np.tensordot, [(2, 3), (3, 2)], tensordot(1), note="one"),
    Case(np.tensordot, [(2, 3, 4), (4, 2, 3)], tensordot(((0, 1), (1, 2))), note="pairs"),
    Case(np.tensordot, [(2, 3, 4), (2, 4, 3)], tensordot(([1, -1], [2, 1])), note="crossed"),
    Case(np.tensordot, [(2, 3, 4), (5, 4, 3, 2)], tensordot(([2, 0, 1], [1, 3, 2])), note="all of one"),
    Case(np.tensordot, [(2, 3), (3, 2)], tensordot((1, 0)), note="numbers"),
    Case(np.tensordot, [(2, 0), (0, 3)], tensordot(1), note="empty"),
    Case(np.linalg.tensordot, [(2, 3), (3, 2)], lambda a, b: np.linalg.tensordot(a, b, axes=1)),
    *(Case(np.einsum, shapes, einsum(subscripts), note=subscripts) for subscripts, *shapes in EINSUM),
    *(
        Case(np.einsum, shapes, einsum(subscripts, optimize=True), note=f"{subscripts} optimized")
        for subscripts, *shapes in EINSUM
        if subscripts != "iiijj->ij"
    ),
    Case(
        np.einsum,
        [(2, 3), (3, 2), (2,)],
        einsum("ij,jk,k->i", ["einsum_path", (1, 2), (0, 1)]),
        note="a path that is given",
    ),
    Case(np.einsum, [(2, 3), (3,)], lambda a, b: np.einsum(a, [0, 1], b, [1]), note="interleaved"),
    Case(np.einsum, [(2, 3), (3,)], lambda a, b: np.einsum(a, [0, 27], b, [27], [0]), note="interleaved output"),
    Case(
        np.einsum,
        [(2, 2, 3), (3,)],
        lambda a, b: np.einsum(a, [..., 1, 5], b, [5], [1, ...]),
        note="interleaved ellipsis",
    ),
]
