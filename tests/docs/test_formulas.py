"""Formulas of LaTeX as Unicode and as MathML."""

import sys

import pytest

from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import mathml
from formulas import unicode_formula

CASES = {
    r"\varepsilon_2(f^*) \le B_m(k)": "ε₂(f*) <= B_m(k)",
    r"\alpha_T / (1 - \sigma^2_{k+1})": "α_T / (1 - σ²_{k+1})",
    r"\frac{\alpha_T}{1 - \sigma_{k+1}^2}": "α_T / (1 - σ_{k+1}²)",
    r"\frac{2 a}{b}": "(2 a) / b",
    r"\sqrt{\alpha_T} + \sqrt{2 n}": "√α_T + √(2 n)",
    r"\bar A^\top \tilde Y": "Āᵀ Ỹ",
    r"x \in\{0,1\}": "x ∈ {0,1}",
    r"\left\| F G^\top \right\|_F": "‖ F Gᵀ ‖_F",
    r"\mathbb{E}[\operatorname{tr} C^{-1}]": "E[tr C⁻¹]",
    r"e^{-2 n t}": "e^{-2 n t}",
}


@pytest.mark.parametrize("latex", CASES)
def test_latex_becomes_unicode(latex):
    assert unicode_formula(latex) == CASES[latex]


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
