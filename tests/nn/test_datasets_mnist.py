import functools
import gzip
import hashlib
import http.server
import os
import struct
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from autograd import ArgumentError, MissingExtraError
from nn.datasets import MNIST, BadFileError, MissingFileError, mnist
from nn.datasets.handwritten import FILES, IdxFile, load

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
RNG = np.random.default_rng(0)
ARRAYS = (
    RNG.integers(0, 256, (6, 3, 2), dtype=np.uint8),
    RNG.integers(0, 10, 6, dtype=np.uint8),
    RNG.integers(0, 256, (4, 3, 2), dtype=np.uint8),
    RNG.integers(0, 10, 4, dtype=np.uint8),
)


def unpacked(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def small(arrays=ARRAYS):
    """What would be known of the four files if MNIST were these arrays."""
    return tuple(
        IdxFile(name, array.shape, hashlib.md5(unpacked(array)).hexdigest())
        for name, array in zip(NAMES, arrays, strict=True)
    )


def write(folder, arrays=ARRAYS, names=NAMES, suffix=".gz"):
    folder.mkdir(exist_ok=True)
    for name, array in zip(names, arrays, strict=True):
        content = unpacked(array)
        (folder / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)
    return folder


def read(folder, *, files=None, download=False, dtype=np.float64):
    return load(files or small(), folder, download, dtype)


DOTTED = tuple(name.replace("-idx", ".idx") for name in NAMES)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("names", [NAMES, DOTTED], ids=["hyphen", "dot"])
def test_the_four_files_are_read_under_each_of_their_names(tmp_path, names, suffix):
    x_train, y_train, x_test, y_test = read(write(tmp_path, names=names, suffix=suffix))
    np.testing.assert_allclose(x_train, ARRAYS[0].reshape(6, 6) / 255.0, rtol=1e-15)
    np.testing.assert_array_equal(y_train, ARRAYS[1])
    np.testing.assert_allclose(x_test, ARRAYS[2].reshape(4, 6) / 255.0, rtol=1e-15)
    np.testing.assert_array_equal(y_test, ARRAYS[3])
    assert (x_train.dtype, y_train.dtype, y_test.dtype) == (np.float64, np.int64, np.int64)


@pytest.mark.parametrize(("dtype", "most"), [("float32", 1.0), (float, 1.0), (np.uint8, 255)])
def test_the_images_are_of_the_type_asked_for(tmp_path, dtype, most):
    black = (np.full_like(ARRAYS[0], 255), *ARRAYS[1:])
    result = read(write(tmp_path, black), files=small(black), dtype=dtype)
    assert isinstance(result, MNIST)
    assert result.x_train.dtype == result.x_test.dtype == np.dtype(dtype)
    assert (result.x_train == most).all()


@pytest.mark.parametrize("dtype", [int, "float16", ">f8", "ink"])
def test_another_type_of_images_is_refused(tmp_path, dtype):
    with pytest.raises(ArgumentError, match="dtype must be float64, float32 or uint8, not"):
        mnist(tmp_path, dtype=dtype)


def test_missing_files_are_named_with_the_folder_and_the_cures(tmp_path):
    write(tmp_path)
    (tmp_path / f"{NAMES[1]}.gz").unlink()
    with pytest.raises(MissingFileError) as refused:
        mnist(tmp_path)
    assert str(refused.value) == (
        f"train-labels-idx1-ubyte of MNIST: not in {tmp_path}. Put the original files there, gzipped (.gz) or not, or "
        f"have them downloaded from a web address that you know, nn.datasets.mnist({str(tmp_path)!r}, download=ADDRESS)"
    )


def test_a_folder_that_does_not_exist_is_said_to_be_none(tmp_path):
    with pytest.raises(MissingFileError, match=r"t10k-labels-idx1-ubyte of MNIST: not in .*, which is no folder\. Put"):
        mnist(tmp_path / "nowhere")


def test_files_of_another_size_are_refused_with_what_was_expected_and_found(tmp_path):
    with pytest.raises(
        BadFileError, match=r"train-images-idx3-ubyte.gz must hold uint8 of shape \(60000, 28, 28\), but holds uint8 of"
    ):
        mnist(write(tmp_path))


def test_a_swap_of_images_and_labels_is_refused(tmp_path):
    write(tmp_path, [ARRAYS[i] for i in (1, 0, 3, 2)])
    with pytest.raises(BadFileError, match=r"must hold uint8 of shape \(6, 3, 2\), but holds uint8 of shape \(6,\)"):
        read(tmp_path)


def test_numbers_of_another_type_are_refused(tmp_path):
    content = bytearray(unpacked(ARRAYS[0]))
    content[2] = 0x09
    (write(tmp_path) / f"{NAMES[0]}.gz").write_bytes(content)
    with pytest.raises(
        BadFileError, match=r"must hold uint8 of shape \(6, 3, 2\), but holds int8 of shape \(6, 3, 2\)"
    ):
        read(tmp_path)


def test_a_changed_pixel_is_refused_with_both_hashes(tmp_path):
    write(tmp_path)
    changed = ARRAYS[2].copy()
    changed[0, 0, 0] ^= 1
    (tmp_path / f"{NAMES[2]}.gz").write_bytes(gzip.compress(unpacked(changed)))
    expected, found = small()[2].md5, hashlib.md5(unpacked(changed)).hexdigest()
    with pytest.raises(BadFileError, match=rf"t10k-images.*MD5 must be {expected}, but is {found}.*read_idx"):
        read(tmp_path)


def test_a_label_that_is_no_digit_is_refused_at_its_place(tmp_path):
    labels = ARRAYS[1].copy()
    labels[3] = 10
    with pytest.raises(BadFileError, match=r"train-labels.* must hold digits from 0 to 9, but label 3 is 10"):
        read(write(tmp_path, (ARRAYS[0], labels, *ARRAYS[2:])))


def test_a_truncated_file_of_mnist_is_refused_by_name(tmp_path):
    file = write(tmp_path) / f"{NAMES[0]}.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(BadFileError, match=rf"{file} is no whole gzip file"):
        read(tmp_path)


def test_what_is_known_of_the_originals_has_their_names_and_sizes():
    assert [(file.name, file.shape) for file in FILES] == list(
        zip(NAMES, [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)], strict=True)
    )


