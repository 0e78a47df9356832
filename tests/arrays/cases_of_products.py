"""Cases for products."""

from tests.arrays.case import Case

CASES: list[Case] = []
