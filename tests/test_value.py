"""A Value: one number that remembers how it was made."""

from __future__ import annotations

import copy
import decimal
import math
import operator
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    AutogradError,
    Edge,
    GraphChangedError,
    NotALeafError,
    NotANumberError,
    Tensor,
    UnsupportedFunctionError,
    Value,
    Variable,
    no_grad,
)

# Construction -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (2, 2.0),
        (2.5, 2.5),
        (True, 1.0),
        (False, 0.0),
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.int64(-3), -3.0),
        (np.uint8(3), 3.0),
        (np.bool_(True), 1.0),
        (np.array(1.5), 1.5),
        (Fraction(1, 4), 0.25),
        (math.inf, math.inf),
    ],
    ids=lambda x: f"{type(x).__name__}-{x}",
)
def test_any_real_number_is_kept_as_a_python_float(data: Any, kept: float) -> None:
    assert type(Value(data).data) is float
    assert Value(data).data == kept


@pytest.mark.parametrize(
    "data", ["3", None, 1j, [1.0], (1.0,), {1.0}, np.array([1.0]), np.array("3"), object(), int, decimal.Decimal("NaN")]
)
def test_what_is_not_one_real_number_is_refused_naming_its_type(data: Any) -> None:
    with pytest.raises(NotANumberError, match=f"must be one real number, not {type(data).__name__}"):
        Value(data)


def test_an_integer_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(NotANumberError, match="too large for a float64"):
        Value(10**400)
    with pytest.raises(NotANumberError, match="an object of type int is too large for a float64"):
        Value(10**5000)


def test_a_value_made_from_a_value_is_refused_with_the_two_things_that_may_be_meant() -> None:
    product = Value(2.0) * 3.0
    with pytest.raises(NotANumberError, match=r"\+v is a new node made from it, Value\(v.data\) a new leaf"):
        Value(product)


def test_a_new_leaf_has_no_history_and_no_gradient() -> None:
    leaf = Value(1.0)
    assert leaf.is_leaf
    assert (leaf.op, leaf.parents, leaf.inputs, leaf.partials) == (None, (), (), ())
    assert (leaf.grad, leaf.reached, leaf.name) == (0.0, 0, None)
    assert list(leaf.edges) == []


def test_value_is_final() -> None:
    with pytest.raises(TypeError, match="Value is final"):
        type("Sub", (Value,), {})


def test_a_value_takes_no_further_attributes() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).colour = "red"  # type: ignore[attr-defined]


# Operators --------------------------------------------------------------------------------------------------------

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NUMBERS = [3, 3.0, True, np.float64(3.0), np.float32(3.0), np.int64(3), np.array(3.0), Fraction(3, 2), np.bool_(True)]


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize("other", NUMBERS, ids=lambda x: f"{type(x).__name__}")
def test_an_operator_takes_a_number_of_any_kind_on_either_side(operation: Callable[..., Any], other: Any) -> None:
    v = Value(2.0)
    left, right = operation(v, other), operation(other, v)
    assert type(left) is type(right) is Value
    assert left.data == operation(2.0, float(other))
    assert right.data == operation(float(other), 2.0)
    assert left.parents == right.parents == (v,)
    assert [left.parents[0] is v, right.parents[0] is v] == [True, True]
    assert [edge.position for edge in left.edges] == [0]
    assert [edge.position for edge in right.edges] == [1]


@pytest.mark.parametrize("operation", OPERATORS)
def test_an_operator_between_two_values_has_both_as_parents(operation: Callable[..., Any]) -> None:
    a, b = Value(2.0), Value(3.0)
    result = operation(a, b)
    assert result.data == operation(2.0, 3.0)
    assert [parent is x for parent, x in zip(result.parents, (a, b), strict=True)] == [True, True]


