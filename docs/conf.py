"""Sphinx configuration. Pages run when they are built; an error in one of them fails the build."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # where mathml.py and reference_tables.py stand

project = "glassgrad"
author = "the glassgrad authors"
copyright = "2026, the glassgrad authors"
version = release = installed_version("glassgrad")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "reference_tables"]
exclude_patterns = ["_build", "jupyter_execute"]
html_theme = "furo"
html_title = "glassgrad"
html_static_path = ["_static"]
html_css_files = ["site.css"]
small = {"code-font-size": "75%"}  # so that the lines of a plan fit
html_theme_options = {"light_css_variables": small, "dark_css_variables": small}

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 60
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "image/svg+xml", 0)]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

default_role = "py:obj"  # a name in single backticks, in docstrings and in the reference
nitpicky = True  # so that each is found,
nitpick_ignore_regex = [("py:(?!obj).*", ".*")]  # but not the words that say the type of a parameter
add_module_names = False
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say the types
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_math_renderer = "mathml"
