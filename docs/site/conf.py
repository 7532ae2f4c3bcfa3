"""Configuration of Sphinx. `make docs` assembles and builds the site without a network; warnings are errors."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

import pairbounds

sys.path.insert(0, str(Path(__file__).parent))
import docstrings  # beside this file

project, author, version, release = (
    "pairbounds",
    "The pairbounds authors",
    pairbounds.__version__,
    pairbounds.__version__,
)
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "mathml"]
html_math_renderer = "mathml"  # beside this file
html_theme, html_title, html_static_path, html_css_files = "furo", "pairbounds", ["_static"], ["site.css"]
html_copy_source = html_show_sourcelink = html_show_copyright = False
highlight_language = "text"  # printed output is not code
default_role = "literal"  # single backticks in docstrings mark formulas and names
nb_execution_mode = "off"  # a test runs the notebooks
myst_heading_anchors, myst_enable_extensions = 3, ["attrs_block", "attrs_inline", "dollarmath"]
autodoc_typehints, autodoc_typehints_description_target = "description", "documented"
autodoc_member_order, autodoc_preserve_defaults = "bysource", True
napoleon_google_docstring = napoleon_use_param = napoleon_use_rtype = False
napoleon_use_ivar = True
python_display_short_literal_types = python_use_unqualified_type_names = True
copybutton_prompt_text, copybutton_prompt_is_regexp = r">>> |\.\.\. ", True


def _unfold(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:  # noqa: ARG001 - Sphinx's
    lines[:] = docstrings.unfolded(lines)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", _unfold, priority=400)  # before napoleon, 500
