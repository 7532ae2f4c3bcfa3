"""The runner runs, on tiny graphs. Times are printed, never judged."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, probe, spectrum
from pairbounds.infrastructure.tables import sidecar, write_table
from tests.benchmarks import BENCHMARKS, bench_from_features, bench_population_training, page, whole
from tests.benchmarks.__main__ import app
from tests.benchmarks.duel import SIZES, Duel, NotReachedError, measure
from tests.benchmarks.graphs import CLASSES, GRAPHS, fresh


def test_every_benchmark_runs_and_has_its_rows(call, tmp_path, monkeypatch):
    monkeypatch.setattr(bench_population_training, "CAP", 0.5)
    out = tmp_path / "bench.parquet"
    code, printed, _ = call(app, "--size", "XS", "--repeats", "1", "--out", out)
    table = pd.read_parquet(out)
    assert code == 0
    assert sidecar(out).exists()
    assert set(table["benchmark"]) == set(BENCHMARKS)
    assert all(f"{name}: median" in printed for name in BENCHMARKS)
    np.testing.assert_allclose(table["ratio"], table["peer_seconds"] / table["seconds"])
    assert (table["seconds"] > 0).all()
    assert ((table["ratio_least"] <= table["ratio"]) & (table["ratio"] <= table["ratio_most"])).all()


def test_the_page_has_every_row_and_names_the_missed_targets(call, tmp_path, monkeypatch):
    row = measure(Duel("case", lambda: 0, lambda _: sum(range(10**5)), lambda _: None, "nobody", floor="it adds"), 1)
    duels = pd.DataFrame(
        {"benchmark": "sums", "size": "XS", **row, "case": case, "target": target}
        for case, target in (("easy", 0.0), ("hard", 1e9))
    )
    write_table(duels, tmp_path / "duels.parquet", {"repeats": 1, "threads": 1, "seed": 0})
    slow = replace(whole.WHOLES["import"], seconds=1e-6, repeats=2, why="it imports numpy")
    monkeypatch.setitem(whole.WHOLES, "import", slow)
    code, printed, _ = call(whole.app, "import", "--out", tmp_path / "wholes.parquet")
    assert (code, "import check_bounds`" in printed) == (0, True)
    record = tmp_path / "record.json"
    assert call(page.app, tmp_path / "duels.parquet", tmp_path / "wholes.parquet", "--out", record)[0] == 0
    text = page.benchmarks_page(record)
    assert text.count("| XS |") == 2
    assert (
        "Below the target: hard at XS.\n\nSlower than the peer in every run: easy at XS; hard at XS.\nIt adds.\n"
        in text
    )
    assert "Above the target: `from pairbounds import check_bounds`.\nIt imports numpy.\n" in text


def test_the_memory_of_a_whole_command_is_its_own(tmp_path):
    array = "import numpy as np; np.ones((1 << 26))"  # half a GiB
    found = whole.cost(("-c", array), tmp_path)
    assert 0.5 < found.peak < 0.8
    assert found.cpu > 0
    with pytest.raises(RuntimeError, match="ended with code 3"):
        whole.cost(("-c", "raise SystemExit(3)"), tmp_path)


def test_the_neighbours_of_the_peer_are_those_of_the_graph():
    sides = bench_from_features.features(50, 40, seed=0)
    nearest = bench_from_features.by_neighbours(*sides)
    joint = PairGraph.from_features(*sides, temperature=1.0, top_k=bench_from_features.NEAREST).joint.toarray()
    assert all(set(row) == set(np.flatnonzero(weights)) for row, weights in zip(nearest, joint, strict=True))


def test_runs_are_interleaved_and_each_has_a_fresh_input():
    inputs, order = [], []

    def make():
        inputs.append(object())
        return inputs[-1]

    def run(side):
        return lambda given: order.append((side, given))

    row = measure(Duel("case", make, run("ours"), run("peer"), "peer"), repeats=2)
    assert [side for side, _ in order] == ["ours", "peer", "ours", "peer", "peer", "ours"]
    assert [given for _, given in order] == inputs
    assert not row["at_least"]


def test_a_peer_that_gives_up_is_a_lower_bound_and_is_not_asked_again():
    asked = []

    def give_up(given):
        asked.append(given)
        raise NotReachedError

    row = measure(Duel("case", lambda: 0, lambda _: None, give_up, "peer"), repeats=3)
    assert row["at_least"]
    assert len(asked) == 1
    with pytest.raises(RuntimeError, match="ours did not get where it should"):
        measure(Duel("case", lambda: 0, give_up, lambda _: None, "peer"), repeats=1)


@pytest.mark.parametrize("name", GRAPHS)
def test_the_graphs_have_labels_that_their_spectrum_knows(name):
    graph = fresh(GRAPHS[name](np.random.default_rng(0), SIZES["S"]))
    assert set(graph.left_labels) == set(graph.right_labels) == set(range(CLASSES))
    assert graph.n_left == 2_000
    assert probe(graph, spectrum(graph, 20).left / np.sqrt(graph.left_marginal)[:, None]).error < 0.1
