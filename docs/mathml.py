"""Formulas as MathML, which browsers draw by themselves: a page needs no script and no network."""

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

UNKNOWN = re.compile(r"<mi>(\\\w+|&)</mi>")  # what the converter hands on as it stands
ALIGN = re.compile(r'columnalign="(\w+)"')  # which Chromium reads as a style only

STYLE = "overflow-x: auto; margin: 0.2em 0 0.9em; padding: 0.2em 0"  # a long formula scrolls on a phone


def mathml(node, display):
    latex = node.astext()
    found = convert(latex, display=display)
    if unknown := UNKNOWN.search(found):
        raise ExtensionError(f"no MathML for {unknown[1]!r} in the formula {latex!r}; write it in another way")
    return ALIGN.sub(r'\g<0> style="text-align: -webkit-\1"', found)


def inline(translator, node):
    translator.body.append(mathml(node, "inline"))
    raise nodes.SkipNode


def block(translator, node):
    number = get_node_equation_number(translator, node) if node["number"] else ""
    label = f'<span class="eqno">({number})</span>' if number else ""
    start = translator.starttag(node, "div", CLASS="math", style=STYLE)
    translator.body.append(f"{start}{label}{mathml(node, 'block')}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
