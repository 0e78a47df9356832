"""The rows of a comparison as horizontal bars, for the performance page."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from typing import Any

from tests.benchmarks.figures import readable

__all__ = ["bars", "described"]

OURS, OTHERS = "#3f90da", "#94a4a2"
INK = "#123456"  # stands for the colour of the page's text, be it dark on light or light on dark
WIDE = 30.0  # from here on, slowest by quickest, the scale is logarithmic


def described(rows: Sequence[dict[str, Any]]) -> str:
    """Return in words what the bars show."""
    times = "; ".join(f"{row['program']} {readable(row['seconds'])}" for row in rows)
    return f"Bars of median times{' on a logarithmic scale' if is_wide(rows) else ''}. {rows[0]['work']}: {times}."


def is_wide(rows: Sequence[dict[str, Any]]) -> bool:
    seconds = [row["seconds"] for row in rows]
    return max(seconds) > WIDE * min(seconds)


def bars(rows: Sequence[dict[str, Any]]) -> str:
    """Return an SVG, to be set into a page: a bar for each program, ours in blue, the quickest on top."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = sorted(rows, key=lambda row: -row["seconds"])
    seconds = [row["seconds"] for row in rows]
    colours = [OURS if row["program"].startswith("glassgrad") else OTHERS for row in rows]
    settings = {"svg.fonttype": "none", "text.color": INK, "xtick.color": INK, "ytick.color": INK, "font.size": 11}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(6.2, 0.6 + 0.34 * len(rows)), layout="constrained")
        ax = figure.subplots()
        drawn = ax.barh([row["program"] for row in rows], seconds, color=colours, height=0.7)
        ax.bar_label(drawn, [readable(time) for time in seconds], padding=4)
        shortest, longest = min(seconds), max(seconds)
        if is_wide(rows):
            ax.set_xscale("log")
            ax.set_xlim(shortest / 2, longest * (2 * longest / shortest) ** 0.15)  # with room for the label
            ax.minorticks_off()
        else:
            ax.set_xlim(0, 1.15 * longest)
        ax.xaxis.set_major_formatter(lambda time, _: readable(time) if time else "0")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        written = io.BytesIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    svg = written.getvalue().decode()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r' id="\w+_\d+"', "", svg)  # which two figures of a page would share
    label = html.escape(described(rows[::-1]), quote=True)
    return svg.replace("<svg", f'<svg role="img" aria-label="{label}" style="max-width: 100%; height: auto"', 1)
