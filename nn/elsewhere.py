"""What nn has in place of a name it has not: that of another library, another spelling, another package."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from types import ModuleType

__all__ = ["instead_of"]

EQUALS: Mapping[str, str] = {
    "BCELoss": "nn.binary_cross_entropy, of logits",
    "BCEWithLogitsLoss": "nn.binary_cross_entropy, of logits",
    "CosineAnnealingLR": "nn.CosineLR",
    "CrossEntropyLoss": "nn.cross_entropy",
    "DataLoader": "nn.datasets.minibatches",
    "Dense": "nn.Linear",
    "HuberLoss": "nn.huber",
    "KLDivLoss": "nn.kl_div",
    "L1Loss": "nn.l1",
    "LambdaLR": "a function as the learning rate, nn.Adam(parameters, lr=function)",
    "LinearLR": "nn.WarmupLR",
    "MSELoss": "nn.mse",
    "ModuleDict": "a dict of modules, as an attribute of a Module",
    "ModuleList": "a list of modules, as an attribute of a Module",
    "MultiMarginLoss": "nn.hinge",
    "NLLLoss": "nn.nll",
    "Parameter": "autograd.Tensor, as an attribute of a Module",
    "ParameterList": "a list of Tensors, as an attribute of a Module",
    "ReduceLROnPlateau": "nn.ReduceOnPlateau",
    "SmoothL1Loss": "nn.huber",
    "StandardScaler": "nn.datasets.Standardizer",
    "Trainer": "nn.fit",
    "functional": "autograd, for functions such as autograd.relu, and nn, for losses such as nn.cross_entropy",
    "mean_squared_error": "nn.mse",
    "train_test_split": "nn.datasets.split",
}
"""Names of other libraries, mostly PyTorch's, that no spelling leads to; and what does the same here."""


def instead_of(name: str, public: Collection[str], places: Mapping[str, ModuleType]) -> str:
    """Return what to write in place of a name that nn has not, as the end of a message; empty if nothing is alike.

    Parameters
    ----------
    name : str
        What was asked for.
    public : collection of str
        The names that nn has.
    places : mapping of str to module
        Where else it may be.

    Examples
    --------
    >>> from nn.elsewhere import instead_of
    >>> instead_of("MSELoss", [], {}), instead_of("Relu", ["ReLU", "Linear"], {}), instead_of("xyz", ["ReLU"], {})
    ('; here it is nn.mse', '; did you mean nn.ReLU?', '')
    """
    if name in EQUALS:
        return f"; here it is {EQUALS[name]}"
    for place, module in places.items():
        if name in module.__all__:
            return f"; here it is {place}.{name}"
    spelled = {known.casefold(): known for known in public}
    near = difflib.get_close_matches(name.casefold(), spelled, n=1, cutoff=0.7)
    return f"; did you mean nn.{spelled[near[0]]}?" if near else ""
