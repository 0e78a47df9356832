"""Groups of parameters, each with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, final

from autograd import ArgumentError, Tensor, Value
from nn.optim.leaves import leaves_of

__all__ = ["Check", "Group", "groups_of"]

Check = Callable[[Any, str], Any]
"""Returns a setting in its own type, or refuses it by the name it is given."""


@final
class Group(MutableMapping[str, Any]):
    """The settings of a group of parameters, by name; ``params`` are its parameters.

    A setting may be given a new value, which is checked and counts from the next step on.

    Parameters
    ----------
    params : tuple of Value and Tensor
    settings : mapping of str to object
        The value of each setting.
    checks : mapping of str to Check
        What each must be.
    place : str
        What messages put in front of the name of a setting, such as ``groups[1]: ``.

    Attributes
    ----------
    settings : dict
        The same as a plain dict, which is faster to read, and not to be written to.

    Raises
    ------
    ArgumentError
        If a setting is unknown, or has a value that makes no sense.
    """

    def __init__(
        self, params: tuple[Value | Tensor, ...], settings: Mapping[str, Any], checks: Mapping[str, Check], place: str
    ) -> None:
        self._checks = checks
        self._place = place
        self.settings: dict[str, Any] = {"params": params}
        self.update(settings)

    def __getitem__(self, name: str) -> Any:
        return self.settings[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.settings[name] = self.checked(name, value)

    def __delitem__(self, name: str) -> None:
        raise ArgumentError(f"{self._place}{name} cannot be taken away; give it another value")

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def __len__(self) -> int:
        return len(self.settings)

    def __repr__(self) -> str:
        return f"Group({self.told()})"

    def told(self) -> str:
        """Return how many parameters there are, and each setting."""
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items() if name != "params")
        return f"{len(self['params'])} parameters, {settings}"

    def checked(self, name: str, value: Any) -> Any:
        """Return what a setting would be if it were given this value, or refuse it."""
        if name not in self._checks:
            raise ArgumentError(
                f"{self._place}{name!r} is no setting that can be given; those: {', '.join(self._checks)}"
            )
        return self._checks[name](value, f"{self._place}{name}")


def groups_of(parameters: Any, settings: Mapping[str, Any], checks: Mapping[str, Check]) -> list[Group]:
    """Return the groups of parameters: those given as dicts, or a single one of all.

    Parameters
    ----------
    parameters : iterable of Value and Tensor, or of dict
        A dict has ``params``, one parameter or an iterable of them, and such settings as are the group's own.
    settings : mapping of str to object
        The settings where a group has none of its own.
    checks : mapping of str to Check
        What each setting must be.
    """
    given = list(parameters) if isinstance(parameters, Iterable) and not isinstance(parameters, Tensor) else parameters
    if not isinstance(given, list) or not any(isinstance(part, Mapping) for part in given):
        return [Group(tuple(leaves_of(given)), settings, checks, "")]
    groups = []
    for i, part in enumerate(given):
        if not isinstance(part, Mapping) or "params" not in part:
            raise ArgumentError(
                f"groups[{i}] must be a dict with 'params', such as {{'params': biases, 'lr': 0.1}}, not {part!r}"
            )
        params = part["params"]
        params = (params,) if isinstance(params, Value | Tensor) else params
        if not isinstance(params, Iterable) or isinstance(params, Mapping | str):
            raise ArgumentError(f"groups[{i}]: params must be Values and Tensors in a list, not {params!r}")
        own = {name: value for name, value in part.items() if name != "params"}
        groups.append(Group(tuple(params), {**settings, **own}, checks, f"groups[{i}]: "))
    return groups
