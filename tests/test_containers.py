"""Derivatives by what stands in lists, tuples and dicts, nested; and by arguments named by number or by name."""

from __future__ import annotations

import inspect
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    DisconnectedWarning,
    NotANumberError,
    NotAScalarError,
    SizeError,
    Tensor,
    Value,
    check_grads,
    checkpoint,
    elementwise_grad,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    jvp,
    make_jvp,
    make_vjp,
    minimize,
    value_and_grad,
    vjp,
)

Function = Callable[..., Any]


class Line(NamedTuple):
    slope: Any
    offset: Any


W = np.array([1.0, -2.0])


def model(p: Any) -> Any:
    """b³ Σ w², which has the gradient (2 b³ w, 3 b² Σ w²)."""
    return p["layers"][0]["b"] ** 3 * np.sum(p["layers"][0]["w"] ** 2)


def parameters() -> Any:
    return {"layers": [{"w": W, "b": 2.0}]}


def same(found: Any, expected: Any) -> None:
    """Hold two containers equal in form, kinds and numbers."""
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for key in expected:
            same(found[key], expected[key])
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for x, y in zip(found, expected, strict=True):
            same(x, y)
    elif isinstance(expected, np.ndarray):
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    else:
        assert found == pytest.approx(expected, rel=1e-14)


def wrapped(w: Any, b: Any) -> Any:
    return {"layers": [{"w": w, "b": b}]}


# Forms ------------------------------------------------------------------------------------------------------------


def test_a_gradient_has_the_form_of_the_argument() -> None:
    expected = wrapped(16 * W, 60.0)
    same(grad(model)(parameters()), expected)
    same(value_and_grad(model)(parameters()), (40.0, expected))
    same(elementwise_grad(lambda p: [model(p), {"twice": 2 * model(p)}])(parameters()), wrapped(48 * W, 180.0))


def test_a_jacobian_has_the_form_of_the_result_with_that_of_the_argument_in_each_place() -> None:
    found = jacobian(lambda p: ({"wb": p["layers"][0]["w"] * p["layers"][0]["b"]}, p["layers"][0]["b"] ** 2))
    same(found(parameters()), ({"wb": wrapped(2 * np.eye(2), W)}, wrapped(np.zeros(2), 4.0)))


def test_a_hessian_has_the_form_of_the_argument_twice() -> None:
    by_w = wrapped(16 * np.eye(2), 24 * W)  # of 2 b³ w
    by_b = wrapped(24 * W, 60.0)  # of 3 b² Σ w²
    same(hessian(model)(parameters()), wrapped(by_w, by_b))


def test_a_vector_for_hvp_has_the_form_of_the_argument_and_so_has_the_product() -> None:
    v = wrapped(np.array([1.0, 10.0]), 100.0)
    same(hvp(model)(parameters(), v), wrapped(16 * np.array([1.0, 10.0]) + 2400 * W, 24 * (1 - 20) + 6000.0))


def test_directions_and_seeds_are_containers_too() -> None:
    def f(p: Any) -> Any:
        return {"sum": p.slope + p.offset, "product": [p.slope * p.offset]}

    at = Line(W, 3.0)
    value = {"sum": W + 3.0, "product": [3.0 * W]}
    tangent = {"sum": np.array([6.0, 5.0]), "product": [np.array([8.0, -10.0])]}
    direction = Line(np.array([1.0, 0.0]), 5.0)
    same(jvp(f, (at,), (direction,)), (value, tangent))
    same(make_jvp(f)(at)(direction), (value, tangent))
    seed = {"sum": np.array([1.0, 0.0]), "product": [np.array([0.0, 1.0])]}
    cotangent = Line(np.array([1.0, 3.0]), -1.0)
    found, pull = vjp(f, at)
    same((found, pull(seed)), (value, (cotangent,)))
    pull, found = make_vjp(f)(at)
    same((found, pull(seed)), (value, cotangent))


def test_lists_and_tuples_may_stand_for_each_other_in_a_seed_and_keys_may_come_in_any_order() -> None:
    _, pull = vjp(lambda x: [x, {"a": 2 * x, "b": 3 * x}], 1.0)
    assert pull((1.0, {"b": 100.0, "a": 10.0})) == (321.0,)


