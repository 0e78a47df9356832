"""Sphinx configuration. Pages run when they are built; an error in one of them fails the build."""

from importlib.metadata import version as installed_version

project = "glassgrad"
author = "the glassgrad authors"
copyright = "2026, the glassgrad authors"
version = release = installed_version("glassgrad")

extensions = ["myst_nb"]
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
myst_heading_anchors = 3
