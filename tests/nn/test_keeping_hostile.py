"""Damaged and hostile files are refused by one kind of error, quickly, and without memory; nothing they name is run."""

from __future__ import annotations

import io
import json
import pickle
import random
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.keeping import npz, tensors

MODEL = nn.Sequential(nn.Linear(3, 2, seed=0), nn.BatchNorm1d(2), nn.LeakyReLU(0.1), nn.Linear(2, 1, seed=1))
FORMATS = {".npz": npz, ".safetensors": tensors}
each_format = pytest.mark.parametrize("ending", FORMATS)


def written(folder: Path, ending: str, architecture: Any, **arrays: np.ndarray) -> Path:
    """A file that is well formed but says what it wants."""
    path = folder / f"model{ending}"
    notes = {"format": "glassgrad", "version": 1, "architecture": architecture}
    FORMATS[ending].write(path, json.dumps(notes), arrays)
    return path


def of(name: Any, **config: Any) -> dict[str, Any]:
    return {"class": name, "config": config}


def zipped(path: Path, entries: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def bytes_of(array: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), **options)
    return stream.getvalue()


def tanh_notes() -> bytes:
    return json.dumps({"format": "glassgrad", "version": 1, "architecture": of("Tanh")}).encode()


def header(entries: Any, data: bytes = b"") -> bytes:
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text + data


@each_format
@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_file_gives_the_same_numbers_or_the_error(ending: str, seed: int, tmp_path: Path) -> None:
    path, rng = tmp_path / f"model{ending}", random.Random(seed)
    nn.save(MODEL, path)
    whole, state = path.read_bytes(), MODEL.state_dict()
    for case in range(250):
        damaged = bytearray(whole)
        if case % 3:
            for _ in range(rng.choice([1, 1, 2, 5])):
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        else:
            del damaged[rng.randrange(len(damaged)) :]
        path.write_bytes(damaged)
        try:
            found = nn.load(path)
        except nn.ModelFileError as error:
            assert str(path) in str(error)  # noqa: PT017
        else:
            assert repr(found) == repr(MODEL)
            assert all((found.state_dict()[place] == array).all() for place, array in state.items())


