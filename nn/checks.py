"""What arguments must be, said once: sizes, sequences of numbers, classes, seeds."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import ArgumentError, NotANumberError, SizeError, Tensor, Value

__all__ = [
    "class_index",
    "flag",
    "flawed",
    "fraction",
    "generator",
    "integer",
    "no_tuple_of_arrays",
    "not_negative",
    "not_negative_int",
    "numbers",
    "plain_array",
    "positive",
    "positive_int",
    "real",
    "real_array",
    "sample_count",
    "signals",
]


def positive_int(n: Any, what: str) -> int:
    """Return ``n`` as an int, or refuse it as ``what``."""
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1:
        raise ArgumentError(f"{what} must be a positive int, not {n!r}")
    return int(n)


def not_negative_int(n: Any, what: str) -> int:
    """Return ``n`` as an int, or refuse it as ``what``."""
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 0:
        raise ArgumentError(f"{what} must be an int from 0 up, not {n!r}")
    return int(n)


def flag(x: Any, what: str) -> bool:
    """Return ``x`` as a bool, or refuse it as ``what``."""
    if not isinstance(x, bool | np.bool_):
        raise ArgumentError(f"{what} must be True or False, not {x!r}")
    return bool(x)


def integer(n: Any, what: str) -> int:
    """Return ``n`` as an int, or refuse it as ``what``."""
    if not isinstance(n, int | np.integer) or isinstance(n, bool):
        raise ArgumentError(f"{what} must be an int, not {n!r}")
    return int(n)


def real(x: Any, what: str) -> float:
    """Return ``x`` as a finite float, or refuse it as ``what``."""
    if not isinstance(x, Real):
        raise ArgumentError(f"{what} must be a finite number, not {type(x).__name__}: {x!r}")
    try:
        plain = float(x)
    except OverflowError:
        plain = math.inf  # an int too large for a float is refused like inf
    if not math.isfinite(plain):
        raise ArgumentError(f"{what} must be a finite number, not {plain!r}")
    return plain


def positive(x: Any, what: str) -> float:
    """Return ``x`` as a finite float above 0, or refuse it as ``what``."""
    plain = real(x, what)
    if plain <= 0:
        raise ArgumentError(f"{what} must be positive, not {x!r}")
    return plain


def not_negative(x: Any, what: str) -> float:
    """Return ``x`` as a finite float that is not below 0, or refuse it as ``what``."""
    plain = real(x, what)
    if plain < 0:
        raise ArgumentError(f"{what} must not be negative, not {x!r}")
    return plain


def fraction(x: Any, what: str) -> float:
    """Return ``x`` as a float from 0 up to but not including 1, or refuse it as ``what``."""
    plain = real(x, what)
    if not 0 <= plain < 1:
        raise ArgumentError(f"{what} must be at least 0 and less than 1, not {x!r}")
    return plain


def numbers(x: Any, what: str) -> list[Any]:
    """Return a sequence of numbers and Values as a list, or refuse it as ``what``."""
    if isinstance(x, np.ndarray):
        if x.ndim != 1:
            raise SizeError(f"{what} must be one sample, a one-dimensional array, not one of shape {x.shape}")
        x = x.tolist()  # Python's own floats, which the engine takes without converting each
    elif not isinstance(x, list | tuple):
        raise NotANumberError(f"{what} must be a list, a tuple or an array of numbers, not {type(x).__name__}: {x!r}")
    for position, element in enumerate(x):
        if element.__class__ is not float and not isinstance(element, Value | Real | np.bool_):
            raise NotANumberError(
                f"{what} must be numbers or Values, but element {position} is {type(element).__name__}: {element!r}"
            )
    return list(x)


def signals(x: Any, what: str) -> Any:
    """Return a Tensor as it is, or what can be made an array as a plain one of floats, or refuse it as ``what``.

    What is given as numbers stays a constant: it has no place among the leaves, and no derivative to be found.
    """
    if isinstance(x, Tensor):
        return x
    no_tuple_of_arrays(x, what)
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise NotANumberError(
            flawed(array, what, "x")
            or f"{what} must be an array of real numbers or a Tensor, not {type(x).__name__}: {x!r:.200}"
        )
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def no_tuple_of_arrays(x: Any, what: str) -> None:
    """Refuse a tuple that holds arrays as ``what``: it is what a function of several arrays returns."""
    if isinstance(x, tuple) and any(isinstance(part, np.ndarray | Tensor) for part in x):
        several = f"{len(x)}; np.stack makes one of arrays of one shape"
        cure = "one; take it out with a comma: (x,) = standardize(x)" if len(x) == 1 else several
        raise ArgumentError(f"{what} must be an array, not a tuple of {cure}")


def flawed(array: NDArray[Any], what: str, name: str, *, labels: bool = False) -> str | None:
    """Return what is wrong with an array of text or of objects, and the cure; None if it is neither, or none is known.

    Parameters
    ----------
    array : ndarray
    what : str
        What messages call it.
    name : str
        Its name in the cure, which is code.
    labels : bool, optional
        Whether it may hold names of classes.
    """
    if array.dtype.kind not in "OUST" or not array.ndim or any(isinstance(x, Value | Tensor) for x in array.flat):
        return None
    text = [str(x) for x in array.flat if isinstance(x, str | bytes)]
    what += f" must be real numbers, not {f'text such as {text[0]!r:.60}' if text else 'an array of Python objects'}"
    try:
        array.astype(np.float64)
    except (TypeError, ValueError):
        if not text:
            return None
    else:
        return f"{what}; {name}.astype(float) makes numbers of it"
    if labels:
        return (
            f"{what}; `names, {name} = np.unique({name}, return_inverse=True)` makes class indices of names, and "
            "nn.MLPClassifier takes names as they are"
        )
    return f"{what}; of a column of names `np.unique(column, return_inverse=True)[1]` makes integers"


def class_index(target: Any, classes: int, what: str) -> int:
    """Return ``target`` as an index below ``classes``, or refuse it as ``what``."""
    if not isinstance(target, int | np.integer) or isinstance(target, bool) or not 0 <= target < classes:
        raise ArgumentError(
            f"{what} must be a class index, an int from 0 to {classes - 1}, {_instead_of_class(target, classes)}"
        )
    return int(target)


def _instead_of_class(target: Any, classes: int) -> str:
    if isinstance(target, float | np.floating | Value):
        return "not a float: targets.astype(int) makes integers of labels"
    if isinstance(target, str):
        return f"not the text {target!r:.60}: `names, targets = np.unique(targets, return_inverse=True)` makes integers"
    if isinstance(target, int | np.integer) and target >= classes:
        return f"not {target!r}: the model has {classes} outputs, and needs one for each class"
    return f"not {target!r:.200}"


def generator(seed: Any) -> np.random.Generator:
    """Return the generator itself, or a new one from an int; None draws fresh entropy."""
    if isinstance(seed, np.random.Generator):
        return seed
    if seed is not None and (not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0):
        raise ArgumentError(f"seed must be None, an int from 0 up or a numpy.random.Generator, not {seed!r}")
    return np.random.default_rng(seed)


def real_array(x: Any, what: str) -> NDArray[np.floating[Any]]:
    """Return ``x`` as an array of finite floats, float32 where it is one and else float64, or refuse it as ``what``."""
    try:
        array = np.asarray(x)
    except ValueError as error:  # rows of different lengths
        raise SizeError(f"{what} must be an array of numbers, but its rows differ in length: {error}") from error
    if array.dtype.kind not in "fiub":
        raise NotANumberError(
            flawed(array, what, what) or f"{what} must be an array of real numbers, not of {array.dtype}"
        )
    array = array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
    finite = np.isfinite(array)
    if not finite.all():
        place = tuple(np.argwhere(~finite)[0].tolist())
        raise ArgumentError(f"{what} must be finite, but holds {array[place]} at {list(place)}")
    return array


def sample_count(samples: Any, what: str) -> int:
    """Return the int itself, or the length of samples that are given; refuse none at all as ``what``."""
    try:
        n = len(samples)
    except TypeError:  # an int, or nothing that has samples
        return positive_int(samples, what)
    if not n:
        raise SizeError(f"{what} must be at least one, but there are none")
    return n


def plain_array(x: Any, what: str) -> NDArray[Any]:
    """Return ``x`` as an array outside of any graph, that of Tensors and Values, or refuse it as ``what``."""
    try:
        array = np.asarray(x.data if isinstance(x, Tensor | Value) else x)
    except ValueError as error:
        raise SizeError(f"{what} must be an array, but its rows differ in length: {error}") from error
    if array.dtype == object and any(isinstance(element, Value) for element in array.flat):
        numbers = [element.data if isinstance(element, Value) else element for element in array.flat]
        return np.array(numbers).reshape(array.shape)
    return array
