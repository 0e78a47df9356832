"""Weight decay: read by a rule only where some group has one, so that the others cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nn.optim.groups import Group

__all__ = ["weight_decay_of", "with_penalty"]


def weight_decay_of(group: Mapping[str, Any], groups: Iterable[Group]) -> tuple[float, ...]:
    """Return the weight decay of a group as the last coefficient of a rule, or none if all groups do without."""
    for each in groups:
        if each.settings["weight_decay"]:
            return (group["weight_decay"],)
    return ()


def with_penalty(g: Any, p: Any, weight_decay: Any) -> Any:
    """Return the gradient with that of weight_decay / 2 times the square of the parameter; of None, as it is."""
    return g if weight_decay is None else g + weight_decay * p
