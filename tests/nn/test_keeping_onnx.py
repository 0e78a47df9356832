"""An exported model computes in ONNX's own reference evaluator what it computes here."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

import autograd
import nn
from autograd import ArgumentError, MissingExtraError, SizeError, Tensor, clip, leaky_relu, sigmoid
from nn.keeping.onnx_graph import FUNCTIONS

RNG = np.random.default_rng(0)
X = RNG.normal(size=(7, 4))
IMAGES = RNG.normal(size=(3, 2, 9, 8))
ACTIVATIONS = [
    nn.ReLU(), nn.LeakyReLU(0.1), nn.ELU(), nn.ELU(0.3), nn.GELU(), nn.SiLU(), nn.Softplus(), nn.Sigmoid(), nn.Tanh(),
    nn.Softmax(), nn.Softmax(0), nn.LogSoftmax(), nn.Dropout(), nn.LayerNorm(3), nn.BatchNorm1d(3, eps=1e-3),
]  # fmt: skip


class Erf(OpRun):  # type: ignore[misc]
    """The evaluator's own is in single precision."""

    op_domain = ""

    def _run(self, x: Any) -> Any:
        return (np.vectorize(math.erf, otypes=[x.dtype])(x),)


def exported(model: nn.Module, folder: Path, **options: Any) -> Any:
    path = folder / "model.onnx"
    nn.to_onnx(model, path, **options)
    return ReferenceEvaluator(str(path), new_ops=[Erf])


def assert_agrees(model: nn.Module, x: np.ndarray, folder: Path, **options: Any) -> None:
    evaluator = exported(model, folder, **options)
    for module in model.modules():
        module.training = False
    for batch in (x, x[:1], np.concatenate([x, x])):
        (y,) = evaluator.run(None, {"inputs": batch})
        here = model(batch)
        expected = here.numpy() if isinstance(here, Tensor) else np.asarray(here)
        assert y.dtype == expected.dtype
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


def trained(model: nn.Module) -> nn.Module:
    """With numbers that are nowhere the ones and zeros of the start."""
    state = model.state_dict()
    model.load_state_dict({place: np.abs(array) + RNG.uniform(0.1, 1, array.shape) for place, array in state.items()})
    return model


@pytest.mark.parametrize(
    "model",
    [
        nn.MLP(4, [5, 3], "tanh", sigmoid.with_settings(slope=2.0), seed=0),
        nn.MLP(4, [5, 1], "relu", seed=0),
        nn.MLP(4, [1, 2], leaky_relu.with_settings(slope=0.3), "gelu", seed=0),
        nn.Layer(4, 3, "silu", seed=0),
        nn.Neuron(4, "elu", seed=0),
        nn.Layer(4, 3, clip.with_settings(min=-0.5, max=0.5), seed=0),
        nn.Sequential(nn.MLP(4, [3], seed=0), nn.Softmax()),
    ],
    ids=lambda model: repr(model)[:30],
)
def test_a_network_of_values_takes_batches(model: nn.Module, tmp_path: Path) -> None:
    assert_agrees(trained(model), X, tmp_path)


@pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)
def test_a_layer_behind_a_linear_one_agrees(layer: nn.Module, tmp_path: Path) -> None:
    assert_agrees(trained(nn.Sequential(nn.Linear(4, 3, seed=0), layer, nn.Linear(3, 2, bias=False))), X, tmp_path)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_of_the_registry_are_activations_there_too(name: str, tmp_path: Path) -> None:
    model = nn.Neuron(1, name)
    model.w[0].data = 1.0
    for ((low, high),) in autograd.registry[name].domain:
        assert_agrees(model, np.linspace(low, high, 9)[:, None], tmp_path)


def test_a_network_for_images_agrees(tmp_path: Path) -> None:
    model = nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), padding=(1, 0), stride=(1, 2), seed=0),
        nn.ReLU(),
        nn.MaxPool2d(2, 1),
        nn.Conv2d(3, 2, 1, bias=False, seed=1),
        nn.AvgPool2d((2, 1)),
        nn.Flatten(),
        nn.Sequential(nn.Linear(24, 5, seed=2), nn.LogSoftmax()),
    )
    assert_agrees(model, IMAGES, tmp_path, input_shape=(2, 9, 8))


