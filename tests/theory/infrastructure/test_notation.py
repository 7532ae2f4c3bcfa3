"""Formulae of docstrings as HTML: well-formed, nothing lost, and code taken for code."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.infrastructure.notation import SIGNS, is_formula, to_html
from pairbounds.theory.bounds import BOUNDS, QUANTITIES


def characters(text):
    return sorted(letter for letter in text if letter not in " _^{}")


@given(st.text(alphabet="αβσε₂ĀU_k^{+1}²ᵀ√()‖<=>-'*/|[]½ 3xyΣ≤&", max_size=30))
def test_any_text_is_well_formed_and_shows_all_its_characters(text):
    shown = "".join(ElementTree.fromstring(to_html(text)).itertext())
    expected = re.sub("|".join(map(re.escape, SIGNS)), lambda match: SIGNS[match[0]], text)
    assert characters(shown) == characters(expected)


@pytest.mark.parametrize(
    ("formula", "markup"),
    [
        ("y_c' <= 1", "<i>y</i><sub><i>c</i></sub>′ ≤ 1"),
        ("E_image p_max_0", "<i>E</i><sub>image</sub> <i>p</i><sub>max</sub><sub>0</sub>"),
        ("σ²_{k+1}", "σ²<sub><i>k</i>+1</sub>"),
        ("R^{-T} max(a)", "<i>R</i><sup>−<i>T</i></sup> max(<i>a</i>)"),
    ],
)
def test_scripts_and_symbols(formula, markup):
    assert to_html(formula) == f'<span class="formula">{markup}</span>'


def test_code_is_code():
    names = [*BOUNDS, *QUANTITIES, "pairbounds.theory.rates", "docs/ledger.md", "make ledger", "--hops", "HOPS"]
    assert [name for name in names if is_formula(name)] == []
    assert [span for span in ("k", "u_i", "P_T", "E(f*)", "α", "x <= y", "max(a, b)") if not is_formula(span)] == []