def test_unary_operators_make_nodes() -> None:
    v = Value(-2.0)
    assert [(+v).data, (-v).data, abs(v).data] == [-2.0, 2.0, 2.0]
    assert [x.op.name for x in (+v, -v, abs(v))] == ["positive", "neg", "abs"]


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize("foreign", [None, 1j, {}, object()], ids=lambda x: type(x).__name__)
def test_a_foreign_operand_of_an_operator_is_a_type_error_naming_it(
    operation: Callable[..., Any], foreign: Any
) -> None:
    with pytest.raises(TypeError, match=f"'{type(foreign).__name__}'"):
        operation(Value(1.0), foreign)
    with pytest.raises(TypeError, match=f"'{type(foreign).__name__}'"):
        operation(foreign, Value(1.0))


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize("sequence", ["3", [1.0], (1.0,)], ids=lambda x: type(x).__name__)
def test_a_sequence_is_no_operand_of_an_operator(operation: Callable[..., Any], sequence: Any) -> None:
    with pytest.raises(TypeError, match=r"['\"]Value['\"]"):
        operation(Value(1.0), sequence)
    with pytest.raises(TypeError, match=r"['\"]Value['\"]"):
        operation(sequence, Value(1.0))


@pytest.mark.parametrize("foreign", ["3", None, 1j, [1.0]], ids=lambda x: type(x).__name__)
def test_a_foreign_operand_of_a_function_is_a_type_error_naming_it(foreign: Any) -> None:
    with pytest.raises(NotANumberError, match=f"maximum on a Value .*not {type(foreign).__name__}"):
        autograd.maximum(Value(1.0), foreign)
    with pytest.raises(NotANumberError, match=f"an operand of sum must be .*not {type(foreign).__name__}"):
        autograd.sum([Value(1.0), foreign])


@pytest.mark.parametrize("operation", [operator.add, operator.mul])
def test_an_integer_operand_too_large_for_a_float_is_refused(operation: Callable[..., Any]) -> None:
    for left, right in [(Value(1.0), 10**400), (10**400, Value(1.0))]:
        with pytest.raises(NotANumberError, match="too large"):
            operation(left, right)
    with pytest.raises(NotANumberError, match="too large"):
        autograd.sum([Value(1.0), 10**400])


def test_pow_takes_no_modulus() -> None:
    with pytest.raises(TypeError):
        pow(Value(2.0), 3, 5)


def test_an_assignment_operator_makes_a_new_node_and_leaves_the_old_one_alone() -> None:
    a = Value(2.0)
    b = a
    b += 1
    assert (a.data, b.data) == (2.0, 3.0)
    assert b.parents[0] is a


def test_numpy_functions_on_a_value_call_its_methods() -> None:
    v = Value(0.5)
    assert np.sin(v).op is autograd.sin
    assert np.exp(v).data == math.exp(0.5)
    assert np.arctan(v).op is autograd.atan
    assert np.sqrt(v).op is autograd.sqrt


def test_object_arrays_of_values_do_elementwise_arithmetic() -> None:
    a, b = Value(2.0), Value(3.0)
    array = np.array([a, b], dtype=object)
    product = array * np.array([10.0, 20.0])
    assert [v.data for v in product] == [20.0, 60.0]
    total = (array @ array) + array.sum()
    total.backward()
    assert (total.data, a.grad, b.grad) == (18.0, 5.0, 7.0)
    assert [v.data for v in np.tanh(array)] == [math.tanh(2.0), math.tanh(3.0)]


@pytest.mark.parametrize(
    "product",
    [
        lambda v, x: v * x,
        lambda v, x: x * v,
        lambda v, x: np.multiply(v, x),
        lambda v, x: autograd.mul(x, v),
        lambda v, x: np.where(x > 0, v * x, v),
        lambda v, x: np.stack([v, v]) * x,
    ],
)
def test_a_value_and_an_array_make_a_tensor(product: Callable[..., Any]) -> None:
    v, x = Value(2.0), np.array([1.0, 3.0])
    found = product(v, x)
    assert type(found) is Tensor
    np.testing.assert_array_equal(found.data, [2.0, 6.0])
    found.sum().backward()
    assert v.grad == 4.0


