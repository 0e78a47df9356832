import numpy as np
import pytest

from autograd import ArgumentError, SizeError
from nn.datasets import iris, minibatches, split


def test_every_sample_comes_once_a_pass():
    batches = list(minibatches(23, 5, seed=0))
    assert [len(b) for b in batches] == [5, 5, 5, 5, 3]
    assert sorted(np.concatenate(batches)) == list(range(23))


def test_arrays_stay_together():
    x, y = np.arange(20.0).reshape(10, 2), np.arange(10)
    for xb, yb in minibatches((x, y), 3, seed=0):
        np.testing.assert_array_equal(xb[:, 0], 2 * yb)


def test_one_array_gives_arrays():
    batches = list(minibatches(["a", "b", "c"], 2, seed=0))
    assert sorted(np.concatenate(batches)) == ["a", "b", "c"]


def test_the_order_is_drawn_from_the_seed():
    orders = [np.concatenate(list(minibatches(50, 8, seed=seed))).tolist() for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert orders[0] == np.random.default_rng(1).permutation(50).tolist()


def test_a_generator_gives_every_epoch_an_order_of_its_own():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(minibatches(50, 8, seed=rng))).tolist() for _ in range(2))
    assert first != second


def test_the_order_is_drawn_at_the_call():
    rng = np.random.default_rng(0)
    minibatches(5, 2, seed=rng)
    other = np.random.default_rng(0)
    other.permutation(5)
    assert rng.integers(1000) == other.integers(1000)


def test_without_shuffling_the_batches_are_views_in_order():
    x = np.arange(5.0)
    batches = list(minibatches(x, 2, shuffle=False))
    assert [b.tolist() for b in batches] == [[0, 1], [2, 3], [4]]
    assert all(np.shares_memory(b, x) for b in batches)


def test_a_smaller_last_batch_can_be_dropped():
    assert [len(b) for b in minibatches(11, 4, seed=0, drop_last=True)] == [4, 4]
    assert [len(b) for b in minibatches(12, 4, seed=0, drop_last=True)] == [4, 4, 4]


def test_a_batch_may_be_larger_than_the_data():
    assert [len(b) for b in minibatches(3, 100, seed=0)] == [3]


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, True, None])
def test_a_batch_size_that_is_no_count_is_refused_at_the_call(batch_size):
    with pytest.raises(ArgumentError, match="batch_size must be a positive int"):
        minibatches(5, batch_size)


@pytest.mark.parametrize("samples", [0, 2.5, "abc", np.array(3.0)])
def test_a_number_of_samples_that_is_none_is_refused(samples):
    with pytest.raises(ArgumentError, match="samples must be a positive int"):
        minibatches(samples, 2)


def test_no_samples_are_refused():
    with pytest.raises(SizeError, match="samples must be at least one"):
        minibatches(np.empty((0, 4)), 2)


@pytest.mark.parametrize("data", [(np.ones(4), np.ones(3)), iris(), ()])
def test_arrays_of_different_lengths_are_refused_with_their_lengths(data):
    with pytest.raises(SizeError, match=r"must have as many samples each, not \["):
        minibatches(data, 2)


def test_an_unknown_seed_of_batches_is_refused():
    with pytest.raises(ArgumentError, match="seed must be None"):
        minibatches(5, 2, seed=1.5)


def test_a_split_gives_every_sample_once_in_order():
    train, test = split(103, test_size=0.25, seed=0)
    assert (len(train), len(test)) == (77, 26)
    assert sorted([*train, *test]) == list(range(103))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()


def test_a_split_is_drawn_from_the_seed():
    once, again, other = (split(50, seed=seed)[1].tolist() for seed in (4, 4, 5))
    assert once == again != other


def test_a_split_takes_samples_for_their_number():
    from_count, from_targets = split(20, seed=0), split(np.linspace(0, 1, 20), seed=0)
    np.testing.assert_array_equal(from_count[1], from_targets[1])


@pytest.mark.parametrize(("test_size", "tested"), [(0.001, 1), (0.999, 9)])
def test_both_sides_of_a_split_have_a_sample(test_size, tested):
    assert len(split(10, test_size=test_size)[1]) == tested


def test_one_sample_cannot_be_split():
    with pytest.raises(SizeError, match="at least two samples"):
        split(1)


@pytest.mark.parametrize("test_size", [0, 1, float("nan"), "half"])
def test_a_part_to_test_that_is_not_between_0_and_1_is_refused(test_size):
    with pytest.raises(ArgumentError, match="test_size must be"):
        split(10, test_size=test_size)
