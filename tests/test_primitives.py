"""Every row of the registry, held against oracles from outside: mpmath, differences in 50 digits, NumPy."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    GradcheckError,
    NotANumberError,
    Primitive,
    SizeError,
    Value,
    Variable,
    grad,
    gradcheck,
    jvp,
    registry,
)
from autograd import recorder as recorder_module
from tests.samples import (
    DIGITS,
    ELEMENTWISE_ROWS,
    ELEMENTWISE_VARIANTS,
    ONE_OPERAND_ROWS,
    ORACLES,
    ROWS,
    VARIANTS,
    apply,
    each,
    oracle,
    oracle_derivative,
    points,
    same,
    values,
    varied,
)

SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 1e-308, 1000.0, -1000.0)
NUMPY_NAMES = [(row, alias) for row in ROWS for alias in (row.name, *row.aliases)]


def approx(x: float) -> Any:
    return pytest.approx(x, rel=1e-9, abs=1e-12)


def derivative(row: Primitive, point: tuple[Any, ...], i: int) -> Any:
    return grad(lambda *xs: apply(row, xs), argnums=i)(*point)


def special_points(row: Primitive) -> Iterator[tuple[float, ...]]:
    return itertools.product(SPECIAL, repeat=row.arity or 3)


# Inside the domain: value, first and second derivatives --------------------------------------------------------------


@each()
def test_every_row_has_an_outside_oracle(row: Primitive) -> None:
    assert row.name in ORACLES, f"add the mathematical definition of {row.name} to tests/samples.py"


@each(VARIANTS)
def test_the_value_is_that_of_mpmath(row: Primitive) -> None:
    for point in points(row):
        with mpmath.workdps(DIGITS):
            expected = float(oracle(row)(*map(mpmath.mpf, point)))
        assert apply(row, point) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@each(VARIANTS)
def test_the_value_is_the_same_on_floats_arrays_and_values(row: Primitive) -> None:
    for point in points(row):
        expected = apply(row, point)
        assert type(expected) is float
        assert apply(row, values(point)).data == pytest.approx(expected, rel=1e-12, abs=1e-14)
        on_arrays = apply(row, [np.array([x, x]) for x in point])
        assert on_arrays == pytest.approx(np.array([expected, expected]), rel=1e-12, abs=1e-14)


@each(VARIANTS)
def test_first_derivatives_agree_in_reverse_forward_and_mpmath(row: Primitive) -> None:
    for point in points(row):
        for i in varied(row, point):
            expected = oracle_derivative(row, point, i)
            direction = [float(k == i) for k in range(len(point))]
            assert derivative(row, point, i) == approx(expected)
            assert jvp(lambda *xs: apply(row, xs), point, direction)[1] == approx(expected)


@each(VARIANTS)
def test_second_derivatives_agree_in_reverse_forward_and_mpmath(row: Primitive) -> None:
    for point in points(row, per_box=1):
        for i, k in itertools.product(varied(row, point), repeat=2):
            expected = oracle_derivative(row, point, i, k)

            def slope(t: Any, i: int = i, k: int = k, point: tuple[Any, ...] = point) -> Any:
                return derivative(row, (*point[:k], t, *point[k + 1 :]), i) + 0 * t

            assert grad(slope)(point[k]) == approx(expected)
            assert jvp(slope, (point[k],), (1.0,))[1] == approx(expected)


@each(VARIANTS)
def test_recorded_derivatives_agree_with_plain_ones(row: Primitive) -> None:
    for point in points(row):
        plain, recorded = values(point), values(point)
        apply(row, plain).backward()
        apply(row, recorded).backward(create_graph=True)
        for p, r in zip(plain, recorded, strict=True):
            assert type(p.grad) is float
            assert type(r.grad) is Value
            assert r.grad.data == pytest.approx(p.grad, rel=1e-12, abs=1e-14)
            r.grad = None  # a leaf and its gradient refer to each other


@each(VARIANTS)
def test_the_condition_of_a_where_has_derivative_zero(row: Primitive) -> None:
    for point in points(row):
        for i in set(range(len(point))) - set(varied(row, point)):
            assert derivative(row, point, i) == 0.0


@each(VARIANTS)
def test_gradcheck_passes(row: Primitive) -> None:
    for point in points(row, per_box=1):
        gradcheck(lambda *xs: apply(row, xs), *point)


# A planted error is caught ----------------------------------------------------------------------------------------


def forget_recorders() -> None:
    for row in registry.values():
        row.record = None
    recorder_module._code.cache_clear()


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Primitive, int], None]]:
    """Make one partial of a row wrong by 0.1 %, for the length of a test."""

    def wrong_by_a_thousandth(row: Primitive, i: int) -> None:
        right = row.partial_function

        def wrong(*operands: Any, **settings: float) -> tuple[Any, ...]:
            partials = tuple(right(*operands, **settings))
            return (*partials[:i], 1.001 * partials[i], *partials[i + 1 :])

        def wrong_in_groups(y: Any, *groups: Sequence[Any]) -> Sequence[Sequence[Any]]:
            partials = iter(wrong(y, *itertools.chain(*groups)))
            return [list(itertools.islice(partials, len(group))) for group in groups]

        monkeypatch.setattr(row, "partial_function", wrong)
        if row.groups is not None:
            monkeypatch.setattr(row, "groups", dataclasses.replace(row.groups, partials=wrong_in_groups))
        forget_recorders()

    yield wrong_by_a_thousandth
    monkeypatch.undo()
    forget_recorders()


def operands_with_a_slope() -> list[Any]:
    cases = {}
    for row in ROWS:
        for point in points(row):
            for i, partial in enumerate(row.partials(row.evaluate(*point), *point)):
                if abs(partial) > 1e-2:
                    cases.setdefault(f"{row.name}-{i}", (row, point, i))
    return [pytest.param(*case, id=name) for name, case in cases.items()]


@pytest.mark.parametrize(("row", "point", "i"), operands_with_a_slope())
def test_a_partial_wrong_by_a_thousandth_is_caught_and_named(
    row: Primitive, point: tuple[float, ...], i: int, plant: Callable[[Primitive, int], None]
) -> None:
    plant(row, i)
    with pytest.raises(GradcheckError, match=f"rule of '{row.name}' is wrong for operand {i}"):
        gradcheck(lambda *xs: apply(row, xs), *point, order=1)


def test_only_rows_without_any_slope_escape_the_planted_error() -> None:
    caught = {case.values[0].name for case in operands_with_a_slope()}
    flat = {"sign", "step", "floor", "ceil", "trunc", "rint", "floor_divide", "heaviside"}
    assert set(ORACLES) - caught == flat


# Kinks and conventions --------------------------------------------------------------------------------------------


def kinks() -> list[Any]:
    return [pytest.param(row, at, chosen, id=f"{row.name}-{at}") for row in ROWS for at, chosen in row.kinks.items()]


@pytest.mark.parametrize(("row", "at", "chosen"), kinks())
def test_a_kink_has_the_derivative_its_row_states(
    row: Primitive, at: tuple[float, ...], chosen: tuple[float, ...]
) -> None:
    operands = values(at)
    result = apply(row, operands)
    on_values = [float(p) for p in row.partials(result, *operands)]
    arrays = [np.array([x]) for x in at]
    with np.errstate(all="ignore"):
        on_arrays = row.partials(row.evaluate(*arrays), *arrays)
    for i, expected in enumerate(chosen):
        assert same([edge.local_gradient for edge in result.edges][i], expected)
        assert same(on_values[i], expected)
        assert same(float(np.broadcast_to(on_arrays[i], (1,))[0]), expected)


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (autograd.abs, 0.0, 0.0),
        (abs, 0.0, 0.0),
        (autograd.relu, 0.0, 0.0),
        (autograd.step, 0.0, 0.0),
        (autograd.step, 1.0, 0.0),
        (autograd.sign, 0.0, 0.0),
        (autograd.sqrt, 0.0, math.inf),
        (lambda x: autograd.clip(x, -1.0, 1.0), 1.0, 1.0),
        (lambda x: autograd.clip(x, -1.0, 1.0), -1.0, 1.0),
        (lambda x: autograd.clip(x, -1.0, 1.0), 1.5, 0.0),
        (lambda x: autograd.clip(x, -1.0, 1.0), -1.5, 0.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**1, 0.0, 1.0),
        (lambda x: x**2, 0.0, 0.0),
        (lambda x: 0.0**x, 2.0, 0.0),
        (lambda x: (-2.0) ** x, 2.0, math.nan),
        (lambda x: autograd.xlogy(x, 0.0), 0.0, 0.0),
        (lambda x: autograd.norm([x, 0.0, 0.0]), 0.0, 0.0),
        (lambda x: autograd.hypot(x, 0.0), 0.0, 0.0),
        (lambda x: autograd.hypot(0.0, x), 0.0, 0.0),
        (lambda x: autograd.atan2(x, 0.0), 0.0, 0.0),
        (lambda x: autograd.atan2(0.0, x), 0.0, 0.0),
        (lambda x: autograd.leaky_relu(x, 0.3), 0.0, 0.3),
        (lambda x: autograd.elu(x, 0.3), 0.0, 0.3),
        (autograd.sinc, 0.0, 0.0),
        (lambda x: autograd.maximum(x, 1.0), 1.0, 0.5),
        (lambda x: autograd.maximum(1.0, x), 1.0, 0.5),
        (lambda x: autograd.minimum(x, 1.0), 1.0, 0.5),
        (lambda x: autograd.minimum(1.0, x), 1.0, 0.5),
        (lambda x: autograd.max([x, 1.0, 1.0, 0.0]), 1.0, 1 / 3),
        (lambda x: autograd.min([x, 1.0, 1.0, 2.0]), 1.0, 1 / 3),
        (lambda x: autograd.max([x, x, 0.0]), 1.0, 1.0),
    ],
)
@pytest.mark.filterwarnings("ignore::autograd.NonFiniteWarning")
def test_a_derivative_that_is_a_choice_is_the_one_people_expect(
    f: Callable[[Any], Any], at: float, expected: float
) -> None:
    leaf, recorded = Value(at), Value(at)
    f(leaf).backward()
    f(recorded).backward(create_graph=True)
    found = recorded.grad.data
    recorded.grad = None
    assert same(leaf.grad, expected)
    assert same(found, expected)
    assert same(grad(f)(at), expected)
    assert same(jvp(f, (at,), (1.0,))[1], expected)


@pytest.mark.parametrize("at", [-1.0, 0.0])
@pytest.mark.parametrize("f", [autograd.log, autograd.sqrt, lambda x: x**-0.5, lambda x: autograd.log(x) * x])
def test_zero_times_a_partial_that_is_not_finite_counts_as_zero(f: Callable[[Any], Any], at: float) -> None:
    def guarded(x: Any) -> Any:
        return autograd.where(x > 0, f(x), 0.0)

    recorded = Value(at)
    guarded(recorded).backward(create_graph=True)
    assert recorded.grad.data == 0.0
    recorded.grad = None
    assert grad(guarded)(at) == 0.0
    assert jvp(guarded, (at,), (1.0,))[1] == 0.0
    assert jvp(guarded, (Value(at),), (1.0,))[1].data == 0.0  # forward mode, recorded
    assert grad(grad(guarded))(at) == 0.0


def test_a_zero_adjoint_is_still_differentiated() -> None:
    def slope_in_x(a: Any) -> Any:
        return grad(lambda x: a * autograd.sin(x))(0.5)

    assert grad(slope_in_x)(0.0) == pytest.approx(math.cos(0.5))
    assert jvp(slope_in_x, (0.0,), (1.0,))[1] == pytest.approx(math.cos(0.5))


# IEEE arithmetic --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda: 1 / Value(0.0), math.inf),
        (lambda: -1 / Value(0.0), -math.inf),
        (lambda: 1 / Value(-0.0), -math.inf),
        (lambda: Value(0.0) / 0, math.nan),
        (lambda: Value(1.0) / Value(0.0), math.inf),
        (lambda: autograd.log(Value(0.0)), -math.inf),
        (lambda: autograd.log(Value(-1.0)), math.nan),
        (lambda: autograd.exp(Value(1000.0)), math.inf),
        (lambda: autograd.sqrt(Value(-1.0)), math.nan),
        (lambda: Value(-8.0) ** (1 / 3), math.nan),
        (lambda: (-8.0) ** Value(1 / 3), math.nan),
        (lambda: Value(0.0) ** -1, math.inf),
        (lambda: Value(10.0) ** 400, math.inf),
        (lambda: Value(-10.0) ** 401, -math.inf),
        (lambda: Value(1e200) * 1e200, math.inf),
        (lambda: autograd.sum([Value(math.inf), Value(-math.inf)]), math.nan),
        (lambda: autograd.acosh(Value(0.5)), math.nan),
        (lambda: autograd.atanh(Value(1.0)), math.inf),
    ],
)
def test_where_python_floats_raise_a_value_follows_ieee(compute: Callable[[], Value], expected: float) -> None:
    assert same(compute().data, expected)


def only_rounded(row: Primitive, point: tuple[float, ...], found: float) -> bool:
    """Tell whether a sum is right but for rounding: Python sums floats with compensation since 3.12, NumPy without."""
    if row.name != "sum" or not all(map(math.isfinite, point)):
        return False
    return math.isclose(found, math.fsum(point), rel_tol=1e-15)


@each(VARIANTS)
def test_at_special_points_a_value_is_what_numpy_gives(row: Primitive) -> None:
    different = []
    for point in special_points(row):
        expected = float(row.evaluate(*map(np.float64, point)))
        found = apply(row, values(point)).data
        if type(found) is not float or not (same(found, expected, rel=1e-12) or only_rounded(row, point, found)):
            different.append((point, found, expected))
    assert different == []


@each(VARIANTS)
def test_at_special_points_partials_are_what_numpy_gives(row: Primitive) -> None:
    different = []
    for point in special_points(row):
        expected = row.evaluate_ieee(point)[1]
        found = tuple(edge.local_gradient for edge in apply(row, values(point)).edges)
        if not all(same(a, b, rel=1e-12) for a, b in zip(found, expected, strict=True)):
            different.append((point, found, expected))
    assert different == []


@each(VARIANTS)
def test_floats_follow_ieee_as_values_do(row: Primitive) -> None:
    for point in special_points(row):
        found = apply(row, point)
        assert type(found) is float
        assert same(found, apply(row, values(point)).data, rel=1e-12), point


# Arrays -----------------------------------------------------------------------------------------------------------


@each(ELEMENTWISE_VARIANTS)
def test_float32_arrays_stay_float32_in_value_and_partials(row: Primitive) -> None:
    for point in points(row, per_box=1):
        arrays = [np.array([x, x], dtype=np.float32) for x in point]
        y = row.evaluate(*arrays)
        assert y.dtype == np.float32
        for i, partial in enumerate(row.partials(y, *arrays)):
            assert (partial * np.float32(1.0) * y).dtype == np.float32, f"the partial by operand {i}"


@each(ELEMENTWISE_VARIANTS)
def test_integer_arrays_are_read_as_float64(row: Primitive) -> None:
    arrays = [np.array([1, 2]) for _ in range(row.arity or 0)]
    expected = row.evaluate(*(x.astype(np.float64) for x in arrays))
    found = row.evaluate(*arrays)
    assert found.dtype == np.float64
    assert np.array_equal(found, expected, equal_nan=True)


@each(ELEMENTWISE_ROWS)
def test_an_operand_that_is_no_number_is_refused_by_name(row: Primitive) -> None:
    assert row.arity is not None
    for i in range(row.arity):
        operands: list[Any] = [0.5] * row.arity
        operands[i] = "half"
        with pytest.raises(NotANumberError, match=f"{row.name} takes .*operand {i} is str: 'half'"):
            row(*operands)


# Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "name"), NUMPY_NAMES, ids=[name for _, name in NUMPY_NAMES])
def test_a_row_is_public_under_its_name_and_aliases(row: Primitive, name: str) -> None:
    assert getattr(autograd, name) is row
    assert name in (row.__doc__ or "")


@each(ONE_OPERAND_ROWS)
def test_a_row_of_one_operand_is_a_method_under_its_name_and_aliases(row: Primitive) -> None:
    point = points(row)[0][0]
    for name in (row.name, *row.aliases):
        by_method = getattr(Value(point), name)()
        assert by_method.op is row
        assert by_method.data == row(Value(point)).data


def test_declared_methods_are_the_rows_of_one_operand() -> None:
    source = Path(autograd.variable.__file__).read_text()
    (cls,) = (n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == Variable.__name__)
    (block,) = (n for n in cls.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    declared = [ast.unparse(n.target) for n in block.body if isinstance(n, ast.AnnAssign)]
    assert len(declared) == len(set(declared))
    assert set(declared) == {name for row in ONE_OPERAND_ROWS for name in (row.name, *row.aliases)}


@each(ELEMENTWISE_ROWS)
def test_a_wrong_number_of_operands_is_refused_by_name(row: Primitive) -> None:
    with pytest.raises(TypeError, match=f"{row.name} takes {row.arity} operand.* but 7 arguments were given"):
        row(*[0.5] * 7)
    with pytest.raises(TypeError, match=f"{row.name} takes {row.arity} operand.* but 0 arguments were given"):
        row()


@each(VARIANTS)
def test_a_row_survives_pickling_as_itself(row: Primitive) -> None:
    assert pickle.loads(pickle.dumps(row)) is row


# Settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: autograd.leaky_relu(x, 0.25),
        lambda x: autograd.leaky_relu(x, slope=0.25),
        lambda x: x.leaky_relu(0.25),
        lambda x: x.leaky_relu(slope=0.25),
    ],
)
def test_a_setting_is_given_by_position_or_name(compute: Callable[[Value], Value]) -> None:
    result = compute(Value(-2.0))
    assert result.data == -0.5
    assert result.op is not None
    assert result.op.label == "leaky_relu(slope=0.25)"
    assert [edge.local_gradient for edge in result.edges] == [0.25]


def test_a_row_with_the_usual_settings_given_is_the_row_itself() -> None:
    assert autograd.sigmoid.with_settings(slope=1) is autograd.sigmoid


def test_equal_settings_give_one_and_the_same_row() -> None:
    assert autograd.clip.with_settings(min=0, max=1) is autograd.clip.with_settings(max=1.0, min=0.0)


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match="sigmoid has no setting 'slop'; its settings: slope"):
        autograd.sigmoid(1.0, slop=2.0)
    with pytest.raises(ArgumentError, match="tanh has no setting 'slope'; its settings: none"):
        autograd.tanh(1.0, slope=2.0)


def test_a_setting_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(NotANumberError, match="the setting 'slope' of sigmoid must be a plain number, not str"):
        autograd.sigmoid(1.0, slope="steep")


@pytest.mark.parametrize("x", [1.0, Value(1.0)], ids=["on a float", "on a Value"])
def test_a_value_as_setting_is_refused_by_name(x: Any) -> None:
    with pytest.raises(NotANumberError, match=r"the setting 'alpha' of elu .* not Value; it is not differentiated"):
        autograd.elu(x, alpha=Value(1.0))


def test_a_setting_given_twice_is_refused() -> None:
    with pytest.raises(TypeError, match="elu got the setting 'alpha' twice"):
        autograd.elu(1.0, 1.0, alpha=1.0)


# Rows of many operands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [autograd.max, autograd.min, autograd.logsumexp])
def test_a_row_without_a_value_on_nothing_refuses_the_empty_sequence(row: Primitive) -> None:
    with pytest.raises(ArgumentError, match=f"{row.name} of an empty sequence has no value"):
        row([])


@pytest.mark.parametrize(("row", "neutral"), [(autograd.sum, 0.0), (autograd.prod, 1.0), (autograd.norm, 0.0)])
def test_a_row_with_a_neutral_element_gives_it_on_the_empty_sequence(row: Primitive, neutral: float) -> None:
    assert row([]) == neutral


@pytest.mark.parametrize("operand", [Value(1.0), 1.0, "ab"], ids=repr)
def test_a_row_of_many_operands_asks_for_one_sequence(operand: Any) -> None:
    with pytest.raises(NotANumberError, match=r"sum takes one flat sequence of numbers, as in sum\(\[a, b\]\)"):
        autograd.sum(operand)


def test_numbers_given_one_by_one_are_asked_for_as_a_sequence() -> None:
    with pytest.raises(TypeError, match=r"sum takes one flat sequence of numbers, as in sum\(\[a, b\]\)"):
        autograd.sum(Value(1.0), Value(2.0))


def test_a_row_of_many_operands_takes_any_iterable() -> None:
    variables = values([1.0, 2.0, 3.0])
    assert autograd.sum(v * v for v in variables).data == 14.0
    assert autograd.sum(np.array([1.0, 2.0])) == 3.0


def test_dot_refuses_two_lengths() -> None:
    with pytest.raises(SizeError, match="one length, but they have 2 and 3 elements"):
        autograd.dot([1.0, 2.0], [1.0, 2.0, 3.0])


def test_dot_takes_a_start_and_mixes_values_with_numbers() -> None:
    w, b = Value(3.0), Value(0.5)
    out = autograd.dot([w, 2.0], [4.0, w], b)
    out.backward()
    assert (out.data, w.grad, b.grad) == (18.5, 6.0, 1.0)
    assert [edge.position for edge in out.edges] == [0, 3, 4]
