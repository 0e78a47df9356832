"""``python -m autograd``: what is typed, what is printed, and with which exit code it ends."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
import warnings
from collections.abc import Sequence
from typing import NoReturn

from autograd.errors import ArgumentError, AutogradError, GradcheckError, brief
from autograd.terminal.assignments import assigned
from autograd.terminal.derivatives import count_derivatives
from autograd.terminal.expressions import CONSTANTS, Expression, functions
from autograd.terminal.report import Report

__all__ = ["main"]

HIGHEST_ORDER = 6
MOST_DERIVATIVES = 500
FAILED, MISUSED, INTERRUPTED = 1, 2, 130  # exit codes

EXAMPLES = """\
examples:
  python -m autograd "sin(x)*x**2" x=1.5
  python -m autograd "tanh(w*x + b)" w=2 x=0.5 b=-3 --order 2
  python -m autograd "leaky_relu(x, slope=0.2)" x=-1 --gradcheck
  python -m autograd "exp(-x**2/2)/sqrt(2*pi)" x=pi/4 --draw bell.svg

constants: {constants}
functions: {functions}

It ends with 0 if all is well, 1 if --gradcheck finds a wrong derivative, 2 if something was mistyped."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``python -m autograd``; taken from the command line if left out.

    Returns
    -------
    int
        0, or 1 if the derivatives fail their check, or 2 if something was mistyped.

    Examples
    --------
    >>> main(["x**3", "x=2"])
    f = x**3, at x = 2.0
    <BLANKLINE>
    f     = 8.0
    ∂f/∂x = 12.0
    <BLANKLINE>
          operation  data  grad  local gradient
    f     **            8     1
    ├─ x                2    12  ∂f/∂x = 3·x**2 = 12
    └─ 3
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no ∂ shows ?
    try:
        arguments = _as_operands(sys.argv[1:] if arguments is None else arguments)
        code = _run(_parser().parse_intermixed_args(arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except (AutogradError, OSError) as error:
        print(f"{'check failed' if isinstance(error, GradcheckError) else 'error'}: {error}", file=sys.stderr)
        return FAILED if isinstance(error, GradcheckError) else MISUSED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ArgumentError(f"{message}\n{self.format_usage().rstrip()}\n(--help says more)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m autograd",
        usage='python -m autograd "EXPRESSION" [NAME=NUMBER ...] [--order N] [--gradcheck] [--draw FILE]',
        description="Differentiate an expression: its value, its derivatives, and the tree of local gradients.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EXAMPLES.format(constants=" ".join(CONSTANTS), functions=_wrapped(" ".join(sorted(functions())))),
        allow_abbrev=False,
    )
    parser.add_argument(
        "expression", metavar="EXPRESSION", nargs="?", default="", help="arithmetic, in quotation marks; ** is a power"
    )
    parser.add_argument("variables", metavar="NAME=NUMBER", nargs="*", help="a value for each name in it")
    parser.add_argument(
        "--order", type=int, default=1, metavar="N", help=f"derivatives up to this order, at most {HIGHEST_ORDER}"
    )
    parser.add_argument("--gradcheck", action="store_true", help="check the derivatives against finite differences")
    parser.add_argument("--draw", metavar="FILE", help="draw the graph; the ending, such as .svg, says the format")
    return parser


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, subsequent_indent=" " * len("functions: ")).lstrip()


def _as_operands(arguments: Sequence[str]) -> list[str]:
    """Return the arguments; one such as ``-x**2`` gets a space before it, so that it is not taken for an option."""
    return [f" {x}" if x.startswith("-") and not x.startswith("--") and x != "-h" else x for x in arguments]


def _run(options: argparse.Namespace) -> int:
    _ensure_sensible(options.order)
    f = Expression(options.expression)
    numbers = assigned(f, options.variables)
    if not numbers and (options.gradcheck or options.draw is not None):
        raise ArgumentError(f"{brief(f.text)} has no variable, so there is nothing to check or to draw")
    if count_derivatives(len(numbers), options.order) > MOST_DERIVATIVES:
        raise ArgumentError(
            f"{len(numbers)} variables have {count_derivatives(len(numbers), options.order):,} derivatives up to the "
            f"order {options.order}; choose a lower --order"
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = Report(f, numbers, options.order)
        drawn = report.diagram().save(options.draw) if options.draw is not None else None
        print(report.text(), end="")
        if drawn is not None:
            print(f"\ndrawn to {drawn}")
        if options.gradcheck:
            report.check()
            print(f"\ngradcheck: derivatives up to order {options.order} agree with differences")
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"note: {message}", file=sys.stderr)
    return 0


def _ensure_sensible(order: int) -> None:
    if not 1 <= order <= HIGHEST_ORDER:
        raise ArgumentError(f"--order must be a whole number from 1 to {HIGHEST_ORDER}, not {order}")
