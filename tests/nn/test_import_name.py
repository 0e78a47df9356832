import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parents[2]


def import_nn(*folders):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    command = [sys.executable, "-P", "-W", "error", "-c", "import nn"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_nn_imports_beside_its_own_autograd():
    assert import_nn(ROOT).returncode == 0


def test_nn_refuses_another_distributions_autograd_and_says_what_to_do(tmp_path):
    fake = tmp_path / "autograd" / "__init__.py"
    fake.parent.mkdir()
    fake.write_text("def grad(f): ...\n")
    result = import_nn(tmp_path, ROOT)
    assert result.returncode != 0
    last = result.stderr.splitlines()[-1]
    assert last.startswith("ImportError: nn belongs to the distribution glassgrad")
    assert str(fake) in last
    assert "`pip uninstall autograd`, then `pip install --force-reinstall glassgrad`" in last
    assert "separate environments" in last


@pytest.mark.parametrize("path", sorted((ROOT / "nn").rglob("*.py")), ids=lambda path: path.name)
def test_nn_imports_only_public_names_of_autograd(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "autograd":
            assert node.module == "autograd"
            assert {alias.name for alias in node.names} <= set(autograd.__all__)
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("autograd.") for alias in node.names)
