"""Every public name is in the reference, and its docstring says what a caller must know, with an example that runs.

What is asked depends on the kind of thing, never on its name:

- A function, and an operation on many operands: parameters, what is returned, what is raised, the shape of arrays, and
  an example.
- An elementwise operation: how it is called, and what it is. Its derivatives stand in the reference, read from its row.
- A class: the same as a function. One that only a function of the library makes names this function, whose example
  shows it.
- A record (a dataclass or a named tuple): its fields.
- An exception or warning: what it means.
- A method: what it does, its parameters and what it raises. The class has the example. An override that has no
  docstring of its own, or adds no parameter, is described where it was first defined.
- A property: what it is.

That the examples print what they promise, pytest sees to (``--doctest-modules``).
"""

from __future__ import annotations

import builtins
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import autograd
import autograd.drawing
import nn
from autograd import Primitive, registry
from tests.docstrings import Docstring, Entry, parameters, raised, returns_something, unbound

sklearn = pytest.importorskip("sklearn")  # for the estimators

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
MODULES = (autograd, autograd.drawing, nn, nn.init, nn.datasets)
TITLES = {"parameters": "Parameters", "returns": "Returns", "errors": "Raises", "warnings": "Warns"}


def public(module: ModuleType) -> list[str]:
    """Return the public names of a module, but those that a package above it has too."""
    names = [*module.__all__, *(nn.ESTIMATORS if module is nn else ())]
    above = autograd if module is autograd.drawing else None
    return [name for name in names if getattr(above, name, None) is not getattr(module, name)]


THINGS = {f"{module.__name__}.{name}": getattr(module, name) for module in MODULES for name in public(module)}


def is_record(thing: Any) -> bool:
    return dataclasses.is_dataclass(thing) or hasattr(thing, "_fields")


def kind_of(thing: Any) -> str:
    if isinstance(thing, Primitive):
        return "operation" if thing.groups is None else "operation on many"
    if not inspect.isclass(thing):
        return "function" if inspect.isfunction(thing) else "data"
    if issubclass(thing, Exception):
        return "exception"
    if is_record(thing):
        return "record"
    return "made by a function" if re.search(r"`\w+` makes it\b", thing.__doc__ or "") else "class"


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if kind_of(thing) in kinds])


def members(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties that a class of ours defines, in it or in a base, as functions."""
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] in ("autograd", "nn"):
            for name, member in vars(base).items():
                if not name.startswith("_") and _function(member) is not None:
                    yield f"{base.__module__}.{base.__qualname__}.{name}", member


def _function(member: Any) -> Callable[..., Any] | None:
    """Return the function behind a method or a property."""
    found = getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "fn", None)
    found = found or getattr(member, "__func__", member)
    return found if inspect.isfunction(found) else None


def is_property(member: Any) -> bool:
    return isinstance(member, property | cached_property)


CLASSES = {thing for thing in THINGS.values() if inspect.isclass(thing)}
MEMBERS = {name: member for cls in CLASSES for name, member in members(cls)}
each_member = pytest.mark.parametrize("name", sorted(MEMBERS))


def documented(thing: Any) -> Docstring:
    """Return what a thing's docstring says; where it says "Parameters are those of `other`", with these sections."""
    found = Docstring(inspect.getdoc(thing) or "")
    same = re.search(r"^([A-Z][\w, ]+) are those of `(\w+)`", found.prose, re.MULTILINE)
    if same is not None:
        other = Docstring(inspect.getdoc(getattr(inspect.getmodule(thing), same[2])) or "")
        titles = [TITLES[word] for word in re.findall(r"\w+", same[1].lower()) if word in TITLES]
        found.sections = {title: other.sections[title] for title in titles if title in other.sections} | found.sections
    return found


def signature_of(thing: Any) -> list[str]:
    """Return the parameters; those of an operation on many operands stand in the first line of its docstring."""
    if isinstance(thing, Primitive):
        call = re.match(r"\w+\((.*)\)$", (thing.__doc__ or "").partition("\n")[0])
        assert call is not None
        return [part.partition("=")[0].strip() for part in call[1].split(",")]
    return parameters(thing)


def stars_first(names: list[str]) -> list[str]:
    """Return names in their order, but ``*args`` and ``**kwargs`` before them, for they are described together."""
    return sorted(names, key=lambda name: not name.startswith("*"))


def pages() -> list[str]:
    """Return the names that the pages of the reference describe."""
    found = []
    for page in sorted(REFERENCE.glob("*.rst")):
        module = ""
        for directive, argument in re.findall(r"^\.\. ([\w:-]+):: *(.*)$", page.read_text(encoding="utf-8"), re.M):
            if directive == "currentmodule":
                module = argument
            elif directive == "automodule":
                found.append(argument)
            elif directive == "operations":
                rows = [registry[name] for name in argument.split()]
                found += [f"{module}.{name}" for row in rows for name in (row.name, *row.aliases)]
            elif directive.startswith(("auto", "py:")):
                found.append(f"{module}.{argument}")
    return found


def test_names_exported_are_names_documented_each_once() -> None:
    assert sorted(pages()) == sorted(THINGS)


@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if kind_of(thing) != "data"])
def test_every_public_name_has_a_docstring_of_its_own(name: str) -> None:
    assert (THINGS[name].__doc__ or "").strip()
    assert THINGS[name].__doc__ is not type(THINGS[name]).__doc__