@pytest.mark.parametrize(
    "form",
    [
        lambda a, b: [a, b],
        lambda a, b: (a, b),
        lambda a, b: Line(a, b),
        lambda a, b: {"a": a, "b": b},
        lambda a, b: {0: a, ("t", 1): b},
        lambda a, b: OrderedDict(z=a, y=b),
        lambda a, b: [[], {"x": (a, [b])}, ()],
    ],
    ids=["list", "tuple", "named tuple", "dict", "other keys", "OrderedDict", "with empty ones"],
)
@pytest.mark.parametrize("kind", [grad, hessian], ids=lambda kind: kind.__name__)
def test_the_kind_of_a_container_is_kept(form: Function, kind: Function) -> None:
    def product(p: Any) -> Any:
        a, b = autograd.containers.leaves(p)
        return a * b

    by_a, by_b = (form(0.0, 1.0), form(1.0, 0.0)) if kind is hessian else (5.0, 2.0)
    same(kind(product)(form(2.0, 5.0)), form(by_a, by_b))


def test_a_dict_of_another_kind_keeps_what_else_belongs_to_it() -> None:
    gradient = grad(lambda p: p["a"] * p["missing"])(defaultdict(lambda: 3.0, a=1.0))
    assert gradient == {"a": 3.0}
    assert gradient["other"] == 3.0


def test_one_object_in_two_places_is_two_variables() -> None:
    a = Value(3.0)
    by_both = grad(lambda p: p[0] ** 2 * p[1])([a, a])
    assert [slope.data for slope in by_both] == [18.0, 9.0]
    sum(by_both).backward()  # of 2a² + a²
    assert a.grad == 18.0


def test_containers_are_not_changed_and_gradients_share_no_memory() -> None:
    p = {"a": W, "b": [W]}
    gradient = grad(lambda p: np.sum(p["a"] + p["b"][0]))(p)
    gradient["a"][0] = 99.0
    assert gradient["b"][0].tolist() == [1.0, 1.0]
    assert p["a"] is W
    assert p["b"][0] is W


def test_gradients_by_tensors_share_no_memory_either() -> None:
    a, b = grad(lambda a, b: np.sum(a + b), (0, 1))(Tensor(W), Tensor(W))
    a[0] = 99.0
    assert b.tolist() == [1.0, 1.0]


def test_containers_nest_through_transforms_of_transforms() -> None:
    def length(p: Any) -> Any:  # |2 b³ w|² + (3 b² Σ w²)²
        (layer,) = grad(model)(p)["layers"]
        return np.sum(layer["w"] ** 2) + layer["b"] ** 2

    s, b = float(W @ W), 2.0
    same(grad(length)(parameters()), wrapped(8 * b**6 * W + 36 * b**4 * s * W, 24 * b**5 * s + 36 * b**3 * s**2))


@pytest.mark.parametrize("f", [model, checkpoint(model)], ids=["plain", "checkpointed"])
def test_containers_are_checked_against_differences(f: Function) -> None:
    gradcheck(f, parameters())
    check_grads(lambda p: {"model": f(p), "w": [p["layers"][0]["w"] ** 2]})(parameters())


def test_minimize_gives_the_place_in_the_form_of_the_start() -> None:
    found = minimize(lambda p: (p.slope - 1) ** 2 + np.sum((p.offset[0] - W) ** 2), Line(0.0, [np.zeros(2)]))
    assert type(found.x) is Line
    assert found.x.slope == pytest.approx(1.0, abs=1e-6)
    assert found.x.offset[0] == pytest.approx(W, abs=1e-6)


@pytest.mark.parametrize("empty", [[], (), {}, [{}]], ids=str)
def test_nothing_in_a_container_has_a_derivative_of_nothing(empty: Any) -> None:
    same(grad(lambda p, x: x * x, (0, 1))(empty, 3.0), (empty, 6.0))


# Arguments --------------------------------------------------------------------------------------------------------


def energy(x: Any, y: Any = 3.0, *, scale: Any = 2.0) -> Any:
    return scale * x * y * y


@pytest.mark.parametrize(
    ("argnums", "args", "kwargs", "expected"),
    [
        ("x", (1.0,), {}, 18.0),
        ("x", (), {"x": 1.0}, 18.0),
        ("y", (1.0, 5.0), {}, 20.0),
        ("y", (1.0,), {"y": 5.0}, 20.0),
        ("y", (1.0,), {}, 12.0),
        ("scale", (1.0,), {}, 9.0),
        ("scale", (1.0,), {"scale": 7.0}, 9.0),
        (("scale", 0), (1.0,), {}, (9.0, 18.0)),
        (["y", "x"], (1.0,), {}, (12.0, 18.0)),
        (("x",), (1.0,), {}, (18.0,)),
    ],
)
def test_an_argument_is_found_by_its_name_however_it_is_given(
    argnums: Any, args: Any, kwargs: Any, expected: Any
) -> None:
    assert grad(energy, argnums)(*args, **kwargs) == expected
    assert elementwise_grad(energy, argnums)(*args, **kwargs) == expected
    assert jacobian(energy, argnums)(*args, **kwargs) == expected
    assert make_vjp(energy, argnums)(*args, **kwargs)[0](1.0) == expected


