"""Results in a notebook: well-formed HTML with a description, in which names are escaped."""

import pickle
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, bound, check_bounds, find_counterexample
from pairbounds.theory.bounds.check_table import CheckTable
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.drawing import MOST_NODES, is_small
from tests.families import family_graph

ALLOWED = {"div", "style", "bdi", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
ALLOWED |= {"ul", "li", "svg", "title", "g", "line", "circle", "text"}
HOSTILE = ["<script>alert(1)</script>", '"\' onload="alert(1)', "\u202egnp.exe\u202c", "x" * 10_000, "{{ 7 * 7 }}", ""]
HOSTILE += ["two\nlines\x1b[31m", "</svg><img src=x onerror=alert(1)>", "&amp;"]


def page(html):
    """The tags and the text of well-formed HTML, in which nothing of a name is obeyed."""
    elements = ElementTree.fromstring(html)
    tags = [element.tag.rpartition("}")[2] for element in elements.iter()]
    assert set(tags) <= ALLOWED
    names = [name for element in elements.iter() for name in element.attrib]
    assert not [name for name in names if name.startswith("on") or name in ("src", "href")]
    return tags, "".join(elements.itertext())


@pytest.mark.parametrize("name", ["sparse_random", "latent_captions"])
def test_graphs(name):
    graph = family_graph(name, 0, 12)
    tags, text = page(graph._repr_html_())
    assert str(graph.joint.nnz) in text
    assert tags.count("circle") == (sum(graph.shape) if is_small(graph) else 0)


def test_a_large_graph_is_described_and_not_drawn():
    graph = PairGraph(np.eye(MOST_NODES + 1), [f"class {i}" for i in range(MOST_NODES + 1)])
    tags, text = page(graph._repr_html_())
    assert "svg" not in tags
    assert "15 classes, the first 12 below" in text
    assert "2 classes and 1 unlabelled" in page(PairGraph(np.eye(3), ["cat", None, "dog"])._repr_html_())[1]


def test_hostile_names_are_text_in_a_page_and_short_where_they_are_printed():
    printed = repr(PairGraph(np.eye(6), ["a" * 30, "\u202eevil", *(f"class {i}" for i in range(4))]))
    assert "6 classes: 'aaaaaaaaa...aaaaaaaaaa', " in printed
    assert "\u202e" not in printed
    joint = np.eye(len(HOSTILE)) + np.eye(len(HOSTILE), k=1)
    graph = PairGraph(joint, [f"c{name}" for name in HOSTILE], left_ids=[f"i{name}" for name in HOSTILE])
    html = graph._repr_html_()
    _, text = page(html)
    assert "<script>" not in html
    assert "c<script>alert(1)</script>" in text
    assert "\\u202egnp.exe" in text
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "c{{ 7 * 7 }}" in text
    assert len(html) < 20_000


def test_a_check_table_is_shown_as_it_is_printed(tmp_path):
    table = check_bounds(PairGraph([[3, 1, 0], [1, 2, 0], [0, 1, 4]], ["cat", "cat", "dog"]), 2)
    _, text = page(table._repr_html_())
    assert "probe_error" in text
    assert "not applicable" in text
    assert f"of {len(table)} in all" in text
    assert type(table[["bound", "value"]]) is pd.DataFrame
    assert type(pickle.loads(pickle.dumps(table))) is CheckTable
    table.to_parquet(tmp_path / "table.parquet")
    assert list(pd.read_parquet(tmp_path / "table.parquet")["bound"]) == list(table["bound"])
    table.loc[table["bound"] == "probe-error", "holds"] = False
    assert "VIOLATED" in page(table._repr_html_())[1]


def test_a_counterexample_is_drawn():
    @bound("html-never-wrong", quantity="probe_error", status="conjecture")
    def claim(graph, spectrum, k):
        return 0.0

    try:
        result = find_counterexample("html-never-wrong", evaluations=100, rng=np.random.default_rng(0))
    finally:
        del BOUNDS["html-never-wrong"]
    tags, text = page(result._repr_html_())
    assert "html-never-wrong: refuted by this graph" in text
    assert tags.count("circle") == sum(result.graph.shape)
    assert f"{result.weights[result.weights > 0][0]:.3g}" in text