@each_member
def test_every_public_method_and_property_has_a_docstring(name: str) -> None:
    assert (MEMBERS[name].__doc__ or "").strip() or described_above(name)


def described_above(name: str) -> bool:
    """Tell whether a method is an override of one with a docstring."""
    class_name, _, method = name.rpartition(".")
    classes = [
        base for cls in CLASSES for base in cls.__mro__ if f"{base.__module__}.{base.__qualname__}" == class_name
    ]
    return any(getattr(getattr(base, method, None), "__doc__", None) for base in classes[0].__mro__[1:])


@of_kind("operation")
def test_an_operation_says_how_it_is_called_and_what_it_is(name: str) -> None:
    row = THINGS[name]
    call, sentence, *_ = Docstring(row.__doc__).text.split("\n\n")
    operands = list(inspect.signature(row.partial_function).parameters)[1 : row.arity + 1]
    assert call == f"{row.name}({', '.join([*operands, *(f'{key}={x:g}' for key, x in row.settings.items())])})"
    assert sentence.endswith(".")


@of_kind("function", "operation on many", "class")
def test_the_parameters_described_are_those_of_the_signature(name: str) -> None:
    assert stars_first(documented(THINGS[name]).names("Parameters")) == stars_first(signature_of(THINGS[name]))


@of_kind("function", "operation on many")
def test_what_a_function_returns_is_described(name: str) -> None:
    thing = THINGS[name]
    sections = documented(thing).sections
    assert bool({"Returns", "Yields"} & sections.keys()) == (isinstance(thing, Primitive) or returns_something(thing))


@of_kind("function", "class")
def test_what_a_call_raises_is_described(name: str) -> None:
    thing = THINGS[name]
    function = thing if inspect.isfunction(thing) else vars(thing).get("__init__")
    if function is not None:
        assert is_said(raised(function), documented(thing).names("Raises"))


@each_member
def test_what_a_method_raises_is_described(name: str) -> None:
    member, function = MEMBERS[name], _function(MEMBERS[name])
    if function is not None and not function.__code__.co_filename.startswith("<"):
        assert is_said(raised(function), Docstring(member.__doc__ or "").names("Raises")) or described_above(name)


@pytest.mark.parametrize("name", [*THINGS, *MEMBERS])
def test_what_is_said_to_be_raised_exists(name: str) -> None:
    for section in ("Raises", "Warns"):
        for error in Docstring((THINGS | MEMBERS)[name].__doc__ or "").names(section):
            assert exception(error)


