"""``python -m autograd``: what is printed, what is refused and how, and the exit codes."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import autograd
from autograd import rows
from autograd.terminal import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; return its exit code and what it printed to either stream."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return run


def results(out: str) -> dict[str, float]:
    """The numbers printed: the value and the derivatives by name."""
    paragraph = out.split("\n\n")[1]
    return {name.strip(): float(number) for name, _, number in (line.partition("=") for line in paragraph.splitlines())}


def tree(out: str) -> str:
    return out.split("\n\n")[-1]


# What is printed


def test_value_derivatives_and_the_tree_with_local_gradients_are_printed(run: Run) -> None:
    assert run("(x+1)*x**2", "x=2", "--order", "2") == (
        0,
        """\
f = (x+1)*x**2, at x = 2.0

f       = 12.0
∂f/∂x   = 16.0
∂²f/∂x² = 14.0

                 operation  data  grad  local gradient
f                *            12     1
├─ v1            +             3     4  ∂f/∂v1 = v2 = 4
│  ├─ x                        2    16  ∂v1/∂x = 1
│  └─ 1
└─ v2            **            4     3  ∂f/∂v2 = v1 = 3
   ├─ x (above)                         ∂v2/∂x = 2·x = 4
   └─ 2
""",
        "",
    )


def test_the_derivatives_are_those_of_calculus(run: Run) -> None:
    _, out, _ = run("sin(x)*x**2", "x=1.5", "--order", "3")
    x, sin, cos = 1.5, math.sin(1.5), math.cos(1.5)
    assert results(out) == pytest.approx(
        {
            "f": x * x * sin,
            "∂f/∂x": x * x * cos + 2 * x * sin,
            "∂²f/∂x²": (2 - x * x) * sin + 4 * x * cos,
            "∂³f/∂x³": (6 - x * x) * cos - 6 * x * sin,
        },
        rel=1e-14,
    )


def test_of_several_variables_the_mixed_derivatives_are_given_once(run: Run) -> None:
    _, out, _ = run("x**2*y**3", "x=2", "y=3", "--order", "2")
    assert results(out) == {
        "f": 108.0,
        "∂f/∂x": 108.0,
        "∂f/∂y": 108.0,
        "∂²f/∂x²": 54.0,
        "∂²f/∂x∂y": 108.0,
        "∂²f/∂y²": 72.0,
    }


def test_variables_may_be_given_in_any_order_and_between_options(run: Run) -> None:
    code, out, _ = run("x - y", "y=3", "--order", "1", "x=2")
    assert code == 0
    assert results(out) == {"f": -1.0, "∂f/∂x": 1.0, "∂f/∂y": -1.0}


@pytest.mark.parametrize(
    ("text", "number"), [("pi/2", math.pi / 2), ("-1e-3", -0.001), ("2**-1", 0.5), ("inf", math.inf)]
)
def test_a_value_may_be_made_of_constants(text: str, number: float, run: Run) -> None:
    assert results(run("x", f"x={text}")[1])["f"] == number


def test_an_expression_may_begin_with_a_minus(run: Run) -> None:
    assert results(run("-x", "x=-2")[1]) == {"f": 2.0, "∂f/∂x": -1.0}


def test_a_function_takes_its_settings_by_name(run: Run) -> None:
    assert results(run("leaky_relu(x, slope=1/4)", "x=-2")[1]) == {"f": -0.5, "∂f/∂x": 0.25}


def test_an_expression_without_variables_has_a_value_and_nothing_else(run: Run) -> None:
    assert run("2+3*4") == (0, "f = 2+3*4\n\nf = 14.0\n\nthere is no variable to differentiate by\n", "")


def test_the_expression_may_be_a_variable_alone(run: Run) -> None:
    assert "└─ x" in tree(run("x", "x=2")[1])


def test_a_variable_called_f_is_told_from_the_function(run: Run) -> None:
    assert results(run("2*f", "f=3")[1]) == {"f'": 6.0, "∂f'/∂f": 2.0}


def test_what_is_not_finite_is_said(run: Run) -> None:
    code, out, _ = run("log(x)", "x=0")
    assert code == 0
    assert results(out) == {"f": -math.inf, "∂f/∂x": math.inf}
    assert "not finite here: f, ∂f/∂x" in out


def test_a_warning_is_printed_as_a_note(run: Run) -> None:
    code, _, err = run("cbrt(x**3)", "x=0")
    assert code == 0
    assert err.startswith("note: ")
    assert "may not be the limit" in err


def test_powers_of_whole_numbers_overflow_and_do_not_hang(run: Run) -> None:
    assert results(run("9**9**9**9")[1]) == {"f": math.inf}


def test_a_long_sum_is_printed_in_trees_that_fit_the_screen(run: Run) -> None:
    code, out, _ = run("+".join(["x"] * 100), "x=1")
    assert code == 0
    assert results(out) == {"f": 100.0, "∂f/∂x": 100.0}
    assert max(map(len, tree(out).splitlines())) < 120


# Options


def test_a_picture_is_saved(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "f.dot"
    code, out, _ = run("x**2", "x=3", "--draw", str(path))
    assert code == 0
    assert out.endswith(f"\ndrawn to {path}\n")
    assert path.read_text(encoding="utf-8").startswith("digraph")


def test_derivatives_that_agree_with_differences_pass_the_check(run: Run) -> None:
    code, out, err = run("sin(x)*x**2", "x=1.5", "--gradcheck", "--order", "2")
    assert (code, err) == (0, "")
    assert out.endswith("\ngradcheck: derivatives up to order 2 agree with differences\n")


def test_a_wrong_rule_ends_with_exit_code_1(run: Run) -> None:
    autograd.elementwise("wrong_square", lambda x: x * x, lambda y, x: (3 * x,))
    try:
        code, _, err = run("wrong_square(x)", "x=2", "--gradcheck")
    finally:
        del rows.registry["wrong_square"]
    assert code == 1
    assert err.startswith("check failed: the rule of 'wrong_square' is wrong")


def test_help_shows_examples_and_names_every_function(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    out = capsys.readouterr().out
    assert exit.value.code == 0
    assert 'python -m autograd "sin(x)*x**2" x=1.5' in out
    assert {"tanh", "arctanh", "where", "xlogy"} <= set(out.split())


# What is mistyped


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "there is no expression"),
        (["x*y", "x=1"], "no value for y; add such as y=1.5"),
        (["x", "x=1", "y=2"], "y does not occur in 'x': the variables are x"),
        (["2", "x=1"], "x does not occur in '2': there is no variable"),
        (["x", "x=1", "x=2"], "x is given twice"),
        (["x", "x=abc"], "the value of x is no number: 'abc'"),
        (["x", "x="], "the value of x is no number: ''"),
        (["x", "x=1.2.3"], "the value of x is no number: this is no expression"),
        (["x", "1.5"], "'1.5' gives no variable a value; write such as x=1.5"),
        (["x", "2=3"], "'2' in '2=3' cannot be the name of a variable"),
        (["x", "lambda=3"], "'lambda' in 'lambda=3' cannot be the name"),
        (["x", "sin=3"], "sin is a function here"),
        (["x", "arcsin=3"], "arcsin is a function here"),
        (["x", "pi=3"], "pi is a constant here"),
        (["x", "x=1", "--order", "0"], "--order must be a whole number from 1 to 6, not 0"),
        (["x", "x=1", "--order", "7"], "--order must be a whole number from 1 to 6, not 7"),
        (["x", "x=1", "--order", "two"], "invalid int value"),
        (["x", "x=1", "--bogus"], "unrecognized arguments: --bogus"),
        (["x", "x=1", "--draw", "f.jpg"], "a picture is saved as one of"),
        (["x", "x=1", "--draw", "nowhere/f.dot"], "there is no folder 'nowhere'"),
        (["2", "--draw", "f.dot"], "'2' has no variable, so there is nothing"),
        (["2", "--gradcheck"], "'2' has no variable, so there is nothing"),
        (["+".join("abcdghij"), *(f"{name}=1" for name in "abcdghij"), "--order", "6"], "choose a lower --order"),
    ],
)
def test_a_mistake_is_named_on_stderr_with_exit_code_2(arguments: list[str], message: str, run: Run) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err


def test_a_file_that_cannot_be_written_is_an_error_without_traceback(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f.dot").mkdir()
    code, _, err = run("x", "x=1", "--draw", str(tmp_path / "f.dot"))
    assert code == 2
    assert err.startswith("error: ")


# The program


def test_the_package_runs_as_a_program_also_where_the_terminal_has_no_greek() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "autograd", "x**2", "x=3"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(autograd.__file__).parent.parent,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert "?f/?x = 6.0" in finished.stdout
    assert finished.stderr == ""
