"""What the cases of shapes and of selection do not say: methods, refusals, choices, memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, Value, stack
from autograd.errors import NotANumberError, SizeError, UnsupportedFunctionError
from autograd.reverse import adjoints

NUMBERS = np.arange(6.0).reshape(2, 3)


def t() -> Tensor:
    return Tensor(NUMBERS)


def gradient(f: Callable[[Tensor], Any], at: Any) -> Any:
    tensor = Tensor(at)
    np.sum(f(tensor)).backward()
    return tensor.grad.tolist()


METHODS = {
    "reshape": [((3, 2),), (3, 2), (-1,), (6,)],
    "transpose": [(), (1, 0), ((1, 0),), (None,)],
    "flatten": [(), ("F",)],
    "ravel": [()],
    "squeeze": [()],
    "swapaxes": [(0, 1)],
    "repeat": [(2, 1)],
    "take": [([0, 5],), ([1], 1)],
    "compress": [([True, False],), ([True, False], 0)],
    "diagonal": [(1,)],
    "trace": [()],
    "copy": [()],
    "astype": [(np.float64,), ("float64",)],
    "argsort": [()],
}


@pytest.mark.parametrize(("name", "arguments"), [(name, x) for name, calls in METHODS.items() for x in calls])
def test_a_method_takes_the_arguments_that_an_arrays_own_takes(name: str, arguments: tuple[Any, ...]) -> None:
    expected = getattr(NUMBERS, name)(*arguments)
    assert np.array_equal(getattr(t(), name)(*arguments).tolist(), expected.tolist())


def test_reshape_takes_an_order_by_name_beside_the_lengths() -> None:
    assert t().reshape(3, 2, order="F").tolist() == NUMBERS.reshape(3, 2, order="F").tolist()


def test_the_transpose_is_an_attribute_too() -> None:
    assert gradient(lambda x: x.T * NUMBERS.T, NUMBERS) == NUMBERS.tolist()


def test_order_a_counts_as_the_numbers_lie_in_memory() -> None:
    x = t()
    y = np.reshape(x.T, -1, order="A")
    assert y.tolist() == NUMBERS.T.reshape(-1, order="A").tolist() == NUMBERS.ravel().tolist()
    (y * np.arange(6.0)).sum().backward()
    assert x.grad.tolist() == NUMBERS.tolist()


def test_astype_goes_between_the_two_precisions_and_the_gradient_comes_back_in_the_first() -> None:
    x = Tensor([1.0, 2.0])
    y = x.astype(np.float32)
    assert y.dtype == np.float32
    y.sum().backward()
    assert x.grad.dtype == np.float64


def test_what_is_filled_with_a_number_is_a_plain_array() -> None:
    assert type(np.full_like(t(), 2.0)) is np.ndarray
    assert type(np.zeros_like(t())) is np.ndarray


def test_what_is_chosen_by_size_is_plain() -> None:
    for plain in (np.argsort(t()), np.argpartition(t(), 1), np.where(t() > 1)[0], np.searchsorted([1.0], t())):
        assert type(plain) is np.ndarray
    assert np.digitize(t(), [1.0]).tolist() == np.digitize(NUMBERS, [1.0]).tolist()


def test_equal_elements_are_sorted_in_the_order_they_have() -> None:
    weights = np.array([1.0, 10.0, 100.0])
    assert gradient(lambda x: np.sort(x) * weights, [2.0, 1.0, 2.0]) == [10.0, 1.0, 100.0]


@pytest.mark.parametrize(("x", "slope"), [(-1.0, 0.0), (0.0, 1.0), (0.5, 1.0), (1.0, 3.0), (2.0, 0.0), (9.0, 0.0)])
def test_interp_has_at_a_point_the_slope_to_its_right(x: float, slope: float) -> None:
    assert gradient(lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0]), x) == slope


def test_interp_gives_nan_at_nan_only() -> None:
    y = np.interp(Tensor([np.nan, 0.5]), [0.0, 1.0], [0.0, 1.0])
    assert np.array_equal(y.tolist(), [np.nan, 0.5], equal_nan=True)


def test_interp_in_a_table_of_uneven_lengths_is_refused() -> None:
    with pytest.raises(SizeError, match="one length"):
        np.interp(t(), [0.0, 1.0], [1.0])


def test_what_is_not_chosen_may_be_infinite() -> None:
    assert gradient(lambda x: np.triu(x), [[1.0, 2.0], [np.inf, 3.0]]) == [[1.0, 1.0], [0.0, 1.0]]


def test_padding_may_be_infinite() -> None:
    padded = np.pad(t(), 1, constant_values=-np.inf)
    assert padded.numpy()[0, 0] == -np.inf
    assert gradient(lambda x: np.pad(x, 1, constant_values=-np.inf)[1:, 1:-1][0], NUMBERS) == [[1.0] * 3, [0.0] * 3]


def test_constants_join_tensors_in_every_form() -> None:
    x = Tensor([1.0, 2.0])
    joined = np.concatenate([x, [3, 4], np.array([5])])
    stacked = np.stack([x[0], 3, 4.0])
    nested = np.block([[x, 3.0], [np.array([[4, 5]]), x[0]]])
    assert (joined.tolist(), stacked.tolist()) == ([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 3.0, 4.0])
    assert nested.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 1.0]]
    (joined.sum() + stacked.sum() + nested.sum()).backward()
    assert x.grad.tolist() == [4.0, 2.0]


def test_a_tensor_is_itself_a_sequence_of_arrays_to_join() -> None:
    for join in (np.stack, np.vstack, np.concatenate, np.hstack, np.column_stack):
        assert join(t()).tolist() == join(NUMBERS).tolist()
    assert gradient(lambda x: np.stack(x), NUMBERS) == np.ones((2, 3)).tolist()


def test_joining_a_thousand_tensors_costs_a_thousand_parts() -> None:
    parts = [Tensor([float(i), 1.0]) for i in range(1000)]
    adjoint = np.arange(2000.0)
    found = adjoints({np.concatenate(parts): adjoint}).of_leaves
    assert [found[part].tolist() for part in parts] == adjoint.reshape(1000, 2).tolist()
    assert all(found[part].base is not None for part in parts)  # views of it


def test_writing_into_a_joined_gradient_changes_no_other() -> None:
    a, b = Tensor([1.0]), Tensor([2.0])
    np.concatenate([a, b, a]).sum().backward()
    a.grad[0] = 9.0
    assert b.grad.tolist() == [1.0]


def test_a_static_argument_is_copied() -> None:
    x, indices = Tensor([1.0, 2.0]), np.array([0, 0])
    taken = np.take(x, indices)
    indices[:] = 1
    taken.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0]


ONE = Tensor(1.0)
ROW = np.ones(3)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: np.reshape(t(), (ONE, 6)), "shape"),
        (lambda: np.broadcast_to(t(), (ONE, 3)), "shape"),
        (lambda: np.roll(t(), ONE), "shift"),
        (lambda: np.tile(t(), ONE), "reps"),
        (lambda: np.repeat(t(), ONE), "repeats"),
        (lambda: np.resize(t(), ONE), "new_shape"),
        (lambda: np.pad(t(), ONE), "pad_width"),
        (lambda: np.split(t(), ONE), "indices_or_sections"),
        (lambda: np.insert(t(), ONE, 1.0), "obj"),
        (lambda: np.delete(t(), ONE), "obj"),
        (lambda: np.take(t(), ONE), "indices"),
        (lambda: np.take_along_axis(t(), t(), 0), "indices"),
        (lambda: np.choose(t(), [ROW]), "a"),
        (lambda: np.select([t()], [t()]), "condlist"),
        (lambda: np.compress(t(), t()), "condition"),
        (lambda: np.extract(t(), t()), "condition"),
        (lambda: np.bincount(t(), ROW), "x"),
        (lambda: np.histogram(ROW, Tensor([0.0, 1.0])), "bins"),
    ],
)
def test_what_is_not_differentiated_is_refused_by_name(call: Callable[[], Any], argument: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match=rf"takes no Tensor as {argument}, .*t\.numpy\(\)"):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: t().astype(int), r"float32 and float64, not int64.*t\.numpy\(\)\.astype\('int64'\)"),
        (lambda: np.ravel(t(), "K"), "order='K'.*use 'C' or 'F'"),
        (lambda: np.pad(t(), 1, "mean"), "mode='mean', only constant, edge, .*np.concatenate"),
        (lambda: np.pad(t(), 1, "linear_ramp", end_values=1.0), "mode='linear_ramp'"),
        (lambda: np.pad(t(), 1, "empty"), "mode='empty'"),
        (lambda: np.pad(t(), 1, "reflect", reflect_type="odd"), "reflect_type='odd'"),
        (lambda: np.insert([1, 2], 0, ONE), r"integers.*arr\.astype\(float\)"),
        (lambda: np.concatenate([t(), t()], dtype=np.float32), "takes no dtype.*astype"),
        (lambda: np.concatenate([t(), t()], out=np.zeros((4, 3))), "takes no out"),
        (lambda: np.take(t(), [0], out=np.zeros(1)), "takes no out"),
        (lambda: np.unique(t()), "np.unique of a Tensor has no derivative"),
    ],
)
def test_what_has_no_meaning_here_is_refused_with_the_cure(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match=message):
        call()


@pytest.mark.parametrize(
    "write",
    [
        lambda a: np.copyto(a, t()),
        lambda a: np.put(a, [0], ONE),
        lambda a: np.place(a, a == 0, ONE),
        lambda a: np.putmask(a, a == 0, ONE),
        lambda a: np.put_along_axis(a, np.zeros((2, 1), int), ONE, 1),
        lambda a: np.fill_diagonal(a, ONE),
        lambda a: np.fill_diagonal(t(), 1.0),
    ],
)
def test_no_tensor_is_written_anywhere(write: Callable[[np.ndarray], Any]) -> None:
    with pytest.raises((UnsupportedFunctionError, NotANumberError)):
        write(np.zeros((2, 3)))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.reshape(x, (4, 4)),
        lambda x: np.squeeze(x, 0),
        lambda x: np.expand_dims(x, 9),
        lambda x: np.transpose(x, (0, 0)),
        lambda x: np.moveaxis(x, 0, 5),
        lambda x: np.flip(x, 3),
        lambda x: np.broadcast_to(x, (5, 3)),
        lambda x: np.concatenate([x, x[0]]),
        lambda x: np.concatenate([x[0, 0], x[0, 0]]),
        lambda x: np.concatenate(x[:0]),
        lambda x: np.stack([x, x[0]]),
        lambda x: np.block([[x], x]),
        lambda x: np.split(x, 4, axis=1),
        lambda x: np.vsplit(x[0], 1),
        lambda x: np.dsplit(x, 1),
        lambda x: np.diag(x[None]),
        lambda x: np.partition(x, 9),
        lambda x: np.sort(x, axis=2),
        lambda x: np.pad(x, -1),
        lambda x: np.pad(x, 1, "edge", constant_values=1.0),
    ],
)
def test_what_numpy_refuses_is_refused_with_its_error(call: Callable[[Any], Any]) -> None:
    for x in (NUMBERS, t()):
        with pytest.raises(ValueError):
            call(x)


def test_nested_lists_of_values_and_tensors_are_stacked() -> None:
    v, x = Value(1.0), t()
    found = stack([[v, 2.0], [3.0, x[0, 0]]])
    assert isinstance(found, Tensor)
    np.testing.assert_array_equal(found.numpy(), [[1.0, 2.0], [3.0, NUMBERS[0, 0]]])
    np.sum(found * [[5.0, 1.0], [1.0, 7.0]]).backward()
    assert (v.grad, x.grad[0, 0]) == (5.0, 7.0)
