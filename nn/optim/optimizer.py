"""Optimizer: a step is made of checked gradients, or not at all."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import DisconnectedWarning, Tensor, Value
from nn.checks import not_negative_int
from nn.described import described
from nn.optim.leaves import ensure_finite, gradient_of, leaves_of, names_of, size_of
from nn.states import matched

__all__ = ["Optimizer"]


class Optimizer(ABC):
    """Base of the optimizers. A subclass says how one step changes the parameters.

    Where each number changes by a formula in its own gradient, derive from `ElementwiseOptimizer` instead. A subclass
    that remembers something from step to step adds it to `state_dict` and takes it back in `restore`.

    Parameters
    ----------
    parameters : iterable of Value and Tensor
        The leaves to train, such as ``model.parameters()``.

    Attributes
    ----------
    parameters : list of Value and Tensor
    steps : int
        How many steps have been made.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor, or one is given twice.
    NotALeafError
        If one is the result of an operation.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import Optimizer
    >>> class SignDescent(Optimizer):
    ...     def update(self, gradients):
    ...         for p, g in zip(self.parameters, gradients, strict=True):
    ...             p.data -= 0.1 if g > 0 else -0.1
    >>> x = Value(2.0)
    >>> (x * x).backward()
    >>> SignDescent([x]).step()
    >>> x.data
    1.9
    """

    def __init__(self, parameters: Iterable[Value | Tensor]) -> None:
        self.parameters = leaves_of(parameters)
        self.steps = 0

    @abstractmethod
    def update(self, gradients: Sequence[Any]) -> None:
        """Change the parameters.

        Parameters
        ----------
        gradients : sequence of float and ndarray
            One for each parameter and of its shape, all finite.
        """

    def step(self) -> None:
        """Check all gradients, then change the parameters.

        Raises
        ------
        NonFiniteGradientError
            If a gradient is inf or nan; the parameters are named, and none is changed.

        Warns
        -----
        DisconnectedWarning
            If no backward pass has reached a parameter since its gradient was last set to zero; it is named.
        """
        gradients = [gradient_of(p) for p in self.parameters]
        ensure_finite(
            self.parameters,
            gradients,
            "no step was made",
            "A smaller learning rate or smaller inputs may help; call zero_grad() before the next backward()",
        )
        unreached = [i for i, p in enumerate(self.parameters) if p.reached == 0 and not np.any(gradients[i])]
        if unreached:
            warnings.warn(
                f"no backward pass has reached {names_of(self.parameters, unreached)} since zero_grad(), so its "
                "gradient is 0: does the loss depend on it, and was backward() called?",
                DisconnectedWarning,
                stacklevel=2,
            )
        self.update(gradients)
        self.steps += 1

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return all that the next steps depend on, beside the parameters themselves.

        Returns
        -------
        dict of str to int, float, str or ndarray
            Copies, such as ``numpy.savez`` keeps: ``kind``, the name of the class; ``sizes``, how many numbers each
            parameter has; ``steps``; and what the optimizer adds.

        Examples
        --------
        >>> from autograd import Value
        >>> from nn import SGD
        >>> state = SGD([Value(3.0)], momentum=0.9).state_dict()
        >>> state["kind"], state["steps"], state["momentum"], state["velocity"]
        ('SGD', 0, array([0.9]), array([0.]))
        """
        sizes = np.array([size_of(p) for p in self.parameters], np.int64)
        return {"kind": type(self).__name__, "sizes": sizes, "steps": self.steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up a saved state: the next steps are those that the optimizer saved would have made, bit for bit.

        Parameters
        ----------
        state : mapping
            What `state_dict` returned, or what ``numpy.load`` reads of it.

        Raises
        ------
        ArgumentError
            If the state is of another class, lacks an entry, or has one that is unknown or makes no sense; it is named.
        SizeError
            If it was saved for parameters of other sizes. Whatever is wrong, nothing is loaded.
        """
        self.restore(matched(state, self.state_dict(), same=("sizes",)))

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up the entries of a saved state, which fit those of `state_dict` in names, shapes and types.

        A subclass that overrides it checks its own entries, then calls this, and only then changes itself.
        """
        self.steps = not_negative_int(saved["steps"], "steps in the state")

    def __repr__(self) -> str:
        return described(self, f"{len(self.parameters)} parameters")
