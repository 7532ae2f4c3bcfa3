"""Each theorem says in words what it means, what it costs and where it is from, and shows a graph or says why not."""

import re
import sys

import pytest

from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorems import STATEMENTS, THEOREMS
from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import mathematics

PAGES = dict(mathematics.pages())
NO_PICTURE = (mathematics.NO_GRAPH, "so that no graph is the sharpest", "No graph is known", "too large to be drawn")


@pytest.mark.parametrize("module", THEOREMS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_theorem_has_its_meaning_cost_and_source(module):
    title, words, rest = mathematics._docstring(module)
    assert title.startswith("Theorem")
    assert re.fullmatch(r"[^.]+(?:\d\.\d[^.]*)*\.", words.replace("\n", " ")), "one sentence"
    assert len(re.findall(r"\bCost: ", rest)) == 1
    assert len(re.findall(r"\bSource: ", rest)) == 1


@pytest.mark.parametrize("name", [*BOUNDS, *STATEMENTS])
def test_a_claim_has_a_picture_or_the_reason_why_not(name):
    text = "\n".join(PAGES.values())
    section = re.split(r"\n##+ ", text.partition(f"# {name}\n")[2])[0]
    assert section
    assert ("<svg" in section) != any(reason in section for reason in NO_PICTURE)
