"""Parts of a Tensor, by every kind of index that NumPy has."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd import Tensor
from autograd.errors import NotALeafError, NotANumberError
from autograd.forward import tangents
from autograd.reverse import adjoints

Shape = tuple[int, ...]


def basic(data: st.DataObject, shape: Shape) -> Any:
    return data.draw(hnp.basic_indices(shape, allow_newaxis=True, max_dims=8))


def integers(data: st.DataObject, shape: Shape) -> Any:
    shapes = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)
    if not shape or 0 in shape:
        return np.zeros(data.draw(shapes), int)  # out of range, unless it is empty
    return data.draw(hnp.integer_array_indices(shape, result_shape=shapes))


def mask(data: st.DataObject, shape: Shape) -> Any:
    masked = data.draw(st.integers(0, len(shape)))
    return data.draw(hnp.arrays(bool, shape[:masked]))


def mixture(data: st.DataObject, shape: Shape) -> Any:
    """Draw an index of components of all kinds; those that are arrays have 1 or n elements, or n columns."""
    n = data.draw(st.integers(0, 3))
    index: list[Any] = []
    left = list(shape)
    while left and data.draw(st.integers(0, 5)):
        length = left[0]
        numbers = st.integers(-length, max(length - 1, 0))
        kind = data.draw(st.sampled_from(["number", "slice", "array", "list", "mask", "ellipsis", "new", "truth"]))
        if kind == "number":
            index.append(data.draw(numbers))
        elif kind == "slice":
            index.append(data.draw(st.slices(length)))
        elif kind == "array":
            columns = data.draw(st.sampled_from([(n,), (1,), (2, n), (2, 1), ()]))
            index.append(data.draw(hnp.arrays(np.int64, columns, elements=numbers)))
        elif kind == "list":
            index.append(data.draw(st.lists(numbers, min_size=n, max_size=n)))
        elif kind == "mask":
            masked = left[: data.draw(st.integers(1, 2))]
            chosen = data.draw(st.permutations(range(int(np.prod(masked)))))[:n]
            index.append(np.isin(np.arange(np.prod(masked)), chosen).reshape(masked))
            del left[: len(masked) - 1]
        else:
            index.append({"ellipsis": ..., "new": None, "truth": data.draw(st.booleans())}[kind])
            continue
        del left[0]
    return tuple(index)


def any_strides(data: st.DataObject, shape: Shape) -> np.ndarray:
    """Return an array of distinct elements that lies in memory in some way or other."""
    steps = [data.draw(st.sampled_from([1, 2, -1, -2])) for _ in shape]
    axes = data.draw(st.permutations(range(len(shape))))
    whole = np.zeros([shape[axis] * abs(steps[axis]) for axis in axes]).transpose(np.argsort(axes))
    array = whole[(..., *(slice(None, None, step) for step in steps))]  # a view, also where there are no axes
    array[...] = np.arange(1.0, array.size + 1).reshape(shape)
    return array


def compare_with_numpy(data: st.DataObject, indices: Callable[[st.DataObject, Shape], Any]) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    array, index = any_strides(data, shape), indices(data, shape)
    tensor = Tensor(array)
    tensor._primal = array  # a leaf's own copy would lie in order
    try:
        expected = array[index]
    except IndexError:
        with pytest.raises(IndexError):
            tensor[index]
        return
    result = tensor[index]
    assert result.shape == np.shape(expected)
    np.testing.assert_array_equal(result.numpy(), expected)

    g = np.arange(1.0, result.size + 1).reshape(result.shape)
    gradient = np.zeros(shape)
    for number, part in zip(np.ravel(expected), np.ravel(g), strict=True):
        gradient.flat[int(number) - 1] += part
    np.testing.assert_array_equal(adjoints({result: g}).of_leaves[tensor], gradient)

    recorded = adjoints({result: Tensor(g)}, create_graph=True).of_leaves[tensor]
    np.testing.assert_array_equal(recorded.numpy(), gradient)

    along = np.sqrt(array)
    np.testing.assert_array_equal(tangents([result], {tensor: along})[result], along[index])


every_kind = pytest.mark.parametrize("indices", [basic, integers, mask, mixture])


@every_kind
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_any_index_gives_what_numpy_gives_and_its_derivative(
    data: st.DataObject, indices: Callable[[st.DataObject, Shape], Any]
) -> None:
    compare_with_numpy(data, indices)


@pytest.mark.slow
@every_kind
@given(data=st.data())
@settings(max_examples=2000, deadline=None)
def test_thousands_of_indices_give_what_numpy_gives_and_its_derivative(
    data: st.DataObject, indices: Callable[[st.DataObject, Shape], Any]
) -> None:
    compare_with_numpy(data, indices)


def gradient(index: Any, shape: Shape = (2, 3)) -> Any:
    tensor = Tensor(np.ones(shape))
    tensor[index].sum().backward()
    return tensor.grad.tolist()


def test_an_element_named_twice_gets_both_gradients() -> None:
    assert gradient(np.array([1, 1, 0]), (3,)) == [1.0, 2.0, 0.0]
    assert gradient((slice(None), [0, 0]), (1, 2)) == [[2.0, 0.0]]


@pytest.mark.parametrize("index", [((1, 1),), range(2), deque([1, 1]), (np.array(1), [0, 0])])
def test_a_sequence_of_any_kind_is_an_array_of_indices(index: Any) -> None:
    expected = np.zeros((2, 3))
    plain = tuple(map(np.array, index)) if isinstance(index, tuple) else np.array(index)
    np.add.at(expected, plain, 1.0)
    assert gradient(index) == expected.tolist()


def test_an_empty_list_chooses_nothing() -> None:
    assert Tensor([1.0, 2.0])[[]].shape == (0,)
    assert gradient([]) == np.zeros((2, 3)).tolist()


def test_a_comparison_of_tensors_is_a_mask() -> None:
    t = Tensor([-1.0, 2.0, 3.0])
    t[t > 0].sum().backward()
    assert t.grad.tolist() == [0.0, 1.0, 1.0]


def test_a_part_of_a_part_leads_back_to_the_whole() -> None:
    t = Tensor(np.arange(6.0).reshape(2, 3))
    part = t[1][2]
    part.backward()
    assert (part.item(), t.grad.tolist()) == (5.0, [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def test_changing_an_index_afterwards_changes_no_gradient() -> None:
    t, index = Tensor([1.0, 2.0]), np.array([0, 0])
    y, z = t[index].sum(), t[index == 0].sum()
    index[:] = 1
    (y + z).backward()
    assert t.grad.tolist() == [3.0, 1.0]


def test_a_tensor_is_walked_over_and_unpacked_row_by_row() -> None:
    t = Tensor(np.arange(6.0).reshape(2, 3))
    first, second = t
    assert [row.tolist() for row in t] == [first.tolist(), second.tolist()] == t.tolist()
    (first * 2 + second).sum().backward()
    assert t.grad.tolist() == [[2.0] * 3, [1.0] * 3]
    assert len(t) == 2


def test_nothing_iterates_over_a_single_number() -> None:
    with pytest.raises(TypeError, match="no axes"):
        iter(Tensor(1.0))


@pytest.mark.parametrize("index", [2, -3, (0, 3), [0, 2], np.array([5]), (0, 0, 0), np.ones(3, bool), 1.0, "a"])
def test_what_numpy_does_not_find_is_an_index_error(index: Any) -> None:
    with pytest.raises(IndexError):
        Tensor(np.ones((2, 3)))[index]


@pytest.mark.parametrize("index", [Tensor(1.0), (0, Tensor([0.0])), [Tensor(0.0)]])
def test_a_tensor_is_no_index(index: Any) -> None:
    with pytest.raises(NotANumberError, match=r"t\.numpy\(\)\.astype\(int\)"):
        Tensor(np.ones((2, 3)))[index]


def test_a_part_is_not_written_to() -> None:
    t = Tensor([1.0, 2.0])
    with pytest.raises(NotALeafError, match=r"np\.where or np\.concatenate"):
        t[0] = 3.0


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_parts_and_the_whole_are_added_up_in_any_order_of_use(order: Sequence[int]) -> None:
    x = np.arange(6.0).reshape(3, 2)
    uses = [
        lambda t: sum((i + 1) * row.sum() for i, row in enumerate(t)),
        lambda t: (t * t).sum(),
        lambda t: t[::2, 1].sum() + t[1].sum(),
        lambda t: t[[0, 0]].sum(),
    ]
    t = Tensor(x)
    seed = Tensor(x)  # as an operation, not a leaf
    for source, leaf in ((t, t), (seed * 1.0, seed)):
        sum((uses[i](source) for i in order), start=0.0).backward()
        expected = [[1, 1], [2, 2], [3, 3]] + 2 * x + [[0, 1], [1, 1], [0, 1]] + np.array([[2, 2], [0, 0], [0, 0]])
        np.testing.assert_array_equal(leaf.grad, expected)


def test_a_part_of_a_tensor_without_axes_is_all_of_it() -> None:
    t = Tensor(3.0)
    (t[...] * t + t[()]).backward()
    assert t.grad == 7.0
