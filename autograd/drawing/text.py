"""The short texts a picture is made of: cut to a length, measured."""

from __future__ import annotations

import unicodedata

__all__ = ["columns", "shorten"]


def shorten(text: str, limit: int, keep_end: int = 0) -> str:
    """Return the text cut to ``limit`` characters, the last ``keep_end`` of which are its own last ones."""
    if len(text) <= limit:
        return text
    return text[: limit - 1 - keep_end] + "…" + text[len(text) - keep_end :]


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: Chinese and emoji two each, combining accents none."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
