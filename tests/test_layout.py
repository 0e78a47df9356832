"""The house: imports go one way, nn sees only public names, and every file can be read in one sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
STOREYS = (
    "errors",
    "rows",
    "primitives",
    "symbols",
    "array_code",
    "tracing",
    "settings",
    "array_rows",
    "arrays",
    "graph",
    "debugging",
    "variable",
    "names",
    "scopes",
    "numbers",
    "recorder",
    "protocols",
    "value",
    "tensor",
    "reverse",
    "backward",
    "forward",
    "containers",
    "arguments",
    "tape",
    "functional",
    "products_of_jacobians",
    "jacobians",
    "checkpointing",
    "minimizing",
    "differences",
    "checking",
    "compiler",
    "explaining",
    "drawing",
    "terminal",
    "__main__",
)
"""The modules of autograd from the ground up: each imports only from those below it."""

LONGEST = 600  # lines in a file


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def each_module(*packages: str) -> pytest.MarkDecorator:
    paths = [path for package in packages for path in modules(package)]
    return pytest.mark.parametrize("path", paths, ids=map(name_of, paths))


def imports(path: Path, *, anywhere: bool = False) -> Iterator[tuple[str, str | None]]:
    """Yield (module, name) for each import made when the module is imported, or ``anywhere`` in it."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    package = name_of(path) if path.stem == "__init__" else name_of(path).rpartition(".")[0]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, alias.name) for alias in node.names)
        elif anywhere or not (is_function(node) or is_for_types(node)):
            waiting.extend(ast.iter_child_nodes(node))
        elif isinstance(node, ast.If):
            waiting.extend(node.orelse)


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def storey(module: str) -> int | None:
    """The storey of a module of autograd; None for modules of others."""
    parts = module.split(".")
    return STOREYS.index(parts[1]) if parts[0] == "autograd" and len(parts) > 1 else None


def imported_modules(path: Path) -> Iterator[str]:
    for module, name in imports(path):
        is_module = module == "autograd" and name in STOREYS
        yield f"autograd.{name}" if is_module else module


def test_every_module_of_the_engine_has_its_storey() -> None:
    found = {name_of(path).split(".")[1] for path in modules("autograd") if name_of(path) != "autograd"}
    assert found <= set(STOREYS)
    assert found >= set(STOREYS[:-1])


@each_module("autograd")
def test_a_module_of_the_engine_imports_only_from_below(path: Path) -> None:
    own = storey(name_of(path))
    for module in imported_modules(path):
        if own is not None and module.split(".")[0] == "autograd":
            other = storey(module)
            assert other is not None, f"{name_of(path)} imports the package autograd itself, which is above it"
            same_package = module.split(".")[:2] == name_of(path).split(".")[:2]
            assert other < own or same_package, f"{name_of(path)} imports {module}, which is above it"


@each_module("autograd")
def test_the_engine_knows_nothing_of_nn(path: Path) -> None:
    assert [module for module, _ in imports(path, anywhere=True) if module.split(".")[0] == "nn"] == []


@each_module("nn")
def test_nn_uses_only_public_names_of_the_engine(path: Path) -> None:
    for module, name in imports(path, anywhere=True):
        if module.split(".")[0] == "autograd":
            assert module == "autograd", f"{name_of(path)} imports from {module}; the public names are in autograd"
            assert name is None or name in autograd.__all__, f"{name} is no public name of autograd"


def test_the_public_names_exist_once_and_in_order() -> None:
    names = autograd.__all__
    assert all(hasattr(autograd, name) for name in names)
    assert len(names) == len(set(names))


def test_the_check_itself_sees_an_upward_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_layout.ROOT", tmp_path)
    path = tmp_path / "autograd" / "rows.py"
    path.parent.mkdir()
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "from autograd import value\n"
        "from .graph import no_grad\n"
        "if TYPE_CHECKING:\n    from autograd.drawing import Diagram\n"
        "def f():\n    from autograd.checking import gradcheck\n"
    )
    assert set(imported_modules(path)) == {"typing", "autograd.value", "autograd.graph"}
    with pytest.raises(AssertionError, match=r"autograd.rows imports autograd\.\w+, which is above it"):
        test_a_module_of_the_engine_imports_only_from_below(path)


def python_files() -> list[Path]:
    return [path for folder in ("autograd", "nn", "tests", "examples") for path in modules(folder)]


def test_no_file_is_longer_than_one_sitting() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
