"""Parts that the site and the book insert into the theorems' pages, and the graph of theorems."""

import re
import sys

import networkx as nx
import pytest

from pairbounds import BOUNDS
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.ledger.formal import coq_statement, machine_checked
from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
import blueprint
import book
import dependencies
import dependency_graph

ROWS = {**BOUNDS, **STATEMENTS}
NO_PICTURE = ("*Sharpest graph*: none", "too large to be drawn", "*Status*: rate")


@pytest.mark.parametrize("name", ROWS)
def test_a_row_has_its_facts_its_formula_and_its_picture_or_a_reason(name):
    text = blueprint.row(name)
    assert text.startswith(f"### {name}\n\n")
    assert "*Status*: " in text
    assert "*Code*: " in text
    assert ("<svg" in text) != any(reason in text for reason in NO_PICTURE)
    assert f"$$\n{blueprint.formulas()[name]}\n$$" in text
    formal = machine_checked(ROWS[name])
    assert ("```text\n" in text) == (formal is not None)
    assert formal is None or coq_statement(formal) in text


def test_a_formula_is_shown_once_and_text_after_it_stays():
    text = blueprint.row("multihop-mse")
    assert text.count(r"\varepsilon_2(f^*) \le B_M(k)") == 1
    assert "\n\nThe most label energy in " in text


def test_no_placeholder_remains():
    for page in (dependencies.PAGES / "index.md", dependencies.PAGES / "theorem15.md"):
        text = blueprint.expanded(page.read_text(encoding="utf-8"))
        assert not re.search(r"^```\{(?!toctree)", text, re.MULTILINE)
    assert text.index("\n## Uses\n") < text.index("\n## Used by\n") < text.index("\n## Sources\n")


def test_the_graph_has_a_link_for_each_theorem_and_an_edge_for_each_use():
    uses = nx.DiGraph([(3, 1), (3, 2), (4, 3), (5, 1)])
    uses.add_node(6)
    paper = ["proved on paper"]
    kinds = {1: ["machine-checked"], 2: ["rate", "restated", "rate"], 3: paper, 4: paper, 5: paper, 6: paper}
    names = {number: f"a < {number}" for number in uses}
    svg = dependency_graph.svg(uses, kinds, names, names, lambda user, used: (user, used) == (5, 1))
    assert all(f'<a href="theorem{number:02d}.html"' in svg for number in uses)
    assert sorted(re.findall(r'class="edge from(\d) to(\d)"', svg)) == sorted((str(a), str(b)) for b, a in uses.edges)
    assert svg.count('stroke-dasharray="4 3"') == 1
    assert svg.count('stroke-dasharray="5 2"') == 1  # of theorem 2, whose rows are of two kinds
    assert "a &lt; 1" in svg
    rows = dependency_graph._rows(uses)
    assert all(rows[user] > rows[used] for user, used in uses.edges)


def test_no_row_of_the_graph_is_wider_than_the_page():
    uses = nx.DiGraph([(number, 1) for number in range(2, 40)])
    rows = [*dependency_graph._rows(uses).values()]
    assert max(map(rows.count, rows)) <= dependency_graph.PER_ROW


def test_circular_uses_of_theorems_raise(monkeypatch):
    page = "# Theorem {}: a\n\n## Uses\n\n- [Theorem {}](theorem{:02d}.md): all.\n\n## Sources\n"
    monkeypatch.setattr(dependencies, "texts", lambda: {1: page.format(1, 2, 2), 2: page.format(2, 1, 1)})
    with pytest.raises(ValueError, match="circular"):
        dependencies.uses_of_pages()


def test_uses_of_proofs_lead_through_lemmas_and_stop_at_rows(tmp_path, monkeypatch):
    path = tmp_path / "uses.csv"
    path.write_text(
        "# digest\nfile,constant,uses\ntheorem03_c,c,step Lemmas.a\ntheorem03_c,step,\nLemmas,a,theorem02_b.helper\n"
        "theorem02_b,helper,b\ntheorem02_b,b,theorem01_a.a\ntheorem01_a,a,\n"
    )
    graph = dependencies.uses_of_constants(path)
    rows = {("theorem03_c", "c"): 3, ("theorem02_b", "b"): 2, ("theorem01_a", "a"): 1}
    monkeypatch.setattr(dependencies, "uses_of_constants", lambda: graph)
    monkeypatch.setattr(dependencies, "stated", lambda: rows)
    assert sorted(dependencies.uses_of_proofs().edges) == [(2, 1), (3, 2)]
    used = dependencies.by_file(dependencies.used_by(3))
    assert used == {"Lemmas": ["a"], "theorem02_b": ["b", "helper"], "theorem03_c": ["step"]}


@pytest.mark.parametrize(
    ("link", "inside"),
    [
        ("[a](theorem15.md)", "[a](#theorem15)"),
        ("[a](notation.md#labels)", "[a](#labels)"),
        ("[a](../glossary.md)", "a"),
        ("[a](lemmas.md#theorem-1)", "a"),
        ("`[0, 1)` and [a](theorem15.md)", "`[0, 1)` and [a](#theorem15)"),
        ("`x[0](y)`", "`x[0](y)`"),
    ],
)
def test_links_of_the_book_stay_inside(link, inside):
    assert book.LINK.sub(book._inside, link) == inside
