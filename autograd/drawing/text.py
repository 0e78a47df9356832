"""The short texts a picture is made of: names on one line, cut to a length."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["columns", "counted", "one_line", "shorten"]

# What XML 1.0 has no way to write, half a surrogate pair included.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """Return the text on one line; a character that no picture can hold is shown as �."""
    return _UNWRITABLE.sub("�", " ".join(text.split()))


def shorten(text: str, limit: int, keep_end: int = 0) -> str:
    """Return the text cut to ``limit`` characters, the last ``keep_end`` of which are its own last ones."""
    if len(text) <= limit:
        return text
    return text[: limit - 1 - keep_end] + "…" + text[len(text) - keep_end :]


def counted(count: int, thing: str) -> str:
    """Return such as ``1 value`` and ``1,000 values``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes: Chinese and emoji two each, combining accents none."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
