"""Teach a small GPT to make up first names: 4,192 numbers and what is done to them, one by one.

Every parameter is a Value, every operation one on single numbers, so each can be looked at and drawn. A step reads one
name, letter by letter, and finds the derivative of its loss by all parameters; autograd.compile makes a program of that
for each length of name. --names is a text file with one name a line; the letters are a to z.

The model is a transformer (Vaswani et al. 2017, Attention is all you need) of one layer that looks back only, as in GPT
(Radford et al. 2018, Improving language understanding by generative pre-training), with normalisation before each part,
by the root mean square (Zhang and Sennrich 2019, Root mean square layer normalization), and without biases.
"""

from __future__ import annotations

import argparse
import math
import string
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

import autograd
from autograd import DisconnectedWarning, Value, dot, exp, logsumexp, no_grad, relu, softmax, sum
from nn import Adam, Module

LETTERS = string.ascii_lowercase
BOUNDARY = len(LETTERS)  # the token before the first letter of a name and behind its last
TOKENS = len(LETTERS) + 1
CONTEXT = 16  # so many tokens are looked at
WIDTH = 16  # so many numbers stand for a token
HEADS = 4
HIDDEN = 64

Numbers = Sequence[Value]
Matrix = list[list[Value]]


class GPT(Module):
    """Reads tokens one after another, and says after each which may come next."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.tokens = matrix(rng, TOKENS, WIDTH)
        self.positions = matrix(rng, CONTEXT, WIDTH)
        self.query = matrix(rng, WIDTH, WIDTH)
        self.key = matrix(rng, WIDTH, WIDTH)
        self.value = matrix(rng, WIDTH, WIDTH)
        self.mix = matrix(rng, WIDTH, WIDTH)
        self.widen = matrix(rng, HIDDEN, WIDTH)
        self.narrow = matrix(rng, WIDTH, HIDDEN)
        self.output = matrix(rng, TOKENS, WIDTH)

    def forward(self, tokens: Sequence[int]) -> list[list[Value]]:
        """Return the logits of the next token, at each position."""
        keys: list[Numbers] = []
        values: list[Numbers] = []
        return [self.read(token, keys, values) for token in tokens]

    def loss(self, tokens: Sequence[int], targets: Sequence[int]) -> Value:
        """Return the cross-entropy of the next token, its mean over the positions."""
        losses = [logsumexp(logits) - logits[target] for logits, target in zip(self(tokens), targets, strict=True)]
        mean: Value = sum(losses) / len(losses)
        return mean

    def read(self, token: int, keys: list[Numbers], values: list[Numbers]) -> list[Value]:
        """Return the logits behind one more token; keys and values are those of the tokens so far, and get its own."""
        x = add(self.tokens[token], self.positions[len(keys)])
        x = add(x, self.attend(normalized(x), keys, values))
        x = add(x, self.think(normalized(x)))
        return linear(self.output, normalized(x))

    def attend(self, x: Numbers, keys: list[Numbers], values: list[Numbers]) -> list[Value]:
        """Look back: each head takes a mean of its part of the values, weighted by how the keys meet the query."""
        query = linear(self.query, x)
        keys.append(linear(self.key, x))
        values.append(linear(self.value, x))
        seen: list[Value] = []
        for start in range(0, WIDTH, WIDTH // HEADS):
            part = slice(start, start + WIDTH // HEADS)
            scores = [dot(query[part], key[part]) / math.sqrt(WIDTH // HEADS) for key in keys]
            total = logsumexp(scores)
            weights = [exp(score - total) for score in scores]
            seen += [dot(weights, column) for column in zip(*(value[part] for value in values), strict=True)]
        return linear(self.mix, seen)

    def think(self, x: Numbers) -> list[Value]:
        """Go through one hidden layer."""
        return linear(self.narrow, [relu(h) for h in linear(self.widen, x)])


def matrix(rng: np.random.Generator, rows: int, columns: int) -> Matrix:
    """Return parameters such that a product with them keeps the size of what it is taken with."""
    return [[Value(x) for x in row] for row in rng.normal(0, 1 / math.sqrt(columns), (rows, columns)).tolist()]


def linear(weights: Matrix, x: Numbers) -> list[Value]:
    return [dot(row, x) for row in weights]


def add(x: Numbers, y: Numbers) -> list[Value]:
    return [a + b for a, b in zip(x, y, strict=True)]


def normalized(x: Numbers) -> list[Value]:
    """Return the numbers divided by the root of their mean square."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * a for a in x]


