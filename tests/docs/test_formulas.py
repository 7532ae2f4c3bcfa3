"""Formulas of LaTeX as Unicode, which `test_theorem_pages` compares with each statement, and as MathML."""

import sys

import pytest

from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import mathml
from formulas import unicode_formula


@pytest.mark.parametrize("latex", [r"\unknown x", r"\sqrt", "{a", "a}", r"\begin{aligned}a\end{aligned}"])
def test_bad_latex_raises(latex):
    with pytest.raises(ValueError, match=r"macro|brace|argument"):
        unicode_formula(latex)


def test_formulas_in_mathml_keep_their_order_and_an_unknown_macro_has_none():
    formulas = [("a < b", False), (r"\unknown", False), (r"\sum_i \sigma_i^2", True), (r"\frac{a}", True)]
    converted = mathml.convert(formulas)
    assert list(converted) == formulas
    assert [text[:5] for text in converted.values()] == ["<math", "", "<math", ""]
    assert 'display="block"' in converted[formulas[2]]
    assert "&lt;" in converted[formulas[0]]
    assert mathml.convert([]) == {}
