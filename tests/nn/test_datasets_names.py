import os
from pathlib import Path

import pytest

from nn.datasets import BadFileError, MissingFileError, names


@pytest.fixture
def file(tmp_path):
    return tmp_path / "names.txt"


def test_names_come_in_lower_case_in_the_order_of_the_file(file):
    file.write_text("Emma\nolivia\nAVA\n")
    assert names(file) == ["emma", "olivia", "ava"]


def test_a_name_that_stands_there_twice_comes_twice(file):
    file.write_text("kim\nkim")
    assert names(str(file)) == ["kim", "kim"]


def test_letters_of_any_script_hyphens_and_apostrophes_make_names(file):
    file.write_text("Zoë\nJosé\nАнна\n花子\nAnne-Marie\nD'Arcy\n", encoding="utf-8")
    assert names(file) == ["zoë", "josé", "анна", "花子", "anne-marie", "d'arcy"]


def test_blanks_empty_lines_windows_line_ends_and_a_byte_order_mark_are_left_out(file):
    file.write_bytes(b"\xef\xbb\xbfemma \r\n\r\n\tava\r\n\r\n")
    assert names(file) == ["emma", "ava"]


@pytest.mark.parametrize("line", ["anna b", "a1", "-anna", "anna-", "a,b", "snake_case", "\0"])
def test_a_line_that_is_no_name_is_refused_with_its_number(file, line):
    file.write_text(f"emma\n{line}\n")
    with pytest.raises(BadFileError, match=r"names.txt, line 2, must be one name, of letters, not "):
        names(file)


def test_a_file_that_is_no_utf8_is_refused_at_its_byte(file):
    file.write_bytes("emma\nZoë\n".encode("latin-1"))
    with pytest.raises(BadFileError, match=r"names.txt must be a text in UTF-8, but is not at byte 7"):
        names(file)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_names_is_refused(file, text):
    file.write_text(text)
    with pytest.raises(BadFileError, match=r"names.txt must have one name a line, but has none"):
        names(file)


def test_a_missing_file_of_names_is_named(file):
    with pytest.raises(MissingFileError, match=f"there is no file {file}: names are read from a text file"):
        names(file)


def real_names():
    return Path(os.environ.get("GLASSGRAD_DATA", "no folder")) / "names.txt"


@pytest.mark.skipif(not real_names().is_file(), reason="needs names.txt in the folder GLASSGRAD_DATA")
def test_the_names_for_the_small_gpt_are_of_26_letters():
    found = names(real_names())
    assert len(found) == 32033
    assert set("".join(found)) == set("abcdefghijklmnopqrstuvwxyz")
