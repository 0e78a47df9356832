import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from autograd import ArgumentError, MissingExtraError, SizeError
from nn.datasets import digits, iris, stratified_split


def test_iris_equals_scikit_learns_copy():
    ours, theirs = iris(), load_iris()
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.target_names == tuple(theirs.target_names)


def test_iris_has_the_stated_shapes_and_types():
    x, y, _, _ = iris()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((150, 4), np.float64, (150,), np.int64)


def test_every_call_gives_arrays_of_its_own():
    first = iris()
    first.x[:] = 0.0
    assert iris().x[0, 0] == 5.1


def test_a_split_takes_the_same_part_of_each_class():
    y = np.repeat([0, 1, 2], [10, 20, 50])
    train, test = stratified_split(y, test_size=0.2, seed=0)
    assert np.bincount(y[test]).tolist() == [2, 4, 10]
    assert np.bincount(y[train]).tolist() == [8, 16, 40]


def test_a_split_gives_every_sample_once_in_order():
    train, test = stratified_split(iris().y, seed=3)
    assert sorted([*train, *test]) == list(range(150))
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()


def test_the_same_seed_gives_the_same_split():
    y = iris().y
    once, again, other = (stratified_split(y, seed=seed)[1].tolist() for seed in (4, 4, 5))
    assert once == again
    assert once != other


def test_a_generator_may_be_the_seed():
    y = iris().y
    from_int = stratified_split(y, seed=4)
    from_generator = stratified_split(y, seed=np.random.default_rng(4))
    np.testing.assert_array_equal(from_int[1], from_generator[1])


@pytest.mark.parametrize(("test_size", "tested"), [(0.01, 1), (0.99, 2)])
def test_at_least_one_sample_of_each_class_is_on_either_side(test_size, tested):
    _, test = stratified_split(["a", "a", "a", "b", "b", "b"], test_size=test_size)
    assert len(test) == 2 * tested


@pytest.mark.parametrize("test_size", [0, 1, -0.5, 1.5, float("nan"), "half"])
def test_a_test_size_that_is_not_between_0_and_1_is_refused(test_size):
    with pytest.raises(ArgumentError, match="test_size must be"):
        stratified_split([0, 0, 1, 1], test_size=test_size)


def test_a_class_of_one_sample_is_refused_by_name():
    with pytest.raises(SizeError, match="class 'rare' has one sample"):
        stratified_split(["common", "common", "rare"])


@pytest.mark.parametrize("y", [[], [[0, 1], [0, 1]], 3])
def test_classes_that_are_not_in_one_dimension_are_refused(y):
    with pytest.raises(SizeError, match="y must be classes in one dimension"):
        stratified_split(y)


def test_a_seed_of_another_kind_is_refused():
    with pytest.raises(ArgumentError, match="seed must be None, an int"):
        stratified_split([0, 0, 1, 1], seed="0")


def test_digits_are_those_of_scikit_learn():
    ours, theirs = digits(), load_digits()
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert (ours.x.dtype, ours.y.dtype) == (np.float64, np.int64)
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.target_names == tuple("0123456789")


def test_digits_without_scikit_learn_name_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError, match=r"nn\.datasets\.digits needs .* 'glassgrad\[sklearn\]'"):
        digits()
