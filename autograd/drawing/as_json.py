"""A Diagram as JSON: all of its plain data, for programs.

The document is one object::

    {
      "format": "glassgrad diagram",
      "version": 1,
      "direction": "LR",
      "theme": "auto",
      "nodes": [{"id": "value1", "kind": "leaf", "name": "a", "number": 2.0, ...}, ...],
      "edges": [{"tail": "value1", "head": "operation2", "formula": "∂v1/∂a = b", ...}, ...],
      "groups": [{"id": "group1", "name": "layers[0]", "kind": "Layer", "parent": "", ...}, ...]
    }

The fields of nodes, edges and groups are the attributes of `Node`, `Edge` and `Group`, all of them each time; what is
None is null, and tuples are lists. JSON has no numbers that are not finite: these are the texts "nan", "inf" and
"-inf", which `float` reads. The version rises when a field is taken away or changes its meaning, not when one is added.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from typing import Any

from autograd.drawing.diagram import Diagram

__all__ = ["to_json"]

FORMAT, VERSION = "glassgrad diagram", 1


def to_json(diagram: Diagram) -> str:
    """Return the diagram as JSON; the module says what is in it.

    Examples
    --------
    >>> import json
    >>> from autograd import Value
    >>> (Value(2.0, name="a") * 3).draw().to_string("json").splitlines()[1]
    ' "format": "glassgrad diagram",'
    """
    content = {"format": FORMAT, "version": VERSION, **_plain(dataclasses.asdict(diagram))}
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"  # UTF-8 has no half pairs


def _plain(x: Any) -> Any:
    """Return the data with texts for numbers that are not finite; it is a few levels deep."""
    if isinstance(x, float):
        return x if math.isfinite(x) else str(x)
    if isinstance(x, dict):
        return {key: _plain(part) for key, part in x.items()}
    return [_plain(part) for part in x] if isinstance(x, list | tuple) else x
