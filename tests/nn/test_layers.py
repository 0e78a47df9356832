import copy
import math
import pickle

import numpy as np
import pytest

import autograd
from autograd import ArgumentError, NotANumberError, SizeError, Value, gelu, relu, sigmoid, tanh
from nn import MLP, Layer, Neuron, half_squared_error, init

ONE_OPERAND = [row for row in autograd.registry.values() if row.arity == 1]


def weights(module):
    return [p.data for p in module.parameters()]


def matrices(model):
    """The weights and biases of an MLP as arrays, one pair a layer."""
    return [
        (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in model.layers
    ]


def test_a_neuron_is_one_dot_and_its_activation():
    neuron = Neuron(3, "tanh", seed=0)
    y = neuron([1.0, 2.0, 3.0])
    (z,) = y.parents
    assert (y.op.name, z.op.name) == ("tanh", "dot")
    assert set(z.parents) == {*neuron.w, neuron.b}


@pytest.mark.parametrize("activation", ["identity", "linear", None])
def test_the_identity_adds_no_node(activation):
    assert Neuron(2, activation)([1.0, 2.0]).op.name == "dot"


def test_an_mlp_computes_what_matrices_compute():
    model = MLP(4, [5, 3], "tanh", "sigmoid", seed=1)
    for i, p in enumerate(model.parameters()):
        p.data += 0.01 * i
    (w1, b1), (w2, b2) = matrices(model)
    x = np.array([0.5, -1.0, 2.0, 0.25])
    expected = 1 / (1 + np.exp(-(w2 @ np.tanh(w1 @ x + b1) + b2)))
    np.testing.assert_allclose([y.data for y in model(x)], expected, rtol=1e-14)


def test_the_gradient_equals_the_delta_rule_derived_by_hand():
    eps = 1.7
    logistic = lambda v: sigmoid(v, slope=eps)
    model = MLP(4, [6, 5, 3], logistic, logistic, seed=2)
    for i, p in enumerate(model.parameters()):
        p.data += 0.1 * math.sin(i)  # biases too
    x, t = np.array([0.3, -1.2, 0.7, 2.0]), np.array([0.1, 0.9, 0.1])
    half_squared_error(model(x), t).backward()

    layers = matrices(model)
    signals = [x]
    for w, b in layers:
        signals.append(1 / (1 + np.exp(-eps * (w @ signals[-1] + b))))
    o = signals[-1]
    delta = -eps * (o - t) * (1 - o) * o
    for layer, (w, _), o in reversed(list(zip(model.layers, layers, signals[:-1], strict=True))):
        found = np.array([[v.grad for v in n.w] for n in layer.neurons])
        np.testing.assert_allclose(found, -np.outer(delta, o), rtol=0, atol=1e-12)
        np.testing.assert_allclose([n.b.grad for n in layer.neurons], -delta, rtol=0, atol=1e-12)
        delta = eps * (1 - o) * o * (w.T @ delta)


@pytest.mark.parametrize("name", [name for row in ONE_OPERAND for name in (row.name, *row.aliases)])
def test_every_function_of_one_operand_is_an_activation_by_each_of_its_names(name):
    assert Neuron(1, name).activation is getattr(autograd, name)


def test_a_row_of_the_users_own_is_an_activation_by_name():
    bent = autograd.elementwise("bent_for_this_test", lambda x: x * x + x, lambda y, x: (2 * x + 1,))
    try:
        neuron = Neuron(1, "bent_for_this_test")
        assert neuron([1.0]).op is bent
    finally:
        del autograd.registry["bent_for_this_test"]


def test_a_callable_is_an_activation():
    neuron = Neuron(1, lambda v: v * v * v)
    neuron.w[0].data = 2.0
    assert neuron([1.0]).data == 8.0


def test_an_unknown_activation_is_refused_with_near_matches_and_what_is_allowed():
    with pytest.raises(ArgumentError, match=r"no activation 'sigmoidd'. Did you mean 'sigmoid'.*'identity'.*tanh"):
        Neuron(2, "sigmoidd")


def test_a_function_of_two_operands_is_no_activation():
    with pytest.raises(ArgumentError, match="no activation 'mul'"):
        Neuron(2, "mul")


def test_an_activation_of_another_type_is_refused():
    with pytest.raises(ArgumentError, match="activation must be a name, a callable or None, not int"):
        Neuron(2, 3)


def test_the_repr_names_the_activation_with_its_settings():
    assert repr(Neuron(2, sigmoid.with_settings(slope=2.0))) == "Neuron(2, sigmoid(slope=2))"
    assert repr(Neuron(2, math.tanh)) == "Neuron(2, tanh)"


@pytest.mark.parametrize(
    ("build", "argument"),
    [
        (lambda n: Neuron(n), "nin"),
        (lambda n: Layer(n, 1), "nin"),
        (lambda n: Layer(1, n), "nout"),
        (lambda n: MLP(n, [1]), "nin"),
        (lambda n: MLP(1, [1, n]), r"nouts\[1\]"),
    ],
)
@pytest.mark.parametrize("n", [0, -1, 1.0, True, "3", None])
def test_a_size_that_is_no_positive_int_is_refused_by_name(build, argument, n):
    with pytest.raises(ArgumentError, match=f"{argument} must be a positive int"):
        build(n)


@pytest.mark.parametrize("nouts", [[], 3, "31"])
def test_nouts_must_be_a_list_of_sizes(nouts):
    with pytest.raises(ArgumentError, match="nouts must be a list of layer sizes"):
        MLP(2, nouts)


def test_numpy_ints_are_sizes():
    assert MLP(np.int64(2), [np.int32(3)]).num_parameters == 9


@pytest.mark.parametrize("x", [[1.0, -2.0], (1, -2), np.array([1, -2]), np.array([1.0, -2.0], dtype=np.float32)])
def test_inputs_may_be_a_list_a_tuple_or_an_array(x):
    model = MLP(2, [3, 1], seed=0)
    assert model(x).data == model([1.0, -2.0]).data


def test_inputs_may_be_values_which_then_get_gradients():
    neuron = Neuron(2, None, seed=0)
    x = [Value(1.0), Value(2.0)]
    neuron(x).backward()
    assert [v.grad for v in x] == [w.data for w in neuron.w]


@pytest.mark.parametrize(
    ("module", "title"),
    [
        (Neuron(2), "Neuron"),
        (Layer(2, 2), "Layer"),
        (MLP(2, [2, 1]), "MLP"),
        (MLP(2, [2, 1]).layers[1], r"Layer layers\[1\]"),
        (MLP(2, [2, 1]).layers[0].neurons[1], r"Neuron layers\[0\].neurons\[1\]"),
    ],
)
def test_the_wrong_number_of_inputs_is_refused_by_who_got_them(module, title):
    with pytest.raises(SizeError, match=f"^{title} takes 2 inputs, but 3 were given"):
        module([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, "2"], "the inputs of MLP must be numbers or Values, but element 1 is str: '2'"),
        ([1.0, None], "element 1 is NoneType"),
        ([1.0, 2j], "element 1 is complex"),
        (1.0, "the inputs of MLP must be a list, a tuple or an array of numbers, not float"),
        ("ab", "must be a list, a tuple or an array of numbers, not str"),
    ],
)
def test_inputs_that_are_no_numbers_are_refused(x, message):
    with pytest.raises(NotANumberError, match=message):
        MLP(2, [2])(x)


