import dataclasses
import pickle

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from autograd import ArgumentError, NotANumberError, SizeError, Value
from nn.datasets import Standardizer, iris, standardize, stratified_split


def hard_features(rng):
    """Columns that vary, that do not, and that vary by rounding only."""
    n = 500
    return np.column_stack(
        [rng.normal(3.0, 2.0, n), np.zeros(n), np.full(n, 1e6 / 3), np.full(n, 0.1) + 1e-17, rng.normal(1e8, 1e-3, n)]
    )


def test_mean_scale_and_result_are_those_of_scikit_learn():
    x = hard_features(np.random.default_rng(0))
    ours, theirs = Standardizer.fit(x), StandardScaler().fit(x)
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-14)
    np.testing.assert_allclose(ours.scale, theirs.scale_, rtol=1e-10)
    np.testing.assert_allclose(ours.transform(x), theirs.transform(x), rtol=1e-6, atol=1e-6)


def test_a_constant_feature_keeps_its_scale_and_becomes_zero():
    scaler = Standardizer.fit([[7.0, 1.0], [7.0, 2.0]])
    assert scaler.scale[0] == 1.0
    assert scaler.transform([[7.0, 1.0]])[0, 0] == 0.0


def test_the_test_part_is_scaled_by_the_training_part_alone():
    x, y, _, _ = iris()
    train, test = stratified_split(y, seed=0)
    z_train, z_test = standardize(x[train], x[test])
    np.testing.assert_allclose(z_train.mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(z_train.std(axis=0), 1)
    np.testing.assert_allclose(z_test, (x[test] - x[train].mean(axis=0)) / x[train].std(axis=0), atol=1e-13)


def test_the_way_back_gives_what_was_there():
    x = iris().x
    scaler = Standardizer.fit(x[:100])
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(x)), x, rtol=1e-14)


def test_one_sample_may_be_transformed_alone():
    x = iris().x
    scaler = Standardizer.fit(x)
    np.testing.assert_array_equal(scaler.transform(x[3]), scaler.transform(x)[3])


def test_the_targets_of_a_regression_have_one_mean():
    y = np.array([1.0, 2.0, 6.0])
    scaler = Standardizer.fit(y)
    assert scaler.mean == 3.0
    np.testing.assert_allclose(scaler.transform(y).std(), 1)
    np.testing.assert_allclose(scaler.inverse_transform(0.0), 3.0)


def test_images_have_a_mean_for_every_pixel():
    images = np.random.default_rng(0).random((10, 3, 4))
    scaler = Standardizer.fit(images)
    assert scaler.mean.shape == (3, 4)
    np.testing.assert_allclose(scaler.transform(images).mean(axis=0), 0, atol=1e-13)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_numbers_whose_squares_are_no_floats_are_scaled_all_the_same(size):
    z, _ = standardize(np.array([1.0, 2.0, 3.0]) * size, [size])
    np.testing.assert_allclose(z, np.array([-1, 0, 1]) * np.sqrt(1.5), atol=1e-12)


def test_the_smallest_of_floats_give_no_division_by_zero():
    assert np.isfinite(standardize([0.0, 5e-324, 0.0])[0]).all()


def test_float32_stays_float32_and_whole_numbers_become_float64():
    x = np.array([[1, 2], [3, 5]])
    scaler = Standardizer.fit(x)
    assert scaler.transform(x.astype(np.float32)).dtype == np.float32
    assert scaler.inverse_transform(x.astype(np.float32)).dtype == np.float32
    assert scaler.transform(x).dtype == np.float64


def test_what_was_fitted_cannot_be_set_and_can_be_pickled():
    scaler = Standardizer.fit(iris().x)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scaler.mean = 0
    again = pickle.loads(pickle.dumps(scaler))
    np.testing.assert_array_equal(again.scale, scaler.scale)


def test_the_samples_are_left_as_they_are():
    x = iris().x
    standardize(x, x)
    np.testing.assert_array_equal(x, iris().x)


def test_a_number_that_is_not_finite_is_refused_at_its_place():
    with pytest.raises(ArgumentError, match=r"x must be finite, but holds nan at \[1, 0\]"):
        Standardizer.fit([[1.0, 2.0], [np.nan, 2.0]])


@pytest.mark.parametrize("x", [["a", "b"], [1j, 2.0], [Value(1.0), 2.0]])
def test_what_is_no_real_number_is_refused(x):
    with pytest.raises(NotANumberError, match=r"x must be (an array of )?real numbers"):
        Standardizer.fit(x)


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(SizeError, match="rows differ in length"):
        Standardizer.fit([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("x", [3.0, [], np.empty((0, 4))])
def test_nothing_to_fit_on_is_refused(x):
    with pytest.raises(SizeError, match="x must have samples, at least one"):
        Standardizer.fit(x)


@pytest.mark.parametrize("z", [np.ones((5, 3)), np.ones(3), 1.0])
def test_samples_of_another_shape_are_refused_with_both_shapes(z):
    scaler = Standardizer.fit(iris().x)
    with pytest.raises(SizeError, match=r"z must have samples of shape \(4,\).* its shape is \("):
        scaler.inverse_transform(z)


def test_there_is_no_standardizer_before_its_fit():
    with pytest.raises(ArgumentError, match=r"Standardizer\.fit\(x_train\)"):
        Standardizer().fit([[1.0], [2.0]])
