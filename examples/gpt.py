"""Teach a small GPT to make up first names: 4,192 numbers and what is done to them, one by one.

Every parameter is a Value, every operation one on single numbers, so each can be looked at and drawn. A step learns
from one name, letter by letter; autograd.compile makes a program of it for each length of name. Letters are a to z.

The model is a transformer (Vaswani et al. 2017, Attention is all you need) of one layer that looks back only, as in GPT
(Radford et al. 2018, Improving language understanding by generative pre-training), with normalisation before each part,
by the root mean square (Zhang and Sennrich 2019, Root mean square layer normalization), and without biases.
"""

import argparse
import time
import warnings
from collections.abc import Sequence

import numpy as np

import autograd
import nn
from autograd import DisconnectedWarning, Value, dot, exp, logsumexp, no_grad, relu, softmax, sum

LETTERS, END = "abcdefghijklmnopqrstuvwxyz", 26  # END is the token before the first letter and behind the last
CONTEXT, WIDTH, HIDDEN, HEADS = 16, 16, 64, 4  # tokens that are looked at, numbers that stand for one
SIZES = dict.fromkeys(("query", "key", "value", "mix"), (WIDTH, WIDTH)) | {"positions": (CONTEXT, WIDTH)}
SIZES |= dict.fromkeys(("tokens", "output"), (27, WIDTH)) | {"widen": (HIDDEN, WIDTH), "narrow": (WIDTH, HIDDEN)}


class GPT(nn.Module):
    """Reads tokens one after another, and says after each which may come next."""

    def __init__(self, rng: np.random.Generator) -> None:
        for name, size in SIZES.items():  # matrices, of numbers so small that a product keeps the size of what it takes
            setattr(self, name, [[Value(w) for w in row] for row in rng.normal(0, size[1] ** -0.5, size)])

    def loss(self, tokens: Sequence[int], targets: Sequence[int]) -> Value:
        """Return the cross-entropy of the next token, its mean over the positions."""
        return sum([nn.cross_entropy(z, target) for z, target in zip(self(tokens), targets, strict=True)]) / len(tokens)

    def forward(self, tokens: Sequence[int], seen: list[tuple[list[Value], ...]] | None = None) -> list[list[Value]]:
        """Return the logits of the next token, at each position; ``seen`` has key and value of each token before."""
        logits, seen = [], [] if seen is None else seen
        for token in tokens:
            x = [a + b for a, b in zip(self.tokens[token], self.positions[len(seen)], strict=True)]
            x = linear(self.mix, self.attend(normalized(x), seen), x)
            x = linear(self.narrow, [relu(h) for h in linear(self.widen, normalized(x))], x)
            logits.append(linear(self.output, normalized(x)))
        return logits

    def attend(self, x: list[Value], seen: list[tuple[list[Value], ...]]) -> list[Value]:
        """Look back: each head takes a mean of its part of the values, weighted by how the keys meet the query."""
        query, size, found = linear(self.query, x), WIDTH // HEADS, []
        seen.append((linear(self.key, x), linear(self.value, x)))
        for part in (slice(i, i + size) for i in range(0, WIDTH, size)):
            scores = [dot(query[part], key[part]) / size**0.5 for key, _ in seen]
            total = logsumexp(scores)
            weights = [exp(score - total) for score in scores]
            found += [dot(weights, column) for column in zip(*(value[part] for _, value in seen), strict=True)]
        return found


def linear(weights: list[list[Value]], x: list[Value], plus: Sequence[Value | float] = (0.0,) * HIDDEN) -> list[Value]:
    return [dot(row, x, start) for row, start in zip(weights, plus, strict=False)]


def normalized(x: list[Value]) -> list[Value]:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * a for a in x]


def training_pair(name: str) -> tuple[list[int], list[int]]:
    """Return the tokens that are read, and for each the one that is to come next; only of as many as are looked at."""
    letters = [LETTERS.index(letter) for letter in name]
    return [END, *letters][:CONTEXT], [*letters, END][:CONTEXT]


@no_grad()
def invented(model: GPT, rng: np.random.Generator, temperature: float) -> str:
    tokens, seen = [END], []
    while len(tokens) <= CONTEXT and tokens[1:][-1:] != [END]:
        logits = np.array([z.data for z in model(tokens[-1:], seen)[0]])
        tokens.append(int(rng.choice(27, p=softmax(logits / temperature))))
    return "".join(LETTERS[token] for token in tokens if token != END)


def main(argv: Sequence[str] | None = None) -> list[str]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", required=True, metavar="FILE", help="text file with one name a line")
    parser.add_argument("--steps", type=int, default=1000, help="one name each (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the parameters, the order and the samples (default 0)")
    parser.add_argument("--samples", type=int, default=20, help="names to make up at the end (default 20)")
    parser.add_argument("--temperature", type=float, default=0.6, help="1 is as learned, less is safer (default 0.6)")
    options = parser.parse_args(argv)
    if options.steps < 1 or options.seed < 0 or options.samples < 0 or not options.temperature > 0:
        parser.error("--steps must be at least 1, --seed and --samples at least 0, --temperature above 0")
    try:
        names = nn.datasets.names(options.names)
    except (nn.datasets.MissingFileError, nn.datasets.BadFileError) as error:
        parser.error(f"--names: {error}")
    if strange := sorted(set("".join(names)) - set(LETTERS)):
        parser.error(f"--names {options.names}: the letters must be a to z, without {' '.join(strange)}")
    rng, losses, begin = np.random.default_rng(options.seed), [], time.perf_counter()
    model = GPT(rng)
    adam = nn.Adam(model.parameters(), lr=lambda step: 0.01 * (1 - step / options.steps), betas=(0.9, 0.99))
    step, every = autograd.compile(model.loss, fallback=True), max(1, options.steps // 10)
    print(f"{len(names)} names, {model.num_parameters} parameters")
    with warnings.catch_warnings(action="ignore", category=DisconnectedWarning):  # of letters that are not in the name
        for count in range(1, options.steps + 1):
            tokens, targets = training_pair(names[rng.integers(len(names))])
            losses.append(step.update(adam, [tokens], [targets]))
            if count % every == 0:
                print(f"step {count}: mean loss {np.mean(losses[-every:]):.3f}")
    print(f"{(time.perf_counter() - begin) / options.steps * 1e3:.1f} ms a step")
    made_up = [invented(model, rng, options.temperature) for _ in range(options.samples)]
    print("made up:", ", ".join(made_up))
    return made_up


if __name__ == "__main__":
    main()
