"""How sharp bounds are: nothing that is known is lost, and nothing published is below what is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pairbounds.theory.attack.sharpness as module
from pairbounds import BOUNDS, PairGraph, check_bounds
from pairbounds.__main__ import app
from pairbounds.theory.attack.records import ANYWHERE, MATTERS, RATINGS, Record, Witness, place
from pairbounds.theory.attack.sharpness import COLUMNS, SHARPEST, Limit, measure_sharpness, read_sharpness
from tests.bounds.checks.theorem09 import two_exponential_tails
from tests.bounds.known import known

CLAIMS = [BOUNDS[name] for name in ("probe-error", "near-optimal-error")]
TIE = Witness(PairGraph([[9, 1], [1, 9]], [0, 1], [0, 1]), 1)


@pytest.fixture
def from_nothing(tmp_path, monkeypatch):
    """Without the graphs of the package, and in short rounds."""
    monkeypatch.setattr(module, "SHARPEST", tmp_path / "empty")
    monkeypatch.setattr(module, "ROUND", 60)


def timeless(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="seconds")


@pytest.mark.usefixtures("from_nothing")
def test_sharpness_is_kept_with_its_graphs_and_can_be_repeated(tmp_path):
    table = measure_sharpness(CLAIMS, tmp_path / "one", Limit(evaluations=150))
    again = measure_sharpness(CLAIMS, tmp_path / "two", Limit(evaluations=150))
    pd.testing.assert_frame_equal(timeless(table), timeless(again))
    pd.testing.assert_frame_equal(timeless(read_sharpness(tmp_path / "one")), timeless(table))
    assert list(table.columns) == COLUMNS
    assert not table["refuted"].any()
    assert (table.groupby("bound")["evaluations"].sum() >= 150).all()
    for row in table[table["where"] == ANYWHERE].to_dict("records"):
        record = Record.load(BOUNDS[row["bound"]], ANYWHERE, tmp_path / "one")
        shown = record.witness
        found = check_bounds(shown.graph, shown.k, shown.features).set_index("bound").loc[row["bound"]]
        assert found["measured"] == pytest.approx(row["measured"], rel=1e-6)
        assert found["value"] == pytest.approx(row["value"], rel=1e-6)
        assert record.evaluations == row["evaluations"]


@pytest.mark.slow
@pytest.mark.usefixtures("from_nothing")
def test_two_processes_come_to_the_same(tmp_path):
    alone, together = (
        measure_sharpness(CLAIMS, tmp_path / str(jobs), Limit(evaluations=150), jobs=jobs) for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(timeless(alone), timeless(together))


@pytest.mark.slow
@pytest.mark.usefixtures("from_nothing")
def test_a_killed_run_loses_nothing_and_comes_to_the_same_end(tmp_path, monkeypatch):
    limit, counted = Limit(evaluations=300), []
    whole = measure_sharpness(CLAIMS, tmp_path / "whole", limit)
    played = module._round

    def struck(task):
        counted.append(task)
        if len(counted) == 5:
            raise KeyboardInterrupt
        return played(task)

    monkeypatch.setattr(module, "_round", struck)
    with pytest.raises(KeyboardInterrupt):
        measure_sharpness(CLAIMS, tmp_path / "cut", limit)
    rounds = [Record.load(claim, where, tmp_path / "cut").rounds for claim in CLAIMS for where in RATINGS]
    assert sum(rounds) == 4
    pd.testing.assert_frame_equal(timeless(measure_sharpness(CLAIMS, tmp_path / "cut", limit)), timeless(whole))


@pytest.mark.usefixtures("from_nothing")
def test_a_run_that_is_given_again_does_nothing_until_there_is_more_to_spend(tmp_path):
    spent = [
        measure_sharpness(CLAIMS[:1], tmp_path, Limit(evaluations=limit), **options)["evaluations"].sum()
        for limit, options in ((100, {}), (100, {}), (200, {}), (100, {"afresh": True}))
    ]
    assert spent[0] == spent[1] < spent[2]
    assert 100 <= spent[3] < 200
    assert Limit(seconds=1e-9).spent([Record.load(CLAIMS[0], MATTERS, tmp_path)]) > 1


def test_what_is_known_is_taken_and_never_given_up(tmp_path):
    table = measure_sharpness(CLAIMS[:1], tmp_path, Limit(evaluations=1), known=[TIE])
    assert table["ratio"].iloc[0] == pytest.approx(1)
    one = measure_sharpness([BOUNDS["cheeger-above"]], tmp_path, Limit(evaluations=1))
    better = Witness(two_exponential_tails(), 1)
    two = measure_sharpness([BOUNDS["cheeger-above"]], tmp_path, Limit(evaluations=1), known=[better])
    assert two["ratio"].iloc[0] >= max(0.96, one["ratio"].iloc[0])
    kept = read_sharpness(tmp_path)
    assert set(kept["bound"]) == {"probe-error", "cheeger-above"}
    assert (place(CLAIMS[0], ANYWHERE, tmp_path)).is_file()


@pytest.mark.usefixtures("from_nothing")
def test_each_bound_is_held_against_the_graphs_of_the_others(tmp_path):
    claims = [BOUNDS[name] for name in ("sharp-probe-error", "probe-error")]
    empty = Record(claims[1], ANYWHERE)
    assert empty.considering(TIE, "").ratio == pytest.approx(1)
    Record(claims[0], ANYWHERE).considering(TIE, "by hand").save(tmp_path)
    found = measure_sharpness(claims, tmp_path, Limit(evaluations=1)).set_index(["bound", "where"])
    assert found.loc[("probe-error", ANYWHERE), "ratio"] == pytest.approx(1)
    assert found.loc[("sharp-probe-error", ANYWHERE), "origin"] == "by hand"


def test_a_smaller_graph_of_the_same_ratio_is_preferred():
    twice = Witness(PairGraph(np.kron(TIE.graph.joint.toarray(), np.ones((2, 1))), [0, 0, 1, 1], [0, 1]), 1)
    record = Record(CLAIMS[0], ANYWHERE).considering(twice, "twins").considering(TIE, "alone")
    assert record.origin == "alone"
    assert record.considering(twice, "twins").origin == "alone"
    assert not Record(CLAIMS[0], MATTERS).considering(TIE, "").counts  # a tie, two nodes, k = 1


def test_a_witness_is_a_saved_graph_and_more(tmp_path):
    rng = np.random.default_rng(0)
    kept = Witness(TIE.graph, 2, (rng.random((2, 2)), rng.random((2, 2))))
    kept.save(tmp_path / "kept.npz")
    again = Witness.load(tmp_path / "kept.npz")
    assert again.k == 2
    np.testing.assert_array_equal(again.features, kept.features)
    np.testing.assert_array_equal(PairGraph.load(tmp_path / "kept.npz").joint.toarray(), TIE.graph.joint.toarray())
    TIE.graph.save(tmp_path / "bare.npz")
    with pytest.raises(ValueError, match=r"bare\.npz is a graph without a width k"):
        Witness.load(tmp_path / "bare.npz")


def test_a_refuted_claim_is_said_to_be(tmp_path, call, monkeypatch):
    false = replace(BOUNDS["probe-error"], name="false", evaluate=lambda graph, spectrum, k: 0.1)
    monkeypatch.setitem(BOUNDS, "false", false)
    code, out, _ = call(app, "sharpness", "--bound", "false", "--evaluations", 20, "--jobs", 1, "--out", tmp_path)
    assert code == 1
    assert "false" in out
    assert read_sharpness(tmp_path)["refuted"].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--bound", "no-such-bound"], "bound 'no-such-bound' is none of"),
        (["--bound", "image-error-rate"], "is a rate"),
        (["--minutes", 0], "not positive"),
        (["--evaluations", -1], "not positive"),
        (["--minutes", "inf"], "the search would have no end"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(call, tmp_path, options, message):
    code, _, err = call(app, "sharpness", "--out", tmp_path / "out", "--jobs", 1, *options)
    assert code == 2
    assert message in err.splitlines()[-1]


# What is published.


def test_what_is_stored_is_what_is_published():
    """Up to what another machine's kernels change of a bound that is found by search: 3e-6 were seen."""
    table = read_sharpness(SHARPEST)
    files = {path.name for path in SHARPEST.glob("*.npz")}
    assert files <= {place(BOUNDS[row["bound"]], row["where"], SHARPEST).name for row in table.to_dict("records")}
    for row in table.to_dict("records"):
        record = Record.load(BOUNDS[row["bound"]], row["where"], SHARPEST)
        assert not record.refuted
        assert record.counts == (row["ratio"] >= 0), row
        assert not record.counts or record.ratio == pytest.approx(row["ratio"], rel=1e-4), row


def test_nothing_known_to_the_tests_is_above_what_is_published():
    table = read_sharpness(SHARPEST).set_index(["bound", "where"])["ratio"]
    for name, witness in known().items():
        bound = name.rpartition("-")[0]
        for where in RATINGS:
            record = Record(BOUNDS[bound], where).considering(witness, "")
            if record.counts and (bound, where) in table.index:
                assert table[bound, where] >= record.ratio * (1 - 1e-6), (name, where)


@pytest.mark.slow
def test_no_graph_that_is_stored_is_above_what_is_published_for_another_bound():
    table = read_sharpness(SHARPEST).set_index(["bound", "where"])["ratio"]
    pool = [Witness.load(path) for path in SHARPEST.glob("*.npz")]
    for name, where in table.index:
        best = Record.load(BOUNDS[name], where, SHARPEST)
        for witness in pool:
            best = best.considering(witness, "")
        assert not best.counts or best.ratio <= table[name, where] * (1 + 1e-6), (name, where)
