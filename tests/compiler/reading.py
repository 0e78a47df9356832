"""A plan read plainly in NumPy, row by row, to compare executors with."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.plan import Fill, Lookup, Map, MatMul, Outer, Plan, Reduce, Ref, Scatter, Step
from autograd.symbols import Symbol

FOLDS = {"add": np.add, "maximum": np.maximum, "minimum": np.minimum}


def evaluate(expression: Any, operands: dict[str, Any]) -> Any:
    if not isinstance(expression, Symbol):
        return float(expression)
    if expression.row is None:
        return operands[expression.text]
    return expression.row.evaluate(*(evaluate(x, operands) for x in expression.operands))


class Reading:
    """The numbers of a plan: an array of shape (rows, samples) for each space, also if it is one for all samples."""

    def __init__(self, plan: Plan, inputs: dict[str, Any], samples: int) -> None:
        self.plan = plan
        self.numbers = {}
        for name, space in plan.spaces.items():
            self.numbers[name] = np.full((space.rows, samples if space.batched else 1), np.nan)
        for name, x in inputs.items():
            self.numbers[name][: len(x)] = x if plan.spaces[name].batched else np.asarray(x)[:, None]

    def run(self) -> dict[str, Any]:
        for step in self.plan.steps:
            self.do(step)
        return self.outputs()

    def outputs(self) -> dict[str, Any]:
        found = {}
        for name, ref in self.plan.outputs.items():
            x = self.get(ref)
            found[name] = x if self.plan.spaces[ref.space].batched else x[..., 0]
        return found

    def get(self, ref: Ref) -> Any:
        return self.numbers[ref.space][ref.index]

    def put(self, ref: Ref, x: Any, adds: bool) -> None:
        space = self.numbers[ref.space]
        if x.shape[-1] > space.shape[1]:
            x = x.sum(-1, keepdims=True)
        rows = np.broadcast_to(x, (*ref.shape, x.shape[-1])).reshape(ref.size, -1)
        for row, value in zip(ref.index.ravel(), rows, strict=True):
            space[row] = space[row] + value if adds else value

    def do(self, step: Step) -> None:
        with np.errstate(all="ignore"):
            if isinstance(step, Map):
                operands = {f"x{i}": self.get(ref) for i, ref in enumerate(step.operands)}
                batched = self.plan.is_batched(step)
                for write, value in [(w, evaluate(w.expression, operands)) for w in step.writes]:
                    samples = max(x.shape[1] for x in self.numbers.values()) if batched else 1
                    value = np.broadcast_to(value * 1.0, (write.target.size, samples))
                    self.put(write.target, value, write.adds)
            elif isinstance(step, MatMul):
                x = np.einsum("ji,tin->tjn", self.get(step.weights)[..., 0], self.get(step.inputs))
                x = x if step.bias is None else x + self.get(step.bias)
                self.put(step.out, x, step.adds)
            elif isinstance(step, Outer):
                left, right = np.broadcast_arrays(self.get(step.left)[:, :, None], self.get(step.right)[:, None, :])
                self.put(step.out, (left * right).sum(0), step.adds)
            elif isinstance(step, Reduce):
                x = FOLDS[step.kind].reduceat(self.get(step.operand), step.starts, 0)
                self.put(step.out, x, False)
            elif isinstance(step, Lookup | Scatter):
                self._look_up(step)
            elif isinstance(step, Fill):
                self.put(step.target, np.asarray(step.numbers)[:, None], False)

    def _look_up(self, step: Lookup | Scatter) -> None:
        labels = self.get(step.labels).astype(int)
        table = self.numbers[step.table.space]
        outer = step.out if isinstance(step, Lookup) else step.operand
        other = self.numbers[outer.space]
        samples = max(labels.shape[1], table.shape[1], other.shape[1])
        for e in range(step.labels.size):
            for n in range(samples):
                row = step.table.index[labels[e, n % labels.shape[1]], e]
                at = (row, n % table.shape[1])
                here = (outer.index[e], n % other.shape[1])
                if isinstance(step, Lookup):
                    other[here] = table[at]
                else:
                    table[at] += other[here]
