"""One sample in Values, a batch in Tensors, and what the compiler makes of each are the same loss."""

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, check_grads
from nn import MLP, cross_entropy, l2_penalty
from tests.nn.losses.cases import CASES, INDICES, RNG, each_case

INPUTS = RNG.normal(size=(6, 4))


@each_case
def test_one_sample_in_values_is_a_batch_of_one_in_tensors(case):
    for outputs, targets in zip(case.outputs, case.targets, strict=True):
        values = [Value(x) for x in outputs]
        alone = case.loss(values if len(values) > 1 else values[0], targets)
        tensor = Tensor(outputs.reshape(1, -1))
        batch = case.loss(tensor, targets.reshape(1, *targets.shape))
        assert alone.data == pytest.approx(batch.item(), rel=1e-13, abs=1e-15)
        alone.backward()
        batch.backward()
        np.testing.assert_allclose([v.grad for v in values], tensor.grad[0], rtol=1e-13, atol=1e-15)


@each_case
def test_plain_numbers_give_a_plain_number(case):
    outputs = case.outputs[0].tolist()
    loss = case.loss(outputs if len(outputs) > 1 else outputs[0], case.targets[0])
    assert isinstance(loss, float)
    assert loss == pytest.approx(case.loss(case.outputs[:1], case.targets[:1]))


@each_case
def test_the_gradient_of_a_batch_agrees_with_differences(case):
    check_grads(lambda x: case.loss(x, case.targets, weights=np.arange(1.0, 7.0)), order=1)(case.outputs)


@each_case
@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_a_loss_of_values_compiles_to_the_mean_over_the_batch(case, backend):
    if backend == "native":
        pytest.importorskip("llvmlite")
    model = MLP(4, [case.outputs.shape[1]], seed=0)
    step = autograd.compile(lambda x, t: case.loss(model(x), t), backend=backend)
    value, gradient = step.value_and_grad(INPUTS, case.targets)
    losses = [case.loss(model(x), t) for x, t in zip(INPUTS, case.targets, strict=True)]
    mean = autograd.sum(losses) / len(losses)
    mean.backward()
    assert value == pytest.approx(mean.data, rel=1e-12)
    np.testing.assert_allclose(gradient, [p.grad for p in step.parameters], rtol=1e-11, atol=1e-14)


@each_case
def test_a_loss_of_tensors_compiles_and_takes_other_targets_later(case):
    weights = Tensor(RNG.normal(size=(4, case.outputs.shape[1])))
    step = autograd.compile(lambda x, t, counts: case.loss(x @ weights, t, weights=counts), arrays=True)
    counts = np.arange(1.0, 7.0)
    for targets in (case.targets, case.targets[::-1].copy()):
        value, (gradient,) = step.value_and_grad(INPUTS, targets, counts)
        weights.grad = None
        eager = case.loss(INPUTS @ weights, targets, weights=counts)
        eager.backward()
        assert value == pytest.approx(eager.item(), rel=1e-12)
        np.testing.assert_allclose(gradient, weights.grad, rtol=1e-11, atol=1e-14)


INTEGERS = [
    *(case for case in CASES if case.targets.dtype.kind == "i" and case.targets.ndim == 1),
    *(case for case in CASES if case.note in ("of one-hot rows", "of one score")),
]


@pytest.mark.parametrize("first", [1, -1])
@pytest.mark.parametrize("case", INTEGERS, ids=str)
def test_integer_targets_are_not_frozen_into_a_compiled_loss_of_tensors(case, first):
    weights = Tensor(RNG.normal(size=(4, case.outputs.shape[1])))
    step = autograd.compile(lambda x, t: case.loss(x @ weights, t), arrays=True)
    targets = case.targets.astype(int)
    alike = np.full_like(targets, first) if case.note == "of one score" else targets[[0] * 6]
    for given in (alike, targets):
        assert step(INPUTS, given) == pytest.approx(case.loss(INPUTS @ weights, given).item(), rel=1e-12)


def test_a_penalty_compiles_with_the_loss_and_is_added_once():
    model = MLP(4, [3, 3], seed=0)
    step = autograd.compile(lambda x, t: cross_entropy(model(x), t) + l2_penalty(model, 0.1))
    plain = autograd.compile(lambda x, t: cross_entropy(model(x), t))
    expected = plain(INPUTS, INDICES).mean() + l2_penalty(model, 0.1).data
    assert step.value_and_grad(INPUTS, INDICES)[0] == pytest.approx(expected, rel=1e-12)
