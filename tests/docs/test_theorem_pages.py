"""The page of each theorem: its parts in order, its rows, its formulas, and what it uses."""

import re
import sys

import pytest

from pairbounds import BOUNDS
from pairbounds.theory.bounds.theorems import STATEMENTS, THEOREMS
from pairbounds.theory.ledger.explanation import title_and_text
from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import blueprint
import dependencies
from formulas import unicode_formula

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/theorems").glob("theorem??.md"))}
PARTS = ["In words", "Statement", "Proof", "Sharpness", "Example", "Uses", "Sources"]
ROWS = {**BOUNDS, **STATEMENTS}


def test_every_theorem_has_a_page():
    assert {*PAGES} == {module.__name__.rpartition(".")[2][:9] for module in THEOREMS}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_parts_in_order(name):
    assert re.findall(r"^## (.*)$", PAGES[name], re.MULTILINE) == PARTS
    assert PAGES[name].startswith(f"# Theorem {int(name[-2:])}: ")
    assert r"\blacksquare" in PAGES[name].partition("\n## Proof")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", ROWS)
def test_a_statement_has_its_formula_in_unicode(name):
    assert f"`{unicode_formula(blueprint.formulas()[name])}`" in ROWS[name].statement


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_rows_of_its_theorem(name):
    modules = [theorem for theorem in THEOREMS if theorem.__name__.rpartition(".")[2].startswith(name)]
    names = {row.name for row in BOUNDS.values() if row.evaluate.__module__ in {module.__name__ for module in modules}}
    names |= {row.name for module in modules for row in getattr(module, "STATEMENTS", ())}
    assert sorted(row for row, _ in blueprint.ROW.findall(PAGES[name])) == sorted(names)


@pytest.mark.parametrize("module", THEOREMS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_theorem_has_its_meaning_cost_and_source(module):
    title, text = title_and_text(module)
    words, _, remarks = text.partition("\n\n")
    assert title.startswith("Theorem")
    assert re.fullmatch(r"In words: [^.]+(?:\d\.\d[^.]*)*\.", words.replace("\n", " ")), "one sentence"
    assert len(re.findall(r"\bCost: ", remarks)) == 1
    assert len(re.findall(r"\bSource: ", remarks)) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_lists_all_that_its_proofs_in_coq_use(name):
    number, pages, proofs = int(name[-2:]), dependencies.uses_of_pages(), dependencies.uses_of_proofs()
    assert number not in proofs or {*proofs.successors(number)} <= {*pages.successors(number)}
