"""Cases for neural."""

from tests.arrays.case import Case

CASES: list[Case] = []
