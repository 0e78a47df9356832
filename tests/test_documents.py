"""What is printed in the README is run, the quick start is what the gate reads, and every link leads somewhere."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from autograd import registry
from tests.test_layout import STOREYS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("tests/**/*.md"))]
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


def prose(path: Path) -> str:
    """The text of a page without its code, in which brackets mean something else."""
    text = re.sub(r"^(`{3,}).*?^\1", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", lambda code: code.group().replace("](", "] ("), text)


def anchors(path: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    """The links of a page that name a file or a heading that is not there."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        file, _, heading = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (heading and heading not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_or_heading_that_exists(path: Path) -> None:
    assert broken_links(path) == []


def test_the_check_of_links_sees_a_broken_one(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# A heading, with `code`\n\n```python\n# no heading\nx = f[0](1)\n```\n")
    page.write_text("[a](other.md#a-heading-with-code) [b](#nothing) [c](gone.md) [d](other.md#no-heading) `x[0](1)`\n")
    assert broken_links(page) == ["#nothing", "gone.md", "other.md#no-heading"]
    assert broken_links(other) == []


def test_the_engine_in_one_sitting_names_every_file_in_the_order_of_imports() -> None:
    page = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    table = page.split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    named = [name for line in table.splitlines() for name in re.findall(r"`(\w+)/?`", line.split("|")[1])]
    assert tuple(named) == STOREYS
