"""Any text as LaTeX, for engines that know Unicode and for those that do not."""

from __future__ import annotations

import unicodedata

__all__ = ["FALLBACK", "to_latex"]

FALLBACK = r"""% A character that is not in the font is a box.
\newcommand\missing{{\setlength\fboxsep{0pt}\framebox[.7em]{\rule{0pt}{1.2ex}}}}
\newcommand\character[1]{\iftutex\iffontchar\font"#1 \char"#1 \else\missing\fi\else\missing\fi}"""
"""What the preamble defines for it; it needs the package iftex."""

ASCII = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': r"{\ttfamily\char34}",
    "-": r"\ensuremath{-}",  # as nearly always, in front of a number; two of them are no dash
    "'": r"\ensuremath{'}",
    "`": r"\textasciigrave{}",
}
TEXT = {
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\dots{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "\N{NO-BREAK SPACE}": "~",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "œ": r"\oe{}",
    "ł": r"\l{}",
}
MATHS = {
    "∂": r"\partial",
    "·": r"\cdot",
    "×": r"\times",
    "÷": r"\div",
    "±": r"\pm",
    "−": "-",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "≈": r"\approx",
    "∞": r"\infty",
    "→": r"\to",
    "←": r"\gets",
    "√": r"\surd",
    "∑": r"\Sigma",
    "∇": r"\nabla",
    "°": r"^\circ",
}
SMALL = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
for _name in [*SMALL.split(), "omega", *CAPITAL.split()]:
    _case = "SMALL" if _name.islower() else "CAPITAL"
    MATHS[unicodedata.lookup(f"GREEK {_case} LETTER {_name.replace('mbda', 'mda')}")] = f"\\{_name}"
MATHS |= {digit: f"^{number}" for number, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
MATHS |= {digit: f"_{number}" for number, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
ACCENTS = {
    "\N{COMBINING GRAVE ACCENT}": "`",
    "\N{COMBINING ACUTE ACCENT}": "'",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "^",
    "\N{COMBINING TILDE}": "~",
    "\N{COMBINING MACRON}": "=",
    "\N{COMBINING BREVE}": "u",
    "\N{COMBINING DOT ABOVE}": ".",
    "\N{COMBINING DIAERESIS}": '"',
    "\N{COMBINING RING ABOVE}": "r",
    "\N{COMBINING DOUBLE ACUTE ACCENT}": "H",
    "\N{COMBINING CARON}": "v",
    "\N{COMBINING CEDILLA}": "c",
}


def to_latex(text: str) -> str:
    r"""Return the text as LaTeX in ASCII.

    A character that LaTeX has no command for is its code, which `FALLBACK` turns into it where the font has it.

    Examples
    --------
    >>> print(to_latex("∂c/∂é = 2·x_1 日"))
    \ensuremath{\partial}c/\ensuremath{\partial}\'{e} = 2\ensuremath{\cdot}x\_1 \character{65E5}
    """
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(character: str) -> str:
    if character in ASCII:
        return ASCII[character]
    if " " <= character <= "~":
        return character
    if character in TEXT:
        return TEXT[character]
    if character in MATHS:
        return f"\\ensuremath{{{MATHS[character]}}}"
    decomposed = unicodedata.normalize("NFD", character)
    letter, accent = decomposed[0], decomposed[1:]
    if letter.isascii() and accent in ACCENTS:
        return f"\\{ACCENTS[accent]}{{{letter}}}"
    return f"\\character{{{ord(character):04X}}}"
