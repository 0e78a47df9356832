"""Cases for arrays in another shape, joined, taken apart, extended."""

import numpy as np

from tests.arrays.case import Case

OF_SHAPE = [
    Case(np.reshape, [(2, 3)], lambda a: np.reshape(a, (3, 2))),
    Case(np.reshape, [(2, 3)], lambda a: np.reshape(a, -1), note="flat"),
    Case(np.reshape, [()], lambda a: np.reshape(a, (1, 1)), note="0-d"),
    Case(np.reshape, [(0, 3)], lambda a: np.reshape(a, (3, -1, 2)), note="empty"),
    Case(np.reshape, [(2, 3)], lambda a: np.reshape(a, (3, -1), order="F"), note="F"),
    Case(np.reshape, [(2, 3)], lambda a: np.reshape(a, np.array([3, 2]), "A"), note="A"),
    Case(np.ravel, [(2, 3)]),
    Case(np.ravel, [()], note="0-d"),
    Case(np.ravel, [(2, 3)], lambda a: np.ravel(a, order="F"), note="F"),
    Case(np.squeeze, [(1, 2, 1, 3)]),
    Case(np.squeeze, [(1, 2, 1, 3)], lambda a: np.squeeze(a, (0, -2)), note="axes"),
    Case(np.squeeze, [(1, 1)], note="to 0-d"),
    Case(np.expand_dims, [(2, 3)], lambda a: np.expand_dims(a, -1)),
    Case(np.expand_dims, [(2, 3)], lambda a: np.expand_dims(a, [0, 2]), note="axes"),
    Case(np.expand_dims, [()], lambda a: np.expand_dims(a, 0), note="0-d"),
    Case(np.atleast_1d, [()], note="0-d"),
    Case(np.atleast_1d, [(), (2,)], note="two"),
    Case(np.atleast_2d, [(3,)]),
    Case(np.atleast_2d, [(2, 1, 3)], note="has three"),
    Case(np.atleast_3d, [(2,), (2, 3), (1, 2, 2)], note="three"),
    Case(np.broadcast_to, [(3, 1)], lambda array: np.broadcast_to(array, (2, 3, 4))),
    Case(np.broadcast_to, [()], lambda array: np.broadcast_to(array, 3), note="0-d"),
    Case(np.broadcast_to, [(1, 3)], lambda array: np.broadcast_to(array, (0, 3)), note="to none"),
    Case(np.broadcast_arrays, [(3, 1), (2,), ()]),
    Case(np.broadcast_arrays, [(3, 1)], lambda a: np.broadcast_arrays(a, np.ones(2))[0], note="constant"),
    Case(np.meshgrid, [(2,), (3,), (4,)]),
    Case(np.meshgrid, [(2,), ()], lambda *xi: np.meshgrid(*xi, indexing="ij"), note="ij"),
    Case(np.meshgrid, [(2,), (3,)], lambda *xi: np.meshgrid(*xi, sparse=True), note="sparse"),
    Case(np.meshgrid, [(2,)], note="one axis"),
    Case(np.copy, [(2, 3)]),
    Case(np.full_like, [(2, 3)], lambda a: np.full_like(a, a[0, 1])),
    Case(np.full_like, [(2, 3)], lambda a: np.full_like(a, a[:, :1], shape=(2, 2)), note="shape"),
]

