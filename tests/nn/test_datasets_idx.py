import contextlib
import gzip
import struct

import numpy as np
import pytest

from autograd import ArgumentError, AutogradError
from nn.datasets import BadFileError, MissingFileError, read_idx

CODES = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


def idx(code, shape, numbers):
    """An IDX file as the format is written down: header and numbers, big-endian."""
    return struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape) + numbers


SMALL = idx(0x08, (2, 3), bytes(range(6)))
PACKED = gzip.compress(SMALL, mtime=0)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "numbers-idx"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(7,), (2, 3), (2, 3, 4), (1, 1, 1, 1, 2), (0,), (3, 0, 2)])
def test_every_type_and_shape_is_read_gzipped_or_not(file, pack, dtype, shape):
    numbers = (np.random.default_rng(0).normal(size=shape) * 50).astype(dtype)
    file.write_bytes(pack(idx(CODES[dtype], shape, numbers.astype(numbers.dtype.newbyteorder(">")).tobytes())))
    found = read_idx(file)
    np.testing.assert_array_equal(found, numbers, strict=True)
    assert found.dtype.isnative
    assert found.flags.writeable


def test_the_first_bytes_and_not_the_name_tell_a_gzipped_file(tmp_path):
    plain, packed = tmp_path / "plain.gz", tmp_path / "packed"
    plain.write_bytes(SMALL)
    packed.write_bytes(PACKED)
    np.testing.assert_array_equal(read_idx(plain), read_idx(packed))


def test_a_file_larger_than_one_chunk_is_read_whole(file):
    numbers = np.random.default_rng(0).integers(0, 256, 2**20 + 17, dtype=np.uint8)
    file.write_bytes(gzip.compress(idx(0x08, numbers.shape, numbers.tobytes()), 1))
    np.testing.assert_array_equal(read_idx(str(file)), numbers)


@pytest.mark.parametrize(
    "start", [b"", b"\0\0\x08", b"\1\0\x08\1", b"\0\0\x0a\1", b"\0\0\x08\0", b"\0\0\x08\xff", b"<htm"]
)
def test_a_file_that_does_not_begin_as_idx_is_refused_with_its_first_bytes(file, start):
    file.write_bytes(start + bytes(40) * bool(len(start) == 4))
    with pytest.raises(BadFileError, match=r"numbers-idx is no IDX file: it begins with the bytes \["):
        read_idx(file)


@pytest.mark.parametrize("end", range(4, len(SMALL)))
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_truncated_file_is_refused(file, pack, end):
    file.write_bytes(pack(SMALL[:end]))
    with pytest.raises(BadFileError, match="numbers-idx is truncated"):
        read_idx(file)


@pytest.mark.parametrize("end", range(2, len(PACKED)))
def test_a_truncated_gzip_is_refused_wherever_it_ends(file, end):
    file.write_bytes(PACKED[:end])
    with pytest.raises(BadFileError, match="numbers-idx is no whole gzip file, fetch it again"):
        read_idx(file)


@pytest.mark.parametrize("place", range(2, len(PACKED)))
def test_a_damaged_gzip_is_refused_or_gives_the_same_numbers(file, place):
    packed = bytearray(PACKED)
    packed[place] ^= 0xFF
    file.write_bytes(packed)
    with contextlib.suppress(BadFileError):  # what is damaged may be a time stamp
        np.testing.assert_array_equal(read_idx(file), np.arange(6).reshape(2, 3))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_file_that_goes_on_behind_its_numbers_is_refused(file, pack):
    file.write_bytes(pack(SMALL + b"\0"))
    with pytest.raises(BadFileError, match=r"goes on behind the 6 bytes .* shape \(2, 3\)"):
        read_idx(file)


@pytest.mark.parametrize("shape", [(2**32 - 1,), (2**32 - 1,) * 5])
def test_a_header_that_asks_for_all_memory_is_refused_before_any_is_taken(file, shape):
    file.write_bytes(gzip.compress(idx(0x08, shape, b"")))
    with pytest.raises(BadFileError, match=r"which is more than 1073741824; .* larger max_bytes"):
        read_idx(file)


def test_the_largest_size_is_the_users_to_set(file):
    file.write_bytes(SMALL)
    assert read_idx(file, max_bytes=6).size == 6
    with pytest.raises(BadFileError, match="which is more than 5"):
        read_idx(file, max_bytes=5)
    with pytest.raises(ArgumentError, match="max_bytes must be a positive int"):
        read_idx(file, max_bytes=0)


def test_a_missing_file_and_a_folder_are_refused_by_path(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(MissingFileError, match=f"there is no file {path}"):
            read_idx(path)


def test_the_errors_are_those_that_python_and_this_library_have_for_it():
    assert issubclass(MissingFileError, FileNotFoundError)
    assert issubclass(MissingFileError, AutogradError)
    assert issubclass(BadFileError, ValueError)
    assert issubclass(BadFileError, AutogradError)
