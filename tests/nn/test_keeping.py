"""A saved model comes back as it was, rebuilt or into one that is there; a failure leaves the old file."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import ArgumentError, MissingExtraError, Tensor, Value, sigmoid
from nn.keeping.architecture import CLASSES, describe, shapes

ENDINGS = [".npz", ".safetensors"]
each_format = pytest.mark.parametrize("ending", ENDINGS)
SHARED = nn.Linear(3, 3, seed=0)
MODELS = [
    nn.Neuron(3, "relu", seed=0),
    nn.Layer(2, 3, None, seed=0),
    nn.MLP(2, [3, 4, 1], sigmoid.with_settings(slope=2.5), "tanh", seed=0),
    nn.MLP(2, [3], seed=0),
    nn.Sequential(nn.Linear(4, 3, seed=0), nn.ReLU(), nn.Linear(3, 2, bias=False, seed=1)),
    nn.Sequential(nn.Conv2d(2, 3, (3, 2), stride=(1, 2), padding=(1, 0), seed=0), nn.Conv2d(3, 1, 1, bias=False)),
    nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d((2, 1), 3), nn.AvgPool2d(2, (1, 2)), nn.Flatten()),
    nn.Sequential(nn.BatchNorm1d(3, 1e-3, 0.2), nn.LayerNorm(3), nn.LayerNorm((2, 3), 1e-4), nn.Embedding(5, 2)),
    nn.Sequential(nn.Dropout(0.25), nn.LeakyReLU(0.1), nn.ELU(0.3), nn.Softmax(0), nn.LogSoftmax()),
    nn.Sequential(nn.GELU(), nn.SiLU(), nn.Softplus(), nn.Sigmoid(), nn.Sequential(nn.Tanh())),
    nn.Sequential(SHARED, nn.Tanh(), SHARED),
]


class Net(nn.Module):
    """A class of a user's own."""

    buffers = ("seen", "table")

    def __init__(self) -> None:
        self.weight = Tensor(np.arange(3.0))
        self.scale = {"a/b": Value(2.0)}
        self.seen = np.array(7)
        self.table = np.asfortranarray(np.arange(6.0).reshape(2, 3))

    def forward(self, x: Any) -> Any:
        return x * self.weight


def saved(model: nn.Module, folder: Path, ending: str) -> Path:
    path = folder / f"model{ending}"
    nn.save(model, path)
    return path


def assert_same(model: nn.Module, other: nn.Module) -> None:
    assert repr(other) == repr(model)
    state, others = model.state_dict(), other.state_dict()
    assert list(state) == list(others)
    for place, array in state.items():
        np.testing.assert_array_equal(others[place], array)
        assert others[place].dtype == array.dtype


@each_format
@pytest.mark.parametrize("model", MODELS, ids=lambda model: repr(model)[:40])
def test_a_model_is_rebuilt_from_its_file_alone(model: nn.Module, ending: str, tmp_path: Path) -> None:
    assert_same(model, nn.load(saved(model, tmp_path, ending)))


def test_every_class_of_nn_can_be_rebuilt() -> None:
    tried = {type(module) for model in MODELS for module in model.modules()}
    public = {getattr(nn, name) for name in nn.__all__}
    modules = {c for c in public if isinstance(c, type) and issubclass(c, nn.Module)} - {nn.Module}
    assert tried == set(CLASSES) == modules


@pytest.mark.parametrize("model", [module for model in MODELS for module in model.modules()], ids=repr)
def test_the_shapes_that_are_foretold_are_those_of_the_state(model: nn.Module) -> None:
    foretold = dict(shapes(describe(model)))
    assert foretold == {place: array.shape for place, array in model.state_dict().items()}


@each_format
def test_a_rebuilt_model_computes_the_same_and_its_parameters_bear_their_places(ending: str, tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 3, seed=0), nn.BatchNorm1d(3), nn.Tanh())
    x = np.random.default_rng(0).normal(size=(5, 4))
    model(x)
    twin = nn.load(saved(model, tmp_path, ending))
    np.testing.assert_array_equal(twin.eval()(x).numpy(), model.eval()(x).numpy())
    assert [p.name for p in twin.parameters()] == [place for place, _ in model.named_parameters()]


@each_format
def test_a_module_in_two_places_is_one_module_again(ending: str, tmp_path: Path) -> None:
    twin: Any = nn.load(saved(MODELS[-1], tmp_path, ending))
    assert twin[0] is twin[2]