def test_an_array_of_no_axes_is_a_number_to_a_value() -> None:
    v = Value(2.0)
    for product in (v * np.array(3.0), np.array(3.0) * v, v * np.float64(3.0), np.float64(3.0) * v):
        assert type(product) is Value
        assert product.data == 6.0


def test_an_array_of_values_stays_one_beside_a_value() -> None:
    v = Value(2.0)
    array = np.array([v, Value(3.0)], dtype=object)
    for found in (v * array, array * v, np.multiply.outer(v, array), np.kron(array, v)):
        assert [type(x) for x in found] == [Value, Value]
        assert [x.data for x in found] == [4.0, 6.0]


def test_comparing_an_array_with_a_value_gives_plain_booleans() -> None:
    found = np.array([1.0, 3.0]) > Value(2.0)
    assert found.dtype == bool
    assert list(found) == list(Value(2.0) < np.array([1.0, 3.0])) == [False, True]


def test_a_function_of_numpy_without_a_derivative_is_refused_for_a_value_too() -> None:
    with pytest.raises(UnsupportedFunctionError, match=r"np\.unwrap"):
        np.unwrap(Value(2.0))


def test_the_formula_of_a_division_by_zero_is_written_down() -> None:
    v = Value(1.0, name="v")
    (edge,) = (v / 0).edges
    assert (edge.formula, edge.local_gradient) == ("∂out/∂v = 1/0", math.inf)


def test_python_sum_and_sorted_and_max_work_on_values() -> None:
    variables = [Value(3.0), Value(1.0), Value(2.0)]
    assert sum(variables).data == 6.0  # type: ignore[attr-defined]
    assert [v.data for v in sorted(variables)] == [1.0, 2.0, 3.0]
    assert max(variables) is variables[0]


# Comparison, hash, conversion -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("other", [1.0, 2.0, 3, np.float64(2.0), np.int64(2), Fraction(5, 2), True, math.nan])
def test_comparison_is_by_number_and_gives_a_plain_bool(compare: Callable[..., Any], other: Any) -> None:
    expected = bool(compare(2.0, other))
    assert compare(Value(2.0), other) is expected
    assert compare(Value(2.0), Value(other)) is expected
    assert bool(compare(other, Value(2.0))) is bool(compare(other, 2.0))


def test_a_value_equals_nothing_but_numbers() -> None:
    assert Value(1.0) != "1.0"
    assert Value(1.0) != None  # noqa: E711
    assert Value(1.0) != [1.0]
    with pytest.raises(TypeError, match="'<' not supported between instances of 'Value' and 'str'"):
        _ = Value(1.0) < "2"


def test_the_hash_is_by_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a == b
    assert hash(a) != hash(b)
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[a] == "a"
    before = hash(a)
    a.data = 5.0
    assert hash(a) == before


@pytest.mark.parametrize(("data", "truth"), [(0.0, False), (-0.0, False), (1.0, True), (-2.0, True), (math.nan, True)])
def test_the_truth_of_a_value_is_that_of_its_number(data: float, truth: bool) -> None:
    assert bool(Value(data)) is truth


def test_float_gives_the_number() -> None:
    assert float(Value(2.5)) == 2.5
    assert type(float(Value(2.5))) is float
    assert math.sin(Value(0.5)) == math.sin(0.5)


def test_repr_shows_number_name_and_gradient() -> None:
    a = Value(2.0, name="a")
    assert repr(Value(2.0)) == str(Value(2.0)) == "Value(2.0, grad=0.0)"
    assert repr(a) == "Value(2.0, name='a', grad=0.0)"
    (a * a).backward()
    assert repr(a) == "Value(2.0, name='a', grad=4.0)"


def test_repr_of_a_recorded_gradient_is_short() -> None:
    a = Value(2.0)
    (a * a).backward(create_graph=True)
    assert repr(a) == "Value(2.0, grad=4.0)"
    a.grad = None


def test_a_format_applies_to_the_number() -> None:
    assert f"{Value(math.pi):.2f}" == "3.14"
    assert f"{Value(2.0)}" == "Value(2.0, grad=0.0)"


