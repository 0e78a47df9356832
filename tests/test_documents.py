"""What is printed in the README is run, and the quick start is what the gate reads."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from autograd import registry

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BUILT_IN = tuple(registry.values())


def quick_start_lines() -> list[str]:
    section = README.read_text(encoding="utf-8").split("## Quick start", 1)[1].split("\n## ", 1)[0]
    block = re.search(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert block is not None
    return [line for line in block.group(1).splitlines() if line.strip()]


@pytest.mark.usefixtures("own_rows_removed")
def test_every_python_block_of_the_readme_runs_and_prints_what_it_promises(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where blocks leave their files
    document = Sybil(parsers=[PythonCodeBlockParser()], pattern="*.md").parse(README)
    examples = list(document.examples())
    assert len(examples) >= 6
    for example in examples:
        example.evaluate()
        printed = capsys.readouterr().out.splitlines()
        promised = re.findall(r"^(?:print\(.*\)  )?# ([-∂\d\[l].*)$", str(example.parsed), re.MULTILINE)
        assert len(promised) <= len(printed)
        for promise, line in zip(promised, printed, strict=False):
            beginning, dots, _ = promise.partition("...")
            assert line.startswith(beginning) if dots else line == promise


def test_the_picture_of_the_readme_is_the_one_its_code_draws() -> None:
    namespace: dict[str, Any] = {}
    first_block = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert first_block is not None
    exec(first_block.group(1), namespace)
    shown = (ROOT / "docs" / "first-graph.svg").read_text(encoding="utf-8")
    assert texts(shown) == texts(namespace["c"].draw().to_string("svg"))


def texts(svg: str) -> list[str]:
    """All that is written in a picture, whatever version of Graphviz placed it."""
    written = (x for x in ElementTree.fromstring(svg).iter() if x.tag.endswith(("}text", "}title")))
    return sorted("".join(x.itertext()) for x in written)


def test_the_quick_start_is_two_commands_and_the_gate_reads_the_second() -> None:
    run, test = quick_start_lines()
    assert "examples/iris.py" in run
    assert "pytest" in test
    assert "test_command=$(awk" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
