"""Pictures of a recorded graph: values, operations, and the local gradient on every edge."""

from autograd.drawing.build import draw
from autograd.drawing.diagram import Diagram, Edge, Group, Node
from autograd.drawing.folding import fold

__all__ = ["Diagram", "Edge", "Group", "Node", "draw", "fold"]