@each_format
def test_float32_stays_float32(ending: str, tmp_path: Path) -> None:
    model: Any = nn.Sequential(nn.Linear(4, 3, seed=0), nn.BatchNorm1d(3))
    for layer in model:
        layer.weight, layer.bias = (Tensor(p.numpy().astype(np.float32)) for p in (layer.weight, layer.bias))
    twin: Any = nn.load(saved(model, tmp_path, ending))
    assert_same(model, twin)
    assert twin[0](np.ones((2, 4), np.float32)).dtype == np.float32
    assert twin[0].weight.name == "layers[0].weight"


@each_format
def test_numbers_that_are_not_finite_stay(ending: str, tmp_path: Path) -> None:
    model = nn.Linear(2, 2)
    model.weight.data = np.array([[np.inf, -np.inf], [np.nan, -0.0]])
    twin: Any = nn.load(saved(model, tmp_path, ending))
    assert twin.weight.numpy().tobytes() == model.weight.numpy().tobytes()


@each_format
def test_transposed_and_sliced_arrays_are_kept_as_they_look(ending: str, tmp_path: Path) -> None:
    model: Any = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(3))
    numbers = np.arange(24.0).reshape(6, 4)
    model[0].weight = Tensor(numbers[:6:2, :2].T)
    model[1].running_mean = numbers[::2, 1]
    model[1].running_var = np.broadcast_to(5.0, 3)
    net = Net()
    net.table = numbers.T[1:3, ::2]
    np.testing.assert_array_equal(
        nn.load(saved(model, tmp_path, ending)).state_dict()["layers[0].weight"], [[0, 8, 16], [1, 9, 17]]
    )
    assert_same(model, nn.load(tmp_path / f"model{ending}"))
    np.testing.assert_array_equal(nn.load(saved(net, tmp_path, ending), Net()).table, net.table)  # type: ignore[attr-defined]


@each_format
def test_a_model_that_is_there_takes_the_numbers_over(ending: str, tmp_path: Path) -> None:
    model, other = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    weight = other.layers[0].neurons[0].w[0]
    assert nn.load(saved(model, tmp_path, ending), other) is other
    assert_same(model, other)
    assert other.layers[0].neurons[0].w[0] is weight


def test_other_programs_can_read_the_files(tmp_path: Path) -> None:
    import safetensors.numpy

    model = nn.Linear(3, 2, seed=0)
    with np.load(saved(model, tmp_path, ".npz"), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["weight"], model.weight.numpy())
        assert json.loads(file["architecture.json"])["architecture"]["class"] == "Linear"
    arrays = safetensors.numpy.load_file(saved(model, tmp_path, ".safetensors"))
    np.testing.assert_array_equal(arrays["weight"], model.weight.numpy())
    assert arrays.keys() == model.state_dict().keys()


def test_the_same_model_gives_the_same_npz_byte_for_byte(tmp_path: Path) -> None:
    first = saved(nn.Linear(3, 2, seed=0), tmp_path, ".npz").read_bytes()
    assert saved(nn.Linear(3, 2, seed=0), tmp_path, ".npz").read_bytes() == first


# What is the user's own ---------------------------------------------------------------------------------------------


def changed() -> nn.Module:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].weight = model[0].weight  # type: ignore[attr-defined]
    return model


def patched() -> nn.Module:
    model = nn.MLP(2, [2, 1])
    model.layers[0].neurons[1].activation = None
    return model


@each_format
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (Net, "Net is no class of nn"),
        (
            lambda: nn.Sequential(nn.Linear(2, 2), nn.Sequential(Net())),
            r"Net at layers\[1\].layers\[0\] is no class of nn",
        ),
        (lambda: nn.MLP(2, [2], np.tanh, np.tanh), "the activation tanh is no function of autograd.registry"),
        (changed, r"layers\[1\].weight of Sequential was changed after it was made"),
        (patched, r"the neurons of Layer layers\[0\] have different activations \(identity, tanh\)"),
        (type("Linear", (Net,), {}), "Linear is no class of nn"),
    ],
)
def test_of_what_is_not_nns_own_the_numbers_are_kept_and_a_model_is_asked_for(
    make: Any, why: str, ending: str, tmp_path: Path
) -> None:
    model, other = make(), make()
    path = saved(model, tmp_path, ending)
    with pytest.raises(nn.ModelFileError, match=rf"model{ending}: it has the numbers.*{why}.*nn.load\(path, model\)"):
        nn.load(path)
    assert_same(model, nn.load(path, other))


