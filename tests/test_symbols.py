"""Partials read on symbols: the text that pictures show and the source that recorders are made of."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings

from autograd import Primitive, Value, Variable, registry
from autograd.graph import operations
from autograd.rows import comparisons
from autograd.symbols import Symbol, partial_expressions, to_code, to_text
from tests.samples import ELEMENTWISE_VARIANTS, VARIANTS, arguments, each, engine, points, programs, values

X, Y, Z = (Symbol(name) for name in "xyz")


def run_code(expression: Any, names: dict[str, float]) -> float:
    """Evaluate an expression by its source text."""
    functions: dict[str, Primitive] = {}
    code = to_code(expression, functions)
    namespace = {name: row.scalar_function for name, row in functions.items()}
    return float(eval(code, {**namespace, "inf": math.inf, "nan": math.nan}, names))


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("mul", ("a", "b"), ["b", "a"]),
        ("add", ("a", "b"), ["1", "1"]),
        ("sub", ("a", "b"), ["1", "-1"]),
        ("div", ("a", "b"), ["1/b", "-out/b"]),
        ("pow", ("a", 2.0), ["2·a", None]),
        ("pow", ("a", 3.0), ["3·a**2", None]),
        ("tanh", ("a",), ["1 - out*out"]),
        ("sin", ("a",), ["cos(a)"]),
        ("cos", ("a",), ["-sin(a)"]),
        ("sqrt", ("a",), ["0.5/out"]),
        ("exp", ("a",), ["out"]),
        ("relu", ("a",), ["where(a <= 0, 0, 1)"]),
        ("log", ("a",), ["1/a"]),
    ],
)
def test_the_text_of_a_partial_is_what_a_person_writes(
    name: str, operands: tuple[Any, ...], expected: list[str | None]
) -> None:
    texts = [to_text(p) for p in partial_expressions(registry[name], "out", operands)]
    assert [text if wanted is not None else None for text, wanted in zip(texts, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (X + Y + Z, "x + y + z"),
        (X + (Y + Z), "x + (y + z)"),
        (X - (Y - Z), "x - (y - z)"),
        (X - Y - Z, "x - y - z"),
        ((X + Y) * Z, "(x + y)*z"),
        (X + Y * Z, "x + y*z"),
        (X / (Y * Z), "x/(y*z)"),
        (X / Y * Z, "x/y*z"),
        (X * (Y / Z), "x*(y/z)"),
        ((X * Y) ** Z, "(x*y)**z"),
        (X**Y**Z, "x**y**z"),
        ((X**Y) ** Z, "(x**y)**z"),
        ((-X) ** Y, "(-x)**y"),
        (-(X**Y), "-x**y"),
        (-(X + Y), "-(x + y)"),
        (-(X * Y), "-(x*y)"),
        (-X * Y, "-x*y"),
        (X - -Y, "x - -y"),
        (X ** (-Y), "x**(-y)"),
        (Symbol("x") + (-2.0), "x + -2"),
        ((-2.0) ** X, "(-2)**x"),
        (X * 1, "x"),
        (1 * X, "x"),
        (X / 1, "x"),
        (1 / X, "1/x"),
        (X**1, "x"),
        (0.5 * X, "0.5*x"),
        (registry["where"](X > Y + 1, X, 0.0), "where(x > y + 1, x, 0)"),
        (registry["where"](X <= 0, X, Y), "where(x <= 0, x, y)"),
        (abs(X), "abs(x)"),
        (registry["sigmoid"](X, 2.0), "sigmoid(x, slope=2)"),
        (registry["sigmoid"](X), "sigmoid(x)"),
        (registry["atan2"](X, -Y), "atan2(x, -y)"),
    ],
)
def test_text_has_the_parentheses_it_needs_and_no_ones(expression: Any, text: str) -> None:
    assert to_text(expression) == text


@pytest.mark.parametrize("expression", [-(X**Y), -(X * Y), -X * Y, X ** (-Y), (-2.0) ** X, X - -Y, X**Y**Z])
def test_text_and_code_mean_what_the_expression_means(expression: Any) -> None:
    names = {"x": 2.0, "y": 3.0, "z": 0.5}

    def evaluate(e: Any) -> float:
        if not isinstance(e, Symbol):
            return float(e)
        return names[e.text] if e.row is None else e.row(*map(evaluate, e.operands))

    assert eval(to_text(expression), dict(registry), names) == evaluate(expression)
    assert run_code(expression, names) == evaluate(expression)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(programs, arguments)
def test_text_and_code_evaluate_to_the_number_on_the_edge(program: Any, xs: tuple[float, ...]) -> None:
    result = engine(program)(*values(xs))
    nodes = operations([result])
    labels: dict[Variable, str] = {}
    for child in nodes:
        for node in (child, *child.parents):
            labels.setdefault(node, f"n{len(labels)}")
    numbers = {text: node.data for node, text in labels.items()}  # type: ignore[attr-defined]
    for node in nodes:
        assert node.op is not None
        operands = [labels[x] if isinstance(x, Variable) else x for x in node.inputs]
        expressions = partial_expressions(node.op, labels[node], operands)
        for edge in node.labelled_edges(labels):
            left, text = edge.formula.split(" = ", 1)
            assert left == f"∂{labels[node]}/∂{labels[edge.parent]}"
            expected = pytest.approx(edge.local_gradient, rel=1e-9, abs=1e-12)
            assert eval(text.replace("·", "*"), {**registry, "inf": math.inf}, numbers) == expected
            assert run_code(expressions[edge.position], numbers) == expected


@each(VARIANTS)
def test_the_text_of_every_row_evaluates_to_its_partials(row: Primitive) -> None:
    for point in points(row):
        names = [f"x{i}" for i in range(len(point))]
        y = row.evaluate(*point)
        numbers = {**dict(zip(names, point, strict=True)), "y": y, "inf": math.inf}
        for expression, expected in zip(partial_expressions(row, "y", names), row.partials(y, *point), strict=True):
            text = to_text(expression).replace("·", "*")
            assert eval(text, dict(registry), numbers) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@each(ELEMENTWISE_VARIANTS)
def test_the_code_of_every_row_evaluates_to_its_value(row: Primitive) -> None:
    for point in points(row):
        names = [f"x{i}" for i in range(len(point))]
        numbers = dict(zip(names, point, strict=True))
        assert run_code(Symbol("", row, tuple(map(Symbol, names))), numbers) == pytest.approx(
            row(*point), rel=1e-12, abs=1e-14
        )


@pytest.mark.parametrize("name", ["learning rate", "a-b", "a+b", "2*a", "f(x)"])
def test_a_name_with_spaces_or_signs_is_parenthesised_in_a_formula(name: str) -> None:
    a, b = Value(2.0, name=name), Value(3.0, name="b")
    formulas = [edge.formula for edge in (a * b).edges]
    assert formulas[1].endswith(f" = ({name})")


@pytest.mark.parametrize("name", ["w", "layers[0].w[1]", "layers.0.w.1", "α", "w'"])
def test_a_plain_or_indexed_name_stands_as_it_is(name: str) -> None:
    a, b = Value(2.0, name=name), Value(3.0, name="b")
    assert [edge.formula for edge in (a * b).edges] == [f"∂out/∂{name} = b", f"∂out/∂b = {name}"]


def test_a_symbol_has_no_truth() -> None:
    with pytest.raises(TypeError, match=r"write where\(condition, a, b\)"):
        bool(X > 0)


@pytest.mark.parametrize("name", sorted(comparisons))
def test_a_comparison_of_symbols_is_written_with_its_sign(name: str) -> None:
    row = comparisons[name]
    assert to_text(row(X, Y)) == to_code(row(X, Y), {}) == f"x {row.symbol} y"


def test_a_deep_expression_is_written_without_recursion() -> None:
    expression: Any = X
    for _ in range(20_000):
        expression = expression * Y
    assert to_code(expression, {}) == "x" + "*y" * 20_000
    assert to_text(expression) == "…"  # nobody reads that


def test_infinity_and_nan_are_written_so_that_python_reads_them() -> None:
    expression = registry["where"](X > 0, X * float("inf"), X + float("nan"))
    assert run_code(expression, {"x": 1.0}) == float("inf")
