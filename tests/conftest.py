"""What tests of several files share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograd import registry
from autograd.array_rows import array_registry


@pytest.fixture
def own_rows_removed() -> Iterator[None]:
    """The tables are as they were before, whatever rows a test adds."""
    tables = [(table, set(table)) for table in (registry, array_registry)]
    yield
    for table, before in tables:
        for name in set(table) - before:
            del table[name]
