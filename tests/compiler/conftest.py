"""Tests of the compiler: each executor that runs programs, and a folder of their own for code."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

BACKENDS = ("numpy", "native")


@pytest.fixture(params=BACKENDS, scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """Each executor in turn."""
    return str(request.param)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "GLASSGRAD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
