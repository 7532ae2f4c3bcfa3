"""Formulae of docstrings as MathML: well-formed, nothing lost, and code taken for code."""

import re
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.infrastructure.notation import OPERATORS, SUBSCRIPTS, SUPERSCRIPTS, is_formula, to_mathml
from pairbounds.theory.attack.sharpness import SHARPEST, read_sharpness
from pairbounds.theory.bounds import BOUNDS, QUANTITIES
from pairbounds.theory.ledger.page import ledger_page

LEDGER = ledger_page(read_sharpness(SHARPEST))
SPANS = sorted(set(re.findall(r"`([^`]+)`", LEDGER)))
SMALL = SUPERSCRIPTS | SUBSCRIPTS | {"'": "′"}


def shown(formula):
    """The characters that a formula is to show, in any order: scripts go where MathML has them."""
    text = " ".join(formula.split())
    for plain, sign in OPERATORS.items():
        text = text.replace(plain, sign)
    return sorted(SMALL.get(letter, letter) for letter in text if letter not in " _^{}√()")


def characters(markup):
    return sorted(letter for letter in "".join(ElementTree.fromstring(markup).itertext()) if letter not in "{}√()")


@pytest.mark.parametrize("formula", [span for span in SPANS if is_formula(span)])
def test_every_formula_of_the_ledger_shows_all_its_characters(formula):
    assert characters(to_mathml(formula)) == shown(formula)


@given(st.text(alphabet="αβσε₂ĀU_k^{+1}²ᵀ√()‖<=>-'*/|[]½ 3xyΣ≤", max_size=30))
def test_any_text_is_well_formed_and_keeps_its_letters(text):
    letters = characters(to_mathml(text))
    for letter in set(text):
        if unicodedata.category(letter) in ("Ll", "Lu") and letter not in SMALL:
            assert letters.count(letter) >= text.count(letter)


def test_scripts_roots_and_stars():
    assert to_mathml("f*") == "<math><msup><mi>f</mi><mo>*</mo></msup></math>"
    assert to_mathml("√(a + b)") == "<math><msqrt><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></msqrt></math>"
    assert to_mathml("y_c'") == "<math><msubsup><mi>y</mi><mi>c</mi><mo>′</mo></msubsup></math>"
    assert "<msup><mi>R</mi><mrow><mo>−</mo><mi>T</mi></mrow></msup>" in to_mathml("R^{-ᵀ}")
    assert "<mo>*</mo><mn>2</mn>" in to_mathml("a *2")


def test_code_is_code():
    names = [
        *BOUNDS,
        *QUANTITIES,
        "pairbounds.theory.quantities.rates.fit_rate",
        "docs/ledger.md",
        "make ledger",
        "--hops",
        "optimum",
        "HOPS",
    ]
    assert [name for name in names if is_formula(name)] == []
    assert [span for span in ("k", "u_i", "P_T", "E(f*)", "α", "x <= y", "max(a, b)") if not is_formula(span)] == []
