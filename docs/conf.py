"""How Sphinx builds the site: ``make docs``. Nothing is fetched from the network."""

import sys
from pathlib import Path

import thalweg

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "thalweg"
author = "the authors of thalweg"
release = version = thalweg.__version__
html_title = f"thalweg {release}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated", "pictures"]
exclude_patterns = ["_build", "_ext"]
default_role = "py:obj"  # docstrings write `tw.solve` for what the reference describes

# Directives stand in ":::" so that "```" is code that the tests run; only eval-rst knows no other fence.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say more than the types
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_param = False  # "(n,) array" is a description, not the name of a class
napoleon_use_rtype = False
napoleon_use_ivar = True
nitpick_ignore_regex = [("py:class", r".*")]  # the same in the descriptions of attributes

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "default"  # its contrast is high enough
pygments_dark_style = "monokai"
