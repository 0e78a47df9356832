"""Cases for elementwise."""

from tests.arrays.case import Case

CASES: list[Case] = []
