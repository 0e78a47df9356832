"""Expressions from text: they mean what Python means, and nothing but arithmetic gets through."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import ArgumentError, Value
from autograd.terminal.expressions import Expression, functions

X, Y = 1.75, -0.5


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "-x**2",
        "x**-2",
        "2**3**2 + x",
        "x - y - 1",
        "x / y / 3",
        "x // 1 + x % 1",
        "+x*-y",
        "(x + y)*(x - y)",
        "1_000*x + 0x10 + 1e-3",
        "sin(x)*exp(y)",
        "atan2(y, x)",
        "pi*x + e*y",
    ],
)
def test_an_expression_has_the_value_it_has_in_python(text: str) -> None:
    f = Expression(text)
    names = {name: getattr(math, name) for name in ("sin", "exp", "atan2", "pi", "e")}
    expected = eval(text, {**names, "x": X, "y": Y})
    assert f(*({"x": X, "y": Y}[name] for name in f.variables)) == pytest.approx(expected, rel=1e-15)


def test_the_variables_are_named_in_the_order_they_are_mentioned() -> None:
    assert Expression("b + sin(a)*b + c").variables == ("b", "a", "c")


def test_every_function_of_fixed_arity_can_be_called_under_every_name() -> None:
    assert functions().keys() >= {"sin", "arcsin", "asin", "leaky_relu", "where", "add", "power"}
    assert "dot" not in functions()
    for name, row in functions().items():
        names = [f"x{i}" for i in range(row.arity or 0)]
        at = [sum(interval) / 2 for interval in row.domain[0]]
        assert Expression(f"{name}({', '.join(names)})")(*at) == pytest.approx(row(*at))


def test_settings_are_given_by_name_or_place() -> None:
    assert Expression("leaky_relu(x, slope=0.5)")(-4.0) == Expression("leaky_relu(x, 0.5)")(-4.0) == -2.0


def test_every_constant_is_a_float() -> None:
    assert Expression("9**9**9**9 * x")(1.0) == math.inf
    root = Expression("x**2")(Value(3.0))
    assert [type(x) for x in root.inputs] == [Value, float]


def test_the_graph_is_recorded_from_left_to_right() -> None:
    root = Expression("sin(x)*cos(x)")(Value(1.0))
    assert [parent.op for parent in root.parents] == [autograd.sin, autograd.cos]
    assert root.parents[0].stamp < root.parents[1].stamp


def test_names_are_compared_as_python_does() -> None:
    assert Expression("ﬁ + 日本").variables == ("fi", "日本")


def test_white_space_and_line_breaks_mean_nothing() -> None:
    assert Expression("  x\n + \t1 ")(2.0) == 3.0


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("2x", "a product needs its sign, as in 2*x", "2"),
        ("x y", "a product needs its sign", "y"),
        ("2(x)", "this is no function; a product needs its sign", "2"),
        ("a + x(2)", "there is no function x; a product needs its sign", "x"),
        ("1 + sine(x)", "there is no function sine; did you mean sin?", "sine"),
        ("ln(x)", "there is no function ln; did you mean log?", "ln"),
        ("max(x, 1)", "there is no function max; did you mean maximum?", "max"),
        ("x^2", "a power is written x**2", "x^2"),
        ("np.sin(x)", "functions stand alone, as in sin(x)", "np.sin"),
        ("1 + sin", "sin is a function; call it, as in sin(x)", "sin"),
        ("x > 0", "no place here for a comparison", "x > 0"),
        ("x if x else 1", "no place here for an if", "x if x else 1"),
        ("x and y", "no place here for and, or", "x and y"),
        ("1,5", "the decimal sign is a point", "1,5"),
        ("x[0]", "no place here for an index", "x[0]"),
        ("x + (y := 2)", "no place here for the sign :=", "y := 2"),
        ("sin(*x)", "a star before an operand", "*x"),
        ("sin(**x)", "a star before an operand", "sin(**x)"),
        ("lambda: 1", "a lambda", "lambda: 1"),
        ("[x for x in y]", "what Python's grammar calls ListComp", "[x for x in y]"),
        ("x & 1", "what Python's grammar calls BitAnd", "x & 1"),
        ("not x", "what Python's grammar calls Not", "not x"),
        ("f'{x}'", "what Python's grammar calls JoinedStr", "f'{x}'"),
        ("'text'", "'text' is no real number", "'text'"),
        ("True + x", "True is no real number", "True"),
        ("1j*x", "1j is no real number", "1j"),
        ("x + None", "None is no real number", "None"),
        ("日本 + foo(x)", "there is no function foo", "foo"),
        (f"x + {'9' * 400}", "too large for a float64", "9" * 68),
        ("x # comment", "a comment has no place here", "#"),
        ("x = 2", "the expression comes first", "="),
        ("(x", "'(' was never closed", "("),
        ("__import__('os').system('ls')", "a dot behind a name", "__import__('os').system"),
        ("eval('1')", "there is no function eval", "eval"),
    ],
)
def test_anything_but_arithmetic_is_refused_with_its_place(text: str, message: str, place: str) -> None:
    with pytest.raises(ArgumentError) as error:
        Expression(text)
    first, shown, carets = str(error.value).splitlines()
    assert message in first
    before = shown[: shown.index(place)]
    wide = sum(character in "日本" for character in before)
    assert carets == " " * (len(before) + wide) + "^" * len(place)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sin(x, 2)", "sin takes 1 operand, but 2 arguments were given"),
        ("sin()", "sin takes 1 operand, but 0 arguments were given"),
        ("leaky_relu(x, slop=1)", "leaky_relu has no setting 'slop'; its settings: slope"),
        ("leaky_relu(x, slope=x)", "the setting 'slope' of leaky_relu must be a plain number"),
        ("leaky_relu(x, 1, slope=1)", "leaky_relu got the setting 'slope' twice"),
    ],
)
def test_a_wrong_call_is_refused_with_its_place(text: str, message: str) -> None:
    f = Expression(text)
    with pytest.raises(ArgumentError) as error:
        f(*(Value(1.0) for _ in f.variables))
    assert message in str(error.value)
    assert str(error.value).endswith(f"  {text}\n  {'^' * len(text)}")


@pytest.mark.parametrize("text", ["(" * 300 + "x" + ")" * 300, "-" * 50_000 + "x", "x**" * 50_000 + "x"])
def test_what_is_too_deep_for_pythons_parser_is_refused_plainly(text: str) -> None:
    with pytest.raises(ArgumentError, match="nested too deeply"):
        Expression(text)


def test_what_the_parser_reads_may_be_deep() -> None:
    assert Expression("-" * 900 + "x")(2.0) == 2.0
    assert Expression("+".join(["x"] * 900))(2.0) == 1800.0


def test_a_long_expression_is_shown_around_the_place() -> None:
    with pytest.raises(ArgumentError) as error:
        Expression("x + " * 500 + "foo(x)" + " + x" * 500)
    _, shown, carets = str(error.value).splitlines()
    assert len(shown) < 80
    assert shown[len(carets) - 3 : len(carets)] == "foo"


def test_what_would_move_a_terminals_cursor_is_not_shown() -> None:
    with pytest.raises(ArgumentError) as error:
        Expression("x\x00\x1b[2J\udcff")
    assert not {"\x00", "\x1b", "\udcff"} & set(str(error.value))