@pytest.mark.parametrize(
    "module", [Neuron(2, seed=0), Layer(2, 3, seed=0), Layer(2, 1, seed=0), MLP(2, [3, 2], seed=0), MLP(2, [1], seed=0)]
)
def test_an_array_of_two_axes_is_a_batch(module):
    x = np.random.default_rng(0).normal(size=(5, 2))
    each = [module(row) for row in x]
    expected = [[value.data for value in outputs] if isinstance(outputs, list) else outputs.data for outputs in each]
    np.testing.assert_allclose(module(x), expected, rtol=1e-12)


def test_a_batch_follows_parameters_and_activations_that_change_or_are_replaced():
    neuron = Neuron(1, "identity", seed=0)
    x = np.array([[1.0], [2.0]])
    neuron(x)
    neuron.w[0].data = 3.0
    np.testing.assert_array_equal(neuron(x), [3.0, 6.0])
    neuron.w[0] = Value(3.0)
    neuron.w[0].data = 4.0
    np.testing.assert_array_equal(neuron(x), [4.0, 8.0])
    neuron.activation = tanh
    np.testing.assert_allclose(neuron(x), np.tanh([4.0, 8.0]), rtol=1e-15)


def test_a_module_that_has_seen_a_batch_can_be_copied_and_pickled():
    model = MLP(2, [2, 1], seed=0)
    x = np.ones((3, 2))
    expected = model(x)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other(x), expected)
        other.layers[0].neurons[0].b.data = 5.0
    np.testing.assert_array_equal(model(x), expected)