OF_ORDER = [
    Case(np.transpose, [(2, 3, 4)]),
    Case(np.transpose, [(2, 3, 4)], lambda a: np.transpose(a, (1, -1, 0)), note="axes"),
    Case(np.transpose, [()], note="0-d"),
    Case(np.permute_dims, [(2, 3, 4)], lambda a: np.permute_dims(a, axes=[2, 0, 1])),
    Case(np.matrix_transpose, [(2, 3, 4)]),
    Case(np.swapaxes, [(2, 3, 4)], lambda a: np.swapaxes(a, 0, -1)),
    Case(np.moveaxis, [(2, 3, 4)], lambda a: np.moveaxis(a, 0, -1)),
    Case(np.moveaxis, [(2, 3, 4)], lambda a: np.moveaxis(a, [0, -1], [1, 0]), note="axes"),
    Case(np.rollaxis, [(2, 3, 4)], lambda a: np.rollaxis(a, -1, 1)),
    Case(np.flip, [(2, 3, 2)]),
    Case(np.flip, [(2, 3, 2)], lambda m: np.flip(m, (0, -1)), note="axes"),
    Case(np.flipud, [(2, 3)]),
    Case(np.fliplr, [(2, 3)]),
    Case(np.rot90, [(2, 3)]),
    Case(np.rot90, [(2, 3, 4)], lambda m: np.rot90(m, -1, (2, 0)), note="axes"),
    Case(np.roll, [(3, 4)], lambda a: np.roll(a, 2, axis=1)),
    Case(np.roll, [(3, 4)], lambda a: np.roll(a, -5), note="flat"),
    Case(np.roll, [(3, 4)], lambda a: np.roll(a, (1, -1), axis=(0, -1)), note="axes"),
    Case(np.roll, [(3, 4)], lambda a: np.roll(a, [1, 1], axis=0), note="twice"),
    Case(np.roll, [(0,)], lambda a: np.roll(a, 1), note="empty"),
]

OF_EXTENDING = [
    Case(np.repeat, [(3,)], lambda a: np.repeat(a, [1, 0, 2])),
    Case(np.repeat, [(2, 3)], lambda a: np.repeat(a, 2, axis=-1), note="axis"),
    Case(np.repeat, [(2, 3)], lambda a: np.repeat(a, [2], axis=0), note="list of one"),
    Case(np.repeat, [(2, 3)], lambda a: np.repeat(a, 2), note="each of all"),
    Case(np.repeat, [()], lambda a: np.repeat(a, 3), note="0-d"),
    Case(np.repeat, [(2,)], lambda a: np.repeat(a, 0), note="to none"),
    Case(np.tile, [(2, 3)], lambda A: np.tile(A, 2)),
    Case(np.tile, [(2, 3)], lambda A: np.tile(A, (2, 1, 2)), note="new axis"),
    Case(np.tile, [()], lambda A: np.tile(A, (2, 2)), note="0-d"),
    Case(np.tile, [(2, 1, 2)], lambda A: np.tile(A, np.array([3, 1])), note="fewer"),
    Case(np.tile, [(2, 3)], lambda A: np.tile(A, ()), note="once"),
    Case(np.tile, [(2, 3)], lambda A: np.tile(A, (0, 1)), note="to none"),
    Case(np.resize, [(2, 3)], lambda a: np.resize(a, (2, 4))),
    Case(np.resize, [(2, 3)], lambda a: np.resize(a, 4), note="smaller"),
    Case(np.resize, [(0,)], lambda a: np.resize(a, 3), note="empty"),
    Case(np.pad, [(2, 3)], lambda a: np.pad(a, 1)),
    Case(np.pad, [(2, 3)], lambda a: np.pad(a, ((0, 1), (2, 0))), note="each"),
    Case(np.pad, [(0, 3)], lambda a: np.pad(a, (1, 2)), note="empty"),
    Case(np.pad, [(2, 3)], lambda a: np.pad(a, [(1, 2)], "constant", constant_values=5.0), note="number"),
    Case(np.pad, [(2, 3), ()], lambda a, c: np.pad(a, (1, 2), constant_values=c), note="operand"),
    Case(
        np.pad, [(2,), (), ()], lambda a, c, d: np.pad(a, 2, "constant", constant_values=((c, d),)), note="two operands"
    ),
    *(
        Case(np.pad, [(4, 3)], lambda a, mode=mode: np.pad(a, ((1, 2), (0, 2)), mode), note=mode)  # type: ignore[misc]
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ),
]

