"""The output of `pairbounds check`: ten rows by theorem, a closing sentence, and the whole table on request."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import BOUNDS, PairGraph, bound, check_bounds, induced_labelling_error, spectrum
from pairbounds.__main__ import app
from pairbounds.theory.bounds.check_table import MOST, headlines
from tests.families import embeddings, family_graph

WITH_CRITIC = ("--penalty", 0.5, "--critic", "f.npy", "g.npy")


@pytest.fixture
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    graph = family_graph("latent_captions", 1)
    graph.save(tmp_path / "graph.npz")
    for side, features in zip("fg", embeddings(graph, 3), strict=True):
        np.save(f"{side}.npy", features)
    return graph


def rows(out):
    """The number of the theorem and the name of the bound of each row of the printed tables."""
    return re.findall(r"^│ +(\d+) │ ([\w-]+) ", out, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "options", [("--k", 3), ("--k", 3, *WITH_CRITIC), ("--k", "2:5"), ("--k", "2:5", *WITH_CRITIC)]
)
def test_at_most_ten_rows_are_printed_in_order_of_theorems_with_encoders_last(call, graph, options):
    code, out, _ = call(app, "check", "graph.npz", *options)
    assert code == 0
    of_optimum, _, of_encoder = out.partition("About an encoder")
    assert len(rows(out)) <= MOST
    assert rows(out) == rows(of_optimum) + rows(of_encoder)
    for part in (rows(of_optimum), rows(of_encoder)):
        numbers = [int(number) for number, _ in part]
        assert numbers == sorted(numbers)
        assert all(BOUNDS[name].theorem == number for (_, name), number in zip(part, numbers, strict=True))
    assert {"4", "35", "16"} <= {number for number, _ in rows(of_optimum)}
    assert {BOUNDS[name].of_encoder for _, name in rows(of_optimum)} == {False}
    votes = ["zero-shot-vote-by-node", "vote-by-node"]  # they have no width
    assert [name for _, name in rows(of_encoder)] == (votes if options[1] == 3 and len(options) > 2 else [])


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
    text = " ".join(out.split())
    assert f"α_T = {induced_labelling_error(graph):.4f}; σ²_(k+1) = {sigma**2:.4f} at k = 3." in text
    assert f"is wrong on {table.loc['probe-error', 'guess']:.1%} of the left nodes." in text
    assert f"is wrong on {table.loc['probe-error', 'measured']:.1%}, and on at most " in text
    assert re.findall(r"% \(theorem (\d+)\)", text) == ["4", "16", "35"]
    vacuous = text.partition("no better than guessing: ")[2].rstrip(".").split(", ")
    assert vacuous == [name for _, name in rows(out) if table.loc[name, "vacuous"]]
    assert "probe-mse" in vacuous


def test_chosen_bounds_alone_are_evaluated(call, graph):
    code, out, _ = call(app, "check", "graph.npz", "--k", 2, "--bounds", "probe-mse, trained-mse", "--out", "t.csv")
    assert code == 0
    assert rows(out) == [("4", "probe-mse"), ("17", "trained-mse")]


def test_json_has_one_line_with_every_row(call, graph):
    code, out, _ = call(app, "check", "graph.npz", "--k", "2:3", "--json")
    assert code == 0
    answer = json.loads(out)
    table = check_bounds(graph, [2, 3])
    assert answer["induced_labelling_error"] == induced_labelling_error(graph)
    assert [width["k"] for width in answer["widths"]] == [2, 3]
    assert [(row["k"], row["bound"]) for row in answer["bounds"]] == list(zip(table["k"], table["bound"], strict=True))
    finite = [value if np.isfinite(value) else None for value in table["value"]]
    assert [row["value"] for row in answer["bounds"]] == finite


def test_check_counts_unlabelled_nodes(call, graph):
    for labels, missing in ((None, graph.n_left), ([None, *graph.left_labels[1:].tolist()], 1)):
        PairGraph(graph.joint, labels).save("bare.npz")
        for widths in (2, "2:3"):
            code, out, _ = call(app, "check", "bare.npz", "--k", widths, "--out", "t.csv", "--force")
            assert (code, f"α_T: {missing} of {graph.n_left} unlabelled" in out) == (0, True)
            assert widths != 2 or 0 < len(rows(out)) <= MOST
            assert widths == 2 or "no bound on an error applies: not applicable: " in out
            code, out, _ = call(app, "check", "bare.npz", "--k", widths, "--json")
            answer = json.loads(out)
            assert (code, answer["induced_labelling_error"], answer["unlabelled"]) == (0, None, missing)
        assert call(app, "check", "bare.npz", "--k", "2:3", "--plot", "empty.png")[0] == 2


def test_the_short_table_has_all_violated_bounds_and_those_of_the_user(graph):
    for number in range(MOST + 2):
        bound(f"low-{number}", quantity="spectral_loss", status="conjecture")(lambda graph, spectrum, k: -1e6)
    bound("own", quantity="spectral_loss", status="conjecture")(lambda graph, spectrum, k: 1e6)
    table = check_bounds(graph, 3)
    holding = headlines(table[~table["bound"].str.startswith("low-")])
    assert headlines(table) == [f"low-{number}" for number in range(MOST + 2)]
    assert holding[-1] == "own"
    assert len(holding) <= MOST


@pytest.mark.parametrize("extra", ["", "c,1\n"])
def test_check_and_audit_say_that_pairs_share_no_node(call, tmp_path, monkeypatch, extra):
    """Only where each image has one caption, and each caption one image."""
    pairs = "image,caption\n" + "".join(f"{name},{number}\n" for number, name in enumerate("abcd"))
    (tmp_path / "pairs.csv").write_text(pairs + extra)
    for words in (["check", tmp_path / "pairs.csv", "--k", 2], ["audit", tmp_path / "pairs.csv", "--k", 2]):
        words += ["--out", tmp_path / "out"] if words[0] == "audit" else []
        code, out, _ = call(app, *words)
        assert code == 0
        assert ("PairGraph.from_features" in out) == (extra == "")
        assert ("`pairbounds pairs FILE` with --labels-needed" in out) == (words[0] == "audit")


@given(n=st.integers(3, 12), data=st.data())
def test_bounds_by_the_gap_are_vacuous_if_pairs_share_no_node(n, data):
    k = data.draw(st.integers(1, n - 1))
    table = check_bounds(PairGraph(np.eye(n), np.arange(n) % 2), k).set_index("bound")
    assert np.isinf(table.loc[["probe-mse", "probe-error"], "value"]).all()
    assert table.loc["multihop-error", "vacuous"]
