import copy
import pickle

import pytest

from autograd import Value
from nn import MLP, Layer, Module, Neuron


class Bag(Module):
    """Holds whatever it is given."""

    def __init__(self, **attributes):
        for name, thing in attributes.items():
            setattr(self, name, thing)

    def forward(self, x):
        return x


def places(module):
    return [place for place, _ in module.named_parameters()]


def test_module_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Module()


def test_parameters_are_found_in_attributes_lists_tuples_dicts_and_modules_nested_in_any_way():
    bag = Bag(
        a=Value(1.0),
        pair=(Value(2.0), [Value(3.0)]),
        table={"x": Value(4.0), 7: {"deep": Value(5.0)}},
        inner=[Bag(b=Value(6.0))],
        count=3,
        label="text",
    )
    assert places(bag) == ["a", "pair[0]", "pair[1][0]", "table['x']", "table[7]['deep']", "inner[0].b"]
    assert [p.data for p in bag.parameters()] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_a_place_is_a_python_expression_that_reaches_the_parameter():
    bag = Bag(table={"x": (Value(1.0),)}, model=MLP(2, [2, 1]))
    for place, parameter in bag.named_parameters():
        assert eval(f"bag.{place}") is parameter


def test_the_result_of_an_operation_is_no_parameter():
    a = Value(1.0)
    assert places(Bag(a=a, double=a + a)) == ["a"]


def test_a_shared_parameter_is_listed_once_at_its_first_place():
    shared = Value(1.0)
    assert places(Bag(a=shared, b=[shared], c=Bag(d=shared))) == ["a"]


def test_a_shared_module_is_listed_once():
    neuron = Neuron(2)
    bag = Bag(a=neuron, b=neuron)
    assert places(bag) == ["a.w[0]", "a.w[1]", "a.b"]
    assert bag.num_parameters == 3


def test_modules_that_refer_to_each_other_are_walked_and_shown_once():
    child = Bag(w=Value(1.0))
    parent = Bag(child=child)
    child.parent = parent
    assert places(parent) == ["child.w"]
    assert repr(parent) == "Bag(\n  child: Bag(\n    parent: ...\n  )\n)"


def test_each_parameter_is_named_by_its_place_when_the_module_is_built():
    model = MLP(3, [4, 2])
    assert [p.name for p in model.parameters()] == places(model)
    assert model.layers[0].neurons[2].w[1].name == "layers[0].neurons[2].w[1]"


def test_the_outermost_place_wins_also_for_a_module_built_earlier():
    neuron = Neuron(1)
    assert neuron.b.name == "b"
    Bag(head=[neuron])
    assert neuron.b.name == "head[0].b"


def test_a_module_inside_another_is_named_by_its_place_too():
    model = MLP(1, [2])
    assert model.name is None
    assert model.layers[0].neurons[1].name == "layers[0].neurons[1]"


def test_a_name_the_user_gave_stays():
    inner = Bag(w=Value(1.0, name="w"), t=Value(2.0, name="temperature"))
    outer = Bag(inner=inner)
    assert [p.name for p in outer.parameters()] == ["w", "temperature"]
    assert places(outer) == ["inner.w", "inner.t"]


def test_names_are_given_after_the_last_line_of_a_subclass_has_run():
    class More(Bag):
        def __init__(self):
            super().__init__(a=Value(1.0))
            self.late = Value(2.0)

    assert [p.name for p in More().parameters()] == ["a", "late"]


def test_zero_grad_sets_every_gradient_to_zero_and_unreached():
    model = MLP(2, [2, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert all(p.reached == 1 for p in model.parameters())
    model.zero_grad()
    assert all(p.grad == 0.0 and p.reached == 0 for p in model.parameters())


def test_num_parameters_counts_weights_and_biases():
    assert MLP(4, [16, 16, 3]).num_parameters == (4 + 1) * 16 + (16 + 1) * 16 + (16 + 1) * 3


@pytest.mark.parametrize("again", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_a_module_survives_copying_and_pickling_with_names_and_a_graph_of_its_own(again):
    model = Layer(2, 2, "relu", seed=0)
    model.neurons[0].b.name = "threshold"
    twin = again(model)
    assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
    assert [p.name for p in twin.parameters()] == [p.name for p in model.parameters()]
    assert repr(twin) == repr(model)
    twin([1.0, 1.0])[0].backward()
    assert all(p.reached == 0 for p in model.parameters())
    assert [p.name for p in Bag(head=twin).parameters()][:3] == [
        "head.neurons[0].w[0]",
        "head.neurons[0].w[1]",
        "threshold",
    ]


def test_the_repr_shows_the_architecture_with_like_neighbours_counted():
    assert repr(MLP(4, [8, 8, 8, 1], "relu")) == (
        "MLP(\n"
        "  layers[0]: Layer(\n"
        "    neurons[0] to neurons[7]: 8 x Neuron(4, relu)\n"
        "  )\n"
        "  layers[1] to layers[2]: 2 x Layer(\n"
        "    neurons[0] to neurons[7]: 8 x Neuron(8, relu)\n"
        "  )\n"
        "  layers[3]: Layer(\n"
        "    neurons[0]: Neuron(8, identity)\n"
        "  )\n"
        ")"
    )


def test_the_repr_counts_together_only_what_stands_in_one_list():
    assert repr(Bag(left=Neuron(1), right=Neuron(1))) == "Bag(\n  left: Neuron(1, tanh)\n  right: Neuron(1, tanh)\n)"
