"""Explaining: the ledger, the paths and their sum; wrong orders; first bad numbers; cuts; the user's line."""

from __future__ import annotations

import asyncio
import math
import random
import threading

import numpy as np
import pytest

import autograd
from autograd import (
    ArgumentError,
    GraphChangedError,
    NonFiniteWarning,
    NotAScalarError,
    Tensor,
    Value,
    Variable,
    compare_order,
    debug,
    disconnected,
    explain,
    find_bad,
    grad,
    no_grad,
)
from autograd.debugging import made_at

SEEDS = range(200)


def leaf(number: float, name: str) -> Value:
    return Value(number, name=name)


def random_graph(seed: int) -> tuple[Value, Value]:
    """A leaf and a root over it and another leaf, with values used again and again."""
    draw = random.Random(seed)
    x = leaf(draw.uniform(0.5, 1.5), "x")
    values = [x, leaf(draw.uniform(0.5, 1.5), "y")]
    for _ in range(draw.randint(3, 14)):
        a, b = draw.choice(values), draw.choice(values)
        kind = draw.randrange(6)
        made = (a + b, a * b, a - 0.5 * b, a.sin(), a.tanh() * b, (a - 1.0).relu())[kind]
        values.append(made)
    return x, values[-1] + values[-2] + 0.1 * x


