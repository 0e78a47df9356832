"""Recognise the handwritten digits of MNIST with a plain network, and tell after each epoch how many are right.

The program of Nielsen 2015, Neural Networks and Deep Learning, chapter 1: sigmoid layers, half the squared error, small
steps down the gradient of ten images at a time. It trains on 50,000 images and is judged by the 10,000 test images.
Its weights start at N(0, 1), so wild that some seeds never learn one of the digits; --better starts them as Glorot and
Bengio do, takes the cross-entropy of the softmax as loss, and 100 neurons.

The network is written in single numbers; what runs is compiled, and fastest with llvmlite (the extra jit).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import nn

TRAINED = 50_000  # of the 60,000; the last 10,000 are left out, as by Nielsen
BETTER = {"hidden": 100, "epochs": 10, "eta": 0.25, "loss": "cross-entropy", "init": "xavier"}
LOSSES = {"quadratic": (nn.half_squared_error, "sigmoid"), "cross-entropy": (nn.cross_entropy, "identity")}
STARTS = {"normal": nn.init.normal(), "xavier": nn.init.xavier(), "lecun": nn.init.lecun(), "he": nn.init.he()}


class Judge(nn.Callback):
    """Counts the test images that are recognised, after each epoch."""

    def __init__(self, images: np.ndarray, digits: np.ndarray) -> None:
        self.images, self.digits = images, digits
        self.right: list[int] = []

    def after_epoch(self, run: nn.Run) -> None:
        """Print how many are right."""
        predicted = np.argmax(run.model(self.images), axis=1)
        self.right.append(int(np.sum(predicted == self.digits)))
        print(f"Epoch {len(self.right) - 1} : {self.right[-1]} / {len(self.digits)}", flush=True)


def main(argv: Sequence[str] | None = None) -> list[int]:
    parser, options = parse(argv)
    try:
        x, digits, x_test, digits_test = nn.datasets.mnist(options.data)
    except (nn.datasets.BadFileError, nn.datasets.MissingFileError) as error:
        parser.error(f"--data: {error}")
    x, targets = x[:TRAINED], np.eye(10)[digits[:TRAINED]]
    rng = np.random.default_rng(options.seed)
    loss, output = LOSSES[options.loss]
    model = nn.MLP(
        x.shape[1],
        [options.hidden, 10],
        "sigmoid",
        output,
        weight_init=STARTS[options.init],
        bias_init=STARTS["normal"] if options.init == "normal" else nn.init.zeros(),  # as Nielsen has it
        seed=rng,
    )
    judge = Judge(x_test, digits_test)
    history = nn.fit(
        model,
        x,
        targets,
        loss=loss,
        optimizer=nn.SGD(model.parameters(), lr=options.eta),
        epochs=options.epochs,
        batch_size=options.batch,
        callbacks=[judge],
        seed=rng,
        progress=False,
    )
    seconds = np.median(history["seconds"])
    print(f"seed {options.seed}: first {judge.right[0]}, best {max(judge.right)}, {seconds:.2f} s an epoch (median)")
    return judge.right


def parse(argv: Sequence[str] | None) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the four original files of MNIST")
    parser.add_argument("--hidden", type=int, default=30, help="neurons in the hidden layer (default 30)")
    parser.add_argument("--epochs", type=int, default=30, help="passes over the training images (default 30)")
    parser.add_argument("--eta", type=float, default=3.0, help="learning rate (default 3.0)")
    parser.add_argument("--batch", type=int, default=10, help="images in a step (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and the order (default 0)")
    parser.add_argument("--loss", choices=LOSSES, default="quadratic", help="(default quadratic)")
    parser.add_argument("--init", choices=STARTS, default="normal", help="how weights start (default normal)")
    told = " ".join(f"--{name} {value}" for name, value in BETTER.items())
    parser.add_argument("--better", action="store_true", help=f"{told}, unless given")
    if parser.parse_known_args(argv)[0].better:
        parser.set_defaults(**BETTER)
    options = parser.parse_args(argv)
    if min(options.hidden, options.epochs, options.batch) < 1 or options.seed < 0 or not 0 < options.eta < np.inf:
        parser.error("--hidden, --epochs and --batch must be at least 1, --seed at least 0, --eta positive")
    return parser, options


if __name__ == "__main__":
    main()
