"""The runner of the benchmarks, on tiny graphs. Times are printed, never judged."""

import json
import subprocess

import numpy as np
import pytest

from tests.benchmarks import BENCHMARKS, bench_population_training, page
from tests.benchmarks.__main__ import app
from tests.benchmarks.duel import Duel, NotReachedError, measure, process


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

    rows = [*measure(Duel("case", make, run("ours"), {"one": run("one"), "two": run("two")}), repeats=2)]
    assert [side for side, _, _ in order] == ["ours", "one", "two", "two", "one", "ours"]
    assert [given for _, given, _ in order] == inputs
    assert [row["peer"] for row in rows] == ["one", "two"]
    assert all(row["ratio_least"] <= row["ratio"] <= row["ratio_most"] and not row["at_least"] for row in rows)


def test_a_peer_that_gives_up_is_a_lower_bound_and_is_not_waited_for_again():
    waited = []

    def give_up(_):
        waited.append(1)
        raise NotReachedError

    (row,) = measure(Duel("case", int, lambda _: sum(range(10**5)), {"peer": give_up}), repeats=3)
    assert row["at_least"]
    assert len(waited) == 1
    with pytest.raises(RuntimeError, match="ours did not get where it should"):
        list(measure(Duel("case", int, give_up, {"peer": lambda _: None}), repeats=1))


def test_a_process_is_measured_by_itself_and_its_failure_is_told():
    held = np.ones(2**25)  # 256 MiB that this process holds, and the other not
    small, large = (process("-c", f"x = bytearray({size} * 2**20); sum(range(10**6))") for size in (1, 120))
    assert held.nbytes / 2**20 > large.memory
    assert large.memory > small.memory + 90
    assert small.seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        process("-c", "raise SystemExit(3)")


def test_the_page_says_who_is_faster_and_shows_memory_where_it_was_measured():
    row = {"size": "S", "case": "c", "peer": "p", "at_least": False, "ratio_least": 0.1, "ratio_most": 9.0}
    for ratio, faster in ((0.7, "peer"), (0.8, "tie"), (1.29, "tie"), (1.3, "ours")):
        columns, (cells,) = page.table([{**row, "seconds": 1.0, "ratio": ratio, "memory": None, "peer_memory": None}])
        assert (cells[-1], "MiB" in columns) == (faster, False)
    failed = {**row, "at_least": True, "seconds": 1.0, "ratio": 0.3, "memory": None, "peer_memory": None}
    assert page.table([failed])[1][0][-1] == "ours"
    assert "MiB" in page.table([{**row, "seconds": 1.0, "ratio": 1.0, "memory": 1234.0, "peer_memory": 5.0}])[0]
