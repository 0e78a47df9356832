"""Convolution and pooling of images. Each takes windows of the images, and does with them what NumPy does fast."""

from __future__ import annotations

import itertools
import math
import operator
from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.operands import as_array
from autograd.arrays.windows import add_windows, windows
from autograd.errors import ArgumentError, SizeError, brief

__all__ = ["avg_pool2d", "conv2d", "max_pool2d"]

Pair = tuple[int, int]


def _columns(x: Any, w: Any, step: Pair, gap: Pair) -> Any:
    """Return what a filter covers as columns of a matrix, one for each place: shape (N, C, kh, kw, H', W')."""
    patches = windows(x, window=np.shape(w)[2:], axis=(2, 3), step=(1, 1, *step), gap=gap)
    return np.transpose(patches, (0, 1, 4, 5, 2, 3))


def _flat(x: Any, *axes: int) -> Any:
    """Return ``x`` with the axes in groups of these sizes joined to one each."""
    lengths = iter(np.shape(x))
    return np.reshape(x, [math.prod(itertools.islice(lengths, n)) for n in axes])


def _filtered(x: Any, w: Any, step: Pair, gap: Pair) -> Any:
    columns = _columns(x, w, step, gap)
    return (_flat(w, 1, 3) @ _flat(columns, 1, 3, 2)).reshape(len(x), len(w), *columns.shape[4:])


def _filtered_by_images(g: Any, y: Any, x: Any, w: Any, step: Pair, gap: Pair) -> Any:
    columns = np.reshape(_flat(w, 1, 3).T @ _flat(g, 1, 1, 2), (len(x), *np.shape(w)[1:], *np.shape(g)[2:]))
    patches = np.transpose(columns, (0, 1, 4, 5, 2, 3))
    return add_windows(patches, shape=np.shape(x), axis=(2, 3), step=(1, 1, *step), gap=gap)


def _filtered_by_filters(g: Any, y: Any, x: Any, w: Any, step: Pair, gap: Pair) -> Any:
    of_images = _flat(g, 1, 1, 2) @ np.swapaxes(_flat(_columns(x, w, step, gap), 1, 3, 2), 1, 2)
    return np.reshape(np.sum(of_images, axis=0), np.shape(w))


_conv2d = array_row(
    "conv2d",
    _filtered,
    [_filtered_by_images, _filtered_by_filters],
    linear="each",
    symbol="∗",
    doc="The sums of products of filters and what they cover in images, at every place.",
)


