"""The short texts a picture is made of: cut to a length, counted."""

from __future__ import annotations

__all__ = ["counted", "shorten"]


def shorten(text: str, limit: int, keep_end: int = 0) -> str:
    """Return the text cut to ``limit`` characters, the last ``keep_end`` of which are its own last ones."""
    if len(text) <= limit:
        return text
    return text[: limit - 1 - keep_end] + "…" + text[len(text) - keep_end :]


def counted(count: int, thing: str) -> str:
    """Return such as ``1 value`` and ``1,000 values``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
