"""Diagrams in Mermaid: what is written, that any text is safe, and that Mermaid's own parser reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

import nn
from autograd import Value, draw, log, scope
from autograd.drawing import Diagram
from autograd.drawing.appearance import SCALE
from autograd.drawing.captions import node_lines
from tests.drawing import awkward

PARSER = """
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import("mermaid")).default;
for (const path of process.argv.slice(2))
  console.log((await mermaid.parse(readFileSync(path, "utf8"))).diagramType);
"""


def lines(diagram: Diagram) -> list[str]:
    return diagram.to_string("mmd").splitlines()


def labels(diagram: Diagram) -> list[str]:
    """What the nodes say, as Mermaid shows it."""
    return [
        unescape(re.sub(r"#(\d+);", r"&#\1;", label).replace("<br/>", "\n"))
        for label in re.findall(r'^n\d+[\[({/]+"(.*?)"', diagram.to_string("mmd"), re.MULTILINE)
    ]


def test_nodes_arrows_and_looks_are_written() -> None:
    x = Value(2.0, name="x")
    assert lines(draw((x * 3).sqrt(), direction="TB", backward=False)) == [
        "flowchart TB",
        'n1("x<br/>data 2"):::leaf',
        'n2["3"]:::constant',
        'n3(["#42;"]):::operation',
        'n4["v1<br/>data 6"]:::value',
        'n5(["sqrt"]):::operation',
        'n6[["v2<br/>data 2.449"]]:::result',
        "n1 --> n3",
        "n2 --> n3",
        "n3 --> n4",
        "n4 --> n5",
        "n5 --> n6",
        "classDef leaf fill:#e1effa,stroke:#0072b2,color:#222222",
        "classDef constant fill:#ffffff,stroke:#ffffff,color:#222222",
        "classDef operation fill:#fff6cc,stroke:#9a7d00,color:#222222",
        "classDef value fill:#f6f6f6,stroke:#8c8c8c,color:#222222",
        "classDef result fill:#fde9d9,stroke:#d55e00,color:#222222",
    ]


def test_an_arrow_carries_formula_and_number() -> None:
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    assert 'n1 -->|"∂v1/∂a = b<br/>= -3"| n3' in lines(draw(a * b))


def test_frames_are_subgraphs_one_inside_the_other() -> None:
    def inner(x: Value) -> Value:
        return -x

    y = scope("outer")(lambda x: scope("inner")(inner)(x).exp())(Value(1.0))
    shape = [line.split()[0] for line in lines(draw(y)) if line.startswith(("subgraph", "end"))]
    assert shape == ["subgraph", "subgraph", "end", "end"]
    assert 'subgraph g2 ["inner"]' in lines(draw(y))


def test_gradients_are_coloured_by_their_size() -> None:
    x = Value(2.0, name="x")
    y = x * x
    y.backward()
    found = lines(draw(y))
    assert any(re.fullmatch(r'legend\["colour#58; size of grad, .* to 4 \(log\)"\]:::constant', line) for line in found)
    assert f"style n1 fill:{SCALE[-1]}" in found


def test_what_stands_out_is_styled() -> None:
    x = Value(0.0, name="x")
    y = log(x)
    found = lines(draw(y, highlight=[x, y]))
    assert "style n1 stroke:#b34700,stroke-width:3px" in found
    assert "style n3 stroke:#c20000,stroke-width:3px" in found
    assert "linkStyle 0,1 stroke:#b34700,stroke-width:3px,color:#b34700" in found


def test_the_dark_theme_has_other_colours() -> None:
    assert "classDef leaf fill:#10304a,stroke:#56b4e9,color:#e8e8e8" in lines(draw(Value(1.0), theme="dark"))


def test_any_text_comes_through() -> None:
    diagram = awkward.picture()
    assert sorted(labels(diagram)) == sorted("\n".join(node_lines(node)) for node in diagram.nodes)


def test_no_label_holds_a_sign_that_mermaid_reads() -> None:
    for label in re.findall('"(.*)"', awkward.picture().to_string("mmd")):
        assert not re.search(r"""["<>{}|\[\]`*_%&\\:~^$]|--|^- |\d\. """, re.sub(r"<br/>|#\d+;", "", label))


def test_a_compiled_program_is_written_too() -> None:
    import autograd

    w = Value(2.0, name="w")
    step = autograd.compile(lambda x: (w * x) ** 2)
    step([1.0, 2.0])
    assert any(line.endswith(":::step") for line in lines(step.plan.draw()))


@pytest.mark.slow
def test_mermaids_own_parser_reads_every_picture(tmp_path: Path) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Mermaid's parser needs node and npm")
    patience = ["--fetch-retries=0", "--fetch-timeout=20000"]  # where there is no registry, be told so soon
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        *patience,
        "--prefix",
        str(tmp_path),
        "mermaid@11",
        "jsdom@26",
    ]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"npm could not install Mermaid: {installed.stderr[-200:]}")
    y = nn.MLP(2, [2, 1])([1.0, 2.0])
    y.backward()
    x = Value(0.0, name="x")
    pictures = {
        "mlp": draw(y),
        "folded": draw(y, fold=True, theme="dark"),
        "highlighted": draw(log(x), highlight=[x], direction="RL"),
        "awkward": awkward.picture(),
        "empty": Diagram((), ()),
    }
    paths = [str(picture.save(tmp_path / f"{name}.mmd")) for name, picture in pictures.items()]
    (tmp_path / "parse.mjs").write_text(PARSER, encoding="utf-8")
    parsed = subprocess.run(["node", "parse.mjs", *paths], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert parsed.stdout.split() == ["flowchart-v2"] * len(pictures), parsed.stderr
