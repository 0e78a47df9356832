"""Cases for linalg."""

from tests.arrays.case import Case

CASES: list[Case] = []
