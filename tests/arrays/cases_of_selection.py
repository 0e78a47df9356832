"""Cases for selection."""

from tests.arrays.case import Case

CASES: list[Case] = []
