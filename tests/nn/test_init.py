"""Initialisers draw what they say."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from autograd import ArgumentError, SizeError
from nn import init

SHAPE = (120, 80)
VARIANCES = {
    "xavier": (init.xavier, 2 / (80 + 120)),
    "he": (init.he, 2 / 80),
    "lecun": (init.lecun, 1 / 80),
}


def drawn(initialiser: init.Initialiser, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return initialiser(shape, np.random.default_rng(0))


@pytest.mark.parametrize("name", VARIANCES)
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_the_variance_is_that_of_the_formula(name: str, distribution: str) -> None:
    make, variance = VARIANCES[name]
    std = np.sqrt(variance)
    expected = {
        "normal": scipy.stats.norm(0, std),
        "uniform": scipy.stats.uniform(-std * 3**0.5, 2 * std * 3**0.5),
    }[distribution]
    assert scipy.stats.kstest(drawn(make(distribution)).ravel(), expected.cdf).pvalue > 0.01


def test_filters_count_all_their_numbers() -> None:
    weights = drawn(init.he("normal"), (64, 16, 5, 5))
    assert weights.var() * 16 * 25 / 2 == pytest.approx(1.0, abs=0.05)


def test_plain_distributions_have_their_parameters() -> None:
    assert scipy.stats.kstest(drawn(init.normal(2.0, 3.0)).ravel(), scipy.stats.norm(2, 3).cdf).pvalue > 0.01
    assert scipy.stats.kstest(drawn(init.uniform(-1.0, 3.0)).ravel(), scipy.stats.uniform(-1, 4).cdf).pvalue > 0.01
    assert not drawn(init.zeros()).any()


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (6, 2, 3)])
def test_orthogonal_weights_keep_lengths(shape: tuple[int, ...]) -> None:
    w = drawn(init.orthogonal(2.0), shape).reshape(shape[0], -1)
    small = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(small, 4.0 * np.eye(len(small)), atol=1e-12)


def test_every_orthogonal_matrix_is_equally_likely() -> None:
    rng = np.random.default_rng(0)
    corners = [init.orthogonal()((2, 2), rng)[0, 0] for _ in range(2000)]
    assert scipy.stats.kstest(np.arccos(corners), scipy.stats.uniform(0, np.pi).cdf).pvalue > 0.01


def test_the_same_seed_gives_the_same_weights() -> None:
    np.testing.assert_array_equal(drawn(init.he()), drawn(init.he()))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'uniform' or 'normal', not 'cauchy'"):
        init.he("cauchy")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="low must not be above high"):
        init.uniform(1.0, 0.0)
    with pytest.raises(ArgumentError, match="std must not be negative"):
        init.normal(0.0, -1.0)
    with pytest.raises(SizeError, match="two axes or more"):
        drawn(init.he(), (3,))
    with pytest.raises(SizeError, match="at least two axes"):
        drawn(init.orthogonal(), (3,))
