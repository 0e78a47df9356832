"""Contractions: sums of products over named axes. The derivative of one is another."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.array_rows import array_row
from autograd.arrays.dispatch import numpy_function, plain_functions, refuse_argument
from autograd.settings import own

LETTERS = string.ascii_uppercase + string.ascii_lowercase
"""The names of axes, in the order in which NumPy puts those of an output that is not written down."""

plain_functions.add(np.einsum_path)


def _einsum_transpose(g: Any, y: Any, *operands: Any, position: int, subscripts: str, optimize: Any) -> Any:
    """Contract g with the other operands, so that the axes of this one are left.

    An axis that no other factor has was summed alone; a factor of ones brings it back. An axis that is there twice is
    a diagonal; it gets a second name, and an identity matrix ties the two.
    """
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    lengths = _lengths(terms, operands)
    names = [output, *terms[:position], *terms[position + 1 :]]
    factors = [g, *operands[:position], *operands[position + 1 :]]
    known = _lengths(names, factors)
    unused = (letter for letter in LETTERS if letter not in subscripts)
    wanted = ""
    for letter in terms[position]:
        if letter in wanted:
            wanted += next(unused)
            names.append(letter + wanted[-1])
            factors.append(np.eye(lengths[letter], dtype=g.dtype))
        else:
            wanted += letter
            if known.get(letter) != lengths[letter]:
                names.append(letter)
                factors.append(np.ones(lengths[letter], g.dtype))
    # A path that was given is one for other factors.
    return np.einsum(
        f"{','.join(names)}->{wanted}", *factors, optimize=optimize if isinstance(optimize, str) else bool(optimize)
    )


def _lengths(terms: Sequence[str], operands: Sequence[Any]) -> dict[str, int]:
    """Return the length of each axis; one of length 1 is stretched to that of others of its name."""
    pairs = [
        (letter, n)
        for term, x in zip(terms, operands, strict=True)
        for letter, n in zip(term, np.shape(x), strict=True)
    ]
    return {**dict(pairs), **{letter: n for letter, n in pairs if n != 1}}


_einsum = array_row(
    "einsum",
    lambda *operands, subscripts, optimize: np.einsum(subscripts, *operands, optimize=optimize),
    _einsum_transpose,
    linear="each",
)


@numpy_function(np.einsum)
def einsum(*operands: Any, optimize: Any = False, **others: Any) -> Any:
    """The sum of products of elements, over the axes that the subscripts name and the output leaves out."""
    for name, value in others.items():
        refuse_argument(np.einsum, name, value)
    terms, output, arrays = _parsed(operands)
    return _einsum(*arrays, subscripts=_explicit(terms, output, arrays), optimize=own(optimize))


def _parsed(arguments: Sequence[Any]) -> tuple[list[str], str | None, Sequence[Any]]:
    """Return the subscripts of each operand and of the output, if it is written, and the operands."""
    if isinstance(arguments[0], str):
        inputs, arrow, output = arguments[0].replace(" ", "").partition("->")
        return inputs.split(","), output if arrow else None, arguments[1:]
    pairs = len(arguments) // 2
    texts = ["".join("..." if name is ... else LETTERS[name] for name in names) for names in arguments[1::2]]
    written = len(arguments) % 2 == 1
    if written:
        texts.append("".join("..." if name is ... else LETTERS[name] for name in arguments[-1]))
    return texts[:pairs], texts[pairs] if written else None, arguments[: 2 * pairs : 2]


def _explicit(terms: Sequence[str], output: str | None, operands: Sequence[Any]) -> str:
    """Return the subscripts with a letter for every axis that an ellipsis stands for, and with the output written."""
    if len(terms) != len(operands):
        raise ValueError(f"einsum has subscripts for {len(terms)} operands, but {len(operands)} were given")
    hidden = [np.ndim(x) - len(term) + 3 if "..." in term else 0 for term, x in zip(terms, operands, strict=True)]
    used = set("".join(terms))
    axes = "".join(letter for letter in LETTERS if letter not in used)[: max(hidden, default=0)]
    if output is None:
        letters = "".join(terms).replace(".", "")
        output = "..." + "".join(letter for letter in sorted(set(letters)) if letters.count(letter) == 1)
    full = [term.replace("...", axes[len(axes) - n :]) for term, n in zip(terms, hidden, strict=True)]
    return f"{','.join(full)}->{output.replace('...', axes)}"


def _tensordot_by_first(g: Any, y: Any, a: Any, b: Any, axes: tuple[tuple[int, ...], tuple[int, ...]]) -> Any:
    free = _others(a, axes[0]), _others(b, axes[1])
    product = np.tensordot(g, b, axes=(tuple(range(len(free[0]), y.ndim)), free[1]))
    found = [*free[0], *(i for _, i in sorted(zip(axes[1], axes[0], strict=True)))]
    return np.transpose(product, np.argsort(found))


def _tensordot_by_second(g: Any, y: Any, a: Any, b: Any, axes: tuple[tuple[int, ...], tuple[int, ...]]) -> Any:
    free = _others(a, axes[0]), _others(b, axes[1])
    product = np.tensordot(a, g, axes=(free[0], tuple(range(len(free[0])))))
    found = [*(j for _, j in sorted(zip(*axes, strict=True))), *free[1]]
    return np.transpose(product, np.argsort(found))


def _others(x: Any, axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(i for i in range(np.ndim(x)) if i not in axes)


_tensordot = array_row(
    "tensordot",
    lambda a, b, axes: np.tensordot(a, b, axes=axes),
    [_tensordot_by_first, _tensordot_by_second],
    linear="each",
)


@numpy_function(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over pairs of axes: the last ones of a and the first ones of b, or those given."""
    if np.ndim(axes) == 0 and not isinstance(axes, tuple | list):
        pairs: Any = tuple(range(np.ndim(a) - int(axes), np.ndim(a))), tuple(range(int(axes)))
    else:
        pairs = tuple(tuple(np.ravel(of_one).tolist()) for of_one in axes)
    counted = tuple(
        tuple(i + np.ndim(x) if i < 0 else i for i in of_one) for of_one, x in zip(pairs, (a, b), strict=True)
    )
    return _tensordot(a, b, axes=counted)


@numpy_function(np.linalg.tensordot)
def _tensordot_of_two(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """The sum of products over pairs of axes."""
    return tensordot(x1, x2, axes)