def test_an_embedding_takes_integers(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Embedding(5, 3, seed=0), nn.LayerNorm((2, 3)), nn.Flatten(), nn.Linear(6, 2, seed=0))
    assert_agrees(model, np.array([[1, 2], [4, 0], [3, 3]]), tmp_path, input_shape=(2,))


def test_samples_of_more_axes_agree(tmp_path: Path) -> None:
    assert_agrees(
        nn.Sequential(nn.Linear(4, 3, seed=0), nn.Tanh()), RNG.normal(size=(2, 5, 4)), tmp_path, input_shape=(5, 4)
    )


def test_a_module_in_two_places_is_written_once(tmp_path: Path) -> None:
    shared = nn.Linear(4, 4, seed=0)
    assert_agrees(nn.Sequential(shared, nn.Tanh(), shared), X, tmp_path)
    names = [tensor.name for tensor in onnx.load(tmp_path / "model.onnx").graph.initializer]
    assert sorted(names) == ["layers[0].bias", "layers[0].weight.T"]


def test_float32_stays_float32(tmp_path: Path) -> None:
    layer = nn.Linear(4, 3, seed=0)
    layer.weight, layer.bias = (Tensor(p.numpy().astype(np.float32)) for p in (layer.weight, layer.bias))
    (y,) = exported(layer, tmp_path).run(None, {"inputs": X.astype(np.float32)})
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, layer(X.astype(np.float32)).numpy(), rtol=1e-6)


def test_the_axis_of_samples_is_open_and_the_file_is_valid(tmp_path: Path) -> None:
    exported(nn.Sequential(nn.Linear(4, 3)), tmp_path)
    model = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    for value, sizes in ((model.graph.input[0], ["samples", 4]), (model.graph.output[0], ["samples", 3])):
        assert [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] == sizes


def test_the_model_stays_as_it_is(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout())
    model[2].training = False
    before = model.state_dict()
    exported(model, tmp_path)
    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert all((model.state_dict()[place] == array).all() for place, array in before.items())


class Net(nn.Module):
    def forward(self, x: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("model", "options", "error", "message"),
    [
        (
            nn.Sequential(nn.Linear(4, 3), Net()),
            {},
            ArgumentError,
            r"to_onnx does not know Net layers\[1\]; it knows Ne",
        ),
        (nn.MLP(4, [2], output="logit"), {}, ArgumentError, r"activation logit of Layer layers\[0\]; it knows"),
        (nn.Layer(4, 2, lambda v: v * v), {}, ArgumentError, "activation <lambda> of Layer; it knows"),
        (
            nn.Sequential(nn.Linear(4, 4), nn.MaxPool2d(1)),
            {"input_shape": (4, 4)},
            ArgumentError,
            "not for arrays of 3",
        ),
        (
            nn.Sequential(nn.Tanh(), nn.Conv2d(1, 1, 2)),
            {},
            ArgumentError,
            r"Conv2d layers\[1\] does not tell the shape",
        ),
        (nn.Tanh(), {}, ArgumentError, "Tanh does not tell the shape"),
        (nn.Linear(4, 3), {"input_shape": 4}, ArgumentError, "input_shape must be the shape of one sample"),
        (nn.Linear(4, 3), {"input_shape": (0,)}, ArgumentError, r"input_shape\[0\] must be a positive int"),
        (nn.Sequential(nn.Linear(4, 3)), {"input_shape": (5,)}, SizeError, r"Linear layers\[0\] takes 4 inputs"),
        (nn.MLP(4, [3]), {"input_shape": (5,)}, SizeError, "MLP takes 4 inputs"),
        ("model", {}, ArgumentError, "model must be a Module"),
    ],
)
def test_what_cannot_be_exported_is_refused_by_name_and_leaves_no_file(
    model: Any, options: Any, error: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        nn.to_onnx(model, tmp_path / "model.onnx", **options)
    assert not list(tmp_path.iterdir())


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"glassgrad\[onnx\]"):
        nn.to_onnx(nn.Linear(4, 3), tmp_path / "model.onnx")
