"""The runner of the benchmarks, on tiny graphs. Times are printed, never judged."""

import json
import subprocess

import numpy as np
import pytest

from tests.benchmarks.__main__ import app, benchmarks_page, timed
from tests.benchmarks.cases import BENCHMARKS


@pytest.mark.parametrize("names", [["check_bounds"], pytest.param([*BENCHMARKS], marks=pytest.mark.slow)], ids=len)
def test_benchmarks_run_and_are_on_the_page(call, tmp_path, names):
    out = tmp_path / "bench.json"
    code, printed, _ = call(app, *names, "--tiny", "--out", out)
    rows = json.loads(out.read_text())["duels"]
    assert code == 0
    assert {row["benchmark"] for row in rows} == set(names)
    assert all(row["ratio_least"] <= row["ratio"] <= row["ratio_most"] for row in rows)
    assert benchmarks_page(out).count("| XS |") == printed.count("| XS |") == len(rows)


def test_a_command_is_measured_as_its_own_process_and_its_failure_raises():
    block = np.ones(2**25)  # 256 MiB that this process holds, and the other does not
    programs = [f"x = bytearray({size} * 2**20); sum(range(10**6))" for size in (1, 120)]
    (seconds, small), (_, large) = (timed(lambda _, text=text: ["-c", text], None) for text in programs)
    assert block.nbytes / 2**20 > large > small + 90
    assert seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        timed(lambda _: ["-c", "raise SystemExit(3)"], None)
