import os
import subprocess
import sys
from pathlib import Path

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
    assert "`pip uninstall autograd`, then install glassgrad again (from a clone: `pip install -e .`)" in last
    assert "separate environments" in last