# Names ------------------------------------------------------------------------------------------------------------


def test_a_name_is_a_string_or_none() -> None:
    v = Value(1.0, name="a")
    v.name = None
    assert v.name is None
    v.name = "b"
    with pytest.raises(ArgumentError, match="a name must be a string, not int: 3"):
        v.name = 3  # type: ignore[assignment]
    assert v.name == "b"
    with pytest.raises(ArgumentError, match="a name must be a string"):
        Value(1.0, name=1)  # type: ignore[arg-type]


def test_a_name_is_given_by_keyword_only() -> None:
    with pytest.raises(TypeError):
        Value(1.0, "a")  # type: ignore[misc]


# Data and gradient ------------------------------------------------------------------------------------------------


def test_a_leaf_takes_another_number_of_any_real_kind() -> None:
    leaf = Value(1.0)
    leaf.data = np.float32(2.5)
    assert leaf.data == 2.5
    assert type(leaf.data) is float
    with pytest.raises(NotANumberError, match="the data of a Value must be one real number, not str: 'x'"):
        leaf.data = "x"
    assert leaf.data == 2.5


def test_the_data_of_a_result_cannot_be_changed() -> None:
    result = Value(2.0) * 3.0
    with pytest.raises(NotALeafError, match=r"only a leaf can be given a new number, but Value\(6.0.* is the result"):
        result.data = 1.0
    assert result.data == 6.0


def test_setting_a_gradient_to_zero_or_none_forgets_it() -> None:
    leaf = Value(3.0)
    for nothing in (0.0, None, 0):
        (leaf * 2).backward()
        assert (leaf.grad, leaf.reached) == (2.0, 1)
        leaf.grad = nothing
        assert (leaf.grad, leaf.reached) == (0.0, 0)


def test_a_gradient_may_be_set_to_any_real_number() -> None:
    leaf = Value(3.0)
    leaf.grad = np.float64(1.5)
    assert leaf.grad == 1.5
    assert type(leaf.grad) is float


@pytest.mark.parametrize("grad", ["steep", [1.0], np.array([1.0, 2.0]), np.zeros(1)], ids=repr)
def test_a_gradient_that_is_no_number_is_refused(grad: Any) -> None:
    leaf = Value(3.0)
    with pytest.raises(NotANumberError, match=f"a gradient must be one real number, not {type(grad).__name__}"):
        leaf.grad = grad


# Edges ------------------------------------------------------------------------------------------------------------


def test_edges_come_in_operand_order_with_position_and_local_gradient() -> None:
    a, b = Value(2.0, name="a"), Value(5.0, name="b")
    first, second = (a - b).edges
    assert isinstance(first, Edge)
    assert (first.parent is a, first.position, first.local_gradient) == (True, 0, 1.0)
    assert (second.parent is b, second.position, second.local_gradient) == (True, 1, -1.0)
    swapped = list((b - a).edges)
    assert [edge.parent.name for edge in swapped] == ["b", "a"]


def test_an_edge_knows_its_child() -> None:
    c = Value(2.0) * 3.0
    (edge,) = c.edges
    assert edge.child is c


def test_a_times_a_has_two_edges() -> None:
    a = Value(3.0, name="a")
    edges = list((a * a).edges)
    assert [(edge.parent is a, edge.position, edge.local_gradient) for edge in edges] == [
        (True, 0, 3.0),
        (True, 1, 3.0),
    ]
    assert [edge.formula for edge in edges] == ["∂out/∂a = a", "∂out/∂a = a"]


def test_a_constant_takes_a_position_but_no_edge() -> None:
    (edge,) = (10.0 / Value(5.0)).edges
    assert edge.position == 1
    assert edge.local_gradient == -0.4


def test_a_constant_stands_in_the_formula_as_its_number() -> None:
    x = Value(2.0, name="x")
    assert [edge.formula for edge in (3 * x).edges] == ["∂out/∂x = 3"]
    assert [edge.formula for edge in (x**3).edges] == ["∂out/∂x = 3·x**2"]