def exception(name: str) -> type[Exception]:
    """Return the exception of this name: one of Python's, a public one, or the warning of scikit-learn."""
    modules = (builtins, *MODULES, sklearn.exceptions)
    return next(x for module in modules if issubclass(x := getattr(module, name, int), Exception))


def is_said(raised: set[str], said: list[str]) -> bool:
    """Tell whether each exception that is raised is one of those said, or one that says more."""
    return all(any(issubclass(exception(x), exception(y)) for y in said) for x in raised)


@of_kind("function", "class", "operation on many")
def test_where_an_array_is_taken_or_returned_its_shape_is_said(name: str) -> None:
    found = documented(THINGS[name])
    for entry in found.entries("Parameters") + found.entries("Returns"):
        assert not is_array(entry) or says_shape(entry), entry


def is_array(entry: Entry) -> bool:
    return re.search(r"\b(ndarrays?|arrays?|array[-_]like)\b", entry.type) is not None


def says_shape(entry: Entry) -> bool:
    return re.search(r"\b(shapes?|axes|axis|form)\b", f"{entry.type} {entry.text}") is not None


@of_kind("made by a function")
def test_a_class_that_a_function_makes_names_the_function(name: str) -> None:
    maker = re.findall(r"`(\w+)` makes it", THINGS[name].__doc__)
    assert [THINGS[f"autograd.{function}"].__annotations__["return"] for function in maker] == [THINGS[name].__name__]


@of_kind("function", "class", "operation on many")
def test_there_is_an_example(name: str) -> None:
    assert documented(THINGS[name]).examples()


@pytest.mark.parametrize("name", [*THINGS, *MEMBERS])
def test_an_example_makes_or_imports_all_it_uses(name: str) -> None:
    assert not list(unbound(Docstring((THINGS | MEMBERS)[name].__doc__ or "").examples()))


@of_kind("record")
def test_the_fields_of_a_record_are_described(name: str) -> None:
    cls = THINGS[name]
    fields = [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else cls._fields
    found = documented(cls)
    assert found.names("Attributes" if "Attributes" in found.sections else "Parameters") == [
        field for field in fields if not field.startswith("_")
    ]


@each_member
def test_the_parameters_of_a_method_are_described(name: str) -> None:
    member, function = MEMBERS[name], _function(MEMBERS[name])
    found = Docstring(member.__doc__ or "")
    if function is None or is_property(member) or described_above(name) or is_generated(found):
        return
    if "Parameters" in found.sections:
        assert stars_first(found.names("Parameters")) == stars_first(parameters(function))
    else:
        names = {name.lstrip("*") for name in parameters(function)}
        assert re.search(r"\bsee `", found.text) or names <= set(re.findall(r"\w+", found.text))


def is_generated(found: Docstring) -> bool:
    """Tell whether a method applies a row, or does what NumPy's function of its name does, and is described so."""
    return found.text.startswith("As ``np.") or any(
        found.text == Docstring(row.__doc__).text for row in registry.values()
    )


@each_member
def test_what_a_method_returns_is_described(name: str) -> None:
    member, function = MEMBERS[name], _function(MEMBERS[name])
    found = Docstring(member.__doc__ or "")
    if function is None or is_property(member) or described_above(name) or is_generated(found):
        return
    says = {"Returns", "Yields"} & found.sections.keys() or re.search(r"\b(?:[Rr]eturn|Yield|Tell|see `)", found.text)
    assert says or not returns_something(function)


@pytest.mark.parametrize("name", [name for name, member in MEMBERS.items() if is_property(member)])
def test_the_first_line_of_a_property_has_no_colon_before_which_autodoc_would_see_a_type(name: str) -> None:
    first = Docstring(MEMBERS[name].__doc__ or "").text.partition("\n")[0]
    assert ":" not in re.sub("``.*?``", "", first)
