"""Why a gradient is what it is, where it was lost, and what spoiled it."""

from autograd.explaining.bad import BadAdjoint, BadReport, BadValue, find_bad
from autograd.explaining.connections import Connections, Cut, disconnected
from autograd.explaining.ledger import Explanation, Use, explain
from autograd.explaining.order import OrderReport, Visit, compare_order
from autograd.explaining.paths import Path

__all__ = [
    "BadAdjoint",
    "BadReport",
    "BadValue",
    "Connections",
    "Cut",
    "Explanation",
    "OrderReport",
    "Path",
    "Use",
    "Visit",
    "compare_order",
    "disconnected",
    "explain",
    "find_bad",
]
