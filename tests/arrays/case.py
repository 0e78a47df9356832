"""What a case is: one call of one function, with operands to differentiate by."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Operand = Sequence[int] | Callable[[np.random.Generator], Any]


@dataclass(frozen=True)
class Case:
    """One call of a function of NumPy, or of a public function of ours.

    Attributes
    ----------
    function : callable
        The function whose derivative is tested; a case counts for it.
    operands : sequence
        What is differentiated: a shape, for numbers drawn from [0.3, 2) with either sign, no two of them closer than
        0.001; or a function of a random generator that draws an operand, where the domain is another.
    call : callable, optional
        Calls the function on the operands; without it they are its only arguments.
    reference : callable, optional
        The same computation by other means, for functions that are not NumPy's.
    order : int
        The highest derivative to check: 2, or 1 where a second one is zero, or is a choice.
    rtol : float
        The relative error allowed against differences.
    """

    function: Callable[..., Any]
    operands: Sequence[Operand]
    call: Callable[..., Any] | None = None
    reference: Callable[..., Any] | None = None
    order: int = 2
    rtol: float = 1e-6
    note: str = field(default="", compare=False)

    def __call__(self, *operands: Any) -> Any:
        """Return the result of the call, in one array where the function returns several."""
        return joined(self.function(*operands) if self.call is None else self.call(*operands))

    def expected(self, *operands: Any) -> Any:
        """Return what NumPy, or the reference, gives."""
        return joined(self.reference(*operands)) if self.reference is not None else self(*operands)

    def draw(self) -> list[np.ndarray]:
        """Return the operands, the same in every run."""
        rng = np.random.default_rng(zlib.crc32(str(self).encode()))
        return [np.asarray(x(rng)) if callable(x) else distinct(rng, tuple(x)) for x in self.operands]

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, x)) if not callable(x) else "own" for x in self.operands)
        return f"{self.function.__name__}-{shapes}{'-' if self.note else ''}{self.note}"


def joined(results: Any) -> Any:
    """Return several results as one array; their elements one behind the other."""
    if isinstance(results, tuple | list):
        return np.concatenate([np.reshape(x, -1) for x in results]) if results else np.zeros(0)
    return results


def distinct(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers of size 0.3 to 2, of either sign, no two of them close: clear of kinks and ties."""
    size = int(np.prod(shape))
    steps = rng.permutation(np.linspace(0.3, 2.0, size + 1)[:size]) + rng.uniform(0, 0.7 / (size + 1), size)
    return (steps * rng.choice([-1.0, 1.0], size)).reshape(shape)


def positive(*shape: int) -> Callable[[np.random.Generator], np.ndarray]:
    """Draw positive numbers."""
    return lambda rng: np.abs(distinct(rng, shape))


def symmetric_positive_definite(*shape: int) -> Callable[[np.random.Generator], np.ndarray]:
    """Draw matrices for cholesky and its kin."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        a = rng.normal(size=shape)
        return a @ np.swapaxes(a, -1, -2) + shape[-1] * np.eye(shape[-1])

    return draw