def test_a_batch_of_other_inputs_is_refused():
    with pytest.raises(SizeError, match="Neuron takes 2 inputs, but 3 were given for each sample"):
        Neuron(2)(np.ones((5, 3)))
    with pytest.raises(SizeError, match="Neuron was given a batch without a sample"):
        Neuron(2)(np.ones((0, 2)))


@pytest.mark.parametrize("module", [Neuron(2), Layer(2, 1), MLP(2, [3, 1])])
def test_one_neuron_at_the_end_gives_a_value(module):
    assert isinstance(module([1.0, 2.0]), Value)


@pytest.mark.parametrize("module", [Layer(2, 3), MLP(2, [1, 3])])
def test_several_neurons_at_the_end_give_a_list(module):
    outputs = module([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == 3


def test_the_last_layer_has_no_activation_unless_asked():
    assert [layer.neurons[0].activation for layer in MLP(2, [2, 2, 2], "relu").layers] == [relu, relu, None]
    assert MLP(2, [2], output="tanh").layers[0].neurons[0].activation is tanh


def test_the_same_seed_gives_the_same_weights_bit_for_bit():
    assert weights(MLP(3, [4, 2], seed=7)) == weights(MLP(3, [4, 2], seed=7))
    assert weights(MLP(3, [4, 2], seed=7)) == weights(MLP(3, [4, 2], seed=np.random.default_rng(7)))
    assert weights(MLP(3, [4, 2], seed=7)) != weights(MLP(3, [4, 2], seed=8))


def test_no_seed_gives_other_weights_each_time():
    assert weights(Neuron(3)) != weights(Neuron(3))


def test_numpys_global_random_state_is_neither_read_nor_changed():
    before = np.random.get_state()[1].tolist()
    MLP(3, [4, 2])
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize("seed", [-1, 0.5, "0", True])
def test_a_seed_of_another_kind_is_refused(seed):
    with pytest.raises(ArgumentError, match=r"seed must be None, an int from 0 up or a numpy.random.Generator"):
        Layer(2, 2, seed=seed)


@pytest.mark.parametrize(
    ("activation", "gain"), [("tanh", 1.0), (None, 1.0), ("relu", math.sqrt(2)), (gelu, math.sqrt(2))]
)
def test_weights_start_with_the_variance_that_keeps_the_signals_variance(activation, gain):
    nin = 20_000
    w = np.array([v.data for v in Neuron(nin, activation, seed=0).w])
    assert np.abs(w).max() <= gain * math.sqrt(3 / nin)
    assert np.var(w) * nin == pytest.approx(gain**2, rel=0.03)


def test_biases_start_at_zero():
    assert all(n.b.data == 0.0 for layer in MLP(3, [4, 2], "relu").layers for n in layer.neurons)


@pytest.mark.parametrize(("kind", "sizes"), [(Neuron, (3,)), (Layer, (3, 4)), (MLP, (3, [4]))])
def test_weights_and_biases_start_as_they_are_told(kind, sizes):
    rng = np.random.default_rng(5)
    model = kind(*sizes, weight_init=init.normal(0, 2), bias_init=init.uniform(1, 2), seed=5)
    rows = 1 if isinstance(model, Neuron) else 4
    w, b = rng.normal(0, 2, (rows, 3)), rng.uniform(1, 2, rows)
    assert weights(model) == np.column_stack([w, b]).ravel().tolist()


def test_layers_are_drawn_one_after_another():
    model = MLP(2, [3, 1], weight_init=init.he(), seed=1)
    rng = np.random.default_rng(1)
    for (w, b), shape in zip(matrices(model), [(3, 2), (1, 3)], strict=True):
        np.testing.assert_array_equal(w, init.he()(shape, rng))
        assert not b.any()
