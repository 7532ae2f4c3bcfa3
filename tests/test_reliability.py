"""The commands that try the project beside its tests: what they count, and that their records are current."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.reliability import same_cells
from tests.reliability.covered import rows, uncovered
from tests.reliability.matrix import ROWS, VERSIONS_SHOWN, counts, record
from tests.reliability.processor import FIXED, require_effect
from tests.reliability.record import Record, here_and_now
from tests.reliability.slow import LOOPS

ROOT = Path(__file__).parents[1]
JUNIT = """<testsuites><testsuite tests="12" skipped="2" failures="1" errors="1"/></testsuites>"""


def file(lines: int, lines_run: int, branches: int, branches_run: int, missing=()) -> dict:
    shown = {"num_statements": lines, "covered_lines": lines_run, "percent_covered": 100 * lines_run / lines}
    return {
        "summary": shown | {"num_branches": branches, "covered_branches": branches_run},
        "missing_lines": list(missing),
    }


FILES = {
    "theory/graph/pair_graph.py": file(10, 10, 4, 3),
    "theory/attack/new.py": file(10, 5, 0, 0, [3, 4, 5, 9, 11]),
    "figures/style.py": file(20, 20, 0, 0),
}


def test_tests_that_ran_and_failed_are_read_from_the_report(tmp_path):
    (tmp_path / "report.xml").write_text(JUNIT)
    assert counts(tmp_path / "report.xml") == (10, 2)


def test_a_row_that_is_tried_again_leaves_the_others_with_their_commit(tmp_path):
    found = {"count": 3, "found": 0, "versions": dict.fromkeys(VERSIONS_SHOWN, "1"), "minutes": 1.0}
    record(ROWS["lowest"], found, tmp_path)
    before = json.loads((tmp_path / "matrix.json").read_text())
    before["rows"][0] |= {"commit": "0" * 40, "date": "2026-01-01"}
    (tmp_path / "matrix.json").write_text(json.dumps(before))
    record(ROWS["newest"], found, tmp_path)
    first, second = json.loads((tmp_path / "matrix.json").read_text())["rows"]
    assert (first["commit"], first["date"]) == ("0" * 40, "2026-01-01")
    assert second["commit"] == here_and_now()["commit"]


REPORT = "numpy: \ntorch: DEFAULT\nopenblas: Katmai\nopenblas: Prescott\ncpu,isa:Intel SSE4.1\nCNR:COMPATIBLE\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("numpy: ", "numpy: AVX2", "NPY_DISABLE_CPU_FEATURES=AVX2 has no effect: AVX2 is used here"),
        ("Katmai", "Zen", "OPENBLAS_CORETYPE=Prescott has no effect: Zen is used here"),
        ("CNR:COMPATIBLE", "", "MKL_CBWR=COMPATIBLE has no effect: nothing that it speaks to is used here"),
    ],
)
def test_a_variable_without_effect_is_named(old, new, reason):
    chosen = {"NPY_DISABLE_CPU_FEATURES": "AVX2", **FIXED}
    require_effect(chosen, REPORT)
    with pytest.raises(RuntimeError, match=reason):
        require_effect(chosen, REPORT.replace(old, new))


CHILDREN = """
import os
own = os.getpid()
print(own, len(os.sched_getaffinity(0)), open(f"/proc/{own}/task/{own}/children").read(), flush=True)
input()
"""


def test_busy_loops_end_with_what_they_are_beside():
    command = [sys.executable, "-m", "tests.reliability.slow", "--", sys.executable, "-c", CHILDREN]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        own, cores, *loops = process.stdout.readline().split()
        assert (int(own), int(cores), len(loops)) == (process.pid, 1, LOOPS)
        process.kill()
    while any(Path(f"/proc/{loop}").exists() for loop in loops):
        time.sleep(0.01)


def test_coverage_has_a_row_for_each_folder_and_names_files_below_the_mark():
    figures, theory, whole = rows(FILES)
    assert (theory["lines"], theory["branches"], theory["count"], theory["found"]) == (75.0, 75.0, 24, 6)
    assert (figures["found"], figures["branches"]) == (0, 100.0)
    assert (whole["what"], whole["lines"]) == ("all", 87.5)
    assert uncovered(FILES) == [{"file": "theory/attack/new.py", "covered": 50.0, "lines": "3, 4, 5, 9, 11"}]


def test_a_record_says_when_and_on_what(tmp_path):
    content = json.loads(Record("Title", "make it", [{"what": "a"}], 1.5, seed=3).write("it", tmp_path).read_text())
    assert list(content) == ["title", "command", "measured", "rows", "notes"]
    assert set(content["measured"]) == {"date", "commit", "versions", "hardware", "seed", "minutes"}


def test_cells_are_compared_under_their_new_names_and_verdicts_where_there_are_any(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    table = pd.DataFrame({"arm": ["a", "b"], "holds": [True, False], "note": ["", "few"], "x": [0.5, np.nan]})
    table.to_parquet(old / "arms_matched.parquet")
    after = table.rename(columns={"arm": "pairing"}).assign(applicable=[True, False], note=["", "few; and more"])
    after["holds"] = pd.array([True, None], dtype="boolean")
    after.to_parquet(new / "pairings_matched.parquet")
    before = pd.read_parquet(old / "arms_matched.parquet").rename(columns={"arm": "pairing"})
    assert same_cells.differences(before, pd.read_parquet(new / "pairings_matched.parquet")).empty
    for change in ({"x": [0.5, 1.0]}, {"holds": pd.array([False, None], dtype="boolean")}, {"note": ["", "many"]}):
        changed = same_cells.differences(before, after.assign(**change))
        assert changed["column"].tolist() == list(change)


def test_cells_are_compared_to_so_many_digits():
    before = pd.DataFrame({"x": [0.19051, 1e-15, 2.0, float("inf")], "name": list("abcd")})
    after = pd.DataFrame({"x": [0.19049, 3e-16, 2.1, 1.0], "name": list("abcd")})
    assert same_cells.differences(before, after)["row"].tolist() == [0, 1, 2, 3]
    assert same_cells.differences(before, after, digits=3)["row"].tolist() == [2, 3]
