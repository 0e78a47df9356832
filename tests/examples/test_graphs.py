"""examples/graphs.py: the gallery is drawn, with nothing cut and nothing on top of another, and says what it found."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from autograd import Diagram
from autograd.drawing.layout import Box, lay_out
from tests.examples.running import example, help_of, is_picture, refusal

names = example("graphs")
main = names["main"]
GALLERY = names["GALLERY"]


@pytest.fixture(scope="module")
def gallery() -> dict[str, Diagram]:
    return {make.__name__: make() for make in GALLERY}


def overlap(a: Box, b: Box) -> bool:
    return abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2


def test_every_picture_is_written_and_read_as_xml(tmp_path: Path) -> None:
    pictures = main(["--out", str(tmp_path)])
    assert len(pictures) == 7
    for name in pictures:
        assert ElementTree.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")


def test_it_prints_why_the_gradient_is_what_it_is_and_where_the_nan_came_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path), "--format", "txt"])
    printed = capsys.readouterr().out
    assert "4.303 = 0.3175 via sin[0] + 2.985 via mul[1] + 1 via add[1]" in printed
    assert "v1 is -inf, made by log(p) with p = 0 (graphs.py, line" in printed
    assert "the gradient is 1 at h5, and 2.1e-03 at x" in printed


@pytest.mark.parametrize("ending", ["png", "pdf", "html", "dot", "mmd", "tex", "json", "txt"])
def test_the_format_is_as_told(tmp_path: Path, ending: str) -> None:
    main(["--out", str(tmp_path), "--format", ending])
    files = sorted(tmp_path.iterdir())
    assert [path.suffix for path in files] == [f".{ending}"] * 7
    assert ending != "png" or all(map(is_picture, files))


@pytest.mark.parametrize("name", [make.__name__ for make in GALLERY])
def test_nothing_is_cut_and_no_two_boxes_overlap(gallery: dict[str, Diagram], name: str) -> None:
    layout = lay_out(gallery[name])
    for a, b in itertools.combinations(layout.nodes.values(), 2):
        assert not overlap(a, b)
    for box in layout.nodes.values():
        assert abs(box.x - layout.whole.x) + box.width / 2 <= layout.whole.width / 2 + 1
        assert abs(box.y - layout.whole.y) + box.height / 2 <= layout.whole.height / 2 + 1


def test_the_path_of_the_largest_product_stands_out(gallery: dict[str, Diagram]) -> None:
    assert [node.name for node in gallery["expression"].nodes if node.highlight] == [
        "x",
        "*",
        "v2",
        "**",
        "v3",
        "+",
        "y",
    ]


def test_layers_fold(gallery: dict[str, Diagram]) -> None:
    assert len(gallery["network"].groups) == 6
    folded = [node.name for node in gallery["network_folded"].nodes if node.kind == "group"]
    assert folded == ["Layer layers[0]", "Layer layers[1]"]


def test_the_nan_and_what_brought_it_are_marked(gallery: dict[str, Diagram]) -> None:
    marked = [node.name for node in gallery["nan_found"].nodes if "non-finite" in node.marks]
    assert marked == ["p", "v1", "v2", "v5", "entropy"]


def test_help_says_what_it_does_and_unknown_formats_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "gallery" in help_of(main, capsys)
    assert "invalid choice: 'gif'" in refusal(main, ["--format", "gif"], capsys)