def every_path(x: Variable, node: Variable) -> list[float]:
    """The products along all paths, by recursion over the graph's own edges."""
    if node is x:
        return [1.0]
    return [product * edge.local_gradient for edge in node.edges for product in every_path(x, edge.parent)]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_paths_sum_to_the_gradient_on_a_random_graph(seed: int) -> None:
    x, root = random_graph(seed)
    explanation = explain(x, of=root)
    root.backward()
    products = every_path(x, root)
    assert explanation.path_count == len(products)
    assert explanation.paths_through_zero == sum(product == 0 for product in products)
    assert explanation.agrees
    for total in (explanation.gradient, explanation.ledger_sum, explanation.path_sum, explanation.forward_gradient):
        assert total == pytest.approx(x.grad, rel=1e-9, abs=1e-12)
    assert sum(products) == pytest.approx(x.grad, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_the_paths_shown_are_the_largest_of_all_enumerated(seed: int) -> None:
    x, root = random_graph(seed)
    largest = sorted((abs(product) for product in every_path(x, root) if product), reverse=True)[:7]
    paths = explain(x, of=root, k=7).paths
    assert [abs(path.product) for path in paths] == pytest.approx(largest, rel=1e-9)
    assert all(path.nodes[0] is x and path.nodes[-1] is root for path in paths)
    assert len({(path.nodes, path.positions) for path in paths}) == len(paths)


def test_a_value_used_twice_by_one_operation_has_two_lines_in_the_ledger() -> None:
    a = leaf(3.0, "a")
    explanation = explain(a, of=a * a)
    assert [(use.position, use.contribution) for use in explanation.uses] == [(0, 3.0), (1, 3.0)]
    assert "6 = 3 via mul[0] + 3 via mul[1]" in str(explanation)
    assert explanation.uses[0].local_gradient == 3.0


def test_the_text_reads_as_a_derivation() -> None:
    x = leaf(1.5, "x")
    y = (autograd.sin(x) * x) ** 2 + x
    text = str(explain(x, of=y))
    assert "v1 = sin(x)  ∂v4/∂v1 = 4.489        · ∂v1/∂x = cos(x) = 0.07074  = 0.3175" in text
    assert "2.985   = 0.9975 · 2.992 · 1         x → v2 → v3 → v4" in text
    assert "all agree" in text


def test_explaining_changes_no_gradient_and_says_what_grad_holds() -> None:
    a = leaf(3.0, "a")
    b = a * a
    assert explain(a, of=b).state_of_grad == "a.grad was never computed"
    assert (a.grad, a.reached) == (0.0, 0)
    b.backward()
    assert explain(a, of=b).state_of_grad == "a.grad is this gradient"
    b.backward()
    assert explain(a, of=b).state_of_grad == "a.grad is 12: 2 times this gradient, from 2 backward passes"
    a.sin().backward()
    assert "not this gradient" in explain(a, of=b).state_of_grad
    assert a.reached == 3


def test_astronomically_many_paths_are_counted_and_the_largest_found() -> None:
    x = leaf(1.0, "x")
    y = x
    for _ in range(100_000):
        y = y + y
    explanation = explain(x, of=y, k=3)
    assert explanation.path_count == 2**100_000
    assert [path.product for path in explanation.paths] == [1.0, 1.0, 1.0]
    assert "about 10^30103 paths" in str(explanation)


@pytest.mark.slow
def test_a_chain_of_a_million_operations_is_explained_without_recursion() -> None:
    x = leaf(1.0, "x")
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    assert explain(x, of=y).path_count == 1


def test_between_values_what_is_older_than_the_variable_is_no_part_of_it() -> None:
    a = leaf(2.0, "a")
    b = a * a
    c = b * b
    explanation = explain(b, of=c)
    assert (explanation.gradient, explanation.path_count) == (8.0, 2)


def test_zero_times_what_is_not_finite_counts_as_zero() -> None:
    x = leaf(0.0, "x")
    explanation = explain(x, of=x.sqrt() * 0.0)
    assert (explanation.gradient, explanation.agrees, explanation.paths) == (0.0, True, ())


def test_sums_that_differ_because_a_product_underflows_are_said_to() -> None:
    x, bad = leaf(1.0, "x"), leaf(1.0, "bad")
    backward, forward = explain(x, of=x * 1e-200 * 1e-200 * 1e200), explain(x, of=x * 1e200 * 1e-200 * 1e-200)
    assert (backward.gradient, backward.forward_gradient) == (pytest.approx(1e-200), 0.0)
    assert (forward.gradient, forward.forward_gradient) == (0.0, pytest.approx(1e-200))
    t = Tensor(np.ones(2, np.float32), name="t")
    for explanation in (backward, forward, explain(t, of=np.sum(t * 1e-30 * 1e-30 * 1e30))):
        assert (explanation.agrees, explanation.underflows) == (False, True)
        assert "they differ because a product underflows on the way" in str(explanation)
        assert "NOT" not in str(explanation)
    assert not explain(bad, of=bad * 3.0).underflows


def test_a_path_has_the_product_that_a_backward_pass_finds() -> None:
    x = leaf(1.0, "x")
    explanation = explain(x, of=x * 1e-200 * 1e-200 * 1e200)
    assert explanation.paths[0].product == explanation.gradient


def test_very_small_gradients_agree_but_for_rounding() -> None:
    t = Tensor(np.full((3, 3), 1e-310), name="t")
    assert explain(t, of=np.sum(t * t * 3)).agrees


def test_of_array_paths_alike_in_size_the_first_operand_comes_first() -> None:
    a = Tensor([3.0, 4.0], name="a")
    text = str(explain(a, of=np.sum(a * a)))
    assert text.index("a → v1[0] → v2") < text.index("a → v1[1] → v2")


def test_the_root_explains_itself() -> None:
    a = leaf(2.0, "a") * 3.0
    explanation = explain(a, of=a)
    assert (explanation.gradient, explanation.path_count, explanation.agrees) == (1.0, 1, True)
    assert "is the root itself" in str(explanation)


def test_a_root_that_does_not_depend_on_the_variable_says_so() -> None:
    a, b = leaf(2.5, "a"), leaf(3.5, "b")
    explanation = explain(a, of=b * a.data)
    assert (explanation.uses, explanation.path_count, explanation.gradient) == ((), 0, 0.0)
    assert explanation.cut is not None
    assert "2.5, stands as a constant in v1 = b * 2.5" in str(explanation)


def test_a_changed_leaf_is_refused() -> None:
    a = leaf(2.0, "a")
    b = a * a
    a.data = 5.0
    for look in (lambda: explain(a, of=b), lambda: find_bad(b), lambda: compare_order(b), lambda: disconnected(b, [a])):
        with pytest.raises(GraphChangedError):
            look()


def test_senseless_arguments_are_refused() -> None:
    a = leaf(2.0, "a")
    with pytest.raises(ArgumentError, match="explain takes Values and Tensors"):
        explain(2.0, of=a)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="k, how many paths"):
        explain(a, of=a * a, k=-1)
    with pytest.raises(NotAScalarError, match="take an element or a sum"):
        explain(a, of=Tensor([1.0, 2.0]) * a)
    with pytest.raises(ArgumentError, match="disconnected takes parameters"):
        disconnected(a, 3)


