"""Optimizers given by a formula for one number, which is read on all of them at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from autograd import ArgumentError, Tensor, Value
from nn.checks import not_negative, positive
from nn.optim.groups import Check, Group, groups_of
from nn.optim.leaves import flat, numbers_of, size_of, write
from nn.optim.optimizer import Optimizer

__all__ = ["ElementwiseOptimizer", "Parameters", "Rate"]

Parameters = Iterable[Value | Tensor] | Iterable[Mapping[str, Any]]
"""What an optimizer trains: leaves, or groups of them as dicts with ``params`` and settings of their own."""

Rate = float | Callable[[int], float]
"""A learning rate: a number, or a function that returns it for the number of steps made before."""


def _rate(x: Any, what: str) -> Rate:
    return x if callable(x) else positive(x, what)


class ElementwiseOptimizer(Optimizer):
    """Base of the optimizers that change each number by a formula in its own gradient.

    A subclass states the formula as `rule`, the names of what it remembers from step to step as ``state``, what else
    can be set as ``settings``, and the plain numbers that the rule takes, given the settings of a group, as
    `coefficients_of`. The rule is an ordinary expression, made of operators and functions of ``autograd`` without
    ``if``, so that it can be read on numbers, on arrays and on symbols.

    The learning rate of the next step is lr_factor lr / (1 + decay k) after k steps: decay with inverse time (Bottou
    2012, Stochastic Gradient Descent Tricks, section 5.2), times what a `Schedule` has set.

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        The leaves to train, such as ``model.parameters()``; or groups of them, each a dict with ``params``, one leaf
        or several, and such settings as are its own: ``[{"params": weights, "lr": 0.1}, {"params": biases}]``.
    lr : float or callable
        The learning rate of the first step; or a function that returns it for the number of steps made before.
    decay : float, optional
        How fast it decays; 0 keeps it.
    **settings
        The settings of a subclass, by name.

    Attributes
    ----------
    param_groups : list of Group
        The settings of each group, by name, as in PyTorch: ``optimizer.param_groups[0]["lr"] = 0.01``.
    state : tuple of str
        The names of the numbers kept for each parameter, which start at zero.
    states : dict of ndarray of shape (numbers of all parameters,)
        These numbers by name, in the order of the parameters and of the elements of each.
    settings : mapping of str to Check
        The names of the settings of a subclass beside ``lr`` and ``decay``, and what each must be.
    lr_factor : float
        What every learning rate is multiplied by; 1 where there is no schedule.
    group_of : ndarray of int of shape (numbers of all parameters,) or None
        The group of each number; None where there is only one.

    Raises
    ------
    ArgumentError
        If there is no parameter, one is neither a Value nor a Tensor or given twice, a group has a setting that is
        unknown, ``lr`` is not positive, or ``decay`` is negative.
    NotALeafError
        If a parameter is the result of an operation.

    Examples
    --------
    >>> from autograd import Tensor, sign
    >>> from nn import ElementwiseOptimizer
    >>> class SignDescent(ElementwiseOptimizer):
    ...     @staticmethod
    ...     def rule(p, g, lr):
    ...         return (p - lr * sign(g),)
    >>> x = Tensor([2.0, -4.0])
    >>> (x @ x).backward()
    >>> SignDescent([x], lr=0.5).step()
    >>> x.data
    array([ 1.5, -3.5])
    """

    state: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[Mapping[str, Check]] = {}

    def __init__(self, parameters: Parameters, lr: Rate, *, decay: float = 0.0, **settings: Any) -> None:
        checks = {"lr": _rate, "decay": not_negative, **self.settings}
        self.param_groups = groups_of(parameters, {"lr": lr, "decay": decay, **settings}, checks)
        several = len(self.param_groups) > 1
        if several and type(self).coefficients is not ElementwiseOptimizer.coefficients:
            raise ArgumentError(
                f"{type(self).__name__} states coefficients() for all parameters alike, so it takes no groups; let it "
                "state coefficients_of(group) instead"
            )
        super().__init__(p for group in self.param_groups for p in group["params"])
        sizes = [sum(map(size_of, group["params"])) for group in self.param_groups]
        self.group_of = np.repeat(np.arange(len(sizes)), sizes) if several else None
        self.lr_factor = 1.0
        self.states = {name: np.zeros(sum(sizes)) for name in self.state}

    @staticmethod
    @abstractmethod
    def rule(p: Any, g: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return the new number, and the new states behind it.

        Parameters
        ----------
        p : number, array or symbol
            The parameter.
        g
            Its gradient.
        *args
            The states, in the order of ``state``, then what `coefficients_of` returns.
        **kwargs
            Not used; written for type checkers, which then let a subclass name its own.

        Returns
        -------
        tuple
            The new parameter, and each new state.
        """

    @property
    def lr(self) -> float:
        """The learning rate of the next step; of the first group, if there are several."""
        return self.lr_of(self.param_groups[0])

    def lr_of(self, group: Mapping[str, Any]) -> float:
        """Return the learning rate of the next step for a group."""
        rate = group["lr"]
        if callable(rate):
            rate = not_negative(rate(self.steps), f"lr({self.steps})")
        made: float = rate * self.lr_factor / (1.0 + group["decay"] * self.steps)
        return made

    def coefficients_of(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        """Return what the rule takes in the next step behind the states, for a ``group``: the learning rate alone."""
        return (self.lr_of(group),)

    def coefficients(self) -> tuple[Any, ...]:
        """Return these numbers for all parameters: a float each; of several groups, an array of one for each group."""
        if self.group_of is None:
            return self.coefficients_of(self.param_groups[0].settings)
        each = [self.coefficients_of(group.settings) for group in self.param_groups]
        return tuple(np.array(x) for x in zip(*each, strict=True))

    def update(self, gradients: Sequence[Any]) -> None:
        """Read the rule on all numbers at once, then give the parameters the new ones."""
        old = numbers_of(self.parameters)
        coefficients = self.coefficients()
        if self.group_of is not None:
            coefficients = tuple(x[self.group_of] for x in coefficients)
        with np.errstate(all="ignore"):
            made = self.rule(old, flat(gradients), *self.states.values(), *coefficients)
            if not isinstance(made, tuple) or [np.shape(x) for x in made] != [old.shape] * (1 + len(self.state)):
                raise ArgumentError(
                    f"the rule of {type(self).__name__} must return a tuple of {', '.join(('p', *self.state))}, each "
                    "of the shape of p; a tuple of one needs a comma: (p - lr * g,)"
                )
            new, *states = made
            self.states = dict(zip(self.state, states, strict=True))
            write(self.parameters, new)

    def state_dict(self) -> dict[str, Any]:
        """Return all that the next steps depend on; see `Optimizer.state_dict`.

        ``groups`` says how many parameters each group has; every setting is an array of one entry a group, nan for a
        learning rate that is a function; and every one of ``states`` is there.
        """
        counts = np.array([len(group["params"]) for group in self.param_groups], np.int64)
        settings = {
            name: np.array([np.nan if callable(group[name]) else group[name] for group in self.param_groups])
            for name in self._settings()
        }
        states = {name: x.copy() for name, x in self.states.items()}
        return {**super().state_dict(), "groups": counts, "lr_factor": self.lr_factor, **settings, **states}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up the settings of each group, the states and the number of steps."""
        factor = not_negative(saved["lr_factor"], "lr_factor in the state")
        if not np.array_equal(saved["groups"], [len(group["params"]) for group in self.param_groups]):
            raise ArgumentError(
                f"the state is of groups of {saved['groups'].tolist()} parameters, but here they have "
                f"{[len(group['params']) for group in self.param_groups]}"
            )
        settings = [
            {name: _again(group, name, saved[name][i].tolist()) for name in self._settings()}
            for i, group in enumerate(self.param_groups)
        ]
        super().restore(saved)
        self.lr_factor = factor
        self.states = {name: saved[name] for name in self.state}
        for group, own in zip(self.param_groups, settings, strict=True):
            group.update(own)

    def __repr__(self) -> str:
        groups = self.param_groups
        return f"{type(self).__name__}({groups[0].told() if len(groups) == 1 else groups})"

    def _settings(self) -> list[str]:
        return ["lr", "decay", *self.settings]


def _again(group: Group, name: str, value: Any) -> Any:
    """Return a saved setting; a learning rate that is a function stays, since it cannot be saved."""
    was_function, is_function = name == "lr" and value != value, callable(group[name])
    if was_function != is_function:
        kinds = {True: "a function", False: "a number"}
        raise ArgumentError(
            f"lr is {kinds[is_function]} here, but was {kinds[was_function]} when the state was saved; make the "
            "optimizer as it was made then"
        )
    return group[name] if is_function else group.checked(name, value)