def conv2d(
    x: Any, w: Any, bias: Any = None, stride: int | Pair = 1, padding: int | Pair = 0, dilation: int | Pair = 1
) -> Any:
    """Return the images filtered: at each place the sum of products of the filter and what it covers, and the bias.

    It is what networks call a convolution, without the reversal of the filter that mathematics has: y[n, f, i, j] =
    bias[f] + Σ w[f, c, k, l] x[n, c, i·stride + k·dilation - padding, j·stride + l·dilation - padding], over c, k, l
    (Goodfellow, Bengio and Courville 2016, Deep Learning, equation 9.6). Computed as a product of matrices, of the
    filters and of the columns made of what they cover (Chellapilla, Puri and Simard 2006, High performance
    convolutional neural networks for document processing).

    Parameters
    ----------
    x : array or Tensor of shape (N, C, H, W)
        N images of C channels.
    w : array or Tensor of shape (F, C, kh, kw)
        F filters.
    bias : array or Tensor of shape (F,), optional
        What is added to the result of each filter.
    stride : int or pair of int, optional
        How far the filter moves from one place to the next, downwards and to the right.
    padding : int or pair of int, optional
        How many zeros stand around each image, above and below, left and right.
    dilation : int or pair of int, optional
        How far apart the elements are that neighbours in the filter cover.

    Returns
    -------
    array or Tensor of shape (N, F, H', W')
        H' = (H + 2 padding - dilation (kh - 1) - 1) // stride + 1, and W' likewise.

    Raises
    ------
    SizeError
        If the shapes do not fit together, or the filter is larger than the padded image.
    ArgumentError
        If stride or dilation is not at least 1, or padding at least 0.
    NotANumberError
        If an operand is not made of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor, conv2d
    >>> image = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> w = Tensor([[[[1.0, 0.0], [0.0, -1.0]]]])
    >>> y = conv2d(image, w)
    >>> y.numpy()[0, 0]
    array([[-4., -4.],
           [-4., -4.]])
    >>> y.sum().backward()
    >>> w.grad[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    x, w = as_array(x, "the x of conv2d"), as_array(w, "the w of conv2d")
    if np.ndim(x) != 4 or np.ndim(w) != 4 or x.shape[1] != w.shape[1]:
        raise SizeError(
            f"conv2d takes x of shape (N, C, H, W) and w of shape (F, C, kh, kw) with one C, not x of shape "
            f"{np.shape(x)} and w of shape {np.shape(w)}"
        )
    kernel, f = w.shape[2:], len(w)
    step, gap = _pair("conv2d", "stride", stride, 1), _pair("conv2d", "dilation", dilation, 1)
    padded = _padded(x, _pair("conv2d", "padding", padding, 0))
    _refuse_what_does_not_fit("conv2d", kernel, gap, padded)
    y = _conv2d(padded, w, step=step, gap=gap)
    if bias is None:
        return y
    bias = as_array(bias, "the bias of conv2d")
    if np.shape(bias) != (f,):
        raise SizeError(f"conv2d takes bias of shape (F,), here ({f},), not {np.shape(bias)}")
    return y + np.reshape(bias, (f, 1, 1))


def max_pool2d(x: Any, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0) -> Any:
    """Return the largest element of each window of the images; equal ones share the derivative.

    Parameters
    ----------
    x : array or Tensor of shape (..., H, W)
        The images.
    kernel : int or pair of int
        The height and the width of a window.
    stride : int or pair of int, optional
        How far it is from a window to the next, downwards and to the right; by default windows lie side by side.
    padding : int or pair of int, optional
        How many elements that are never the largest, -inf, stand around each image; at most half a window.

    Returns
    -------
    array or Tensor of shape (..., H', W')
        H' = (H + 2 padding - kh) // stride + 1, and W' likewise.

    Raises
    ------
    SizeError
        If x has fewer than two axes, or the window is larger than the padded image.
    ArgumentError
        If kernel or stride is not at least 1, or padding not from 0 to half the kernel.
    NotANumberError
        If x is not made of real numbers.

    Examples
    --------
    >>> from autograd import Tensor, max_pool2d
    >>> x = Tensor([[1.0, 2.0, 5.0, 5.0], [4.0, 3.0, 0.0, 1.0]])
    >>> y = max_pool2d(x, 2)
    >>> y.numpy()
    array([[4., 5.]])
    >>> y.sum().backward()
    >>> x.grad
    array([[0. , 0. , 0.5, 0.5],
           [1. , 0. , 0. , 0. ]])
    """
    return np.max(_pools("max_pool2d", x, kernel, stride, padding, -np.inf), axis=0)


def avg_pool2d(x: Any, kernel: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0) -> Any:
    """Return the mean of each window of the images; the zeros around them count.

    Parameters
    ----------
    x : array or Tensor of shape (..., H, W)
        The images.
    kernel : int or pair of int
        The height and the width of a window.
    stride : int or pair of int, optional
        How far it is from a window to the next, downwards and to the right; by default windows lie side by side.
    padding : int or pair of int, optional
        How many zeros stand around each image; at most half a window.

    Returns
    -------
    array or Tensor of shape (..., H', W')
        H' = (H + 2 padding - kh) // stride + 1, and W' likewise.

    Raises
    ------
    SizeError
        If x has fewer than two axes, or the window is larger than the padded image.
    ArgumentError
        If kernel or stride is not at least 1, or padding not from 0 to half the kernel.
    NotANumberError
        If x is not made of real numbers.

    Examples
    --------
    >>> from autograd import Tensor, avg_pool2d
    >>> x = Tensor([[1.0, 2.0, 5.0, 5.0], [4.0, 3.0, 0.0, 1.0]])
    >>> y = avg_pool2d(x, 2)
    >>> y.numpy()
    array([[2.5 , 2.75]])
    >>> y.sum().backward()
    >>> x.grad[0]
    array([0.25, 0.25, 0.25, 0.25])
    """
    return np.mean(_pools("avg_pool2d", x, kernel, stride, padding, 0.0), axis=0)


def _pools(function: str, x: Any, kernel: Any, stride: Any, padding: Any, around: float) -> Any:
    """Return the elements of the windows, of shape (kh kw, ..., H', W'): NumPy reduces fastest along the first axis."""
    x = as_array(x, f"the x of {function}")
    if np.ndim(x) < 2:
        raise SizeError(f"{function} takes x of shape (..., H, W), not {np.shape(x)}")
    size = _pair(function, "kernel", kernel, 1)
    margin = _pair(function, "padding", padding, 0)
    if margin[0] > size[0] // 2 or margin[1] > size[1] // 2:
        raise ArgumentError(f"the padding of {function} is at most half the kernel {size}, not {margin}")
    step = size if stride is None else _pair(function, "stride", stride, 1)
    padded = _padded(x, margin, around)
    _refuse_what_does_not_fit(function, size, (1, 1), padded)
    axes = x.ndim - 2, x.ndim - 1
    patches = windows(padded, window=size, axis=axes, step=(*(1,) * axes[0], *step), gap=(1, 1))
    return np.reshape(np.moveaxis(patches, (-2, -1), (0, 1)), (size[0] * size[1], *patches.shape[:-2]))


def _refuse_what_does_not_fit(function: str, kernel: Pair, gap: Pair, padded: Any) -> None:
    extent = tuple(apart * (length - 1) + 1 for apart, length in zip(gap, kernel, strict=True))
    if min(kernel) < 1 or any(n > m for n, m in zip(extent, padded.shape[-2:], strict=True)):
        raise SizeError(
            f"{function} has windows of shape {extent}, which do not fit into images of shape {padded.shape[-2:]}, "
            "padding included"
        )


def _padded(x: Any, padding: Pair, around: float = 0.0) -> Any:
    """Return the images with ``padding`` elements of one kind around each."""
    if not any(padding):
        return x
    widths = (*((0, 0),) * (x.ndim - 2), *((n, n) for n in padding))
    padded = np.pad(x, widths)
    if around:  # added to the zeros, for a constant has no derivative
        padded = padded + np.pad(np.zeros(x.shape, x.dtype), widths, constant_values=around)
    return padded


def _pair(function: str, name: str, value: Any, least: int) -> Pair:
    """Return a number for both axes of an image, or two, as a pair."""
    try:
        first, second = map(operator.index, value if isinstance(value, list | tuple) else (value, value))
    except (TypeError, ValueError):
        raise ArgumentError(f"the {name} of {function} is an int or a pair of them, not {brief(value)}") from None
    if first < least or second < least:
        raise ArgumentError(f"the {name} of {function} is at least {least}, not {brief(value)}")
    return first, second
