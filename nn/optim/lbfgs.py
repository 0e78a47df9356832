"""LBFGS: SciPy's quasi-Newton method, for losses of all samples at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, final

import numpy as np

from autograd import ArgumentError, MissingExtraError, Tensor, Value
from nn.checks import not_negative, not_negative_int, positive_int
from nn.described import described
from nn.optim.leaves import ensure_finite, flat, gradient_of, leaves_of, numbers_of, size_of, write
from nn.states import matched

__all__ = ["LBFGS"]


@final
class LBFGS:
    """Limited-memory BFGS by ``scipy.optimize``, with its line search: few steps, each of several evaluations.

    The curvature is estimated from the gradients of the last iterations (Liu and Nocedal 1989, On the limited memory
    BFGS method for large scale optimization), so the loss must be that of all samples, the same function each time.
    Every call of `step` starts its estimate anew. This is no `Optimizer`: it asks for the loss where it wants to.

    Parameters
    ----------
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.
    max_iter : int, optional
        How many iterations a step makes at most.
    max_eval : int, optional
        After how many evaluations of the loss an iteration is the last; 1.25 ``max_iter`` if not given.
    tolerance_grad : float, optional
        A step ends where no number of the gradient is larger.
    tolerance_change : float, optional
        A step ends where the loss falls by no more than this, relative to the loss if that is above 1.
    history_size : int, optional
        How many iterations the curvature is estimated from.

    Attributes
    ----------
    parameters : list of Value and Tensor
    steps : int
        How many steps have been made.
    result : scipy.optimize.OptimizeResult or None
        What SciPy says of the last step: its ``message`` tells why it ended.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, or a setting makes no sense.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import LBFGS
    >>> x, y = Value(-1.2), Value(1.0)
    >>> lbfgs = LBFGS([x, y], max_iter=100)
    >>> def closure():
    ...     lbfgs.zero_grad()
    ...     loss = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    ...     loss.backward()
    ...     return loss
    >>> round(lbfgs.step(closure), 6)
    24.2
    >>> round(x.data, 4), round(y.data, 4)
    (1.0, 1.0)
    """

    def __init__(
        self,
        parameters: Iterable[Value | Tensor],
        max_iter: int = 20,
        *,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
    ) -> None:
        self.parameters = leaves_of(parameters)
        self.max_iter = positive_int(max_iter, "max_iter")
        self.max_eval = self.max_iter * 5 // 4 if max_eval is None else positive_int(max_eval, "max_eval")
        self.tolerance_grad = not_negative(tolerance_grad, "tolerance_grad")
        self.tolerance_change = not_negative(tolerance_change, "tolerance_change")
        self.history_size = positive_int(history_size, "history_size")
        self.steps = 0
        self.result: Any = None

    def __repr__(self) -> str:
        return described(self, f"{len(self.parameters)} parameters")

    def step(self, closure: Callable[[], Any]) -> float:
        """Make up to ``max_iter`` iterations.

        Parameters
        ----------
        closure : callable
            A function without arguments that sets the gradients to zero, computes the loss, runs its backward pass, and
            returns it, as in PyTorch. It is called several times.

        Returns
        -------
        float
            The loss before the step.

        Raises
        ------
        ArgumentError
            If the loss before the step is not finite, or ``closure`` does not return one number.
        NonFiniteGradientError
            If a gradient before the step is inf or nan; the parameters are named. Where the loss is not finite on the
            way, the step is shortened. Whatever is raised, also by ``closure``, the parameters are as before.
        MissingExtraError
            If SciPy is missing; the extra ``scipy`` brings it.
        """
        try:
            from scipy import optimize
        except ImportError as error:
            raise MissingExtraError("LBFGS", "scipy") from error

        before = numbers_of(self.parameters)
        options = {
            "maxiter": self.max_iter,
            "maxfun": self.max_eval,
            "gtol": self.tolerance_grad,
            "ftol": self.tolerance_change,
            "maxcor": self.history_size,
        }
        try:
            first = self._evaluate(closure)
            self._ensure_finite(*first)
            found = {before.tobytes(): first}  # SciPy asks for it once more

            def value_and_gradient(numbers: np.ndarray) -> tuple[float, np.ndarray]:
                if (known := found.pop(numbers.tobytes(), None)) is not None:
                    return known
                write(self.parameters, numbers)
                return self._evaluate(closure)

            self.result = optimize.minimize(value_and_gradient, before, jac=True, method="L-BFGS-B", options=options)
            write(self.parameters, self.result.x)
        except BaseException:
            write(self.parameters, before)
            raise
        self.steps += 1
        return first[0]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return the settings and the number of steps; beside the parameters, a step depends on nothing else."""
        sizes = np.array([size_of(p) for p in self.parameters], np.int64)
        settings = ("max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size")
        return {
            "kind": "LBFGS",
            "sizes": sizes,
            "steps": self.steps,
            **{name: getattr(self, name) for name in settings},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what `state_dict` returned; see `Optimizer.load_state_dict`."""
        saved = matched(state, self.state_dict(), same=("sizes",))
        names = ("max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size")
        again = LBFGS(self.parameters, **{name: saved[name] for name in names})
        steps = not_negative_int(saved["steps"], "steps in the state")
        for name in names:
            setattr(self, name, getattr(again, name))
        self.steps = steps

    def _evaluate(self, closure: Callable[[], Any]) -> tuple[float, np.ndarray]:
        loss = closure()
        loss = loss.data if isinstance(loss, Value | Tensor) else loss
        if np.size(loss) != 1:
            raise ArgumentError(f"closure must return the loss, one number, not {loss!r}")
        return float(np.asarray(loss).item()), flat([gradient_of(p) for p in self.parameters])

    def _ensure_finite(self, loss: float, gradient: np.ndarray) -> None:
        if not np.isfinite(loss):
            raise ArgumentError(f"no step was made, because the loss is {loss!r} before it; start elsewhere")
        gradients = [gradient_of(p) for p in self.parameters]
        ensure_finite(self.parameters, gradients, "no step was made", "Start elsewhere, or look for its cause")
