"""Colours: what each kind of thing looks like in light, and what each light colour becomes in the dark.

Hues are from the palette of Okabe and Ito, which colour-blind people can tell apart; shapes and words differ too.
"""

from __future__ import annotations

import math

from autograd.drawing.diagram import Diagram, Kind

__all__ = [
    "ALERT",
    "BACKGROUND",
    "DARK",
    "FAINT",
    "FRAME",
    "HIGHLIGHT",
    "INK",
    "LOOKS",
    "SCALE",
    "SIZES",
    "fills",
    "scale_of",
]

TINIEST = 5e-324  # the smallest float: a hundredth of a tiny gradient is zero
BACKGROUND = "#ffffff"
INK = "#222222"
FAINT = "#666666"  # dark enough to be read on every fill
FRAME = "#b4b4b4"
HIGHLIGHT = "#b34700"
ALERT = "#c20000"
SCALE = ("#f8f4fb", "#ece4f3", "#dccbe8", "#cbaddb", "#d990c2", "#e68aa8")  # of gradients, from small to large

LOOKS: dict[Kind, dict[str, str]] = {
    "leaf": {"shape": "box", "style": "rounded,filled", "fillcolor": "#e1effa", "color": "#0072b2"},
    "value": {"shape": "box", "style": "filled", "fillcolor": "#f6f6f6", "color": "#8c8c8c"},
    "result": {"shape": "box", "style": "filled", "fillcolor": "#fde9d9", "color": "#d55e00", "peripheries": "2"},
    "operation": {"shape": "ellipse", "style": "filled", "fillcolor": "#fff6cc", "color": "#9a7d00"},
    "constant": {"shape": "plaintext"},
    "reference": {"shape": "box", "style": "rounded,dotted", "color": INK},
    "folded": {"shape": "box", "style": "dashed", "color": FAINT},
    "group": {"shape": "box3d", "style": "filled", "fillcolor": "#e9edf0", "color": "#56707f"},
    "step": {"shape": "box", "style": "filled,bold", "fillcolor": "#e2f3ec", "color": "#009e73"},
    "gradient step": {"shape": "note", "style": "filled", "fillcolor": "#f8e6f0", "color": "#cc79a7"},
}
SIZES: dict[Kind, dict[str, str]] = {
    "operation": {"width": "0.42", "height": "0.42", "margin": "0.06,0.02"},
    "constant": {"width": "0.2", "height": "0.2", "margin": "0.04,0.02"},
}

DARK = {
    BACKGROUND: "#16181d",
    INK: "#e8e8e8",
    FAINT: "#a9adb5",
    FRAME: "#5c6470",
    HIGHLIGHT: "#ffa24d",
    ALERT: "#ff7b72",
    "#e1effa": "#10304a",
    "#0072b2": "#56b4e9",
    "#f6f6f6": "#25282f",
    "#8c8c8c": "#8b8f99",
    "#fde9d9": "#4a2a12",
    "#d55e00": "#f08c3c",
    "#fff6cc": "#3d3510",
    "#9a7d00": "#d9b930",
    "#e9edf0": "#2b343b",
    "#56707f": "#8fb0c2",
    "#e2f3ec": "#0f3a2d",
    "#009e73": "#35c79b",
    "#f8e6f0": "#43263a",
    "#cc79a7": "#dd93bb",
    SCALE[0]: "#221d2b",
    SCALE[1]: "#2f2540",
    SCALE[2]: "#412e59",
    SCALE[3]: "#563670",
    SCALE[4]: "#763573",
    SCALE[5]: "#94345f",
}
"""What each colour of a light picture is in a dark one."""


def scale_of(diagram: Diagram) -> tuple[float, float] | None:
    """Return from where to where the colours go; None if no gradient is finite and not zero.

    That is from the smallest to the largest, but over two decades at least, so that what is nearly the same looks so,
    and over eight at most: below may be rounding alone.
    """
    sizes = [node.size for node in diagram.nodes if node.size]
    finite = [size for size in sizes if math.isfinite(size)]
    if not finite:
        return None
    largest = max(finite)
    return max(min(min(finite), largest / 1e2), largest / 1e8), largest


def fills(diagram: Diagram) -> dict[str, str]:
    """Return the colour of each node that has a gradient, by its id: the stronger, the larger, on a log scale."""
    scale = scale_of(diagram)
    if scale is None:
        return {}
    smallest, largest = (math.log10(max(end, TINIEST)) for end in scale)
    found = {}
    for node in diagram.nodes:
        if node.size and math.isfinite(node.size):
            share = (math.log10(node.size) - smallest) / (largest - smallest) if largest > smallest else 1.0
            found[node.id] = SCALE[round(max(share, 0.0) * (len(SCALE) - 1))]
    return found