def test_a_formula_uses_the_users_names() -> None:
    w, x = Value(2.0, name="w"), Value(3.0, name="x")
    c = w / x
    c.name = "ratio"
    assert [edge.formula for edge in c.edges] == ["∂ratio/∂w = 1/x", "∂ratio/∂x = -ratio/x"]


def test_nodes_without_a_name_get_one_that_nobody_has() -> None:
    assert [edge.formula for edge in (Value(2.0) * Value(3.0)).edges] == ["∂out/∂x0 = x1", "∂out/∂x1 = x0"]
    assert [edge.formula for edge in Value(2.0).tanh().edges] == ["∂out/∂x = 1 - out*out"]
    taken = Value(3.0, name="x0")
    assert [edge.formula for edge in (Value(2.0) * taken).edges] == ["∂out/∂x0' = x0", "∂out/∂x0 = x0'"]


def test_edges_of_a_row_of_many_operands_come_one_for_each() -> None:
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    product = autograd.prod([a, 4.0, b, a])
    assert [(edge.parent.name, edge.position, edge.local_gradient) for edge in product.edges] == [
        ("a", 0, 24.0),
        ("b", 2, 16.0),
        ("a", 3, 24.0),
    ]


# Copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_leaf_is_copied_with_name_and_gradient(again: Callable[[Value], Value]) -> None:
    leaf = Value(2.0, name="w")
    (leaf * 3).backward()
    (leaf * 3).backward()
    other = again(leaf)
    assert other is not leaf
    assert (other.data, other.name, other.grad, other.reached) == (2.0, "w", 6.0, 2)
    other.data = 5.0
    assert leaf.data == 2.0


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickle.dumps])
def test_the_result_of_an_operation_is_not_copied(again: Callable[[Value], Any]) -> None:
    with pytest.raises(
        NotALeafError, match=r"only a leaf can be copied or pickled.*v\.data is its number, and Value\(v"
    ):
        again(Value(2.0) * 3.0)


def test_a_deep_copy_of_a_list_keeps_shared_leaves_shared() -> None:
    leaf = Value(2.0)
    first, second = copy.deepcopy([leaf, leaf])
    assert first is second


def test_a_copy_is_a_node_of_its_own_with_its_own_stamp() -> None:
    leaf = Value(2.0)
    result = leaf * leaf
    other = copy.deepcopy(leaf)
    assert other.stamp > result.stamp
    other.data = 3.0
    result.backward()  # changing the copy is no change of the leaf
    assert (leaf.grad, other.grad) == (4.0, 0.0)
    leaf.data = 3.0
    with pytest.raises(GraphChangedError):
        result.backward()


def test_a_recorded_gradient_is_copied_as_its_number() -> None:
    leaf = Value(2.0)
    (leaf * leaf).backward(create_graph=True)
    assert copy.deepcopy(leaf).grad == 4.0
    assert type(copy.deepcopy(leaf).grad) is float
    leaf.grad = None


# The rest ---------------------------------------------------------------------------------------------------------


def test_a_value_is_a_variable() -> None:
    assert isinstance(Value(1.0), Variable)


def test_errors_are_of_one_family_and_of_the_builtin_kind_people_catch() -> None:
    with pytest.raises(AutogradError):
        Value("x")
    with pytest.raises(TypeError):
        Value("x")


def test_a_result_made_under_no_grad_is_a_leaf() -> None:
    a = Value(2.0)
    with no_grad():
        b = a * a
    assert b.is_leaf
    b.data = 7.0
    assert b.data == 7.0


def test_item_is_the_number_and_detach_a_new_leaf_with_it() -> None:
    a = Value(2.0, name="a")
    b = a * 3
    assert type(b.item()) is float
    assert b.item() == 6.0
    leaf = a.detach()
    assert (leaf.data, leaf.name, leaf.is_leaf) == (2.0, "a", True)
    (leaf * 2).backward()
    assert a.grad == 0.0
