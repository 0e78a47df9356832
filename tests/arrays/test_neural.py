"""What networks are made of: rules that the cases do not show, and what is refused, in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import autograd
from autograd import (
    ArgumentError,
    NonFiniteWarning,
    NotANumberError,
    SizeError,
    Tensor,
    UnsupportedFunctionError,
    Value,
    avg_pool2d,
    conv2d,
    cross_entropy,
    log_softmax,
    max_pool2d,
    one_hot,
    softmax,
)

INF = np.inf


def gradient(f: Callable[[Tensor], Any], x: Any) -> np.ndarray:
    t = Tensor(x)
    np.sum(f(t)).backward()
    return np.asarray(t.grad)


# Scores that are large, or not finite -------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [1e3, 1e8, 1e300])
def test_softmax_and_log_softmax_do_not_overflow(large: float) -> None:
    x = np.array([large, large, -large])
    np.testing.assert_array_equal(softmax(x), [0.5, 0.5, 0.0])
    np.testing.assert_array_equal(log_softmax(x), [-np.log(2), -np.log(2), -2 * large - np.log(2)])
    np.testing.assert_array_equal(gradient(lambda t: softmax(t)[0], x), [0.25, -0.25, 0.0])


def test_log_softmax_keeps_the_digits_that_a_large_score_common_to_all_would_cost() -> None:
    np.testing.assert_array_equal(log_softmax(np.array([2.0**40, 2.0**40 + 1])), log_softmax(np.array([0.0, 1.0])))


def test_a_class_that_is_left_out_by_a_score_of_minus_infinity_has_no_part() -> None:
    x = [0.0, -INF, 0.0]
    np.testing.assert_array_equal(softmax(x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient(lambda t: softmax(t)[0], x), [0.25, 0.0, -0.25])
    np.testing.assert_array_equal(gradient(lambda t: cross_entropy(t, 2), x), [0.5, 0.0, -0.5])
    assert cross_entropy(x, [0.5, 0.0, 0.5]) == pytest.approx(np.log(2))
    np.testing.assert_array_equal(gradient(lambda t: cross_entropy(t, [0.0, 0.0, 1.0]), x), [0.5, 0.0, -0.5])


@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_where_all_scores_are_minus_infinity_there_are_no_probabilities(f: Callable[..., Any]) -> None:
    assert np.isnan(f(np.full(2, -INF))).all()


# Losses -------------------------------------------------------------------------------------------------------------


def test_the_derivative_of_cross_entropy_is_softmax_minus_target() -> None:
    z = np.random.default_rng(0).normal(size=(5, 4))
    labels = [3, 0, 0, 2, 1]
    expected = softmax(z) - one_hot(labels, 4)
    np.testing.assert_allclose(gradient(lambda t: cross_entropy(t, labels, "sum"), z), expected, rtol=0, atol=1e-15)
    hot = one_hot(labels, 4)
    np.testing.assert_allclose(gradient(lambda t: cross_entropy(t, hot, "sum"), z), expected, rtol=0, atol=1e-15)


def test_a_mean_of_no_losses_is_nan() -> None:
    assert np.isnan(cross_entropy(np.zeros((0, 3)), []))
    with pytest.warns(NonFiniteWarning, match="which is nan"):
        assert gradient(lambda t: cross_entropy(t, []), np.zeros((0, 3))).shape == (0, 3)


def test_a_label_may_be_any_integer_of_numpy() -> None:
    z = np.zeros((2, 3))
    for dtype in (np.int8, np.uint64, np.intp):
        assert cross_entropy(z, np.array([0, 2], dtype)) == pytest.approx(np.log(3))


def test_labels_that_change_after_the_loss_was_recorded_do_not_change_its_derivative() -> None:
    z, labels = Tensor(np.zeros((1, 2))), np.array([0])
    loss = cross_entropy(z, labels)
    labels[0] = 1
    loss.backward()
    np.testing.assert_array_equal(z.grad, [[-0.5, 0.5]])


@pytest.mark.parametrize(
    ("targets", "error", "message"),
    [
        ([0, 3], ArgumentError, "the targets of cross_entropy are from 0 to 2, not 3"),
        ([-1, 0], ArgumentError, "the targets of cross_entropy are from 0 to 2, not -1"),
        ([0.0, 1.0], ArgumentError, "the targets of cross_entropy are integers, not float64"),
        ([True, False], ArgumentError, "the targets of cross_entropy are integers, not bool"),
        (Tensor([0.0, 1.0]), UnsupportedFunctionError, "cross_entropy of a Tensor takes no Tensor as targets"),
        ([0, 1, 2], SizeError, r"logits of shape \(2, 3\) takes targets of shape \(2,\).*; not \(3,\)"),
        (np.zeros((2, 2)), SizeError, r"or \(2, 3\), probabilities; not \(2, 2\)"),
        ([["a", "b", "c"]] * 2, NotANumberError, "the targets of cross_entropy must be an array of real numbers"),
    ],
)
def test_targets_that_do_not_fit_are_refused(targets: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cross_entropy(Tensor(np.zeros((2, 3))), targets)


def test_a_reduction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ArgumentError, match="reduction of cross_entropy is 'mean', 'sum' or 'none', not 'average'"):
        cross_entropy([0.0, 1.0], 0, reduction="average")  # type: ignore[arg-type]


def test_one_hot_is_a_row_of_the_identity_for_each_index() -> None:
    np.testing.assert_array_equal(one_hot(2, 3), [0, 0, 1])
    np.testing.assert_array_equal(one_hot([[0], [1]], 2), [[[1, 0]], [[0, 1]]])
    assert one_hot([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("indices", "n", "error", "message"),
    [
        ([0, 3], 3, ArgumentError, "the indices of one_hot are from 0 to 2, not 3"),
        (-1, 3, ArgumentError, "the indices of one_hot are from 0 to 2, not -1"),
        (1.0, 3, ArgumentError, "the indices of one_hot are integers, not float64: 1.0"),
        (Tensor(1.0), 3, UnsupportedFunctionError, "takes no Tensor as indices"),
        ([], -1, ArgumentError, "the n of one_hot is an int of at least 0, not -1"),
        (0, 2.0, ArgumentError, "the n of one_hot is an int of at least 0, not 2.0"),
    ],
)
def test_one_hot_refuses_what_is_no_index(indices: Any, n: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        one_hot(indices, n)


# Values -------------------------------------------------------------------------------------------------------------


def test_a_list_of_values_may_stand_for_an_array() -> None:
    scores = [Value(0.0), Value(np.log(3.0))]
    cross_entropy(scores, 0).backward()
    assert [z.grad for z in scores] == pytest.approx([-0.75, 0.75])
    ours, theirs = log_softmax([scores, scores])[1, 1].item(), np.log(0.75)
    assert ours == pytest.approx(theirs)


def test_the_weights_of_a_filter_may_be_values() -> None:
    w = [Value(1.0), Value(2.0)]
    y = conv2d(np.arange(3.0).reshape(1, 1, 1, 3), [[[w]]])
    np.testing.assert_array_equal(y.numpy(), [[[[2.0, 5.0]]]])
    np.sum(y).backward()
    assert [x.grad for x in w] == [1.0, 3.0]


# Where there is no axis ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [1.0, np.float64(1.0), Tensor(1.0), Value(1.0)], ids=["float", "0-d", "Tensor", "Value"])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (softmax, "softmax takes an array of one axis at least, and x is one number"),
        (log_softmax, "log_softmax takes an array of one axis at least, and x is one number"),
        (lambda x: cross_entropy(x, 0), "cross_entropy takes an array of one axis at least, and logits is one number"),
        (lambda x: max_pool2d(x, 1), r"max_pool2d takes x of shape \(..., H, W\), not \(\)"),
        (lambda x: avg_pool2d(x, 1), r"avg_pool2d takes x of shape \(..., H, W\), not \(\)"),
        (lambda x: conv2d(x, np.ones((1, 1, 1, 1))), r"not x of shape \(\) and w of shape \(1, 1, 1, 1\)"),
    ],
)
def test_one_number_is_refused(x: Any, call: Callable[..., Any], message: str) -> None:
    with pytest.raises(SizeError, match=message):
        call(x)


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_does_not_exist_is_refused(axis: int) -> None:
    with pytest.raises(SizeError, match=rf"softmax has no axis {axis} in x of shape \(2, 3\)"):
        softmax(np.zeros((2, 3)), axis)


@pytest.mark.parametrize("x", ["abc", np.array([Value(1.0)], dtype=object)], ids=["text", "objects"])
def test_what_is_not_made_of_numbers_is_refused(x: Any) -> None:
    with pytest.raises(NotANumberError, match="the x of softmax must be an array of real numbers"):
        softmax(x)


# Convolution and pooling --------------------------------------------------------------------------------------------


def test_integers_are_taken_as_numbers() -> None:
    image = np.arange(9).reshape(1, 1, 3, 3)
    np.testing.assert_array_equal(conv2d(image, np.ones((1, 1, 2, 2), int))[0, 0], [[8, 12], [20, 24]])
    np.testing.assert_array_equal(max_pool2d(image, 2)[0, 0], [[4]])


@pytest.mark.parametrize("value", [0.0, -INF], ids=["zero", "minus-infinity"])
def test_the_largest_elements_of_a_window_share_its_derivative(value: float) -> None:
    np.testing.assert_array_equal(gradient(lambda t: max_pool2d(t, 2), np.full((2, 2), value)), np.full((2, 2), 0.25))


def test_windows_that_overlap_add_their_derivatives() -> None:
    x = np.array([[0.0, 5.0, 0.0]])
    np.testing.assert_array_equal(gradient(lambda t: max_pool2d(t, (1, 2), 1), x), [[0, 2, 0]])


def test_padding_is_never_the_largest() -> None:
    x = np.full((1, 2, 2), -7.0)
    np.testing.assert_array_equal(max_pool2d(x, 2, 2, 1), x)
    np.testing.assert_array_equal(gradient(lambda t: max_pool2d(t, 2, 2, 1), x), np.ones((1, 2, 2)))


def test_padding_counts_in_a_mean() -> None:
    np.testing.assert_array_equal(avg_pool2d(np.full((1, 1), 8.0), 2, 1, 1), np.full((2, 2), 2.0))


def test_rows_and_columns_that_no_window_reaches_have_a_derivative_of_0() -> None:
    np.testing.assert_array_equal(gradient(lambda t: avg_pool2d(t, 1, 2), np.ones((2, 4))), [[1, 0, 1, 0], [0] * 4])


X, W = np.zeros((2, 3, 4, 4)), np.zeros((5, 3, 2, 2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: conv2d(X, W[:, :2]),
            SizeError,
            r"conv2d takes x of shape .* not x of shape \(2, 3, 4, 4\) and w of shape \(5, 2, 2, 2\)",
        ),
        (lambda: conv2d(X[0], W), SizeError, r"not x of shape \(3, 4, 4\)"),
        (lambda: conv2d(X, W, np.zeros(4)), SizeError, r"conv2d takes bias of shape \(F,\), here \(5,\), not \(4,\)"),
        (
            lambda: conv2d(X, W, dilation=4),
            SizeError,
            r"conv2d has windows of shape \(5, 5\), which do not fit into images of shape \(4, 4\), padding included",
        ),
        (lambda: conv2d(X, W[..., :0]), SizeError, "conv2d has windows of shape"),
        (lambda: max_pool2d(X, 5), SizeError, r"max_pool2d has windows of shape \(5, 5\)"),
        (lambda: conv2d(X, W, stride=0), ArgumentError, "the stride of conv2d is at least 1, not 0"),
        (lambda: conv2d(X, W, stride=1.5), ArgumentError, "the stride of conv2d is an int or a pair of them, not 1.5"),
        (lambda: conv2d(X, W, padding="same"), ArgumentError, "the padding of conv2d is an int or a pair .* 'same'"),
        (lambda: conv2d(X, W, padding=(0, -1)), ArgumentError, r"the padding of conv2d is at least 0, not \(0, -1\)"),
        (lambda: conv2d(X, W, dilation=(1, 1, 1)), ArgumentError, "the dilation of conv2d is an int or a pair"),
        (lambda: avg_pool2d(X, 0), ArgumentError, "the kernel of avg_pool2d is at least 1, not 0"),
        (
            lambda: max_pool2d(X, 3, padding=2),
            ArgumentError,
            r"the padding of max_pool2d is at most half the kernel \(3, 3\), not \(2, 2\)",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_what_is_filtered_in_float32_stays_so_with_padding() -> None:
    x = Tensor(X, dtype=np.float32)
    assert max_pool2d(x, 2, padding=1).dtype == np.float32
    assert conv2d(x, W.astype(np.float32), padding=1).dtype == np.float32


# Windows ------------------------------------------------------------------------------------------------------------


def test_windows_that_do_not_fit_are_refused_in_numpys_words() -> None:
    with pytest.raises(ValueError, match="window shape cannot be larger than input array shape"):
        sliding_window_view(Tensor([1.0, 2.0]), 3)
    with pytest.raises(ValueError, match="axis 1 is out of bounds"):
        sliding_window_view(Tensor([1.0, 2.0]), 1, axis=1)


def test_windows_cannot_be_written_to() -> None:
    with pytest.raises(UnsupportedFunctionError, match="takes no writeable"):
        sliding_window_view(Tensor([1.0, 2.0]), 1, writeable=True)


def test_the_transpose_of_windows_counts_in_how_many_each_element_is() -> None:
    np.testing.assert_array_equal(gradient(lambda t: sliding_window_view(t, 3), np.zeros(6)), [1, 2, 3, 3, 2, 1])


# A network ----------------------------------------------------------------------------------------------------------


def test_a_small_network_learns_where_a_line_lies() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 40)
    images = 0.3 * rng.normal(size=(40, 1, 6, 6))
    for image, label in zip(images, labels, strict=True):
        at = rng.integers(0, 6)
        image[(0, at) if label else (0, slice(None), at)] += 1.0
    parameters = [Tensor(0.5 * rng.normal(size=shape)) for shape in ((4, 1, 3, 3), (4,), (16, 2))]
    w, b, readout = parameters

    def scores() -> Any:
        features = max_pool2d(conv2d(images, w, b).relu(), 2)
        return features.reshape(40, 16) @ readout

    for _ in range(60):
        cross_entropy(scores(), labels).backward()
        for p in parameters:
            p.data -= 0.3 * p.grad
            p.grad = None
    with autograd.no_grad():
        assert (scores().numpy().argmax(axis=1) == labels).mean() > 0.9