def test_every_transform_takes_several_arguments() -> None:
    both = ("scale", "y")
    assert hessian(energy, both)(1.0) == ((0.0, 6.0), (6.0, 4.0))  # of (x y², 2 s x y)
    assert hvp(energy, both)(1.0, (1.0, 10.0)) == (60.0, 46.0)
    assert make_jvp(energy, both)(1.0)((1.0, 10.0)) == (18.0, 129.0)


def test_names_that_a_function_takes_by_two_stars_are_arguments_too() -> None:
    assert grad(lambda **p: p["a"] * p["b"], ("a", "b"))(a=2.0, b=3.0) == (3.0, 2.0)


def test_a_derivative_has_the_signature_of_the_function_and_so_names_reach_through_it() -> None:
    assert inspect.signature(grad(energy)) == inspect.signature(energy)
    assert grad(grad(energy, "y"), "y")(1.0) == 4.0


@pytest.mark.parametrize("argnums", [(-1, "x"), (5, "x"), ("x", 2)])
def test_a_number_beside_a_name_must_be_that_of_an_argument_given(argnums: Any) -> None:
    with pytest.raises(ArgumentError, match=r"energy cannot be differentiated by its positional argument (-1|5|2): 2"):
        grad(energy, argnums)(2.0, 3.0)


def test_a_name_and_a_number_of_one_argument_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"named twice in argnums=\(0, 'x'\)"):
        grad(energy, (0, "x"))(2.0)


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(
        ArgumentError, match="by its argument 'z': it was not given, and its parameters are: x, y, scal"
    ):
        grad(energy, "z")(2.0)


def test_a_default_that_cannot_be_given_by_name_is_not_differentiated_by_name() -> None:
    def f(x: Any, y: Any = 3.0, /) -> Any:
        return x * y

    assert grad(f, "y")(2.0, 5.0) == 2.0
    with pytest.raises(ArgumentError, match="by its argument 'y': it was not given"):
        grad(f, "y")(2.0)


@pytest.mark.parametrize("argnums", [None, 1.5, True, (0, None), {"x": 1.0}.values()])
def test_argnums_that_name_no_argument_are_refused(argnums: Any) -> None:
    with pytest.raises(ArgumentError, match="argnums must say which arguments of energy"):
        grad(energy, argnums)


# Messages name the place ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "place"),
    [
        ({"w": [1.0, "x"]}, r"p\['w'\]\[1\]"),
        ({"w": None}, r"p\['w'\]"),
        (Line(1.0, {"deep": ["x"]}), r"p\.offset\['deep'\]\[0\]"),
        ([1.0, (2.0, 1j)], r"p\[1\]\[1\]"),
    ],
)
def test_a_leaf_that_is_no_number_is_named_by_its_place(p: Any, place: str) -> None:
    def f(p: Any) -> Any:
        return 0.0

    for transform in (grad, jacobian, hessian, elementwise_grad, make_vjp):
        with pytest.raises(NotANumberError, match=f"^{place} of .*f.* must be one real number, not"):
            transform(f)(p)


def test_leaves_that_are_not_reached_are_named_by_their_places() -> None:
    with pytest.warns(DisconnectedWarning, match=r"does not depend on p\['a'\]\[1\], p\['b'\], so"):
        grad(lambda p: p["a"][0] ** 2)({"a": [1.0, 2.0], "b": W})


def test_an_argument_of_which_no_leaf_is_reached_is_named_as_a_whole() -> None:
    with pytest.warns(DisconnectedWarning, match="does not depend on its argument 0, so"):
        grad(lambda p, x: x, (0, 1))({"a": [1.0, 2.0], "b": W}, 1.0)