def test_the_ledger_of_a_tensor_sums_element_by_element() -> None:
    w = Tensor(np.arange(6.0).reshape(2, 3) / 10, name="w")
    loss = np.sum(np.tanh(w @ np.array([1.0, 2.0, 3.0])) ** 2) + np.sum(w * w)
    explanation = w.explain(of=loss)
    loss.backward()
    assert explanation.agrees
    np.testing.assert_allclose(sum(use.contribution for use in explanation.uses), w.grad)
    np.testing.assert_allclose(sum(path.product for path in explanation.paths), w.grad)
    assert explanation.path_count == len(explanation.uses) == 3
    assert "w.grad is this gradient" in str(explanation)


def test_too_many_paths_through_arrays_are_counted_but_not_ranked() -> None:
    x = Tensor([1.0, 2.0], name="x")
    y = x
    for _ in range(40):
        y = y + y * 0.1
    explanation = explain(x, of=np.sum(y))
    assert explanation.path_count == 2**40
    assert (explanation.paths, explanation.path_sum, explanation.agrees) == ((), None, True)
    assert "too many to try each" in str(explanation)


def test_tensors_of_one_element_have_paths_as_values_have() -> None:
    x = Tensor(2.0, name="x")
    explanation = explain(x, of=np.sin(x) * x)
    assert sorted(path.product for path in explanation.paths) == pytest.approx([2 * math.cos(2.0), math.sin(2.0)])


def test_depth_first_goes_wrong_where_a_value_is_used_twice() -> None:
    a = leaf(3.0, "a")
    b = a * a
    b.name = "b"
    report = compare_order(b + b.exp())
    assert report
    depth_first, breadth_first = report.adjoints["depth first"], report.adjoints["breadth first"]
    assert report.adjoints["topological"][a] == pytest.approx(6 * (1 + math.exp(9.0)))
    assert depth_first[a] == pytest.approx(6.0)  # b passed on 1, the part from exp came later
    assert breadth_first[a] == pytest.approx(6.0)
    assert [visit.node for visit in report.first_wrong] == [b, b]
    assert "visits b before v1, which uses b too: b passes on 1 instead of 8104" in str(report)
    assert a.reached == 0


def test_on_a_tree_no_order_goes_wrong() -> None:
    a, b = leaf(3.0, "a"), leaf(2.0, "b")
    report = compare_order((a * b).sin() + a)
    assert not report
    assert "no result is used by two operations" in str(report)


def test_the_first_bad_value_and_the_first_bad_adjoint_are_found() -> None:
    x = leaf(0.0, "x")
    report = find_bad(x.log() * 0.5 + 1.0)
    assert report.value is not None
    assert report.adjoint is not None
    assert report.value.inputs == (x,)
    assert report.value.node is report.adjoint.child
    assert report.adjoint.node is x
    assert "∂v1/∂x = 1/x = inf" in str(report)


def test_in_tensors_the_bad_elements_are_counted() -> None:
    z = Tensor([[1.0, 0.0], [-1.0, 4.0]], name="z")
    report = find_bad(np.sum(np.sqrt(z)))
    assert report.value is not None
    assert report.adjoint is not None
    assert (report.value.count, report.value.index) == (1, (1, 0))
    assert (report.adjoint.count, report.adjoint.index) == (2, (0, 1))


