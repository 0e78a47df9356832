import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from autograd import ArgumentError
from nn.datasets import circles, moons, spirals

EACH = pytest.mark.parametrize("draw", [moons, circles, spirals])


def rows(x, y):
    """The samples with their class, rounded and in an order of their own."""
    table = np.column_stack([x, y]).round(10) + 0.0
    return table[np.lexsort(table.T)]


@pytest.mark.parametrize("sizes", [(5, 5), (51, 50)])
def test_without_noise_the_moons_are_those_of_scikit_learn(sizes):
    x, y = make_moons(sizes, shuffle=False)
    ours = moons(sum(sizes), noise=0, seed=0)
    np.testing.assert_array_equal(rows(ours.x, ours.y), rows(x, y))


def test_without_noise_the_circles_are_those_of_scikit_learn():
    x, y = make_circles(60, factor=0.3, shuffle=False)
    ours = circles(60, noise=0, factor=0.3, seed=0)
    np.testing.assert_array_equal(rows(ours.x, ours.y), rows(x, y))


def test_without_noise_the_arms_lie_on_spirals_of_archimedes():
    x, y, _, _ = spirals(30, classes=3, noise=0, turns=1.5, seed=0)
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    off = (angle - 2 * np.pi * (1.5 * radius + y / 3)) / (2 * np.pi)
    np.testing.assert_allclose(off, off.round(), atol=1e-12)
    np.testing.assert_allclose(np.sort(radius[y == 1]), np.arange(1, 11) / 10)


def test_negative_turns_wind_the_arms_the_other_way():
    there, back = (spirals(30, classes=1, noise=0, turns=turns, seed=0).x for turns in (0.7, -0.7))
    np.testing.assert_allclose(back, there * [1, -1])


@EACH
def test_the_shapes_types_and_names_are_those_stated(draw):
    x, y, feature_names, target_names = draw(90, seed=0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((90, 2), np.float64, (90,), np.int64)
    assert feature_names == ("x1", "x2")
    assert len(target_names) == len(set(y.tolist()))


@EACH
def test_the_classes_are_balanced_to_one_sample(draw):
    sizes = np.bincount(draw(101, seed=0).y)
    assert sizes.sum() == 101
    assert sizes.max() - sizes.min() == 1
    assert sizes[0] == sizes.max()


@EACH
def test_the_samples_come_in_random_order(draw):
    y = draw(90, seed=0).y
    assert (np.diff(y) < 0).any()


@EACH
def test_the_same_seed_draws_the_same_points_and_another_does_not(draw):
    once, again, other = (draw(60, seed=seed) for seed in (1, 1, 2))
    from_generator = draw(60, seed=np.random.default_rng(1))
    np.testing.assert_array_equal(once.x, again.x)
    np.testing.assert_array_equal(once.x, from_generator.x)
    assert not np.array_equal(once.x, other.x)


@EACH
def test_noise_is_the_standard_deviation_of_every_coordinate(draw):
    # one seed draws the same noise whatever its size, so two sizes differ by the noise alone
    still, moved = (draw(20_000, noise=noise, seed=3).x for noise in (0.0, 0.5))
    np.testing.assert_allclose((moved - still).std(axis=0), 0.5, rtol=0.02)


@EACH
def test_no_straight_line_separates_the_classes_but_their_neighbours_tell_them(draw):
    x, y, _, _ = draw(300, seed=0)
    assert LogisticRegression().fit(x, y).score(x, y) < 0.92
    assert KNeighborsClassifier(5).fit(x[::2], y[::2]).score(x[1::2], y[1::2]) > 0.93


def test_a_spiral_has_as_many_arms_as_asked():
    assert np.bincount(spirals(50, classes=5, seed=0).y).tolist() == [10] * 5


@EACH
@pytest.mark.parametrize("samples", [0, 1, 2.5, True, "many"])
def test_too_few_samples_are_refused(draw, samples):
    with pytest.raises(ArgumentError, match="samples must be"):
        draw(samples)


@EACH
@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf"), "loud"])
def test_noise_that_is_no_deviation_is_refused(draw, noise):
    with pytest.raises(ArgumentError, match="noise must"):
        draw(30, noise=noise)


@EACH
def test_an_unknown_seed_is_refused(draw):
    with pytest.raises(ArgumentError, match="seed must be None, an int"):
        draw(30, seed="0")


@pytest.mark.parametrize(
    ("draw", "settings", "message"),
    [
        (circles, {"factor": 1.0}, "factor must be at least 0 and less than 1"),
        (spirals, {"classes": 0}, "classes must be a positive int"),
        (spirals, {"turns": float("inf")}, "turns must be a finite number"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(draw, settings, message):
    with pytest.raises(ArgumentError, match=message):
        draw(30, **settings)