@pytest.fixture
def server(monkeypatch):
    """Serves a folder to this machine alone, and says how: serve(folder) -> address, [paths asked for]."""
    pytest.importorskip("pooch")
    monkeypatch.setenv("NO_PROXY", "*")
    running = []

    def serve(folder):
        asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments):
                asked.append(self.path)

        own = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        running.append((own, threading.Thread(target=own.serve_forever, args=(0.01,))))
        running[-1][1].start()
        return "http://{}:{}".format(*own.server_address), asked

    yield serve
    for own, thread in running:
        own.shutdown()
        thread.join()
        own.server_close()


def test_missing_files_are_downloaded_and_found_there_afterwards(tmp_path, server):
    address, asked = server(write(tmp_path / "there").parent)
    here = tmp_path / "new" / "here"
    first = read(here, download=f"{address}/there/")
    assert sorted(path.name for path in here.iterdir()) == sorted(f"{name}.gz" for name in NAMES)
    again = read(here, download=address)
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert asked == [f"/there/{name}.gz" for name in NAMES]


def test_only_what_is_missing_is_downloaded(tmp_path, server):
    address, asked = server(write(tmp_path / "there"))
    here = write(tmp_path / "here", suffix="")
    (here / NAMES[3]).unlink()
    read(here, download=address)
    assert asked == [f"/{NAMES[3]}.gz"]


def test_the_address_may_stand_in_the_environment(tmp_path, server, monkeypatch):
    monkeypatch.setenv("GLASSGRAD_MNIST", server(write(tmp_path / "there"))[0])
    assert len(read(tmp_path / "here", download=True).x_test) == 4


def test_a_file_that_is_not_on_the_server_is_named(tmp_path, server):
    there = write(tmp_path / "there")
    (there / f"{NAMES[1]}.gz").unlink()
    address, _ = server(there)
    with pytest.raises(MissingFileError, match=f"{address}/{NAMES[1]}.gz could not be downloaded into .*: 404"):
        read(tmp_path / "here", download=address)
    assert [path.name for path in (tmp_path / "here").iterdir()] == [f"{NAMES[0]}.gz"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"<html>Sign in to go on</html>", "is no IDX file"), (unpacked(255 - ARRAYS[0]), "is not the original of MNIST")],
)
def test_what_is_downloaded_and_is_not_the_original_is_not_kept(tmp_path, server, content, message):
    there = write(tmp_path / "there")
    (there / f"{NAMES[0]}.gz").write_bytes(content)
    address, _ = server(there)
    with pytest.raises(BadFileError, match=f"what {address}/{NAMES[0]}.gz gives {message}"):
        read(tmp_path / "here", download=address)
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("download", [True, "mirror", "file:///tmp", 3])
def test_a_download_without_a_web_address_is_refused_with_both_ways_to_give_one(tmp_path, monkeypatch, download):
    monkeypatch.delenv("GLASSGRAD_MNIST", raising=False)
    with pytest.raises(
        ArgumentError, match="download=ADDRESS, or download=True and the environment variable GLASSGRAD"
    ):
        mnist(tmp_path, download=download)


def test_a_download_without_pooch_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(
        MissingExtraError, match=r"downloading MNIST needs .*'glassgrad\[data\]'; or put its files into"
    ):
        mnist(tmp_path, download="http://")


def originals():
    return Path(os.environ.get("GLASSGRAD_DATA", "no folder")) / "mnist"


@pytest.mark.skipif(not originals().is_dir(), reason="needs MNIST in the folder mnist of GLASSGRAD_DATA")
def test_the_original_files_are_read_whole():
    x_train, y_train, x_test, y_test = mnist(originals(), dtype="uint8")
    assert (x_train.shape, x_test.shape) == ((60000, 784), (10000, 784))
    # counts of each digit and mean ink as they are commonly stated for MNIST
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert x_train.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