def test_a_finite_graph_has_nothing_bad() -> None:
    report = find_bad(leaf(2.0, "x") * 3.0)
    assert not report
    assert str(report) == "every value is finite\nevery adjoint is finite"


def test_a_parameter_behind_a_dead_relu_is_told_from_one_without_a_path() -> None:
    w, u, v = leaf(-2.5, "w"), leaf(4.25, "u"), leaf(1.0, "v")
    with no_grad():
        out = u * 2.0
    report = disconnected((w * 2.0).relu() + out * v, {"w": w, "u": u, "v": v})
    assert report
    assert [(cut.name, cut.kind) for cut in report.cuts] == [("w", "zero gradient"), ("u", "no path")]
    assert report.connected == ("v",)
    assert "where(" in report.cuts[0].reason
    assert report.cuts[1].places == (out,)
    assert "nothing in the graph was made from it; the nameless leaf v" in report.cuts[1].reason
    assert "was made after it: data, or a result of no_grad()?" in report.cuts[1].reason


def test_uses_that_cancel_are_told_from_zero_local_gradients() -> None:
    a = leaf(2.0, "a")
    assert "its uses give sums to exactly zero" in disconnected(a - a, a).cuts[0].reason


def test_a_gradient_too_small_for_a_float_is_told_from_a_local_gradient_of_zero() -> None:
    x, t, s = leaf(1.0, "x"), Tensor(np.ones(3, np.float32), name="t"), leaf(1.0, "s")
    y, z, squashed = x, t, s
    for _ in range(400):
        y, squashed = y * 0.1, squashed.sigmoid()
    for _ in range(50):
        z = z * 0.1
    for variable, root in ((x, y), (t, np.sum(z)), (s, squashed * 1e-100)):
        (cut,) = disconnected(root, variable).cuts
        assert cut.reason.startswith("every path underflows: at v")
        assert "its product with the adjoint of the result is smaller than any float" in cut.reason
        assert " = 0.1 = 0" not in cut.reason
        assert "local gradient of zero" not in str(explain(variable, of=root))


def test_of_dead_ends_each_is_told_for_what_it_is() -> None:
    x = leaf(1.0, "x")
    reason = disconnected((x - 5.0).relu() + x * 1e-200 * 1e-200, x).cuts[0].reason
    assert reason.startswith("every path passes a local gradient of zero or underflows: ")
    assert "where(v1 <= 0, 0, 1) = 0" in reason
    assert "= 1e-200, but its product with the adjoint of the result is smaller than any float" in reason


def test_a_gradient_that_reaches_all_is_said_to() -> None:
    t = Tensor([1.0, 2.0])
    report = disconnected(np.sum(t * t), [t])
    assert not report
    assert str(report) == "the gradient reaches the one parameter"
    assert str(disconnected(np.sum(t * t), [])) == "no parameters were given"
    assert str(disconnected(np.sum(t * t), {"t": t, "twice": t * 1.0})).count("\n") == 1


def test_a_copy_is_told_by_its_number_unless_that_is_found_anywhere() -> None:
    w, two, zeros = leaf(2.5, "w"), leaf(2.0, "two"), Tensor(np.zeros(2), name="zeros")
    root = np.sum(Tensor(np.zeros(2), name="b") * leaf(2.5, "a") + leaf(1.0, "c") * 1.0)
    reasons = [cut.reason for cut in disconnected(root, [w, two, zeros]).cuts]
    assert reasons[0] == "no path; the leaf a has its very number, 2.5: a copy, or from .data or float()?"
    assert all(reason == "no path: nothing in the graph was made from it" for reason in reasons[1:])


def test_an_array_without_elements_has_no_gradient() -> None:
    empty, t = Tensor(np.ones((0, 2)), name="empty"), Tensor([1.0, 2.0], name="t")
    assert disconnected(np.sum(empty), empty).cuts[0].reason == "it has no elements, and so no gradient"
    assert "has no elements" in str(explain(empty, of=np.sum(empty)))
    assert disconnected(np.sum(t[:0]), t).cuts[0].reason.endswith("= sum(v1), where v1 has no elements")


