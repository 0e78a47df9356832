"""Two tables of the reference, made from the library's own tables: what an operation is, and what NumPy may call.

A Sphinx extension with two directives for pages in reStructuredText::

    .. operations:: add sub mul
    .. numpy-functions::

What stands in these tables is left out below the classes `Value` and `Tensor`, whose methods do the same.
"""

import inspect
from collections import defaultdict

import numpy as np
from docutils.nodes import Node, TextElement, reference
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from autograd import Tensor, registry
from autograd.arrays.dispatch import numpy_functions, plain_functions
from autograd.protocols import ufunc_rows
from autograd.rows import Primitive
from autograd.symbols import Symbol, read_partials, read_value, to_text

DOCUMENTED_ROWS = {row.__doc__ for row in registry.values()}


def operands_of(row: Primitive) -> list[str]:
    """Return what the row's partials call its operands; the first of their parameters is the value."""
    return [name for name in inspect.signature(row.partial_function).parameters if name not in row.settings][1:]


def derivatives(row: Primitive) -> list[str]:
    """Return a formula for each operand, read from the row on symbols."""
    operands = operands_of(row)
    partials = read_partials(row, [Symbol(x) for x in operands], {key: Symbol(key) for key in row.settings})
    formulas = [f"∂y/∂{x} = {to_text(p)}" for x, p in zip(operands, partials, strict=True)]
    return formulas[1:] if row.name == "where" else formulas  # a condition is not differentiated by


def value(row: Primitive) -> str:
    """Return the value as a formula, where the row is written as one."""
    symbols = [Symbol(x) for x in operands_of(row)]
    return to_text(read_value(row, symbols, {key: Symbol(key) for key in row.settings})) if row.composed else ""


def chosen(row: Primitive) -> str:
    """Return the derivatives chosen where there is none."""

    def written(numbers: tuple[float, ...]) -> str:
        listed = ", ".join(f"{x:g}" for x in numbers)
        return listed if len(numbers) == 1 else f"({listed})"

    return "; ".join(f"at {written(at)}: {written(partials)}" for at, partials in row.kinks.items())


def item(row: Primitive) -> list[str]:
    """Return the lines of one row of the table."""
    settings = [f"{key}={x:g}" for key, x in row.settings.items()]
    arguments = ", ".join([*operands_of(row), *settings])
    first, *others = [f"{name}({arguments})" for name in (row.name, *row.aliases)]
    summary = row.__doc__.split("\n\n")[1].replace("\n", " ")
    sign = f" Sign: ``{row.symbol}``." if row.symbol else ""
    formula = f" y = ``{value(row)}``" if value(row) else ""
    choice = [f"       | {chosen(row)}"] if row.kinks else []
    return [
        f"   * - .. py:function:: {first}",
        *(f"                       {name}" for name in others),
        f"     - {summary}{sign}{formula}",
        *(f"     {'-' if i == 0 else ' '} | ``{text}``" for i, text in enumerate(derivatives(row))),
        *choice,
    ]


class FromLines(SphinxDirective):
    """A directive that stands for some lines of reStructuredText."""

    def lines(self) -> list[str]:
        raise NotImplementedError

    def run(self) -> list[Node]:
        return self.parse_text_to_nodes("\n".join(self.lines()))


class Operations(FromLines):
    """A table of elementwise operations, by name: what each is, and its partial derivatives."""

    required_arguments = 1
    final_argument_whitespace = True

    def lines(self) -> list[str]:
        head = [".. list-table::", "   :header-rows: 1", "   :widths: 23 32 45", "   :class: operations", ""]
        columns = ["   * - Operation", "     - Value y", "     - Partial derivatives"]
        names = self.arguments[0].split()
        return head + columns + [line for name in names for line in item(registry[name])]


class NumpyFunctions(FromLines):
    """Lists of NumPy's functions that take a Tensor."""

    def lines(self) -> list[str]:
        ufuncs = {f for f in ufunc_rows if f not in numpy_functions} | {
            f for f in numpy_functions if isinstance(f, np.ufunc)
        }
        groups: dict[str, set[str]] = defaultdict(set)
        for function in numpy_functions:
            if function not in ufuncs:
                groups[function.__module__].add(function.__name__)
        lines = ["Universal functions, and their ``reduce``, ``accumulate`` and ``outer`` where they have them:", ""]
        lines += [listed("np", {f.__name__ for f in ufuncs}), ""]
        for module, names in groups.items():
            prefix = module.replace("numpy", "np", 1)
            lines += [f"Functions of ``{module}``:", "", listed(prefix, names), ""]
        lines += ["Functions without a derivative, which are applied to the numbers and are not recorded:", ""]
        lines += [listed("np", {f.__name__ for f in plain_functions}), ""]
        methods = {name for name, method in vars(Tensor).items() if is_of_numpy(method)}
        return [*lines, "Methods of a Tensor, as an array has them:", "", listed("t", methods)]


def listed(prefix: str, names: set[str]) -> str:
    return ", ".join(f"``{prefix}.{name}``" for name in sorted(names))


def is_of_numpy(method: object) -> bool:
    """Tell whether a method of `Tensor` only does what NumPy's function of some name does."""
    return (getattr(method, "__doc__", None) or "").startswith("As ``np.")


def is_in_a_table(app: Sphinx, kind: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """Leave out methods that only apply a row, or a function of NumPy: the tables have them."""
    return True if is_of_numpy(thing) or getattr(thing, "__doc__", None) in DOCUMENTED_ROWS else None


def of_the_other_package(
    app: Sphinx, env: BuildEnvironment, wanted: pending_xref, shown: TextElement
) -> reference | None:
    """Find a name of one package that a docstring of the other one, or of a module in it, speaks of."""
    for module in ("autograd", "nn") if wanted.get("refdomain") == "py" else ():
        name, kind = f"{module}.{wanted['reftarget']}", wanted["reftype"]
        found = env.domains["py"].resolve_xref(env, wanted["refdoc"], app.builder, kind, name, wanted, shown)
        if found is not None:
            return found
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("operations", Operations)
    app.add_directive("numpy-functions", NumpyFunctions)
    app.connect("autodoc-skip-member", is_in_a_table)
    app.connect("missing-reference", of_the_other_package)
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    return {"parallel_read_safe": True}
