"""Scopes: which call made a node, found from the stamps of its outputs alone."""

from __future__ import annotations

import pytest

import autograd
from autograd import Scope, Tensor, Value, draw


def groups(root: object) -> list[tuple[str, str]]:
    """The groups of a picture, each with the one around it."""
    found = draw(root).groups  # type: ignore[arg-type]
    names = {group.id: group.name for group in found}
    return [(group.name, names.get(group.parent, "")) for group in found]


def inside(root: Value, name: str) -> list[str]:
    """What stands in a group itself."""
    diagram = draw(root)
    (id,) = (group.id for group in diagram.groups if group.name == name)
    return [node.name for node in diagram.nodes if node.group == id]


@autograd.scope("inner")
def inner(x: Value) -> Value:
    return x * 2


@autograd.scope("outer")
def outer(x: Value) -> Value:
    return autograd.sin(inner(x))


def test_what_a_call_made_is_in_its_group() -> None:
    assert inside(inner(Value(1.0, name="x")) + 1, "inner") == ["2", "*", "v1"]


def test_what_was_made_before_and_after_a_call_is_not() -> None:
    before = Value(1.0) + 1
    assert [node.group for node in draw(-inner(before)).nodes].count("") == 6


def test_a_call_within_a_call_is_a_group_within_a_group() -> None:
    assert groups(outer(Value(1.0))) == [("outer", ""), ("inner", "outer")]


def test_each_call_is_a_group_of_its_own_and_numbered_from_the_second() -> None:
    assert groups(outer(inner(Value(1.0)))) == [("inner", ""), ("outer", ""), ("inner (call 2)", "outer")]


def test_a_leaf_made_during_a_call_is_in_its_group() -> None:
    @autograd.scope("shift")
    def shift(x: Value) -> Value:
        return x + Value(3.0, name="three")

    assert inside(shift(Value(1.0, name="x")), "shift") == ["three", "+", "v1"]


def test_outputs_may_come_in_lists_and_dicts() -> None:
    @autograd.scope("pair")
    def pair(x: Value) -> dict[str, list[Value]]:
        return {"both": [x + 1, x + 2]}

    first, second = pair(Value(1.0))["both"]
    assert groups([first, second]) == [("pair", "")]


def test_an_operand_that_is_merely_passed_through_is_not_of_the_call() -> None:
    @autograd.scope("nothing")
    def nothing(x: Value) -> Value:
        return x

    assert groups(-nothing(Value(1.0) * 2)) == []


def test_one_output_of_several_calls_is_in_all_of_them() -> None:
    @autograd.scope("around")
    def around(x: Value) -> Value:
        return inner(x)

    assert groups(around(Value(1.0))) == [("around", ""), ("inner", "around")]


def test_tensors_are_grouped_alike() -> None:
    call = Scope("scale")
    y = call.close(Tensor([1.0, 2.0]) * 3)
    assert [(group.kind, group.name) for group in draw(y).groups] == [("", "scale")]


def test_without_recording_there_is_nothing_to_group() -> None:
    with autograd.no_grad():
        y = inner(Value(1.0))
    assert groups(y) == []


def test_what_was_called_has_its_parameters_inside_though_nobody_else_holds_it() -> None:
    class Model:
        name = "model"

        def __init__(self) -> None:
            self.w = Value(2.0, name="w")

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, x: float) -> Value:
            return Scope(self).close(self.w * x)  # type: ignore[no-any-return]

    assert inside(Model()(3.0), "model") == ["w", "3", "*", "v1"]


def test_a_decorated_function_keeps_its_name_and_doc() -> None:
    assert outer.__name__ == "outer"


@pytest.mark.parametrize("thing", [3.0, None, "text"])
def test_other_outputs_are_let_be(thing: object) -> None:
    assert Scope("call").close(thing) is thing


def generator(x: Value) -> object:
    yield x


async def coroutine(x: Value) -> Value:
    return x


@pytest.mark.parametrize("later", [generator, coroutine, Value])
def test_what_does_its_work_later_is_refused(later: object) -> None:
    with pytest.raises(autograd.ArgumentError, match=r"does its work later; inside it, write call = Scope\(name\)"):
        autograd.scope("name")(later)  # type: ignore[type-var]


@pytest.mark.parametrize("name", ["", " ", None, 3])
def test_a_scope_needs_a_name(name: object) -> None:
    with pytest.raises(autograd.ArgumentError, match="a scope needs a name"):
        autograd.scope(name)  # type: ignore[arg-type]
