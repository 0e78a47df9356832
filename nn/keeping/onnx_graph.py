"""An ONNX graph while it grows, and the functions of one operand in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ArgumentError, Primitive, registry
from nn.activations import activation_label

__all__ = ["Graph"]

OPSET, IR_VERSION = 18, 8  # the first whose ReduceMean takes axes as here, and the version of the file of its time


class Graph:
    """Nodes and constants of a graph; what they are called starts with the place of the module they are made for.

    Parameters
    ----------
    library : module
        ``onnx``.
    dtype : numpy.dtype
        Of every number in it.
    """

    def __init__(self, library: Any, dtype: np.dtype[Any]) -> None:
        self.library, self.dtype = library, dtype
        self.place = ""
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, numbers: Any, dtype: Any = None) -> str:
        """Return what an array is called; one that is there already, of a module in two places, is taken again."""
        full = self._placed(name)
        if full not in self.constants:
            array = np.asarray(numbers, dtype or self.dtype, order="C")
            self.constants[full] = self.library.numpy_helper.from_array(array, full)
        return full

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Apply an operator of ONNX; return what its result is called."""
        output = self._placed(f"{op.lower()}_{len(self.nodes)}")
        self.nodes.append(self.library.helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def function(self, row: Any, x: str, what: str) -> str:
        """Apply an activation, None or a row, elementwise.

        Raises
        ------
        ArgumentError
            If ONNX has no operators for it.
        """
        if row is None:
            return x
        write = FUNCTIONS.get(row.name) if isinstance(row, Primitive) and registry.get(row.name) is row.base else None
        if write is None:
            raise ArgumentError(
                f"to_onnx does not know the activation {activation_label(row)} of {what}; it knows identity, "
                f"{', '.join(sorted(FUNCTIONS))}"
            )
        return write(self, x, **row.settings)

    def model(self, inputs: tuple[str, Any, list[Any]], outputs: tuple[str, list[Any]], name: str) -> Any:
        """Return the whole as ONNX's ModelProto, looked through by ONNX's own checker."""
        helper = self.library.helper
        kind = helper.np_dtype_to_tensor_dtype
        graph = helper.make_graph(
            [*self.nodes, helper.make_node("Identity", [outputs[0]], ["outputs"])],
            name,
            [helper.make_tensor_value_info(inputs[0], kind(np.dtype(inputs[1])), inputs[2])],
            [helper.make_tensor_value_info("outputs", kind(self.dtype), outputs[1])],
            list(self.constants.values()),
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="glassgrad")
        self.library.checker.check_model(model, full_check=True)
        return model

    def _placed(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def _same(op: str) -> Callable[..., str]:
    return lambda graph, x: graph.node(op, x)


def _sigmoid(graph: Graph, x: str, slope: float) -> str:
    return graph.node("Sigmoid", x if slope == 1 else graph.node("Mul", x, graph.constant("slope", slope)))


def _leaky_relu(graph: Graph, x: str, slope: float, name: str = "slope") -> str:
    """Write PRelu, whose slope is a constant in full precision; that of LeakyRelu is an attribute in single."""
    return graph.node("PRelu", x, graph.constant(name, [slope]))


def _elu(graph: Graph, x: str, alpha: float) -> str:
    y = graph.node("Elu", x)  # alpha would be in single precision; where it matters y is negative
    return y if alpha == 1 else _leaky_relu(graph, y, alpha, "alpha")


def _gelu(graph: Graph, x: str) -> str:
    """Write the formula out: the constants of Gelu are in single precision."""
    y = graph.node("Erf", graph.node("Mul", x, graph.constant("root_half", math.sqrt(0.5))))
    half = graph.node("Mul", x, graph.constant("half", 0.5))
    return graph.node("Mul", half, graph.node("Add", y, graph.constant("one", 1.0)))


def _silu(graph: Graph, x: str) -> str:
    return graph.node("Mul", x, graph.node("Sigmoid", x))


def _clip(graph: Graph, x: str, min: float, max: float) -> str:
    x = x if min == -math.inf else graph.node("Max", x, graph.constant("min", min))
    return x if max == math.inf else graph.node("Min", x, graph.constant("max", max))


FUNCTIONS: dict[str, Callable[..., str]] = {
    name: _same(op)
    for name, op in {
        "relu": "Relu", "softplus": "Softplus", "tanh": "Tanh", "exp": "Exp", "log": "Log",
        "sqrt": "Sqrt", "abs": "Abs", "neg": "Neg", "sign": "Sign", "reciprocal": "Reciprocal", "erf": "Erf",
        "sin": "Sin", "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan",
        "sinh": "Sinh", "cosh": "Cosh", "asinh": "Asinh", "acosh": "Acosh", "atanh": "Atanh",
        "floor": "Floor", "ceil": "Ceil", "rint": "Round",
    }.items()
}  # fmt: skip
FUNCTIONS |= {"sigmoid": _sigmoid, "leaky_relu": _leaky_relu, "elu": _elu, "gelu": _gelu, "silu": _silu, "clip": _clip}
