"""Pictures of a recorded graph: values, operations, and the local gradient on every edge."""

from autograd.drawing.build import draw
from autograd.drawing.diagram import Diagram

__all__ = ["Diagram", "draw"]