def test_a_tensor_whose_array_was_taken_is_found_as_a_constant() -> None:
    w, x = Tensor([3.0, 4.0], name="w"), Tensor([1.0, 2.0], name="x")
    report = disconnected(np.sum(x * w.numpy()), [w, x])
    assert [cut.name for cut in report.cuts] == ["w"]
    assert "stands as a constant" in report.cuts[0].reason


def test_inside_debug_every_node_knows_its_line_and_outside_none() -> None:
    a, t = leaf(2.0, "a"), Tensor([1.0, 2.0])
    with debug():
        nodes = [a * a, np.sum(t * t), autograd.dot([a, a], [1.0, 2.0]), a / 0.0]
    assert all("test_explaining.py, line" in made_at(node) and "nodes = [a * a" in made_at(node) for node in nodes)
    assert made_at(a * a) == ""


def test_debug_keeps_to_no_grad_and_sees_into_transforms() -> None:
    seen: list[str] = []

    def f(x: Value) -> Value:
        y = x * x
        seen.append(made_at(y))
        return y

    with debug():
        with no_grad():
            assert made_at(Value(1.0) * 2.0) == ""
            assert grad(f)(3.0) == 6.0
        assert "again" in made_at(Value(1.0) * 3.0)  # again
    assert "y = x * x" in seen[0]


def test_a_decorated_function_is_debugged_and_an_exception_ends_it() -> None:
    @debug()
    def f(x: Value) -> Value:
        y = x * x
        if y > 5.0:
            raise KeyError
        return y

    assert "y = x * x" in made_at(f(Value(2.0)))
    with pytest.raises(KeyError):
        f(Value(3.0))
    assert made_at(Value(1.0) * 2.0) == ""


def test_debug_holds_for_its_own_thread_and_task_only() -> None:
    others: list[Value] = []

    async def other() -> None:
        await asyncio.sleep(0)
        others.append(Value(1.0) * 2.0)

    async def debugging() -> Value:
        with debug():
            await asyncio.sleep(0)
            return Value(1.0) * 2.0

    async def both() -> Value:
        found, _ = await asyncio.gather(debugging(), other())
        return found

    with debug():
        thread = threading.Thread(target=lambda: others.append(Value(1.0) * 2.0))
        thread.start()
        thread.join()
    assert made_at(asyncio.run(both()))
    assert [made_at(node) for node in others] == ["", ""]


def test_the_warning_of_a_hidden_limit_names_the_line() -> None:
    x = leaf(0.0, "x")
    with debug():
        y = (x * x * x).cbrt()  # the line
    with pytest.warns(NonFiniteWarning, match=r"test_explaining\.py, line \d+: .*the line"):
        y.backward()


def test_the_value_found_is_one_that_spoils_the_result_and_not_merely_the_first() -> None:
    a, b = Value(-math.inf, name="mask"), Value(-1.0, name="b")
    report = find_bad(autograd.exp(a) + autograd.sqrt(b))
    assert report.value is not None
    assert repr(report.value) == "v2 is nan, made by sqrt(b) with b = -1"
    assert report.harmless == 1
    assert "1 value is not finite without harm to the result" in repr(report)


def test_a_mask_before_a_softmax_is_no_fault() -> None:
    scores = Tensor([1.0, -math.inf, 2.0], name="scores")
    report = find_bad(np.sum(autograd.softmax(scores) ** 2))
    assert not report
    assert repr(report).splitlines()[0] == "the result is finite"


def test_without_debug_the_report_says_how_to_have_lines() -> None:
    assert "recorded inside debug()" in repr(find_bad(autograd.sqrt(Value(-1.0))))
    with debug():
        y = autograd.sqrt(Value(-1.0))
    assert "recorded inside debug()" not in repr(find_bad(y))
