"""Formulas of the site as MathML, by pandoc, without TeX, scripts or a network."""

import json
import re
from typing import Any

import pypandoc
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

Formula = tuple[str, bool]  # LaTeX, and True if displayed
API = [1, 23]  # version of pandoc's JSON, for all pandoc 3
KINDS = (nodes.math, nodes.math_block)
MATHML: dict[Formula, str] = {}  # cache of this build


def convert(formulas: list[Formula]) -> dict[Formula, str]:
    """MathML of each formula, from one call of pandoc; "" if pandoc cannot read the formula."""
    blocks: list[dict[str, Any]] = [
        {"t": "Plain", "c": [{"t": "Math", "c": [{"t": "DisplayMath" if display else "InlineMath"}, latex]}]}
        for latex, display in formulas
    ]
    document = json.dumps({"pandoc-api-version": API, "meta": {}, "blocks": blocks})
    html = pypandoc.convert_text(document, "html", format="json", extra_args=["--mathml", "--wrap=none", "--quiet"])
    html = html.replace("∥", "‖")  # norm bars: browsers add space around the other sign
    converted = re.findall(r"<math .*?</math>|<span class=\"math .*?</span>", html, re.DOTALL)
    return {
        formula: text if text.startswith("<math ") else "" for formula, text in zip(formulas, converted, strict=True)
    }


def _collect(_: Sphinx, env: BuildEnvironment) -> list[str]:
    """Convert the formulas of all pages; an unknown macro is an error that names page and formula."""
    pages: dict[Formula, str] = {}
    for page in sorted(env.found_docs):
        for node in env.get_doctree(page).findall(lambda node: isinstance(node, KINDS)):
            pages.setdefault((node.astext(), isinstance(node, nodes.math_block)), page)
    MATHML.update(convert(list(pages)))
    unknown = [f"{page}: pandoc cannot read {formula[0]!r}" for formula, page in pages.items() if not MATHML[formula]]
    if unknown:
        raise ExtensionError("; ".join(unknown) + ". Correct the formula, or write it without this macro.")
    return []


def _inline(writer: HTML5Translator, node: nodes.Element) -> None:
    writer.body.append(MATHML[node.astext(), False])
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.Element) -> None:
    writer.body.append(f'<div class="formula">{MATHML[node.astext(), True]}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("env-updated", _collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
