"""What is printed in the README is run, and the quick start is what the gate reads."""

import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.document import Document
from sybil.parsers.myst import PythonCodeBlockParser

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def quick_start_lines() -> list[str]:
    section = README.read_text(encoding="utf-8").split("## Quick start", 1)[1].split("\n## ", 1)[0]
    block = re.search(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert block is not None
    return [line for line in block.group(1).splitlines() if line.strip()]


def test_every_python_block_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    document: Document = Sybil(parsers=[PythonCodeBlockParser()], pattern="*.md").parse(README)
    examples = list(document.examples())
    assert len(examples) >= 6
    for example in examples:
        example.evaluate()


def test_what_the_readme_says_is_printed_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    for example in Sybil(parsers=[PythonCodeBlockParser()], pattern="*.md").parse(README).examples():
        example.evaluate()
        printed = capsys.readouterr().out
        source = example.parsed if isinstance(example.parsed, str) else str(example.parsed)
        for promised in re.findall(r"^print\(.*\)  # ([-\d\[].*)$", source, re.MULTILINE):
            assert promised.removesuffix("...") in printed


def test_the_quick_start_is_two_commands_and_the_gate_reads_the_second() -> None:
    run, test = quick_start_lines()
    assert "examples/iris.py" in run
    assert "pytest" in test
    assert "test_command=$(awk" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