@pytest.mark.parametrize(
    ("tangent", "message"),
    [
        (Line(np.zeros(3), 0.0), r"tangent 0\.slope of jvp must have the shape .*\(2,\), not \(3,\)"),
        (Line(W, [0.0]), r"tangent 0\.offset of jvp must be one real number, not list"),
        ((W,), r"tangent 0 of jvp must be a Line of 2 elements"),
        ({"slope": W, "offset": 0.0}, r"tangent 0 of jvp must be a Line of 2 elements, not \{"),
    ],
)
def test_a_tangent_of_another_form_is_refused_at_its_place(tangent: Any, message: str) -> None:
    with pytest.raises((SizeError, NotANumberError), match=message):
        jvp(lambda p: p.slope * p.offset, (Line(W, 1.0),), (tangent,))


def test_a_seed_of_another_form_is_refused_at_its_place() -> None:
    _, pull = vjp(lambda x: {"a": [x, 2 * x]}, W)
    with pytest.raises(SizeError, match=r"the seed\['a'\] of vjp must be a list of 2 elements"):
        pull({"a": [W]})
    with pytest.raises(SizeError, match=r"the seed\['a'\]\[1\] of vjp must have the shape"):
        pull({"a": [W, 1.0]})
    with pytest.raises(SizeError, match=r"the seed of vjp must be a dict with the keys \['a'\]"):
        pull({"b": [W, W]})


def test_a_vector_of_another_form_is_refused_as_that_of_hvp() -> None:
    with pytest.raises(SizeError, match=r"part 0\['layers'\]\[0\] of the vector of hvp must be a dict with the keys"):
        hvp(model)(parameters(), {"layers": [{"w": W}]})
    with pytest.raises(SizeError, match=r"a direction in 2 arguments of .* is a tuple of as many parts, not 1.0"):
        hvp(energy, (0, 1))(1.0, 2.0, 1.0)


# What numbers are hidden in ---------------------------------------------------------------------------------------

TRANSFORMS: dict[str, Function] = {
    "grad": lambda f: grad(f)(2.0),
    "value_and_grad": lambda f: value_and_grad(f)(2.0),
    "elementwise_grad": lambda f: elementwise_grad(f)(2.0),
    "jacobian": lambda f: jacobian(f)(2.0),
    "hessian": lambda f: hessian(f)(2.0),
    "hvp": lambda f: hvp(f)(2.0, 1.0),
    "jvp": lambda f: jvp(f, (2.0,), (1.0,)),
    "make_jvp": lambda f: make_jvp(f)(2.0),
    "vjp": lambda f: vjp(f, 2.0),
    "make_vjp": lambda f: make_vjp(f)(2.0),
    "checkpoint": lambda f: checkpoint(f)(Value(2.0)),
    "gradcheck": lambda f: gradcheck(f, 2.0),
    "check_grads": lambda f: check_grads(f)(2.0),
    "minimize": lambda f: minimize(f, 2.0),
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS.keys())
def test_an_array_of_objects_as_result_is_refused_with_the_way_to_join_them(transform: Function) -> None:
    def f(x: Any) -> Any:
        found = np.empty(2, object)
        found[:] = x, x * x
        return found

    with pytest.raises(NotAScalarError, match=r"f returned an array of Python objects.*joined by autograd.stack"):
        transform(f)


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS.keys())
@pytest.mark.parametrize(
    "hide", [lambda x: {x}, lambda x: (y for y in [x]), lambda x: object()], ids=["set", "generator", "object"]
)
def test_a_result_into_which_no_walk_sees_is_refused(transform: Function, hide: Function) -> None:
    with pytest.raises(NotAScalarError, match="must return"):
        transform(lambda x: hide(x * x))


def test_an_array_of_objects_as_argument_is_refused_with_the_way_to_join_them() -> None:
    given = np.empty(1, object)
    given[0] = Value(2.0)
    with pytest.raises(NotANumberError, match=r"argument 0 of .* must be .*joined by autograd.stack"):
        grad(lambda x: x[0])(given)


@pytest.mark.parametrize("x", [np.ma.array([1.0, 2.0], mask=[False, True]), np.ma.array([[1.0]])])
def test_a_masked_array_is_refused_for_its_sums_are_other_sums(x: Any) -> None:
    with pytest.raises(NotANumberError, match=r"MaskedArray.*give it as a plain array"):
        grad(np.sum)(x)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_refused_for_its_products_are_other_products() -> None:
    with pytest.raises(NotANumberError, match=r"matrix.*give it as a plain array"):
        grad(lambda x: np.sum(x * x))(np.matrix([[1.0, 2.0], [3.0, 4.0]]))