OF_JOINING = [
    Case(np.concatenate, [(2, 3), (1, 3)], lambda a, b: np.concatenate([a, b])),
    Case(np.concatenate, [(2, 3), (2, 0), (2, 1)], lambda a, b, c: np.concatenate((a, b, c), axis=-1), note="last"),
    Case(np.concatenate, [(2, 3), ()], lambda a, b: np.concatenate((a, b), axis=None), note="flat"),
    Case(np.concatenate, [(2,)], lambda a: np.concatenate([a, np.ones(2, a.dtype), a]), note="constant, twice"),
    Case(np.concatenate, [(2, 3)], note="of one"),
    Case(np.concat, [(2, 3), (2, 3)], lambda a, b: np.concat([a, b], axis=1)),
    Case(np.stack, [(2, 3), (2, 3)], lambda a, b: np.stack([a, b])),
    Case(np.stack, [(2, 3), (2, 3)], lambda a, b: np.stack([a, b, a], axis=-1), note="last, twice"),
    Case(np.stack, [(), ()], lambda a, b: np.stack((a, b)), note="0-d"),
    Case(np.stack, [(0,), (0,)], lambda a, b: np.stack((a, b), 1), note="empty"),
    Case(np.vstack, [(3,), (2, 3)], lambda a, b: np.vstack([a, b])),
    Case(np.hstack, [(3,), (2,), ()], lambda *tup: np.hstack(tup)),
    Case(np.hstack, [(2, 1), (2, 3)], lambda *tup: np.hstack(tup), note="matrices"),
    Case(np.dstack, [(3,), (1, 3)], lambda *tup: np.dstack(tup)),
    Case(np.column_stack, [(3,), (3, 2)], lambda *tup: np.column_stack(tup)),
    Case(np.append, [(2, 3), (2,)]),
    Case(np.append, [(2, 3), (1, 3)], lambda a, b: np.append(a, b, axis=0), note="axis"),
    Case(np.block, [(2, 2), (2, 1), ()], lambda a, b, c: np.block([[a, b], [c, c, c]])),
    Case(np.block, [(2, 2), ()], lambda a, b: np.block([[a, np.ones((2, 1), a.dtype)], [np.ones((1, 2), a.dtype), b]])),
    Case(np.block, [(2,)], note="of one"),
    Case(np.insert, [(4,), ()], lambda a, v: np.insert(a, 1, v)),
    Case(np.insert, [(3, 2), (3,)], lambda a, v: np.insert(a, [0, 2], v[:, None], axis=1), note="axis"),
    Case(np.insert, [(4,)], lambda a: np.insert(a, slice(0, 3, 2), [7.0, 8.0]), note="constants"),
    Case(np.delete, [(4,)], lambda a: np.delete(a, [0, -1])),
    Case(np.delete, [(3, 2)], lambda a: np.delete(a, 1, axis=0), note="axis"),
    Case(np.split, [(4, 2)], lambda a: np.split(a, 2)),
    Case(np.split, [(2, 5)], lambda a: np.split(a, [1, 3, 2, 9], axis=-1), note="bounds"),
    Case(np.array_split, [(5,)], lambda a: np.array_split(a, 3)),
    Case(np.hsplit, [(2, 4)], lambda a: np.hsplit(a, 2)),
    Case(np.hsplit, [(4,)], lambda a: np.hsplit(a, [1]), note="1-d"),
    Case(np.vsplit, [(4, 2)], lambda a: np.vsplit(a, 2)),
    Case(np.dsplit, [(1, 2, 4)], lambda a: np.dsplit(a, 2)),
]

SINCE_NUMPY_2_1 = (
    [
        Case(np.astype, [(2, 3)], lambda a: np.astype(a, a.dtype)),
        Case(np.unstack, [(2, 3)]),
        Case(np.unstack, [(2, 3)], lambda a: np.unstack(a, axis=-1)[1], note="axis"),
    ]
    if hasattr(np, "unstack")
    else []
)

CASES = [*OF_SHAPE, *OF_ORDER, *OF_EXTENDING, *OF_JOINING, *SINCE_NUMPY_2_1]
