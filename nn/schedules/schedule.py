"""Schedule: a factor on the learning rate for each epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from autograd import ArgumentError
from nn.checks import not_negative, not_negative_int
from nn.described import described
from nn.optim import ElementwiseOptimizer
from nn.states import matched

__all__ = ["Schedule"]


class Schedule(ABC):
    """Base of the schedules. A subclass says what the learning rate is multiplied by in an epoch.

    The factor is on top of all that the optimizer has of its own, for every group of its parameters: ``lr``, be it a
    number or a function of the steps, and ``decay``.

    Attributes
    ----------
    remembered : tuple of str
        The attributes that `state_dict` keeps: numbers, strings and bools.

    Examples
    --------
    >>> from autograd import Value
    >>> from nn import SGD, Schedule
    >>> class Halved(Schedule):
    ...     def __call__(self, epoch):
    ...         return 0.5**epoch
    >>> sgd = SGD([Value(1.0)], lr=0.8)
    >>> Halved().apply(sgd, epoch=2)
    >>> sgd.lr
    0.2
    """

    remembered: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def __call__(self, epoch: int) -> float:
        """Return the factor for an epoch; the first is 0."""

    def apply(self, optimizer: Any, epoch: int) -> None:
        """Set the learning rates of an optimizer for the steps of an epoch.

        Parameters
        ----------
        optimizer : ElementwiseOptimizer
            Such as ``SGD`` or ``Adam``; its ``lr_factor`` is set.
        epoch : int
            From 0 up.

        Raises
        ------
        ArgumentError
            If the optimizer has no learning rate, as `LBFGS`, the epoch is no such int, or the factor is negative or
            not finite.
        """
        if not isinstance(optimizer, ElementwiseOptimizer):
            raise ArgumentError(
                f"{type(self).__name__} needs an optimizer with a learning rate, such as SGD or Adam, not "
                f"{type(optimizer).__name__}"
            )
        epoch = not_negative_int(epoch, "epoch")
        optimizer.lr_factor = not_negative(self(epoch), f"the factor of {type(self).__name__} for epoch {epoch}")

    def observe(self, metric: float) -> None:  # noqa: B027 (a schedule may have nothing to learn)
        """Learn by a ``metric`` how an epoch went; called once after each. Most schedules do nothing here."""

    def state_dict(self) -> dict[str, Any]:
        """Return the settings and all that was learned, for `load_state_dict`.

        Returns
        -------
        dict of str to int, float, bool or str
            Such as ``numpy.savez`` keeps; ``kind`` is the name of the class.

        Examples
        --------
        >>> from nn import StepLR
        >>> StepLR(30).state_dict()
        {'kind': 'StepLR', 'step_size': 30, 'gamma': 0.1}
        """
        return {"kind": type(self).__name__, **{name: getattr(self, name) for name in self.remembered}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up a saved state, with the settings that were saved.

        Parameters
        ----------
        state : mapping
            What `state_dict` returned, or what ``numpy.load`` reads of it.

        Raises
        ------
        ArgumentError
            If the state is of another class, lacks an entry, or has one that is unknown or makes no sense. Whatever is
            wrong, nothing is loaded.
        """
        saved = self.checked(matched(state, self.state_dict()))
        for name in self.remembered:
            setattr(self, name, saved[name])

    def checked(self, saved: dict[str, Any]) -> dict[str, Any]:
        """Return the entries of a saved state, or refuse those that make no sense; a subclass may override it."""
        return saved

    def __repr__(self) -> str:
        return described(self)
