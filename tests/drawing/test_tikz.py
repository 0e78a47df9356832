"""Diagrams in TikZ: a document in ASCII that LaTeX compiles, whatever the text."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from autograd import MissingExtraError, Value, draw, log
from autograd.drawing import Diagram
from autograd.drawing.latex import to_latex
from tests.drawing import awkward


def chain(length: int) -> Value:
    value = Value(1.0, name="x")
    for _ in range(length):
        value = -value
    return value


def nodes(text: str) -> list[str]:
    return re.findall(r"^\\node\[shape of node, (\w+).*$", text, re.MULTILINE)


def test_nodes_arrows_and_frames_stand_in_one_picture() -> None:
    x = Value(2.0, name="x")
    text = draw((x * 3).sqrt()).to_string("tex")
    assert nodes(text) == ["rectangle", "rectangle", "ellipse", "rectangle", "ellipse", "rectangle"]
    assert len(re.findall(r"^\\draw\[->, \w+\] \(.*-- \(.*\);$", text, re.MULTILINE)) == 5
    assert r"{\textbf{x}}\\{data 2}\\{grad \textendash{}}" in text
    assert r"{\ensuremath{\partial}v1/\ensuremath{\partial}x = 3}" in text


def test_frames_have_their_titles() -> None:
    text = draw(nn.MLP(2, [2, 1])([1.0, 2.0])).to_string("tex")
    assert len(re.findall(r"^\\draw\[rounded corners", text, re.MULTILINE)) == 6
    assert "{Neuron layers[0].neurons[1]}" in text


def test_the_dark_theme_has_other_colours() -> None:
    assert r"\fill[c16181D]" in draw(Value(1.0), theme="dark").to_string("tex")


def test_lengths_stay_within_what_tex_knows() -> None:
    text = draw(chain(150)).to_string("tex")
    assert max(float(number) for number in re.findall(r"\d+\.\d\d", text)) < 16_383


def test_the_document_is_ascii_whatever_the_text() -> None:
    assert awkward.picture().to_string("tex").isascii()


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% & $x_1$ #2", r"50\% \& \$x\_1\$ \#2"),
        ("{a}\\b^c~d", r"\{a\}\textbackslash{}b\textasciicircum{}c\textasciitilde{}d"),
        ("a < b | c > d", r"a \ensuremath{<} b \ensuremath{|} c \ensuremath{>} d"),
        ("--", r"\ensuremath{-}\ensuremath{-}"),
        ("f'", r"f\ensuremath{'}"),
        ("∂f/∂λ", r"\ensuremath{\partial}f/\ensuremath{\partial}\ensuremath{\lambda}"),
        ("2·ω²", r"2\ensuremath{\cdot}\ensuremath{\omega}\ensuremath{^2}"),
        ("Ωé", r"\ensuremath{\Omega}\'{e}"),
        ("e\u0301", r"\'{e}"),
        ("日🎉", r"\character{65E5}\character{1F389}"),
    ],
)
def test_signs_and_letters_are_written_as_latex_writes_them(text: str, latex: str) -> None:
    assert to_latex(text) == latex


def test_without_graphviz_there_is_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(MissingExtraError, match="draw"):
        draw(Value(1.0)).to_string("tex")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
@pytest.mark.parametrize("which", ["mlp", "folded", "highlighted", "long", "awkward", "empty"])
def test_latex_makes_one_page_of_every_picture(which: str, engine: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"there is no {engine} on PATH")
    x = Value(0.0, name="x")
    y = nn.MLP(2, [2, 1])([1.0, 2.0])
    y.backward()
    picture = {
        "mlp": lambda: draw(y),
        "folded": lambda: draw(y, fold=True, theme="dark"),
        "highlighted": lambda: draw(log(x), highlight=[x], direction="BT"),
        "long": lambda: draw(chain(150)),
        "awkward": awkward.picture,
        "empty": lambda: Diagram((), ()),
    }[which]()
    picture.save(tmp_path / "picture.tex")
    finished = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "picture.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-2_000:]
    assert "(1 page" in finished.stdout
