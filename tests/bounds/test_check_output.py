"""The output of `pairbounds check`: ten rows by theorem, a closing sentence, and the whole table on request."""

import json
import re

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, bound, check_bounds, induced_labelling_error, spectrum
from pairbounds.__main__ import app
from pairbounds.theory.bounds.printed import best_widths
from pairbounds.theory.bounds.table import HEADLINES, MOST, headlines
from tests.families import GRAPHS

WITH_CRITIC = ("--penalty", 0.5, "--critic", "f.npy", "g.npy")


@pytest.fixture
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    graph, rng = GRAPHS["latent_captions"](np.random.default_rng(1), 18), np.random.default_rng(0)
    graph.save(tmp_path / "graph.npz")
    for side, nodes in (("f", graph.n_left), ("g", graph.n_right)):
        np.save(f"{side}.npy", rng.standard_normal((nodes, 3)))
    return graph


def rows(out):
    """The number of the theorem and the name of the bound of each row of the printed tables."""
    return re.findall(r"^│ +(\d+) │ ([\w-]+) ", out, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "options", [("--k", 3), ("--k", 3, *WITH_CRITIC), ("--k", "2:5"), ("--k", "2:5", *WITH_CRITIC)]
)
def test_at_most_ten_rows_are_printed_by_theorem_and_what_looks_at_an_encoder_apart(call, graph, options):
    code, out, _ = call(app, "check", "graph.npz", *options)
    assert code == 0
    alone, _, about = out.partition("About an encoder")
    assert len(rows(out)) <= MOST
    assert rows(out) == rows(alone) + rows(about)
    for part in (rows(alone), rows(about)):
        numbers = [int(number) for number, _ in part]
        assert numbers == sorted(numbers)
        assert all(BOUNDS[name].theorem == number for (_, name), number in zip(part, numbers, strict=True))
    assert {"4", "15", "16"} <= {number for number, _ in rows(alone)}
    assert {BOUNDS[name].of_encoder for _, name in rows(alone)} == {False}
    votes = ["zero-shot-vote-by-node", "vote-by-node"]  # they have no width
    assert [name for _, name in rows(about)] == (votes if options[1] == 3 and len(options) > 2 else [])


def test_the_best_lower_bound_is_printed(call, graph):
    table = check_bounds(graph, 3).set_index("bound")
    lower = table[
        (table["relation"] == ">=") & (table["quantity"] == "probe_mse") & (table["measured_of"] == "optimum")
    ]
    best = lower.drop(index="trained-mse-below")["value"].idxmax()
    assert best in [name for _, name in rows(call(app, "check", "graph.npz", "--k", 3)[1])]


def test_the_closing_sentence_says_alpha_sigma_guess_error_and_which_rows_are_vacuous(call, graph):
    _, out, _ = call(app, "check", "graph.npz", "--k", 3)
    table = check_bounds(graph, 3).set_index("bound")
    sigma = spectrum(graph, 4).singular_values[3]
    said = " ".join(out.split())
    assert f"α_T = {induced_labelling_error(graph):.4f}; σ²_(k+1) = {sigma**2:.4f} at k = 3." in said
    assert f"is wrong on {table.loc['probe-error', 'guess']:.1%} of the left nodes." in said
    values = [f"{table.loc[name, 'value']:.1%}" for name in ("probe-error", "multihop-error", "local-multihop-error")]
    assert f"is wrong on {table.loc['probe-error', 'measured']:.1%}, and on at most {values[0]} (theorem 4)" in said
    assert f"{values[1]} (theorem 15), {values[2]} (theorem 16)." in said
    vacuous = said.partition("no better than guessing: ")[2].rstrip(".").split(", ")
    assert vacuous == [name for _, name in rows(out) if table.loc[name, "vacuous"]]
    assert "probe-mse" in vacuous


def test_chosen_bounds_alone_are_evaluated_and_an_unknown_one_is_one_line(call, graph):
    code, out, _ = call(app, "check", "graph.npz", "--k", 2, "--bounds", "probe-mse, trained-mse", "--out", "t.csv")
    assert code == 0
    assert rows(out) == [("4", "probe-mse"), ("17", "trained-mse")]
    code, _, err = call(app, "check", "graph.npz", "--k", 2, "--bounds", "probe-ms")
    assert (code, err.count("\n")) == (2, 1)
    assert "is it 'probe-mse'?" in err


def test_programs_read_one_line_of_json_with_every_row(call, graph):
    code, out, _ = call(app, "check", "graph.npz", "--k", "2:3", "--json")
    assert code == 0
    read = json.loads(out)
    table = check_bounds(graph, [2, 3])
    assert read["induced_labelling_error"] == induced_labelling_error(graph)
    assert [width["k"] for width in read["widths"]] == [2, 3]
    assert [(row["k"], row["bound"]) for row in read["bounds"]] == list(zip(table["k"], table["bound"], strict=True))
    finite = np.isfinite(table["value"].to_numpy())
    values = [row["value"] for row in read["bounds"]]
    assert [value is not None for value in values] == list(finite)
    np.testing.assert_allclose(np.array(values, dtype=float)[finite], table["value"][finite], rtol=1e-12, atol=1e-14)


def test_json_of_a_graph_without_labels_has_no_labelling_error(call, graph):
    PairGraph(graph.joint).save("bare.npz")
    assert json.loads(call(app, "check", "bare.npz", "--k", 2, "--json")[1])["induced_labelling_error"] is None
    _, out, _ = call(app, "check", "bare.npz", "--k", 2)
    assert 0 < len(rows(out)) <= MOST
    assert "The graph has no labels on the left" in out


def test_violated_bounds_and_ones_own_are_in_the_short_table_though_there_are_many(graph):
    for number in range(MOST + 2):
        bound(f"low-{number}", quantity="spectral_loss", status="conjecture")(lambda graph, spectrum, k: -1e6)
    bound("own", quantity="spectral_loss", status="conjecture")(lambda graph, spectrum, k: 1e6)
    try:
        table = check_bounds(graph, 3)
        with_violated = headlines(table)
        holding = headlines(table[~table["bound"].str.startswith("low-")])
    finally:
        for name in [name for name in BOUNDS if name == "own" or name.startswith("low-")]:
            del BOUNDS[name]
    assert with_violated == [f"low-{number}" for number in range(MOST + 2)]
    assert holding[-1] == "own"
    assert len(holding) <= MOST


def test_bounds_that_look_at_the_encoder_are_last_among_the_best_widths(graph):
    table = check_bounds(graph, [2, 3, 4])
    looks = [BOUNDS[name].of_encoder for name in best_widths(table)["bound"]]
    assert looks == sorted(looks)
    assert set(looks) == {False, True}


def test_no_headline_is_a_corollary():
    assert all(BOUNDS[name].corollary_of is None for name in HEADLINES)