@each_format
@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"PK\x05\x06", b"\xff" * 100, bytes(100), b"[" * 100_000])
def test_what_is_no_such_file_is_refused(content: bytes, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    path.write_bytes(content)
    with pytest.raises(nn.ModelFileError, match=f"model{ending}"):
        nn.load(path)


@each_format
@pytest.mark.parametrize(
    ("architecture", "message"),
    [
        (of("os.system"), r"names 'os.system', but the classes of nn are Neuron, "),
        (of("Module"), "names 'Module'"),
        (of(["Linear"]), "names"),
        (of("Linear", nin=3, nout=2), "bias"),
        (of("Linear", nin=3, nout=2, bias=True, seed=0), "seed"),
        (of("Linear", nin=-3, nout=2, bias=True), "a size of weight must be a positive int, not -3"),
        (of("Linear", nin=3.0, nout=2, bias=True), "must be a positive int, not 3.0"),
        (of("Linear", nin="a", nout=2, bias=True), "must be a positive int, not 'a'"),
        (of("Linear", nin=True, nout=2, bias=True), "must be a positive int, not True"),
        (of("MLP", nin=1, nouts=10**9, activation=None, output=None), "damaged"),
        (of("Neuron", nin=2, activation={"function": "eval", "settings": {}}), "missing|no function of one operand"),
        (of("Sequential", layers=[]), "at least one module"),
        (of("Sequential", layers=[{"again": 0}]), "damaged"),
        (of("Sequential", layers=["Tanh"]), "layer 0 of Sequential must be a Module"),
        (of("LeakyReLU", slope="1"), "slope must be a finite number"),
        (of("LeakyReLU", slope=10**400), "slope must be a finite number"),
        (of("Softmax", axis="x"), "axis must be an int"),
        (of("MaxPool2d", kernel=[2, 0], stride=2), "kernel must be a positive int"),
        ({"again": 0}, "damaged"),
        (7, "has 7 where a module of nn was expected"),
        ({}, "where a module of nn was expected"),
        ({"function": "tanh", "settings": {}}, "where a module of nn was expected"),
    ],
)
def test_an_architecture_that_makes_no_sense_is_refused(
    architecture: Any, message: str, ending: str, tmp_path: Path
) -> None:
    with pytest.raises(nn.ModelFileError, match=message):
        nn.load(written(tmp_path, ending, architecture))


@each_format
@pytest.mark.parametrize(
    "architecture",
    [
        of("Linear", nin=10**9, nout=10**9, bias=True),
        of("LayerNorm", shape=[10**6] * 50, eps=1e-5),
        of("BatchNorm1d", size=10**13, eps=1e-5, momentum=0.1),
        of("MLP", nin=10**9, nouts=[10**9], activation=None, output=None),
        of("Layer", nin=1, nout=10**12, activation=None),
    ],
)
def test_a_model_larger_than_its_file_is_not_made(architecture: Any, ending: str, tmp_path: Path) -> None:
    path = written(tmp_path, ending, architecture, weight=np.ones((2, 2)), bias=np.ones(2))
    tracemalloc.start()
    try:
        with pytest.raises(nn.ModelFileError, match=r"missing|must be of shape"):
            nn.load(path)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


@each_format
def test_an_architecture_too_deep_is_refused_and_one_that_is_saved_too_deep_is_not_kept(
    ending: str, tmp_path: Path
) -> None:
    def nested(depth: int) -> Any:
        model: Any = nn.Tanh()
        for _ in range(depth):
            model = nn.Sequential(model)
        return model

    path = tmp_path / f"model{ending}"
    nn.save(nested(100), path)
    assert len(nn.load(path).modules()) == 101
    nn.save(nested(101), path)
    with pytest.raises(nn.ModelFileError, match="more than 100 modules deep"):
        nn.load(path)
    architecture = of("Tanh")
    for _ in range(101):
        architecture = of("Sequential", layers=[architecture])
    with pytest.raises(nn.ModelFileError, match="more than 100 modules deep"):
        nn.load(written(tmp_path, ending, architecture))
    FORMATS[ending].write(path, "[" * 100_000, {})
    with pytest.raises(nn.ModelFileError, match="damaged"):
        nn.load(path)


@each_format
@pytest.mark.parametrize("arrays", [{}, {"w": np.ones(2)}, {"weight": np.ones(2), "bias": np.ones(2), "c": np.ones(2)}])
def test_missing_and_extra_entries_are_refused(arrays: Any, ending: str, tmp_path: Path) -> None:
    path = written(tmp_path, ending, of("LayerNorm", shape=[2], eps=1e-5), **arrays)
    with pytest.raises(nn.ModelFileError, match=r"missing|unexpected"):
        nn.load(path)


@each_format
@pytest.mark.parametrize("wrong", [np.ones(2, np.int64), np.ones(2, np.float16), np.ones((2, 1)), np.ones(2, np.uint8)])
def test_wrong_types_and_shapes_are_refused(wrong: np.ndarray, ending: str, tmp_path: Path) -> None:
    path = written(tmp_path, ending, of("LayerNorm", shape=[2], eps=1e-5), weight=wrong, bias=np.ones(2))
    with pytest.raises(nn.ModelFileError, match=r"weight must be of shape \(2,\), float32 or float64, but is of shape"):
        nn.load(path)


@each_format
@pytest.mark.parametrize(
    "notes", ["7", "{}", '{"format": "other"}', "not JSON", '{"format": "glassgrad", "version": 2}']
)
def test_notes_of_another_kind_or_version_are_refused(notes: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    FORMATS[ending].write(path, notes, {})
    with pytest.raises(nn.ModelFileError, match=r"says nothing of a model|JSONDecodeError|version 2 of the format"):
        nn.load(path)


# Zip ----------------------------------------------------------------------------------------------------------------


def test_an_array_of_objects_is_refused_and_not_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return pytest.fail, ("it was unpickled",)

    notes = {"format": "glassgrad", "version": 1, "architecture": of("LayerNorm", shape=[2], eps=1e-5)}
    bomb = bytes_of(np.array([Bomb()]), allow_pickle=True)
    entries = [("architecture.json", json.dumps(notes).encode()), ("bias.npy", bytes_of(np.ones(2)))]
    with pytest.raises(nn.ModelFileError, match="weight is an array of objects"):
        nn.load(zipped(tmp_path / "model.npz", [*entries, ("weight.npy", bomb)]))
    with pytest.raises(nn.ModelFileError, match="the magic string is not correct"):
        nn.load(zipped(tmp_path / "model.npz", [*entries, ("weight.npy", pickle.dumps(Bomb()) + bytes(16))]))


def test_compressed_entries_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    entries = [("architecture.json", tanh_notes()), ("bomb.npy", bytes(10_000_000))]
    path = zipped(tmp_path / "model.npz", entries, zipfile.ZIP_DEFLATED)
    with pytest.raises(nn.ModelFileError, match=r"its entry architecture.json is compressed"):
        nn.load(path)


def test_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "model.npz", [("architecture.json", tanh_notes()), ("a.npy", b""), ("a.npy", b"")])
    with pytest.raises(nn.ModelFileError, match="two of its entries have the same name"):
        nn.load(path)


def test_entries_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("architecture.json", tanh_notes())
        archive.writestr("a.npy", bytes(10_000))
        first = archive.getinfo("a.npy")
        for i in range(100):
            twin = zipfile.ZipInfo(f"{i}.npy")
            twin.header_offset, twin.CRC = first.header_offset, first.CRC
            twin.file_size = twin.compress_size = 10_000
            archive.filelist.append(twin)
    with pytest.raises(nn.ModelFileError, match="claim to be larger than the file"):
        nn.load(path)


def test_an_entry_that_is_no_array_is_refused_and_so_is_a_text_too_long(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with pytest.raises(nn.ModelFileError, match=r"its entry a.exe is no array"):
        nn.load(zipped(path, [("architecture.json", tanh_notes()), ("a.exe", b"")]))
    with pytest.raises(nn.ModelFileError, match=r"architecture.json has \d+ bytes, more than the 10000000 allowed"):
        nn.load(zipped(path, [("architecture.json", bytes(10_000_001))]))
    np.savez(path, weight=np.ones(2))
    with pytest.raises(nn.ModelFileError, match=r"no entry architecture.json, .* model.load_state_dict"):
        nn.load(path)


@pytest.mark.parametrize("shape", [(10**15,), (-2,), (2, -1), (10**30, 10**30)])
def test_an_array_that_claims_another_size_than_it_has_is_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": shape})
    notes = {"format": "glassgrad", "version": 1, "architecture": of("LayerNorm", shape=[2], eps=1e-5)}
    entries = [("architecture.json", json.dumps(notes).encode()), ("bias.npy", bytes_of(np.ones(2)))]
    path = zipped(tmp_path / "model.npz", [*entries, ("weight.npy", stream.getvalue() + bytes(16))])
    with pytest.raises(nn.ModelFileError, match=r"weight of shape .* must have .* bytes, but has 16"):
        nn.load(path)


# Safetensors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ((10**12).to_bytes(8, "little") + b"{}", "claims 1000000000000 bytes"),
        (header({"a": {"dtype": "F64", "shape": [0], "data_offsets": [0, 0]}}), "no metadata.*load_state_dict"),
        (header(b'{"a": 1, "a": 1}'), "a name stands twice in its header"),
        (header(b'{"a": ' * 50_000 + b"1" + b"}" * 50_000), "damaged"),
    ],
)
def test_a_header_that_claims_too_much_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(nn.ModelFileError, match=message):
        nn.load(path)


def test_a_number_that_was_changed_is_noticed_by_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    nn.save(MODEL, path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(nn.ModelFileError, match="it is damaged: the digest"):
        nn.load(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F64", "shape": [10**15], "data_offsets": [0, 16]},
        {"dtype": "F64", "shape": [2], "data_offsets": [0, 10**15]},
        {"dtype": "F64", "shape": [2], "data_offsets": [8, 24]},
        {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]},
        {"dtype": "X", "shape": [2], "data_offsets": [0, 16]},
    ],
)
def test_offsets_and_types_that_are_wrong_are_refused(entry: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    metadata = {tensors.TEXT: tanh_notes().decode(), tensors.DIGEST: ""}
    path.write_bytes(header({"__metadata__": metadata, "a": entry}, bytes(16)))
    with pytest.raises(nn.ModelFileError, match=r"model.safetensors"):
        nn.load(path)