def training_pair(name: str) -> tuple[list[int], list[int]]:
    """Return the tokens that are read, and for each the one that is to come next; only of as many as are looked at."""
    letters = [LETTERS.index(letter) for letter in name]
    return [BOUNDARY, *letters][:CONTEXT], [*letters, BOUNDARY][:CONTEXT]


Step = Callable[[list[int], list[int]], float]


def eager_step(model: GPT, adam: Adam) -> Step:
    """Return what makes a step of training by one name, operation by operation, and returns its loss."""

    def step(tokens: list[int], targets: list[int]) -> float:
        adam.zero_grad()
        loss = model.loss(tokens, targets)
        loss.backward()
        adam.step()
        return loss.data

    return step


def compiled_step(model: GPT, adam: Adam) -> Step:
    """Return what makes the same step by a program, which is recorded anew for names of another length."""
    loss = autograd.compile(model.loss, fallback=True)
    return lambda tokens, targets: loss.update(adam, [tokens], [targets])


def train(step: Step, names: Sequence[str], steps: int) -> None:
    """Make a step for each name, and print now and then the mean loss since the last time."""
    losses: list[float] = []
    for count in range(1, steps + 1):
        with warnings.catch_warnings():  # what is not in the name is not reached, and that is no mistake
            warnings.simplefilter("ignore", DisconnectedWarning)
            losses.append(step(*training_pair(names[count % len(names)])))
        if count % max(1, steps // 10) == 0:
            print(f"step {count}: mean loss {np.mean(losses):.3f}")
            losses.clear()


@no_grad()
def invented(model: GPT, rng: np.random.Generator, temperature: float) -> str:
    """Return a name, letter by letter; the lower the temperature, the more likely each letter."""
    keys: list[Numbers] = []
    values: list[Numbers] = []
    name, token = "", BOUNDARY
    while len(keys) < CONTEXT:
        logits = np.array([z.data for z in model.read(token, keys, values)])
        token = int(rng.choice(TOKENS, p=softmax(logits / temperature)))
        if token == BOUNDARY:
            break
        name += LETTERS[token]
    return name


def names_in(lines: Iterable[str]) -> list[str]:
    """Return the names, one a line.

    Raises
    ------
    ValueError
        If there is none, or one has other letters than a to z.
    """
    names = []
    for number, line in enumerate(lines, start=1):
        name = line.strip().lower()
        if not set(name) <= set(LETTERS):
            raise ValueError(f"line {number} must be one name of the letters a to z, not {line.strip()!r}")
        if name:
            names.append(name)
    if not names:
        raise ValueError("there is no name in it")
    return names


def main(argv: Sequence[str] | None = None) -> list[str]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path, required=True, metavar="FILE", help="text file with one name a line")
    parser.add_argument("--steps", type=int, default=1000, help="one name each (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the parameters, the order and the samples (default 0)")
    parser.add_argument("--samples", type=int, default=20, help="names to make up at the end (default 20)")
    parser.add_argument("--temperature", type=float, default=0.6, help="1 is as learned, less is safer (default 0.6)")
    parser.add_argument("--eager", action="store_true", help="operation by operation, without the compiler")
    options = parser.parse_args(argv)
    if options.steps < 1 or options.seed < 0 or options.samples < 0 or not options.temperature > 0:
        parser.error("--steps must be at least 1, --seed and --samples at least 0, --temperature above 0")
    try:
        names = names_in(options.names.read_text(encoding="utf-8").splitlines())
    except OSError as error:
        parser.error(f"--names {options.names} cannot be read: {error.strerror}; give a text file with one name a line")
    except ValueError as error:
        parser.error(f"--names {options.names} cannot be used: {error}")

    rng = np.random.default_rng(options.seed)
    rng.shuffle(names)
    model = GPT(rng)
    adam = Adam(model.parameters(), lr=lambda step: 0.01 * (1 - step / options.steps), betas=(0.9, 0.99))
    print(f"{len(names)} names, {model.num_parameters} parameters")
    begin = time.perf_counter()
    train((eager_step if options.eager else compiled_step)(model, adam), names, options.steps)
    print(f"{(time.perf_counter() - begin) / options.steps * 1e3:.1f} ms a step")

    made_up = [invented(model, rng, options.temperature) for _ in range(options.samples)]
    print("made up:", ", ".join(made_up))
    return made_up


if __name__ == "__main__":
    main()
