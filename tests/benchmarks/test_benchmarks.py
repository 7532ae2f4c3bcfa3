"""The runner of the benchmarks, on tiny graphs. Times are printed, never judged."""

import json

import pytest

from tests.benchmarks import BENCHMARKS, bench_population_training, page
from tests.benchmarks.__main__ import app
from tests.benchmarks.duel import Duel, NotReachedError, measure


@pytest.mark.parametrize("names", [["check_bounds"], pytest.param([*BENCHMARKS], marks=pytest.mark.slow)], ids=len)
def test_benchmarks_run_and_are_on_the_page(call, tmp_path, monkeypatch, names):
    monkeypatch.setattr(bench_population_training, "CAP", 0.5)
    out = tmp_path / "bench.json"
    code, printed, _ = call(app, *names, "--size", "XS", "--repeats", "1", "--out", out)
    rows = json.loads(out.read_text())["duels"]
    assert code == 0
    assert {row["benchmark"] for row in rows} == set(names)
    assert all(f"{name}: seconds of CPU" in printed for name in names)
    assert page.benchmarks_page(out).count("| XS |") == len(rows)


def test_rows_of_a_record_that_were_not_run_stay(call, tmp_path):
    out = tmp_path / "bench.json"
    assert call(app, "check_bounds", "--size", "XS", "--repeats", "1", "--out", out)[0] == 0
    record = json.loads(out.read_text())
    record["duels"] = [{**row, "size": size} for row in record["duels"] for size in ("XS", "M")]
    out.write_text(json.dumps(record))
    for seed, kept in ((0, 2), (1, 0)):
        assert call(app, "check_bounds", "--size", "XS", "--repeats", "1", "--seed", seed, "--out", out)[0] == 0
        assert [row["size"] for row in json.loads(out.read_text())["duels"]].count("M") == kept


def test_runs_are_interleaved_and_each_has_a_fresh_input():
    inputs, order = [], []

    def make():
        inputs.append(object())
        return inputs[-1]

    def run(side):
        return lambda given: order.append((side, given, sum(range(10**5))))

    row = measure(Duel("case", make, run("ours"), run("peer"), "peer"), repeats=2)
    assert [side for side, _, _ in order] == ["ours", "peer", "ours", "peer", "peer", "ours"]
    assert [given for _, given, _ in order] == inputs
    assert row["ratio_least"] <= row["ratio"] <= row["ratio_most"]
    assert not row["at_least"]


def test_a_peer_that_gives_up_is_a_lower_bound():
    def give_up(_):
        raise NotReachedError

    assert measure(Duel("case", int, lambda _: sum(range(10**5)), give_up, "peer"), repeats=3)["at_least"]
    with pytest.raises(RuntimeError, match="ours did not get where it should"):
        measure(Duel("case", int, give_up, lambda _: None, "peer"), repeats=1)
