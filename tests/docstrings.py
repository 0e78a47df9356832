"""What a docstring says, section by section, as numpydoc writes them; and what a function says of itself."""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One entry of a section: ``a, b : type``, or a type alone, and the text below it."""

    names: tuple[str, ...]
    type: str
    text: str


class Docstring:
    def __init__(self, text: str) -> None:
        self.text = inspect.cleandoc(text)
        self.prose, *parts = HEADING.split(self.text)
        self.sections = dict(zip(parts[::2], parts[1::2], strict=True))

    def entries(self, section: str) -> list[Entry]:
        found = []
        for block in re.split(r"\n(?=\S)", self.sections.get(section, "").strip("\n")):
            head, _, text = block.partition("\n")
            names, _, type_ = head.partition(" : ")
            if head:
                found.append(Entry(tuple(names.split(", ")), type_ or head, textwrap.dedent(text)))
        return found

    def names(self, section: str) -> list[str]:
        return [name for entry in self.entries(section) for name in entry.names]

    def examples(self) -> str:
        return "".join(example.source for example in doctest.DocTestParser().get_examples(self.text))


def parameters(function: Callable[..., Any]) -> list[str]:
    """Return the names a caller may give, as ``*args`` if it is any number; what begins with an underscore is not."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    found = inspect.signature(function).parameters.values()
    return [stars.get(x.kind, "") + x.name for x in found if x.name not in ("self", "cls") and x.name[0] != "_"]


def raised(function: Callable[..., Any]) -> set[str]:
    """Return the names of the exceptions that the function's own lines raise."""
    statements = (x for x in ast.walk(_tree(function)) if isinstance(x, ast.Raise) and x.exc is not None)
    calls = (x.exc.func if isinstance(x.exc, ast.Call) else x.exc for x in statements)
    return {x.id for x in calls if isinstance(x, ast.Name) and x.id[0].isupper()} - {"NotImplementedError"}


def returns_something(function: Callable[..., Any]) -> bool:
    return inspect.signature(function).return_annotation not in ("None", None, "NoReturn", "Never")


def _tree(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))


def unbound(source: str) -> Iterator[str]:
    """Yield the names that an example uses, but neither imports nor makes."""
    tree = ast.parse(source)
    bound = set(vars(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    yield from sorted({x.id for x in ast.walk(tree) if isinstance(x, ast.Name)} - bound)