def test_an_activation_of_the_users_own_in_the_registry_must_be_there_again(tmp_path: Path) -> None:
    row = autograd.elementwise("bent_for_this_test", lambda x: x * x + x, lambda y, x: (2 * x + 1,))
    try:
        path = saved(nn.Neuron(1, row, seed=0), tmp_path, ".npz")
        assert nn.load(path).activation is row  # type: ignore[attr-defined]
    finally:
        del autograd.registry["bent_for_this_test"]
    with pytest.raises(nn.ModelFileError, match=r"activation 'bent_for_this_test'.*make it with autograd.elementwise"):
        nn.load(path)


# What does not fit --------------------------------------------------------------------------------------------------


@each_format
@pytest.mark.parametrize(
    ("other", "message"),
    [
        (nn.Linear(3, 2, bias=False), "unexpected: bias"),
        (
            nn.Sequential(nn.Linear(3, 2)),
            r"missing: layers\[0\].weight, layers\[0\].bias; unexpected: (weight, bias|bias, weight)",
        ),
        (nn.Linear(2, 3), r"(weight|bias) must be of shape .*3.*, float64, but is of shape .*2.*, float64"),
        (nn.Linear(4, 2), r"weight must be of shape \(2, 4\), float64, but is of shape \(2, 3\), float64"),
        (nn.Linear(400, 2), r"weight must be of shape \(2, 400\), float64, but is of shape \(2, 3\), float64"),
    ],
)
def test_a_mismatch_names_the_file_what_was_expected_and_what_was_found(
    other: nn.Module, message: str, ending: str, tmp_path: Path
) -> None:
    path, before = saved(nn.Linear(3, 2), tmp_path, ending), other.state_dict()
    with pytest.raises(nn.ModelFileError, match=rf"model{ending}: .*{message}"):
        nn.load(path, other)
    for place, array in other.state_dict().items():
        np.testing.assert_array_equal(array, before[place])


@each_format
def test_numbers_of_another_type_are_not_taken_over(ending: str, tmp_path: Path) -> None:
    model, other = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    other.weight = Tensor(np.ones((1, 1), np.float32))
    path = saved(model, tmp_path, ending)
    with pytest.raises(nn.ModelFileError, match=r"weight must be of shape \(1, 1\), float32"):
        nn.load(path, other)


def test_a_path_of_another_kind_or_something_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"ends in .npz or .safetensors, not '.pt': .*model.pt"):
        nn.save(nn.Tanh(), tmp_path / "model.pt")
    with pytest.raises(ArgumentError, match="model must be a Module"):
        nn.save({"a": 1}, tmp_path / "model.npz")  # type: ignore[arg-type]
    path = saved(nn.Tanh(), tmp_path, ".npz")
    with pytest.raises(ArgumentError, match="model must be a Module"):
        nn.load(path, "model")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.load(tmp_path / "nowhere.npz")
    net = Net()
    net.table = np.array(["a"])
    with pytest.raises(ArgumentError, match="table of Net is an array of <U1, which no file can keep"):
        nn.save(net, tmp_path / "net.npz")


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(nn.Tanh(), tmp_path, ".safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for act in (lambda: nn.save(nn.Tanh(), path), lambda: nn.load(path)):
        with pytest.raises(MissingExtraError, match=r"glassgrad\[io\]"):
            act()


# Whole or not at all ------------------------------------------------------------------------------------------------


@each_format
def test_a_failure_leaves_the_old_file_and_nothing_else(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(nn.Linear(3, 2, seed=0), tmp_path, ending)
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk is full"):
        nn.save(nn.Linear(5, 5), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_numbers_are_on_the_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda *a: (calls.append("sync"), sync(*a)))
    monkeypatch.setattr(os, "replace", lambda *a: (calls.append("replace"), replace(*a)))
    nn.save(nn.Tanh(), tmp_path / "model.npz")
    assert calls[:2] == ["sync", "replace"]


@pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")
def test_a_link_is_followed_and_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    path, link = saved(nn.Linear(3, 2, seed=0), tmp_path, ".npz"), tmp_path / "link.npz"
    path.chmod(0o640)
    link.symlink_to(path)
    nn.save(nn.Linear(3, 2, seed=1), link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert_same(nn.Linear(3, 2, seed=1), nn.load(path))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such folder.*nowhere"):
        nn.save(nn.Tanh(), tmp_path / "nowhere" / "model.npz")
