"""Modules in pictures of graphs: Neuron in Layer in MLP, with their parameters."""

from __future__ import annotations

import numpy as np

import nn
from autograd import Tensor, Value, draw


def frames(root: Value | Tensor) -> list[tuple[str, str, str]]:
    """The groups of a picture: kind, name, and what is around."""
    found = draw(root).groups
    titles = {group.id: f"{group.kind} {group.name}".strip() for group in found}
    return [(group.kind, group.name, titles.get(group.parent, "")) for group in found]


def test_a_neuron_is_in_its_layer_and_that_in_its_network() -> None:
    assert frames(nn.MLP(2, [2, 1], seed=0)([1.0, 2.0])) == [
        ("MLP", "", ""),
        ("Layer", "layers[0]", "MLP"),
        ("Neuron", "layers[0].neurons[0]", "Layer layers[0]"),
        ("Neuron", "layers[0].neurons[1]", "Layer layers[0]"),
        ("Layer", "layers[1]", "MLP"),
        ("Neuron", "layers[1].neurons[0]", "Layer layers[1]"),
    ]


def test_weights_stand_in_the_frame_of_their_neuron() -> None:
    diagram = draw(nn.Layer(2, 2, seed=0)([1.0, 2.0]))
    place = {group.id: group.name for group in diagram.groups}
    found = {node.name: place[node.group] for node in diagram.nodes if node.kind == "leaf"}
    assert found == {name: name.rpartition(".")[0] for name in found}
    assert len(found) == 6


def test_a_neuron_that_the_result_does_not_depend_on_has_no_frame() -> None:
    second = nn.Layer(2, 3, seed=0)([1.0, 2.0])[1]
    assert [name for kind, name, _ in frames(second) if kind == "Neuron"] == ["neurons[1]"]


def test_a_layer_of_one_neuron_has_its_frame_when_called_by_itself() -> None:
    assert frames(nn.Layer(2, 1, seed=0)([1.0, 2.0])) == [("Layer", "", ""), ("Neuron", "neurons[0]", "Layer")]


def test_weights_of_a_network_that_is_called_twice_stand_outside() -> None:
    model = nn.MLP(1, [1], seed=0)
    diagram = draw(model([1.0]) + model([2.0]))
    assert [node.group for node in diagram.nodes if node.kind == "leaf"] == ["", ""]
    assert [group.name for group in diagram.groups if group.kind == "MLP"] == ["", "(call 2)"]


def test_modules_of_tensors_have_frames_too() -> None:
    net = nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh())
    loss = np.mean(net(np.ones((4, 3))) ** 2)
    assert [group[:2] for group in frames(loss)] == [
        ("Sequential", ""),
        ("Linear", "layers[0]"),
        ("Tanh", "layers[1]"),
    ]


def test_a_folded_layer_tells_what_is_in_it() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    x = [Value(1.0, name="x1"), Value(2.0, name="x2")]
    (layer,) = (node for node in draw(model(x), fold=["layers[0]"]).nodes if node.kind == "group")
    assert layer.name == "Layer layers[0]"
    assert layer.details[0] == "6 operations, 9 parameters"
    assert layer.details[1].startswith("Jacobian 3×2, norm ")


def test_a_compiled_network_is_the_same_with_frames() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    np.testing.assert_allclose(model(x), [float(model(row)) for row in x.tolist()], rtol=1e-14)


def test_numbers_that_a_module_is_given_stay_a_constant() -> None:
    net = nn.Sequential(nn.Linear(3, 2, seed=0), nn.BatchNorm1d(2), nn.Tanh())
    diagram = draw(np.sum(net(np.ones((4, 3)))))
    assert sorted(node.name for node in diagram.nodes if node.kind == "leaf") == [
        "layers[0].bias",
        "layers[0].weight",
        "layers[1].bias",
        "layers[1].weight",
    ]
